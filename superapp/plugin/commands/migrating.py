"""`superapp migrate`: bring the database to the code's newest revisions."""

from __future__ import annotations

from collections.abc import Iterable

import click

from superapp.kernel import command, ports
from superapp.plugin.migrate.history import CORE
from superapp.plugin.migrate.running import Migrated
from superapp.plugin.migrate.running import migrate as run


@click.command()
def migrate() -> None:
    """Jalankan migrasi inti, lalu semua modul. Status 1 bila ada yang gagal; yang lain tetap dijalankan."""
    results = list(run())
    if not any(result.failed and result.name == CORE for result in results):
        _add_standing_data()
    report(results)


def _add_standing_data() -> None:
    """Add what every installation holds from its first migration on, where it is missing."""
    actor = ports.current_actor()()
    with command.begin("core.standing_data", actor=actor, says=""):
        for add in ports.standing_data.values():
            add()


def report(results: Iterable[Migrated]) -> None:
    """Print what became of each history; exit with 1 when one failed."""
    failed = False
    for result in results:
        if result.failed:
            failed = True
            click.echo(f"{result.name}: migrasi gagal di {result.where or '?'}: {result.reason}", err=True)
        elif result.revisions:
            click.echo(f"{result.name}: {result.revisions} revisi dijalankan")
    if failed:
        raise SystemExit(1)
