"""Finding modules: folders, groups, single files and installed packages, and the order they are loaded in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from superapp.plugin.discovery import discover
from superapp.plugin.host import EXTENSION, Host
from superapp.settings import Settings
from tests.plugin.conftest import write_module
from tests.support.databases import only_sqlite

pytestmark = only_sqlite


@pytest.fixture
def host_with(make_app: Callable[..., Flask], modules: Path) -> Callable[..., Host]:
    """Return a function that makes an app over the folder of modules and returns its host."""

    def make(**settings: object) -> Host:
        found: Host = make_app(plugin_path=str(modules), **settings).extensions[EXTENSION]
        return found

    return make


def test_a_folder_without_a_manifest_is_a_group(modules: Path, host_with: Callable[..., Host]) -> None:
    write_module(modules / "administrasi", "alfa")
    write_module(modules, "beta")
    (modules / "kosong").mkdir()

    assert {"alfa", "beta"} <= set(host_with().plugins)


def test_a_single_file_is_a_module_without_tables(modules: Path, host_with: Callable[..., Host]) -> None:
    (modules / "halo.py").write_text(
        '"""Halo.\n\n---\ntitle = "Halo"\nversion = "1.0"\napi = "1.0"\n[permissions]\nview = "Melihat"\n---\n"""\n'
        "from superapp.api import PluginBlueprint, hookimpl\n"
        'bp = PluginBlueprint("halo", __name__)\n'
        '@bp.get("/", permission="halo.view")\n'
        "def index():\n    return 'halo'\n"
        "@hookimpl\ndef superapp_blueprints():\n    return [bp]\n",
        encoding="utf-8",
    )

    host = host_with()

    assert host.plugins["halo"].title == "Halo"
    assert ("/app/halo/", "GET") in host.routes


def test_modules_are_loaded_after_those_they_depend_on(modules: Path, host_with: Callable[..., Host]) -> None:
    write_module(modules, "alfa", toml='depends = ["beta"]\nafter = ["gama", "tidakada"]')
    write_module(modules, "beta")
    write_module(modules, "gama")

    names = list(host_with().plugins)

    assert names.index("beta") < names.index("alfa")
    assert names.index("gama") < names.index("alfa")


def test_modules_that_depend_on_each_other_are_broken(modules: Path, host_with: Callable[..., Host]) -> None:
    write_module(modules, "alfa", toml='depends = ["beta"]')
    write_module(modules, "beta", toml='depends = ["alfa"]')

    host = host_with()

    assert {found.name for found, _ in host.broken} == {"alfa", "beta"}
    assert "melingkar" in host.broken[0][1].reason


def test_a_module_that_needs_a_broken_one_is_broken_too(modules: Path, host_with: Callable[..., Host]) -> None:
    write_module(modules, "alfa", toml='depends = ["beta"]')
    write_module(modules, "beta", "raise RuntimeError('x')\n")

    reasons = {found.name: broken.reason for found, broken in host_with().broken}

    assert "beta" in reasons["alfa"]


def test_code_is_not_imported_when_the_manifest_is_bad(modules: Path, host_with: Callable[..., Host]) -> None:
    trace = modules.parent / "imported"
    write_module(modules, "alfa", f"open({str(trace)!r}, 'w').close()\n", toml="unknown = 1")

    host_with()

    assert not trace.exists()


def test_nothing_is_found_in_safe_mode(modules: Path, host_with: Callable[..., Host]) -> None:
    write_module(modules, "alfa")

    assert host_with(safe_mode=True).plugins == {}


def test_an_installed_package_keeps_its_own_module_name(
    modules: Path, tmp_path: Path, host_with: Callable[..., Host], monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "site"
    folder = write_module(site, "paket")
    folder.rename(site / "paket_nunukan")
    info = site / "paket_nunukan-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: paket-nunukan\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[superapp.plugins]\npaket = paket_nunukan\n", encoding="utf-8")
    monkeypatch.syspath_prepend(str(site))

    plugin = host_with().plugins["paket"]

    assert plugin.module.__name__ == "paket_nunukan"
    assert plugin.folder == site / "paket_nunukan"
    sys.modules.pop("paket_nunukan")


def test_the_bundled_modules_are_found(settings: Settings) -> None:
    found = {module.name: module for module in discover(settings)}

    assert found["catalogue"].broken is None
