"""Nunukan Satu: one app whose functions grow without building new apps."""

from __future__ import annotations

from importlib import import_module, metadata

from flask import Flask

from superapp.settings import Settings, home, load_settings

CORE_PARTS = (
    "superapp.organization.hooks",
    "superapp.access.hooks",
    "superapp.login.hooks",
    "superapp.shared.hooks",
    "superapp.shared.workflow.hooks",
    "superapp.shared.notices.hooks",
    "superapp.shared.documents.hooks",
    "superapp.shared.agenda.hooks",
    "superapp.navigation.hooks",
    "superapp.admin.hooks",
    "superapp.operations.hooks",
)
"""The core's own registrations, from below to above; plugins come after them through the same hooks."""


def create_app(settings: Settings | None = None) -> Flask:
    """Return the WSGI app of one installation.

    `settings` default to the environment; SettingsError lists what is wrong with it.
    """
    from superapp.kernel.http import App

    settings = settings or load_settings()
    app = App("superapp", instance_path=str(settings.data_dir), static_folder=None, template_folder=None)
    _configure(app, settings)
    _log(app, settings)
    _open_edge(app, settings)
    _connect_database(app, settings)
    _follow_clock(settings)
    _open_sessions(app)
    _note_readings(app)
    _prepare_templates(app)
    _register_parts_and_plugins(app, settings)
    _plug_ports()
    _frame_pages(app)
    _answer_errors(app)
    _serve_assets(app)
    return app


def version() -> str:
    """Return the installed version, or `0` in a tree that is not installed."""
    try:
        return metadata.version("nunukan-satu")
    except metadata.PackageNotFoundError:
        return "0"


def _configure(app: Flask, settings: Settings) -> None:
    app.extensions["superapp.settings"] = settings
    app.config["SECRET_KEY"] = settings.secret_key.get_secret_value()
    app.config["WTF_CSRF_CHECK_DEFAULT"] = False  # the blueprint checks, after the limiter and before the transaction
    app.config["WTF_CSRF_TIME_LIMIT"] = None
    app.config["WTF_CSRF_SSL_STRICT"] = True
    app.config["TRAP_HTTP_EXCEPTIONS"] = False
    app.json.sort_keys = False  # type: ignore[attr-defined]


def _log(app: Flask, settings: Settings) -> None:
    from superapp.kernel import logs

    logs.install(app, settings)


def _open_edge(app: Flask, settings: Settings) -> None:
    from superapp.kernel import http, security

    http.install(app, settings)
    security.protect(app, settings)


def _connect_database(app: Flask, settings: Settings) -> None:
    from superapp.kernel import database

    database.connect(app, settings)


def _follow_clock(settings: Settings) -> None:
    from superapp.kernel import clock

    if settings.test_clock is None or settings.secure:
        return clock.follow(None)
    from superapp.operations.demo.marking import is_marked

    return clock.follow(settings.test_clock, allowed=is_marked)


def _open_sessions(app: Flask) -> None:
    from superapp.extensions import csrf
    from superapp.login import session

    session.install(app)
    csrf.init_app(app)


def _note_readings(app: Flask) -> None:
    from superapp.kernel import access_log

    access_log.install(app)


def _prepare_templates(app: Flask) -> None:
    from superapp.kernel import templates

    templates.install(app, version=version())


def _register_parts_and_plugins(app: Flask, settings: Settings) -> None:
    from superapp.plugin import host

    host.install(app, settings, core_parts=[import_module(name) for name in CORE_PARTS])


def _plug_ports() -> None:
    from superapp.access.actor import RoleAuthorizer, current
    from superapp.kernel import ports

    ports.authorizer.fill(RoleAuthorizer())
    ports.current_actor.fill(current)


def _frame_pages(app: Flask) -> None:
    from superapp.navigation import frame

    frame.install(app)


def _answer_errors(app: Flask) -> None:
    from superapp.navigation import errors

    errors.install(app)


def _serve_assets(app: Flask) -> None:
    from superapp.kernel import assets

    assets.serve(app)


__all__ = ["CORE_PARTS", "create_app", "home", "version"]
