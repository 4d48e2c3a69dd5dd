"""Quarantine: what people send is handed out only after the virus scanner, where there is one, has looked at it."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from pydantic import SecretStr

from superapp.extensions import db
from superapp.kernel import clock
from superapp.kernel.database import run
from superapp.kernel.jobs.kinds import known
from superapp.kernel.jobs.worker import Worker
from superapp.kernel.tables import job as jobs
from superapp.operations.doctor import installation
from superapp.operations.doctor.finding import Level
from superapp.settings import Settings
from superapp.shared import files
from superapp.shared.files import keeping
from superapp.shared.files.clamd import ScannerAway, answers, find_virus
from superapp.shared.files.quarantine import JOB
from superapp.shared.files.store import new_key, store
from superapp.shared.tables.work import notice
from tests.organization.acting import done
from tests.shared.test_files import PDF, kept
from tests.support import builders
from tests.support.builders import House
from tests.support.postgresql import free_port

MakeApp = Callable[..., Flask]
SICK = PDF + b"penanda-virus"


class Clamd(socketserver.StreamRequestHandler):
    """Answers as clamd(8) does: `zPING`, and `zINSTREAM` with parts that begin with their length."""

    seen: ClassVar[list[bytes]] = []

    def handle(self) -> None:
        order = b""
        while not order.endswith(b"\0"):
            order += self.rfile.read(1)
        answer = b"PONG" if order == b"zPING\0" else self.judged()
        self.wfile.write(answer + b"\0")

    def judged(self) -> bytes:
        content = b""
        while size := struct.unpack("!I", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
        self.seen.append(content)
        if b"terlalu-besar" in content:
            return b"INSTREAM size limit exceeded. ERROR"
        return b"stream: Uji.Penanda FOUND" if b"penanda-virus" in content else b"stream: OK"


def serve(server: socketserver.BaseServer) -> Iterator[None]:
    """Run a server in a thread of its own until the fixture ends."""
    Clamd.seen.clear()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def scanner() -> Iterator[str]:
    """Run a scanner; yield its address."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Clamd) as server:
        for _running in serve(server):
            yield f"tcp://127.0.0.1:{server.server_address[1]}"


@pytest.fixture
def scanned(make_app: MakeApp, scanner: str) -> Flask:
    """Return an app whose files are looked at by the scanner."""
    return make_app(clamd_url=scanner)


def sent(app: Flask, house: House, content: bytes) -> tuple[UUID, str]:
    """Keep a file that `staf` sent; return its id and key."""
    with app.app_context():
        file = kept(house, content=content)
        return file.id, file.key


def look(app: Flask) -> None:
    """Let the jobs run that are due."""
    with app.app_context():
        Worker(app).drain()
        db.session.remove()


def told() -> list[tuple[str, UUID]]:
    """Return title and receiver of all notices."""
    return [(row.title, row.person_id) for row in run(sa.select(notice.c.title, notice.c.person_id))]


def test_a_file_waits_for_the_scanner_and_is_then_handed_out(scanned: Flask, house: House) -> None:
    file_id, _key = sent(scanned, house, PDF)
    client = builders.sign_in(scanned.test_client(), house.people["staf"])
    before = client.get(f"/files/{file_id}")
    assert before.status_code == 409
    assert "sedang diperiksa" in before.text
    assert PDF not in before.data
    look(scanned)
    assert Clamd.seen == [PDF]
    with client.get(f"/files/{file_id}") as answer:
        assert (answer.status_code, answer.data) == (200, PDF)


def test_a_virus_is_refused_deleted_and_told_to_who_sent_it(scanned: Flask, house: House) -> None:
    file_id, key = sent(scanned, house, SICK)
    look(scanned)
    client = builders.sign_in(scanned.test_client(), house.people["staf"])
    answer = client.get(f"/files/{file_id}")
    assert answer.status_code == 410
    assert "dikenali sebagai virus" in answer.text
    with scanned.app_context():
        assert told() == [("Berkas surat.pdf ditolak", house.people["staf"].id)]
        assert not store().exists(key)


def test_a_stranger_learns_nothing_of_a_file_in_quarantine(scanned: Flask, house: House) -> None:
    file_id, _key = sent(scanned, house, PDF)
    assert builders.sign_in(scanned.test_client(), house.people["tu"]).get(f"/files/{file_id}").status_code == 404


def test_a_scanner_that_is_away_keeps_the_file_and_the_job_waiting(make_app: MakeApp, house: House) -> None:
    app = make_app(clamd_url=f"tcp://127.0.0.1:{free_port()}")
    file_id, key = sent(app, house, PDF)
    look(app)
    with app.app_context():
        assert files.find(file_id).state == "quarantined"
        assert store().exists(key)
        assert list(run(sa.select(jobs.c.state).where(jobs.c.kind == JOB)).scalars()) == ["waiting"]
        assert next(installation.files()).level == Level.FAULT


def test_a_file_that_the_scanner_cannot_judge_stays_in_quarantine(scanned: Flask, house: House) -> None:
    file_id, _key = sent(scanned, house, PDF + b"terlalu-besar")
    look(scanned)
    with scanned.app_context():
        assert files.find(file_id).state == "quarantined"


def test_without_a_scanner_a_file_is_released_at_once(context: Flask, house: House) -> None:
    assert kept(house).state == "released"


def test_what_the_app_made_itself_is_not_looked_at(scanned: Flask) -> None:
    with scanned.app_context(), done():
        own = files.Accepted(new_key(), "laporan.csv", content_type="text/csv", size=1, sha256="0" * 64)
        assert files.keep(own).state == "released"


def test_looking_twice_changes_nothing(scanned: Flask, house: House) -> None:
    file_id, _key = sent(scanned, house, SICK)
    look(scanned)
    with scanned.app_context():
        job = known().get(JOB)
        assert job.prepare(file_id=str(file_id)) is None
        with done():
            assert job.function(file_id=str(file_id), prepared="Uji.Penanda") == ""
        assert len(told()) == 1


def test_the_bytes_of_a_refused_file_are_swept_when_they_could_not_be_deleted(
    scanned: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    _file_id, key = sent(scanned, house, SICK)
    with monkeypatch.context() as kept_back:
        kept_back.setattr(files.LocalStore, "delete", lambda _store, _key: None)
        look(scanned)
    with scanned.app_context():
        assert store().exists(key)
        monkeypatch.setattr(keeping, "ORPHANED", keeping.ORPHANED * -1)
        keeping.prepare_sweep()
        assert not store().exists(key)


def test_the_doctor_names_files_that_wait_too_long(
    scanned: Flask, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent(scanned, house, PDF)
    with scanned.app_context():
        assert next(installation.files()).level == Level.GOOD
        late = clock.now() + 2 * keeping.ORPHANED
        monkeypatch.setattr(clock, "now", lambda: late)
        assert "1 berkas menunggu" in next(installation.files()).words


def test_a_scanner_behind_a_socket_of_the_machine(tmp_path: Path) -> None:
    path = tmp_path / "clamd.ctl"
    with socketserver.ThreadingUnixStreamServer(str(path), Clamd) as server:
        for _running in serve(server):
            assert answers(f"unix://{path}")
            with (tmp_path / "isi").open("wb+") as content:
                content.write(b"x" * 200_000 + b"penanda-virus")
                content.seek(0)
                assert find_virus(f"unix://{path}", content) == "Uji.Penanda"
    assert not answers(f"unix://{path}")
    with pytest.raises(ScannerAway), (tmp_path / "isi").open("rb") as content:
        find_virus(f"unix://{path}", content)


@pytest.mark.parametrize("address", ["127.0.0.1:3310", "tcp://mesin", "unix://", "http://mesin:3310"])
def test_an_address_that_is_no_scanner_is_refused_at_start(address: str) -> None:
    with pytest.raises(ValueError, match="harus tcp://"):
        Settings(clamd_url=address, secret_key=SecretStr("x" * 40))
