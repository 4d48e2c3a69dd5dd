"""The examination: every check once, none able to end the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy.exc import SQLAlchemyError

from superapp.extensions import db
from superapp.kernel import redaction
from superapp.operations.doctor import data, installation
from superapp.operations.doctor.finding import Finding, fault

CHECKS: tuple[tuple[str, Callable[[], Iterator[Finding]]], ...] = (
    ("alamat", installation.address),
    ("debug", installation.debugging),
    ("data contoh", installation.demonstration),
    ("kunci rahasia", installation.keys),
    ("disk", installation.disk),
    ("surel", installation.mail),
    ("berkas", installation.files),
    ("naskah", installation.papers),
    ("kontak keamanan", installation.contact),
    ("basis data", data.durability),
    ("migrasi", data.migrations),
    ("hari libur", data.holidays),
    ("modul", data.modules),
    ("pekerja", data.jobs),
    ("cadangan", data.backups),
    ("uji pemulihan", data.drills),
    ("jejak audit", data.trail),
)


def examine() -> Iterator[Finding]:
    """Yield what every check finds; one that cannot be made is a fault with its reason."""
    for name, check in CHECKS:
        try:
            yield from check()
        except SQLAlchemyError as error:
            db.session.rollback()
            yield fault(name, f"basis data tidak menjawab: {_short(getattr(error, 'orig', None) or error)}")
        except Exception as error:
            db.session.rollback()
            yield fault(name, f"pemeriksaan gagal: {type(error).__name__}: {_short(error)}")


def _short(error: BaseException) -> str:
    return redaction.redact(str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__)[:200]
