"""Izin keluar: leaving the office for some hours, decided by the supervisor, from three hours on by the head too."""

from superapp.api import (
    APPROVE,
    REJECT,
    RETURN,
    Decision,
    Mapped,
    NavItem,
    PluginBlueprint,
    Scope,
    Submission,
    When,
    Workflow,
    WorkflowStep,
    case_view,
    chosen,
    chosen_deciders,
    column,
    create,
    db,
    deciders_to_choose,
    find,
    head_of,
    hookimpl,
    plugin_model,
    redirect_to,
    render,
    request,
    submit,
    supervisor,
    timeline_of,
    url_for,
    visible,
    withdraw,
)

bp = PluginBlueprint("izin", __name__)
ended: list[tuple[str, str]] = []
"""What the effects were told: (outcome, reason of the permit)."""


class Permit(plugin_model("izin", scope=Scope.unit(parties=True))):
    """Leaving the office for some hours."""

    reason: Mapped[str] = column(max_length=200, pii="basic", label="Alasan")
    hours: Mapped[int] = column(pii="none", label="Lama (jam)")
    state: Mapped[str] = column(max_length=12, default="draft", pii="none", label="Status")


def note_end(done):
    ended.append((done.outcome, done.record.reason))


def warn(case, decision):
    return ["Rapat dinas pukul 10.00"] if case.facts["hours"] == 7 and decision.key == "approve" else []


LATER = Decision("later", "Tangguhkan", "end", outcome="deferred", note=True, done="menangguhkan")
FLOW = Workflow(
    "izin.permit",
    "Izin keluar",
    (
        WorkflowStep("consider", "Pertimbangan atasan", by=supervisor(), days=1),
        WorkflowStep(
            "decide", "Keputusan kepala dinas", by=head_of("opd"), days=2, when=(When("hours", ">=", 3),),
            decisions=(APPROVE, LATER, RETURN, REJECT),
        ),
    ),
    effects={"approved": note_end, "rejected": note_end, "deferred": note_end, "withdrawn": note_end, "reopened": note_end},
    check=warn,
)  # fmt: skip


def submission(permit):
    facts = {"hours": permit.hours}
    lines = [("Alasan", permit.reason), ("Lama", f"{permit.hours} jam")]
    return Submission(
        permit, f"Izin keluar: {permit.reason}", url_for("izin.show", permit_id=permit.id), summary=lines, facts=facts
    )


GUESTS = Workflow(
    "izin.guest", "Izin menerima tamu", (WorkflowStep("agree", "Persetujuan", by=chosen("Yang menyetujui")),)
)


@bp.get("/guests", permission="izin.view")
def guests():
    return render("izin/guests.html", asked=deciders_to_choose("izin.guest"))


@bp.post("/guests", permission="izin.write", says="{actor} meminta izin menerima tamu", form="izin.guests")
def receive():
    permit = create(Permit, reason="Tamu", hours=1)
    wanted = Submission(permit, "Izin tamu", "/", choices=chosen_deciders("izin.guest", request.form))
    submit("izin.guest", wanted)
    return redirect_to("izin.index")


@bp.get("/", permission="izin.view")
def index():
    return render("izin/index.html", permits=db.session.scalars(visible(Permit, "izin.view")).all())


@bp.post("/", permission="izin.write", says="{actor} mengajukan izin keluar")
def ask():
    permit = create(Permit, reason=request.form.get("reason", ""), hours=request.form.get("hours", ""))
    submit("izin.permit", submission(permit))
    return redirect_to("izin.show", permit_id=permit.id)


@bp.get("/<uuid:permit_id>", permission="izin.view")
def show(permit_id):
    permit = find(Permit, permit_id, "izin.view")
    return render("izin/show.html", permit=permit, view=case_view(permit), history=timeline_of(permit))


@bp.post("/<uuid:permit_id>/withdraw", permission="izin.view", says="{actor} menarik izin keluar", form="izin.show")
def take_back(permit_id):
    withdraw(case_view(find(Permit, permit_id, "izin.view")).case.id)
    return redirect_to("izin.show", permit_id=permit_id)


@hookimpl
def superapp_blueprints():
    return [bp]


@hookimpl
def superapp_navigation():
    return [NavItem("izin.index", "Izin keluar", icon="clock", permission="izin.view")]


@hookimpl
def superapp_workflows():
    return [FLOW, GUESTS]
