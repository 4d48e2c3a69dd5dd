"""The kinds of units, employment, positions and appointments: stored keys and the words people read."""

from __future__ import annotations

from superapp.kernel.language import N_

UNITS = {
    "kabupaten": N_("Kabupaten"),
    "setda": N_("Sekretariat daerah"),
    "sekretariat_dprd": N_("Sekretariat DPRD"),
    "inspektorat": N_("Inspektorat"),
    "dinas": N_("Dinas"),
    "badan": N_("Badan"),
    "satuan": N_("Satuan"),
    "rumah_sakit": N_("Rumah sakit"),
    "kecamatan": N_("Kecamatan"),
    "kelurahan": N_("Kelurahan"),
    "asisten": N_("Asisten"),
    "bagian": N_("Bagian"),
    "bidang": N_("Bidang"),
    "sekretariat": N_("Sekretariat"),
    "subbagian": N_("Subbagian"),
    "seksi": N_("Seksi"),
    "uptd": N_("UPTD"),
    "lainnya": N_("Lainnya"),
}
EMPLOYMENTS = {
    "pns": N_("PNS"),
    "cpns": N_("CPNS"),
    "pppk": N_("PPPK"),
    "pppk_paruh_waktu": N_("PPPK paruh waktu"),
    "non_asn": N_("Non-ASN"),
    "pejabat": N_("Pejabat negara/daerah"),
}
"""`pejabat` is an elected official such as the regent: no civil servant, no NIP."""
WITH_NIP = frozenset({"pns", "cpns", "pppk", "pppk_paruh_waktu"})
POSITIONS = {
    "kepala_daerah": N_("Kepala daerah"),
    "jpt_pratama": N_("Jabatan pimpinan tinggi pratama"),
    "administrator": N_("Jabatan administrator"),
    "pengawas": N_("Jabatan pengawas"),
    "fungsional_keahlian": N_("Jabatan fungsional keahlian"),
    "fungsional_keterampilan": N_("Jabatan fungsional keterampilan"),
    "pelaksana": N_("Jabatan pelaksana"),
    "lainnya": N_("Lainnya"),
}
APPOINTMENTS = {
    "definitive": N_("Definitif"),
    "plt": N_("Pelaksana tugas (Plt.)"),
    "plh": N_("Pelaksana harian (Plh.)"),
}
WEEKS = {"": N_("Seperti unit di atasnya"), "five": N_("Lima hari kerja"), "six": N_("Enam hari kerja")}
"""How many days an office works; at the root, where nothing lies above, five."""
SEXES = {"": N_("Belum diisi"), "L": N_("Laki-laki"), "P": N_("Perempuan")}
