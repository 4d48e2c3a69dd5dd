"""The pages of the dummy."""

from __future__ import annotations

import sqlalchemy as sa

from superapp.api import (
    PUBLIC,
    SIGNED_IN,
    Event,
    Invalid,
    PluginBlueprint,
    change,
    create,
    emit,
    enqueue,
    find,
    redirect_to,
    render,
    request,
    run,
    setting,
    visible,
)

from .models import Part, Toy

bp = PluginBlueprint("dummy", __name__)
toys = Toy.__table__


def count_toys():
    """Return how many toys there are."""
    return run(sa.select(sa.func.count()).select_from(toys)).scalar_one()


@bp.get("/", permission="dummy.view")
def index():
    rows = run(visible(Toy, "dummy.view", toys.c.id, toys.c.name).order_by(toys.c.name).limit(50))
    return render("dummy/index.html", toys=rows.all(), greeting=setting("dummy.greeting"))


@bp.post("/", permission="dummy.write", says="{actor} membuat boneka {name}")
def make():
    name = request.form.get("name", "")
    if name == "terlarang":
        raise Invalid("Nama ini tidak boleh dipakai.", field="name")
    toy = create(Toy, name=name, note=request.form.get("note", ""))
    toy.parts.append(Part(label="kepala"))
    emit(Event("dummy.made", {"toy_id": toy.id}, record_type="dummy_toy", record_id=toy.id, opd_id=toy.opd_id))
    enqueue("dummy.tidy", {"note": "hapus"}, plugin="dummy", key=f"tidy:{toy.id}")
    return redirect_to("dummy.toy", toy_id=toy.id)


@bp.get("/toys/<uuid:toy_id>", permission="dummy.view")
def toy(toy_id):
    return render("dummy/toy.html", toy=find(Toy, toy_id, "dummy.view"))


@bp.post("/toys/<uuid:toy_id>", permission="dummy.write", says="{actor} mengubah boneka {name}", form="dummy.toy")
def rename(toy_id):
    found = find(Toy, toy_id, "dummy.write", lock=True)
    change(found, request.form.get("version", type=int), name=request.form.get("name", ""))
    return redirect_to("dummy.toy", toy_id=toy_id)


@bp.get("/card", permission="dummy.view")
def card():
    return render("dummy/card.html", count=count_toys())


@bp.get("/open", permission=PUBLIC)
def open_page():
    return "terbuka"


@bp.get("/mine", permission=SIGNED_IN)
def mine():
    return "milik saya"


def weigh(toy_id):
    """Do the slow part of `/weigh` before the transaction."""
    return len(str(toy_id))


@bp.post(
    "/toys/<uuid:toy_id>/weigh",
    permission="dummy.write",
    says="{actor} menimbang boneka",
    prepare=weigh,
    form="dummy.toy",
)
def weighed(toy_id, prepared):
    change(find(Toy, toy_id, "dummy.write"), None, note=f"berat {prepared}")
    return "", 204
