"""Anchors: the heads of the audit chains, exported each night to where a change of the database does not reach."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from superapp.kernel import audit, clock, secrets
from superapp.settings import Settings

if TYPE_CHECKING:
    from superapp.operations.backup.manifest import Manifest

NAME = "audit-anchors.jsonl"


class AnchorsError(Exception):
    """The file of anchors cannot be read; one sentence for the operator."""


def path(settings: Settings | None = None) -> Path:
    """Return the file that anchors are appended to."""
    return (settings or secrets.settings()).data_dir / NAME


def lines() -> list[str]:
    """Return the present heads as lines of the file: `{"at", "chain", "sequence", "hash"}`."""
    moment = clock.now().isoformat(timespec="seconds")
    found = [
        {"at": moment, "chain": head.chain, "sequence": head.sequence, "hash": head.hash} for head in audit.heads()
    ]
    return [json.dumps(line) for line in found]


def export() -> int:
    """Append the present heads to the file (nightly job); return how many. Copy it to another machine: who can change
    this one can change the file, too."""
    written = lines()
    _append(path(), written)
    return len(written)


def note_restore(settings: Settings, manifest: Manifest) -> None:
    """Mark that the database was put back to a backup on purpose: later anchors are gone by that, not by a crime."""
    line = {"at": clock.now().isoformat(timespec="seconds"), "restored": manifest.created_at.isoformat()}
    heads = [{"chain": chain, "sequence": number, "hash": head} for chain, (number, head) in manifest.heads.items()]
    _append(path(settings), [json.dumps(line), *(json.dumps(line | head) for head in heads)])


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


def exported_at(source: Path) -> datetime | None:
    """Return when anchors were last appended to a file, None when there is none."""
    try:
        last = source.read_text(encoding="ascii").splitlines()[-1]
        return datetime.fromisoformat(json.loads(last)["at"])
    except (OSError, ValueError, KeyError, IndexError):
        return None
