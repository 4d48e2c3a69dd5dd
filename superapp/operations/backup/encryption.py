"""Encryption of backups with age (age-encryption.org/v1): the server holds public keys only and cannot read its backups."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from superapp.operations.backup import room
from superapp.operations.backup.manifest import BackupError, Manifest

if TYPE_CHECKING:
    from pyrage.x25519 import Identity

SUFFIX = ".age"
OPTION = "--identity"
Pour = Callable[[IO[bytes], IO[bytes]], None]
"""Moves bytes from a reader to a writer; what it raises for want of room is an OSError."""


def pouring(recipients: Sequence[str]) -> Pour:
    """Return what copies bytes into a backup: encrypted for the recipients' public keys, plain when there are none."""
    if not recipients:
        return _plain
    import pyrage

    keys = [pyrage.x25519.Recipient.from_str(words) for words in recipients]

    def encrypted(reader: IO[bytes], writer: IO[bytes]) -> None:
        try:
            pyrage.encrypt_io(reader, writer, keys)
        except pyrage.EncryptError as error:
            raise OSError(str(error)) from error

    return encrypted


def _plain(reader: IO[bytes], writer: IO[bytes]) -> None:
    shutil.copyfileobj(reader, writer, 1 << 20)


@dataclass(frozen=True)
class Key:
    """The private keys of an identity file, which open what was encrypted for their public halves."""

    identities: tuple[Identity, ...]

    @property
    def public(self) -> frozenset[str]:
        """Return the public halves."""
        return frozenset(str(identity.to_public()) for identity in self.identities)

    def pour(self, reader: IO[bytes], writer: IO[bytes]) -> None:
        """Decipher from a reader into a writer; raises BackupError for what these keys do not open, or is damaged."""
        import pyrage

        try:
            pyrage.decrypt_io(reader, writer, self.identities)
        except pyrage.DecryptError as error:
            raise BackupError(f"Kunci ini tidak membuka isinya: {error}") from error
        except OSError as error:
            raise BackupError(f"Isi terenkripsi tidak bisa dibuka: {error}") from error


def read_key(path: Path) -> Key:
    """Return the keys of an identity file as `age-keygen` writes it; raises BackupError with a sentence."""
    import pyrage

    try:
        lines = [line.strip() for line in path.expanduser().read_text(encoding="utf-8").splitlines()]
        found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except (OSError, UnicodeDecodeError) as error:
        raise BackupError(f"Berkas kunci {path} tidak bisa dibaca: {getattr(error, 'strerror', error)}") from error
    except pyrage.IdentityError as error:
        raise BackupError(f"{path} bukan berkas kunci age: harus memuat baris AGE-SECRET-KEY-1…") from error
    if not found:
        raise BackupError(f"Berkas kunci {path} kosong: harus memuat baris AGE-SECRET-KEY-1…")
    return Key(tuple(found))


def key_for(manifest: Manifest, path: Path | None) -> Key | None:
    """Return the key that opens a backup, None for one that is not encrypted.

    Raises BackupError with a sentence when the key is missing or is for other backups.
    """
    if not manifest.recipients:
        return None
    wanted = ", ".join(manifest.recipients)
    if path is None:
        raise BackupError(f"Cadangan ini dienkripsi untuk {wanted}. Sertakan berkas kuncinya: {OPTION} BERKAS")
    key = read_key(path)
    if key.public.isdisjoint(manifest.recipients):
        owned = ", ".join(sorted(key.public))
        raise BackupError(f"Kunci di {path} adalah untuk {owned}, sedangkan cadangan ini dienkripsi untuk {wanted}.")
    return key


@contextmanager
def opened(path: Path, key: Key | None) -> Iterator[Path]:
    """Yield a file of a backup in the clear: itself, or deciphered where it is deleted afterwards."""
    if key is None:
        yield path
        return
    with room.rented() as place:
        yield decipher(path, place / path.name.removesuffix(SUFFIX), key)


def decipher(source: Path, target: Path, key: Key) -> Path:
    """Write a file of an encrypted backup in the clear, for its owner's eyes; return it."""
    target.touch(mode=0o600)
    with source.open("rb") as reading, target.open("wb") as writing:
        key.pour(reading, writing)
    return target


def make_key(target: Path) -> str:
    """Write a new private key to a file that must not exist yet, for its owner's eyes; return its public key."""
    import pyrage

    identity = pyrage.x25519.Identity.generate()
    public = str(identity.to_public())
    try:
        target.touch(mode=0o600, exist_ok=False)
        target.write_text(f"# public key: {public}\n{identity}\n", encoding="ascii")
    except FileExistsError as error:
        raise BackupError(f"{target} sudah ada. Pilih nama lain.") from error
    except OSError as error:
        raise BackupError(f"{target} tidak bisa ditulis: {error.strerror or error}") from error
    return public
