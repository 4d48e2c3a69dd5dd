"""Plain http: browsers run no service worker there, and the offline page says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask

from superapp.operations.doctor.installation import address as looked_at
from tests.navigation.conftest import text
from tests.support.databases import only_sqlite

pytestmark = only_sqlite
WARNING = "Alamat ini memakai http biasa"


@pytest.mark.parametrize(
    ("address", "warned"),
    [
        ("http://10.1.2.3:8000", True),
        ("http://satu.example", True),
        ("http://127.0.0.1:8000", False),
        ("http://localhost", False),
        ("https://satu.example", False),
    ],
)
def test_the_offline_page_says_where_it_cannot_work(make_app: Callable[..., Flask], address: str, warned: bool) -> None:
    answer = make_app(base_url=address).test_client().get("/offline", base_url=address)

    assert answer.status_code == 200
    assert (WARNING in text(answer)) is warned


def test_the_doctor_says_that_there_is_no_offline_mode(make_app: Callable[..., Flask]) -> None:
    with make_app(base_url="http://satu.example").app_context():
        assert "tanpa mode luring" in " ".join(str(finding) for finding in looked_at())
    with make_app(base_url="https://satu.example").app_context():
        assert "tanpa mode luring" not in " ".join(str(finding) for finding in looked_at())
