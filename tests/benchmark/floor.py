"""The floor: what a bare Flask app of the same pages costs.

Flask, Jinja, flask-login, Flask-WTF's CSRF and one ORM query a page; the page sizes, the compression and the headers are
those of the app, so that the ratio shows what the app's own work costs.
"""

from __future__ import annotations

import os
from pathlib import Path

import brotli
import sqlalchemy as sa
from flask import Flask, redirect, render_template, request
from flask_login import LoginManager, UserMixin, login_required, login_user
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from superapp.kernel.security import HEADERS


class Base(DeclarativeBase):
    """Base of the floor's two models."""


db = SQLAlchemy(model_class=Base)


class User(UserMixin, db.Model):  # type: ignore[name-defined, misc]
    """Who is signed in."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Item(db.Model):  # type: ignore[name-defined, misc]
    """A row of the list."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), index=True)
    owner: Mapped[str]
    origin: Mapped[str]
    status: Mapped[str]
    note: Mapped[str]


def create_floor() -> Flask:
    """Return the floor's WSGI app; its folder (FLOOR_DIR) holds `floor.db` and the page templates."""
    folder = Path(os.environ["FLOOR_DIR"])
    app = Flask("floor", template_folder=str(folder / "templates"))
    app.config["SECRET_KEY"] = "floor"
    app.config["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{folder / 'floor.db'}"
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    db.init_app(app)
    with app.app_context():
        sa.event.listen(db.engine, "connect", _pragmas)
    CSRFProtect(app)
    manager = LoginManager(app)

    @manager.user_loader
    def load(user_id: str) -> User | None:
        return db.session.get(User, int(user_id))

    _add_pages(app)
    app.after_request(_finish)
    return app


def _pragmas(connection: object, _record: object) -> None:
    connection.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL")  # type: ignore[attr-defined]


def _add_pages(app: Flask) -> None:
    @app.get("/masuk")
    def enter() -> str:
        login_user(db.session.get(User, 1))
        return "masuk"

    @app.get("/home")
    @login_required
    def home() -> str:
        return render_template("home.html")

    @app.get("/list")
    @login_required
    def listing() -> str:
        after = request.args.get("after", "")
        query = sa.select(Item).where(Item.name > after).order_by(Item.name, Item.id).limit(21)
        return render_template("list.html", items=db.session.scalars(query).all()[:20])

    @app.get("/form")
    @login_required
    def form() -> str:
        return render_template("form.html", item=db.session.get(Item, 1))

    @app.post("/form")
    @login_required
    def save() -> object:
        fields = ("name", "owner", "origin", "status", "note")
        db.session.add(Item(**{name: request.form[name] for name in fields}))
        db.session.commit()
        return redirect("/list", code=303)


def _finish(response):  # type: ignore[no-untyped-def]
    for name, value in HEADERS.items():
        response.headers[name] = value
    body = response.get_data()
    if len(body) > 400 and "br" in request.headers.get("Accept-Encoding", ""):
        response.set_data(brotli.compress(body, quality=4, mode=brotli.MODE_TEXT))
        response.headers["Content-Encoding"] = "br"
    return response
