"""How texts are compared in search: lower case, no accents, words apart, three letters at a time."""

from __future__ import annotations

import re
import unicodedata

_WORD = re.compile(r"[^\W_]+")
LONGEST = 200
"""Characters of a query that are looked at."""
MOST_WORDS = 8


def plain(text: str) -> str:
    """Return the text in lower case and without accents."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).casefold()


def words(text: str) -> list[str]:
    """Return the words of a text, plain; signs between them fall away."""
    return _WORD.findall(plain(text))


def folded(title: str) -> str:
    """Return the title as it is indexed for misspellings.

    Two spaces before and after each word make its first and last letters count in the three-letter pieces, as
    PostgreSQL's pg_trgm counts them; without them a wrong letter in a short name would leave nothing in common.
    """
    return f"  {'    '.join(words(title))}  "


def pieces(word: str) -> set[str]:
    """Return the three-letter pieces of a word with its edges: `"  b", " bu", "bud", "udi", "di ", "i  "`."""
    padded = f"  {word}  "
    return {padded[at : at + 3] for at in range(len(padded) - 2)}


def query_words(query: str) -> list[str]:
    """Return the words of a query, at most `MOST_WORDS`, each once."""
    return list(dict.fromkeys(words(query[:LONGEST])))[:MOST_WORDS]
