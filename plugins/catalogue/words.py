"""Words of the catalogue: the choices of its fields, key → what people read."""

from __future__ import annotations

from superapp.api import N_

LEVELS = {"kabupaten": N_("Kabupaten"), "provinsi": N_("Provinsi"), "pusat": N_("Pusat")}
CLASSIFICATIONS = {
    "umum": N_("Aplikasi umum"),
    "khusus_kl": N_("Khusus kementerian/lembaga"),
    "khusus_pemda": N_("Khusus pemda"),
}
STATUSES = {
    "active": N_("Aktif"),
    "rare": N_("Jarang dipakai"),
    "inactive": N_("Tidak aktif"),
    "retired": N_("Dihentikan"),
    "unknown": N_("Belum diisi"),
}
LIVE = frozenset({"active", "rare", "unknown"})
"""An application of these states with an address has a door in the launcher."""
ORIGINS = {"pkn": N_("Pelatihan (PKN/PKA/PKP)"), "opd": N_("Usulan OPD"), "pusat": N_("Dari pusat")}
BUILDERS = {"sendiri": N_("Dibangun sendiri"), "vendor": N_("Pihak ketiga"), "pusat": N_("Pusat")}
FOLLOW_UPS = {
    "pertahankan": N_("Pertahankan"),
    "modul": N_("Jadikan modul"),
    "gabung": N_("Gabungkan"),
    "umum": N_("Ganti aplikasi umum"),
    "hentikan": N_("Hentikan"),
}
CHOICES = {
    "level": LEVELS,
    "classification": CLASSIFICATIONS,
    "builder": BUILDERS,
    "origin": ORIGINS,
    "status": STATUSES,
    "follow_up": FOLLOW_UPS,
}
"""The fields that take one of a few words."""
ANSWERS = ("source_kept", "backed_up", "personal_data")
"""The fields that are yes, no, or not filled in."""
YES_NO = {"1": N_("Ya"), "0": N_("Tidak")}
WANTED = (
    "description",
    "function",
    "owner_name",
    "platform",
    "license_type",
    "database_kind",
    "steward_name",
    "builder",
    "year",
    "origin",
    "active_users",
    "address",
    "hosting",
    "source_kept",
    "backed_up",
    "yearly_cost",
    "login_method",
    "personal_data",
    "decree",
    "follow_up",
)
"""The fields whose absence counts as "belum diisi"."""
