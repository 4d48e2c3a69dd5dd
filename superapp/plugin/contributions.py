"""What modules hand to the core: frozen dataclasses, described once at start or answered per call."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Generic, Literal, TypeVar
from uuid import UUID

from superapp.kernel.events import Event, EventType
from superapp.kernel.jobs import Job

__all__ = [
    "DocumentTemplate",
    "Event",
    "EventType",
    "HealthReport",
    "Job",
    "LifecycleChange",
    "NavItem",
    "NoticeType",
    "Owned",
    "PersonData",
    "PersonSubject",
    "Service",
    "Setting",
    "SlotContent",
    "Widget",
    "WorkflowContribution",
]

T = TypeVar("T")
Size = Literal["small", "medium", "large"]
Kind = Literal["text", "number", "boolean", "choice"]
Paper = Literal["A4", "F4"]
_KIND = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True)
class NavItem:
    """One entry of the navigation.

    `endpoint` is a page of the module; `permission` defaults to the page's own; `group` collects entries under one
    heading; lower `order` comes first.
    """

    endpoint: str
    label: str
    icon: str = field(default="layout-grid", kw_only=True)
    permission: str = field(default="", kw_only=True)
    group: str = field(default="", kw_only=True)
    order: int = field(default=100, kw_only=True)


@dataclass(frozen=True)
class Widget:
    """A card of the home page: a page of the module that gives a fragment, loaded by itself and within two seconds."""

    endpoint: str
    title: str
    permission: str = field(default="", kw_only=True)
    size: Size = field(default="small", kw_only=True)
    order: int = field(default=100, kw_only=True)


@dataclass(frozen=True)
class Setting:
    """Something an administrator may set for the module, by its short `name`; read with `setting("halo.limit")`.

    `check` is called with the text that a form sent and raises Invalid with a sentence when it cannot be used.
    """

    name: str
    label: str
    kind: Kind = field(default="text", kw_only=True)
    default: Any = field(default="", kw_only=True)
    help: str = field(default="", kw_only=True)
    choices: tuple[tuple[str, str], ...] = field(default=(), kw_only=True)
    check: Callable[[str], object] | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Service:
    """What the module does for others: `implementation` keeps the Protocol `contract`; asked for by `name`."""

    name: str
    implementation: Any
    contract: type[Any] = field(kw_only=True)


@dataclass(frozen=True)
class WorkflowContribution:
    """What the host knows of a workflow: its `key`, `<module>.<name>`; `shared.workflow` defines the rest."""

    key: str


@dataclass(frozen=True)
class DocumentTemplate:
    """A document that a module issues: `key` is `<module>.<name>`, `title` what people call it ("Surat izin cuti").

    `template` is a Jinja file of the module (`<module>/….html`) that extends `documents/paper.html`; `kind` is what
    patterns of numbers tell apart ("surat_tugas"); `record_class` the code of the record classification unless the
    document is issued with another. ValueError for a kind or paper that nobody knows.
    """

    key: str
    title: str
    template: str = field(kw_only=True)
    kind: str = field(default="surat", kw_only=True)
    paper: Paper = field(default="A4", kw_only=True)
    record_class: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind):
            raise ValueError(f"kind {self.kind!r} of {self.key!r}: 1 to 40 small letters, digits or _")
        if self.paper not in ("A4", "F4"):
            raise ValueError(f"paper {self.paper!r} of {self.key!r}: 'A4' or 'F4'")


@dataclass(frozen=True)
class NoticeType:
    """A category of notices, `<module>.<what>`, that people switch on or off for e-mail and for pushes.

    `email` and `push` say what holds until a person chooses; `urgent` ones pass through quiet hours; of `secret` ones
    nothing leaves the app but that there is something new. Inside the app every notice shows.
    """

    key: str
    title: str
    help: str = field(default="", kw_only=True)
    secret: bool = field(default=False, kw_only=True)
    email: bool = field(default=False, kw_only=True)
    push: bool = field(default=True, kw_only=True)
    urgent: bool = field(default=False, kw_only=True)


@dataclass(frozen=True)
class SlotContent:
    """What a module shows at a named place of a core page: a template of its own and the template's values."""

    template: str
    values: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    order: int = field(default=100, kw_only=True)


@dataclass(frozen=True)
class PersonSubject:
    """The person whose data is exported or erased."""

    person_id: UUID
    name: str = ""


@dataclass(frozen=True)
class PersonData:
    """What a module keeps about a person: a heading and rows as words people read."""

    heading: str
    rows: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class HealthReport:
    """How a module is: `ok`, or a sentence that says what is wrong and what to do."""

    ok: bool
    message: str = ""


@dataclass(frozen=True)
class LifecycleChange:
    """A change in the life of a module, told to it and to the core inside the change's transaction."""

    plugin: str
    change: Literal["enabled", "disabled", "uninstalled"]
    opd_id: UUID | None = field(default=None, kw_only=True)


@dataclass(frozen=True)
class Owned(Generic[T]):
    """A contribution and the module (or core part) it came from."""

    owner: str
    item: T
