"""What monitors ask: alive, ready, and metrics for those who may see them."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.extensions import db
from superapp.operations import health
from superapp.operations.doctor import installation
from superapp.testing import statements_on
from tests.support.databases import only_sqlite

REMOTE = {"REMOTE_ADDR": "203.0.113.7"}


def test_living_process_asks_the_database_nothing(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        engine = db.engine
    with statements_on(engine) as asked:
        answer = client.get("/healthz")
    assert (answer.status_code, answer.text, asked.texts) == (200, "ok\n", [])


def test_installation_with_todays_tables_is_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (200, {"ready": True, "reasons": []})
    assert answer.headers["Cache-Control"] == "no-store"


def test_installation_with_a_pending_migration_is_not_ready(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "pending", lambda _: frozenset({"0002_more.py"}))
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "reasons": ["migrations"]})


def test_installation_without_its_database_is_not_ready(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> None:
        raise sa.exc.OperationalError("SELECT", {}, Exception("connection refused"))

    monkeypatch.setattr(health, "run", away)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"ready": False, "reasons": ["database"]})


def test_metrics_tell_requests_and_jobs(client: FlaskClient) -> None:
    client.get("/healthz")
    text = client.get("/metrics").text
    assert 'superapp_requests_total{endpoint="operations.healthz",method="GET",status="200"}' in text
    assert "superapp_jobs_dead 0.0" in text


@only_sqlite
def test_metrics_do_not_exist_for_strangers(client: FlaskClient, app: Flask) -> None:
    with app.app_context():
        token = health.metrics_token()
    seen = {
        "stranger": client.get("/metrics", environ_base=REMOTE).status_code,
        "proxied": client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.7"}).status_code,
        "wrong token": client.get("/metrics", environ_base=REMOTE, headers={"Authorization": "Bearer x"}).status_code,
        "token": client.get("/metrics", environ_base=REMOTE, headers={"Authorization": f"Bearer {token}"}).status_code,
    }
    assert seen == {"stranger": 404, "proxied": 404, "wrong token": 404, "token": 200}


@only_sqlite
def test_metrics_behind_a_public_address_are_not_for_everybody_who_comes_from_this_machine(make_app: object) -> None:
    """A proxy on the same machine makes every request look as if it came from here."""
    client = make_app(base_url="https://satu.example.go.id").test_client()  # type: ignore[operator]
    assert client.get("/metrics", headers={"Host": "satu.example.go.id"}).status_code == 404


@pytest.mark.parametrize(
    ("path", "kind"), [("/srv/data", "nfs4"), ("/srv", "ext4"), ("/srv/database", "ext4"), ("/home/x y/data", "cifs")]
)
def test_file_system_of_a_folder_is_that_of_its_nearest_mount(tmp_path: Path, path: str, kind: str) -> None:
    mounts = tmp_path / "mounts"
    mounts.write_text("/dev/a / ext4 rw 0 0\nserver:/x /srv/data nfs4 rw 0 0\n//y /home/x\\040y cifs rw 0 0\n")
    assert installation.filesystem_of(Path(path), mounts) == kind
