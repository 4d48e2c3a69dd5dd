"""`plugin check`: what the load does not see, with file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from superapp.plugin.check import Report, check
from superapp.plugin.host import EXTENSION
from tests.plugin.conftest import DUMMY, write_module
from tests.support.databases import only_sqlite

pytestmark = only_sqlite


@pytest.fixture
def checked(make_app: Callable[..., Flask], modules: Path) -> Callable[..., Report]:
    """Return a function that writes the module alfa and checks it."""

    def run(body: str = "", **files: str) -> Report:
        write_module(modules, "alfa", body, **files)
        app = make_app(plugin_path=str(modules))
        with app.app_context():
            return check(app.extensions[EXTENSION], "alfa")

    return run


@pytest.mark.parametrize(
    ("file", "text", "words"),
    [
        ("more.py", "\nfrom superapp.kernel import clock\n", "impor superapp.kernel"),
        ("more.py", "\nimport superapp_plugins.surat\n", "antarmodul"),
        ("more.py", "\nfrom plugins.catalogue import models\n", "antarmodul"),
        ("more.py", "\ndef f(session):\n    session.commit()\n", "commit()"),
        ("more.py", '\nQUERY = "select * from core_person"\n', "tabel inti core_person"),
        ("tests/test_alfa.py", "\nfrom superapp.extensions import db\n", "impor superapp.extensions"),
        ("templates/alfa/a.html", "\n<script>alert(1)</script>", "skrip"),
        ("templates/alfa/a.html", '\n<p style="color: red">', "gaya"),
        ("templates/alfa/a.html", '\n<a onclick="x()">', "on…"),
        ("templates/alfa/a.html", '\n<form method="post"></form>', "csrf_token"),
        ("templates/beta/a.html", "x", "templates/alfa/"),
    ],
)
def test_a_breach_is_named_with_its_line(
    checked: Callable[..., Report], modules: Path, file: str, text: str, words: str
) -> None:
    report = checked(**{file: text})

    assert report.failed
    found = [finding for finding in report.findings if not finding.advice]
    assert len(found) == 1
    assert words in found[0].reason
    line = next((number for number, line in enumerate(text.splitlines(), 1) if line.strip()), 1)
    assert found[0].where in {f"{modules / 'alfa' / file}:{number}" for number in (line, line + 1)}


def test_models_without_a_revision_are_named(checked: Callable[..., Report]) -> None:
    report = checked(
        'class Thing(plugin_model("alfa", scope=Scope.unit())):\n    text: Mapped[str] = column(pii="none")\n'
    )

    assert any("model dan revisi berbeda" in finding.reason for finding in report.findings)
    assert report.failed


def test_a_column_without_a_class_of_personal_data_is_named(checked: Callable[..., Report]) -> None:
    report = checked(
        "from sqlalchemy.orm import mapped_column\n"
        'class Thing(plugin_model("alfa", scope=Scope.everyone())):\n    text: Mapped[str] = mapped_column()\n'
    )

    assert any("alfa_thing.text tanpa kelas data pribadi" in finding.reason for finding in report.findings)


def test_a_revision_that_cannot_be_undone_is_named(checked: Callable[..., Report]) -> None:
    revision = (
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0001'\ndown_revision = None\n"
        "def upgrade():\n    op.create_table('alfa_thing', sa.Column('id', sa.Integer(), primary_key=True))\n"
        "def downgrade():\n    pass\n"
    )

    report = checked(**{"migrations/0001.py": revision})

    assert any("downgrade menyisakan tabel alfa_thing" in finding.reason for finding in report.findings)


def test_a_revision_that_touches_the_core_is_named(checked: Callable[..., Report]) -> None:
    revision = (
        "import sqlalchemy as sa\nfrom alembic import op\nrevision = '0001'\ndown_revision = None\n"
        "def upgrade():\n    op.add_column('core_person', sa.Column('x', sa.Integer()))\ndef downgrade():\n    pass\n"
    )

    assert any("menyentuh tabel inti" in one.reason for one in checked(**{"migrations/0001.py": revision}).findings)


def test_a_broken_module_is_reported_with_its_reason(checked: Callable[..., Report]) -> None:
    report = checked("raise ValueError('sakit')\n")

    assert report.failed
    assert "sakit" in report.findings[0].reason


def test_the_dummy_module_keeps_the_contract(make_app: Callable[..., Flask]) -> None:
    app = make_app(plugin_path=str(DUMMY))
    with app.app_context():
        report = check(app.extensions[EXTENSION], "dummy")

    assert [finding for finding in report.findings if not finding.advice] == []
    assert report.tier == "bronze"
