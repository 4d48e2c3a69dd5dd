"""What the shared services contribute to the app."""

from __future__ import annotations

import click

from superapp.kernel import ports
from superapp.kernel.jobs import Job
from superapp.plugin.blueprint import Blueprint
from superapp.plugin.contributions import Service, Setting
from superapp.plugin.hookspecs import hookimpl
from superapp.shared import following, housekeeping, mail, notices, reference, tasks
from superapp.shared import tables as tables  # the core's metadata is complete once this is imported
from superapp.shared.agenda import weeks
from superapp.shared.files import keeping, quarantine
from superapp.shared.files.moving import files_
from superapp.shared.files.views import bp
from superapp.shared.imports import applying, staging
from superapp.shared.imports.commands import import_
from superapp.shared.imports.contract import Importer
from superapp.shared.imports.kinds.classification import ClassificationImporter
from superapp.shared.imports.kinds.holidays import HolidayImporter
from superapp.shared.imports.kinds.people import PeopleImporter
from superapp.shared.imports.kinds.units import UnitImporter
from superapp.shared.search import people

people.listen()
following.listen()
ports.standing_data["reference"] = reference.fill
ports.session_columns["unread"] = notices.unread_count()
ports.session_columns["open_tasks"] = tasks.open_count()
ports.notifier.fill(notices.notify)
ports.mailer.fill(mail.deliver)


@hookimpl
def superapp_blueprints() -> list[Blueprint]:
    """Give the address of stored files."""
    return [bp]


@hookimpl
def superapp_jobs() -> list[Job]:
    """Give mail, imports, and what is tidied at night."""
    return [
        Job(kind=mail.JOB, function=mail.note_sent, prepare=mail.prepare_sending, title="Mengirim surel"),
        Job(kind=staging.APPLY, function=applying.apply_import, title="Menerapkan impor"),
        Job(kind=staging.UNDO, function=applying.undo_import, title="Membatalkan impor"),
        Job(
            kind="shared.index_people",
            function=housekeeping.index_people,
            daily="00:05",
            title="Indeks pencarian pegawai",
        ),
        Job(kind="shared.tidy", function=housekeeping.tidy, daily="02:40", title="Merapikan data lama"),
        Job(
            kind=quarantine.JOB,
            function=quarantine.settle,
            prepare=quarantine.inspect,
            title="Memeriksa berkas",
        ),
        Job(
            kind="shared.sweep_files",
            function=keeping.sweep,
            prepare=keeping.prepare_sweep,
            daily="02:50",
            timeout=1800,
            title="Merapikan berkas tak terpakai",
        ),
    ]


@hookimpl
def superapp_services() -> list[Service]:
    """Give the core's importers."""
    found = (UnitImporter(), PeopleImporter(), ClassificationImporter(), HolidayImporter())
    return [Service(f"shared.import_{importer.kind}", importer, contract=Importer) for importer in found]


@hookimpl
def superapp_settings() -> list[Setting]:
    """Give the working hours of the regency's offices."""
    return list(weeks.SETTINGS)


@hookimpl
def superapp_commands() -> list[click.Command]:
    """Give `superapp import` and `superapp files`."""
    return [import_, files_]
