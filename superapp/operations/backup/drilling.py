"""The restore drill: the newest backup is restored into a temporary place and compared, so that restoring is known to work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from superapp.access.actor import operator
from superapp.kernel import clock, command, secrets
from superapp.kernel.database import run
from superapp.kernel.jobs import ledger
from superapp.kernel.jobs.ledger import State
from superapp.kernel.language import N_
from superapp.kernel.tables import job
from superapp.operations import responsible
from superapp.operations.backup import keeping, postgresql, room, sqlite
from superapp.operations.backup import manifest as manifests
from superapp.operations.backup.encryption import Key, key_for
from superapp.operations.backup.manifest import BackupError, Manifest
from superapp.operations.backup.restoring import put
from superapp.operations.backup.verifying import UNOPENED, files_of, verify
from superapp.shared import notices

KIND = "core.restore_drill"
PASSED = N_("uji pemulihan {path}: {rows} baris, {files} berkas, tidak ada yang berbeda")
PARTLY = N_("uji pemulihan {path} sebagian: {untried}")
RAN = N_("{actor} menguji pemulihan cadangan")
NOTHING = "Belum ada cadangan malam untuk diuji."
"""On a new installation the first drill may come before the first backup; that a backup is missing is told elsewhere."""
FAILED = N_("uji pemulihan {path} gagal: {faults}")


@dataclass(frozen=True)
class Drill:
    """What a restore on trial showed: faults, and what could not be tried at all ("" when everything was)."""

    path: str
    rows: int = field(default=0, kw_only=True)
    files: int = field(default=0, kw_only=True)
    faults: tuple[str, ...] = field(default=(), kw_only=True)
    untried: str = field(default="", kw_only=True)


def rehearse(folder: Path | None = None, identity: Path | None = None) -> Drill:
    """Restore the newest backup in a folder (the nightly ones) into a temporary place; this installation stays as it is.

    Never raises BackupError: a backup that cannot be restored is the result. Without the `identity` of an encrypted
    backup only what is readable without it is checked, and the result says so.
    """
    place = folder or keeping.folder()
    if folder is None and not manifests.backups_in(place):
        return Drill(str(place), untried=NOTHING)
    try:
        place = manifests.newest(place)
        return _rehearsed(place, manifests.read(place), identity)
    except (BackupError, OSError) as error:
        return Drill(str(place), faults=(str(error),))


def _rehearsed(folder: Path, manifest: Manifest, identity: Path | None) -> Drill:
    key = key_for(manifest, identity) if identity else None
    faults, untried = list(verify(folder, key)), UNOPENED if manifest.recipients and key is None else ""
    if not faults and not untried and not (untried := _short_of_room(folder, manifest)):
        try:
            faults = list(_restored(folder, manifest, key))
        except postgresql.NoTrialError as refusal:
            untried = str(refusal)
    return Drill(str(folder), rows=manifest.rows, files=manifest.files, faults=tuple(faults[:20]), untried=untried)


def _short_of_room(folder: Path, manifest: Manifest) -> str:
    """Return a sentence when a trial would fill the disk of the data; it needs the database twice while deciphering."""
    files = sum(file.size for file in files_of(folder, manifest))
    return room.check(secrets.settings().data_dir, 2 * manifest.database.size + files * 11 // 10)


def _restored(folder: Path, manifest: Manifest, key: Key | None) -> Iterator[str]:
    engine = sqlite if manifest.engine == "sqlite" else postgresql
    with room.rented() as place, engine.elsewhere(secrets.settings(), place) as trial:
        yield from put(trial, folder, manifest, key)


def note(prepared: Drill) -> dict[str, Any]:
    """Write a drill into the audit trail, and tell those who repair of a failure (the job's function)."""
    faults = "; ".join(prepared.faults)
    words = FAILED if faults else PARTLY if prepared.untried else PASSED
    told: dict[str, Any] = asdict(prepared) | {"faults": faults[:500]}
    command.current().also(words, "backup", **told)
    if faults:
        title = "Uji pemulihan cadangan gagal"
        notices.notify_all(responsible.people(), title, body=faults[:400], url="/admin/perbaikan", kind="backup")
    return asdict(prepared) | {"faults": list(prepared.faults)}


def record(drill: Drill) -> None:
    """Keep a drill that an operator ran by hand as one of the schedule is kept."""
    with command.begin("backup.drill", actor=operator(), says=RAN):
        ended = {"state": State.DONE, "finished_at": clock.now(), "result": note(drill)}
        run(sa.insert(job).values(ledger.row(KIND, None, None, None, None, None, "", 1) | ended))


def last() -> tuple[datetime, Drill] | None:
    """Return the last drill and when it ended, None when there was none."""
    query = sa.select(job.c.finished_at, job.c.result).where(job.c.kind == KIND, job.c.state == State.DONE)
    found = run(query.order_by(job.c.id.desc()).limit(1)).first()
    if found is None:
        return None
    return found.finished_at, Drill(**found.result | {"faults": tuple(found.result["faults"])})
