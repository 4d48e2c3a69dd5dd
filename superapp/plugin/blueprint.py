"""Declaring routes: a page or a form each with its permission; only the host puts them into the app."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, NoReturn, TypeVar, get_args

from flask import redirect, url_for
from werkzeug import Response
from werkzeug.datastructures import MultiDict

PUBLIC = "public"
"""Permission of a page for everybody, signed in or not."""
SIGNED_IN = "signed-in"
"""Permission of a page for every person with a session."""
GUEST = "guest"
"""Permission of a page for guests that a link let in."""
EVERYBODY = frozenset({PUBLIC, SIGNED_IN, GUEST})

Conflict = Literal["ask", "merge", "reject"]
"""What the outbox does with a form whose record was changed meanwhile."""
View = Callable[..., Any]
V = TypeVar("V", bound=View)
_PERMISSION = re.compile(r"[a-z][a-z0-9]*\.[a-z][a-z0-9_.]*")


@dataclass(frozen=True)
class FormState:
    """What a person typed into a form that was refused, and why; the field macros read it."""

    values: MultiDict[str, str]
    errors: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Route:
    """One rule and method of a module, with all that the host needs to serve it."""

    owner: str
    endpoint: str
    rule: str
    method: Literal["GET", "POST"]
    permission: str
    view: View
    says: str = ""
    limit: str = ""
    prepare: View | None = None
    secret: bool = False
    form: str = ""
    defaults: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    max_bytes: int = 0
    offline: bool = False
    conflict: Conflict = "ask"

    @property
    def where(self) -> str:
        """Return the view's "file:line"."""
        code = getattr(self.view, "__code__", None)
        return f"{code.co_filename}:{code.co_firstlineno}" if code else ""


class Blueprint:
    """The routes of a part of the core; plugins use PluginBlueprint.

    `permissions` declares what may be granted, name → words for people; `url_prefix` is put before each rule.
    """

    def __init__(
        self, name: str, import_name: str, *, url_prefix: str = "", permissions: Mapping[str, str] | None = None
    ) -> None:
        self.name = name
        self.import_name = import_name
        self.url_prefix = url_prefix.rstrip("/")
        self.permissions = dict(permissions or {})
        self.routes: list[Route] = []

    def get(
        self, rule: str, *, permission: str, endpoint: str = "", defaults: Mapping[str, Any] | None = None
    ) -> Callable[[V], V]:
        """Declare a page at `rule` for those who hold `permission` (or PUBLIC, SIGNED_IN, GUEST).

        The view gets the rule's arguments by keyword. It reads; writing belongs in `post`.
        """
        return self._declare(rule, endpoint, method="GET", permission=permission, defaults=dict(defaults or {}))

    def post(
        self,
        rule: str,
        *,
        permission: str,
        says: str,
        limit: str = "",
        prepare: View | None = None,
        secret: bool = False,
        form: str = "",
        endpoint: str = "",
        max_bytes: int = 0,
        offline: bool = False,
        conflict: Conflict = "ask",
    ) -> Callable[[V], V]:
        """Declare a command at `rule`: the view runs in one transaction, audited in the words of `says`.

        `says` is the sentence of the audit row with `{names}` of values (empty: the view adds its own rows). `limit`
        names a door of the limiter. `prepare` gets the view's arguments before the transaction and does what is slow;
        its result is the view's keyword `prepared`. `secret` forms carry no idempotency key. A refused form is shown
        again by the page at the same rule, or at the endpoint `form`. `max_bytes` bounds the body (0: the app's bound).
        The view answers with `redirect_to(…)` or 204.

        `offline` lets people fill the form without a signal: the phone keeps the blank page, the draft and what is to be
        sent, and sends it once there is a signal (UX, 5). `conflict` says what happens when the record was changed
        meanwhile: "ask" shows both texts, "merge" asks only where both changed, "reject" shows the refusal.
        """
        if not isinstance(says, str):
            raise TypeError(f"says= of {rule!r} must be a sentence")
        if offline and (secret or permission in {PUBLIC, GUEST}):
            raise TypeError(f"offline= of {rule!r} is for forms of signed-in people that hold no secret")
        if conflict not in get_args(Conflict):
            raise TypeError(f"conflict= of {rule!r} must be one of {', '.join(get_args(Conflict))}")
        return self._declare(
            rule,
            endpoint,
            method="POST",
            permission=permission,
            says=says,
            limit=limit,
            prepare=prepare,
            secret=secret,
            form=form,
            max_bytes=max_bytes,
            offline=offline,
            conflict=conflict,
        )

    def _declare(self, rule: str, endpoint: str, *, permission: str, **options: Any) -> Callable[[V], V]:
        if not rule.startswith("/"):
            raise TypeError(f"rule {rule!r} must begin with '/'")
        if permission not in EVERYBODY and not _PERMISSION.fullmatch(str(permission)):
            raise TypeError(f"permission= of {rule!r} must be a declared permission ('{self.name}.view') or PUBLIC, …")

        def declare(view: V) -> V:
            name = f"{self.name}.{endpoint or view.__name__}"
            route = Route(
                owner=self.name,
                endpoint=name,
                rule=self.url_prefix + rule,
                permission=permission,
                view=view,
                **options,
            )
            self.routes.append(route)
            return view

        return declare

    def route(self, *_arguments: Any, **_options: Any) -> NoReturn:
        """Refuse: a route has one method and one permission."""
        raise TypeError("use @bp.get(rule, permission=…) or @bp.post(rule, permission=…, says=…)")

    add_url_rule = before_request = after_request = errorhandler = record = route
    """Refused too: what Flask's blueprints offer beyond routes would act outside the host's gate."""


class PluginBlueprint(Blueprint):
    """The routes of a plugin, below `/app/<plugin>/`; its permissions are declared in plugin.toml."""

    def __init__(self, name: str, import_name: str) -> None:
        super().__init__(name, import_name, url_prefix=f"/app/{name}")


def redirect_to(endpoint: str, **arguments: Any) -> Response:
    """Answer a form with the page at `endpoint` (303: the browser gets it, and going back sends nothing twice)."""
    return redirect(url_for(endpoint, **arguments), code=303)
