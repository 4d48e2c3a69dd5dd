"""Handing files out: as attachments in a sandbox, and foreign ones look like missing ones."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from flask import Flask

from superapp.shared.files.store import store
from tests.shared.test_files import PDF, kept
from tests.support import builders
from tests.support.builders import House


@dataclass(frozen=True)
class Kept:
    id: UUID
    key: str


@pytest.fixture
def file(app: Flask, house: House) -> Kept:
    with app.app_context():
        made = kept(house, "staf")
        return Kept(made.id, made.key)


def test_a_file_is_handed_out_as_an_attachment_in_a_sandbox(app: Flask, house: House, file: Kept) -> None:
    client = builders.sign_in(app.test_client(), house.people["staf"])
    with client.get(f"/files/{file.id}") as answer:
        assert answer.status_code == 200
        assert answer.data == PDF
        assert answer.headers["Content-Disposition"] == "attachment; filename=surat.pdf"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer.headers["Cache-Control"]


def test_a_foreign_file_and_a_missing_one_look_alike(app: Flask, house: House, file: Kept) -> None:
    client = builders.sign_in(app.test_client(), house.people["tu"])
    assert client.get(f"/files/{file.id}").status_code == 404
    assert client.get(f"/files/{uuid4()}").status_code == 404


def test_who_is_not_signed_in_is_asked_to(app: Flask, file: Kept) -> None:
    answer = app.test_client().get(f"/files/{file.id}")
    assert answer.status_code in (302, 303)
    assert "/login" in answer.location


def test_lost_bytes_are_missing_not_an_error(app: Flask, house: House, file: Kept) -> None:
    with app.app_context():
        store().delete(file.key)
    assert builders.sign_in(app.test_client(), house.people["staf"]).get(f"/files/{file.id}").status_code == 404
