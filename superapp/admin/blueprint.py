"""The routes of administration: what they ask for, and that whoever changes something confirmed who they are lately."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from superapp.login.stepup import Prepare, after_step_up
from superapp.plugin.blueprint import Blueprint, V

PERMISSIONS = {
    "admin.modules": "Mengelola modul",
    "admin.people": "Mengelola pegawai dan akun",
    "admin.units": "Mengelola unit dan jabatan",
    "admin.roles": "Mengelola peran dan akses",
    "admin.settings": "Mengubah pengaturan",
    "admin.repair": "Menangani gangguan sistem",
    "admin.audit": "Membaca jejak audit",
    "admin.import": "Mengimpor data",
    "admin.reference": "Mengelola data rujukan",
}
"""What may be granted for administration; a unit's admin holds them at his unit, so only within its subtree."""


class AdminBlueprint(Blueprint):
    """Routes whose commands all need a password given within the last 15 minutes (step-up)."""

    def post(
        self, rule: str, *, permission: str, says: str, prepare: Prepare | None = None, **options: Any
    ) -> Callable[[V], V]:
        """Declare a command as `Blueprint.post` does; without a `prepare` of its own the view takes no `prepared`.

        A stale confirmation is answered by a page that asks for the password and keeps what was typed.
        """
        declare = super().post(rule, permission=permission, says=says, prepare=after_step_up(prepare), **options)

        def declared(view: V) -> V:
            declare(view if prepare else _without_prepared(view))
            return view

        return declared


def _without_prepared(view: V) -> V:
    @wraps(view)
    def shown(*, prepared: None, **arguments: Any) -> Any:
        return view(**arguments)

    return shown  # type: ignore[return-value]


bp = AdminBlueprint("admin", __name__, url_prefix="/admin", permissions=PERMISSIONS)
