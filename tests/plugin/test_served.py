"""Modules under a real server with threads and workers: what hangs, and what is switched."""

from __future__ import annotations

import contextlib
import json
import re
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from superapp.plugin.containment import watch
from tests.plugin.bad import HERE, Case, plain
from tests.plugin.conftest import DUMMY, switch_on
from tests.support import builders
from tests.support.databases import SECRET, prepare, settings_for, worker
from tests.support.server import ROOT, LiveServer, running_server
from tests.support.stage import Stage

T = TypeVar("T")
WIDGET = f"""
@bp.get("/card", permission="sakit.view")
def card():
    time.sleep(30)  {HERE}
    return "kartu"

@hookimpl
def superapp_widgets():
    return [Widget("sakit.card", "Sakit")]
"""
FORM = f"""
@bp.get("/form", permission="sakit.view")
def form():
    return render("sakit/form.html")

@bp.post("/form", permission="sakit.write", says="{{actor}} menunggu")
def send():
    time.sleep(30)  {HERE}
    return redirect_to("sakit.form")
"""
PAGE = '{% call ui.form("") %}{{ ui.field("name", "Nama") }}{% endcall %}'


@dataclass(frozen=True)
class Site:
    """A running server with the bad module and the good one, and the cookie of an administrator."""

    server: LiveServer
    cookie: str

    def get(self, path: str, data: bytes | None = None) -> tuple[int, float, str]:
        """Open a page (or send a form) as the administrator; return its status, the seconds it took, and its text."""
        headers = {"Cookie": self.cookie, "Sec-Fetch-Site": "same-origin"}
        request = urllib.request.Request(self.server.url + path, data=data, headers=headers)
        began = time.monotonic()
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return answer.status, time.monotonic() - began, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, time.monotonic() - began, error.read().decode()

    def meanwhile(self, path: str, data: bytes | None = None) -> threading.Thread:
        """Open a page in a thread of its own that may outlive the server."""

        def ask() -> None:
            with contextlib.suppress(OSError):
                self.get(path, data)

        thread = threading.Thread(target=ask, daemon=True)
        thread.start()
        return thread

    def rows(self) -> dict[str, Any]:
        """Return the module list of the command line, by name."""
        said = self.server.command("plugin", "list", "--json")
        assert said.returncode == 0, said.stderr
        return {row["name"]: row for row in json.loads(said.stdout)}


@contextlib.contextmanager
def site(stage: Stage, folder: Path, *options: str, **variables: str) -> Iterator[Site]:
    """Serve the house with the modules of `folder` and the dummy, all on."""
    prepare(stage, "sqlite", "house")
    name = f"served_{worker()}"
    url, data = stage.copy("sqlite", "house", name), stage.folder / "data" / name
    path = f"{DUMMY}:{folder}"
    from superapp import create_app

    app = create_app(settings_for(url, data, plugin_path=path))
    host = app.extensions["superapp.host"]
    switch_on(app, *(module for module in host.plugins if module in {"dummy", "sakit"}))
    house = builders.recall(stage.folder / "house-sqlite.json")
    client = builders.sign_in(app.test_client(), house.people["admin"])
    kept = client.get_cookie("satu")
    assert kept is not None
    variables |= {"SUPERAPP_SECRET_KEY": SECRET, "SUPERAPP_PLUGIN_PATH": path}
    with running_server(url, data, *options, **variables) as server:
        yield Site(server, f"satu={kept.value}")
    stage.drop("sqlite", name)


def until(condition: Callable[[], T], seconds: float = 20.0) -> T:
    """Ask again and again until the answer is true; return it. Fails when it takes longer."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
    return found


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """Return an empty folder for modules."""
    folder = tmp_path / "modules"
    folder.mkdir()
    return folder


def test_a_widget_that_hangs_and_twenty_people_load_leaves_the_rest_free(stage: Stage, modules: Path) -> None:
    where = Case("widget", plain(WIDGET)).write(modules)
    with site(stage, modules, "--threads", "8") as served:
        for path in ("/", "/app/dummy/"):
            served.get(path)
        for _ in range(20):
            served.meanwhile("/app/sakit/card")
        until(lambda: served.get("/app/sakit/")[0] == 503)

        seen = [served.get(path) for path in ("/", "/app/dummy/") * 5]
        refused = served.get("/app/sakit/")
        row = until(lambda: (found := served.rows()["sakit"])["where"] and found)

        assert Counter(status for status, _, _ in seen) == {200: 10}
        assert max(seconds for _, seconds, _ in seen) < 2.0
        assert refused[0] == 503
        assert "Sakit sedang lambat" in refused[2]
        assert refused[1] < 1.0
        assert row["where"] == where
        assert "lambat" in row["reason"]


def test_a_form_that_hangs_holds_no_other_writer_up(stage: Stage, modules: Path) -> None:
    where = Case("form", plain(FORM, **{"templates/sakit/form.html": PAGE})).write(modules)
    with site(stage, modules, "--threads", "4") as served:
        hidden = _hidden(served.get("/app/sakit/form")[2])
        served.meanwhile("/app/sakit/form", _body(hidden, name="a"))
        until(lambda: served.get("/app/sakit/form")[0] == 503)

        home = served.get("/")
        written = served.get("/app/dummy/", _body(_hidden(served.get("/app/dummy/")[2]), name="Unyil"))
        row = until(lambda: (found := served.rows()["sakit"])["where"] and found)

        assert home[0] == 200
        assert home[1] < 2.0
        assert written[0] == 200  # the page that the redirect led to
        # Two forms that sleep for 30 s stand before it; the watchdog ends each five seconds after its begin.
        assert written[1] < 15.0
        assert row["where"] == where


def test_switching_takes_effect_at_the_next_request_on_four_workers(stage: Stage, modules: Path) -> None:
    with site(stage, modules, "--workers", "4", "--threads", "2") as served:
        _ask_until_all_workers_answered(served)

        for change, status in (("disable", 404), ("enable", 200)) * 2:
            said = served.server.command("plugin", change, "dummy")
            assert said.returncode == 0, said.stderr
            answers = [served.get("/app/dummy/")[0] for _ in range(24)]
            assert set(answers) == {status}, (change, answers)
            assert ('href="/app/dummy/"' in served.get("/")[2]) is (status == 200)


def _ask_until_all_workers_answered(served: Site) -> None:
    for one in [served.meanwhile("/app/dummy/") for _ in range(32)]:
        one.join()


def _hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page))


def _body(hidden: dict[str, str], **values: str) -> bytes:
    return urllib.parse.urlencode({**hidden, **values}).encode()


def test_a_worker_whose_threads_are_stuck_is_replaced(stage: Stage, modules: Path, tmp_path: Path) -> None:
    """The patience of the watch is shortened in the server, which is otherwise the real one."""
    Case("page", plain('@bp.get("/hang", permission="sakit.view")\ndef hang():\n    time.sleep(60)\n')).write(modules)
    (tmp_path / "sitecustomize.py").write_text(
        "import superapp.plugin.containment.watch as watch\nwatch.STUCK = 2.0\n", encoding="utf-8"
    )
    assert watch.STUCK == 30.0
    with site(stage, modules, "--threads", "2", PYTHONPATH=f"{tmp_path}:{ROOT}") as served:
        before = _workers(served.server.pid)
        served.meanwhile("/app/sakit/hang")

        until(lambda: not _workers(served.server.pid) & before)

        assert served.get("/")[0] == 200


def _workers(pid: int) -> set[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return {int(part) for part in text.split()}
