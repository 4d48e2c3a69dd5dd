"""`superapp migrate`: bring the database to the code's newest revisions."""

from __future__ import annotations

from collections.abc import Iterable

import click

from superapp.plugin.migrate.running import Migrated
from superapp.plugin.migrate.running import migrate as run


@click.command()
def migrate() -> None:
    """Jalankan migrasi inti, lalu semua modul. Status 1 bila ada yang gagal; yang lain tetap dijalankan."""
    report(run())


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
