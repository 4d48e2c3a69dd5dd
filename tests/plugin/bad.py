"""Bad modules, one a case: what each does wrong, and how the host must speak of it."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent

from superapp.plugin import hookspecs
from superapp.plugin.hookspecs import AT_START, PER_CALL

NAME = "sakit"
TOML = """\
title = "Sakit"
version = "1.0"
api = "1.0"

[permissions]
view = "Melihat sakit"
write = "Menulis sakit"
"""
CODE = '''\
"""A bad module."""

import time

import sqlalchemy as sa
from sqlalchemy.orm import relationship

from superapp.api import *
from superapp.api import Mapped, Person, Scope, column, core_ref, hookimpl, plugin_model

bp = PluginBlueprint("sakit", __name__)


@bp.get("/", permission="sakit.view")
def index():
    return "sakit"


@hookimpl
def superapp_blueprints():
    return [bp]


@hookimpl
def superapp_navigation():
    return [NavItem("sakit.index", "Sakit")]
'''
HERE = "# HERE"


@dataclass(frozen=True)
class Case:
    """A bad module: its files, the state it must be listed with, and a part of the reason; `# HERE` marks the line."""

    name: str
    files: dict[str, str]
    state: str = field(default="broken", kw_only=True)
    reason: str = field(default="", kw_only=True)
    enabled: bool = field(default=False, kw_only=True)

    def write(self, root: Path) -> str:
        """Write the module below `root` and return the "file:line" that must be named ("" for any)."""
        where = ""
        for name, text in self.files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            for number, line in enumerate(text.splitlines(), 1):
                if HERE in line:
                    where = f"{path}:{number}"
        return where


def plain(body: str = "", *, toml: str = TOML, name: str = NAME, code: str = CODE, **more: str) -> dict[str, str]:
    """Return the files of a module whose code ends with `body`."""
    return {
        f"{name}/plugin.toml": toml.replace("\n", f"  {HERE}\n", 1) if not body and not more else toml,
        f"{name}/__init__.py": code + "\n\n" + dedent(body),
        **{f"{name}/{path}": dedent(text) for path, text in more.items()},
    }


def _raising(hook: str) -> str:
    """Return an implementation of a hook, in its exact signature, that raises."""
    arguments = ", ".join(inspect.signature(getattr(hookspecs, hook)).parameters)
    return f'@hookimpl\ndef {hook}({arguments}):\n    raise RuntimeError("sakit")  {HERE}\n'


def _without_navigation() -> str:
    return CODE[: CODE.index("\n\n@hookimpl\ndef superapp_navigation")]


def _raises_at_start(hook: str) -> Case:
    code = CODE.replace(f"def {hook}(", f"def not_{hook}(").replace("@hookimpl\ndef not_", "def not_")
    return Case(f"raises in {hook}", plain(_raising(hook), code=code), reason=f"hook {hook} gagal: RuntimeError")


def _raises_per_call(hook: str) -> Case:
    refused = hook == "superapp_lifecycle"  # switching it on is what fails
    return Case(f"raises in {hook}", plain(_raising(hook)), state="off" if refused else "on", reason="RuntimeError")


AT_LOAD = [
    Case("raises on import", plain(f'raise ValueError("sakit")  {HERE}'), reason="ValueError: sakit"),
    Case("exits on import", plain(f"raise SystemExit(3)  {HERE}"), reason="SystemExit"),
    Case("syntax error", plain(f"def broken(:  {HERE}\n    pass"), reason="SyntaxError"),
    Case(
        "too new API",
        plain(toml=TOML.replace('api = "1.0"', f'api = "1.9"  {HERE}'), x="") | {f"{NAME}/x": ""},
        reason="memerlukan API 1.9",
    ),
    Case("manifest is no TOML", plain(toml=f'title = "Sakit  {HERE}\n', x=""), reason="TOML"),
    Case("manifest without a version", plain(toml='title = "Sakit"\napi = "1.0"\n', x=""), reason="version"),
    Case("missing dependency", plain(toml='depends = ["tidakada"]\n' + TOML, x=""), reason="tidakada"),
    Case(
        "bad mapping",
        plain(
            f"""
            class Thing(plugin_model("sakit", scope=Scope.unit())):  {HERE}
                other: Mapped["Nothing"] = relationship("Nothing")
            """
        ),
        reason="pemetaan model salah",
    ),
    Case(
        "foreign key to another core table",
        plain(
            f"""
            class Thing(plugin_model("sakit", scope=Scope.unit())):
                __tablename__ = "sakit_thing"  {HERE}
                account: Mapped[str] = column(sa.ForeignKey("core_role.key"), pii="none")
            """
        ),
        reason="kunci asing sakit_thing.account",
    ),
    Case(
        "foreign key that cascades",
        plain(
            f"""
            class Thing(plugin_model("sakit", scope=Scope.unit())):
                __tablename__ = "sakit_thing"  {HERE}
                who: Mapped[str] = column(sa.Uuid(), sa.ForeignKey("core_person.id", ondelete="CASCADE"), pii="none")
            """
        ),
        reason="CASCADE",
    ),
    Case(
        "foreign key to nothing",
        plain(
            f"""
            class Thing(plugin_model("sakit", scope=Scope.unit())):
                __tablename__ = "sakit_thing"  {HERE}
                other: Mapped[str] = column(sa.Uuid(), sa.ForeignKey("sakit_nothing.id"), pii="none")
            """
        ),
        reason="sakit_nothing",
    ),
    Case(
        "backref into the core",
        plain(
            f"""
            class Thing(plugin_model("sakit", scope=Scope.unit())):  {HERE}
                who_id: Mapped[str] = column(sa.Uuid(), core_ref(Person), pii="none")
                who: Mapped[Person] = relationship(Person, backref="things", foreign_keys=[who_id])
            """
        ),
        reason="backref ke model inti",
    ),
    Case(
        "route without permission",
        plain(f'@bp.get("/open")  {HERE}\ndef open_page():\n    return ""\n'),
        reason="permission",
    ),
    Case(
        "route with a permission of nobody",
        plain(f'@bp.get("/x", permission="sakit.undeclared")  {HERE}\ndef undeclared():\n    return ""\n'),
        reason="sakit.undeclared",
    ),
    Case(
        "address that cannot be read",
        plain(f'@bp.get("/<nope:x>", permission="sakit.view")  {HERE}\ndef undeclared(x):\n    return ""\n'),
        reason="tidak bisa dibaca",
    ),
    Case(
        "form of somebody else's page",
        plain(
            f'@bp.post("/x", permission="sakit.view", says="x", form="login.sign_in_page")  {HERE}\n'
            'def send():\n    return ""\n'
        ),
        reason="halaman itu tidak ada",
    ),
    Case(
        "unknown door of the limiter",
        plain(
            f'@bp.post("/x", permission="sakit.view", says="x", limit="nowhere")  {HERE}\ndef send():\n    return ""\n'
        ),
        reason="pintu itu tidak dikenal",
    ),
    Case(
        "route around the host",
        plain(f'@bp.route("/open")  {HERE}\ndef open_page():\n    return ""\n'),
        reason="use @bp.get",
    ),
    Case(
        "model without scope",
        plain(f'class Thing(plugin_model("sakit")):  {HERE}\n    text: Mapped[str] = column(pii="none")\n'),
        reason="scope",
    ),
    Case(
        "clashing endpoint",
        plain(f'@bp.get("/again", permission="sakit.view")  {HERE}\ndef index():\n    return ""\n'),
        reason="endpoint 'sakit.index' sudah dipakai",
    ),
    Case(
        "foreign table prefix",
        plain(
            f"""
            class Thing(plugin_model("sakit", scope=Scope.unit())):
                __tablename__ = "letters_thing"  {HERE}
            """
        ),
        reason="letters_thing",
    ),
    Case(
        "table in the core's metadata",
        plain(
            """
            from superapp.kernel.database import CoreModel, Identified

            class Thing(Identified, CoreModel):
                __tablename__ = "sakit_thing"
            """
        ),
        reason="metadata inti",
    ),
    Case("unknown hook", plain(f"@hookimpl  {HERE}\ndef superapp_unknown():\n    pass\n"), reason="bukan hook"),
    Case(
        "hook with another signature",
        plain(f"@hookimpl  {HERE}\ndef superapp_event(event, extra):\n    pass\n"),
        reason="tidak cocok",
    ),
    Case("hook without its mark", plain(f"def superapp_event(event):  {HERE}\n    pass\n"), reason="@hookimpl"),
    Case(
        "hook that wants to be first",
        plain(f"@hookimpl(tryfirst=True)  {HERE}\ndef superapp_event(event):\n    pass\n"),
        reason="tryfirst",
    ),
    Case(
        "strings instead of navigation items",
        plain(
            f'@hookimpl  {HERE}\ndef superapp_navigation():\n    return ["sakit.index"]\n',
            code=_without_navigation(),
        ),
        reason="harus NavItem",
    ),
    Case(
        "nothing instead of a list",
        plain(f"@hookimpl  {HERE}\ndef superapp_widgets():\n    return None\n"),
        reason="harus memberi daftar Widget",
    ),
    Case(
        "a number as the title of a widget",
        plain(f'@hookimpl  {HERE}\ndef superapp_widgets():\n    return [Widget("sakit.index", 7)]\n'),
        reason="title harus str",
    ),
    Case(
        "a widget of somebody else's page",
        plain('@hookimpl\ndef superapp_widgets():\n    return [Widget("login.sign_in_page", "x")]\n'),
        reason="halaman itu tidak ada",
    ),
    *[_raises_at_start(hook) for hook in AT_START],
]
"""Broken before anything of them is registered."""

IN_USE = [
    *[_raises_per_call(hook) for hook in PER_CALL],
    Case(
        "page that raises",
        plain(
            f"""
            @bp.get("/boom", permission=PUBLIC)
            def boom():
                raise RuntimeError("sakit")  {HERE}
            """
        ),
        state="on",
        reason="RuntimeError",
    ),
    Case(
        "page that exits",
        plain(
            f"""
            @bp.get("/boom", permission=PUBLIC)
            def boom():
                raise SystemExit(1)  {HERE}
            """
        ),
        state="on",
        reason="SystemExit",
    ),
    Case(
        "slot of a wrong type",
        plain(f'@hookimpl  {HERE}\ndef superapp_slot(name, context):\n    return "<b>sakit</b>"\n'),
        state="on",
        reason="TypeError",
    ),
    Case(
        "slot that takes too long",
        plain(f"@hookimpl  {HERE}\ndef superapp_slot(name, context):\n    time.sleep(0.4)\n"),
        state="on",
        reason="lambat",
    ),
    Case(
        "broken migration",
        plain(
            **{
                "migrations/0001_first.py": f"""
                import sqlalchemy as sa
                from alembic import op

                revision = "0001"
                down_revision = None


                def upgrade():
                    op.create_table("sakit_thing", sa.Column("id", sa.Uuid(), primary_key=True))
                    raise RuntimeError("sakit")  {HERE}
                """
            },
            toml=TOML,
        ),
        reason="migrasi gagal",
    ),
]
"""Loaded, and bad only when they are used."""
