"""The public face for plugins (API 1.0): what is in `__all__` is promised, everything else may change.

A plugin imports this module and, in its tests, `superapp.testing`; nothing else of ours. Libraries (sqlalchemy, flask)
it may import itself. Deprecated names stay for two minor releases and six months.
"""

from __future__ import annotations

from flask import flash, request
from sqlalchemy.orm import Mapped

from superapp.access.actor import Actor
from superapp.access.actor import current as current_actor
from superapp.access.listing import Order, Page, count, list_indexes, page
from superapp.access.model import core_ref, plugin_model
from superapp.access.records import change, create, find
from superapp.access.scope import Scope, record_type, require, visibility, visible
from superapp.extensions import db
from superapp.kernel.addresses import url_for
from superapp.kernel.clock import local, now, today
from superapp.kernel.command import Command
from superapp.kernel.command import current as current_command
from superapp.kernel.counters import next_number
from superapp.kernel.database import column, run
from superapp.kernel.errors import AppError, Forbidden, Invalid, NotFound, Refused, Stale
from superapp.kernel.events import Event, EventType, emit
from superapp.kernel.format import format_date, format_datetime, format_number, format_period, format_rupiah
from superapp.kernel.jobs import Job, Step, enqueue
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render, render_block
from superapp.kernel.values import checked, clean_text
from superapp.navigation.tiles import Door
from superapp.navigation.tiles import clicks as door_clicks
from superapp.navigation.tiles import key_of_record as door_key
from superapp.navigation.tiles import put_up as put_up_door
from superapp.navigation.tiles import take_down as take_down_door
from superapp.organization.appointments import appoint
from superapp.organization.appointments import cancel as cancel_appointment
from superapp.organization.appointments import end as end_appointment
from superapp.organization.models import Appointment, Person, Position, Unit
from superapp.plugin.between import service
from superapp.plugin.blueprint import GUEST, PUBLIC, SIGNED_IN, PluginBlueprint, redirect_to
from superapp.plugin.contributions import (
    DocumentTemplate,
    HealthReport,
    LifecycleChange,
    NavItem,
    NoticeType,
    PersonData,
    PersonSubject,
    Service,
    Setting,
    SlotContent,
    Widget,
)
from superapp.plugin.hookspecs import hookimpl
from superapp.plugin.setting import value as setting
from superapp.shared.agenda import Clash, Deputy, clashes, propose_deputy, week_of, whole_days, working_days
from superapp.shared.agenda import Entry as AgendaEntry
from superapp.shared.agenda import after as after_working_time
from superapp.shared.agenda import put as put_entry
from superapp.shared.agenda import remove_of as remove_entries_of
from superapp.shared.agenda import time_of as working_time_of
from superapp.shared.agenda import worked as working_time_between
from superapp.shared.documents.issuing import insert_number, number_of, redraw
from superapp.shared.documents.issuing import issue as issue_document
from superapp.shared.documents.issuing import void as void_document
from superapp.shared.documents.reading import Document, documents_of
from superapp.shared.documents.signatories import Signatory
from superapp.shared.documents.signing.requesting import request_signature
from superapp.shared.files.acceptance import accept as accept_file
from superapp.shared.files.acceptance import accept_files
from superapp.shared.files.keeping import attach as attach_file
from superapp.shared.files.keeping import guard_files
from superapp.shared.files.keeping import keep as keep_file
from superapp.shared.files.keeping import of_record as files_of
from superapp.shared.imports.cells import Row as ImportRow
from superapp.shared.imports.contract import Change as ImportChange
from superapp.shared.imports.contract import Column as ImportColumn
from superapp.shared.imports.contract import Importer, Missing, Reading, Remark
from superapp.shared.mail import send as send_mail
from superapp.shared.notices import notify
from superapp.shared.search.documents import index_record
from superapp.shared.search.documents import remove as unindex
from superapp.shared.speaking import speaking, spoken
from superapp.shared.spreadsheet import csv_file, xlsx_file
from superapp.shared.tables import File
from superapp.shared.tasks import Duty
from superapp.shared.tasks import close as close_task
from superapp.shared.tasks import close_of as close_tasks_of
from superapp.shared.tasks import give as give_task
from superapp.shared.timeline import note
from superapp.shared.timeline import of as timeline_of
from superapp.shared.workflow import (
    APPROVE,
    REJECT,
    RETURN,
    SEND_BACK,
    Ask,
    Case,
    Decision,
    Ended,
    Submission,
    When,
    Workflow,
    chosen,
    head_of,
    role_in,
    submit,
    supervisor,
    supervisor_of_step,
    withdraw,
)
from superapp.shared.workflow import Step as WorkflowStep
from superapp.shared.workflow import preview as preview_path
from superapp.shared.workflow.choosing import choices_of as deciders_to_choose
from superapp.shared.workflow.choosing import chosen_in as chosen_deciders
from superapp.shared.workflow.showing import CaseView
from superapp.shared.workflow.showing import view_of as case_view

API_VERSION = "1.0"
"""What `api = "1.0"` in plugin.toml is compared with."""

__all__ = [
    "API_VERSION",
    "APPROVE",
    "GUEST",
    "N_",
    "PUBLIC",
    "REJECT",
    "RETURN",
    "SEND_BACK",
    "SIGNED_IN",
    "Actor",
    "AgendaEntry",
    "AppError",
    "Appointment",
    "Ask",
    "Case",
    "CaseView",
    "Clash",
    "Command",
    "Decision",
    "Deputy",
    "Document",
    "DocumentTemplate",
    "Door",
    "Duty",
    "Ended",
    "Event",
    "EventType",
    "File",
    "Forbidden",
    "HealthReport",
    "ImportChange",
    "ImportColumn",
    "ImportRow",
    "Importer",
    "Invalid",
    "Job",
    "LifecycleChange",
    "Mapped",
    "Missing",
    "NavItem",
    "NotFound",
    "NoticeType",
    "Order",
    "Page",
    "Person",
    "PersonData",
    "PersonSubject",
    "PluginBlueprint",
    "Position",
    "Reading",
    "Refused",
    "Remark",
    "Scope",
    "Service",
    "Setting",
    "Signatory",
    "SlotContent",
    "Stale",
    "Step",
    "Submission",
    "Unit",
    "When",
    "Widget",
    "Workflow",
    "WorkflowStep",
    "_",
    "accept_file",
    "accept_files",
    "after_working_time",
    "appoint",
    "attach_file",
    "cancel_appointment",
    "case_view",
    "change",
    "checked",
    "chosen",
    "chosen_deciders",
    "clashes",
    "clean_text",
    "close_task",
    "close_tasks_of",
    "column",
    "core_ref",
    "count",
    "create",
    "csv_file",
    "current_actor",
    "current_command",
    "db",
    "deciders_to_choose",
    "documents_of",
    "door_clicks",
    "door_key",
    "emit",
    "end_appointment",
    "enqueue",
    "files_of",
    "find",
    "flash",
    "format_date",
    "format_datetime",
    "format_number",
    "format_period",
    "format_rupiah",
    "give_task",
    "guard_files",
    "head_of",
    "hookimpl",
    "index_record",
    "insert_number",
    "issue_document",
    "keep_file",
    "list_indexes",
    "local",
    "next_number",
    "note",
    "notify",
    "now",
    "number_of",
    "page",
    "plugin_model",
    "preview_path",
    "propose_deputy",
    "put_entry",
    "put_up_door",
    "record_type",
    "redirect_to",
    "redraw",
    "remove_entries_of",
    "render",
    "render_block",
    "request",
    "request_signature",
    "require",
    "role_in",
    "run",
    "send_mail",
    "service",
    "setting",
    "speaking",
    "spoken",
    "submit",
    "supervisor",
    "supervisor_of_step",
    "take_down_door",
    "timeline_of",
    "today",
    "unindex",
    "url_for",
    "visibility",
    "visible",
    "void_document",
    "week_of",
    "whole_days",
    "withdraw",
    "working_days",
    "working_time_between",
    "working_time_of",
    "xlsx_file",
]
