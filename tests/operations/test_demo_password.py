"""The password of the demo accounts: the operator's, else a random one."""

from __future__ import annotations

from superapp.operations.demo import accounts


def test_the_given_password_is_used(make_app) -> None:
    with make_app(demo_password="kapal-cepat-nunukan").app_context():
        assert accounts.new_password() == "kapal-cepat-nunukan"


def test_without_one_each_data_set_has_another(make_app) -> None:
    with make_app().app_context():
        assert accounts.new_password() != accounts.new_password()
