"""Roles: what each may do, and who holds it."""

from __future__ import annotations

from typing import Any

from flask import flash, request, url_for

from superapp.access import roles
from superapp.admin.blueprint import bp
from superapp.admin.forms import parsing
from superapp.admin.forms import roles as forms
from superapp.admin.service import roles as reads
from superapp.admin.service.roles import GrantFilter
from superapp.kernel import command
from superapp.kernel.language import N_
from superapp.kernel.language import gettext as _
from superapp.kernel.templates import render
from superapp.kernel.values import clean_text
from superapp.plugin.blueprint import redirect_to

MAY = "admin.roles"
CHANGED = N_("{actor} mengubah peran {title}")


@bp.get("/roles", permission=MAY, endpoint="roles")
def roles_page() -> str:
    """Show all roles with how often each is granted."""
    return render(
        "admin/roles/list.html",
        roles=roles.listed(),
        counts=reads.holders_by_role(),
        everywhere=reads.everywhere(),
        prefix=f"{url_for('admin.roles')}/",
    )


@bp.get("/roles/new", permission=MAY)
def new_role() -> str:
    """Show the form for a role."""
    reads.require_everywhere()
    return render("admin/roles/form.html", role=None, row_version=None, groups=reads.permission_groups())


@bp.post("/roles/new", permission=MAY, says="")
def add_role() -> Any:
    """Make a role."""
    form = request.form
    title, description = clean_text(form.get("title", "")), clean_text(form.get("description", ""))
    made = reads.define(form.get("key", "").strip(), title, description, forms.permissions(form))
    flash(_("Peran {title} dibuat.", title=made.title))
    return redirect_to("admin.role", key=made.key)


@bp.get("/roles/<key>", permission=MAY)
def role(key: str) -> str:
    """Show one role: its permissions, and who holds it."""
    found = roles.find(key)
    return render(
        "admin/roles/detail.html",
        role=roles.worded(found),
        words_of=reads.words_of,
        page=reads.given(GrantFilter(key), request.args.get("page", "")),
        everywhere=reads.everywhere(),
    )


@bp.get("/roles/<key>/edit", permission=MAY)
def edit_role(key: str) -> str:
    """Show the form of one role."""
    reads.require_everywhere()
    found = roles.find(key)
    version = forms.fingerprint(found)
    return render("admin/roles/form.html", role=found, row_version=version, groups=reads.permission_groups())


@bp.post("/roles/<key>/edit", permission=MAY, says=CHANGED)
def save_role(key: str) -> Any:
    """Change the words and permissions of one role; who holds it feels it at the next request."""
    reads.require_everywhere()
    found, form = roles.find(key), request.form
    parsing.require_unchanged(form, forms.fingerprint(found))
    reads.describe(key, clean_text(form.get("title", "")), clean_text(form.get("description", "")))
    changed = reads.set_permissions(key, forms.permissions(form))
    command.current().values |= {"role": key, "changed": changed}
    flash(_("Peran {title} disimpan.", title=found.title))
    return redirect_to("admin.role", key=key)


@bp.post("/roles/<key>/remove", permission=MAY, says="")
def remove_role(key: str) -> Any:
    """Delete a role that nobody holds."""
    reads.require_everywhere()
    roles.remove(key)
    flash(_("Peran dihapus."))
    return redirect_to("admin.roles")
