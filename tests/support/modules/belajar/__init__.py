"""Izin belajar: studying beside one's work; the supervisor, the head of the office, and for long programmes the regent's seat."""

from superapp.api import (  # noqa: I001
    APPROVE, REJECT, RETURN, Decision, Mapped, NavItem, PluginBlueprint, Scope, Submission, When, Workflow, WorkflowStep,
    case_view, column, create, db, find, head_of, hookimpl, plugin_model, redirect_to, render, request, submit, supervisor,
    url_for, visible, withdraw,
)  # fmt: skip

bp = PluginBlueprint("belajar", __name__)


class Study(plugin_model("belajar", scope=Scope.unit(parties=True))):
    """A programme that somebody wants to follow."""

    programme: Mapped[str] = column(max_length=120, pii="basic", label="Program studi")
    campus: Mapped[str] = column(max_length=120, pii="basic", label="Perguruan tinggi")
    months: Mapped[int] = column(pii="none", label="Lama (bulan)")
    state: Mapped[str] = column(max_length=12, default="draft", pii="none", label="Status")


LATER = Decision("later", "Tangguhkan", "end", outcome="deferred", note=True, done="menangguhkan")
WORDS = (APPROVE, LATER, RETURN, REJECT)
FLOW = Workflow("belajar.study", "Izin belajar", (
    WorkflowStep("advise", "Pertimbangan atasan", by=supervisor(), days=1),
    WorkflowStep("office", "Keputusan kepala kantor", by=head_of("opd"), days=3, decisions=WORDS),
    WorkflowStep("regency", "Izin pimpinan daerah", by=head_of("regency"), days=5, when=(When("months", ">", 12),)),
))  # fmt: skip


@bp.get("/", permission="belajar.view")
def index():
    return render("belajar/index.html", rows=db.session.scalars(visible(Study, "belajar.view")).all())


@bp.post("/", permission="belajar.write", says="{actor} meminta izin belajar {programme}")
def ask():
    row = create(Study, **{name: request.form.get(name, "") for name in ("programme", "campus", "months")})
    summary = [("Program", row.programme), ("Kampus", row.campus), ("Lama", f"{row.months} bulan")]
    page, facts = url_for("belajar.show", row_id=row.id), {"months": row.months}
    submit("belajar.study", Submission(row, f"Belajar {row.programme}", page, summary=summary, facts=facts))
    return redirect_to("belajar.show", row_id=row.id)


@bp.get("/<uuid:row_id>", permission="belajar.view")
def show(row_id):
    row = find(Study, row_id, "belajar.view")
    return render("belajar/show.html", row=row, view=case_view(row))


@bp.post("/<uuid:row_id>/withdraw", permission="belajar.view", says="{actor} menarik permintaan", form="belajar.show")
def take_back(row_id):
    withdraw(case_view(find(Study, row_id, "belajar.view")).case.id)
    return redirect_to("belajar.show", row_id=row_id)


@hookimpl
def superapp_blueprints():
    return [bp]


@hookimpl
def superapp_workflows():
    return [FLOW]


@hookimpl
def superapp_navigation():
    return [NavItem("belajar.index", "Izin belajar", icon="book-open", permission="belajar.view")]
