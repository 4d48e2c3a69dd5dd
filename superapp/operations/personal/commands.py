"""`superapp person export` and `superapp person erase`."""

from __future__ import annotations

import json

import click

from superapp.kernel.errors import AppError


@click.group()
def person() -> None:
    """Hak pegawai atas datanya (UU 27/2022): serahkan salinannya, atau hapus yang boleh dihapus."""


@person.command("export")
@click.argument("nip")
def export_command(nip: str) -> None:
    """Cetak semua yang tersimpan tentang pegawai ini sebagai JSON."""
    from superapp.operations.personal.exporting import export

    try:
        found = export(nip)
    except AppError as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(json.dumps(found, ensure_ascii=False, indent=1))


@person.command("erase")
@click.argument("nip")
@click.option("--dry-run", is_flag=True, help="Hitung saja, tidak ada yang dihapus.")
def erase_command(nip: str, dry_run: bool) -> None:
    """Hapus atau samarkan data mantan pegawai sejauh undang-undang mengizinkan."""
    from superapp.operations.personal.erasing import erase

    try:
        erased = erase(nip, dry_run=dry_run)
    except AppError as refusal:
        raise click.ClickException(refusal.message) from refusal
    for name, count in sorted(erased.rows.items()):
        click.echo(f"{name}: {count}")
    words = "akan dihapus atau disamarkan" if dry_run else "dihapus atau disamarkan"
    click.echo(f"{erased.name}: {sum(erased.rows.values())} baris {words}. Nama, nomor dan riwayat jabatan tetap.")
