"""The public face for plugins (API 1.0): what is in `__all__` is promised, everything else may change.

A plugin imports this module and, in its tests, `superapp.testing`; nothing else of ours. Libraries (sqlalchemy, flask)
it may import itself. Deprecated names stay for two minor releases and six months.
"""

from __future__ import annotations

from flask import flash, request, url_for
from sqlalchemy.orm import Mapped

from superapp.access.actor import Actor
from superapp.access.actor import current as current_actor
from superapp.access.listing import Order, Page, count, list_indexes, page
from superapp.access.model import core_ref, plugin_model
from superapp.access.records import change, create, find
from superapp.access.scope import Scope, record_type, require, visibility, visible
from superapp.extensions import db
from superapp.kernel.clock import local, now, today
from superapp.kernel.command import Command
from superapp.kernel.command import current as current_command
from superapp.kernel.counters import next_number
from superapp.kernel.database import column, run
from superapp.kernel.errors import AppError, Forbidden, Invalid, NotFound, Refused, Stale
from superapp.kernel.events import Event, EventType, emit
from superapp.kernel.jobs import Job, Step, enqueue
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render, render_block
from superapp.kernel.values import checked, clean_text
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.plugin.between import service, setting
from superapp.plugin.blueprint import GUEST, PUBLIC, SIGNED_IN, PluginBlueprint, redirect_to
from superapp.plugin.contributions import (
    HealthReport,
    LifecycleChange,
    NavItem,
    PersonData,
    PersonSubject,
    Service,
    Setting,
    SlotContent,
    Widget,
)
from superapp.plugin.hookspecs import hookimpl

API_VERSION = "1.0"
"""What `api = "1.0"` in plugin.toml is compared with."""

__all__ = [
    "API_VERSION",
    "GUEST",
    "N_",
    "PUBLIC",
    "SIGNED_IN",
    "Actor",
    "AppError",
    "Appointment",
    "Command",
    "Event",
    "EventType",
    "Forbidden",
    "HealthReport",
    "Invalid",
    "Job",
    "LifecycleChange",
    "Mapped",
    "NavItem",
    "NotFound",
    "Order",
    "Page",
    "Person",
    "PersonData",
    "PersonSubject",
    "PluginBlueprint",
    "Position",
    "Refused",
    "Scope",
    "Service",
    "Setting",
    "SlotContent",
    "Stale",
    "Step",
    "Unit",
    "Widget",
    "_",
    "change",
    "checked",
    "clean_text",
    "column",
    "core_ref",
    "count",
    "create",
    "current_actor",
    "current_command",
    "db",
    "emit",
    "enqueue",
    "find",
    "flash",
    "hookimpl",
    "list_indexes",
    "local",
    "next_number",
    "now",
    "page",
    "plugin_model",
    "record_type",
    "redirect_to",
    "render",
    "render_block",
    "request",
    "require",
    "run",
    "service",
    "setting",
    "today",
    "url_for",
    "visibility",
    "visible",
]
