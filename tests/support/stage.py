"""What all processes of one test run share: a folder, one PostgreSQL server, and databases that are ready to copy."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from tests.support.postgresql import Cluster

Engine = Literal["sqlite", "postgresql"]
ENGINES: tuple[Engine, ...] = ("sqlite", "postgresql")
_FOLDERS = "superapp-tests-"
PLENTY = 4 * 1024**3


def _fast_base() -> Path:
    """Return memory where there is plenty, else the temporary folder: a test waits for no disk.

    Tests that ask what a crash leaves on the disk use postgresql.temporary_cluster.
    """
    memory = Path("/dev/shm")
    if memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > PLENTY:
        return memory
    return Path(tempfile.gettempdir())


class Stage:
    """The shared folder of a run. The first process that needs a thing makes it, the others wait and use it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._cluster: Cluster | None = None

    @classmethod
    def open(cls) -> Stage:
        """Make the folder of a new run, after clearing away what killed runs left behind."""
        base = _fast_base()
        for left in (found for place in {base, Path(tempfile.gettempdir())} for found in place.glob(f"{_FOLDERS}*")):
            with contextlib.suppress(OSError, ValueError):
                if not Path(f"/proc/{(left / 'owner').read_text(encoding='ascii')}").exists():
                    cls(left).close()
        folder = Path(tempfile.mkdtemp(prefix=_FOLDERS, dir=base))
        folder.chmod(0o755)  # as root the server runs as another user, who must reach its folder below
        (folder / "owner").write_text(str(os.getpid()), encoding="ascii")
        return cls(folder)

    def close(self) -> None:
        """Stop the server, if one was started, and delete the folder."""
        if (self.folder / "cluster.json").exists():
            self.cluster().remove()
        shutil.rmtree(self.folder, ignore_errors=True)

    def cluster(self) -> Cluster:
        """Return the run's PostgreSQL server; the first call of all processes starts it."""
        if self._cluster is not None:
            return self._cluster
        cluster, facts = Cluster(self.folder / "postgresql"), self.folder / "cluster.json"
        with self._alone("cluster"):
            if facts.exists():
                cluster.port, cluster.password = json.loads(facts.read_text(encoding="ascii"))
            else:
                cluster.create()
                facts.write_text(json.dumps([cluster.port, cluster.password]), encoding="ascii")
        self._cluster = cluster
        return cluster

    def template(self, engine: Engine, name: str, fill: Callable[[str], None]) -> str:
        """Return the address of the database `name`; the first call of all processes makes it with `fill(address)`.

        Nobody may stay connected to it: PostgreSQL copies only databases at rest.
        """
        made = self.folder / f"{name}.{engine}.made"
        with self._alone(f"{name}.{engine}"):
            if not made.exists():
                fill(self._empty(engine, f"template_{name}"))
                made.touch()
        return self._url(engine, f"template_{name}")

    def copy(self, engine: Engine, template: str, name: str) -> str:
        """Make the database `name` anew as a copy of the template and return its address."""
        if engine == "postgresql":
            return self.cluster().create_database(name, f"template_{template}")
        self.drop(engine, name)
        for suffix in ("", "-wal"):
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(
                    f"{self.folder / f'template_{template}'}.db{suffix}", f"{self.folder / name}.db{suffix}"
                )
        return self._url(engine, name)

    def drop(self, engine: Engine, name: str) -> None:
        """Delete a copy that nobody needs any more."""
        if engine == "postgresql":
            self.cluster().execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", names=(name,))
            return
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self.folder / name}.db{suffix}").unlink(missing_ok=True)

    def _empty(self, engine: Engine, name: str) -> str:
        if engine == "postgresql":
            return self.cluster().create_database(name)
        self.drop(engine, name)
        return self._url(engine, name)

    def _url(self, engine: Engine, name: str) -> str:
        return self.cluster().url(name) if engine == "postgresql" else f"sqlite:///{self.folder / name}.db"

    @contextlib.contextmanager
    def _alone(self, what: str) -> Iterator[None]:
        with (self.folder / f"{what}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
