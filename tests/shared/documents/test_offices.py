"""Letterheads and numbers are kept by who may, within his reach."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from superapp.shared.documents import issuing, letterheads, numbering
from superapp.shared.documents.rendering import drawing
from tests.navigation.conftest import send, text
from tests.shared.documents.conftest import Office
from tests.support import builders


@pytest.fixture
def keeper(office: Office) -> Office:
    """Return the office, in which the clerk keeps letterheads and numbers of his OPD."""
    builders.grant(office.house.person("tu"), "documents.manage", office.house.unit("kominfo"))
    return office


def test_a_letterhead_is_written_with_its_logo_and_stands_above_letters(keeper: Office) -> None:
    page = f"/documents/letterhead/{keeper.unit_id('kominfo')}"
    drawn = BytesIO()
    Image.new("RGB", (40, 40), "teal").save(drawn, "PNG")
    logo = (BytesIO(drawn.getvalue()), "logo.png")
    typed = {"lines": "PEMKAB\nDINAS <KOMINFO>", "address": "Jalan Ujang Dewa", "logo": logo}
    assert send(keeper.client("tu"), page, "", page, **typed).status_code == 303
    head = letterheads.head(keeper.unit_id("kominfo"))
    assert (head.lines, head.logo[:22]) == (("PEMKAB", "DINAS <KOMINFO>"), "data:image/png;base64,")
    html = drawing.html(keeper.issue(), drawing.MARKS["unsigned"])
    assert "DINAS &lt;KOMINFO&gt;" in html
    assert drawing.UNSIGNED in html
    assert "DINAS &lt;KOMINFO&gt;" in text(keeper.client("tu").get(page))


@pytest.mark.parametrize("written", ["Kabupaten Nunukan", "Pemerintah Kabupaten Nunukan"])
def test_a_unit_without_letterhead_writes_under_its_name(office: Office, written: str) -> None:
    with builders.stored():
        office.house.unit("kabupaten").name = written
    head = letterheads.head(office.unit_id("dinkes"))
    assert head.lines == ("PEMERINTAH KABUPATEN NUNUKAN", "DINAS KESEHATAN")
    assert head.city == "Nunukan"


def test_a_pattern_is_saved_shown_with_an_example_and_removed(keeper: Office) -> None:
    unit_id = keeper.unit_id("kominfo")
    page, client = f"/documents/patterns/{unit_id}/all", keeper.client("tu")
    typed = {"pattern": "{urut}/{opd}/{tahun}", "scope": "opd", "padding": "3"}
    assert send(client, page, "", page, **typed).status_code == 303
    assert numbering.pattern_for(unit_id, "surat").padding == 3
    assert "545/KOMINFO/" in text(client.get(f"/documents/patterns/{unit_id}"))
    assert "tepat satu kali" in text(client.get(f"{page}/example?pattern=x&scope=opd"))
    refused = send(client, page, "", page, **{**typed, "pattern": "{nip}"})
    assert refused.status_code in (404, 422)
    assert send(client, page, "", f"{page}/remove").status_code == 303
    assert numbering.pattern_for(unit_id, "surat") == numbering.Pattern()


def test_the_register_lists_numbers_and_voids_with_a_reason(keeper: Office) -> None:
    made, secret = keeper.issue(), keeper.issue(title="Mutasi pejabat", secrecy=2)
    other = keeper.issue("kadinkes", unit="dinkes", signer="kadinkes", title="Surat dinkes")
    client = keeper.client("tu")
    listed = text(client.get("/documents/register"))
    assert made.number in listed
    assert secret.number in listed
    assert "Mutasi pejabat" not in listed
    assert "Surat dinkes" not in listed
    page = f"/documents/{made.id}/void"
    assert send(client, page, "", page, reason="").status_code == 422
    assert send(client, page, "", page, reason="Salah alamat").status_code == 303
    assert keeper.again(made).void_reason == "Salah alamat"
    assert client.get(f"/documents/{other.id}/void").status_code == 404


def test_nobody_keeps_what_is_not_in_his_reach(keeper: Office) -> None:
    for path in ("letterhead", "patterns"):
        assert keeper.client("tu").get(f"/documents/{path}/{keeper.unit_id('dinkes')}").status_code == 404
        assert keeper.client("staf").get(f"/documents/{path}/{keeper.unit_id('kominfo')}").status_code == 403


def test_a_forgotten_number_is_inserted_with_a_reason_and_stands_in_the_register(keeper: Office) -> None:
    base, draft = keeper.issue(), keeper.issue(number=False, title="Undangan yang terlewat")
    page, client = f"/documents/{base.id}/insert", keeper.client("tu")
    assert "Undangan yang terlewat" in text(client.get(page))
    assert send(client, page, "", page, draft=draft.id, reason="").status_code == 422
    assert send(client, page, "", page, draft=base.id, reason="Bukan konsep").status_code == 422
    assert keeper.again(draft).number is None
    assert send(client, page, "", page, draft=draft.id, reason="Lupa dinomori").status_code == 303
    made = keeper.again(draft)
    assert (made.number_suffix, made.dated_on, made.number_reason) == ("a", base.dated_on, "Lupa dinomori")
    listed = text(client.get("/documents/register?show=inserted"))
    assert made.number in listed
    assert "Lupa dinomori" in listed
    assert str(base.number) not in listed.replace(made.number, "")
    assert client.get(f"/documents/{draft.id}/insert").status_code == 404, "no insertion after an insertion"


def test_a_draft_without_a_class_cannot_take_a_number_that_shows_one(keeper: Office) -> None:
    base, draft = keeper.issue(), keeper.issue(number=False)
    with keeper.acting():
        issuing.change(draft.id, record_class="")
    page = f"/documents/{base.id}/insert"
    refused = send(keeper.client("tu"), page, "", page, draft=draft.id, reason="Lupa dinomori")
    assert refused.status_code == 422
    assert "belum punya kode klasifikasi" in text(refused)
    assert keeper.again(draft).number is None


def test_insertions_are_made_only_within_reach_and_with_drafts_of_the_same_office(keeper: Office) -> None:
    base, other = keeper.issue(), keeper.issue("kadinkes", unit="dinkes", signer="kadinkes")
    foreign = keeper.issue("kadinkes", unit="dinkes", signer="kadinkes", number=False)
    keeper.issue(number=False)
    client = keeper.client("tu")
    assert client.get(f"/documents/{other.id}/insert").status_code == 404
    assert keeper.client("staf").get(f"/documents/{base.id}/insert").status_code == 403
    page = f"/documents/{base.id}/insert"
    assert send(client, page, "", page, draft=foreign.id, reason="Milik kantor lain").status_code == 422
    assert keeper.again(foreign).number is None


def test_the_register_shows_what_is_void_alone_with_its_reason_but_for_secret_ones(keeper: Office) -> None:
    kept, voided, secret = keeper.issue(), keeper.issue(), keeper.issue(secrecy=2)
    client = keeper.client("tu")
    for one, reason in ((voided, "Salah alamat"), (secret, "Bocor ke luar")):
        assert send(client, f"/documents/{one.id}/void", "", reason=reason).status_code == 303
    listed = text(client.get("/documents/register?show=void"))
    assert str(kept.number) not in listed
    assert "Salah alamat" in listed
    assert "Bocor ke luar" not in listed
