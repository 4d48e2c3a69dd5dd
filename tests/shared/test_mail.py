"""Mail: leaves after the commit, once, with nothing smuggled into its headers."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, Refused
from superapp.kernel.jobs import ledger
from superapp.kernel.jobs.worker import Worker
from superapp.shared import mail
from superapp.shared.tables import mail as mails
from tests.organization.acting import done

TO = "sari@nunukan.example"


@pytest.fixture
def sent(context: Flask) -> Iterator[list]:
    mail.sent_mails().clear()
    yield mail.sent_mails()
    mail.sent_mails().clear()


def test_a_mail_leaves_after_the_commit_and_its_text_is_forgotten(context: Flask, sent: list) -> None:
    with done():
        mail.send(TO, "Kata sandi", "Tautan: https://satu/x")
        assert sent == []
    assert b"Tautan" not in run(sa.select(mails.c.sealed)).scalar()
    Worker(context).drain()
    assert [(one["To"], one["Subject"], one.get_content().strip()) for one in sent] == [
        (TO, "Kata sandi", "Tautan: https://satu/x")
    ]
    db.session.rollback()
    row = run(sa.select(mails)).one()
    assert (row.sealed, row.sent_at is not None) == (None, True)


def test_a_refused_command_sends_nothing(context: Flask, sent: list) -> None:
    def send_and_refuse() -> None:
        with done():
            mail.send(TO, "Terlalu cepat", "x")
            raise Refused

    with pytest.raises(Refused):
        send_and_refuse()
    Worker(context).drain()
    assert sent == []


def test_a_job_that_runs_again_sends_no_second_mail(context: Flask, sent: list) -> None:
    with done():
        own = mail.send(TO, "Sekali", "x")
    Worker(context).drain()
    assert not mail.prepare_sending(str(own))
    assert len(sent) == 1


@pytest.mark.parametrize(
    ("to", "subject", "field"),
    [
        ("sari@nunukan.example\nBcc: semua@x.example", "Halo", "email"),
        ("sari@nunukan.example, lain@x.example", "Halo", "email"),
        ("Sari <sari@nunukan.example>", "Halo", "email"),
        ("sari", "Halo", "email"),
        (TO, "Halo\r\nBcc: semua@x.example", "subject"),
        (TO, "Halo\u2028Bcc: semua@x.example", "subject"),
        (TO, "", "subject"),
        (TO, "H" * 201, "subject"),
    ],
)
def test_headers_cannot_be_smuggled_in(context: Flask, to: str, subject: str, field: str) -> None:
    with pytest.raises(Invalid) as refusal, done():
        mail.send(to, subject, "x")
    assert field in refusal.value.errors


def test_a_subject_may_be_written_in_any_letters(context: Flask) -> None:
    made = mail.message(TO, "Undangan rapat – Krayan ✓", "Isi")
    assert made["Subject"] == "Undangan rapat – Krayan ✓"
    assert b"\nBcc" not in made.as_bytes()


class _Smtp(socketserver.StreamRequestHandler):
    """As much of an SMTP server as a delivery needs; refuses recipients whose name begins with `tidak`."""

    def handle(self) -> None:
        self.wfile.write(b"220 test\r\n")
        while line := self.rfile.readline().decode().strip():
            verb = line.split()[0].upper()
            if verb == "DATA":
                self.wfile.write(b"354 go on\r\n")
                while (text := self.rfile.readline()) != b".\r\n":
                    self.server.received.append(text)
            refused = verb == "RCPT" and ":<tidak" in line
            self.wfile.write(
                b"550 no such mailbox\r\n" if refused else b"221 bye\r\n" if verb == "QUIT" else b"250 ok\r\n"
            )
            if verb == "QUIT":
                return


@pytest.fixture
def server(make_app) -> Iterator[tuple[Flask, list[bytes]]]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Smtp) as smtp:
        smtp.received = []
        threading.Thread(target=smtp.serve_forever, daemon=True).start()
        app = make_app(smtp_url=f"smtp://127.0.0.1:{smtp.server_address[1]}", mail_from="satu@nunukankab.example")
        app.testing = False
        yield app, smtp.received
        smtp.shutdown()


def test_a_mail_server_gets_the_mail(server) -> None:
    app, received = server
    with app.app_context():
        mail.deliver(TO, "Halo", "Selamat pagi.\n.\nTitik sendiri tidak mengakhiri surat.")
    text = b"".join(received)
    assert b"Subject: Halo" in text
    assert b"From: Nunukan Satu <satu@nunukankab.example>" in text
    assert b"tidak mengakhiri" in text


def test_a_refused_recipient_is_refused_for_good(server) -> None:
    app, _received = server
    with app.app_context(), pytest.raises(Refused, match="menolak alamat"):
        mail.deliver("tidak.ada@nunukan.example", "Halo", "x")


def test_a_server_that_is_away_lets_the_job_try_again(make_app) -> None:
    app = make_app(smtp_url="smtp://127.0.0.1:1")
    app.testing = False
    with app.app_context():
        with done():
            mail.send(TO, "Halo", "x")
        Worker(app).drain(limit=1)
        db.session.rollback()
        view = next(iter(run(sa.select(ledger.jobs.c.state, ledger.jobs.c.error, ledger.jobs.c.attempts))))
        assert (view.state, view.attempts) == ("waiting", 1)
        assert "ConnectionRefused" in view.error
        assert TO not in view.error
        assert run(sa.select(mails.c.sealed)).scalar() is not None
