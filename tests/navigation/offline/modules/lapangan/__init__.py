"""Catatan lapangan: notes written where there is no signal; `offline=True` is all that this module says of it."""

from superapp.api import (
    Invalid,
    Mapped,
    NavItem,
    PluginBlueprint,
    Scope,
    accept_file,
    change,
    column,
    create,
    db,
    find,
    flash,
    hookimpl,
    keep_file,
    plugin_model,
    redirect_to,
    render,
    request,
    visible,
)  # fmt: skip

bp = PluginBlueprint("lapangan", __name__)


class Note(plugin_model("lapangan", scope=Scope.unit(parties=True))):
    """A note from a place."""

    place: Mapped[str] = column(max_length=120, pii="none", label="Tempat")
    kind: Mapped[str] = column(max_length=12, pii="none", label="Jenis")
    words: Mapped[str] = column(max_length=500, default="", pii="none", label="Catatan")


def photo():
    return accept_file(request.files.get("photo"), name="photo")


def typed():
    if len(place := request.form.get("place", "").strip()) < 3:
        raise Invalid("Sebut tempatnya, paling sedikit 3 huruf.", field="place")
    return {"place": place} | {name: request.form.get(name, "") for name in ("kind", "words")}


@bp.get("/", permission="lapangan.view")
def index():
    return render("lapangan/index.html", rows=db.session.scalars(visible(Note, "lapangan.view")).all())


@bp.get("/new", permission="lapangan.write")
def new():
    return render("lapangan/form.html", row=None)


@bp.post("/new", permission="lapangan.write", says="{actor} mencatat {place}", prepare=photo, offline=True)
def make(prepared=None):
    row = create(Note, **typed())
    if prepared:
        keep_file(prepared, row, permission="lapangan.view")
    flash("Catatan tersimpan.")
    return redirect_to("lapangan.edit", row_id=row.id)


@bp.get("/<uuid:row_id>", permission="lapangan.view")
def edit(row_id):
    return render("lapangan/form.html", row=find(Note, row_id, "lapangan.view"))


@bp.post("/<uuid:row_id>", permission="lapangan.write", says="{actor} mengubah {place}", offline=True, conflict="merge")
def save(row_id):
    change(find(Note, row_id, "lapangan.view", lock=True), int(request.form["version"]), **typed())
    return redirect_to("lapangan.index")


@hookimpl
def superapp_blueprints():
    return [bp]


@hookimpl
def superapp_navigation():
    return [NavItem("lapangan.new", "Catatan lapangan", icon="map-pin", group="create")]
