"""Mail: written in the transaction, sent by a job, to an SMTP server or (without one) to the console."""

from __future__ import annotations

import re
import smtplib
import ssl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from superapp.kernel import clock, command, ids, secrets
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, Refused
from superapp.kernel.jobs import enqueue
from superapp.kernel.language import gettext as _
from superapp.shared.tables.work import mail

JOB = "shared.mail"
PATIENCE = 20
"""Seconds that a mail server may take."""
ATTEMPTS = 8
KEPT = timedelta(days=30)
LONGEST_TEXT = 100_000
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})+")
M = mail.c


def send(to: str, subject: str, text: str) -> UUID:
    """Write a mail in the command under way and return its id; a job sends it after the commit.

    The text is kept encrypted and is gone once sent. Raises Invalid for an address that is none, and for line ends in
    address or subject: they would smuggle further headers in (ASVS 1.3.11).
    """
    command.current()
    _check(to, subject, text)
    own = ids.uuid7()
    sealed = secrets.box().encrypt(text.encode())
    run(sa.insert(mail).values(id=own, recipient=to, subject=subject, sealed=sealed, created_at=clock.now()))
    enqueue(JOB, {"mail_id": own}, key=f"mail:{own.hex}", max_attempts=ATTEMPTS)
    return own


def _check(to: str, subject: str, text: str) -> None:
    if not _ADDRESS.fullmatch(to) or len(to) > 120:
        raise Invalid(_("Alamat surel tidak lengkap. Contoh: nama@nunukankab.go.id."), field="email")
    if len(subject.splitlines()) > 1 or not subject.isprintable() or not 0 < len(subject) <= 200:
        raise Invalid(_("Judul surel harus satu baris, paling banyak 200 karakter."), field="subject")
    if "\0" in text or len(text) > LONGEST_TEXT:
        raise Invalid(_("Isi surel terlalu panjang."), field="text")


def message(to: str, subject: str, text: str, *, mail_id: UUID | None = None) -> EmailMessage:
    """Return a mail ready to be handed over; the id makes a second delivery recognisable as the same."""
    _check(to, subject, text)
    sender = secrets.settings().mail_from
    made = EmailMessage(policy=SMTP)
    made["From"] = Address("Nunukan Satu", *sender.rsplit("@", 1))
    made["To"], made["Subject"] = to, subject
    made["Date"] = format_datetime(clock.now())
    made["Message-ID"] = f"<{(mail_id or ids.uuid7()).hex}@{sender.rsplit('@', 1)[1]}>"
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(text)
    return made


def deliver(to: str, subject: str, text: str) -> None:
    """Hand a mail to the mail server now; for `prepare` of jobs. Fills the kernel's port `mailer`.

    Raises Refused when the server refuses the recipient for good, else what smtplib raises: then try again.
    """
    hand_over(message(to, subject, text))


def hand_over(made: EmailMessage) -> None:
    """Send a mail by SMTP, to the console, or (under test) into `sent_mails`."""
    if current_app.testing:
        sent_mails().append(made)
        return
    address = secrets.settings().smtp_url
    if not address:
        sys.stderr.write(f"--- surel ---\n{made}\n-------------\n")
        return
    try:
        with _server(urlsplit(address)) as server:
            server.send_message(made)
    except smtplib.SMTPRecipientsRefused as refusal:
        if all(code >= 500 for code, _words in refusal.recipients.values()):
            raise Refused(_("Server surel menolak alamat ini.")) from refusal
        raise


def sent_mails() -> list[EmailMessage]:
    """Return the mails that an app under test sent."""
    found: list[EmailMessage] = current_app.extensions.setdefault("superapp.sent_mails", [])
    return found


@contextmanager
def _server(address: SplitResult) -> Iterator[smtplib.SMTP]:
    """Open a connection: `smtp://`, `smtps://` (TLS from the first byte), `smtp+starttls://`; user and password in it."""
    host, trust = address.hostname or "localhost", ssl.create_default_context()
    if address.scheme == "smtps":
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, address.port or 465, timeout=PATIENCE, context=trust)
    else:
        server = smtplib.SMTP(host, address.port or 25, timeout=PATIENCE)
    with server:
        if address.scheme == "smtp+starttls":
            server.starttls(context=trust)
        if address.username:
            server.login(unquote(address.username), unquote(address.password or ""))
        yield server


def prepare_sending(mail_id: str) -> bool:
    """Send one mail, outside of any transaction; False when it was sent before."""
    row = run(sa.select(M.recipient, M.subject, M.sealed).where(M.id == UUID(mail_id), M.sent_at.is_(None))).first()
    if row is None or row.sealed is None:
        return False
    text = secrets.box().decrypt(row.sealed).decode()
    hand_over(message(row.recipient, row.subject, text, mail_id=UUID(mail_id)))
    return True


def note_sent(mail_id: str, prepared: bool) -> str:
    """Mark a mail as sent and forget its text."""
    if prepared:
        run(sa.update(mail).where(M.id == UUID(mail_id)).values(sent_at=clock.now(), sealed=None))
    return "sent" if prepared else "sent before"


def forget_old() -> int:
    """Delete mails written longer than `KEPT` ago (nightly job); return how many."""
    return run(sa.delete(mail).where(M.created_at < clock.now() - KEPT)).rowcount


def transport() -> dict[str, Any]:
    """Return how mail leaves, for `doctor`: the scheme and host, never the password."""
    address = urlsplit(secrets.settings().smtp_url)
    return {"scheme": address.scheme or "console", "host": address.hostname or ""}
