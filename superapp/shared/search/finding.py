"""Finding: candidates by words and by three-letter pieces, both with the actor's rights, put in order by likeness."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.access.actor import Actor, current
from superapp.extensions import db
from superapp.kernel.database import run
from superapp.shared.search.folding import pieces, query_words
from superapp.shared.search.likeness import IN_BODY, Likeness
from superapp.shared.search.objects import has_trigrams
from superapp.shared.search.reach import findable
from superapp.shared.tables.search import search

MOST = 200
"""Search stops here: who has more hits needs another word, not another page."""
S = search.c
COLUMNS = (S.id, S.record_type, S.record_id, S.kind, S.module, S.title, S.body, S.url, S.unit_id, S.opd_id)


@dataclass(frozen=True)
class Hit:
    """Something found."""

    record_type: str
    record_id: UUID
    kind: str = field(kw_only=True)
    title: str = field(kw_only=True)
    body: str = field(kw_only=True)
    url: str = field(kw_only=True)
    module: str = field(kw_only=True)
    likeness: float = field(kw_only=True)


@dataclass(frozen=True)
class Found:
    """What a search found, the best first; `more` when there were hits beyond the limit."""

    hits: Sequence[Hit]
    more: bool = field(default=False, kw_only=True)


def find(query: str, *, kinds: Iterable[str] = (), limit: int = 20, actor: Actor | None = None) -> Found:
    """Return what fits the query and the actor may see (two or three statements, whatever the number of modules).

    All words must fit title or body; one wrong, missing or swapped letter in a word of the title is forgiven (two in
    a long word). An empty query finds nothing.
    """
    wanted = query_words(query)
    if not wanted:
        return Found(())
    limit = min(limit, MOST)
    may = findable(actor or current(), kinds)
    by_words, by_pieces = _engine()
    likeness, hits = Likeness(wanted), {}
    for row in by_words(wanted, may):
        hits[row.id] = _hit(row, max(likeness.of(row.title, row.body), IN_BODY / 2))
    enough = len(hits) >= limit  # then misspellings need no guessing
    for row in () if enough else by_pieces(wanted, may):
        score = 0.0 if row.id in hits else likeness.of(row.title, row.body)
        if score:
            hits[row.id] = _hit(row, score)
    best = sorted(hits.values(), key=lambda hit: (-hit.likeness, hit.title, hit.record_id))
    return Found(best[:limit], more=len(best) > limit)


def _hit(row: Any, likeness: float) -> Hit:
    return Hit(
        row.record_type,
        row.record_id,
        kind=row.kind,
        title=row.title,
        body=row.body,
        url=row.url,
        module=row.module,
        likeness=likeness,
    )


def _engine() -> tuple[Any, Any]:
    if db.engine.dialect.name == "sqlite":
        return _sqlite_words, _sqlite_pieces
    return _postgresql_words, _postgresql_pieces if has_trigrams(db.session.connection()) else _parts


def _quoted(word: str) -> str:
    return '"' + word.replace('"', '""') + '"'


def _sqlite(table: str, match: str, may: sa.ColumnElement[bool]) -> Sequence[Any]:
    index = sa.table(table, sa.column("rowid"), sa.column("rank"), sa.column(table))
    query = (
        sa.select(*COLUMNS)
        .select_from(index.join(search, S.id == index.c.rowid))
        .where(index.c[table].op("MATCH")(sa.bindparam("match", match)), may)
        .order_by(index.c.rank)
        .limit(MOST)
    )
    return run(query).all()


def _sqlite_words(wanted: list[str], may: sa.ColumnElement[bool]) -> Sequence[Any]:
    return _sqlite("core_search_text", " AND ".join(f"{_quoted(word)}*" for word in wanted), may)


def _sqlite_pieces(wanted: list[str], may: sa.ColumnElement[bool]) -> Sequence[Any]:
    chosen = sorted({piece for word in wanted for piece in pieces(word)})
    return _sqlite("core_search_name", " OR ".join(map(_quoted, chosen)), may)


def _postgresql_words(wanted: list[str], may: sa.ColumnElement[bool]) -> Sequence[Any]:
    """Match beginnings of words as they are written, or their stems ('mengajukan' finds 'pengajuan')."""
    words: Any = sa.literal_column("core_search.words")
    plain = sa.func.to_tsquery("simple", " & ".join(f"{word}:*" for word in wanted))
    stems = sa.func.plainto_tsquery("indonesian", " ".join(wanted))
    rank = sa.func.ts_rank(words, plain)
    fits = sa.or_(words.op("@@")(plain), sa.and_(sa.func.numnode(stems) > 0, words.op("@@")(stems)))
    return run(sa.select(*COLUMNS).where(fits, may).order_by(rank.desc(), S.id).limit(MOST)).all()


def _postgresql_pieces(wanted: list[str], may: sa.ColumnElement[bool]) -> Sequence[Any]:
    likeness = [sa.func.word_similarity(word, S.folded) for word in wanted]
    enough = f"{_threshold(wanted):.2f}"
    run(sa.select(sa.func.set_config("pg_trgm.word_similarity_threshold", enough, True)))
    similar = sa.or_(*(sa.literal(word).op("<%")(S.folded) for word in wanted))
    total = sum(likeness[1:], likeness[0])
    return run(sa.select(*COLUMNS).where(similar, may).order_by(total.desc(), S.id).limit(MOST)).all()


def _threshold(wanted: list[str]) -> float:
    """Return the likeness that one wrong letter leaves of the longest word: (n - 2) of (n + 4) pieces."""
    longest = max(len(word) for word in wanted)
    return max(0.2, (longest - 2) / (longest + 4) - 0.03)


def _parts(wanted: list[str], may: sa.ColumnElement[bool]) -> Sequence[Any]:
    """Without pg_trgm: the words anywhere in the title, no misspellings."""
    inside = sa.and_(*(S.folded.contains(word, autoescape=True) for word in wanted))
    return run(sa.select(*COLUMNS).where(inside, may).order_by(S.id).limit(MOST)).all()
