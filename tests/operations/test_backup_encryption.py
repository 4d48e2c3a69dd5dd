"""Encrypted backups: the server writes what it cannot read; the key opens it, and nothing else does."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pyrage
import pytest
from click.testing import CliRunner
from flask import Flask

from superapp.operations import commands
from superapp.operations.backup import BackupError, make_key, manifest, restore, take, verify
from superapp.operations.backup.encryption import key_for, read_key
from superapp.settings import Settings, SettingsError, load_settings
from tests.operations.test_backup import (
    FILES,
    change,
    files_of,
    flip_a_byte,
    full,
    lose_everything,
    remember,
    remembered,
    tables_of,
)

__all__ = ["full"]
SECRET = "kata yang tidak boleh terbaca"


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder with the key of this installation and one of somebody else."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    make_key(folder / "ours")
    make_key(folder / "theirs")
    return folder


@pytest.fixture
def encrypted(context: Flask, full: Settings, keys: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A backup that was encrypted for our key."""
    (full.files_dir / "a/one.pdf").write_bytes(SECRET.encode() * 9)
    remember("secret", SECRET)
    change(context, monkeypatch, backup_recipients=[public(keys / "ours")])
    take(tmp_path / "b")
    return tmp_path / "b"


def public(path: Path) -> str:
    (found,) = read_key(path).public
    return found


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_everything_comes_back_with_the_key(encrypted: Path, full: Settings, keys: Path) -> None:
    before, files = tables_of(full), files_of(full)
    lose_everything(full)
    restore(encrypted, identity=keys / "ours")

    assert (tables_of(full), files_of(full)) == (before, files)
    assert remembered() == ["letters", "secret"]


def test_nothing_of_the_content_is_readable_in_the_backup_nor_left_behind(encrypted: Path, full: Settings) -> None:
    assert SECRET.encode() not in everything_in(encrypted)
    assert b"core_audit" not in next(encrypted.glob("database.*")).read_bytes()
    assert list(full.data_dir.glob(".partial-*")) == []


def test_manifest_tells_without_any_key_what_the_backup_holds(encrypted: Path, keys: Path) -> None:
    told = json.loads((encrypted / "manifest.json").read_text())
    assert told["recipients"] == [public(keys / "ours")]
    assert (told["files"], told["tables"]["core_setting"]["rows"]) == (len(FILES), 2)
    assert told["created_at"]
    assert told["version"]


def test_standard_tools_open_it_with_the_identity_file(encrypted: Path, keys: Path) -> None:
    """The format is age's: a backup can be opened without this app."""
    line = (keys / "ours").read_text().splitlines()[-1]
    opened = pyrage.decrypt((encrypted / "files/a/one.pdf.age").read_bytes(), [pyrage.x25519.Identity.from_str(line)])
    assert opened == SECRET.encode() * 9


def test_verify_finds_changes_without_the_key_and_content_with_it(encrypted: Path, keys: Path) -> None:
    key = read_key(keys / "ours")
    assert (list(verify(encrypted)), list(verify(encrypted, key))) == ([], [])
    flip_a_byte(encrypted / "files/a/one.pdf.age")
    assert list(verify(encrypted)) == ["a/one.pdf.age berubah"]


def test_database_of_another_moment_is_found_with_the_key(encrypted: Path, keys: Path) -> None:
    """Somebody puts another database into the backup and a manifest that fits: anybody may encrypt for the public key."""
    path = next(encrypted.glob("database.*"))
    recipient = pyrage.x25519.Recipient.from_str(public(keys / "ours"))
    path.chmod(0o600)
    path.write_bytes(pyrage.encrypt(b"another database", [recipient]))
    content = json.loads((encrypted / "manifest.json").read_text())
    content["database"] |= {"size": path.stat().st_size, "sha256": manifest.digest_of(path)}
    content["key"] = "0" * 16  # taken on another machine, so the seal cannot be checked here
    (encrypted / "manifest.json").chmod(0o600)
    (encrypted / "manifest.json").write_text(json.dumps(content))

    assert list(verify(encrypted)) == []
    assert any("rusak" in fault for fault in verify(encrypted, read_key(keys / "ours")))


def restored_with(folder: Path, identity: Path | None) -> str:
    with pytest.raises(BackupError) as refusal:
        restore(folder, identity=identity, replace=True)
    return str(refusal.value)


def test_missing_or_wrong_key_is_told_in_a_sentence_and_changes_nothing(
    encrypted: Path, full: Settings, keys: Path
) -> None:
    before = tables_of(full)
    broken, empty = keys / "broken", keys / "empty"
    broken.write_text("AGE-SECRET-KEY-1NOT")
    empty.write_text("# public key: none\n")

    assert "Sertakan berkas kuncinya: --identity" in restored_with(encrypted, None)
    assert public(keys / "theirs") in restored_with(encrypted, keys / "theirs")
    assert "bukan berkas kunci age" in restored_with(encrypted, broken)
    assert "kosong" in restored_with(encrypted, empty)
    assert "tidak bisa dibaca" in restored_with(encrypted, keys / "nowhere")
    assert tables_of(full) == before


def test_either_of_two_keys_opens_it(
    context: Flask, full: Settings, keys: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    change(context, monkeypatch, backup_recipients=[public(keys / "ours"), public(keys / "theirs")])
    take(tmp_path / "b")
    for name in ("ours", "theirs"):
        assert list(verify(tmp_path / "b", key_for(manifest.read(tmp_path / "b"), keys / name))) == []


def test_disk_that_fills_up_while_encrypting_leaves_nothing_behind(
    context: Flask, full: Settings, keys: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full_disk(*_: object) -> int:
        raise OSError(28, "No space left on device")

    change(context, monkeypatch, backup_recipients=[public(keys / "ours")])
    monkeypatch.setattr("superapp.operations.backup.taking._Digesting.write", full_disk)
    with pytest.raises(BackupError, match="No space left"):
        take(tmp_path / "b")
    assert not (tmp_path / "b").exists()
    assert list(full.data_dir.glob(".partial-*")) == list(tmp_path.glob(".partial-*")) == []


@pytest.mark.parametrize("encrypting", [False, True])
def test_every_file_of_a_backup_is_read_only(
    context: Flask, full: Settings, keys: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, encrypting: bool
) -> None:
    change(context, monkeypatch, backup_recipients=[public(keys / "ours")] if encrypting else [])
    take(tmp_path / "b")
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "b").rglob("*") if path.is_file()}
    assert modes == {0o400}
    with pytest.raises(BackupError, match="tidak pernah ditimpa"):
        take(tmp_path / "b")


def test_key_is_for_its_owner_alone_and_never_overwritten(tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    written = (tmp_path / "key").read_text()
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    with pytest.raises(BackupError, match="sudah ada"):
        make_key(tmp_path / "key")
    assert (tmp_path / "key").read_text() == written


def test_verify_says_what_was_checked_and_what_was_not(encrypted: Path, keys: Path) -> None:
    def said(*more: str) -> tuple[int, str]:
        result = CliRunner().invoke(commands.verify_command, [str(encrypted), *more])
        return result.exit_code, result.output

    status, without = said()
    assert (status, ", terenkripsi," in without, "Belum diperiksa" in without) == (0, True, True)
    status, with_key = said("--identity", str(keys / "ours"))
    assert (status, "Belum diperiksa" in with_key) == (0, False)
    status, wrong = said("--identity", str(keys / "theirs"))
    assert (status, "cadangan ini dienkripsi untuk" in wrong) == (1, True)


def test_recipient_that_is_none_stops_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    make_key(tmp_path / "key")
    private = (tmp_path / "key").read_text().splitlines()[-1]
    for words, expected in (("age1xyz", "kunci publik age"), (private, "itu kunci rahasianya")):
        monkeypatch.setenv("SUPERAPP_BACKUP_RECIPIENTS", json.dumps([words]))
        with pytest.raises(SettingsError, match=f"SUPERAPP_BACKUP_RECIPIENTS.*{expected}"):
            load_settings()
