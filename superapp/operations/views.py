"""The three addresses of monitors."""

from __future__ import annotations

from flask import Response, jsonify, request

from superapp.kernel.errors import NotFound
from superapp.operations import health
from superapp.plugin.blueprint import PUBLIC, Blueprint

bp = Blueprint("operations", __name__, permissions={health.METRICS: "Melihat metrik sistem"})


@bp.get("/healthz", permission=PUBLIC)
def healthz() -> Response:
    """Answer that the process lives; asks nothing of anybody."""
    return _unkept(Response("ok\n", mimetype="text/plain"))


@bp.get("/readyz", permission=PUBLIC)
def readyz() -> Response:
    """Answer whether pages can be served: the database answers and has today's tables."""
    reasons = health.unready()
    answer = jsonify(ready=not reasons, reasons=reasons)
    answer.status_code = 503 if reasons else 200
    return _unkept(answer)


@bp.get("/metrics", permission=PUBLIC)
def metrics() -> Response:
    """Answer the metrics to those who may see them; to others this page does not exist."""
    if not health.may_see_metrics(request):
        raise NotFound
    text, content_type = health.metrics_text()
    return _unkept(Response(text, content_type=content_type))


def _unkept(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "no-store"
    return answer
