"""Backup, restore, verify: what was there comes back, and a backup that is not whole is told and never restored."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from pydantic import SecretStr

from superapp.extensions import db
from superapp.kernel import audit, clock, command, secrets
from superapp.kernel.database import run, transaction
from superapp.kernel.jobs import JobActor
from superapp.kernel.tables import audit as rows
from superapp.kernel.tables import setting
from superapp.login.tables import totp
from superapp.operations import anchors
from superapp.operations.backup import BackupError, keeping, manifest, postgresql, restore, sqlite, take, verify
from superapp.settings import Settings
from tests.support.builders import House

FILES = {"a/one.pdf": b"one" * 5000, "a/two.pdf": b"", "b/Surat é.jpg": bytes(range(256))}


@pytest.fixture
def full(context: Flask, settings: Settings) -> Settings:
    """An installation with rows, an audit trail and files."""
    remember("letters", {"words": "isi “é” \\ \n\t baris", "number": 1})
    for name, content in FILES.items():
        path = settings.files_dir / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return settings


def remember(name: str, value: object) -> None:
    with command.begin("test.set", actor=JobActor("test"), says="{name}") as present:
        run(sa.insert(setting).values(owner="test", name=name, value=value, updated_at=clock.now()))
        present.about("setting", uuid.uuid4(), name=name)


def remembered() -> list[str]:
    db.session.rollback()
    return sorted(run(sa.select(setting.c.name).where(setting.c.owner == "test")).scalars())


def files_of(settings: Settings) -> dict[str, bytes]:
    found = [path for path in settings.files_dir.rglob("*") if path.is_file()]
    return {path.relative_to(settings.files_dir).as_posix(): path.read_bytes() for path in found}


def lose_everything(settings: Settings) -> None:
    """The machine burnt down; a new one has an empty database and no file."""
    db.session.remove()
    shutil.rmtree(settings.files_dir)
    anchors.path().unlink(missing_ok=True)
    if settings.sqlite:
        db.engine.dispose()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{sqlite.path_of(settings)}{suffix}").unlink(missing_ok=True)
    else:
        with db.engine.begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        db.engine.dispose()


def tables_of(settings: Settings) -> dict[str, manifest.Table]:
    db.session.remove()
    db.engine.dispose()
    if not settings.sqlite:
        return dict(postgresql.tables(settings))
    copy = settings.data_dir / "look.sqlite"
    copy.unlink(missing_ok=True)
    return dict(sqlite.dump(settings, copy))


def test_everything_comes_back_on_an_empty_machine(full: Settings, tmp_path: Path) -> None:
    before, heads = tables_of(full), audit.heads()
    taken = take(tmp_path / "b")
    assert (taken.files, taken.tables) == (3, before)
    lose_everything(full)
    restored = restore(tmp_path / "b")

    assert restored == taken
    assert tables_of(full) == before
    assert files_of(full) == FILES
    assert (audit.heads(), list(audit.verify())) == (heads, [])
    remember("after", 1)
    assert remembered() == ["after", "letters"]


def test_whole_backup_has_no_fault(full: Settings, tmp_path: Path) -> None:
    take(tmp_path / "b")
    assert list(verify(tmp_path / "b")) == []


def test_backup_is_readable_by_its_owner_alone(full: Settings, tmp_path: Path) -> None:
    take(tmp_path / "b")
    assert (tmp_path / "b").stat().st_mode & 0o077 == 0


def test_backup_holds_what_was_committed_while_people_go_on(full: Settings, tmp_path: Path) -> None:
    with db.engine.connect() as other:
        other.execute(sa.select(setting)).all()  # somebody reads all the while
        take(tmp_path / "b")
        remember("later", 1)
    lose_everything(full)
    restore(tmp_path / "b")

    assert remembered() == ["letters"]


def flip_a_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    rewrite(path, content)


def rewrite(path: Path, content: bytes | bytearray) -> None:
    """Change a file of a backup on purpose; they are read-only."""
    path.chmod(0o600)
    path.write_bytes(content)


def damage_the_database(folder: Path) -> None:
    flip_a_byte(next(folder.glob("database.*")))


def damage_a_file(folder: Path) -> None:
    flip_a_byte(folder / "files/a/one.pdf")


def lose_a_file(folder: Path) -> None:
    (folder / "files/a/two.pdf").unlink()


def add_a_file(folder: Path) -> None:
    (folder / "files/evil.pdf").write_bytes(b"x")


def shorten_the_list(folder: Path) -> None:
    path = folder / "files.jsonl"
    rewrite(path, "".join(path.read_text().splitlines(keepends=True)[:-1]).encode())


def lead_out_of_the_folder(folder: Path) -> None:
    """A list that names a path outside, with a manifest that fits it: who restores it must not write there."""
    path = folder / "files.jsonl"
    rewrite(path, (json.dumps(["../../evil", 1, "0" * 64]) + "\n").encode())
    content = json.loads((folder / "manifest.json").read_text())
    content["file_list"] |= {"size": path.stat().st_size, "sha256": manifest.digest_of(path)}
    rewrite(folder / "manifest.json", json.dumps(content).encode())


def change_the_manifest(folder: Path) -> None:
    content = json.loads((folder / "manifest.json").read_text())
    content["heads"] = {}
    rewrite(folder / "manifest.json", json.dumps(content).encode())


DAMAGES = (
    damage_the_database,
    damage_a_file,
    lose_a_file,
    add_a_file,
    shorten_the_list,
    lead_out_of_the_folder,
    change_the_manifest,
)


def test_every_damage_is_told_and_a_damaged_backup_is_never_restored(full: Settings, tmp_path: Path) -> None:
    take(tmp_path / "whole")
    before = tables_of(full)
    for damage in DAMAGES:
        folder = tmp_path / damage.__name__
        shutil.copytree(tmp_path / "whole", folder)
        damage(folder)
        assert told(folder) != [], damage.__name__
        with pytest.raises(BackupError, match=r"tidak utuh|tidak sah"):
            restore(folder, replace=True)
    assert (tables_of(full), files_of(full)) == (before, FILES)


def told(folder: Path) -> list[str]:
    try:
        return list(verify(folder))
    except BackupError as error:
        return [str(error)]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"format": 99}', '{"format": 1}', "\0"])
def test_folder_without_a_true_manifest_is_no_backup(context: Flask, tmp_path: Path, content: str) -> None:
    (tmp_path / "manifest.json").write_text(content)
    with pytest.raises(BackupError):
        restore(tmp_path)
    with pytest.raises(BackupError, match="bukan cadangan"):
        restore(tmp_path / "nowhere")


def test_restore_replaces_data_only_when_told_to(full: Settings, tmp_path: Path) -> None:
    take(tmp_path / "b")
    remember("later", 1)
    (full.files_dir / "later.pdf").write_bytes(b"later")
    with pytest.raises(BackupError, match="--replace"):
        restore(tmp_path / "b")
    assert remembered() == ["later", "letters"]
    restore(tmp_path / "b", replace=True)

    assert remembered() == ["letters"]
    assert files_of(full) == FILES
    assert [path.read_bytes() for path in full.data_dir.glob("files.before-restore-*/later.pdf")] == [b"later"]


def test_restore_refuses_while_the_app_runs(full: Settings, tmp_path: Path) -> None:
    take(tmp_path / "b")
    remember("later", 1)
    url = full.database_url.replace("postgresql://", "postgresql+psycopg://")
    running = sa.create_engine(url, poolclass=sa.NullPool)
    with running.connect() as connection:
        connection.execute(sa.select(setting)).all()
        with pytest.raises(BackupError, match=r"Hentikan aplikasi|dibatalkan"):
            restore(tmp_path / "b", replace=True)
    assert remembered() == ["later", "letters"]
    assert files_of(full) == FILES


def change(app: Flask, monkeypatch: pytest.MonkeyPatch, **settings: object) -> None:
    """The operator has set something else."""
    fresh = app.extensions["superapp.settings"].model_copy(update=settings)
    monkeypatch.setitem(app.extensions, "superapp.settings", fresh)


def with_key(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch, **more: object) -> None:
    """The new machine has another secret key."""
    change(app, monkeypatch, secret_key=SecretStr("another-key-" * 4), **more)


def test_backup_of_another_key_is_restored_only_when_told_to_and_sealed_anew(
    context: Flask, full: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(tmp_path / "b")
    with_key(context, full, monkeypatch)
    with pytest.raises(BackupError, match="kunci rahasia lain"):
        restore(tmp_path / "b", replace=True)
    assert {fault.reason for fault in audit.verify()} == {audit.FOREIGN_SEAL}
    restore(tmp_path / "b", replace=True, other_key=True)
    assert remembered() == ["letters"]
    last = {chain: found[-1] for chain, found in anchors.read(anchors.path()).items()}
    assert list(audit.verify(last)) == []
    newest = sa.select(rows.c.operation).order_by(rows.c.sequence.desc()).where(rows.c.chain == audit.CORE).limit(1)
    assert run(newest).scalar_one() == "backup.rekey"


def test_foreign_key_never_seals_a_trail_that_is_not_whole(
    context: Flask, full: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with transaction() as connection:
        connection.execute(sa.update(rows).values(principal="x"))
    db.session.rollback()
    take(tmp_path / "b")
    with_key(context, full, monkeypatch)
    with pytest.raises(BackupError, match="jejak auditnya tidak utuh dan tidak disegel ulang: core baris 1"):
        restore(tmp_path / "b", replace=True, other_key=True)
    assert audit.FOREIGN_SEAL in {fault.reason for fault in audit.verify()}


def test_backup_of_a_former_key_that_is_configured_needs_no_option(
    context: Flask, full: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(tmp_path / "b")
    with_key(context, full, monkeypatch, secret_key_fallbacks=[full.secret_key])
    restore(tmp_path / "b", replace=True)
    assert list(audit.verify()) == []


def test_authenticator_seeds_of_a_lost_key_are_dropped(
    context: Flask, house: House, full: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = secrets.box().encrypt(b"JBSWY3DPEHPK3PXP").decode()
    with transaction() as connection:
        connection.execute(sa.insert(totp).values(person_id=house.people["staf"].id, secret=sealed))
    take(tmp_path / "b")
    restore(tmp_path / "b", replace=True)
    assert run(sa.select(sa.func.count()).select_from(totp)).scalar_one() == 1
    db.session.rollback()
    with_key(context, full, monkeypatch)
    restore(tmp_path / "b", replace=True, other_key=True)
    assert run(sa.select(sa.func.count()).select_from(totp)).scalar_one() == 0


def test_disk_that_fills_up_while_restoring_changes_nothing(
    full: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    take(tmp_path / "b")
    remember("later", 1)
    monkeypatch.setattr("superapp.operations.backup.restoring.shutil.copyfile", full_disk)
    with pytest.raises(BackupError, match="tidak ada yang diubah: No space left"):
        restore(tmp_path / "b", replace=True)
    assert (remembered(), files_of(full)) == (["later", "letters"], FILES)


def test_backup_of_another_engine_is_refused(full: Settings, tmp_path: Path) -> None:
    take(tmp_path / "b")
    content = json.loads((tmp_path / "b/manifest.json").read_text())
    content["engine"] = "postgresql" if full.sqlite else "sqlite"
    rewrite(tmp_path / "b/manifest.json", json.dumps(content).encode())
    with pytest.raises(BackupError, match="SUPERAPP_DATABASE_URL"):
        restore(tmp_path / "b", replace=True)


def test_backup_never_overwrites_anything(full: Settings, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b/kept").write_text("kept")
    with pytest.raises(BackupError, match="sudah ada"):
        take(tmp_path / "b")
    assert (tmp_path / "b/kept").read_text() == "kept"


def test_backup_that_fails_leaves_nothing_behind(
    full: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("superapp.operations.backup.taking._copied", full_disk)
    with pytest.raises(BackupError, match="No space left"):
        take(tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_backup_is_refused_before_it_fills_the_disk(
    full: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 9, 1))  # type: ignore[attr-defined]
    with pytest.raises(BackupError, match="Ruang di"):
        take(tmp_path / "b")


@pytest.fixture
def nights(context: Flask, full: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    change(context, monkeypatch, backup_keep=3)
    yield full
    clock.shift(timedelta(0))


def test_nightly_backups_are_taken_once_verified_and_the_oldest_deleted(nights: Settings) -> None:
    assert keeping.latest() is None
    for night in range(5):
        clock.shift(timedelta(days=night))
        assert keeping.take_nightly().path == keeping.take_nightly().path
    kept = manifest.backups_in(keeping.folder())

    assert [path.name for path in kept] == [
        f"nightly-{clock.today() - timedelta(days=back):%Y%m%d}" for back in (2, 1, 0)
    ]
    assert manifest.newest(keeping.folder()) == kept[-1]
    latest = keeping.latest()
    assert latest is not None
    assert clock.now() - latest < timedelta(minutes=5)


def test_damaged_nightly_backup_is_a_failed_job_and_deletes_nothing(nights: Settings) -> None:
    clock.shift(timedelta(0))
    flip_a_byte(next(Path(keeping.take_nightly().path).glob("database.*")))
    with pytest.raises(BackupError, match="tidak utuh"):
        keeping.take_nightly()


def test_backup_taken_by_hand_is_never_deleted(nights: Settings) -> None:
    take(keeping.folder() / "before-upgrade")
    for night in range(5):
        clock.shift(timedelta(days=night))
        keeping.take_nightly()
    assert (keeping.folder() / "before-upgrade/manifest.json").is_file()


def test_target_that_keeps_by_its_own_rule_is_never_deleted_from(
    context: Flask, nights: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    change(context, monkeypatch, backup_keep=0)
    for night in range(5):
        clock.shift(timedelta(days=night))
        keeping.take_nightly()
    assert len(manifest.backups_in(keeping.folder())) == 5


def test_only_what_the_keeping_rule_names_is_deleted(nights: Settings) -> None:
    kept = [keeping.folder() / name for name in ("nightly-before-upgrade", "nightly-1", "Nightly-20200101")]
    for folder in kept:
        take(folder)
    for night in range(5):
        clock.shift(timedelta(days=night))
        keeping.take_nightly()
    assert [folder for folder in kept if not folder.is_dir()] == []


def test_anchors_before_a_restore_do_not_cry_wolf_and_later_ones_do(full: Settings, tmp_path: Path) -> None:
    take(tmp_path / "b")
    remember("later", 1)
    anchors.export()
    restore(tmp_path / "b", replace=True)
    kept = anchors.read(anchors.path())

    last = {chain: found[-1] for chain, found in kept.items()}
    assert list(audit.verify(last)) == []
    assert last == {head.chain: (head.sequence, head.hash) for head in audit.heads()}
