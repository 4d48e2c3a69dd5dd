"""`superapp import units|people|classification|… FILE`: stage, report and apply in one go, by the operator."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import click

from superapp.kernel.errors import AppError
from superapp.shared.imports.at_once import import_at_once
from superapp.shared.imports.planning import Plan, PlannedRow, plan
from superapp.shared.imports.registry import importer_of, importers
from superapp.shared.imports.staging import Ends, find, report

WORDS = {"add": "masuk", "change": "berubah", "end": "berakhir", "same": "tetap", "fault": "salah"}
SHOWN = 50


@click.command("import")
@click.argument("kind")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Cetak laporan saja; tidak ada yang disimpan.")
@click.option(
    "--ends",
    type=click.Choice(["auto", "yes", "no"]),
    default="auto",
    show_default=True,
    help="Akhiri data yang tidak ada dalam berkas: auto menahan bila terlalu banyak.",
)
def import_(kind: str, file: Path, dry_run: bool, ends: Ends) -> None:
    """Impor FILE (CSV atau XLSX). KIND: units, people, classification, atau milik modul."""
    importer = importer_of(kind)
    if importer is None:
        raise click.UsageError(f"Jenis impor tidak dikenal: {kind}. Pilihan: {', '.join(sorted(importers()))}.")
    try:
        planned = plan(importer, file.read_bytes(), file.name)
        _print_plan(planned)
        if dry_run:
            click.echo("Uji coba: tidak ada yang disimpan.")
        else:
            _print_outcome(import_at_once(importer, planned, ends))
    except AppError as refusal:
        raise click.ClickException(refusal.message) from refusal


def _print_plan(planned: Plan) -> None:
    counts = planned.counts
    click.echo(", ".join(f"{counts[action]} {word}" for action, word in WORDS.items()))
    if planned.ignored:
        click.echo(f"Kolom diabaikan: {', '.join(planned.ignored[:20])}")
    faulty = [row for row in planned.rows if row.faults or row.remarks]
    for row in faulty[:SHOWN]:
        _print_row(row)
    if len(faulty) > SHOWN:
        click.echo(f"… dan {len(faulty) - SHOWN} baris lain dengan catatan.")


def _print_row(row: PlannedRow) -> None:
    for mark, remarks in (("salah", row.faults), ("catatan", row.remarks)):
        for remark in remarks:
            click.echo(f"Baris {row.number}, {remark.column}: {remark.reason} ({mark})")


def _print_outcome(import_id: UUID) -> None:
    found = find(import_id)
    if found.state != "applied":
        click.echo("Impor diteruskan oleh pekerja di latar belakang.")
        return
    counts = found.counts
    click.echo(f"Selesai: {counts.get('applied', 0)} baris diterapkan, {counts.get('failed', 0)} gagal.")
    if counts.get("held"):
        click.echo(
            f"{counts['held']} data tidak ada dalam berkas dan ditahan; ulangi dengan --ends yes untuk mengakhiri."
        )
    failed: Sequence[object] = report(import_id, states=("failed",)).rows
    for row in failed:
        _print_row(row)  # type: ignore[arg-type]
    nothing = counts.get("fault") and not (counts.get("applied") or counts["same"])
    if counts.get("failed") or nothing:
        raise click.ClickException("Ada baris yang tidak diimpor; lihat catatan di atas.")
