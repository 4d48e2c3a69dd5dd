"""Saved views: a name for filters and order, for oneself or shared with the unit; one may open the list."""

from __future__ import annotations

import re
import sys
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from superapp.kernel.tables import audit, audit_values
from superapp.plugin.contributions import PersonSubject
from superapp.plugin.mapping import bases
from tests.navigation.conftest import post, rows, warmed
from tests.plugins.catalogue.conftest import HOME, Seat, Shelf, fill, hidden_for, model, opened, titles
from tests.support import builders
from tests.support.builders import House

VIEWS = f"{HOME}views"


@pytest.fixture(autouse=True)
def _read_anew(app: Flask) -> None:
    """Forget the views of the database that this test's one replaced."""
    sys.modules[model().__module__.rpartition(".")[0] + ".saved"].forget()


@pytest.fixture
def reader(seat: Seat) -> FlaskClient:
    """Return the browser of somebody in the section of kasi who only reads."""
    return seat("staf", "view")


def table() -> sa.Table:
    return bases["catalogue"].metadata.tables["catalogue_saved_view"]


def views(app: Flask) -> list[Any]:
    return rows(app, sa.select(table()).order_by(table().c.id))


def save(client: FlaskClient, name: str, query: str = "level=pusat", **values: str) -> Any:
    return fill(client, f"{VIEWS}/new?{query}", **{"name": name, **values})


def chips(page: str) -> dict[str, str]:
    """Return the views above the list: name → address."""
    above = page.partition('aria-label="Tampilan tersimpan"')[2].partition("</nav>")[0]
    links = re.findall(r'<a class="chip" href="([^"]*)"[^>]*>(?:<svg.*?</svg>)?([^<]*)</a>', above)
    return {name: href.replace("&amp;", "&") for href, name in links}


def test_a_view_keeps_filters_and_order_under_its_name(app: Flask, writer: FlaskClient, shelve: Shelf) -> None:
    shelve("SIMPEG")
    shelve("SRIKANDI", level="pusat")
    query = "level=pusat&sort=-updated"
    assert chips(opened(writer, f"{HOME}?{query}")) == {"Simpan tampilan": f"{VIEWS}/new?sort=-updated&level=pusat"}
    answer = save(writer, "Milik pusat", query)
    assert answer.status_code == 303
    found = chips(opened(writer, HOME))
    assert list(found) == ["Semua", "Milik pusat", "Atur"]
    assert titles(opened(writer, found["Milik pusat"])) == ["SRIKANDI"]
    assert titles(opened(writer, answer.headers["Location"])) == ["SRIKANDI"]
    assert "Simpan tampilan" not in chips(opened(writer, f"{HOME}?{query}")), "what is saved needs no saving"


def test_a_view_is_seen_by_its_owner_alone_until_it_is_shared(writer: FlaskClient, reader: FlaskClient) -> None:
    save(writer, "Milik pusat")
    assert "Milik pusat" not in opened(reader, HOME)
    assert "Milik pusat" not in opened(reader, VIEWS)
    edit = re.search(rf"{VIEWS}/[0-9a-f-]+/edit", opened(writer, VIEWS))
    assert edit
    assert fill(writer, edit[0], name="Milik pusat", shared="1").status_code == 303
    assert "Milik pusat" in chips(opened(reader, HOME))
    assert "Yosef Dagang" in opened(reader, VIEWS)


def test_a_shared_view_stays_within_the_unit(writer: FlaskClient, seat: Seat) -> None:
    save(writer, "Milik pusat", shared="1")
    for who, at in (("kadis", "kominfo"), ("dokter", "dinkes")):
        assert "Milik pusat" not in opened(seat(who, "view", at=at), VIEWS)


def test_another_persons_view_cannot_be_changed(app: Flask, writer: FlaskClient, reader: FlaskClient) -> None:
    save(writer, "Milik pusat", shared="1")
    save(writer, "Rahasia saya", "level=provinsi")
    shared, private = views(app)
    token = hidden_for(opened(reader, f"{VIEWS}/new?level=pusat"), "")
    for what, view, status in (
        ("edit", shared, 404),
        ("delete", shared, 403),
        ("edit", private, 404),
        ("delete", private, 404),
        ("open", private, 404),
    ):
        answer = post(reader, f"{VIEWS}/{view.id}/{what}", {**token, "name": "Diambil", "version": "1"})
        assert answer.status_code == status, (what, view.name)
    assert reader.get(f"{VIEWS}/{shared.id}/edit").status_code == 403
    assert reader.get(f"{VIEWS}/{private.id}/edit").status_code == 404
    assert [view.name for view in views(app)] == ["Milik pusat", "Rahasia saya"]


def test_who_keeps_the_catalogue_clears_away_what_the_unit_shares(app: Flask, reader: FlaskClient, seat: Seat) -> None:
    save(reader, "Lama", shared="1")
    keeper, (view,) = seat("kasi", "view", "write"), views(app)
    assert fill(keeper, f"{VIEWS}/{view.id}/delete", page=VIEWS).status_code == 303
    assert views(app) == []


def test_the_list_opens_with_the_chosen_view_and_all_is_one_step_away(writer: FlaskClient, shelve: Shelf) -> None:
    shelve("SIMPEG")
    shelve("SRIKANDI", level="pusat")
    save(writer, "Milik pusat", opens="1")
    page = opened(writer, HOME)
    assert titles(page) == ["SRIKANDI"]
    assert titles(opened(writer, chips(page)["Semua"])) == ["SIMPEG", "SRIKANDI"]
    assert titles(opened(writer, HOME, q="", status="", sort="name")) == ["SIMPEG", "SRIKANDI"]
    assert titles(opened(writer, HOME, level="kabupaten")) == ["SIMPEG"]


def test_one_view_opens_the_list_the_last_that_was_chosen(app: Flask, writer: FlaskClient, shelve: Shelf) -> None:
    shelve("SRIKANDI", level="pusat")
    save(writer, "Milik pusat", opens="1")
    save(writer, "Provinsi", "level=provinsi", opens="1")
    assert titles(opened(writer, HOME)) == []
    first, second = views(app)
    assert fill(writer, f"{VIEWS}/{first.id}/open", page=VIEWS).status_code == 303
    assert titles(opened(writer, HOME)) == ["SRIKANDI"]
    shelve("SIMPEG")
    assert fill(writer, f"{VIEWS}/{first.id}/open", page=VIEWS).status_code == 303
    assert titles(opened(writer, HOME)) == ["SIMPEG", "SRIKANDI"], "the same button takes it back"
    assert second.name == "Provinsi"


def test_a_colleague_may_open_the_list_with_a_shared_view_until_it_is_gone(
    app: Flask, writer: FlaskClient, reader: FlaskClient, shelve: Shelf
) -> None:
    shelve("SRIKANDI", level="pusat", at="seksi")
    shelve("SIMPEG", at="seksi")
    save(writer, "Milik pusat", shared="1")
    (view,) = views(app)
    assert fill(reader, f"{VIEWS}/{view.id}/open", page=VIEWS).status_code == 303
    assert titles(opened(reader, HOME)) == ["SRIKANDI"]
    assert titles(opened(writer, HOME)) == ["SIMPEG", "SRIKANDI"], "everybody chooses for himself"
    assert fill(writer, f"{VIEWS}/{view.id}/delete", page=VIEWS).status_code == 303
    assert titles(opened(reader, HOME)) == ["SIMPEG", "SRIKANDI"]
    assert rows(app, sa.select(bases["catalogue"].metadata.tables["catalogue_opening_view"])) == []


def test_a_view_is_renamed_and_a_stale_form_changes_nothing(app: Flask, writer: FlaskClient) -> None:
    save(writer, "Milik pusat")
    (view,) = views(app)
    url = f"{VIEWS}/{view.id}/edit"
    old = hidden_for(opened(writer, url), url)
    assert fill(writer, url, name="Aplikasi pusat").status_code == 303
    assert list(chips(opened(writer, HOME))) == ["Semua", "Aplikasi pusat", "Atur"]
    assert post(writer, url, {**old, "name": "Lain"}).status_code == 409
    assert [row.name for row in views(app)] == ["Aplikasi pusat"]


def replace(client: FlaskClient, view: Any, query: str) -> Any:
    url = f"{VIEWS}/{view.id}/filters?{query}"
    return post(client, url, hidden_for(opened(client, f"{VIEWS}/new?{query}"), url.replace("&", "&amp;")))


def test_a_view_takes_over_the_present_filters_and_keeps_the_rest(
    app: Flask, writer: FlaskClient, reader: FlaskClient, shelve: Shelf
) -> None:
    shelve("SIMPEG", at="seksi")
    shelve("SRIKANDI", level="pusat", at="seksi")
    save(writer, "Milik kami", shared="1", opens="1")
    (before,) = views(app)
    assert replace(writer, before, "sort=-updated&level=kabupaten").status_code == 303
    (after,) = views(app)
    assert after.query == "sort=-updated&level=kabupaten"
    assert (after.name, after.shared, after.person_id) == (before.name, before.shared, before.person_id)
    assert titles(opened(writer, HOME)) == ["SIMPEG"]
    assert titles(opened(reader, chips(opened(reader, HOME))["Milik kami"])) == ["SIMPEG"]


def test_a_stale_page_replaces_nothing(app: Flask, writer: FlaskClient) -> None:
    save(writer, "Milik kami")
    (view,) = views(app)
    page = f"{VIEWS}/new?level=provinsi"
    url = f"{VIEWS}/{view.id}/filters?level=provinsi"
    old = hidden_for(opened(writer, page), url)
    fill(writer, f"{VIEWS}/{view.id}/edit", name="Lain")
    answer = post(writer, url, old)
    assert answer.status_code == 409
    assert [(row.name, row.query) for row in views(app)] == [("Lain", "level=pusat")]


def test_filters_that_another_own_view_has_are_not_taken_over(app: Flask, writer: FlaskClient) -> None:
    save(writer, "Milik pusat")
    save(writer, "Provinsi", "level=provinsi")
    first, _second = views(app)
    answer = replace(writer, first, "level=provinsi")
    assert answer.status_code == 409
    assert "sudah tersimpan sebagai “Provinsi”" in answer.text
    assert replace(writer, first, "level=pusat").status_code == 303, "what it shows already is no double"
    assert [row.query for row in views(app)] == ["level=pusat", "level=provinsi"]


def test_only_own_views_are_offered_and_everything_is_no_view(
    app: Flask, writer: FlaskClient, reader: FlaskClient
) -> None:
    save(writer, "Milik pusat", shared="1")
    (view,) = views(app)
    assert f"{VIEWS}/{view.id}/filters" in opened(writer, f"{VIEWS}/new?level=provinsi")
    page = opened(reader, f"{VIEWS}/new?level=provinsi")
    assert f"{VIEWS}/{view.id}/filters" not in page
    token = {**hidden_for(page, ""), "version": str(view.version)}
    assert post(reader, f"{VIEWS}/{view.id}/filters?level=provinsi", token).status_code == 404
    assert f"{VIEWS}/{view.id}/filters" not in opened(writer, f"{VIEWS}/new")
    token = {**hidden_for(opened(writer, f"{VIEWS}/new?level=provinsi"), ""), "version": str(view.version)}
    assert post(writer, f"{VIEWS}/{view.id}/filters", token).status_code == 409
    assert [row.query for row in views(app)] == ["level=pusat"]


def test_doubles_are_refused_with_a_sentence(app: Flask, writer: FlaskClient, reader: FlaskClient) -> None:
    save(writer, "Milik pusat", shared="1")
    for client, name, query, shared, sentence in (
        (writer, " milik  PUSAT ", "level=provinsi", "", "Anda sudah punya tampilan “milik PUSAT”"),
        (writer, "Lain", "level=pusat", "", "sudah tersimpan sebagai “Milik pusat”"),
        (reader, "MILIK pusat", "level=provinsi", "1", "Unit Anda sudah punya tampilan bersama “MILIK pusat”"),
    ):
        answer = save(client, name, query, shared=shared)
        assert answer.status_code == 422, name
        assert sentence in answer.text
    assert len(views(app)) == 1
    assert save(reader, "Milik pusat").status_code == 303, "an own one may be named as another's"


def test_names_are_bounded_and_cleaned(app: Flask, writer: FlaskClient) -> None:
    for name, sentence in (
        ("", "Beri nama"),
        ("\u202e \u200b", "Beri nama"),
        ("x" * 61, "Paling banyak 60 karakter"),
        ("x" * 100_000, "Paling banyak 60 karakter"),
        ("a\0b", ""),
    ):
        answer = save(writer, name, shared="1")
        assert 400 <= answer.status_code < 500, name[:9]
        assert sentence in answer.text, name[:9]
    assert views(app) == []
    save(writer, "<b>=1+1</b>\u202e")
    assert [view.name for view in views(app)] == ["<b>=1+1</b>"]
    assert "<b>=1" not in opened(writer, HOME)


def test_a_view_of_everything_is_refused(app: Flask, writer: FlaskClient) -> None:
    for query in ("", "level=bulan&sort=x", "page=abc"):
        assert save(writer, "Semua", query).status_code == 409, query
    assert views(app) == []


def test_the_longest_search_fits(app: Flask, writer: FlaskClient) -> None:
    assert save(writer, "Panjang", "q=" + "%F0%9F%98%80" * 200).status_code == 303
    (view,) = views(app)
    assert opened(writer, f"{HOME}?{view.query}")


def test_one_person_saves_twenty_and_a_unit_shares_twenty(app: Flask, writer: FlaskClient, reader: FlaskClient) -> None:
    for number in range(20):
        assert save(writer, f"Nama {number}", f"q=a{number}", shared="1").status_code == 303
    assert "Anda sudah menyimpan 20 tampilan" in save(writer, "Satu lagi", "q=lagi").text
    answer = save(reader, "Satu lagi", "q=lagi", shared="1")
    assert answer.status_code == 422
    assert "Unit Anda sudah punya 20 tampilan bersama" in answer.text
    assert save(reader, "Satu lagi", "q=lagi").status_code == 303
    assert len(views(app)) == 21


def test_a_form_sent_twice_saves_once(app: Flask, writer: FlaskClient) -> None:
    url = f"{VIEWS}/new?level=pusat"
    values = {**hidden_for(opened(writer, url), url), "name": "Milik pusat"}
    first, second = post(writer, url, values), post(writer, url, values)
    assert first.headers["Location"] == second.headers["Location"]
    assert len(views(app)) == 1


def test_every_change_is_audited_in_words(app: Flask, writer: FlaskClient, house: House) -> None:
    save(writer, "Milik pusat")
    (view,) = views(app)
    fill(writer, f"{VIEWS}/{view.id}/edit", name="Pusat")
    replace(writer, view, "level=provinsi")
    fill(writer, f"{VIEWS}/{view.id}/open", page=VIEWS)
    fill(writer, f"{VIEWS}/{view.id}/delete", page=VIEWS)
    of = sa.select(audit.c.operation, audit_values.c["values"]).where(
        audit.c.record_id == view.id, audit_values.c.chain == audit.c.chain
    )
    found = rows(app, of.where(audit_values.c.sequence == audit.c.sequence).order_by(audit.c.sequence))
    assert [(row.operation.partition(".")[2], row.values["view"]) for row in found] == [
        ("save_view", "Milik pusat"),
        ("alter_view", "Pusat"),
        ("replace_view", "Pusat"),
        ("open_with_view", "Pusat"),
        ("remove_view", "Pusat"),
    ]


def test_views_cost_the_list_no_statement(app: Flask, writer: FlaskClient, shelve: Shelf) -> None:
    shelve("SIMPEG")
    before = len(warmed(writer, app, HOME))
    for number in range(5):
        save(writer, f"Nama {number}", f"q=a{number}")
    assert len(warmed(writer, app, HOME)) == before


def test_a_persons_views_are_handed_over_and_erased(app: Flask, writer: FlaskClient, house: House) -> None:
    save(writer, "Milik pusat", opens="1")
    whom = house.people["kasi"].id
    with app.app_context():
        pages = sys.modules[model().__module__.rpartition(".")[0]]
        subject = PersonSubject(whom)
        (data,) = pages.superapp_person_data(subject)
        assert data.rows[0]["Nama"] == "Milik pusat"
        with builders.stored():
            assert pages.superapp_person_erase(subject) == 2
    assert views(app) == []
