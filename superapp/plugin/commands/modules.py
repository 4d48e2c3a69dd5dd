"""`superapp plugin …` for operators: list, switch, migrate and remove modules."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import click

from superapp.kernel import clock, command, ports
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
    _commanded("plugin.enable", name, "{actor} mengaktifkan modul {module}", lambda: switch.enable(name))
    click.echo(f"Modul {name} aktif.")


@plugin.command()
@click.argument("name")
def disable(name: str) -> None:
    """Nonaktifkan modul NAME; datanya tetap ada."""
    _commanded("plugin.disable", name, "{actor} menonaktifkan modul {module}", lambda: switch.disable(name))
    click.echo(f"Modul {name} nonaktif.")


def _commanded(operation: str, name: str, says: str, effect: Callable[[], None]) -> None:
    try:
        with command.begin(operation, actor=ports.current_actor()(), says=says):
            command.current().values |= {"module": name}
            effect()
    except AppError as refusal:
        raise click.ClickException(refusal.message) from refusal
    host().states.forget()


@plugin.command("migrate")
@click.argument("name")
def migrate_(name: str) -> None:
    """Jalankan migrasi modul NAME saja."""
    from superapp.plugin.migrate.running import migrate

    loaded(name)
    report(migrate([name]))
    click.echo(f"{name}: migrasi terbaru.")


@plugin.command()
@click.argument("name")
@click.option("--export", "path", type=click.Path(dir_okay=False, path_type=Path), help="Berkas ekspor (JSONL).")
@click.option("--yes", is_flag=True, help="Sungguh hapus; tanpa ini hanya dihitung.")
def uninstall(name: str, path: Path | None, yes: bool) -> None:
    """Hapus modul NAME dari basis data: hitung, ekspor, lalu hapus tabel, pengaturan, izin dan keadaannya."""
    from superapp.plugin.migrate import removing

    found = next((row for row in listing() if row.name == name), None)
    owned = removing.belongings(name)
    if found is None and not owned.tables:
        raise click.ClickException(f"Modul {name} tidak ditemukan.")
    for table, rows in owned.tables.items():
        click.echo(f"{table:40} {rows} baris")
    click.echo(f"{'pengaturan':40} {owned.settings}")
    if not yes:
        click.echo("Belum ada yang dihapus. Ulangi dengan --yes untuk mengekspor dan menghapus.")
        return
    if found is not None and found.enabled:
        raise click.ClickException(f"Modul {name} masih aktif. Nonaktifkan dulu: superapp plugin disable {name}")
    path = path or host().settings.data_dir / "exports" / f"{name}-{clock.local(clock.now()):%Y%m%d-%H%M%S}.jsonl"
    click.echo(f"{removing.export(name, path)} baris diekspor ke {path}")
    _commanded("plugin.uninstall", name, "{actor} menghapus modul {module}", lambda: removing.forget(name))
    removing.remove_tables(name)
    click.echo(f"Modul {name} dihapus dari basis data. Hapus foldernya agar tidak ditemukan lagi.")


def loaded(name: str) -> Plugin:
    """Return a module that was loaded whole; a sentence on stderr and status 1 when it was not."""
    found = host().plugins.get(name)
    if found is None:
        broken = next((row for row in listing() if row.name == name), None)
        words = f"Modul {name} rusak: {broken.where}: {broken.reason}" if broken else f"Modul {name} tidak ditemukan."
        raise click.ClickException(words)
    return found
