"""Notices on their way out of the app: when, by which channel, and one message each."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, command, secrets
from superapp.kernel.database import run
from superapp.kernel.jobs import enqueue
from superapp.kernel.language import gettext as _
from superapp.organization.models import Person
from superapp.plugin.contributions import NoticeType
from superapp.shared import mail
from superapp.shared.gate import module_on
from superapp.shared.notices import choices, pushing
from superapp.shared.notices.kinds import category
from superapp.shared.tables.notices import push
from superapp.shared.tables.work import notice, task
from superapp.shared.tasks.listing import WAITING

ROUTE, PUSH, EMAIL = "notices.route", "notices.push", "notices.email"
N = notice.c
PERSON = Person.__table__.c
AT_ONCE = 200
"""Notices that one job looks at."""
JOBS = {"push": PUSH, "email": EMAIL}


def send_later(notice_ids: list[UUID]) -> None:
    """Enqueue, with the notices themselves, that somebody looks where else they are wanted."""
    for at in range(0, len(notice_ids), AT_ONCE):
        part = notice_ids[at : at + AT_ONCE]
        enqueue(ROUTE, {"notice_ids": part}, key=f"notice-route:{part[0].hex}")


def route(notice_ids: list[str]) -> int:
    """Enqueue one message for each notice and channel that its person wants and has (job); return how many."""
    rows = _unread([UUID(one) for one in notice_ids])
    people = {row.person_id for row in rows}
    quiet, chosen = choices.quiet_of(people), choices.chosen(people)
    reached = set(run(sa.select(push.c.person_id).where(push.c.person_id.in_(people))).scalars())
    holidays = choices.coming_holidays(quiet.values())
    count = 0
    for row in rows:
        of, own = category(row.kind, row.module), quiet.get(row.person_id, choices.Quiet())
        has = {"push": row.person_id in reached, "email": bool(row.email)}
        later = None if of.urgent else own.until(clock.now(), holidays)
        digest = later is not None and own.digest
        for channel in choices.CHANNELS:
            if has[channel] and choices.wants(row.person_id, of, channel, chosen):
                _enqueue(row, channel, later, digest=digest)
                count += 1
    return count


def _unread(notice_ids: Iterable[UUID]) -> list[Any]:
    query = sa.select(notice, PERSON.email).join(Person.__table__, PERSON.id == N.person_id)
    query = query.where(N.id.in_(list(notice_ids)), N.read_at.is_(None), PERSON.active, module_on(notice))
    return list(run(query))


def _enqueue(row: Any, channel: str, later: datetime | None, *, digest: bool) -> None:
    own = "" if digest else row.id.hex
    day = f"{clock.local(later):%Y-%m-%d}" if later else ""
    key = f"notice-{channel}:{own or f'{row.person_id.hex}:{day}'}"
    arguments = {"person_id": row.person_id, "notice_id": own, "message": own or f"digest:{row.person_id.hex}:{day}"}
    enqueue(JOBS[channel], arguments, key=key, run_at=later, opd_id=row.opd_id, max_attempts=8)


def prepare_push(person_id: str, notice_id: str, message: str) -> dict[str, int] | None:
    """Push one notice, or the digest, to the devices of a person; None when there is nothing to tell any more.

    Raises PushFailed when a push service could not take it: the job comes again for the devices that are left.
    """
    found = _words(UUID(person_id), notice_id)
    if found is None:
        return None
    of, row, count = found
    words = {"title": "Nunukan Satu", "body": _push_words(of, count), "url": _address(of, row), "tag": message}
    payload = {**words, "tasks": _open_tasks(UUID(person_id))}
    urgency = "high" if of is not None and of.urgent else "normal"
    return pushing.push_all(UUID(person_id), message, json.dumps(payload, ensure_ascii=False), urgency=urgency)


def note_push(person_id: str, notice_id: str, message: str, prepared: dict[str, int] | None) -> Any:
    """Say in the ledger how many devices were reached."""
    return prepared if prepared is not None else "nothing to tell"


def mail_notice(person_id: str, notice_id: str, message: str) -> str:
    """Write one notice, or the digest, as a mail (job): mail and "done" commit together."""
    command.current()
    found = _words(UUID(person_id), notice_id)
    to = run(sa.select(PERSON.email).where(PERSON.id == UUID(person_id), PERSON.active)).scalar()
    if found is None or not to:
        return "nothing to tell"
    of, row, count = found
    base = secrets.settings().base_url
    plain = of is not None and not of.secret
    subject = row.title if plain else _push_words(of, count)
    lines = [subject, row.body if plain else "", f"{base}{_address(of, row)}", "", _("Atur kabar yang Anda terima:")]
    mail.send(to, subject, "\n".join([*(line for line in lines if line), f"{base}/notices/settings"]))
    return "written"


def _words(person_id: UUID, notice_id: str) -> tuple[NoticeType | None, Any, int] | None:
    """Return category and row of an unread notice, or for the digest how many are unread; None: all is read."""
    if notice_id:
        rows = _unread([UUID(notice_id)])
        return (category(rows[0].kind, rows[0].module), rows[0], 1) if rows else None
    mine = sa.and_(N.person_id == person_id, N.read_at.is_(None), module_on(notice))
    count = int(run(sa.select(sa.func.count()).select_from(notice).where(mine)).scalar_one())
    return (None, None, count) if count else None


def _push_words(of: NoticeType | None, count: int) -> str:
    if of is None:
        return _("{n} hal menunggu Anda", n=count)
    return _("Ada pemberitahuan baru") if of.secret else _("{category}: ada kabar baru", category=_(of.title))


def _address(of: NoticeType | None, row: Any) -> str:
    return row.url if of is not None and not of.secret and row.url else "/notices"


def _open_tasks(person_id: UUID) -> int:
    mine = sa.select(sa.func.count()).select_from(task).where(WAITING, module_on(task))
    now = {"person": person_id, "today": clock.today(), "now": clock.now()}
    return int(run(mine, now).scalar_one())
