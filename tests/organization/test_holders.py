"""Authority on a day: holders, heads, supervisors and hats."""

from __future__ import annotations

from datetime import timedelta

import pytest

from superapp.kernel import clock
from superapp.organization import holders, positions
from tests.organization.acting import counted
from tests.support import builders
from tests.support.builders import House

pytestmark = pytest.mark.usefixtures("context")


def day(offset: int = 0):
    return clock.today() + timedelta(days=offset)


def test_the_definitive_holder_decides(house: House) -> None:
    found = holders.holder(house.people["kadis"].position_id)
    assert found is not None
    assert (found.name, found.kind) == ("Bambang Sutrisno", "definitive")


def test_a_plh_stands_in_on_his_days_only(house: House) -> None:
    kabid, post = house.person("kabid"), house.position("kadis")
    builders.appointment(kabid, post, kind="plh", starts_on=day(0), ends_on=day(2))
    names = [holders.holder(post.id, day(offset)).name for offset in (-1, 0, 2, 3)]
    assert names == ["Bambang Sutrisno", "Maria Lende", "Maria Lende", "Bambang Sutrisno"]


def test_a_plt_yields_to_a_definitive_holder(house: House) -> None:
    vacant = builders.position(house.unit("setda"), "Asisten", is_head=False)
    builders.appointment(house.person("sekda"), vacant, kind="plt", starts_on=day(-9))
    assert holders.post(vacant.id).label == "Plt. Asisten"
    builders.appointment(house.person("tu"), vacant, starts_on=day(-1))
    assert holders.holder(vacant.id).name == "Anton Wijaya"


def test_a_vacant_post_has_no_holder(house: House) -> None:
    vacant = builders.position(house.unit("setda"), "Asisten")
    assert holders.holder(vacant.id) is None
    assert holders.post(vacant.id).label == "Asisten"
    assert vacant.id in {row.id for row in positions.vacant()}


def test_an_acting_post_is_not_vacant(house: House) -> None:
    vacant = builders.position(house.unit("setda"), "Asisten")
    builders.appointment(house.person("sekda"), vacant, kind="plt")
    assert vacant.id not in {row.id for row in positions.vacant()}


def test_vacancies_are_told_for_a_subtree(house: House) -> None:
    builders.position(house.unit("dinkes"), "Bidan")
    inside = builders.position(house.unit("seksi"), "Programmer")
    found = positions.vacant(path=house.unit("kominfo").path)
    assert [row.id for row in found] == [inside.id]


def test_the_head_of_a_unit_is_found(house: House) -> None:
    head = holders.head_of(house.units["aptika"])
    assert head is not None
    assert head.holder.name == "Maria Lende"
    heads = holders.heads_of([house.units["aptika"], house.units["kominfo"], house.units["dinkes"]])
    assert {post.holder.name for post in heads.values()} == {"Maria Lende", "Bambang Sutrisno", "Lukman Hakim"}


def test_the_named_supervisor_counts_before_the_tree(house: House) -> None:
    assert holders.supervisor_of(house.people["staf"].position_id).holder.name == "Yosef Dagang"
    assert holders.supervisor_of(house.people["kadis"].position_id).holder.name == "Nurhayati"


def test_without_a_named_supervisor_the_nearest_head_above_supervises(house: House) -> None:
    clerk = builders.position(house.unit("seksi"), "Penata Kelola")
    assert holders.supervisor_of(clerk.id).holder.name == "Yosef Dagang"
    head = builders.position(house.unit("setda"), "Kepala Bagian", is_head=False)
    assert holders.supervisor_of(head.id).holder.name == "Nurhayati"


def test_the_top_has_no_supervisor(house: House) -> None:
    assert holders.supervisor_of(house.people["bupati"].position_id) is None


def test_nobody_supervises_himself_through_another_hat(house: House) -> None:
    kabid, kasi = house.person("kabid"), house.position("kasi")
    builders.appointment(kabid, kasi, kind="plh", starts_on=day(0), ends_on=day(3))
    staff = house.people["staf"].position_id
    assert holders.supervisor_of(staff).holder.name == "Maria Lende"
    other = holders.supervisor_of(staff, not_held_by=kabid.id)
    assert other.holder.name == "Bambang Sutrisno"


def test_hats_add_up_and_end(house: House) -> None:
    kabid, post = house.person("kabid"), house.position("kadis")
    builders.appointment(kabid, post, kind="plh", starts_on=day(1), ends_on=day(2))
    labels = [[hat.label for hat in holders.hats(kabid.id, day(offset))] for offset in (0, 1, 3)]
    assert labels == [["Kepala Bidang"], ["Kepala Bidang", "Plh. Kepala Dinas"], ["Kepala Bidang"]]


def test_many_posts_cost_two_statements(house: House) -> None:
    wanted = [member.position_id for member in house.people.values()]
    with counted() as sent:
        found = holders.posts(wanted)
    assert len(found) == len(wanted)
    assert len(sent) == 2
