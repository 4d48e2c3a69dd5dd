"""What access contributes to the app: it ends grants with appointments; its pages are in admin."""

from __future__ import annotations

from superapp.access import grants, roles
from superapp.kernel import ports

ports.standing_data["roles"] = roles.ensure_built_in

__all__ = ["grants"]
