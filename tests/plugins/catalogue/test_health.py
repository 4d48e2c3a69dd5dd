"""What the catalogue reports to administrators: how many applications open from it, and how many nobody answers for."""

from __future__ import annotations

import sys

import pytest
from flask import Flask

from superapp.kernel import clock
from superapp.plugin.contributions import HealthReport
from tests.plugins.catalogue.conftest import Shelf, model

ADDRESS = "https://contoh.example.id"


def report(app: Flask) -> HealthReport:
    with app.test_request_context():
        hooks = sys.modules[model().__module__.rpartition(".")[0]]
        found: HealthReport = hooks.superapp_health()
    assert found.ok
    return found


def test_the_report_names_doors_that_nobody_answers_for(app: Flask, shelve: Shelf) -> None:
    assert "Belum ada aplikasi" in report(app).message
    shelve("SIMPEG", address=ADDRESS, steward_name="Sari")
    shelve("SIMRS", address=ADDRESS, steward_phone="0811", at="dinkes")
    assert report(app).message == "2 aplikasi bisa dibuka; semua punya orang yang bisa dihubungi."
    shelve("SRIKANDI", address=ADDRESS)
    assert report(app).message.startswith("3 aplikasi bisa dibuka; 1 di antaranya")


def test_what_cannot_be_opened_needs_nobody(app: Flask, shelve: Shelf) -> None:
    shelve("SIMPEG", address=ADDRESS, steward_name="Sari")
    shelve("Tanpa alamat")
    shelve("Dihentikan", address=ADDRESS, status="retired")
    shelve("Diarsipkan", address=ADDRESS, archived_at=clock.now())
    assert report(app).message.startswith("1 aplikasi bisa dibuka; semua")


def test_the_report_looks_at_a_bounded_number(app: Flask, shelve: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    module = sys.modules[f"{model().__module__.rpartition('.')[0]}.health"]
    monkeypatch.setattr(module, "MOST", 1)
    shelve("SIMPEG", address=ADDRESS)
    assert report(app).message.endswith("Yang dihitung hanya 1 aplikasi.")
