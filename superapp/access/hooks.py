"""What access contributes to the app: it ends grants with appointments; its pages are in admin."""

from __future__ import annotations

from superapp.access import grants

__all__ = ["grants"]
