"""Ruang rapat: borrowing a meeting room for an hour or more, decided by the supervisor, who is told of other bookings."""

from datetime import date  # noqa: I001

from superapp.api import (
    Mapped, NavItem, PluginBlueprint, Scope, Submission, Workflow, WorkflowStep, case_view, column, create, db, find,
    format_date, hookimpl, plugin_model, redirect_to, render, request, submit, supervisor, url_for, visible, withdraw,
)  # fmt: skip

bp = PluginBlueprint("ruang", __name__)


class Booking(plugin_model("ruang", scope=Scope.unit(parties=True))):
    """A room for one day."""

    room: Mapped[str] = column(max_length=80, pii="none", label="Ruang")
    purpose: Mapped[str] = column(max_length=200, pii="basic", label="Keperluan")
    day: Mapped[date] = column(pii="none", label="Tanggal")
    state: Mapped[str] = column(max_length=12, default="draft", pii="none", label="Status")


def taken(case, decision):
    day = date.fromisoformat(case.facts["day"])
    same = db.select(Booking).where(Booking.room == case.facts["room"], Booking.day == day, Booking.state == "approved")
    return [f"{one.room} sudah dipakai untuk {one.purpose}." for one in db.session.scalars(same.limit(5))]


FLOW = Workflow(
    "ruang.booking", "Ruang rapat", (WorkflowStep("allow", "Izin atasan", by=supervisor(), days=1),), check=taken
)


@bp.get("/", permission="ruang.view")
def index():
    return render("ruang/index.html", rows=db.session.scalars(visible(Booking, "ruang.view")).all())


@bp.post("/", permission="ruang.write", says="{actor} meminta {room}")
def ask():
    row = create(Booking, **{name: request.form.get(name, "") for name in ("room", "purpose", "day")})
    summary = [("Ruang", row.room), ("Tanggal", format_date(row.day)), ("Keperluan", row.purpose)]
    page, facts = url_for("ruang.show", row_id=row.id), {"room": row.room, "day": row.day}
    submit("ruang.booking", Submission(row, f"{row.room}: {row.purpose}", page, summary=summary, facts=facts))
    return redirect_to("ruang.show", row_id=row.id)


@bp.get("/<uuid:row_id>", permission="ruang.view")
def show(row_id):
    row = find(Booking, row_id, "ruang.view")
    return render("ruang/show.html", row=row, view=case_view(row))


@bp.post("/<uuid:row_id>/withdraw", permission="ruang.view", says="{actor} menarik peminjaman", form="ruang.show")
def take_back(row_id):
    withdraw(case_view(find(Booking, row_id, "ruang.view")).case.id)
    return redirect_to("ruang.show", row_id=row_id)


@hookimpl
def superapp_blueprints():
    return [bp]


@hookimpl
def superapp_workflows():
    return [FLOW]


@hookimpl
def superapp_navigation():
    return [NavItem("ruang.index", "Ruang rapat", icon="house", permission="ruang.view")]
