"""A new password without the old one, by slip or by link: all sessions end, the second factor stays asked for."""

from __future__ import annotations

import hmac
from uuid import UUID

from superapp.access.actor import operator
from superapp.kernel import command, ids, jobs, ports, secrets
from superapp.kernel.language import gettext as _
from superapp.login import accounts, codes, session, tickets
from superapp.login.accounts import Account

MAIL_JOB = "login.reset_mail"


def replace(found: Account, hashed: str, *, keep_session: str = "") -> None:
    """Store a new password, end all sessions but one, end open tickets, and tell the person (in a command)."""
    accounts.set_password(found.person_id, hashed)
    session.end_of_person(found.person_id, but=keep_session)
    tickets.revoke([found.person_id])
    command.current().about("core_person", found.person_id, name=found.name)
    tell(found.person_id, _("Kata sandi Anda baru saja diganti"))


def tell(person_id: UUID, title: str) -> None:
    """Let the person know of a change of the account's security (ASVS 6.3.7), where notices are installed."""
    if ports.notifier.filled:
        body = _("Bukan Anda? Segera hubungi admin unit Anda.")
        ports.notifier()(person_id, title, body=body, url="/profile", kind="security")


def ask_by_mail(number: str) -> None:
    """Have a link sent to whoever has this number (in a command).

    The same row is written whether the number is known or not: the job finds out (ASVS 6.3.8).
    """
    found = accounts.by_number(number)
    jobs.enqueue(MAIL_JOB, {"account": str(found.person_id if found else ids.uuid7())}, max_attempts=3)


def send_link(account: str, prepared: bool) -> str:
    """Finish the job; its `prepare` has sent the mail."""
    return "sent" if prepared else "nobody to send to"


def prepare_link(account: str) -> bool:
    """Draw the ticket and send its link, outside of the job's transaction; False when there is nobody to send it to.

    The code travels in no job's arguments: it is derived from the ticket where the mail is written.
    """
    found = accounts.by_person(UUID(account))
    if found is None or not found.open or not found.email or found.activated_at is None:
        return False
    says = "Tautan kata sandi dikirim ke {name}"
    with command.begin("login.reset_link", actor=operator("job:login.reset_mail"), says=says) as present:
        present.about("core_person", found.person_id, name=found.name)
        batch = tickets.draw([found.person_id], "reset")
        ticket = tickets.of_batch(batch, None)[0]
    ports.mailer()(found.email, _("Atur ulang kata sandi Nunukan Satu"), letter(found, link(ticket)))
    return True


def link(ticket: tickets.Ticket) -> str:
    """Return the address in the mail: the ticket and its code."""
    return f"{secrets.settings().base_url}/password/reset/{ticket.id.hex}{codes.normal(ticket.code)}"


def letter(found: Account, address: str) -> str:
    """Return the words of the mail."""
    return _(
        "Yth. {name},\n\nSeseorang meminta kata sandi baru untuk akun Anda. Buka tautan ini dalam 1 jam:\n\n{address}\n\n"
        "Bila bukan Anda yang meminta, abaikan surat ini; kata sandi Anda tidak berubah.\n\nNunukan Satu\n",
        name=found.name,
        address=address,
    )


def holder_of(token: str) -> tuple[Account, str] | None:
    """Return whose link it is, with its code, None when it is no good any more (reading only)."""
    try:
        ticket_id = UUID(token[:32])
    except ValueError:
        return None
    ticket = tickets.by_id(ticket_id)
    code = codes.normal(token[32:])
    if ticket is None or ticket.purpose != "reset" or not hmac.compare_digest(code, codes.normal(ticket.code)):
        return None
    found = accounts.by_person(ticket.person_id)
    return (found, code) if found is not None and found.open else None
