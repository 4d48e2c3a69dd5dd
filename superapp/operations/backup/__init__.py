"""Backup, restore and verify: the database and the files in one folder, with a manifest that proves them whole."""

from superapp.operations.backup.manifest import BackupError, Manifest
from superapp.operations.backup.restoring import known_key, restore
from superapp.operations.backup.taking import take
from superapp.operations.backup.verifying import verify

__all__ = ["BackupError", "Manifest", "known_key", "restore", "take", "verify"]
