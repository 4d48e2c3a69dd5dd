"""Anchors: the heads of the audit chains, exported each hour to where a change of the database does not reach."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from superapp.kernel import audit, clock, secrets
from superapp.kernel.audit.verify import Head
from superapp.settings import Settings

if TYPE_CHECKING:
    from superapp.operations.backup.manifest import Manifest

NAME = "audit-anchors.jsonl"


class AnchorsError(Exception):
    """The file of anchors cannot be read; one sentence for the operator."""


def path(settings: Settings | None = None) -> Path:
    """Return the file of anchors in the data directory."""
    return (settings or secrets.settings()).data_dir / NAME


def places(settings: Settings | None = None) -> list[Path]:
    """Return the files that anchors are appended to, the one off this machine (SUPERAPP_ANCHORS_DIR) last."""
    settings = settings or secrets.settings()
    return [path(settings), *([settings.anchors_dir.expanduser() / NAME] if settings.anchors_dir else [])]


def lines() -> list[str]:
    """Return the present heads as lines of the file: `{"at", "chain", "sequence", "hash"}`."""
    return [_line(head) for head in audit.heads()]


def _line(head: Head) -> str:
    moment = clock.now().isoformat(timespec="seconds")
    return json.dumps({"at": moment, "chain": head.chain, "sequence": head.sequence, "hash": head.hash})


def export() -> int:
    """Append the heads that went on to each file (hourly job); return how many chains there are.

    Who can change this machine can change its file, too: the proof is the one off the machine. A chain that was cut is
    not anchored anew: its old anchor tells. Raises OSError or AnchorsError when a place cannot be used; the next attempt
    makes up for it.
    """
    heads = audit.heads()
    for place in places():
        known = latest(place)
        _append(place, [_line(head) for head in heads if head.sequence > known.get(head.chain, (0, ""))[0]])
    return len(heads)


def note_restore(settings: Settings, manifest: Manifest) -> None:
    """Mark that the database was put back to a backup on purpose: later anchors are gone by that, not by a crime."""
    line = {"at": clock.now().isoformat(timespec="seconds"), "restored": manifest.created_at.isoformat()}
    heads = [{"chain": chain, "sequence": number, "hash": head} for chain, (number, head) in manifest.heads.items()]
    for place in places(settings):
        _append(place, [json.dumps(line), *(json.dumps(line | head) for head in heads)])


def _append(target: Path, new: list[str]) -> None:
    if not new:
        return
    handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(handle, "a", encoding="ascii") as file:
        file.write("".join(f"{line}\n" for line in new))
        file.flush()
        os.fsync(file.fileno())


def read(source: Path) -> Mapping[str, list[tuple[int, str]]]:
    """Return all anchors of a file since the last restore, by chain; raises AnchorsError for a bad file."""
    found: dict[str, list[tuple[int, str]]] = {}
    try:
        for line in source.read_text(encoding="ascii").splitlines():
            given: dict[str, Any] = json.loads(line)
            if "restored" in given and "chain" not in given:
                found.clear()
            else:
                found.setdefault(str(given["chain"]), []).append((int(given["sequence"]), str(given["hash"])))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AnchorsError(f"{source} bukan berkas jangkar audit: {error}") from error
    return found


def latest(source: Path) -> Mapping[str, tuple[int, str]]:
    """Return the furthest anchor of each chain since the last restore, none when there is no file.

    Raises AnchorsError for a bad file.
    """
    return {chain: max(found) for chain, found in read(source).items()} if source.exists() else {}


def exported_at(source: Path) -> datetime | None:
    """Return when anchors were last appended to a file, None when there is none."""
    try:
        last = source.read_text(encoding="ascii").splitlines()[-1]
        return datetime.fromisoformat(json.loads(last)["at"])
    except (OSError, ValueError, KeyError, IndexError):
        return None
