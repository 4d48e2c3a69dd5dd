"""What the server answers to an outbox: receipts, refusals with their faults, the original time, keys, blank forms."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.extensions import db
from superapp.kernel import clock
from superapp.kernel.tables import audit_values
from superapp.plugin.blueprint import PUBLIC, Blueprint
from superapp.testing import Browser
from tests.navigation.conftest import hidden
from tests.support import builders
from tests.support.builders import House

NEW = "/app/lapangan/new"
PHONE = "0b6f0d8e-9d6a-4b53-9a37-5b3d0f1c2a11"
LATER = {"X-Outbox": "later", "X-Filled-Ago": "7200", "Sec-Fetch-Site": "same-origin", "Accept": "application/json"}


def sends(client: Browser, url: str = NEW, headers: dict[str, str] = LATER, **values: Any) -> Any:
    """Send a form as the outbox does: with a token asked for just before, and the key of its filling."""
    token = client.get("/offline/session").json.get("csrf_token", "")
    usual = {"idempotency_key": "filled-on-the-phone-1", "csrf_token": token, "place": "Krayan", "kind": "jalan"}
    return client.post(url, data=usual | values, headers=headers)


def notes(app: Flask) -> list[Any]:
    """Return the notes that are stored."""
    with app.app_context():
        return list(db.session.execute(sa.text("SELECT id, place, kind, words, version FROM lapangan_note")))


def test_what_arrives_takes_effect_once_and_keeps_when_it_was_filled(field_app: Flask, staf: Browser) -> None:
    first, again, other = sends(staf), sends(staf), sends(staf, place="Sebatik")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json["location"] == again.json["location"] != ""
    assert first.json["words"] == "Catatan tersimpan."
    assert staf.get(first.json["location"]).text.count("Catatan tersimpan.") == 0, "told twice"
    assert (other.status_code, other.json["reused"]) == (409, True)
    assert len(notes(field_app)) == 1
    with field_app.app_context():
        values = db.session.execute(sa.select(audit_values.c["values"])).scalars()
        [filled] = [datetime.fromisoformat(row["filled_at"]) for row in values if "filled_at" in row]
    assert abs(clock.now() - timedelta(hours=2) - filled) < timedelta(minutes=2)


def test_a_refusal_tells_what_to_mend_frees_the_key_and_gives_both_texts(field_app: Flask, staf: Browser) -> None:
    refused = sends(staf, place="K")
    assert (refused.status_code, notes(field_app)) == (422, [])
    assert refused.json["errors"] == {"place": "Sebut tempatnya, paling sedikit 3 huruf."}

    place = sends(staf).json["location"]
    version = hidden(staf.get(place).text)["version"]
    assert sends(staf, place, idempotency_key="first-change-1", place="Long Bawan", version=version).status_code == 200
    late = sends(staf, place, idempotency_key="second-change-1", place="Long Midang", version=version)
    assert late.status_code == 409
    [row] = [row for row in late.json["rows"] if row["label"] == "Tempat"]
    assert (row["theirs"], row["mine"]) == ("Long Bawan", "Long Midang")
    assert late.json["version"] == int(version) + 1


def test_each_phone_and_person_has_keys_and_forms_of_its_own(field_app: Flask, staf: Browser, house: House) -> None:
    def keys(client: Any, phone: str) -> list[str]:
        return client.get(f"/offline/session?installation={phone}").json["keys"]

    def urls(client: Any) -> set[str]:
        return {form["url"] for form in client.get("/offline/forms").json}

    kadis = builders.sign_in(field_app.test_client(), house.people["kadis"])
    anew = builders.sign_in(field_app.test_client(), house.people["staf"])
    [own] = keys(staf, PHONE)
    assert len(base64.b64decode(own)) == 32
    assert keys(anew, PHONE) == [own], "the next sign-in opens what the last one sealed"
    assert keys(kadis, PHONE) != [own]
    assert keys(staf, PHONE.replace("0", "1")) != [own]
    assert keys(staf, "x") == []
    assert "no-store" in staf.get(f"/offline/session?installation={PHONE}").headers["Cache-Control"]
    assert {NEW, "/help/report"} <= urls(staf)
    assert NEW not in urls(kadis)
    assert staf.get(NEW).text.count("data-offline=") == 1
    assert "data-offline=" not in staf.get("/profile").text

    nobody = field_app.test_client()
    assert isinstance(nobody, Browser)
    assert nobody.get("/offline/session").json == {"outbox": True, "sign_in": True}
    answer = sends(nobody)
    assert (answer.status_code, answer.json["sign_in"], notes(field_app)) == (401, True, [])


@pytest.mark.parametrize("wrong", [{"secret": True}, {"permission": PUBLIC}, {"conflict": "guess"}])
def test_a_secret_or_public_form_cannot_be_kept(wrong: dict[str, Any]) -> None:
    options: dict[str, Any] = {"permission": "x.write", "says": "x", "offline": True} | wrong
    with pytest.raises(TypeError):
        Blueprint("x", __name__).post("/x", **options)
