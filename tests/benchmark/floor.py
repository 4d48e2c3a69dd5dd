"""The floor: what a bare Flask app of the same pages costs.

Flask, Jinja, flask-login, Flask-WTF's CSRF and one ORM query a page (two for the tasks, whose number is shown); the page
sizes, the compression and the headers are those of the app, so that the ratio shows what the app's own work costs.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import brotli
import sqlalchemy as sa
from flask import Flask, abort, redirect, render_template, request
from flask_login import LoginManager, UserMixin, current_user, login_required, login_user
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


class Post(db.Model):  # type: ignore[name-defined, misc]
    """A post that somebody holds."""

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("user.id"), index=True)


class Request(db.Model):  # type: ignore[name-defined, misc]
    """What is decided in two steps."""

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    state: Mapped[str]


class Step(db.Model):  # type: ignore[name-defined, misc]
    """A decision by a post, or the task of it: what is open waits."""

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("request.id"), index=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    place: Mapped[int]
    state: Mapped[str]
    decision: Mapped[str]
    note: Mapped[str]
    decided_by: Mapped[int | None]
    decided_at: Mapped[datetime | None]


class Task(db.Model):  # type: ignore[name-defined, misc]
    """What waits for a post."""

    id: Mapped[int] = mapped_column(primary_key=True)
    post_id: Mapped[int] = mapped_column(sa.ForeignKey("post.id"))
    step_id: Mapped[int | None] = mapped_column(sa.ForeignKey("step.id"))
    title: Mapped[str]
    words: Mapped[str]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (sa.Index("ix_task_open", "post_id", "due_at", sqlite_where=sa.text("closed_at IS NULL")),)


class Event(db.Model):  # type: ignore[name-defined, misc]
    """A line of a request's history."""

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(sa.ForeignKey("request.id"), index=True)
    words: Mapped[str]
    at: Mapped[datetime]


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
    _add_decisions(app)
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


def _add_decisions(app: Flask) -> None:
    @app.get("/tasks")
    @login_required
    def tasks() -> str:
        mine = Task.post_id.in_(sa.select(Post.id).where(Post.user_id == current_user.id)), Task.closed_at.is_(None)
        number = db.session.scalar(sa.select(sa.func.count()).select_from(Task).where(*mine))
        query = sa.select(Task).where(*mine).order_by(Task.due_at, Task.id).limit(21)
        now = datetime.now(UTC).replace(tzinfo=None)
        return render_template("tasks.html", items=db.session.scalars(query).all()[:20], number=number, now=now)

    @app.post("/tasks/<int:step_id>")
    @login_required
    def decide(step_id: int) -> object:
        step = db.session.get(Step, step_id)
        post = db.session.get(Post, step.post_id)
        if post.user_id != current_user.id or step.state != "open":
            abort(409)
        now = datetime.now(UTC).replace(tzinfo=None)
        step.state, step.decision, step.note = "done", request.form["decision"], request.form.get("note", "")
        step.decided_by, step.decided_at = current_user.id, now
        db.session.scalar(sa.select(Task).where(Task.step_id == step.id)).closed_at = now
        case = db.session.get(Request, step.request_id)
        case.state = "reviewed"
        after = db.session.scalar(sa.select(Step).where(Step.request_id == case.id, Step.place == step.place + 1))
        after.state = "open"
        more = {"title": case.title, "words": "Keputusan", "created_at": now, "due_at": now}
        db.session.add(Task(post_id=after.post_id, step_id=after.id, **more))
        db.session.add(Event(request_id=case.id, words=f"{current_user.name} memutus", at=now))
        db.session.commit()
        return redirect("/tasks", code=303)


def _finish(response):  # type: ignore[no-untyped-def]
    for name, value in HEADERS.items():
        response.headers[name] = value
    body = response.get_data()
    if len(body) > 400 and "br" in request.headers.get("Accept-Encoding", ""):
        response.set_data(brotli.compress(body, quality=4, mode=brotli.MODE_TEXT))
        response.headers["Content-Encoding"] = "br"
    return response
