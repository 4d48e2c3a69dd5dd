"""What leave says of itself to administrators: whether the year is closed, and whose terms nobody has checked."""

from __future__ import annotations

from superapp.api import HealthReport, today
from superapp.api import _ as words

from . import closing, kinds


def report() -> HealthReport:
    """Count the people whose years before are not closed, and name the kinds whose terms are an example."""
    waiting = closing.waiting(today().year)
    if waiting:
        said = words("{n} pegawai belum ditutup tahun cutinya; pekerjaan malam menutupnya.", n=waiting)
        return HealthReport(ok=False, message=said)
    unsure = [words(one.name) for one in kinds.of_year(today().year).values() if one.requested and not one.certain]
    if unsure:
        return HealthReport(ok=True, message=words("Ketentuan masih contoh: {kinds}.", kinds=", ".join(unsure)))
    return HealthReport(ok=True, message=words("Semua ketentuan cuti sudah diperiksa."))
