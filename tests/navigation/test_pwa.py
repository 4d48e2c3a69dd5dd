"""What makes the app installable, and what it says when there is no signal."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from superapp.kernel import assets
from tests.navigation.conftest import Visitor, text
from tests.support.builders import House
from tests.support.databases import only_sqlite

pytestmark = only_sqlite


def test_the_manifest_makes_one_app_with_its_own_icons(client: FlaskClient, house: House) -> None:
    answer = client.get("/manifest.webmanifest")
    said = json.loads(answer.data)

    assert answer.mimetype == "application/manifest+json"
    assert (said["id"], said["scope"], said["display"]) == ("/", "/", "standalone")
    assert {icon["purpose"] for icon in said["icons"]} == {"any", "maskable"}
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in said["icons"]}
    for icon in said["icons"]:
        assert (assets.dist() / icon["src"].removeprefix(assets.PREFIX)).is_file()
    assert [shortcut["url"] for shortcut in said["shortcuts"]] == ["/tasks", "/search", "/create", "/notices"]


def test_the_shortcuts_lead_somewhere(house: House, visit: Visitor) -> None:
    client = visit("staf")
    for shortcut in json.loads(client.get("/manifest.webmanifest").data)["shortcuts"]:
        assert client.get(shortcut["url"]).status_code == 200


def test_the_worker_is_asked_for_each_time_and_may_serve_the_whole_app(client: FlaskClient, house: House) -> None:
    answer = client.get("/sw.js")

    assert answer.mimetype == "text/javascript"
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.headers["Service-Worker-Allowed"] == "/"
    assert "addEventListener" in text(answer)


def test_the_offline_page_names_nobody(app: Flask, house: House, visit: Visitor) -> None:
    signed_in = text(visit("staf").get("/offline"))
    stranger = text(app.test_client().get("/offline"))

    assert "Anda luring" in stranger
    assert "data-partition" not in signed_in
    assert "Sari" not in signed_in
    assert "csrf_token" not in signed_in


def test_search_engines_stay_out(client: FlaskClient, house: House) -> None:
    assert "Disallow: /" in text(client.get("/robots.txt"))


def name_security_contact(app: Flask, contact: str) -> None:
    from superapp.plugin import setting
    from superapp.plugin.host import EXTENSION
    from tests.navigation.conftest import commanded

    with app.app_context(), commanded():
        setting.change("navigation", "security_contact", contact)
    app.extensions[EXTENSION].states.forget()


def test_security_txt_says_whom_to_tell_and_expires_within_a_year(
    app: Flask, client: FlaskClient, house: House
) -> None:
    from superapp.kernel import clock

    name_security_contact(app, "csirt@nunukankab.go.id")
    answer = client.get("/.well-known/security.txt")
    said = dict(line.split(": ", 1) for line in text(answer).splitlines())

    assert answer.content_type == "text/plain; charset=utf-8"
    assert said["Contact"] == "mailto:csirt@nunukankab.go.id"
    assert clock.now() < datetime.fromisoformat(said["Expires"]) <= clock.now() + timedelta(days=365)
    assert said["Preferred-Languages"] == "id, en"
    assert said["Canonical"] == "http://localhost/.well-known/security.txt"


def test_a_page_may_be_the_security_contact(app: Flask, client: FlaskClient, house: House) -> None:
    name_security_contact(app, "https://csirt.nunukankab.go.id/lapor")
    assert "Contact: https://csirt.nunukankab.go.id/lapor\n" in text(client.get("/.well-known/security.txt"))


@pytest.mark.parametrize("contact", ["", "telepon kantor", "x@y.id\nContact: mailto:z@y.id", "http://contoh.id"])
def test_there_is_no_security_txt_without_somebody_to_tell(
    app: Flask, client: FlaskClient, house: House, contact: str
) -> None:
    name_security_contact(app, contact)
    assert client.get("/.well-known/security.txt").status_code == 404


def test_browsers_that_guess_find_the_icon(client: FlaskClient, house: House) -> None:
    answer = client.get("/favicon.ico")

    assert answer.status_code == 301
    assert answer.location == assets.asset("favicon.svg")


@pytest.mark.parametrize(
    "path", ["/manifest.webmanifest", "/sw.js", "/offline", "/robots.txt", "/.well-known/security.txt"]
)
def test_public_files_set_no_cookie(client: FlaskClient, house: House, path: str) -> None:
    assert "Set-Cookie" not in client.get(path).headers


def test_pages_hold_no_inline_script_or_style(house: House, visit: Visitor) -> None:
    client = visit("admin")
    paths = [
        "/",
        "/menu",
        "/search?q=maria",
        "/people",
        "/help",
        "/help/report",
        "/announcements/new",
        "/help/components",
    ]
    for path in paths:
        page = text(client.get(path))
        assert not re.findall(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", page), path
