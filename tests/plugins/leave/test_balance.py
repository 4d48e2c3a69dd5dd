"""The balance by the rules of PP 11/2017: 12 a year, 6 brought along, 24 after two unused years, oldest first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from superapp.kernel.errors import Invalid
from tests.navigation.conftest import post
from tests.plugins.catalogue.conftest import fill, hidden_for, opened
from tests.plugins.leave.conftest import HOME, Office, room
from tests.support import builders


def test_at_most_six_days_are_brought_along(office: Office) -> None:
    office.book("staf", 2025, 12)
    office.book("staf", 2025, -2, "use")
    assert office.left() == [0, 6, 12]
    office.book("staf", 2025, -7, "use")
    assert office.left() == [0, 3, 12]


def test_two_unused_years_give_twenty_four(office: Office) -> None:
    office.book("staf", 2024, 12)
    office.book("staf", 2025, 12)
    assert office.left() == [6, 6, 12]
    office.book("staf", 2024, -1, "use")
    assert office.left() == [0, 6, 12]


def test_the_oldest_right_is_spent_first_and_each_day_is_explained(office: Office) -> None:
    office.book("staf", 2025, 12)
    office.book("staf", 2025, -2, "use")
    assert office.asks(last_day="2026-08-11").status_code == 303  # seven working days
    assert office.left() == [0, 0, 11]
    page = opened(office.browser("staf"), f"{HOME}balance")
    assert "-6" in page
    assert "-1" in page
    assert "Hak cuti tahunan 2026" in page


def test_two_at_once_for_the_same_days_one_wins(office: Office) -> None:
    browsers = [builders.sign_in(office.app.test_client(), office.house.people["staf"]) for _number in range(2)]
    periods = (("2026-08-03", "2026-08-11"), ("2026-09-01", "2026-09-09"))
    forms = [
        {**hidden_for(opened(browser, f"{HOME}new"), f"{HOME}new"), "kind": "CT", "first_day": first, "last_day": last,
         "reason": "A", "address": "B", "phone": "0812"}
        for browser, (first, last) in zip(browsers, periods, strict=True)
    ]  # fmt: skip
    gate = Barrier(2)

    def send(number: int) -> int:
        gate.wait()
        return post(browsers[number], f"{HOME}new", forms[number]).status_code

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(send, range(2))) == [303, 422]
    assert office.left() == [0, 0, 5]
    assert len(office.rows("LeaveRequest", "id")) == 1


def test_a_request_waits_while_another_one_books_for_the_same_person(office: Office) -> None:
    browser = office.browser("staf")
    form = {**hidden_for(opened(browser, f"{HOME}new"), f"{HOME}new"), "kind": "CT", "first_day": "2026-08-03",
            "last_day": "2026-08-04", "reason": "A", "address": "B", "phone": "0812"}  # fmt: skip
    with ThreadPoolExecutor(1) as pool:
        with office.doing("staf"):
            room("balance").lock(office.house.people["staf"].id)
            sent = pool.submit(post, browser, f"{HOME}new", form)
            with pytest.raises(TimeoutError):
                sent.result(timeout=1)
        assert sent.result(timeout=20).status_code == 303


def test_who_comes_second_for_the_last_day_is_refused(office: Office) -> None:
    assert office.asks(last_day="2026-08-18").status_code == 303  # eleven
    assert office.asks(first_day="2026-08-19", last_day="2026-08-19").status_code == 303
    answer = office.asks(first_day="2026-08-20", last_day="2026-08-20")
    assert answer.status_code == 422
    assert "Sisa cuti tahunan 0 hari kerja." in answer.text


def test_travel_days_of_a_post_hard_to_reach_cost_nothing(office: Office) -> None:
    assert office.asks(last_day="2026-08-21", travel_days="12").status_code == 303
    assert office.rows("LeaveRequest", "days", "travel_days") == [(5, 12)]


def test_terms_are_changed_from_a_year_on(office: Office) -> None:
    with office.app.app_context():
        builders.grant(
            office.house.person("tu"), "leave.manage", office.house.unit("kabupaten"), starts_on=date(2026, 1, 1)
        )
    browser = office.browser("tu")
    good = {"year": "2027", "months": "0", "service_years": "1", "yearly": "14", "carry": "6", "most_unused": "24",
            "travel": "12", "source": "PP baru"}  # fmt: skip
    assert "Isi angka 1 sampai 60." in fill(browser, f"{HOME}kinds/CT", **(good | {"yearly": "61"})).text
    assert fill(browser, f"{HOME}kinds/CT", **good).status_code == 303
    assert office.left(year=2026) == [0, 0, 12]
    assert office.left(year=2027) == [0, 0, 14]
    assert office.browser("staf").get(f"{HOME}kinds").status_code == 403


def test_a_year_of_service_comes_first(office: Office) -> None:
    counting = room("counting")
    assert not counting.served("199001012026011001", date(2026, 12, 31), 1)
    assert counting.served("199001012026011001", date(2027, 1, 1), 1)
    assert counting.served("199001012021211001", date(2026, 1, 1), 5)


def test_giving_back_never_gives_more_than_was_taken(office: Office) -> None:
    office.asks()
    (row,) = office.rows("LeaveRequest", "id", "person_id")
    with office.doing("staf"):
        room("balance").give_back(row.person_id, 2026, row.id, "uji", 99)
    assert office.left() == [0, 0, 12]
    with pytest.raises(Invalid), office.doing("staf"):
        room("balance").spend(row.person_id, 2026, 13, row.id, "uji")
