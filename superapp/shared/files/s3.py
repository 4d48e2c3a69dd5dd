"""The file store in a bucket of S3 or what speaks like it; away, it says so at once and nothing else stops."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cached_property
from tempfile import SpooledTemporaryFile
from typing import IO, Any
from urllib.parse import parse_qs, urlsplit

from superapp.kernel.errors import Busy
from superapp.kernel.language import gettext as _
from superapp.shared.files.keys import checked, is_key

PATIENCE = timedelta(seconds=10)
CONNECT = timedelta(seconds=2)
PAUSE = 5.0
"""Seconds for which a store that was away is not asked again: its time-outs must not hold every thread."""
IN_MEMORY = 1 << 20
"""Bytes of an opened file that are kept in memory; the rest goes to a temporary file."""


class StoreAway(Busy):
    """The file store does not answer (503): nothing was stored."""

    title = "Penyimpanan berkas tidak bisa dihubungi"

    def __init__(self) -> None:
        super().__init__(_("Penyimpanan berkas sedang tidak bisa dihubungi. Isian Anda aman; coba lagi sebentar lagi."))


class S3Store:
    """A bucket; `address` is `s3://bucket/prefix?endpoint=https://…&region=…`, both parameters may be left out.

    Key and secret empty: obstore reads AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY itself. What the bucket does not
    answer raises StoreAway.
    """

    def __init__(self, address: str, key: str = "", secret: str = "") -> None:
        parts = urlsplit(address)
        self._options: dict[str, Any] = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.bucket, self._prefix = parts.netloc, parts.path.strip("/")
        self._credentials: dict[str, Any] = {"access_key_id": key, "secret_access_key": secret} if key else {}
        self._away_until = 0.0

    @cached_property
    def _bucket(self) -> Any:
        from obstore.store import S3Store as Bucket

        return Bucket(
            self.bucket,
            prefix=self._prefix or None,
            client_options={
                "timeout": PATIENCE,
                "connect_timeout": CONNECT,
                "allow_http": self._options.get("endpoint", "").startswith("http://"),
            },
            retry_config={"max_retries": 1, "retry_timeout": PATIENCE},
            **self._options,
            **self._credentials,
        )

    @contextmanager
    def _asking(self) -> Iterator[Any]:
        """Give obstore's functions; its own faults become StoreAway, and are remembered for a short while."""
        import obstore
        from obstore.exceptions import AlreadyExistsError, BaseError

        if time.monotonic() < self._away_until:
            raise StoreAway
        try:
            yield obstore
        except (FileNotFoundError, FileExistsError, AlreadyExistsError):
            raise
        except (BaseError, OSError) as error:
            self._away_until = time.monotonic() + PAUSE
            raise StoreAway from error

    def put(self, key: str, source: IO[bytes]) -> None:
        """Write a new file, wholly or not at all."""
        from obstore.exceptions import AlreadyExistsError

        try:
            with self._asking() as obstore:
                obstore.put(self._bucket, checked(key), source, mode="create", use_multipart=False)
        except AlreadyExistsError as error:
            raise FileExistsError(key) from error

    def get(self, key: str) -> bytes:
        """Return all bytes of a file."""
        with self.open(key) as content:
            return content.read()

    def open(self, key: str) -> IO[bytes]:
        """Return the file opened for reading, once all of it is here: a broken line must not look like a short file."""
        held: IO[bytes] = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        try:
            with self._asking() as obstore:
                for block in obstore.get(self._bucket, checked(key)).stream(min_chunk_size=1 << 18):
                    held.write(block)
        except BaseException:
            held.close()
            raise
        held.seek(0)
        return held

    def delete(self, key: str) -> None:
        """Remove a file."""
        with self._asking() as obstore:
            obstore.delete(self._bucket, checked(key))

    def exists(self, key: str) -> bool:
        """Tell whether there is a file."""
        try:
            with self._asking() as obstore:
                obstore.head(self._bucket, checked(key))
        except FileNotFoundError:
            return False
        return True

    def keys(self, *, older_than: float) -> Iterator[str]:
        """Yield the keys of files that are older than so many seconds."""
        before = datetime.now(UTC) - timedelta(seconds=older_than)
        with self._asking() as obstore:
            for part in obstore.list(self._bucket):
                yield from (one["path"] for one in part if one["last_modified"] < before and is_key(one["path"]))
