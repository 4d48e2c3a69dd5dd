"""The routes of navigation and the permissions they ask for."""

from __future__ import annotations

from superapp.kernel.language import N_
from superapp.plugin.blueprint import Blueprint

PERSONAL = "navigation.personal"
REPORTS = "navigation.reports"
ANNOUNCE = "navigation.announce"
PERMISSIONS = {
    PERSONAL: N_("Melihat data pribadi pegawai"),
    REPORTS: N_("Menangani laporan masalah"),
    ANNOUNCE: N_("Mengelola pengumuman"),
}
"""What may be granted for navigation; held at a unit, so only for people and announcements of its subtree."""

bp = Blueprint("navigation", __name__, permissions=PERMISSIONS)
