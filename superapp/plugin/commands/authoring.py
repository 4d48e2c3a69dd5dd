"""`superapp plugin …` for authors: make a module, check it, test it, and write its revisions."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import click
import sqlalchemy as sa

from superapp.kernel import database
from superapp.kernel.tables import stamp
from superapp.plugin.commands.modules import loaded, plugin
from superapp.plugin.host import host
from superapp.plugin.tables import module
from superapp.settings import home


@plugin.command()
@click.argument("name")
@click.option("--title", default="", help="Judul yang dibaca orang.")
@click.option(
    "--from", "source", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Modul satu berkas."
)
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Folder induk (bawaan: plugins/).")
def new(name: str, title: str, source: Path | None, into: Path | None) -> None:
    """Buat modul NAME: manifes, kode, templat, tes, dan revisi pertama."""
    from superapp.plugin import scaffold

    root = into or home() / "plugins"
    try:
        if source is not None and source.stem != name:
            raise scaffold.NotMade(f"Nama modul dari {source.name} adalah {source.stem!r}, bukan {name!r}.")
        folder = scaffold.make_from(source, root) if source else scaffold.make(name, root, title=title)
    except scaffold.NotMade as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Modul {name} dibuat di {folder}.")
    click.echo(f"Berikutnya: superapp migrate && superapp plugin enable {name}")


@plugin.command()
@click.argument("name")
def check(name: str) -> None:
    """Periksa modul NAME terhadap kontrak dan skala mutu. Status 1 bila kontrak dilanggar."""
    from superapp.plugin.check import check as checked

    made = host()
    if name not in made.plugins and name not in {found.name for found, _ in made.broken}:
        loaded(name)
    report = checked(made, name)
    for finding in report.findings:
        click.echo(f"{finding.where}: {'saran: ' if finding.advice else ''}{finding.reason}", err=not finding.advice)
    _keep_tier(name, report.tier)
    if report.failed:
        raise click.ClickException(f"Modul {name} melanggar kontrak.")
    click.echo(f"Modul {name}: {WORDS[report.tier or 'bronze']}.")


WORDS = {"bronze": "perunggu", "silver": "perak", "gold": "emas"}


def _keep_tier(name: str, tier: str | None) -> None:
    """Keep the tier for the list, once the module is known to this database."""
    if host().states.latest().of(name).applied or host().states.latest().of(name).enabled:
        with database.transaction() as connection:
            connection.execute(sa.update(module).where(module.c.name == name).values(tier=tier))
            connection.execute(sa.update(stamp).where(stamp.c.id == 1).values(plugins=stamp.c.plugins + 1))


@plugin.command(context_settings={"ignore_unknown_options": True})
@click.argument("name")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def test(name: str, arguments: tuple[str, ...]) -> None:
    """Jalankan tes modul NAME; argumen selebihnya diteruskan ke pytest."""
    found = loaded(name)
    folder = found.folder / "tests"
    if not folder.is_dir():
        raise click.ClickException(f"Belum ada tes: {folder}")
    environment = os.environ | {"SUPERAPP_PLUGIN_PATH": _path_with(found.folder.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-p", "superapp.testing", "--module", name, f"--rootdir={found.folder}"]
    raise SystemExit(subprocess.call([*command, "-c", os.devnull, str(folder), *arguments], env=environment))  # noqa: S603


def _path_with(folder: Path) -> str:
    given = [part for part in os.environ.get("SUPERAPP_PLUGIN_PATH", "").split(os.pathsep) if part]
    return os.pathsep.join(dict.fromkeys([*given, str(folder)]))


@plugin.command()
@click.argument("name")
@click.option("-m", "--message", required=True, help="Kata-kata singkat tentang perubahan.")
@click.option("--empty", is_flag=True, help="Tulis revisi kosong untuk diisi tangan.")
def revision(name: str, message: str, empty: bool) -> None:
    """Tulis revisi berikutnya untuk modul NAME (atau `core`) dari perubahan modelnya."""
    from superapp.plugin.migrate.alembics import HistoryFault
    from superapp.plugin.migrate.history import CORE, core_history, plugin_history
    from superapp.plugin.migrate.revising import revise

    history = core_history() if name == CORE else plugin_history(loaded(name).found)
    try:
        written = revise(history, message, empty=empty)
    except HistoryFault as error:
        raise click.ClickException(str(error)) from error
    click.echo(str(written) if written else "Model tidak berubah; tidak ada revisi yang ditulis.")
