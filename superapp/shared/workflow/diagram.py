"""A definition as a picture: an SVG of its steps from top to bottom, coloured by the stylesheet, read out as a list."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.shared.workflow.definition import Decider, Step, When, Workflow

WIDTH, HEIGHT, GAP, EDGE = 300, 88, 36, 8
"""Sizes of a box and of the space between boxes, in pixels of the picture's own scale."""
LINE = 28
"""Letters of a line in a box: as many as fit in bold."""
AT = {"unit": N_("kepala unit pemohon"), "opd": N_("kepala perangkat daerah pemohon"), "regency": N_("kepala daerah")}


@dataclass(frozen=True)
class Box:
    """A step in the picture: its place, and its words line by line."""

    x: int
    y: int
    lines: tuple[str, ...]
    dashed: bool = False


def whose(by: Decider) -> str:
    """Return in words who decides."""
    if by.kind == "supervisor":
        return _("atasan dari pemutus “{step}”", step=by.of) if by.of else _("atasan langsung pemohon")
    if by.kind == "head":
        return _(AT[by.at])
    if by.kind == "role":
        return _("pemegang peran {role}", role=by.of)
    return _(by.label) if by.kind == "chosen" else _("jabatan tertentu")


def condition(step: Step) -> str:
    """Return in words when a step is part of the path; empty: always."""
    return _("hanya bila {conditions}", conditions=_(" dan ").join(map(_words, step.when))) if step.when else ""


def _words(when: When) -> str:
    return f"{when.fact} {when.is_} {when.value}"


def described(flow: Workflow) -> list[tuple[str, str]]:
    """Return the steps as words, the twin of the picture: (title, who, how long, when)."""
    return [(_(step.title), " · ".join(filter(None, _sentences(step)))) for step in flow.steps]


def _sentences(step: Step) -> Sequence[str]:
    need = (
        _("semua harus setuju")
        if step.need == "all"
        else _("{n} harus setuju", n=step.need)
        if step.need != "any"
        else ""
    )
    beside = _("bersamaan dengan langkah sebelumnya") if step.beside else ""
    return whose(step.by), _("biasanya {n} hari kerja", n=f"{step.days:g}"), need, beside, condition(step)


def svg(flow: Workflow) -> Markup:
    """Return the picture of a definition; its words are those of `described`, which must stand beside it."""
    boxes = _boxes(flow)
    width = max(box.x for box in boxes) + WIDTH + EDGE
    height = max(box.y for box in boxes) + HEIGHT + EDGE
    parts = [_arrow(here, after) for here, after in _followers(boxes)] + [_drawn(box) for box in boxes]
    frame = Markup(
        '<svg class="flow-chart" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{label}">'
    )
    return frame.format(w=width, h=height, label=_(flow.title)) + Markup("").join(parts) + Markup("</svg>")


def _boxes(flow: Workflow) -> list[Box]:
    rows: list[Sequence[tuple[tuple[str, ...], bool]]] = [[((_("Diajukan"),), False)]]
    rows += [[(_lines(step), bool(step.when)) for step in place] for place in flow.places]
    rows.append([((_("Diputus"),), False)])
    widest = max(len(row) for row in rows)
    found = []
    for number, row in enumerate(rows):
        left = EDGE + (widest - len(row)) * (WIDTH + GAP) // 2
        found += [
            Box(left + index * (WIDTH + GAP), EDGE + number * (HEIGHT + GAP), *box) for index, box in enumerate(row)
        ]
    return found


def _lines(step: Step) -> tuple[str, ...]:
    title = textwrap.shorten(_(step.title), LINE, placeholder="…")
    return title, *textwrap.wrap(whose(step.by), LINE)[:2], _("{n} hari kerja", n=f"{step.days:g}")


def _followers(boxes: Sequence[Box]) -> list[tuple[Box, Box]]:
    return [(here, after) for here in boxes for after in boxes if after.y == here.y + HEIGHT + GAP]


def _arrow(here: Box, after: Box) -> Markup:
    x1, y1, x2, y2 = here.x + WIDTH // 2, here.y + HEIGHT, after.x + WIDTH // 2, after.y
    line = Markup('<path d="M{x1} {y1}L{x2} {y2}" fill="none" stroke="currentColor"/>')
    head = Markup('<path d="M{a} {b}l5 -9h-10z" fill="currentColor"/>')
    return line.format(x1=x1, y1=y1, x2=x2, y2=y2) + head.format(a=x2, b=y2)


def _drawn(box: Box) -> Markup:
    dash = Markup(' stroke-dasharray="6 4"') if box.dashed else Markup("")
    frame = Markup('<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="8" fill="none" stroke="currentColor"{dash}/>')
    parts = [frame.format(x=box.x, y=box.y, w=WIDTH, h=HEIGHT, dash=dash)]
    top = box.y + HEIGHT // 2 - (len(box.lines) - 1) * 10 + 5
    for number, words in enumerate(box.lines):
        text = Markup('<text x="{x}" y="{y}" text-anchor="middle" fill="currentColor"{bold}>{words}</text>')
        bold = Markup(' font-weight="600"') if number == 0 else Markup("")
        parts.append(text.format(x=box.x + WIDTH // 2, y=top + number * 20, bold=bold, words=escape(words)))
    return Markup("").join(parts)
