"""A storm of posts on a real installation whose processes are killed, judged by a journal against the final state.

Method of Jepsen: clients write down what they send before sending it, and each answer after it came. An acknowledged
post must be stored once; one that was never answered may be stored once or not at all.
"""

from __future__ import annotations

import http.client
import itertools
import os
import signal
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.kernel import audit
from tests.support.server import LiveServer, running_server

PLUGIN = Path(__file__).parent / "storm_plugin"
PATH = "/app/storm/"
TABLES = sa.MetaData()
POST = sa.Table("storm_post", TABLES, sa.Column("word", sa.String(80)), sa.Column("number", sa.Integer()))
FOLLOW_UP = sa.Table("storm_follow_up", TABLES, sa.Column("word", sa.String(80)))


@contextmanager
def installation(app: Flask, *options: str, command: str = "up") -> Iterator[LiveServer]:
    """Run the web server and the worker over the database of an app, with the storm's module on."""
    settings = app.extensions["superapp.settings"]
    with app.app_context():
        TABLES.create_all(db.engine)
        db.session.remove()
        db.engine.dispose()
    with running_server(
        settings.database_url,
        settings.data_dir,
        *options,
        command=command,
        SUPERAPP_PLUGIN_PATH=str(PLUGIN),
        SUPERAPP_SECRET_KEY=settings.secret_key.get_secret_value(),
    ) as server:
        enabled = server.command("plugin", "enable", "storm")
        assert enabled.returncode == 0, enabled.stderr
        yield server


@dataclass(frozen=True)
class Line:
    """One line of the journal."""

    word: str
    said: str


@dataclass
class Client:
    """Somebody with a form, who sends it again with the same key until it is answered."""

    url: str
    journal: list[Line] = field(default_factory=list)
    token: str = ""
    cookie: str = ""

    def open_form(self) -> None:
        """Get the form's token and the visitor's cookie."""
        status, headers, body = self._ask("GET", {})
        assert status == 200, body
        self.token, self.cookie = body, headers["Set-Cookie"].split(";")[0]

    def post(self, word: str, *, path: str = PATH, **values: str) -> int:
        """Send one form until there is an answer; return its status."""
        key = uuid.uuid4().hex
        for attempt in itertools.count():
            self.journal.append(Line(word, "sent"))
            try:
                form = {"word": word, "csrf_token": self.token, "idempotency_key": key, **values}
                status, _, body = self._ask("POST", form, path=path)
            except (OSError, http.client.HTTPException):
                status, body = 0, ""
            if status in (303, 422):
                self.journal.append(Line(word, "stored" if status == 303 else "refused"))
                return status
            assert status in (0, 503), f"{status}: {body[:2000]}"
            assert attempt < 200, "no answer at all"
            time.sleep(0.05)
        raise AssertionError

    def _ask(self, method: str, form: dict[str, str], path: str = PATH, patience: float = 30) -> tuple[int, Any, str]:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=patience)
        try:
            headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
            connection.request(method, path, urlencode(form) if form else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read().decode()
        finally:
            connection.close()


def rage(server: LiveServer, *, posts: int, clients: int = 4, every: float = 1.0, jobs_too: bool = False) -> list[Line]:
    """Send posts from several clients while a web worker is killed every second; return the journal.

    With `jobs_too` every fourth kill meets the worker of jobs; its job goes on when its lease of a minute is over.
    """
    people = [Client(server.url) for _ in range(clients)]
    for person in people:
        person.open_form()
    numbers, failures = iter(range(posts)), []

    def work(person: Client) -> None:
        try:
            for number in numbers:
                # Some are refused: they must leave neither a row nor a gap.
                person.post(f"{'refused' if number % 10 == 9 else 'post'}-{number}")
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(person,)) for person in people]
    for thread in threads:
        thread.start()
    _kill_now_and_then(
        server,
        threads,
        every,
        jobs_too,
        lambda: sum(line.said != "sent" for person in people for line in person.journal),
    )
    assert not failures, failures[0]
    return [line for person in people for line in person.journal]


def _kill_now_and_then(
    server: LiveServer,
    threads: list[threading.Thread],
    every: float,
    jobs_too: bool,
    answered: Callable[[], int],
) -> None:
    goal = 20
    for turn in itertools.count(1):
        running = [thread for thread in threads if thread.is_alive()]
        if not running:
            return
        running[-1].join(every)
        if answered() < goal:
            continue  # on a slow machine nobody has come back yet: a storm without any answer shows nothing
        goal = answered() + 20
        web = next(child for child in children(server.pid) if "gunicorn" in _command(child))
        jobs = [child for child in children(server.pid) if child != web]
        for victim in jobs if jobs_too and turn % 4 == 0 else children(web)[:1]:
            os.kill(victim, signal.SIGKILL)


def children(pid: int) -> list[int]:
    """Return the children of a process, oldest first."""
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in text.split()]


def _command(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def settle(app: Flask, seconds: float = 150.0) -> None:
    """Wait until the follow-up of every stored post has run; the lease of a killed worker lasts a minute."""
    deadline = time.monotonic() + seconds
    while True:
        with app.app_context(), db.engine.connect() as connection:
            stored = connection.execute(sa.select(sa.func.count()).select_from(POST)).scalar_one()
            followed = connection.execute(sa.select(sa.func.count()).select_from(FOLLOW_UP)).scalar_one()
        if stored == followed or time.monotonic() > deadline:
            return
        time.sleep(0.2)


def judge(app: Flask, journal: list[Line]) -> dict[str, int]:
    """Compare the journal with the final state; return what was lost, doubled, invented or out of order."""
    with app.app_context():
        with db.engine.connect() as connection:
            posts = connection.execute(sa.select(POST.c.word, POST.c.number)).all()
            followed = list(connection.execute(sa.select(FOLLOW_UP.c.word)).scalars())
        faults = list(audit.verify())
        heads = {head.chain: head.sequence for head in audit.heads()}
    stored = [post.word for post in posts]
    acknowledged = {line.word for line in journal if line.said == "stored"}
    sent, refused = {line.word for line in journal}, {line.word for line in journal if line.said == "refused"}
    return {
        "acknowledged": len(acknowledged),
        "lost": len(acknowledged - set(stored)),
        "doubled": len(stored) - len(set(stored)),
        "invented": len(set(stored) - (sent - refused)),
        "gaps": len(stored) - max((post.number for post in posts), default=0),
        "numbers doubled": len(posts) - len({post.number for post in posts}),
        "jobs lost": len(set(stored) - set(followed)),
        "jobs doubled": len(followed) - len(set(followed)),
        "audit faults": len(faults),
        "unaudited": len(stored) - sum(heads.values()) if sum(heads.values()) < len(stored) else 0,
    }
