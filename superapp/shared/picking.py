"""What a picker sent: the words of its field and the id that came with them, or words alone where there is no script."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from superapp.kernel.errors import Invalid
from superapp.kernel.language import gettext as _
from superapp.kernel.values import clean_text

LONGEST = 200


def identity(value: str) -> UUID | None:
    """Return the id written in `value`, None when it is empty or none."""
    try:
        return UUID(value)
    except ValueError:
        return None


def typed_words(arguments: Mapping[str, str]) -> str:
    """Return what a picker asks suggestions for: the words of its field, whatever it is called."""
    return clean_text(next(iter(arguments.values()), ""))[:LONGEST]


def picked(form: Mapping[str, str], name: str, look_up: Callable[[str], Sequence[UUID]]) -> UUID | None:
    """Return the record that a picker's words mean, None when it is empty.

    The id that came with the words counts only among the records they mean: without script it is still that of the
    words before. An id alone, in place of the words or without them, is returned as it is: the caller looks whether there
    is such a record. Raises Invalid at the field when the words mean nothing, or several records and none was chosen.
    """
    words, chosen = clean_text(form.get(name, ""))[:LONGEST], identity(form.get(f"{name}_id", ""))
    if not words or identity(words):
        return identity(words) or (chosen if name not in form else None)
    found = look_up(words)
    if chosen in found:
        return chosen
    if len(found) != 1:
        sentence = (
            _("“{words}” tidak ada dalam daftar.") if not found else _("Ada beberapa “{words}”. Pilih dari daftar.")
        )
        raise Invalid(sentence.format(words=words[:60]), field=name)
    return found[0]


def meant(words: str, rows: Sequence[tuple[UUID, str]]) -> list[UUID]:
    """Return the ids among suggestions (id, words) that typed words mean: those that read exactly so, else all."""
    exactly = [key for key, shown in rows if shown.lower() == words.lower()]
    return list(dict.fromkeys(exactly or [key for key, _shown in rows]))
