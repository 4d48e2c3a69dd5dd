"""`superapp demo` and `superapp demo accounts`."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from superapp.kernel.errors import AppError
from superapp.operations.demo.marking import is_demo

if TYPE_CHECKING:  # what builds the data set is loaded when it is built, not with the app
    from superapp.operations.demo.accounts import DemoAccount


@click.group(invoke_without_command=True)
@click.option("--people", default=300, show_default=True, type=click.IntRange(1), help="Jumlah orang.")
@click.option("--if-empty", is_flag=True, help="Lewati tanpa kesalahan bila basis data sudah berisi.")
@click.pass_context
def demo(context: click.Context, people: int, if_empty: bool) -> None:
    """Isi basis data kosong dengan data contoh dan aktifkan modul bawaan."""
    from superapp.operations.demo.building import build_demo
    from superapp.operations.demo.modules import enable_bundled, fill_modules
    from superapp.operations.demo.storing import is_empty

    if context.invoked_subcommand is not None:
        return
    if not is_empty():
        _already_filled(if_empty)
        return
    try:
        built = build_demo(people)
    except AppError as refusal:
        raise click.ClickException(refusal.message) from refusal
    click.echo(f"Data contoh siap: {built.people} orang, {built.units} unit.")
    for fault in [*enable_bundled(), *fill_modules()]:
        click.echo(fault, err=True)
    _print(built.accounts)


def _already_filled(if_empty: bool) -> None:
    if is_demo():
        click.echo("Data contoh sudah ada.")
        _print(_kept())
    elif not if_empty:
        raise click.ClickException("Basis data tidak kosong. Data contoh hanya untuk basis data kosong.")


@demo.command()
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def accounts(as_json: bool) -> None:
    """Cetak akun contoh."""
    found = _kept() if is_demo() else []
    if not found:
        raise click.ClickException("Belum ada data contoh. Jalankan: superapp demo")
    if as_json:
        click.echo(json.dumps([asdict(account) for account in found], ensure_ascii=False, indent=1))
    else:
        _print(found)


def _kept() -> list[DemoAccount]:
    from superapp.operations.demo.accounts import kept

    return kept()


def _print(found: list[DemoAccount]) -> None:
    if not found:
        return
    click.echo(f"Kata sandi semua akun contoh: {found[0].password}")
    for account in found:
        click.echo(f"  {account.role:<11} {account.nip:<19} {account.name}, {account.position}")
