"""Logs: every request leaves a line, and no password, number, cookie or token ever reaches one."""

from __future__ import annotations

import json
import logging
import uuid
from pathlib import Path

import pytest
from flask import Flask, Response, g, request

from superapp.kernel import logs, metrics, redaction
from tests.kernel.conftest import settings_for

PASSWORD, NIP, NIK = "kanari-Sandi-7", "198703152010011007", "6503011503870001"
COOKIE, TOKEN, MAIL, PHONE = "kanari0cookie0", "kanari.token.9", "siti.kanari@nunukankab.go.id", "081253417788"
CANARIES = (PASSWORD, NIP, NIK, COOKIE, TOKEN, MAIL, PHONE)


@pytest.fixture(params=[True, False], ids=["json", "console"])
def web(request: pytest.FixtureRequest, tmp_path: Path) -> Flask:
    """An app whose views do what careless authors do."""
    made = Flask("logs")
    logs.install(made, settings_for("sqlite:///", tmp_path).model_copy(update={"log_json": request.param}))
    made.before_request(lambda: setattr(g, "request_id", "req-0123456789"))
    made.add_url_rule("/careless/<token>", view_func=careless, methods=["POST"])
    made.add_url_rule("/crash/<token>", view_func=crash, methods=["POST"])
    made.add_url_rule("/fine", view_func=lambda: Response("ok"))
    return made


def careless(token: str) -> str:
    log = logs.get("door")
    log.warning("wrong password", password=request.form["password"], nip=request.form["nip"], form=dict(request.form))
    words = f"typed {request.form['password']} at {request.full_path}"
    log.warning(words)
    log.info(words)
    log.info("person", nik=NIK, person={"name": "Siti", "email": MAIL}, note=f"call {PHONE} or {MAIL}, NIP {NIP}")
    logging.getLogger("library").warning("headers %s, cookie %s", dict(request.headers), request.cookies["satu"])
    return "ok"


def crash(token: str) -> str:
    try:
        int(request.form["password"])
    except ValueError as error:
        raise LookupError(f"no account {request.form['nip']} {token}") from error
    return "never"


def post(web: Flask, path: str) -> Response:
    client = web.test_client()
    client.set_cookie("satu", COOKIE)
    form = {"password": PASSWORD, "nip": NIP, "mail": MAIL}
    return client.post(f"{path}/{TOKEN}?t={TOKEN}", data=form, headers={"Authorization": f"Bearer {TOKEN}"})


@pytest.mark.parametrize("path", ["/careless", "/crash"])
def test_no_canary_ever_reaches_a_log(web: Flask, path: str, capsys: pytest.CaptureFixture[str]) -> None:
    post(web, path)

    written = capsys.readouterr().err
    assert "request" in written
    assert [canary for canary in CANARIES if canary in written] == []


def test_crash_is_logged_with_its_place_and_request(web: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    assert post(web, "/crash").status_code == 500

    written = capsys.readouterr().err
    assert "ValueError" in written
    assert "LookupError" in written
    assert "test_logs.py" in written
    assert "req-0123456789" in written


def test_request_is_logged_by_its_rule_not_its_address(web: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    post(web, "/careless")

    line = next(line for line in capsys.readouterr().err.splitlines() if "rule" in line)
    assert "/careless/<token>" in line
    assert "200" in line


def test_line_break_in_a_value_forges_no_line(web: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    with web.test_request_context():
        logs.get("door").info("refused", agent="x\r\n12:00:00 info    request method=GET")

    assert len(capsys.readouterr().err.splitlines()) == 1


def test_json_lines_are_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(as_json=True)
    logs.get("jobs").warning("job failed", job=uuid.UUID(int=7), attempts=2, when=tmp_path)

    line = json.loads(capsys.readouterr().err)
    assert (line["level"], line["event"], line["part"], line["attempts"]) == ("warning", "job failed", "jobs", 2)
    assert line["job"] == str(uuid.UUID(int=7))


def test_log_does_not_read_a_body_that_nobody_read(web: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    with web.test_request_context("/fine", method="POST", data={"password": PASSWORD}):
        logs.get("door").error("refused early")
        assert "form" not in request.__dict__


@pytest.mark.parametrize(
    "text",
    [
        f"Key (nip)=({NIP}) already exists",
        f"insert failed DETAIL:  Key (name)=({MAIL}) already exists.",
        f"[SQL: INSERT] [parameters: ('{PASSWORD}', 'x')]\n(Background on this error at: https://sqlalche.me)",
        "19870315 201001 1 007",
        "postgresql://superapp:kanari-Sandi-7@127.0.0.1/db",
        f"Authorization: Bearer {TOKEN}",
    ],
)
def test_text_loses_what_is_personal(text: str) -> None:
    left = redaction.redact(text)
    assert [canary for canary in (*CANARIES, "19870315", "1 007") if canary in left] == []


@pytest.mark.parametrize(
    "text", ["took 1234 ms for 20 rows", "0193a5c1-7c1e-7d3a-8f00-3b5d0c2e9a11", "2026-11-24T06:05:00", "port 55432"]
)
def test_text_keeps_what_tells_the_fault(text: str) -> None:
    assert redaction.redact(text) == text


@pytest.mark.parametrize(
    "name", ["password", "new_password", "kata_sandi", "csrf_token", "nip", "NIK", "Cookie", "totp_seed"]
)
def test_field_of_a_telling_name_is_hidden_whatever_it_holds(name: str) -> None:
    assert redaction.redacted({name: "x", "kind": "leave"}) == {name: redaction.HIDDEN, "kind": "leave"}


def test_metrics_count_requests_by_endpoint_without_personal_data(web: Flask) -> None:
    post(web, "/careless")
    web.test_client().open("/fine", method="BREW")
    text = metrics.text()[0].decode()

    assert 'superapp_requests_total{endpoint="careless",method="POST",status="200"}' in text
    assert 'method="OTHER",status="405"' in text
    assert [canary for canary in (*CANARIES, "BREW") if canary in text] == []


def test_error_of_a_library_never_breaks_what_logged_it(web: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redaction, "redact", lambda *_: 1 / 0)
    monkeypatch.setattr(logging, "raiseExceptions", False)
    logging.getLogger("library").error("words")
