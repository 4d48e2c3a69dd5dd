"""What the dummy contributes."""

from __future__ import annotations

from typing import Protocol

import click
import sqlalchemy as sa

from superapp.api import (
    DocumentTemplate,
    EventType,
    HealthReport,
    Job,
    NavItem,
    NoticeType,
    PersonData,
    Service,
    Setting,
    SlotContent,
    Widget,
    Workflow,
    WorkflowStep,
    db,
    hookimpl,
    run,
    supervisor,
)

from .models import Toy
from .views import bp, count_toys

heard = []
lived = []
toys = Toy.__table__


class Counting(Protocol):
    """What the service `dummy` does."""

    def count(self) -> int:
        """Return how many toys there are."""


class Counter:
    """Counts toys."""

    def count(self) -> int:
        """Return how many toys there are."""
        return count_toys()


@click.command("count")
def count_command():
    """Cetak jumlah boneka."""
    click.echo(f"{count_toys()} boneka")


def tidy(note="") -> int:
    """Delete toys without a name; the job's function."""
    return run(sa.delete(toys).where(toys.c.name == note)).rowcount


@hookimpl
def superapp_blueprints():
    return [bp]


@hookimpl
def superapp_navigation():
    return [NavItem("dummy.index", "Boneka", icon="hand", group="Uji", order=5)]


@hookimpl
def superapp_settings():
    return [
        Setting("limit", "Paling banyak boneka", kind="number", default=10),
        Setting("greeting", "Sapaan", default="Halo"),
    ]


@hookimpl
def superapp_widgets():
    return [Widget("dummy.card", "Boneka hari ini", permission="dummy.view", size="small")]


@hookimpl
def superapp_jobs():
    return [Job(kind="dummy.tidy", function=tidy, title="Merapikan boneka")]


@hookimpl
def superapp_commands():
    return [count_command]


@hookimpl
def superapp_services():
    return [Service("dummy", Counter(), contract=Counting)]


@hookimpl
def superapp_event_types():
    return [EventType("dummy.made", "Boneka dibuat", fields=("toy_id",))]


@hookimpl
def superapp_document_templates():
    return [DocumentTemplate("dummy.letter", "Surat boneka", template="dummy/letter.html", record_class="800.1.11.1")]


@hookimpl
def superapp_notice_types():
    return [NoticeType("dummy.found", "Boneka ditemukan", email=True)]


@hookimpl
def superapp_workflows():
    step = WorkflowStep("lend", "Izin meminjam", by=supervisor())
    return [Workflow("dummy.loan", "Pinjam boneka", (step,))]


@hookimpl
def superapp_event(event):
    heard.append(event)


@hookimpl
def superapp_slot(name, context):
    if name == "home":
        return SlotContent("dummy/slot.html", {"who": context.get("who", "semua")}, order=3)
    return None


@hookimpl
def superapp_person_data(person):
    rows = run(sa.select(toys.c.name).where(toys.c.holder_id == person.person_id)).scalars()
    return [PersonData("Boneka yang dipinjam", tuple({"Nama": name} for name in rows))]


@hookimpl
def superapp_person_erase(person):
    return run(sa.update(toys).where(toys.c.holder_id == person.person_id).values(holder_id=None)).rowcount


@hookimpl
def superapp_health():
    return HealthReport(ok=db.session.scalar(sa.select(sa.literal(1))) == 1)


@hookimpl
def superapp_lifecycle(change):
    lived.append(change)
