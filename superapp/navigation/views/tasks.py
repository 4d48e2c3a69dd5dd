"""*Tugas Saya*: the list, the decision sheet, several decisions at once, the undo, and giving a task to somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from uuid import UUID

from flask import flash, request
from werkzeug import Response

from superapp.access.actor import current
from superapp.extensions import db
from superapp.kernel import command
from superapp.kernel.errors import AppError, Invalid, NotFound
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.navigation import deciding, forms, narrowing, work
from superapp.navigation.blueprint import bp
from superapp.plugin.blueprint import SIGNED_IN, redirect_to
from superapp.plugin.host import host
from superapp.shared import workflow
from superapp.shared.picking import typed_words
from superapp.shared.tasks import EVERYTHING, sorts
from superapp.shared.workflow import Verdict, choosing, diagram, versions
from superapp.shared.workflow.showing import case_view

DECIDED = N_("{actor} memutus {title}: {decision}")
UNDONE = N_("{actor} membatalkan keputusan atas {title}")
HANDED = N_("{actor} mengalihkan tugas {title}")
REOPENED = N_("{actor} membuka kembali keputusan atas {title}")
ADDED = N_("{actor} menambah pemutus untuk {title}")


@bp.get("/tasks", permission=SIGNED_IN)
def tasks() -> str:
    """Show the person's tasks: waiting, given to others, done."""
    actor, tab, cursor = current(), request.args.get("show", ""), forms.cursor()
    if tab == "asked":
        return render("navigation/tasks_asked.html", page=work.asked(cursor), undoable=_undoable())
    if tab == "done":
        return render("navigation/tasks_done.html", page=work.finished(actor, cursor), undoable=_undoable())
    narrow = narrowing.read(request.args)
    page = work.waiting(actor, cursor, narrow)
    return render(
        "navigation/tasks_waiting.html",
        page=page,
        groups=work.groups(page.rows),
        chips=[] if cursor else narrowing.chips(narrow, sorts()),
        more=narrowing.address(narrow, page=page.next),
        narrowed=narrow != EVERYTHING,
        undoable=_undoable(),
    )


def _undoable() -> tuple[UUID, str] | None:
    """Return the step that was decided just now and its title, if it may still be undone."""
    if not request.args.get("done"):
        return None
    found = deciding.undoable(forms.identity(request.args["done"]))
    return None if found is None else (found[0].id, found[1].title)


@bp.get("/tasks/<uuid:step_id>", permission=SIGNED_IN)
def decision_sheet(step_id: UUID) -> str:
    """Show one decision: what it is about, the path, what may be said."""
    return render("navigation/decision.html", sheet=deciding.sheet(step_id), phrases=deciding.PHRASES, look=deciding)


@bp.post("/tasks/<uuid:step_id>", permission=SIGNED_IN, says=DECIDED)
def decide(step_id: UUID) -> Response:
    """Decide one step."""
    workflow.decide(step_id, _verdict())
    flash(_("Keputusan tersimpan."))
    return redirect_to("navigation.tasks", done=step_id)


def _verdict() -> Verdict:
    form = request.form
    back_to = form.get("back_to", "")
    return Verdict(
        form.get("decision", ""),
        note=form.get("note", ""),
        values={name.removeprefix("ask_"): value for name, value in form.items() if name.startswith("ask_")},
        back_to=forms.identity(back_to) if back_to else None,
    )


@bp.post("/tasks/<uuid:step_id>/undo", permission=SIGNED_IN, says=UNDONE, form="navigation.decision_sheet")
def undo(step_id: UUID) -> Response:
    """Take a decision of some seconds ago back."""
    case = workflow.undo(step_id)
    command.current().about(case.record_type, case.record_id, opd_id=case.opd_id, title=case.title)
    flash(_("Keputusan dibatalkan. Tugasnya kembali menunggu Anda."))
    return redirect_to("navigation.decision_sheet", step_id=step_id)


@bp.get("/tasks/<uuid:step_id>/pass-on", permission=SIGNED_IN)
def pass_on_form(step_id: UUID) -> str:
    """Show the form that gives a step to somebody else, or asks somebody first."""
    return render("navigation/pass_on.html", sheet=deciding.sheet(step_id))


@bp.post("/tasks/<uuid:step_id>/pass-on", permission=SIGNED_IN, says=HANDED)
def pass_on(step_id: UUID) -> Response:
    """Give a step to another position, or let it decide first."""
    position_id, note = choosing.post_in(request.form, "position"), request.form.get("note", "")
    first = request.form.get("how") == "add"
    case = (workflow.add if first else workflow.hand_over)(step_id, position_id, note)
    running = command.current()
    running.says = ADDED if first else HANDED
    running.about(case.record_type, case.record_id, opd_id=case.opd_id, title=case.title)
    flash(_("Pemutus ditambahkan. Tugas kembali kepada Anda sesudahnya.") if first else _("Tugas dialihkan."))
    return redirect_to("navigation.tasks")


@bp.get("/tasks/posts", permission=SIGNED_IN)
def suggest_deciders() -> str:
    """Answer the picker of positions."""
    return render("navigation/suggestions.html", rows=choosing.filled_posts(typed_words(request.args)))


@bp.get("/tasks/check", permission=SIGNED_IN)
def check_many() -> str:
    """Show what several decisions at once would do, before they are made."""
    # After a refusal the page is asked with what the form sent.
    key, ticked = request.values.get("decision", ""), request.values.getlist("step")
    shown = _known([*request.values.getlist("shown"), *ticked])
    items = deciding.checked(shown, key if key == "return" else "approve")
    return render("navigation/bulk.html", items=items, ticked=ticked if request.method == "POST" else None)


@bp.post("/tasks/check", permission=SIGNED_IN, says="")
def decide_many() -> Response:
    """Decide several steps alike in one command, each with a savepoint and an audit row of its own."""
    steps = list(_chosen(request.form.getlist("step")))
    if not steps:
        raise Invalid(_("Pilih paling sedikit satu tugas."))
    verdict = Verdict(request.form.get("decision", ""), note=request.form.get("note", ""))
    for step_id in steps:
        _decide_one(step_id, verdict)
    return redirect_to("navigation.results", step=[str(step_id) for step_id in steps])


def _decide_one(step_id: UUID, verdict: Verdict) -> None:
    """Decide one of many; what is refused stays as it is, the others count."""
    running = command.current()
    try:
        with db.session.begin_nested():
            case = workflow.decide(step_id, verdict)
    except Invalid:
        raise
    except AppError:
        return
    values = {"title": case.title, "decision": verdict.decision, "opd_id": case.opd_id}
    running.also(DECIDED, case.record_type, case.record_id, actor=current().name, **values)


def _known(values: list[str]) -> Iterator[UUID]:
    """Yield the ids among values that are any, each once, to show them."""
    for value in dict.fromkeys(values):
        with suppress(NotFound):
            yield forms.identity(value)


def _chosen(values: list[str]) -> Iterator[UUID]:
    yield from dict.fromkeys(forms.identity(value) for value in values[: deciding.MOST])


@bp.get("/tasks/results", permission=SIGNED_IN)
def results() -> str:
    """Show what came of each of several decisions."""
    return render("navigation/results.html", items=deciding.checked(_chosen(request.args.getlist("step")), ""))


@bp.get("/tasks/cases/<uuid:case_id>/reopen", permission=SIGNED_IN)
def reopen_form(case_id: UUID) -> str:
    """Show the form that opens the decision of an ended case again."""
    view = case_view(workflow.find(case_id))
    if not view.may_reopen:
        raise NotFound(_("Permohonan ini tidak ada."))
    return render("navigation/reopen.html", view=view)


@bp.post("/tasks/cases/<uuid:case_id>/reopen", permission=SIGNED_IN, says=REOPENED)
def reopen(case_id: UUID) -> Response:
    """Open the decision of an ended case again, with a reason."""
    case = workflow.reopen(case_id, request.form.get("note", ""))
    command.current().about(case.record_type, case.record_id, opd_id=case.opd_id, title=case.title)
    flash(_("Keputusan dibuka kembali. Pemohon diberi tahu."))
    mine = case_view(case).task
    return redirect_to("navigation.decision_sheet", step_id=mine) if mine else redirect_to("navigation.tasks")


@bp.get("/tasks/flows/<key>", permission=SIGNED_IN)
def flow(key: str) -> str:
    """Show how a kind of request is decided."""
    found = versions.declared(key)
    if not host().is_on(found.module):
        raise NotFound
    return render("navigation/flow.html", flow=found, picture=diagram.svg(found), steps=diagram.described(found))
