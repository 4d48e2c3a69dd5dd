"""Which fields of a refused form are secrets."""

from __future__ import annotations

import pytest

from superapp.navigation import kept


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        ("password", True),
        ("new_password", True),
        ("password_confirm", True),
        ("code", True),
        ("Kode", True),
        ("otp", True),
        ("recovery_code", True),
        ("pin", True),
        ("unit_code", False),
        ("record_class_code", False),
        ("opinion", False),
        ("pinned", False),
        ("note", False),
    ],
)
def test_names_of_secret_fields_are_known(name: str, secret: bool) -> None:
    assert kept.is_secret(name) is secret
