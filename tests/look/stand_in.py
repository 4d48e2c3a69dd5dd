"""A stand-in for the app: the real templates, filters, assets and headers over a handful of pages without a database."""

from __future__ import annotations

import secrets
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, flash, redirect, request, session
from jinja2 import DictLoader
from markupsafe import Markup
from werkzeug.serving import make_server

from superapp.kernel import assets, templates
from superapp.kernel.security import HEADERS

SHELL = '{% extends "layout/shell.html" %}{% block title %}Contoh{% endblock %}'
PLAIN = '{% extends "layout/plain.html" %}{% block title %}Contoh{% endblock %}'

PAGES = {
    "home": SHELL.replace("Contoh", "Beranda") + "{% set nav_key = 'home' %}{% block main %}<p>Isi beranda</p>"
    "{% call ui.form('/logout', draft=false, attrs={'data-sign-out': ''}) %}{{ ui.button('Keluar') }}{% endcall %}{% endblock %}",
    "list": SHELL.replace("Contoh", "Daftar")
    + "{% set nav_key = 'leave' %}{% set crumbs = [('Beranda', '/')] %}{% block main %}"
    "{% call ui.table([{'label': 'Nama'}], 'Daftar contoh') %}{% for n in rows %}{% call ui.tr() %}"
    "{{ ui.th('Baris ' ~ n, '/form') }}{% endcall %}{% endfor %}{% endcall %}"
    "{{ ui.more(next, target='#rows-body') }}{% endblock %}",
    "form": SHELL.replace("Contoh", "Formulir") + "{% set crumbs = [('Daftar', '/list')] %}{% block main %}"
    "{% call ui.form('/form', id='leave', errors=errors) %}{{ ui.saved() }}{{ ui.field('reason', 'Alasan', 'textarea', value=typed, error=errors.reason) }}"
    "{{ ui.field('kind', 'Jenis', 'radio', options=[('a', 'Tahunan'), ('b', 'Sakit')]) }}{{ ui.field('secret', 'Sandi', 'password') }}"
    "{{ ui.field('nip', 'NIP', 'nip') }}{{ ui.field('cost', 'Biaya', 'money') }}"
    "{{ ui.field('person', 'Pengganti', 'picker', url='/people') }}{{ ui.drop('files', 'Berkas') }}"
    "{% call ui.action_bar() %}{{ ui.button('Kirim', 'primary') }}{% endcall %}{% endcall %}{% endblock %}",
    "widgets": SHELL.replace("Contoh", "Bagian")
    + "{% block main %}{{ ui.widget('/part?broken=1', 'Agenda') }}{{ ui.widget('/part', 'Surat') }}"
    "<p>{{ ui.link_button('Putuskan', '/decide', sheet=true) }}</p>"
    "{{ ui.menu('Tindakan lain', [{'label': 'Ubah', 'href': '/form'}]) }}{% endblock %}",
    "decide": "{% if fragment %}<main id='main'><h2>Putuskan cuti</h2><button class='btn'>Setujui</button></main>{% else %}"
    "Halaman putusan{% endif %}",
    "login": PLAIN.replace("Contoh", "Masuk")
    + "{% block main %}{% call ui.form('/login', draft=false) %}{{ ui.field('nip', 'NIP', 'nip') }}"
    "{{ ui.field('password', 'Kata sandi', 'password') }}{{ ui.button('Masuk', 'primary', cls='block') }}{% endcall %}{% endblock %}",
    "offline": PLAIN.replace("Contoh", "Anda luring")
    + "{% block main %}<p>Yang bisa dilakukan:</p>{{ ui.saved_pages() }}{% endblock %}",
    "keys": PLAIN.replace("Contoh", "Kunci")
    + "{% block main %}{% for kind, words in (('create', 'Tambah kunci'), ('get', 'Sidik jari')) %}"
    "{% call ui.form('/login', draft=false) %}{{ ui.button(words, type='button', attrs={'data-module': asset('passkey.js'), "
    "'data-passkey': kind, 'data-options': '/keys/options/' ~ kind, 'data-verify': '/keys/verify', 'data-problem': 'problem', "
    "'hidden': ''}) }}{% endcall %}{% endfor %}<div id='problem' hidden>{{ ui.note('Belum berhasil.', 'bad') }}</div>{% endblock %}",
    "slip": '{% extends "layout/print.html" %}{% block title %}Kartu{% endblock %}{% block main %}'
    "{% call ui.paper(page=true) %}<h1>Kartu aktivasi</h1>{% endcall %}{% endblock %}",
}
"""The pages, by address."""


@dataclass
class Site:
    """A running stand-in: its address, what was posted, and switches that a test may turn."""

    url: str = ""
    posted: list[dict[str, str]] = field(default_factory=list)
    partition: str = "p-nurhayati"
    session_ended: bool = False
    refuse: bool = False
    slow: float = 0.0
    release: int = 1
    verified: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)


def frame(site: Site) -> dict[str, Any]:
    """Return what the shell shows on every page."""
    me = SimpleNamespace(
        name="Nurhayati Sulaiman", first_name="Nurhayati", initials="NS", hat_title="Kepala Bidang", hats=[],
        unread=5, open_tasks=12, partition=site.partition,
    )  # fmt: skip
    item = '<li><a href="/list" data-nav="leave">{}<span>Cuti</span></a></li>'
    return {
        "me": me, "nav": Markup(item).format(assets.icon("calendar")), "demo": True, "theme": request.args.get("theme", ""),
        "slim": request.cookies.get("rail") == "slim",
        "text_size": request.args.get("text", ""), "badges_url": "/badges", "request_id": "r1",
    }  # fmt: skip


def make_app(site: Site) -> Flask:
    """Return the stand-in over the real templates."""
    app = Flask("stand_in", static_folder=None, instance_path="/nonexistent")
    app.secret_key = secrets.token_hex()
    templates.install(app, version="0.1.0")
    templates.add_loader(app, DictLoader({f"stand_in/{name}.html": text for name, text in PAGES.items()}))
    app.extensions["superapp.frame"] = lambda: frame(site)
    assets.serve(app)
    _add_pages(app, site)
    _add_answers(app, site)

    @app.after_request
    def add_headers(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return app


def show(name: str, **context: Any) -> str:
    """Return one of the pages."""
    return templates.render(f"stand_in/{name}.html", **context)


def _add_pages(app: Flask, site: Site) -> None:
    @app.get("/")
    def home() -> Any:
        time.sleep(site.slow)
        return redirect("/login") if site.session_ended else show("home")

    @app.get("/list")
    def rows() -> str:
        start = int(request.args.get("after", 0))
        return show("list", rows=range(start + 1, start + 21), next=f"/list?after={start + 20}" if start < 40 else None)

    @app.get("/form")
    def form() -> Any:
        return redirect("/login") if site.session_ended else show("form", errors={}, typed=None)

    @app.post("/form")
    def send() -> Any:
        site.posted.append(request.form.to_dict())
        if site.session_ended:
            return redirect("/login")
        if site.refuse:
            return show("form", errors={"reason": "Tulis alasan lebih jelas."}, typed=request.form["reason"]), 422
        flash("Terkirim. Biasanya diputus dalam 2 hari kerja.")
        return redirect("/")

    @app.get("/secret")
    def secret() -> Response:
        return Response(show("list", rows=[1], next=None), headers={"Cache-Control": "no-store"})

    @app.get("/gallery")
    def gallery() -> str:
        return templates.render("components/gallery.html")

    for name in ("widgets", "login", "offline", "slip", "keys"):
        app.add_url_rule(f"/{name}", f"page_{name}", lambda name=name: show(name))


def _add_answers(app: Flask, site: Site) -> None:
    @app.post("/logout")
    def logout() -> Any:
        session.clear()
        return redirect("/login")

    @app.post("/login")
    def login() -> Any:
        site.session_ended = False
        return redirect("/form")

    @app.get("/part")
    def part() -> Any:
        return ("kaput", 500) if request.args.get("broken") else "<p>Tiga surat baru</p>"

    @app.get("/decide")
    def decide() -> str:
        return show("decide", fragment="HX-Request" in request.headers)

    @app.get("/people")
    def people() -> str:
        return str(app.jinja_env.globals["ui"].suggestions([("7", "Dorkas Liling")]))

    @app.get("/search")
    def search() -> Any:
        found = [{"url": "/form", "title": "Formulir cuti", "hint": "Cuti", "icon": "calendar", "group": "Layanan"}]
        wanted = request.args.get("q", "").lower()
        return {"items": [item for item in found if wanted in item["title"].lower()]}

    @app.get("/sw.js")
    def worker() -> Response:
        return Response((assets.dist() / "sw.js").read_text() + f"// {site.release}", mimetype="text/javascript")

    _add_keys(app, site)
    _add_outbox(app, site)
    app.add_url_rule("/badges", "badges", lambda: {"tasks": 9, "unread": 0})
    app.add_url_rule("/manifest.webmanifest", "manifest", lambda: {"name": "Nunukan Satu"})
    app.add_url_rule("/healthz", "healthz", lambda: "ok")
    app.add_url_rule("/favicon.ico", "favicon", lambda: ("", 204))


def _add_outbox(app: Flask, site: Site) -> None:
    @app.get("/offline/session")
    def whose() -> Any:
        if site.session_ended:
            return {"outbox": True, "sign_in": True}
        return {"outbox": True, "partition": site.partition, "csrf_token": "t", "keys": [b64encode(bytes(32)).decode()]}

    app.add_url_rule("/offline/forms", "blank_forms", list)
    app.add_url_rule("/offline/outbox", "outbox", lambda: show("offline"))


def _add_keys(app: Flask, site: Site) -> None:
    @app.post("/keys/options/<kind>")
    def options(kind: str) -> Any:
        asked: dict[str, Any] = {"challenge": "dGFudGFuZ2Fu", "userVerification": "required", "rpId": "localhost"}
        if kind == "create":
            asked |= {
                "rp": {"id": "localhost", "name": "Nunukan Satu"},
                "user": {"id": "c2F0dQ", "name": "n", "displayName": "N"},
            }
            asked |= {
                "pubKeyCredParams": [{"type": "public-key", "alg": kind} for kind in (-7, -257)],
                "excludeCredentials": [],
            }
            asked |= {"authenticatorSelection": {"residentKey": "required", "userVerification": "required"}}
        return asked

    @app.post("/keys/verify")
    def verify() -> Any:
        site.verified.append(request.get_json())
        site.tokens.append(request.headers.get("X-CSRFToken", ""))
        return ({"message": "Kunci ini sudah terdaftar."}, 403) if site.refuse else {"location": "/list"}


@contextmanager
def running(site: Site) -> Iterator[Site]:
    """Serve the stand-in on a free port of this machine."""
    server = make_server("127.0.0.1", 0, make_app(site), threaded=True)
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
