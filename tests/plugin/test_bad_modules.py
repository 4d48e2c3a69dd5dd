"""Each bad module in a process of its own: home and the good module answer, the bad one is named with file and line."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugin import bad_run
from tests.plugin.bad import AT_LOAD, IN_USE, Case, plain
from tests.support.databases import prepare, worker
from tests.support.stage import Stage

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["tests.plugin.bad_run"])
IN_TIME = 5.0
cases = pytest.mark.parametrize("case", [*AT_LOAD, *IN_USE], ids=lambda case: case.name)


@pytest.fixture
def run(stage: Stage, tmp_path: Path) -> Iterator[Any]:
    """Return a function that runs a case in a process of its own and returns what it printed."""
    prepare(stage, "sqlite", "house")
    name = f"bad_{worker()}"
    url = stage.copy("sqlite", "house", name)

    def run_one() -> dict[str, Any]:
        ours, theirs = FORKS.Pipe(duplex=False)
        house = stage.folder / "house-sqlite.json"
        arguments = (theirs, str(tmp_path / "modules"), url, str(tmp_path / "data"), str(house))
        process = FORKS.Process(target=bad_run.run, args=arguments)
        process.start()
        theirs.close()
        try:
            assert ours.poll(120), "it did not end"
            found: dict[str, Any] = ours.recv()
            return found
        finally:
            process.kill()
            process.join()
            process.close()
            ours.close()

    yield run_one
    stage.drop("sqlite", name)


@cases
def test_a_bad_module_breaks_only_itself(case: Case, run: Any, tmp_path: Path) -> None:
    where = case.write(tmp_path / "modules")

    found = run()
    row = found["rows"]["sakit"]

    for page in ("home", "good"):
        status, seconds = found["seen"][page]
        assert status == 200, (page, status)
        assert seconds < IN_TIME, (page, seconds)
    assert found["rows"]["dummy"]["state"] == "on"
    assert row["state"] == case.state, row
    assert case.reason in row["reason"], row
    assert row["where"] == where if where else ":" in row["where"], row
    assert row["tier"] is None
    assert found["seen"]["bad"][0] == (200 if case.state == "on" else 404)


def test_two_modules_of_one_name_are_both_broken(run: Any, tmp_path: Path) -> None:
    Case("first", plain()).write(tmp_path / "modules")
    Case("second", plain()).write(tmp_path / "modules" / "group")

    found = run()

    assert "dipakai dua kali" in found["rows"]["sakit"]["reason"]
    assert found["seen"]["bad"][0] == 404


def test_a_module_named_like_a_python_module_shadows_nothing(run: Any, tmp_path: Path) -> None:
    files = plain("import json as theirs\n\nassert theirs.dumps([1]) == '[1]'\n", name="json")
    Case("shadow", {name: text.replace("sakit", "json") for name, text in files.items()}).write(tmp_path / "modules")

    found = run()

    assert found["rows"]["json"]["state"] == "on"
    assert found["seen"]["home"][0] == found["seen"]["good"][0] == 200


def test_a_script_in_a_title_is_shown_as_text(run: Any, tmp_path: Path) -> None:
    files = plain("x = 1", toml=plain()["sakit/plugin.toml"].replace('"Sakit"', '"<script>alert(1)</script>"'))
    files["sakit/__init__.py"] = files["sakit/__init__.py"].replace('"Sakit")]', '"<script>alert(2)</script>")]')
    Case("script", files).write(tmp_path / "modules")

    found = run()

    assert found["rows"]["sakit"]["state"] == "on"
    assert "<script>alert" not in found["page"]
    assert "&lt;script&gt;alert(2)" in found["page"]
