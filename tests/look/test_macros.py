"""The macros write what the contract of a form, a list and a state asks, and escape what people typed."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl

import pytest

from tests.look.conftest import Render

EVIL = "<script>alert(1)</script>\"'>"


def test_form_by_post_carries_token_key_and_version(render: Render) -> None:
    html = render("{% call ui.form('/app/halo/', version=7) %}{% endcall %}")
    assert html.one("form")["method"] == "post"
    assert html.one("input", name="csrf_token")["value"]
    assert len(html.one("input", name="idempotency_key")["value"]) >= 16
    assert html.one("input", name="version")["value"] == "7"


def test_each_form_draws_its_own_key(render: Render) -> None:
    html = render("{% call ui.form('/a') %}{% endcall %}{% call ui.form('/b') %}{% endcall %}")
    first, second = (field["value"] for field in html.all("input", name="idempotency_key"))
    assert first != second


def test_form_by_get_tells_no_secret(render: Render) -> None:
    html = render("{% call ui.form('/search', method='get') %}{% endcall %}")
    assert not html.all("input")


def test_one_button_forms_carry_token_and_key_too(render: Render) -> None:
    html = render(
        "{{ ui.post_button('/x', 'Hapus', name='id', value=0) }}{{ ui.menu('Lain', [{'label': 'A', 'action': '/y'}]) }}"
    )
    assert len(html.all("input", name="csrf_token")) == len(html.all("input", name="idempotency_key")) == 2
    assert html.one("input", name="id")["value"] == "0"


def test_error_summary_leads_to_each_field(render: Render) -> None:
    html = render(
        "{% call ui.form('/form', errors=e) %}{{ ui.field('nip', 'NIP', 'nip', error=e.nip) }}"
        "{{ ui.field('kind', 'Jenis', 'radio', options=[('a', 'A'), ('b', 'B')], error=e.kind) }}{% endcall %}",
        e={"nip": "NIP terdiri atas 18 angka. Anda mengisi 17.", "kind": ["Pilih jenis."]},
    )
    targets = [link["href"].removeprefix("#") for link in html.all("a")]
    assert targets == ["f-nip", "f-kind"]
    assert all(any(field.get("id") == target for field in html.all("input")) for target in targets)
    assert "Pilih jenis." in html
    assert "['Pilih" not in html


def test_error_summary_names_each_field_once(render: Render) -> None:
    html = render(
        "{% call ui.form('/form', errors=e) %}{{ ui.field('name', label, error=e.name) }}"
        "{{ ui.field('nip', 'NIP', 'nip', error=e.nip) }}{{ ui.field('kind', 'Jenis', 'radio', error=e.kind) }}"
        "{{ ui.field('agreed', 'Setuju', 'checkbox', error=e.agreed) }}{{ ui.drop('proof', 'Bukti', error=e.proof) }}{% endcall %}",
        label='Nama & "julukan"',
        e={
            "name": "Wajib diisi.",
            "nip": "NIP terdiri atas 18 angka.",
            "kind": ["Pilih satu."],
            "agreed": "Centang dulu.",
            "proof": "Terlalu besar.",
            "gone": "Berubah.",
            "": "Semua salah.",
        },
    )
    told = re.findall(r"<li>(?:<a [^>]*>)?([^<]*)", html.partition("</ul>")[0])
    assert told == [
        "Nama &amp; &#34;julukan&#34;: Wajib diisi.",
        "NIP terdiri atas 18 angka.",
        "Jenis: Pilih satu.",
        "Setuju: Centang dulu.",
        "Bukti: Terlalu besar.",
        "Berubah.",
        "Semua salah.",
    ]


def test_wrong_field_is_tied_to_its_error_and_hint(render: Render) -> None:
    html = render("{{ ui.field('nip', 'NIP', 'nip', hint='18 angka', error='Kurang 1 angka') }}")
    field = html.one("input")
    assert field["aria-invalid"] == "true"
    assert field["aria-describedby"].split() == ["f-nip-e", "f-nip-h"]
    assert {"f-nip-e", "f-nip-h"} == {part["id"] for part in html.all("p")}


def test_label_names_its_field(render: Render) -> None:
    html = render("{{ ui.field('title', 'Judul') }}")
    assert html.one("label")["for"] == html.one("input")["id"]


@pytest.mark.parametrize(
    "kind", ["text", "textarea", "nip", "phone", "email", "money", "search", "picker", "select", "radio"]
)
def test_what_was_typed_is_escaped(render: Render, kind: str) -> None:
    html = render("{{ ui.field('x', v, k, value=v, hint=v, error=v, options=[(v, v)]) }}", v=EVIL, k=kind)
    assert "<script" not in html
    assert html.count("&lt;script&gt;") >= 3


def test_sentences_and_titles_are_escaped_everywhere(render: Render) -> None:
    html = render(
        "{{ ui.note(v, title=v) }}{{ ui.empty(title=v, words=v) }}{{ ui.facts([(v, v)]) }}{{ ui.row(v, v, v) }}{{ ui.toast(v) }}"
        "{{ ui.status(v) }}{{ ui.tile(v, '/x') }}{{ ui.diff([(v, v, v)]) }}{{ ui.timeline([{'title': v, 'sub': v, 'note': v}]) }}"
        "{{ ui.menu(v, [{'label': v, 'href': v}]) }}{{ ui.bars([(v, 1)], v) }}{{ ui.tick('a', v, v) }}{{ ui.th(v, v, v) }}{{ ui.td(v) }}"
        "{{ ui.conflict([{'name': 'a', 'label': v, 'mine': v, 'theirs': v}], v, v) }}{{ ui.contact('0812', v) }}{{ ui.widget('/x', v) }}",
        v=EVIL,
    )
    assert "<script" not in html


def test_attributes_pass_through_escaped(render: Render) -> None:
    html = render("{{ ui.field('q', 'Cari', attrs={'hx-get': '/x?a=\"', 'data-n': 3}) }}")
    assert html.one("input")["hx-get"] == '/x?a="'


def test_password_is_never_written_back(render: Render) -> None:
    assert "rahasia-saya" not in render("{{ ui.field('password', 'Sandi', 'password', value='rahasia-saya') }}")


def test_hidden_show_button_waits_for_script(render: Render) -> None:
    button = render("{{ ui.field('password', 'Sandi', 'password') }}").one("button")
    assert "hidden" in button
    assert button["type"] == "button"


@pytest.mark.parametrize(("value", "chosen"), [(True, "1"), (False, "0"), ("1", "1"), ("0", "0"), (None, None)])
def test_yes_or_no_keeps_three_states(render: Render, value: object, chosen: str | None) -> None:
    html = render("{{ ui.field('far', 'Jauh?', 'yesno', value=v) }}", v=value)
    assert [box["value"] for box in html.all("input") if "checked" in box] == ([chosen] if chosen else [])


def test_choices_keep_what_was_chosen(render: Render) -> None:
    html = render(
        "{{ ui.field('d', 'Hari', 'checks', options=[(1, 'Sen'), (2, 'Sel')], value=[2]) }}"
        "{{ ui.field('u', 'Unit', 'select', options=[('Setda', [(1, 'A'), (2, 'B')]), (3, 'C')], value=2, empty='Pilih') }}"
    )
    assert [box["value"] for box in html.all("input") if "checked" in box] == ["2"]
    assert [option["value"] for option in html.all("option") if "selected" in option] == ["2"]


def test_missing_values_say_so_and_zero_does_not(render: Render) -> None:
    html = render("{{ ui.facts([('A', none), ('B', ''), ('C', 0)]) }}{{ ui.td(none) }}{{ ui.td(0) }}")
    assert html.count("belum diisi") == 3


@pytest.mark.parametrize(
    ("kind", "words"),
    [("nothing", "Belum ada isi"), ("no_match", "Tidak ada yang cocok"), ("no_right", "belum dibuka untuk Anda")],
)
def test_empty_places_tell_why_they_are_empty(render: Render, kind: str, words: str) -> None:
    assert words in render("{{ ui.empty(k) }}", k=kind)


@pytest.mark.parametrize("tone", ["", "ok", "warn", "bad", "info"])
def test_state_is_a_word_and_a_picture(render: Render, tone: str) -> None:
    html = render("{{ ui.status('Diperiksa', t) }}{{ ui.note('Kalimat', t) }}", t=tone)
    assert len(html.all("use")) == 2
    assert "Diperiksa" in html
    assert "Kalimat" in html


def test_folding_table_keeps_its_roles(render: Render) -> None:
    html = render(
        "{% call ui.table([{'label': 'Nama', 'key': 'name'}, {'label': 'Biaya', 'num': true}], 'Daftar', sort='-name', sort_url='?sort={sort}') %}"
        "{% call ui.tr() %}{{ ui.th('SEPAKAT', '/1') }}{{ ui.td('5', 'num') }}{% endcall %}{% endcall %}"
    )
    assert html.one("table")["role"] == "table"
    assert [cell["role"] for cell in html.all("th")] == ["columnheader", "columnheader", "rowheader"]
    assert html.one("td")["role"] == "cell"
    assert html.all("th")[0]["aria-sort"] == "descending"
    assert html.one("a", cls="sort")["href"] == "?sort=name"


NARROWS = [
    ("state", "Keadaan", {"active": "Aktif"}, "active", "Semua"),
    ("unit", "Unit", {7: "Setda"}, 7, "Semua unit"),
    ("sort", "Urutkan", {"-age": "Terbaru"}, "", "Nama"),
]


def test_each_chosen_filter_is_a_link_to_the_list_without_it(render: Render) -> None:
    html = render("{{ ui.filters('/list', 'a&b', keep={'year': 2026, 'none': ''}, narrows=n) }}", n=NARROWS)
    links = [
        (link["href"].partition("?")[0], dict(parse_qsl(link["href"].partition("?")[2]))) for link in html.all("a")
    ]
    assert links == [
        ("/list", {"year": "2026", "q": "a&b", "unit": "7"}),
        ("/list", {"year": "2026", "q": "a&b", "state": "active"}),
    ]


def test_filters_travel_with_the_search_and_those_of_the_page_stay(render: Render) -> None:
    html = render("{{ ui.filters('/list', 'kata', keep={'year': 2026, 'none': ''}, narrows=n) }}", n=NARROWS)
    assert [(box["name"], box["value"]) for box in html.all("input")] == [("year", "2026"), ("q", "kata")]
    assert [(box["name"], box["aria-label"]) for box in html.all("select")] == [
        ("state", "Keadaan"),
        ("unit", "Unit"),
        ("sort", "Urutkan"),
    ]
    assert [option["value"] for option in html.all("option") if "selected" in option] == ["active", "7"]


def test_a_list_without_filters_has_nothing_to_fold(render: Render) -> None:
    html = render("{{ ui.filters('/list') }}")
    assert not html.all("details")
    assert not html.all("a")


def test_an_unknown_choice_leaves_no_link(render: Render) -> None:
    assert not render(
        "{{ ui.filters('/list', narrows=n) }}", n=[("state", "Keadaan", {"active": "Aktif"}, "gone", "Semua")]
    ).all("a")


def test_last_page_offers_no_more(render: Render) -> None:
    html = render("{{ ui.more(none, target='#rows-body', shown='12') }}")
    assert not html.all("a")
    assert html.one("p")["id"] == "more"


def test_phone_numbers_become_calls_and_chats(render: Render) -> None:
    html = render("{{ ui.contact('0812-3456 7890', 'Rizal') }}{{ ui.contact(none, 'Nol') }}")
    assert [link["href"] for link in html.all("a")] == ["tel:0812-34567890", "https://wa.me/6281234567890"]


def test_widget_is_a_link_without_script(render: Render) -> None:
    html = render("{{ ui.widget('/app/halo/widget', 'Halo') }}")
    assert html.one("section")["hx-get"] == html.one("a")["href"] == "/app/halo/widget"


def test_conflict_shows_both_texts_and_keeps_mine(render: Render) -> None:
    html = render(
        "{{ ui.conflict([{'name': 'cost', 'label': 'Biaya', 'mine': '48', 'theirs': '52'}], 'Markus', '09.02') }}"
    )
    assert [(box["value"], "checked" in box) for box in html.all("input")] == [("48", True), ("52", False)]


def test_macros_leave_no_inline_style_or_handler(render: Render) -> None:
    html = render("{% include 'components/gallery.html' %}", me=None)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=|javascript:|<script(?![^>]*src=)", html)


def test_a_fact_with_a_long_word_gets_the_whole_row(render: Render) -> None:
    html = render("{{ ui.facts([('Unit', 'Seksi Pengembangan'), ('Nama', 'Sari Dewi'), ('Foto', '<svg/>'|safe)]) }}")
    assert len(html.all("div", **{"class": "long"})) == 1
