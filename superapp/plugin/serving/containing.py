"""Running a module's view so that a fault of it stays its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flask import Response, current_app
from werkzeug.exceptions import HTTPException

from superapp.extensions import db
from superapp.kernel.errors import AppError
from superapp.plugin.blueprint import Route
from superapp.plugin.containment.bulkhead import Full, Holding
from superapp.plugin.refusals import ModuleFault, ModuleSlow

if TYPE_CHECKING:
    from superapp.plugin.host import Host

Run = Callable[[Callable[[], Any]], Any]
BUDGETS = {"widget": 2.0, "form": 5.0}
"""Seconds that a kind of request may take; longer is a fault."""


def containing(host: Host, route: Route, kind: str) -> Run:
    """Return what runs a request of a route: it holds a place of the bulkhead, and faults of plugins are recorded.

    Refusals pass. Any other exception of a plugin becomes ModuleFault; one of the core goes on as it is.
    """
    if route.owner not in host.plugins:
        return _watched(host, route)
    return _contained(host, route, kind)


def _watched(host: Host, route: Route) -> Run:
    bulkhead, owner, endpoint = host.bulkhead, route.owner, route.endpoint

    def run(work: Callable[[], Any]) -> Any:
        holding = bulkhead.enter(owner, endpoint, bounded=False)
        try:
            return work()
        finally:
            bulkhead.leave(holding)

    return run


def _contained(host: Host, route: Route, kind: str) -> Run:
    owner, endpoint, title = route.owner, route.endpoint, host.plugins[route.owner].title
    contribution, budget = f"{kind}:{endpoint}", BUDGETS.get(kind, 0.0)

    def run(work: Callable[[], Any]) -> Any:
        try:
            holding = host.bulkhead.enter(owner, endpoint, bounded=True)
        except Full:
            raise ModuleSlow(owner, title) from None
        kept = False
        try:
            answer = work()
            if hasattr(answer, "__next__"):
                answer = current_app.make_response(answer)
            kept = isinstance(answer, Response) and answer.is_streamed
        except (AppError, HTTPException) as refusal:
            failed = isinstance(refusal, HTTPException) and (refusal.code or 500) >= 500
            _left(holding, refusal if failed else None)
            raise
        except BaseException as error:
            _left(holding, error)
            if isinstance(error, KeyboardInterrupt):
                raise
            raise ModuleFault(owner, title) from error
        if kept:
            answer.call_on_close(lambda: _left(holding, None))
        else:
            _left(holding, None)
        return answer

    def _left(holding: Holding, error: BaseException | None) -> None:
        seconds = host.bulkhead.leave(holding)
        slow = bool(budget) and seconds > budget
        host.loads.count(owner, failed=error is not None or slow)
        if error is not None or slow:
            db.session.rollback()
            host.report(
                error or Slow(f"{seconds:.1f} s"), plugin=owner, contribution=contribution, kind=kind, where=route.where
            )

    return run


class Slow(Exception):
    """A contribution took longer than its budget."""
