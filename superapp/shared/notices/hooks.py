"""What notices contribute to the app."""

from __future__ import annotations

from superapp.kernel import ports
from superapp.kernel.jobs import Job
from superapp.plugin.contributions import NoticeType
from superapp.plugin.hookspecs import hookimpl
from superapp.shared.notices import devices, kinds, pushing, sending

ports.sessions_end.append(devices.leave)


@hookimpl
def superapp_notice_types() -> list[NoticeType]:
    """Give the categories of the core."""
    return list(kinds.DECLARED)


@hookimpl
def superapp_jobs() -> list[Job]:
    """Give the ways out of the app."""
    return [
        Job(kind=sending.ROUTE, function=sending.route, title="Membagi kabar ke surel dan perangkat"),
        Job(kind=sending.PUSH, function=sending.note_push, prepare=sending.prepare_push, title="Notifikasi perangkat"),
        Job(kind=sending.EMAIL, function=sending.mail_notice, title="Kabar lewat surel"),
        Job(kind="notices.tidy", function=pushing.forget_old, daily="02:45", title="Merapikan catatan notifikasi"),
    ]
