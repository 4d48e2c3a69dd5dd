"""Commands of operators: processes, backups, the doctor, the audit trail."""

from __future__ import annotations

import json
import signal
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
from flask import current_app

from superapp.kernel import access_log, audit, secrets
from superapp.operations import anchors, doctor, health
from superapp.operations.backup import (
    UNOPENED,
    BackupError,
    drilling,
    key_for,
    known_key,
    make_key,
    manifest,
    restore,
    take,
    verify,
)
from superapp.operations.serving import together
from superapp.operations.serving.web import Web

_folder = click.Path(path_type=Path)


def _web_options(command: Any) -> Any:
    for name, kind, words in (
        ("--host", str, "Alamat yang didengarkan."),
        ("--port", click.IntRange(1, 65535), "Porta."),
        ("--workers", click.IntRange(1, 64), "Banyaknya proses."),
        ("--threads", click.IntRange(2, 64), "Utas per proses."),
    ):
        command = click.option(name, type=kind, help=words)(command)
    return command


@click.command()
@_web_options
def serve(**given: Any) -> None:
    """Jalankan server web saja (pekerjaan dijalankan oleh `superapp worker`)."""
    Web.of(secrets.settings(), **given).become()


@click.command()
@_web_options
def up(**given: Any) -> None:
    """Jalankan server web dan pekerja bersama-sama; yang mati dijalankan lagi."""
    together.become(Web.of(secrets.settings(), **given))


@click.command()
@click.option("--threads", type=click.IntRange(1, 32), default=2, show_default=True, help="Pekerjaan bersamaan.")
@click.option("--once", is_flag=True, help="Kerjakan yang sudah waktunya, lalu selesai.")
def worker(threads: int, once: bool) -> None:
    """Kerjakan pekerjaan latar sampai dihentikan."""
    from superapp.kernel.jobs.worker import Worker

    made = Worker(current_app._get_current_object(), threads=threads)  # type: ignore[attr-defined]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: made.stop())
    if once:
        made.housekeep()
        click.echo(f"{made.drain()} pekerjaan dikerjakan")
        return
    # A job that hangs holds a thread that cannot be ended: leave without waiting for it.
    status = made.run()
    if made.stuck:
        made.leave(status)
    raise SystemExit(status)


@click.command()
@click.argument("folder", type=_folder)
def backup(folder: Path) -> None:
    """Tulis cadangan basis data dan berkas ke FOLDER (belum ada), sementara orang tetap bekerja."""
    try:
        taken = take(folder)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Cadangan siap di {folder}: {_summary(taken)}.")
    click.echo("Kunci rahasia (SUPERAPP_SECRET_KEY) tidak ikut: simpan terpisah, tanpanya cadangan tidak lengkap.")


_identity = click.option("--identity", type=_folder, help="Berkas kunci rahasia dari cadangan yang dienkripsi.")


@click.command("restore")
@click.argument("folder", type=_folder)
@_identity
@click.option("--replace", is_flag=True, help="Ganti data yang sudah ada di sini.")
@click.option("--other-key", is_flag=True, help="Pulihkan walau kunci rahasianya lain.")
def restore_command(folder: Path, identity: Path | None, replace: bool, other_key: bool) -> None:
    """Pulihkan cadangan dari FOLDER (atau yang terbaru di dalamnya); hentikan aplikasi dahulu."""
    try:
        found = manifest.newest(folder)
        restored = restore(found, identity=identity, replace=replace, other_key=other_key)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"Dipulihkan dari {found}: {_summary(restored)}.")
    if not known_key(found):
        click.echo(
            "Kunci rahasia lain: kepala jejak audit disegel ulang dan ini tercatat di jejak audit; keaslian manifest "
            "tidak dapat diperiksa. Aplikasi kode harus dipasang ulang, surel yang belum terkirim tidak terbaca."
        )


@click.command("verify")
@click.argument("folder", type=_folder)
@_identity
def verify_command(folder: Path, identity: Path | None) -> None:
    """Periksa apakah cadangan di FOLDER (atau yang terbaru di dalamnya) utuh."""
    try:
        found = manifest.newest(folder)
        taken = manifest.read(found)
        key = key_for(taken, identity) if identity else None
        faults = list(verify(found, key))
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    _exit_on(faults)
    click.echo(f"{found} utuh: {_summary(taken)}.")
    if taken.recipients and key is None:
        click.echo(UNOPENED)


@click.command("drill")
@click.argument("folder", type=_folder, required=False)
@_identity
def drill_command(folder: Path | None, identity: Path | None) -> None:
    """Uji pemulihan: pulihkan cadangan terbaru di FOLDER ke tempat sementara; data di sini tidak disentuh.

    Tanpa FOLDER diuji cadangan malam instalasi ini, dan hasilnya dicatat.
    """
    drill = drilling.rehearse(folder, identity)
    if folder is None:
        drilling.record(drill)
    _exit_on(drill.faults)
    if drill.rows:
        click.echo(f"{drill.path}: {drill.rows} baris, {drill.files} berkas, tidak ada yang berbeda.")
    if drill.untried:
        click.echo(drill.untried)


@click.command("backup-key")
@click.argument("file", type=_folder)
def backup_key(file: Path) -> None:
    """Buat kunci rahasia cadangan di FILE dan cetak kunci publiknya. Jalankan di mesin lain, bukan di server."""
    try:
        public = make_key(file)
    except BackupError as error:
        raise click.ClickException(str(error)) from error
    click.echo(f'Isi di server: SUPERAPP_BACKUP_RECIPIENTS=["{public}"]')
    click.echo(f"Simpan {file} di luar server, dengan salinan di brankas: tanpanya cadangan tidak bisa dibuka.")


def _summary(of: manifest.Manifest) -> str:
    sealed = "terenkripsi" if of.recipients else "tidak terenkripsi"
    taken = f"{of.created_at:%Y-%m-%d %H:%M} UTC, versi {of.version}, {sealed}"
    return f"{taken}, {len(of.tables)} tabel, {of.rows} baris, {of.files} berkas"


def _exit_on(faults: Iterable[str]) -> None:
    lines = list(faults)
    for line in lines:
        click.echo(line, err=True)
    if lines:
        raise SystemExit(1)


@click.command("doctor")
@click.option("--json", "as_json", is_flag=True, help="Cetak sebagai JSON.")
def doctor_command(as_json: bool) -> None:
    """Periksa semua yang membuat instalasi tidak aman; status 1 bila ada yang salah."""
    found = list(doctor.examine())
    if as_json:
        click.echo(
            json.dumps([{"level": f.level, "name": f.name, "words": f.words} for f in found], ensure_ascii=False)
        )
    else:
        for finding in found:
            click.echo(str(finding))
    if any(finding.level is doctor.Level.FAULT for finding in found):
        raise SystemExit(1)


@click.group("audit")
def audit_group() -> None:
    """Jejak audit: periksa keutuhannya, cetak kepalanya."""


@audit_group.command("verify")
@click.option(
    "--anchors", "file", type=click.Path(path_type=Path, exists=True), help="Berkas jangkar dari tempat lain."
)
def audit_verify(file: Path | None) -> None:
    """Periksa semua rantai, baris demi baris; status 1 dan tempatnya bila ada yang berubah."""
    try:
        kept = anchors.latest(file or anchors.places()[-1])
    except anchors.AnchorsError as error:
        raise click.ClickException(str(error)) from error
    faults = [*audit.verify(kept), *access_log.verify()]
    _exit_on(f"{fault.chain} baris {fault.sequence}: {fault.reason}" for fault in faults)
    heads = audit.heads()
    click.echo(f"{len(heads)} rantai utuh, {sum(head.sequence for head in heads)} baris.")


@audit_group.command("heads")
def audit_heads() -> None:
    """Cetak kepala semua rantai, untuk disimpan di tempat yang tidak terjangkau aplikasi."""
    for line in anchors.lines():
        click.echo(line)


@click.command("metrics-token")
def metrics_token() -> None:
    """Cetak token untuk membaca /metrics (Authorization: Bearer …)."""
    click.echo(health.metrics_token())


COMMANDS: tuple[click.Command, ...] = (
    serve,
    up,
    worker,
    backup,
    restore_command,
    verify_command,
    drill_command,
    backup_key,
    doctor_command,
    audit_group,
    metrics_token,
)
