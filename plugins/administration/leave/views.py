"""Pages of leave: the list, asking, one request, the balance, the terms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from superapp.api import (
    Invalid,
    NotFound,
    PluginBlueprint,
    Refused,
    Submission,
    accept_file,
    attach_file,
    case_view,
    current_actor,
    documents_of,
    files_of,
    find,
    flash,
    keep_file,
    preview_path,
    redirect_to,
    render,
    request,
    today,
    url_for,
)
from superapp.api import _ as words_of

from . import balance, checking, colleagues, kinds, knowing, listing, reporting, requesting, trying, warning, words
from .models import LeaveRequest

bp = PluginBlueprint("leave", __name__)
_R = LeaveRequest.__table__.c


@bp.get("/", permission="leave.view")
def index() -> str:
    """Show the list, latest days first, narrowed by name, state, kind or year."""
    filters = listing.Filters.read(request.args)
    rows, may = listing.listed(filters, request.args.get("page", "")), current_actor().may
    names = {code: one.name for code, one in kinds.delivered().items() if one.requested}
    return render(
        "leave/index.html", page=rows, filters=filters, names=names, words=words, kept=filters.kept,
        years={str(one): str(one) for one in reporting.years()}, known=knowing.of_rows(rows.rows),
        address=url_for("leave.index"), may_write=may("leave.write"), may_manage=may("leave.manage"),
        may_report=may(reporting.PERMISSION),
    )  # fmt: skip


@bp.get("/new", permission="leave.write")
def new() -> str:
    """Show the form, with the balance and who will decide."""
    person = requesting.myself()
    offered = [(one.code, words_of(one.name), words_of(one.terms)) for one in requesting.choices(person)]
    heads = colleagues.heads()
    people = [*([(colleagues.PROPOSED, words_of("Usulan aplikasi: pejabat yang bebas pada hari itu"))] if heads else []),
              *colleagues.around()]  # fmt: skip
    return render(
        "leave/form.html", kinds=offered, left=balance.of(person.id, today().year), people=people, heads=heads,
        earliest=today() - timedelta(days=max(checking.BACKDATED.values())), latest=today() + timedelta(days=checking.FURTHEST),
        most_travel=max(one.travel for one in kinds.of_year(today().year).values()),
        path=_path(), year=today().year, day=today(),
    )  # fmt: skip


@bp.get("/check", permission="leave.write")
def check() -> str:
    """Say what the days of the form would bring, as a fragment."""
    return render("leave/check.html", trial=trying.of(request.args))


def _path() -> list[Any]:
    """Return who will decide an annual leave of the actor; nobody while a step has no decider."""
    actor = current_actor()
    draft = LeaveRequest(
        unit_id=actor.unit_id, opd_id=actor.opd_id, person_name=actor.name, kind="CT", first_day=today(), last_day=today(),
        days=1, reason="",
    )  # fmt: skip
    try:
        asked = Submission(draft, "", "", facts={"kind": "CT"})
        return [
            {"title": words_of(one.step.title), "sub": " · ".join(_seat(one)), "todo": True}
            for one in preview_path("leave.request", asked)
        ]
    except (Refused, Invalid):
        return []


def _seat(planned: Any) -> list[str]:
    return [f"{seat.label} ({seat.name})" if seat.name else seat.label for seat in planned.seats]


def _uploaded() -> Any:
    """Examine the attachment before the transaction, if there is one."""
    given = request.files.get("attachment")
    return accept_file(given) if given is not None and given.filename else None


@bp.post("/new", permission="leave.write", says="{actor} mengajukan cuti", prepare=_uploaded, offline=True)
def ask(prepared: Any = None) -> Any:
    """Ask for leave; an attachment of sick leave is for those alone who may read medical notes."""
    row = requesting.ask(request.form, attached=prepared is not None)
    if prepared is not None:
        attach_file(keep_file(prepared), row, permission="leave.medical" if row.kind == "CS" else "leave.view")
    flash(words_of("Permohonan cuti terkirim."))
    return redirect_to("leave.show", request_id=row.id)


@bp.get("/<uuid:request_id>", permission="leave.view")
def show(request_id: UUID) -> str:
    """Show one request with its path."""
    row = find(LeaveRequest, request_id, "leave.view")
    view, mine = case_view(row), row.person_id == current_actor().person_id
    medical, known = knowing.reads_notes(row), knowing.knows(row, view)
    kind = kinds.of_year(row.first_day.year)[row.kind]
    files = files_of(row)
    return render(
        "leave/show.html", row=row, kind=kind, name=knowing.name_of(kind, known=known), view=view, words=words,
        documents=documents_of(row) if known else [], files=files if medical or (known and row.kind != "CS") else [],
        sealed=bool(files) and not medical, mine=mine, begun=row.first_day <= today(),
        reason=row.reason if medical or (known and row.kind != "CS") else "",
        doubts=warning.of_request(row) if view and view.case.open and (mine or view.task) else [],
        running=mine and row.state in ("approved", "changed") and row.last_day >= today(),
    )  # fmt: skip


@bp.post(
    "/<uuid:request_id>/withdraw", permission="leave.write", says="{actor} menarik permohonan cuti", form="leave.show"
)
def take_back(request_id: UUID) -> Any:
    """Take a request back that is not decided."""
    requesting.take_back(request_id)
    return redirect_to("leave.show", request_id=request_id)


@bp.post("/<uuid:request_id>/cancel", permission="leave.write", says="{actor} membatalkan cuti", form="leave.show")
def cancel(request_id: UUID) -> Any:
    """Cancel an approved leave before it begins."""
    requesting.shorten(request_id, None)
    flash(words_of("Cuti dibatalkan. Harinya kembali ke saldo."))
    return redirect_to("leave.show", request_id=request_id)


@bp.post(
    "/<uuid:request_id>/return",
    permission="leave.write",
    says="{actor} kembali dari cuti lebih awal",
    form="leave.show",
)
def come_back(request_id: UUID) -> Any:
    """End a running leave early."""
    requesting.shorten(request_id, requesting.day_of(request.form, "last_day"))
    flash(words_of("Cuti dipersingkat. Sisa harinya kembali ke saldo."))
    return redirect_to("leave.show", request_id=request_id)


@bp.get("/balance", permission="leave.write")
def ledger() -> str:
    """Show the actor's own balance and every booking behind it."""
    person, year = requesting.myself(), today().year
    return render(
        "leave/balance.html",
        left=balance.of(person.id, year),
        entries=balance.entries(person.id),
        year=year,
        words=words,
    )


@bp.get("/calendar", permission="leave.view")
def calendar() -> str:
    """Show who is away in the coming sixty days."""
    away, coming = listing.absences(today(), today() + timedelta(days=60))
    return render("leave/calendar.html", away=away, coming=coming, words=words)


@bp.get("/kinds", permission="leave.manage")
def terms() -> str:
    """Show the terms of all kinds."""
    return render("leave/kinds.html", kinds=kinds.of_year(today().year).values())


@bp.get("/kinds/<code>", permission="leave.manage")
def edit_terms(code: str) -> str:
    """Show the form of a kind's terms."""
    return render(
        "leave/kind.html", kind=_kind(code), year=today().year, changes=kinds.changes(code), limits=kinds.LIMITS,
        numbers=[(name, words_of(label)) for name, label in words.TERMS.items()],
    )  # fmt: skip


@bp.post("/kinds/<code>", permission="leave.manage", says="{actor} mengubah ketentuan cuti {kind} mulai {year}")
def change_terms(code: str) -> Any:
    """Change a kind's terms from a year on."""
    kinds.change(_kind(code).code, request.form)
    flash(words_of("Ketentuan tersimpan."))
    return redirect_to("leave.terms")


def _kind(code: str) -> kinds.Kind:
    found = kinds.of_year(today().year).get(code)
    if found is None:
        raise NotFound
    return found
