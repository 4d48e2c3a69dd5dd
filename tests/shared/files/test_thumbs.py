"""Small pictures: drawn when a picture is stored, read by whom the picture is read, gone with it."""

from __future__ import annotations

import os
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from superapp.access.actor import acting_as
from superapp.extensions import db
from superapp.kernel import command
from superapp.shared import files
from superapp.shared.files.keys import small_key
from superapp.shared.files.pictures import SMALL_BYTES, SMALL_SIDE, small
from superapp.shared.files.store import store
from superapp.shared.tables.files import FileState
from tests.organization.acting import done
from tests.shared.test_files import PDF, acting, aged, picture, swept, upload
from tests.support import builders
from tests.support.builders import House


def stored(house: House, content: bytes, name: str) -> files.File:
    accepted, actor = files.accept(upload(content, name)), acting(house, "staf")
    assert accepted is not None
    with acting_as(actor), command.begin("test", actor=actor, says=""):
        return files.keep(accepted)


def test_a_small_picture_goes_with_the_right_to_the_picture(app: Flask, house: House) -> None:
    with app.app_context():
        photo, paper = stored(house, picture(size=(1600, 1200)), "foto.jpg").id, stored(house, PDF, "surat.pdf").id
    client = builders.sign_in(app.test_client(), house.people["staf"])
    with client.get(f"/files/{photo}/thumb") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "image/jpeg")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-store"
        with Image.open(BytesIO(answer.data)) as image:
            assert image.size == (SMALL_SIDE, 240)
    assert client.get(f"/files/{paper}/thumb").status_code == 404
    stranger = builders.sign_in(app.test_client(), house.people["tu"])
    assert stranger.get(f"/files/{photo}/thumb").status_code == 404


def test_a_picture_in_quarantine_shows_no_small_one(app: Flask, house: House) -> None:
    with app.app_context():
        photo = stored(house, picture(), "foto.jpg").id
        with done():
            db.session.get_one(files.File, photo).state = FileState.QUARANTINED
    client = builders.sign_in(app.test_client(), house.people["staf"])
    assert client.get(f"/files/{photo}/thumb").status_code == 409


@pytest.mark.usefixtures("context")
def test_it_goes_with_the_picture_and_is_swept_with_an_orphan(house: House) -> None:
    photo, orphan = stored(house, picture(), "foto.jpg"), files.accept(upload(picture(), "yatim.jpg"))
    assert orphan is not None
    key = photo.key
    aged()
    swept()
    assert store().exists(small_key(key)), "a small picture lives as long as its picture"
    assert not store().exists(small_key(orphan.key))
    with done():
        files.remove(db.session.get_one(files.File, photo.id))
    assert not store().exists(key)
    assert not store().exists(small_key(key))


def test_even_noise_is_small_and_what_shines_through_becomes_white() -> None:
    noise, clear = BytesIO(), BytesIO()
    Image.frombytes("RGB", (900, 900), os.urandom(900 * 900 * 3)).save(noise, "PNG")
    Image.new("RGBA", (64, 64), (0, 0, 0, 0)).save(clear, "PNG")
    assert len(small(noise).read()) <= SMALL_BYTES
    with Image.open(small(clear)) as image:
        assert image.getpixel((5, 5)) == (255, 255, 255)
