"""`superapp plugin …`: list, switch, migrate, revise and remove modules."""

from __future__ import annotations

import json
from collections.abc import Callable

import click

from superapp.kernel import command, ports
from superapp.kernel.errors import AppError
from superapp.plugin import switch
from superapp.plugin.commands.migrating import report
from superapp.plugin.host import Plugin, host
from superapp.plugin.listing import Listed, listing

WORDS = {"on": "aktif", "off": "nonaktif", "paused": "dijeda", "pending": "menunggu migrasi", "broken": "rusak"}


@click.group()
def plugin() -> None:
    """Kelola modul."""


@plugin.command("list")
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def list_(as_json: bool) -> None:
    """Cetak semua modul dengan keadaannya."""
    rows = listing()
    if as_json:
        click.echo(json.dumps([row.as_json() for row in rows], indent=1, ensure_ascii=False))
        return
    for row in rows:
        click.echo(_line(row))
    if not rows:
        click.echo("Belum ada modul.")


def _line(row: Listed) -> str:
    paused = f" (dijeda: {', '.join(row.paused)})" if row.paused else ""
    reason = f"  {row.where}: {row.reason}" if row.reason else ""
    return f"{row.name:20} {row.version or '-':10} {WORDS[row.state]}{paused}{reason}"


@plugin.command()
@click.argument("name")
def enable(name: str) -> None:
    """Aktifkan modul NAME bagi seluruh kabupaten."""
    _commanded("plugin.enable", "{actor} mengaktifkan modul {module}", lambda: switch.enable(name))
    click.echo(f"Modul {name} aktif.")


@plugin.command()
@click.argument("name")
def disable(name: str) -> None:
    """Nonaktifkan modul NAME; datanya tetap ada."""
    _commanded("plugin.disable", "{actor} menonaktifkan modul {module}", lambda: switch.disable(name))
    click.echo(f"Modul {name} nonaktif.")


def _commanded(operation: str, says: str, effect: Callable[[], None]) -> None:
    try:
        with command.begin(operation, actor=ports.current_actor()(), says=says):
            effect()
    except AppError as refusal:
        raise click.ClickException(refusal.message) from refusal
    host().states.forget()


@plugin.command("migrate")
@click.argument("name")
def migrate_(name: str) -> None:
    """Jalankan migrasi modul NAME saja."""
    from superapp.plugin.migrate.running import migrate

    _loaded(name)
    report(migrate([name]))
    click.echo(f"{name}: migrasi terbaru.")


@plugin.command()
@click.argument("name")
@click.option("-m", "--message", required=True, help="Kata-kata singkat tentang perubahan.")
@click.option("--empty", is_flag=True, help="Tulis revisi kosong untuk diisi tangan.")
def revision(name: str, message: str, empty: bool) -> None:
    """Tulis revisi berikutnya untuk modul NAME (atau `core`) dari perubahan modelnya."""
    from superapp.plugin.migrate.history import CORE, core_history, plugin_history
    from superapp.plugin.migrate.revising import revise

    history = core_history() if name == CORE else plugin_history(_loaded(name).found)
    written = revise(history, message, empty=empty)
    click.echo(str(written) if written else "Model tidak berubah; tidak ada revisi yang ditulis.")


def _loaded(name: str) -> Plugin:
    found = host().plugins.get(name)
    if found is None:
        broken = next((row for row in listing() if row.name == name), None)
        words = f"Modul {name} rusak: {broken.where}: {broken.reason}" if broken else f"Modul {name} tidak ditemukan."
        raise click.ClickException(words)
    return found
