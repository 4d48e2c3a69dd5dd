"""What documents contribute to the app."""

from __future__ import annotations

from datetime import timedelta

from superapp.kernel.jobs import Job
from superapp.kernel.language import N_
from superapp.plugin.blueprint import Blueprint
from superapp.plugin.contributions import EventType, NavItem
from superapp.plugin.hookspecs import hookimpl
from superapp.shared.documents import issuing, keeping, making
from superapp.shared.documents.signing import requesting
from superapp.shared.documents.views import bp


@hookimpl
def superapp_blueprints() -> list[Blueprint]:
    """Give the page that verifies, the signer's, and those of letterheads and numbers."""
    return [bp]


@hookimpl
def superapp_navigation() -> list[NavItem]:
    """Give an entry for those who keep letterheads and numbers."""
    return [
        NavItem("documents.register", N_("Naskah dan nomor"), icon="file-text", group="admin", order=909),
    ]


@hookimpl
def superapp_jobs() -> list[Job]:
    """Give the making of PDFs, and the look whether the signing service answers again."""
    return [
        Job(kind=issuing.RENDER, function=making.note, prepare=making.prepare, title="Membuat PDF naskah"),
        Job(
            kind="documents.watch_signing",
            function=requesting.ask_again,
            prepare=requesting.watch,
            every=timedelta(minutes=2),
            title="Menunggu layanan tanda tangan",
        ),
    ]


@hookimpl
def superapp_event_types() -> list[EventType]:
    """Promise what modules hear of their documents."""
    return [keeping.READY, keeping.SIGNED]
