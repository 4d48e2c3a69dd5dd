"""What people send too late, twice with other words, for what is not theirs, or as no honest file: said, nothing changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from html import unescape
from io import BytesIO
from uuid import UUID

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from superapp.kernel import clock, ids
from tests.acceptance.contents import TRAIL, Contents, changed
from tests.acceptance.forms import visible
from tests.acceptance.ground import Ground
from tests.shared.test_files import PDF, picture
from tests.support import builders
from tests.support.builders import House

NOTE = "Catatan yang panjang & belum tersimpan"
STEP = re.compile(r'href="/tasks/([0-9a-f-]{36})"')
OTHER = "Formulir ini sudah dikirim dengan isi lain."
SAME = {"Sec-Fetch-Site": "same-origin"}
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FILES = (
    (picture("JPEG") + b"x" * (30 << 20), "foto.jpg", 413, "Kiriman terlalu besar"),
    (b"MZ\x90\x00" + b"\0" * 600, "surat.pdf", 422, "tidak sesuai dengan jenisnya"),
    (b"MZ\x90\x00" + b"\0" * 600, "setup.exe", 422, "belum bisa diterima"),
    (SVG, "gambar.svg", 422, "belum bisa diterima"),
    (SVG, "gambar.png", 422, "tidak sesuai dengan jenisnya"),
    (b"GIF89a/*" + b"\0" * 20 + b"*/=1;alert(1)", "foto.png", 422, "tidak sesuai dengan jenisnya"),
    (PDF + EICAR, "surat.pdf", 422, "dikenali sebagai virus"),
)


class Room(Ground):
    """The house where the staff asks for leave and the Kasi decides; the doctor may do so in another office."""

    def __init__(self, app: Flask, house: House) -> None:
        super().__init__(app, house)
        self.contents = Contents(app)
        with app.app_context():
            for right in ("leave.view", "leave.write"):
                builders.grant(house.person("staf"), right, house.unit("kominfo"))
                builders.grant(house.person("dokter"), right, house.unit("dinkes"))

    def values(self, ahead: int = 5) -> dict[str, str]:
        """Return a request for leave as it is typed."""
        day = f"{clock.today() + timedelta(days=ahead)}"
        return {
            "kind": "CAP",
            "first_day": day,
            "last_day": day,
            "reason": NOTE,
            "address": "Nunukan",
            "phone": "0812000111",
        }

    def asked(self, ahead: int = 5) -> tuple[str, str]:
        """Let the staff ask for leave; return the record's page and the sheet of its first decision."""
        self.enter("staf")
        page = str(self.send("/app/leave/new", "leave.ask", **self.values(ahead)).location)
        self.enter("kasi")
        return page, STEP.findall(self.client.get("/tasks").text)[0]

    @contextmanager
    def unchanged(self, *but: str) -> Iterator[None]:
        """Nothing but the trail of refusals, and what is named, may differ afterwards."""
        before = self.contents.numbers()
        yield
        assert changed(before, self.contents.numbers(), but=TRAIL | set(but)) == []

    def fill(self, page: str, endpoint: str, **values: object) -> tuple[str, dict[str, object]]:
        """Return where the form of a page is sent and what it sends, filled in."""
        form = self.form(page, endpoint)
        return form.action, form.values | values

    def post(self, to: str, sent: dict[str, object]) -> TestResponse:
        """Send a form as a browser does."""
        return self.client.post(to, data=sent, headers=SAME)


@pytest.fixture
def room(app: Flask, house: House) -> Iterator[Room]:
    """Return the house."""
    made = Room(app, house)
    yield made
    made.contents.close()


def test_a_decision_on_what_was_taken_back_is_refused_in_words(room: Room) -> None:
    page, step = room.asked()
    to, sent = room.fill(f"/tasks/{step}", "navigation.decide", decision="approve", note=NOTE)
    kasi = room.walker
    room.enter("staf")
    room.send(page, "leave.take_back")
    room.walker = kasi
    with room.unchanged():
        answer = room.post(to, sent)
    assert answer.status_code == 409
    assert "Permohonan ini sudah ditarik oleh pemohon." in visible(answer.text)
    assert NOTE in unescape(answer.text)
    shown = room.client.get(f"/tasks/check?step={step}").text
    assert "Permohonan ini sudah ditarik oleh pemohon." in shown
    assert "Setujui yang dipilih" not in shown


def test_a_decision_sent_again_counts_once_and_with_other_words_not_at_all(room: Room) -> None:
    _page, step = room.asked()
    to, sent = room.fill(f"/tasks/{step}", "navigation.decide", decision="approve")
    first = room.post(to, sent)
    assert first.status_code == 303
    with room.unchanged():
        again = room.post(to, sent)
        other = room.post(to, sent | {"decision": "refuse", "note": NOTE})
    assert (again.status_code, again.location) == (303, first.location)
    assert other.status_code == 409
    assert OTHER in visible(other.text)
    assert NOTE in unescape(other.text)
    to, sent = room.fill(str(first.location), "navigation.undo")
    assert room.post(to, sent).status_code == 303
    with room.unchanged():
        assert room.post(to, sent).status_code == 303


def test_a_request_sent_again_with_other_days_is_no_second_one(room: Room) -> None:
    room.enter("staf")
    to, sent = room.fill("/app/leave/new", "leave.ask", **room.values(5))
    first = room.post(to, sent)
    with room.unchanged():
        again = room.post(to, sent)
        other = room.post(to, sent | room.values(9))
    assert (again.status_code, again.location) == (303, first.location)
    assert other.status_code == 409
    assert NOTE in unescape(other.text)


def test_what_is_not_ones_own_is_as_if_it_were_not_there(room: Room) -> None:
    page, step = room.asked()
    record = page.rpartition("/")[2]
    room.enter("dokter")
    proof = {"csrf_token": room.token("/help/report")}
    with room.unchanged():
        for shape in ("/tasks/{}", "/tasks/{}/undo", "/tasks/{}/pass-on", "/app/leave/{}", "/app/leave/{}/withdraw"):
            answers = [(_said(room, shape.format(own), proof)) for own in (step, record, ids.uuid7())]
            assert answers[0] == answers[1] == answers[2], shape
            assert {status for status, _words in answers[0]} <= {404, 405}, shape
    sent = {"step": [step], "decision": "approve", "idempotency_key": ids.uuid7().hex, **proof}
    with room.unchanged("core_idempotency"):
        many = room.post("/tasks/check", sent)
    shown = room.client.get(f"/tasks/check?step={step}").text + room.client.get(str(many.location)).text
    assert many.status_code == 303
    for word in ("Sari", "Dewi", "Cuti karena", NOTE):
        assert word not in visible(shown)


def _said(room: Room, address: str, proof: dict[str, str]) -> list[tuple[int, str]]:
    """Return what a page and a form answer, without what is different each time."""
    sent = {"decision": "approve", "note": NOTE, "idempotency_key": ids.uuid7().hex, **proof}
    answers = (room.client.get(address), room.post(address, sent))
    return [(one.status_code, visible(one.text).replace(address, "").split("Kode")[0]) for one in answers]


@pytest.mark.parametrize("given", ["person", "unit", "nobody", "text"])
def test_a_task_is_passed_on_to_posts_alone(room: Room, given: str) -> None:
    _page, step = room.asked()
    whom = {
        "person": f"{room.who('kabid').id}",
        "unit": f"{room.house.units['aptika']}",
        "nobody": f"{UUID(int=0)}",
        "text": "Nama yang tidak ada",
    }[given]
    named = {"position": whom, "position_id": whom, "note": NOTE, "how": "hand_over"}
    to, sent = room.fill(f"/tasks/{step}/pass-on", "navigation.pass_on", **named)
    with room.unchanged():
        answer = room.post(to, sent)
    assert answer.status_code == 422
    assert NOTE in unescape(answer.text)


def test_no_bad_file_comes_with_a_request(room: Room) -> None:
    room.enter("staf")
    for content, name, status, sentence in FILES:
        to, sent = room.fill(
            "/app/leave/new", "leave.ask", **room.values(), attachment=FileStorage(BytesIO(content), name)
        )
        with room.unchanged():
            boundary, body = encode_multipart(sent)
            kind = f'multipart/form-data; boundary="{boundary}"'
            answer = room.client.post(to, data=body, content_type=kind, headers=SAME)
        assert answer.status_code == status, name
        assert sentence in visible(answer.text), name
        assert NOTE in unescape(answer.text), name
