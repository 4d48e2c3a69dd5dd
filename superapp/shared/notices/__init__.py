"""Notices: what a person is told, inside the app and outside of it."""

from superapp.shared.notices.writing import (
    forget_old,
    mark_all_read,
    mark_read,
    notify,
    notify_all,
    notify_position,
    opened,
    page,
    unread_count,
)

__all__ = [
    "forget_old",
    "mark_all_read",
    "mark_read",
    "notify",
    "notify_all",
    "notify_position",
    "opened",
    "page",
    "unread_count",
]
