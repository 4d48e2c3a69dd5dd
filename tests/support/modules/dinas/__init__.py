"""Perjalanan dinas: a short journey on duty; who decides sees what the traveller has on those days, the agenda the rest."""

from datetime import date  # noqa: I001

from superapp.api import (
    AgendaEntry, Invalid, Mapped, NavItem, PluginBlueprint, Scope, Submission, When, Workflow, WorkflowStep, case_view, clashes,
    column, create, db, find, head_of, hookimpl, plugin_model, put_entry, redirect_to, render, request, submit, supervisor, url_for,
    visible, whole_days, withdraw,
)  # fmt: skip

bp = PluginBlueprint("dinas", __name__)


class Journey(plugin_model("dinas", scope=Scope.unit(parties=True))):
    """A journey from a day to a day."""

    place: Mapped[str] = column(max_length=120, pii="none", label="Tujuan")
    first_day: Mapped[date] = column(pii="none", label="Berangkat")
    last_day: Mapped[date] = column(pii="none", label="Kembali")
    state: Mapped[str] = column(max_length=12, default="draft", pii="none", label="Status")


def clash(case, decision):
    span = whole_days(*(date.fromisoformat(case.facts[name]) for name in ("first_day", "last_day")))
    return [f"Bentrok: {one.words}" for one in clashes(case.subject_id, span["starts_at"], span["ends_at"])]


def enter(done):
    row, traveller = done.record, done.case.subject_id
    whose = {"module": "dinas", "record_type": "dinas_journey", "record_id": row.id, "key": f"dinas:{row.id}"}
    days = whole_days(row.first_day, row.last_day)
    put_entry(AgendaEntry(traveller, f"Dinas ke {row.place}", kind="dinas.journey", **days, **whose))


FLOW = Workflow("dinas.journey", "Perjalanan dinas", (
    WorkflowStep("check", "Persetujuan atasan", by=supervisor(), days=1),
    WorkflowStep("allow", "Persetujuan kepala kantor", by=head_of("opd"), days=2, when=(When("days", ">", 3),)),
), effects={"approved": enter}, check=clash)  # fmt: skip


@bp.get("/", permission="dinas.view")
def index():
    return render("dinas/index.html", rows=db.session.scalars(visible(Journey, "dinas.view")).all())


@bp.post("/", permission="dinas.write", says="{actor} mengajukan perjalanan ke {place}")
def ask():
    row = create(Journey, **{name: request.form.get(name, "") for name in ("place", "first_day", "last_day")})
    if row.last_day < row.first_day:
        raise Invalid("Hari kembali tidak boleh sebelum hari berangkat.", field="last_day")
    facts = {"first_day": row.first_day, "last_day": row.last_day, "days": (row.last_day - row.first_day).days + 1}
    page = url_for("dinas.show", row_id=row.id)
    submit(
        "dinas.journey", Submission(row, f"Dinas ke {row.place}", page, summary=[("Tujuan", row.place)], facts=facts)
    )
    return redirect_to("dinas.show", row_id=row.id)


@bp.get("/<uuid:row_id>", permission="dinas.view")
def show(row_id):
    row = find(Journey, row_id, "dinas.view")
    return render("dinas/show.html", row=row, view=case_view(row))


@bp.post("/<uuid:row_id>/withdraw", permission="dinas.view", says="{actor} menarik perjalanan", form="dinas.show")
def take_back(row_id):
    withdraw(case_view(find(Journey, row_id, "dinas.view")).case.id)
    return redirect_to("dinas.show", row_id=row_id)


@hookimpl
def superapp_blueprints():
    return [bp]


@hookimpl
def superapp_workflows():
    return [FLOW]


@hookimpl
def superapp_navigation():
    return [NavItem("dinas.index", "Perjalanan dinas", icon="send", permission="dinas.view")]
