"""Templates: one Jinja environment a language with its words compiled in, our filters, and who renders."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from flask import Flask, current_app, g, get_flashed_messages, request, url_for
from flask.templating import Environment
from flask_wtf.csrf import generate_csrf
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader, compiler, nodes
from jinja2.compiler import CodeGenerator
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape
from markupsafe import _escape_inner as _escaped  # type: ignore[attr-defined]  # in C; `escape` costs five times as much

from superapp.kernel import assets, format, ids, language
from superapp.kernel.components import Components
from superapp.settings import home

Frame = Callable[[], dict[str, Any]]
"""Gives what the shell of every page shows (who, navigation, badges)."""


class _Constants(NodeTransformer):
    """Turns `_('constant')` and `asset('constant')` into their text, so that Jinja folds it: gettext costs 7.5 µs a string."""

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 (jinja2's name)
        """Replace a call of `_` or `asset` with one constant."""
        self.generic_visit(node)
        if not isinstance(node.node, nodes.Name) or len(node.args) != 1 or node.kwargs:
            return node
        if not isinstance(node.args[0], nodes.Const) or node.node.name not in ("_", "asset"):
            return node
        text = node.args[0].value
        found = self.words.get(text, text) if node.node.name == "_" else assets.asset(text)
        return nodes.Const(found, lineno=node.lineno)


class _Generator(CodeGenerator):
    """Writes `environment.text(…)` where Jinja writes `escape(…)` round each value that a page shows."""

    def _output_child_pre(self, node: nodes.Expr, frame: compiler.Frame, finalize: Any) -> None:
        if finalize.src is not None or frame.eval_ctx.volatile or not frame.eval_ctx.autoescape:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("environment.text(")


def text(value: Any) -> str:
    """Return a value escaped for a page: text (the most frequent) and markup without making a new `Markup` of it."""
    kind = type(value)
    if kind is str:
        return _escaped(value)
    return value if kind is Markup else escape(value)


class LanguageEnvironment(Environment):
    """The Jinja environment of one language."""

    language = language.SOURCE
    code_generator_class = _Generator
    text = staticmethod(text)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        plugin = (name or "").split("/", 1)[0]
        words = language.catalogue(self.language, plugin) if self.language != language.SOURCE else {}
        return _Constants(words).visit(tree)  # type: ignore[no-any-return]


def install(app: Flask, *, version: str) -> None:
    """Build the environments of all languages; loaders of plugins are added by `add_loader`."""
    own = [FileSystemLoader(app.instance_path + "/templates"), FileSystemLoader(home() / "templates")]
    loaders: list[BaseLoader] = [*own]
    environments = {}
    for code in language.LANGUAGES:
        environment = LanguageEnvironment(
            app,
            loader=ChoiceLoader(loaders),
            autoescape=app.select_jinja_autoescape,
            auto_reload=app.debug,
            trim_blocks=True,
            lstrip_blocks=True,
            cache_size=800,
        )
        environment.language = code
        _equip(environment, version)
        environments[code] = environment
    app.extensions["superapp.templates"] = environments
    app.extensions["superapp.loaders"] = loaders
    app.__dict__["jinja_env"] = environments[language.SOURCE]


def add_loader(app: Flask, loader: BaseLoader) -> None:
    """Let a plugin's templates be found after the core's."""
    app.extensions["superapp.loaders"].append(loader)


def _equip(environment: LanguageEnvironment, version: str) -> None:
    environment.filters |= {
        "date": format.format_date,
        "datetime": format.format_datetime,
        "time": format.format_time,
        "ago": format.format_ago,
        "number": format.format_number,
        "rupiah": format.format_rupiah,
        "bytes": format.format_bytes,
        "icon": assets.icon,
        "chip": chip,
        "words": language.gettext,
    }
    environment.globals |= {
        "_": language.gettext,
        "asset": assets.asset,
        "url_for": url_for,
        "csrf_token": generate_csrf,
        "idempotency_key": idempotency_key,
        "get_flashed_messages": get_flashed_messages,
        "typed": typed,
        "typed_list": typed_list,
        "fault": fault,
        "faults": faults,
        "version": version,
        "lang": environment.language,
        "request": request,
    }
    environment.globals["ui"] = Components(environment)


def idempotency_key() -> str:
    """Return a fresh key for one form: what is sent twice with it takes effect once."""
    kept = g.get("kept_key")
    return kept or ids.uuid7().hex


def typed(name: str, default: Any = "") -> Any:
    """Return what the person typed into the field before a refusal, else `default`."""
    state = g.get("form_state")
    return default if state is None else state.values.get(name, default)


def typed_list(name: str) -> list[str]:
    """Return all values of a field of several (ticked boxes) before a refusal."""
    state = g.get("form_state")
    return [] if state is None else list(state.values.getlist(name))


def fault(name: str) -> str:
    """Return the fault of the field after a refusal, or an empty text."""
    state = g.get("form_state")
    return "" if state is None else state.errors.get(name, "")


def faults() -> dict[str, str]:
    """Return all faults of the refused form by field."""
    state = g.get("form_state")
    return {} if state is None else state.errors


STATUSES: dict[str, tuple[str, str, str]] = {
    "draft": ("idle", "pencil", "Draf"),
    "waiting": ("info", "clock", "Menunggu kirim"),
    "submitted": ("info", "clock", "Diajukan"),
    "reviewed": ("info", "search", "Diperiksa"),
    "returned": ("warn", "undo-2", "Dikembalikan"),
    "approved": ("ok", "check", "Disetujui"),
    "rejected": ("bad", "x", "Ditolak"),
    "done": ("ok", "circle-check", "Selesai"),
    "active": ("ok", "circle-check", "Aktif"),
    "rare": ("warn", "clock", "Jarang dipakai"),
    "inactive": ("idle", "pause", "Tidak aktif"),
    "retired": ("bad", "x", "Dihentikan"),
    "unknown": ("warn", "triangle-alert", "Belum diisi"),
    "on": ("ok", "circle-check", "Aktif"),
    "off": ("idle", "pause", "Nonaktif"),
    "paused": ("bad", "pause", "Dijeda"),
    "pending": ("warn", "clock", "Menunggu migrasi"),
    "broken": ("bad", "triangle-alert", "Rusak"),
    "queued": ("info", "clock", "Antre"),
    "running": ("info", "clock", "Berjalan"),
    "dead": ("bad", "triangle-alert", "Gagal"),
    "parked": ("idle", "pause", "Diparkir"),
}
"""State key → (tone, icon, word): colour is never alone."""


@cache
def _chip(key: str, code: str) -> Markup:
    tone, icon, word = STATUSES.get(key, ("idle", "info", key))
    return Markup('<span class="st {}">{}{}</span>').format(tone, assets.icon(icon), language.translate(word, code))


def chip(key: str) -> Markup:
    """Return the status of a record as an icon and a word."""
    return _chip(key, language.current())


def render(template: str, **context: Any) -> str:
    """Render a template in the language of the request, with the frame of the page."""
    environment = current_app.extensions["superapp.templates"][language.current()]
    frame: Frame | None = current_app.extensions.get("superapp.frame")
    values = frame() | context if frame else context
    return environment.get_template(template).render(values)  # type: ignore[no-any-return]


def render_block(template: str, block: str, **context: Any) -> str:
    """Render one block of a template: a fragment for a partial update."""
    from jinja2_fragments import render_block as fragment

    environment = current_app.extensions["superapp.templates"][language.current()]
    frame: Frame | None = current_app.extensions.get("superapp.frame")
    values = frame() | context if frame else context
    return fragment(environment, template, block, values)
