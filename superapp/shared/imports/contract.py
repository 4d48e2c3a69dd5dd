"""What an importer of any kind of record promises; the platform does file, staging, report, job, undo."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

Action = Literal["add", "change", "end", "same", "fault"]


@dataclass(frozen=True)
class Column:
    """A column that the importer reads; any of `headings` names it (letter case, spaces and underscores do not matter)."""

    name: str
    headings: tuple[str, ...]
    label: str = field(default="", kw_only=True)
    required: bool = field(default=False, kw_only=True)

    @property
    def word(self) -> str:
        """Return the column as reports name it."""
        return self.label or self.headings[0]


@dataclass(frozen=True)
class Remark:
    """What is wrong or doubtful in one cell of a row: the column and the reason as a sentence."""

    column: str
    reason: str


@dataclass
class Reading:
    """One row as the importer understood it.

    `key` tells the record (a second row with the same key is a fault); `label` is what people know it by; `values` are
    compared with what is stored and applied, as JSON. A row with `faults` is never applied.
    """

    key: str = ""
    label: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    faults: list[Remark] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True)
class Missing:
    """A stored record that the file should hold and does not."""

    key: str
    label: str


@dataclass(frozen=True)
class Change:
    """A row to apply: what to do with which values."""

    number: int
    action: Action = field(kw_only=True)
    key: str = field(kw_only=True)
    label: str = field(kw_only=True)
    values: Mapping[str, Any] = field(kw_only=True)


class Importer(ABC):
    """Imports one kind of record; modules contribute one as `Service("<module>.importer", …, contract=Importer)`.

    All methods that touch the database run inside a transaction of the platform: never commit.
    """

    kind: ClassVar[str]
    """The name on the command line: `superapp import <kind> FILE`."""
    title: ClassVar[str]
    module: ClassVar[str] = ""
    columns: ClassVar[Sequence[Column]]
    sequence: ClassVar[Sequence[Action]] = ()
    """Actions in the order in which they are applied, where that matters more than `ordered`; ends come last else."""
    added: ClassVar[str] = "Impor menambah {record}"
    """Words of the audit row of an added record; `changed` and `ended` likewise."""
    changed: ClassVar[str] = "Impor mengubah {record}"
    ended: ClassVar[str] = "Impor mengakhiri {record}"

    @abstractmethod
    def read(self, cells: Mapping[str, str]) -> Reading:
        """Understand one row: its texts by column name. Pure: looks nothing up, raises nothing for bad input."""

    def check(self, readings: Sequence[Reading]) -> None:  # noqa: B027 - most kinds need none
        """Look at all rows together, before comparing: resolve names, add faults or remarks. May read the database."""

    @abstractmethod
    def present(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Any]]:
        """Return what is stored for these keys, comparable with `Reading.values`; keys without a record are left out."""

    def missing(self, readings: Sequence[Reading]) -> Sequence[Missing]:
        """Return the stored records that a complete file would hold; none when the file is never complete."""
        return ()

    def ordered(self, readings: Sequence[Reading]) -> Sequence[Reading]:
        """Return the rows in the order in which they can be applied (parents first)."""
        return readings

    @abstractmethod
    def apply(self, change: Change) -> dict[str, Any]:
        """Apply one row inside a command and return what an undo needs, as JSON. AppError refuses the row alone."""

    def apply_many(self, changes: Sequence[Change]) -> list[dict[str, Any]]:
        """Apply several rows; override it where many are cheaper together. All or none."""
        return [self.apply(change) for change in changes]

    @abstractmethod
    def revert(self, change: Change, done: Mapping[str, Any]) -> bool:
        """Take one applied row back inside a command; False when somebody changed the record since: then it stays."""

    def after(self) -> None:  # noqa: B027 - most kinds need none
        """Do what follows a whole batch (raise a stamp); runs in the same transaction."""

    def differences(self, stored: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Return the fields of a row that differ from what is stored: name → (stored, in the file).

        An empty cell says nothing, so it never empties a stored field.
        """
        names = (name for name, value in values.items() if value not in (None, "") and name in stored)
        return {name: (stored[name], values[name]) for name in names if stored[name] != values[name]}

    def words(self) -> dict[str, str]:
        """Return the words of the columns by name."""
        return {column.name: column.word for column in self.columns}
