"""Backup, restore and verify: the database and the files in one folder, with a manifest that proves them whole."""

from superapp.operations.backup.encryption import key_for, make_key
from superapp.operations.backup.manifest import BackupError, Manifest
from superapp.operations.backup.restoring import known_key, restore
from superapp.operations.backup.taking import take
from superapp.operations.backup.verifying import UNOPENED, verify

__all__ = ["UNOPENED", "BackupError", "Manifest", "key_for", "known_key", "make_key", "restore", "take", "verify"]
