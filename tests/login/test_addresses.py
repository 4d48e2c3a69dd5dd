"""Where `next` may lead: a corpus of tricks, none of which leaves the app."""

from __future__ import annotations

import itertools
from urllib.parse import urljoin, urlsplit

import pytest

from superapp.login.addresses import local
from tests.login.walker import Walker
from tests.support.builders import Member

HOST = "penipu.example"
PREFIXES = ("//", "///", "////", "/\\", "\\\\", "\\/", "/\t/", "\t//", " //", "/ /", "/\n/", "\r\n//", "/%09/", "/%2f", "/%5c",
            "/%2F%2f", "/.//", "/..//", "/;//", "http://", "https://", "http:", "https:", "HTTPS:///", "ftp://",
            "//user@", "https://satu@", "http://localhost@", "/\x00/", "/\x0b/", "/\u2028/", "//\u3002", "http:\\\\")  # fmt: skip
SUFFIXES = ("", "/", "/login", "?a=b", "#x", "%00", "/../..")
OTHERS = ("javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\nscript:alert(1)", "data:text/html,x", "vbscript:x", "",
          "mailto:a@b", "login", "profil", "?x", "#x", ".", "..", "/login", "/login?next=/", "/logout", "/logout/",
          "\u202e/", "about:blank", "blob:x", "file:///etc/passwd", "/" + "a" * 5000)  # fmt: skip
TRICKS = [a + HOST + b for a, b in itertools.product(PREFIXES, SUFFIXES)] + list(OTHERS)
HONEST = ("/", "/profile", "/app/catalogue/?q=absensi&sort=-name", "/tasks#satu", "/search?q=a%2Fb", "/app/letters/1/edit",
          "/profile?next=/login")  # fmt: skip


def _as_browsers_read(address: str) -> str:
    cleaned = address.strip(" \t\r\n\x00\x0b").replace("\t", "").replace("\n", "").replace("\r", "").replace("\\", "/")
    return urljoin("http://localhost/login", cleaned)


def test_there_are_enough_tricks() -> None:
    assert len(set(TRICKS)) >= 200


@pytest.mark.parametrize("trick", sorted(set(TRICKS)))
def test_tricks_stay_in_the_app(trick: str) -> None:
    found = local(trick)
    assert urlsplit(_as_browsers_read(found)).netloc == "localhost"
    assert found.startswith("/")
    assert not found.startswith(("//", "/login", "/logout"))


@pytest.mark.parametrize("address", HONEST)
def test_addresses_of_the_app_are_kept(address: str) -> None:
    assert local(address) == address


def test_the_sign_in_form_does_not_send_people_away(walker: Walker, staf: Member) -> None:
    assert walker.sign_in(staf.nip, next="https://penipu.example/").location == "/"


def test_the_page_itself_carries_no_foreign_address(walker: Walker) -> None:
    assert HOST not in walker.open(f"/login?next=//{HOST}/").text
