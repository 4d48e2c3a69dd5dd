"""What must be there before a form of decisions and documents shows; see states.py."""

from __future__ import annotations

from base64 import b32encode
from collections.abc import Mapping
from datetime import timedelta
from secrets import token_bytes
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from superapp.kernel import clock, database, ids
from superapp.organization.models import Appointment
from superapp.shared.tables import case, delegation, document, step, task
from superapp.shared.workflow import Step, Workflow, supervisor, versions
from tests.acceptance.ground import Ground
from tests.support import builders

FLOW = Workflow("core.review", "Telaah", (Step("look", "Telaah", by=supervisor()),))
PASSED = {"how": "hand_over", "position": "{post_kabid}", "position_id": "{post_kabid}", "note": "Bukan bidang saya"}
DELEGATED = {
    "position": "{post_kasi}",
    "person": "{tu}",
    "person_id": "{tu}",
    "starts_on": f"{clock.today():%Y-%m-%d}",
    "ends_on": f"{clock.today() + timedelta(days=3):%Y-%m-%d}",
}
"""How these forms are filled in well; their pickers are read by id."""
PART = {"isi": "catatan"}
NUMBERED = {"number": "B/{n}/2026", "number_scope": "documents", "number_period": "2026"}


def _inserted(ground: Ground, table: sa.Table, values: Mapping[str, Any]) -> UUID:
    own = ids.uuid7()
    with ground.app.app_context(), builders.stored():
        database.run(sa.insert(table).values(id=own, **values))
    return own


def _waiting(ground: Ground) -> UUID:
    """Let a request of the staf wait for the decision of the admin; return its step."""
    kept = ground.commanded(lambda: versions.kept(FLOW))
    asker, opd = ground.who("staf").id, ground.house.units["kominfo"]
    about = {"record_type": "core_unit", "record_id": ids.uuid7(), "title": ground.worded("Telaah {n}"), "url": "/"}
    whose = {"requester_id": asker, "subject_id": asker, "unit_id": opd, "opd_id": opd, "kind": FLOW.key}
    empty = {"facts": {}, "summary": [], "choices": {}, "state": "running"}
    case_id = _inserted(ground, case, {"workflow_id": kept, **about, **whose, **empty})
    seat = {"place": 10, "key": "look", "title": "Telaah", "label": "Admin", "person_id": ground.who("admin").id}
    return _inserted(ground, step, {"case_id": case_id, "state": "open", **seat})


def decision(ground: Ground) -> str:
    """Go to the sheet of a decision."""
    return f"/tasks/{_waiting(ground)}"


def passing_on(ground: Ground) -> str:
    """Go to the form that passes a decision on."""
    return f"/tasks/{_waiting(ground)}/pass-on"


def several(ground: Ground) -> str:
    """Go to the check of two decisions."""
    return f"/tasks/check?step={_waiting(ground)}&step={_waiting(ground)}"


def decided(ground: Ground) -> str:
    """Decide something, and go where it can be taken back."""
    page = decision(ground)
    ground.send(page, "navigation.decide", decision="approve")
    return f"/tasks?done={page.rsplit('/', 1)[1]}"


def leaving(ground: Ground) -> str:
    """Go to the check of a handover of the kasi, with one task of his."""
    who = ground.who("kasi")
    with ground.app.app_context():
        held = Appointment.__table__.c
        appointment_id: UUID = database.run(sa.select(held.id).where(held.person_id == who.id)).scalar_one()
    waits = {"title": ground.worded("Periksa {n}"), "url": "/", "kind": "core", "sort_at": clock.now()}
    own = _inserted(ground, task, {"person_id": who.id, "consequence": "", "outcome": "", **waits})
    return f"/tasks/handover/{appointment_id}/check?item=task-{own}"


def reopening(ground: Ground) -> str:
    """Go to the form that opens a decision of the admin again."""
    decided_by = {
        "state": "done",
        "decision": "approve",
        "decided_by": ground.who("admin").id,
        "decided_at": clock.now(),
    }
    own = _waiting(ground)
    with ground.app.app_context(), builders.stored():
        database.run(sa.update(step).where(step.c.id == own).values(**decided_by))
        case_id: UUID = database.run(sa.select(step.c.case_id).where(step.c.id == own)).scalar_one()
        end = {"state": "ended", "outcome": "approved", "last_step_id": own}
        database.run(sa.update(case).where(case.c.id == case_id).values(**end))
    return f"/tasks/cases/{case_id}/reopen"


def delegated(ground: Ground) -> str:
    """Delegate the decisions of the admin's post."""
    days = {"starts_on": clock.today(), "ends_on": clock.today() + timedelta(days=3)}
    post, to = ground.who("admin").position_id, ground.who("tu").id
    _inserted(ground, delegation, {"position_id": post, "person_id": to, **days})
    return "/tasks/deputies"


def _letter(ground: Ground, **state: Any) -> UUID:
    opd, signer = ground.house.units["kominfo"], ground.who("admin").position_id
    about = {"record_type": "catalogue_application", "record_id": ids.uuid7(), "permission": "catalogue.view"}
    number = {name: ground.worded(text) for name, text in NUMBERED.items()} | {"number_value": ids.uuid7().int % 10**6}
    row = {
        "code": b32encode(token_bytes(17)).decode()[:26],
        "template": "core.letter",
        "kind": "surat",
        "title": "Surat",
        "values": {},
    }
    return _inserted(ground, document, {**row, **about, **number, "opd_id": opd, "signer_position_id": signer, **state})


def to_sign(ground: Ground) -> str:
    """Go to a letter that waits for the admin's signature, where the simulator signs."""
    object.__setattr__(ground.app.extensions["superapp.settings"], "esign", "simulator")
    return f"/documents/{_letter(ground, state='rendered', signing='asked')}/sign"


def to_void(ground: Ground) -> str:
    """Go to the form that voids a letter."""
    return f"/documents/{_letter(ground, state='rendered', signing='')}/void"


def to_insert(ground: Ground) -> str:
    """Go to the form that gives a draft the number after that of a letter."""
    lacking = {"number": None, "number_scope": None, "number_period": None, "number_value": None}
    ground.names["draft"] = _letter(ground, record_class="800.1.11.1", **lacking)
    return f"/documents/{_letter(ground, state='rendered', dated_on=clock.today())}/insert"


def to_compare(ground: Ground) -> str:
    """Go to the public page of a letter."""
    own = _letter(ground, state="rendered", signing="", sha256="0" * 64)
    with ground.app.app_context():
        code = database.run(sa.select(document.c.code).where(document.c.id == own)).scalar_one()
    return f"/v/{code}"


def upload(ground: Ground) -> str:
    """Begin a file of one part, and go to the page from which it is sent."""
    page = "/help/report"
    size = len(ground.app.json.dumps(PART))
    proof = {"csrf_token": ground.token(page), "idempotency_key": ids.uuid7().hex}
    sent = ground.client.post("/files/uploads", data={"name": "catatan.txt", "size": str(size), **proof})
    ground.names["upload"] = str(sent.location).rsplit("/", 1)[1]
    return page


def pattern(ground: Ground) -> str:
    """Give an office a pattern of numbers of its own and go to it."""
    opd = ground.house.units["dinkes"]
    ground.send(f"/documents/patterns/{opd}/all", "documents.save_pattern", pattern="B/{{urut}}/{{tahun}}")
    return f"/documents/patterns/{opd}/all"
