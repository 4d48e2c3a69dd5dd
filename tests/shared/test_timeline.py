"""The timeline: words of the moment, in the order of what happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from superapp.access.actor import Actor, acting_as
from superapp.access.rights import rights_of
from superapp.kernel import clock, command, stamps
from superapp.shared import timeline
from tests.support.builders import House

pytestmark = pytest.mark.usefixtures("context")


def acting(house: House, role: str) -> Actor:
    own = house.people[role].id
    rights = rights_of(own, stamps.read().access, clock.today())
    return Actor(
        f"person:{own.hex}", house.person(role).name, person_id=own, session_id="s", rights=rights, hat=rights.hats[0]
    )


def note(house: House, role: str, words: str, **values: object) -> None:
    actor = acting(house, role)
    with acting_as(actor), command.begin("test", actor=actor, says=""):
        timeline.note(house.unit("dinkes"), words, **values)


def test_a_line_says_who_as_what_and_what(house: House) -> None:
    note(house, "kabid", "Status menjadi {status}", status="aktif")
    line = timeline.of(house.unit("dinkes"))[0]
    assert (line.who, line.title, line.text) == ("Maria Lende", "Kepala Bidang", "Status menjadi aktif")


def test_lines_come_in_the_order_of_writing_not_of_the_clock(house: House) -> None:
    note(house, "kabid", "pertama")
    clock.shift(timedelta(hours=-2))
    note(house, "kabid", "kedua")
    assert [line.text for line in timeline.of(house.unit("dinkes"))] == ["kedua", "pertama"]
    assert timeline.of(house.unit("dinkes"))[0].waited_seconds == 0


def test_a_line_tells_how_long_the_record_waited(house: House) -> None:
    note(house, "kabid", "diajukan")
    clock.shift(timedelta(hours=3))
    note(house, "kadis", "disetujui")
    assert 10_790 < timeline.of(house.unit("dinkes"))[0].waited_seconds < 10_860


def test_an_erased_value_leaves_a_dash(house: House) -> None:
    note(house, "kabid", "Diserahkan kepada {name}")
    assert timeline.of(house.unit("dinkes"))[0].text == "Diserahkan kepada –"


def test_braces_in_values_are_only_text(house: House) -> None:
    note(house, "kabid", "Catatan: {text}", text="{status} {0} {actor.__class__}")
    assert timeline.of(house.unit("dinkes"))[0].text == "Catatan: {status} {0} {actor.__class__}"


def test_a_later_name_leaves_the_line_as_it_was(house: House) -> None:
    note(house, "kabid", "diajukan")
    renamed = replace(acting(house, "kabid"), name="Nama Baru")
    with acting_as(renamed):
        assert timeline.of(house.unit("dinkes"))[0].who == "Maria Lende"


def test_records_have_timelines_of_their_own(house: House) -> None:
    note(house, "kabid", "diajukan")
    assert timeline.of(house.unit("kominfo")) == []
