"""Notices: told in the caller's transaction, to each once, read by their owner alone."""

from __future__ import annotations

import pytest

from superapp.kernel import ports, secrets
from superapp.kernel.errors import NotFound, Refused
from superapp.login import session
from superapp.shared import notices
from tests.organization.acting import done
from tests.support import builders
from tests.support.builders import House

pytestmark = pytest.mark.usefixtures("context")


def titles(house: House, role: str, **options: bool) -> list[str]:
    return [row.title for row in notices.page(house.people[role].id, **options).rows]


def badge(house: House, role: str) -> int:
    with done():
        token = session.begin(session.NewSession(house.people[role].id))
    return session.load_actor(secrets.digest(token)).unread


def test_a_notice_is_told_to_its_person(house: House) -> None:
    with done():
        ports.notifier()(house.people["staf"].id, "Cuti disetujui", url="/tasks")
    assert titles(house, "staf") == ["Cuti disetujui"]
    assert (badge(house, "staf"), badge(house, "kadis")) == (1, 0)


def test_a_refused_command_tells_nobody(house: House) -> None:
    def tell_and_refuse() -> None:
        with done():
            notices.notify(house.people["staf"].id, "Terlalu cepat")
            raise Refused

    with pytest.raises(Refused):
        tell_and_refuse()
    assert titles(house, "staf") == []


def test_who_is_named_twice_hears_it_once(house: House) -> None:
    own = house.people["staf"].id
    with done():
        assert notices.notify_all([own, house.people["tu"].id, own], "Rapat") == 2
    assert titles(house, "staf") == ["Rapat"]


def test_all_holders_of_a_post_are_told(house: House) -> None:
    builders.appointment(house.person("kabid"), house.position("kadis"), kind="plh")
    with done():
        assert notices.notify_position(house.people["kadis"].position_id, "Surat masuk") == 2
    assert titles(house, "kabid") == titles(house, "kadis") == ["Surat masuk"]


def test_nobody_reads_the_notices_of_another(house: House) -> None:
    own, other = house.people["staf"].id, house.people["tu"].id
    with done():
        notices.notify(own, "Rahasia", url="/tasks")
    notice_id = notices.page(own).rows[0].id
    with done():
        assert notices.mark_read(other, [notice_id]) == 0
        with pytest.raises(NotFound):
            notices.opened(other, notice_id)
    assert titles(house, "staf", unread_only=True) == ["Rahasia"]
    with done():
        assert notices.opened(own, notice_id) == "/tasks"
    assert titles(house, "staf", unread_only=True) == []
    assert badge(house, "staf") == 0


def test_all_can_be_marked_at_once(house: House) -> None:
    own = house.people["staf"].id
    with done():
        for number in range(3):
            notices.notify(own, f"Kabar {number}")
        assert notices.mark_all_read(own) == 3
    assert titles(house, "staf", unread_only=True) == []


@pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)"])
def test_a_notice_leads_nowhere_else(house: House, url: str) -> None:
    with pytest.raises(ValueError, match="within the app"), done():
        notices.notify(house.people["staf"].id, "Klik", url=url)
