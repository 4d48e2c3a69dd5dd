"""What lower parts need from higher ones: Protocols, filled in create_app; unfilled means deny."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

T = TypeVar("T")


class Port(Generic[T]):
    """A place where a higher part plugs in what a lower part calls."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._filled: T | None = None

    def fill(self, implementation: T) -> None:
        """Plug an implementation in; the last one counts."""
        self._filled = implementation

    @property
    def filled(self) -> bool:
        """Tell whether somebody plugged in."""
        return self._filled is not None

    def __call__(self) -> T:
        """Return the implementation; raises RuntimeError when unfilled: closed, not open."""
        if self._filled is None:
            raise RuntimeError(f"port {self.name} is not filled")
        return self._filled


@dataclass(frozen=True)
class Stamps:
    """Two counters that rise with every change of authority and of modules (row 1 of `core_stamp`)."""

    access: int
    plugins: int


class Actor(Protocol):
    """Who acts, as the kernel needs to know it."""

    @property
    def principal(self) -> str:
        """`person:<id>`, `guest:<id>`, `anon:<id>`, `job:<kind>` or `cli`."""

    @property
    def person_id(self) -> UUID | None:
        """The person, if one acts."""

    @property
    def position_id(self) -> UUID | None:
        """The position of the current hat."""

    @property
    def unit_id(self) -> UUID | None:
        """The unit of the current hat."""

    @property
    def opd_id(self) -> UUID | None:
        """The OPD of the current hat."""

    @property
    def stamps(self) -> Stamps:
        """The stamps that the actor's rights were read with."""

    @property
    def signed_in(self) -> bool:
        """Whether this is a person with a session."""


class Authorizer(Protocol):
    """Answers whether an actor may do something; filled by access."""

    def allows(self, actor: Any, permission: str) -> bool:
        """Tell whether the actor holds the permission anywhere."""

    def refreshed(self, actor: Any) -> Actor:
        """Return the actor with rights read again (stamps changed within a command)."""


class CurrentActor(Protocol):
    """Answers who acts in the present request, job or command line."""

    def __call__(self) -> Actor:
        """Return the actor; nobody signed in is an actor too (`anon:`)."""


class ModuleGate(Protocol):
    """Answers whether a module is on; filled by the plugin host."""

    def is_on(self, plugin: str, opd_id: UUID | None) -> bool:
        """Tell whether the plugin is on for the OPD (None: regency), paused contributions aside."""


class Notifier(Protocol):
    """Tells people something inside the caller's transaction; filled by shared."""

    def __call__(self, person_id: UUID, title: str, *, body: str = "", url: str = "", kind: str = "core") -> None:
        """Write a notice for the person."""


class Mailer(Protocol):
    """Sends one mail now; slow, so outside of transactions only (`prepare` of a job). Filled by shared."""

    def __call__(self, to: str, subject: str, text: str) -> None:
        """Hand the mail to the mail server; what it raises fails the job, which is tried again."""


class EventSubscribers(Protocol):
    """Knows who listens to events and calls them; filled by the plugin host."""

    def names(self) -> Sequence[str]:
        """Return the loaded plugins that implement `superapp_event`, whether on or off."""

    def deliver(self, plugin: str, event: Any) -> None:
        """Call the plugin's `superapp_event(event)`; what it raises fails the delivery job, which is tried again."""


class JobFaults(Protocol):
    """Counts the failures of a module's jobs and pauses a kind that fails too often; filled by the plugin host."""

    def is_paused(self, plugin: str, kind: str) -> bool:
        """Tell whether the module's kind of job is paused: its jobs are parked until it goes on."""

    def note(self, plugin: str, kind: str, error: BaseException) -> None:
        """Write a failure down, in a transaction of its own."""


authorizer: Port[Authorizer] = Port("authorizer")
current_actor: Port[CurrentActor] = Port("current_actor")
module_gate: Port[ModuleGate] = Port("module_gate")
notifier: Port[Notifier] = Port("notifier")
mailer: Port[Mailer] = Port("mailer")
event_subscribers: Port[EventSubscribers] = Port("event_subscribers")
job_faults: Port[JobFaults] = Port("job_faults")
standing_data: dict[str, Callable[[], object]] = {}
"""What every installation holds from its first migration on (built-in roles, reference data): name → a function that adds
what is missing, called in one command after the migrations."""
sessions_end: list[Callable[[Any], object]] = []
"""Called within the command with the condition of the sessions that people end, before these are deleted."""
session_columns: dict[str, Any] = {}
"""Scalar subqueries that higher parts add to the one session statement: name → select with bind parameters
`person_id`, `today` (e.g. shared's `unread` and `open_tasks`)."""
