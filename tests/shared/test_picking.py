"""Pickers: the words count, the id that came with them only among what they mean."""

from __future__ import annotations

from uuid import uuid4

import pytest

from superapp.kernel.errors import Invalid
from superapp.shared.picking import meant, picked, typed_words

ONE, OTHER = uuid4(), uuid4()
ROWS = [(ONE, "Kepala Bidang · Dinas A"), (OTHER, "Kepala Bidang · Dinas A · Cabang")]


def found(words: str) -> list:
    return meant(words, [row for row in ROWS if words.lower() in row[1].lower()])


def test_words_alone_are_enough_when_they_mean_one() -> None:
    assert picked({"post": "cabang"}, "post", found) == OTHER
    assert picked({"post": "kepala bidang · dinas a"}, "post", found) == ONE


def test_the_id_counts_among_what_the_words_mean_and_not_otherwise() -> None:
    assert picked({"post": "kepala", "post_id": str(OTHER)}, "post", found) == OTHER
    with pytest.raises(Invalid, match="Ada beberapa"):
        picked({"post": "kepala", "post_id": str(uuid4())}, "post", found)
    with pytest.raises(Invalid, match="tidak ada dalam daftar"):
        picked({"post": "sekda", "post_id": str(ONE)}, "post", found)


def test_an_emptied_field_is_empty_even_with_an_old_id() -> None:
    assert picked({"post": " ", "post_id": str(ONE)}, "post", found) is None
    assert picked({"post_id": str(ONE)}, "post", found) == ONE
    assert typed_words({"anything": " kep "}) == "kep"
