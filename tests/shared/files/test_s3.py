"""The file store in a bucket: whole files under our keys, never overwritten; away, only files wait."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import boto3
import pytest
from flask import Flask
from moto.server import ThreadedMotoServer
from pydantic import SecretStr

from superapp.operations.backup import BackupError, restore, take, verify
from superapp.operations.doctor import installation
from superapp.operations.doctor.finding import Level
from superapp.settings import Settings
from superapp.shared import files
from superapp.shared.files.moving import copy_to_bucket
from superapp.shared.files.s3 import S3Store, StoreAway
from superapp.shared.files.store import new_key, store
from tests.organization.acting import done
from tests.shared.test_files import PDF, kept, upload
from tests.support import builders
from tests.support.builders import House
from tests.support.databases import only_sqlite
from tests.support.postgresql import free_port

BUCKET = "berkas-uji"
MakeApp = Callable[..., Flask]


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Run an S3 with an empty bucket; yield its address."""
    running = ThreadedMotoServer(port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    address = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "kunci", "aws_secret_access_key": "rahasia", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=address, **keys).create_bucket(Bucket=BUCKET)
    yield address
    running.stop()


@pytest.fixture
def bucket(server: str) -> S3Store:
    """Return a store over the bucket."""
    return S3Store(f"s3://{BUCKET}/uji?endpoint={server}&region=us-east-1", "kunci", "rahasia")


@pytest.fixture
def away() -> S3Store:
    """Return a store at whose address nobody listens."""
    return S3Store(f"s3://{BUCKET}?endpoint=http://127.0.0.1:{free_port()}&region=us-east-1", "kunci", "rahasia")


def test_a_file_is_kept_whole_and_never_overwritten(bucket: S3Store) -> None:
    key, content = new_key(), bytes(range(256)) * 12_000
    bucket.put(key, BytesIO(content))
    with pytest.raises(FileExistsError):
        bucket.put(key, BytesIO(b"lain"))
    assert bucket.get(key) == content
    assert bucket.exists(key)
    assert key in list(bucket.keys(older_than=-5))
    assert key not in list(bucket.keys(older_than=60))
    bucket.delete(key)
    bucket.delete(key)
    assert not bucket.exists(key)
    with pytest.raises(FileNotFoundError):
        bucket.open(key)


def test_only_keys_reach_the_bucket(bucket: S3Store) -> None:
    for key in ("../secret", "aa/../../x", "/etc/passwd"):
        with pytest.raises(ValueError, match="not a key"):
            bucket.get(key)


def test_a_bucket_that_is_away_says_so_and_is_not_asked_at_once_again(away: S3Store) -> None:
    with pytest.raises(StoreAway):
        away.put(new_key(), BytesIO(b"isi"))
    started = time.monotonic()
    with pytest.raises(StoreAway):
        away.get(new_key())
    assert time.monotonic() - started < 0.1


def settings_of(address: str) -> dict[str, object]:
    url = f"s3://{BUCKET}/app?endpoint={address}&region=us-east-1"
    return {"files_url": url, "files_key": "kunci", "files_secret": SecretStr("rahasia")}


@only_sqlite
def test_a_file_of_the_app_goes_through_the_bucket(make_app: MakeApp, house: House, server: str) -> None:
    app = make_app(**settings_of(server))
    with app.app_context():
        file = kept(house, "staf")
        file_id = file.id
    client = builders.sign_in(app.test_client(), house.people["staf"])
    with client.get(f"/files/{file_id}") as answer:
        assert (answer.status_code, answer.data) == (200, PDF)
        assert answer.headers["Content-Disposition"] == "attachment; filename=surat.pdf"
    with app.app_context():
        orphan = files.accept(upload(PDF, "yatim.pdf"))
        assert orphan is not None
        with done():
            files.remove(builders.db.session.get_one(files.File, file_id))
        assert not store().exists(file.key)
        assert store().exists(orphan.key)


@only_sqlite
def test_with_the_bucket_away_files_answer_503_and_pages_go_on(make_app: MakeApp, house: House, server: str) -> None:
    app = make_app(**settings_of(server))
    with app.app_context():
        file_id = kept(house, "staf").id
    gone = make_app(**settings_of(f"http://127.0.0.1:{free_port()}"))
    client = builders.sign_in(gone.test_client(), house.people["staf"])
    answer = client.get(f"/files/{file_id}")
    assert answer.status_code == 503
    assert "Penyimpanan berkas sedang tidak bisa dihubungi" in answer.text
    assert client.get("/").status_code == 200
    assert client.get("/readyz").status_code == 200
    with gone.app_context(), done():
        files.remove(builders.db.session.get_one(files.File, file_id))


@only_sqlite
def test_a_backup_takes_the_bucket_along_and_a_restore_fills_it(
    make_app: MakeApp, house: House, server: str, tmp_path: Path
) -> None:
    app = make_app(**settings_of(server))
    with app.app_context():
        key = kept(house, "staf").key
        taken = take(tmp_path / "cadangan")
        assert (tmp_path / "cadangan/files" / key).read_bytes() == PDF
        assert taken.files == len(list(store().keys(older_than=-5)))
        assert list(verify(tmp_path / "cadangan")) == []
        store().delete(key)
        restore(tmp_path / "cadangan", replace=True)
        assert store().get(key) == PDF


@only_sqlite
def test_without_the_bucket_there_is_no_backup_and_the_doctor_names_it(make_app: MakeApp, tmp_path: Path) -> None:
    app = make_app(**settings_of(f"http://127.0.0.1:{free_port()}"))
    with app.app_context():
        with pytest.raises(BackupError, match="Penyimpanan berkas sedang tidak bisa dihubungi"):
            take(tmp_path / "cadangan")
        assert list(tmp_path.iterdir()) == []
        assert [found.level for found in installation.files()] == [Level.FAULT]


@only_sqlite
def test_files_of_the_folder_are_copied_into_the_bucket_once(make_app: MakeApp, house: House, server: str) -> None:
    with make_app().app_context():
        key = kept(house, "staf").key
    app = make_app(**settings_of(server))
    with app.app_context():
        assert (copy_to_bucket(), copy_to_bucket()) == (1, 0)
        assert store().get(key) == PDF


@pytest.mark.parametrize("address", ["https://x/y", "s3://", "s3://b?kunci=rahasia"])
def test_an_address_that_is_no_bucket_is_refused_at_start(address: str) -> None:
    with pytest.raises(ValueError, match="endpoint"):
        Settings(files_url=address, secret_key=SecretStr("x" * 40))
