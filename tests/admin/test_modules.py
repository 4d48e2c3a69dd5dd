"""The module manager: on and off for the regency and an OPD at the next request, pauses, broken ones with file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.plugin.host import EXTENSION
from superapp.plugin.tables import fault, module, pause
from tests.admin.conftest import Desk, audited, hidden_of, stored
from tests.plugin.conftest import DUMMY, switch_on
from tests.support import builders
from tests.support.builders import House

BROKEN = '"""Rusak."""\nraise RuntimeError("sengaja <script>")\n'
MANIFEST = 'title = "Rusak <script>alert(1)</script>"\nversion = "0.1.0"\napi = "1.0"\n'


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    """Return a folder with a module that cannot be imported."""
    folder = tmp_path / "plugins" / "rusak"
    folder.mkdir(parents=True)
    (folder / "plugin.toml").write_text(MANIFEST, encoding="utf-8")
    (folder / "__init__.py").write_text(BROKEN, encoding="utf-8")
    return folder.parent


@pytest.fixture
def modular(make_app: Callable[..., Flask], house: House, plugins: Path) -> Flask:
    """Return an app with the dummy module on and a broken one beside it."""
    app = make_app(plugin_path=f"{DUMMY}:{plugins}")
    switch_on(app, "dummy")
    return app


@pytest.fixture
def manager(modular: Flask, house: House) -> Desk:
    """Return the desk of the admin of the whole regency."""
    return Desk(builders.sign_in(modular.test_client(), house.people["admin"]))


@pytest.fixture
def staf(modular: Flask, house: House) -> Desk:
    """Return somebody who may use the dummy."""
    with modular.app_context():
        builders.grant(house.person("staf"), "dummy.view", house.unit("seksi"))
    return Desk(builders.sign_in(modular.test_client(), house.people["staf"]))


def test_the_list_names_the_broken_one_with_file_and_line_and_escapes_its_title(manager: Desk) -> None:
    html = manager.html("/admin/modules")
    assert "Boneka" in html
    assert "rusak/__init__.py:2" in html
    assert "&lt;script&gt;alert(1)" in html
    assert "<script>alert" not in html
    assert "Rusak" in manager.html("/admin/modules/rusak")
    assert "rusak" not in manager.html("/admin/modules", state="on").split("<main")[1].lower()


def test_the_detail_tells_permissions_hooks_and_migrations(manager: Desk) -> None:
    html = manager.html("/admin/modules/dummy")
    for text in ("Melihat boneka", "dummy.write", "superapp_widgets", "dummy.tidy", "1.2.0", "diskominfo@contoh.go.id"):
        assert text in html, text
    assert manager.get("/admin/modules/takada").status_code == 404


def test_off_and_on_take_effect_at_the_next_request(manager: Desk, staf: Desk, modular: Flask) -> None:
    assert staf.get("/app/dummy/").status_code == 200
    page = "/admin/modules/dummy"
    assert manager.send(f"{page}/disable", page=page).status_code == 303
    assert staf.get("/app/dummy/").status_code == 404
    assert manager.send(f"{page}/enable", page=page).status_code == 303
    assert staf.get("/app/dummy/").status_code == 200
    assert audited(modular)[:2] == ["admin.enable_module", "admin.disable_module"]


def test_off_for_one_opd_leaves_the_others_on(manager: Desk, staf: Desk, modular: Flask, house: House) -> None:
    with modular.app_context():
        builders.grant(house.person("dokter"), "dummy.view", house.unit("dinkes"))
    doctor = Desk(builders.sign_in(modular.test_client(), house.people["dokter"]))
    page = "/admin/modules/dummy"
    answer = manager.send(f"{page}/disable-for", page=page, opd=str(house.units["kominfo"]))
    assert answer.status_code == 303
    assert staf.get("/app/dummy/").status_code == 404
    assert doctor.get("/app/dummy/").status_code == 200
    assert "Nonaktif untuk:" in manager.html(page)
    again = manager.send(f"{page}/enable-for", page=page, opd=str(house.units["kominfo"]))
    assert again.status_code == 303
    assert staf.get("/app/dummy/").status_code == 200


@pytest.mark.parametrize("opd", ["", "bukan-id", "01900000-0000-7000-8000-000000000000"])
def test_an_unknown_opd_is_refused_with_a_sentence(manager: Desk, modular: Flask, opd: str) -> None:
    page = "/admin/modules/dummy"
    answer = manager.send(f"{page}/disable-for", page=page, opd=opd)
    assert answer.status_code == 422
    assert "Pilih OPD dari daftar." in answer.text


def test_a_broken_module_is_not_switched_on(manager: Desk, modular: Flask) -> None:
    fields = hidden_of(manager.html("/admin/modules/dummy"), "/admin/modules/dummy/disable")
    answer = manager.post("/admin/modules/rusak/enable", fields)
    assert answer.status_code == 409
    assert "belum bisa diaktifkan" in answer.text
    assert not stored(modular, sa.select(module.c.name).where(module.c.name == "rusak", module.c.enabled))


def test_three_faults_pause_a_part_and_the_manager_resumes_it(manager: Desk, modular: Flask) -> None:
    host = modular.extensions[EXTENSION]
    with modular.app_context():
        for _ in range(3):
            host.report(KeyError("lokasi"), plugin="dummy", contribution="widget:dummy.card", kind="widget")
    html = manager.html("/admin/modules")
    assert "Sebagian dijeda" in html
    assert "widget:dummy.card" in html
    repair = manager.html("/admin/perbaikan")
    assert "widget:dummy.card" in repair
    answer = manager.send(
        "/admin/modules/dummy/resume", page="/admin/perbaikan", contribution="widget:dummy.card", **{"from": "repair"}
    )
    assert answer.location.endswith("/admin/perbaikan")
    assert not stored(modular, sa.select(pause.c.plugin))
    assert len(stored(modular, sa.select(fault.c.id))) == 3
    assert "widget:dummy.card" in manager.html("/admin/modules/dummy"), "the faults stay to be read"


def test_an_opds_admin_switches_for_his_opd_alone(modular: Flask, house: House) -> None:
    with modular.app_context():
        builders.grant(house.person("kadis"), "admin.modules", house.unit("kominfo"))
    kadis = Desk(builders.sign_in(modular.test_client(), house.people["kadis"]))
    page = "/admin/modules/dummy"
    html = kadis.html(page)
    assert f'{page}/disable"' not in html
    assert "Dinas Kesehatan" not in html
    fields = hidden_of(html, f"{page}/disable-for")
    assert kadis.post(f"{page}/disable", fields | {"idempotency_key": "g" * 32}).status_code == 403
    foreign = {"opd": str(house.units["dinkes"]), "idempotency_key": "h" * 32}
    assert kadis.post(f"{page}/disable-for", fields | foreign).status_code == 422
    assert kadis.post(f"{page}/disable-for", fields | {"opd": str(house.units["kominfo"])}).status_code == 303


def test_settings_are_checked_stored_and_told(manager: Desk, modular: Flask) -> None:
    page = "/admin/settings/dummy"
    assert "Paling banyak boneka" in manager.html(page)
    wrong = manager.send(page, limit="banyak", greeting="Selamat pagi")
    assert wrong.status_code == 422
    assert "Isi dengan angka" in wrong.text
    assert "Selamat pagi" in wrong.text
    with modular.app_context():
        from superapp.plugin.setting import value

        assert value("dummy.limit") == 10
    fields = hidden_of(manager.html(page), page)
    assert manager.post(page, fields | {"limit": "25", "greeting": "Halo"}).status_code == 303
    stale = manager.post(page, fields | {"limit": "30", "greeting": "Halo", "idempotency_key": "i" * 32})
    assert stale.status_code == 409, "somebody set it meanwhile"
    trail = manager.html("/admin/audit")
    assert "mengubah Paling banyak boneka (Boneka) dari 10 menjadi 25" in trail
    assert manager.get("/admin/settings/takada").status_code == 404
