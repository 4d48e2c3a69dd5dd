"""Running a module's view so that a fault of it stays its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Response, current_app
from werkzeug.exceptions import HTTPException

from superapp.extensions import db
from superapp.kernel.errors import AppError
from superapp.kernel.ports import Actor
from superapp.plugin.blueprint import Route
from superapp.plugin.containment.blame import Slow
from superapp.plugin.containment.bulkhead import Full, Holding
from superapp.plugin.refusals import ModuleFault, ModuleSlow

if TYPE_CHECKING:
    from superapp.plugin.host import Host

Run = Callable[[Callable[[], Any], Actor], Any]
BUDGETS = {"widget": 2.0, "form": 5.0}
"""Seconds that a kind of request may take; longer is a fault."""


def containing(host: Host, route: Route, kind: str) -> Run:
    """Return what runs a request of a route: it holds a place of the bulkhead, and faults of plugins are recorded.

    Refusals pass. Any other exception of a plugin becomes ModuleFault; one of the core goes on as it is.
    """
    return _Containing(host, route, kind) if route.owner in host.plugins else _watched(host, route)


def _watched(host: Host, route: Route) -> Run:
    bulkhead, owner, endpoint = host.bulkhead, route.owner, route.endpoint

    def run(work: Callable[[], Any], _actor: Actor) -> Any:
        holding = bulkhead.enter(owner, endpoint, bounded=False)
        try:
            return work()
        finally:
            bulkhead.leave(holding)

    return run


class _Containing:
    """Runs the requests of one route of a plugin."""

    def __init__(self, host: Host, route: Route, kind: str) -> None:
        self.host, self.route, self.kind = host, route, kind
        self.title, self.budget = host.plugins[route.owner].title, BUDGETS.get(kind, 0.0)
        host.budgets[route.endpoint] = (kind, self.budget)

    def __call__(self, work: Callable[[], Any], actor: Actor) -> Any:
        owner = self.route.owner
        try:
            holding = self.host.bulkhead.enter(owner, self.route.endpoint, bounded=True, principal=actor.principal)
        except Full:
            raise ModuleSlow(owner, self.title) from None
        try:
            answer = work()
            if hasattr(answer, "__next__"):
                answer = current_app.make_response(answer)
        except (AppError, HTTPException) as refusal:
            failed = isinstance(refusal, HTTPException) and (refusal.code or 500) >= 500
            self.left(holding, refusal if failed else None)
            raise
        except BaseException as error:
            self.left(holding, error)
            if isinstance(error, KeyboardInterrupt):
                raise
            raise ModuleFault(owner, self.title) from error
        if isinstance(answer, Response) and answer.is_streamed:
            answer.call_on_close(lambda: self.left(holding, None))
        else:
            self.left(holding, None)
        return answer

    def left(self, holding: Holding, error: BaseException | None) -> None:
        """Give the place back; count the request, and record its fault or that it took too long."""
        seconds = self.host.bulkhead.leave(holding)
        slow = bool(self.budget) and seconds > self.budget
        self.host.loads.count(holding.owner, failed=error is not None or slow)
        if error is not None or (slow and not holding.told):
            db.session.rollback()
            self.host.report(
                error or Slow(f"{seconds:.1f} s"),
                plugin=holding.owner,
                contribution=f"{self.kind}:{holding.endpoint}",
                kind=self.kind,
                where=self.route.where,
                principal=holding.principal,
            )
