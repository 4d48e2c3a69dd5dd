"""Files in parts: each part may come twice, none is lost, and the form takes the whole by its id."""

from __future__ import annotations

from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from superapp.access.actor import acting_as
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid
from superapp.shared import files
from superapp.shared.files import resuming
from superapp.shared.files.keys import part_key
from superapp.shared.files.resuming import PART
from superapp.shared.files.store import store
from superapp.shared.tables import Upload
from tests.organization.acting import done
from tests.plugin.conftest import token
from tests.shared.test_files import PDF, acting, aged, swept
from tests.support import builders
from tests.support.builders import House

LARGE = PDF + bytes(range(1, 256)) * 2400
"""Bytes of a PDF of three parts."""


class Sender:
    """A browser that sends a file in parts."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client
        self.hidden = token(client, "/help/report")
        self.headers = {"X-CSRFToken": self.hidden["csrf_token"], "Accept": "application/json"}

    def begin(self, size: int = len(LARGE), name: str = "surat.pdf") -> TestResponse:
        head = {**self.headers, "Idempotency-Key": uuid4().hex}
        answer = self.client.post("/files/uploads", data={"name": name, "size": str(size)}, headers=head)
        return self.client.get(answer.location, headers=self.headers) if answer.status_code == 303 else answer

    def part(self, upload: str, index: int, content: bytes | None = None, key: str = "") -> TestResponse:
        body = LARGE[index * PART : (index + 1) * PART] if content is None else content
        head = {**self.headers, "Idempotency-Key": key or uuid4().hex, "Content-Type": "application/octet-stream"}
        return self.client.post(f"/files/uploads/{upload}/{index}", data=body, headers=head)

    def received(self, upload: str) -> int:
        return self.client.get(f"/files/uploads/{upload}", headers=self.headers).json["received"]

    def whole(self) -> str:
        upload: str = self.begin().json["id"]
        assert [self.part(upload, index).status_code for index in range(3)] == [204] * 3
        return upload


@pytest.fixture
def sender(app: Flask, house: House) -> Sender:
    """Return the browser of `staf`."""
    return Sender(builders.sign_in(app.test_client(), house.people["staf"]))


def test_a_field_for_several_takes_files_of_both_kinds_and_names_the_one_it_refuses(
    app: Flask, house: House, sender: Sender
) -> None:
    upload = sender.whole()

    def take(*names: str, **more: Any) -> list[files.Accepted]:
        carried = [(BytesIO(PDF), name) for name in names]
        data = {"proof": carried, "proof_upload": [upload]}
        with app.test_request_context("/", method="POST", data=data), acting_as(acting(house, "staf")):
            return files.accept_files("proof", **more)

    assert [one.name for one in take("satu.pdf", "dua.pdf")] == ["satu.pdf", "dua.pdf", "surat.pdf"]
    for names, more, words in (
        (("satu.pdf", "b.exe"), {}, "b.exe: Jenis berkas"),
        (("satu.pdf",), {"most": 1}, "Paling banyak 1"),
    ):
        with pytest.raises(Invalid) as refusal:
            take(*names, **more)
        assert refusal.value.errors["proof"].startswith(words)


def accepted(app: Flask, house: House, who: str, upload: str) -> files.Accepted | None:
    """Let a form of somebody take an upload, as `prepare` does; the form carries no file itself."""
    with app.test_request_context("/", method="POST", data={"file_upload": upload}), acting_as(acting(house, who)):
        return files.accept(None)


def test_the_parts_become_the_file_that_a_form_takes(app: Flask, house: House, sender: Sender) -> None:
    taken: Any = accepted(app, house, "staf", sender.whole())
    assert (taken.name, taken.size, taken.content_type) == ("surat.pdf", len(LARGE), "application/pdf")
    with app.app_context():
        assert store().get(taken.key) == LARGE


def test_a_part_may_come_twice_and_none_may_be_left_out(sender: Sender) -> None:
    upload = sender.begin().json["id"]
    assert sender.part(upload, 0, key="bagian-nol").status_code == 204
    assert sender.part(upload, 0, key="bagian-nol").status_code == 204
    assert sender.part(upload, 0).status_code == 204
    assert sender.received(upload) == PART
    assert sender.part(upload, 2).status_code == 409
    assert sender.received(upload) == PART


@pytest.mark.parametrize(("index", "content"), [(0, b"pendek"), (3, b"x"), (0, b""), (0, b"x" * (PART + 1))])
def test_a_part_of_another_size_is_refused(sender: Sender, index: int, content: bytes) -> None:
    upload = sender.begin().json["id"]
    assert sender.part(upload, index, content).status_code in (413, 422)
    assert sender.received(upload) == 0


def test_an_upload_is_its_owners_only(app: Flask, house: House, sender: Sender) -> None:
    upload = sender.whole()
    other = Sender(builders.sign_in(app.test_client(), house.people["tu"]))
    assert other.client.get(f"/files/uploads/{upload}").status_code == 404
    assert other.part(upload, 0).status_code == 404
    with pytest.raises(Invalid, match="belum lengkap"):
        accepted(app, house, "tu", upload)


def test_an_incomplete_upload_is_no_file(app: Flask, house: House, sender: Sender) -> None:
    upload = sender.begin().json["id"]
    sender.part(upload, 0)
    for given in (upload, "bukan-id", str(uuid4())):
        with pytest.raises(Invalid, match="belum lengkap"):
            accepted(app, house, "staf", given)


def test_what_comes_in_parts_is_checked_like_any_file(app: Flask, house: House, sender: Sender) -> None:
    upload = sender.begin(10, "skrip.sh").json["id"]
    assert sender.part(upload, 0, b"#!/bin/sh\n").status_code == 204
    with pytest.raises(Invalid, match="belum bisa diterima"):
        accepted(app, house, "staf", upload)


@pytest.mark.parametrize("size", ["0", "-1", "25000001", "banyak", "9" * 30])
def test_a_size_that_no_file_has_is_refused(sender: Sender, size: Any) -> None:
    answer = sender.begin(size)
    assert answer.status_code == 422
    assert answer.json["message"]


def test_nobody_fills_the_store(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resuming, "QUOTA", 2 * len(LARGE))
    assert [sender.begin().status_code for _time in range(3)] == [200, 200, 409]


def test_an_upload_ends_after_a_day_with_its_parts(app: Flask, sender: Sender) -> None:
    upload = UUID(sender.whole())
    with app.app_context():
        swept()
        assert store().exists(part_key(upload, 2))
        aged()
        with done():
            run(sa.update(Upload).values(created_at=datetime(2020, 1, 1, tzinfo=UTC)))
        swept()
        assert not store().exists(part_key(upload, 2))
        assert run(sa.select(Upload.__table__.c.id)).all() == []
