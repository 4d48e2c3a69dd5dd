"""The street of the matrix: a person per role at one bidang, neighbours, and a record of each kind at every place."""

from __future__ import annotations

import io
import secrets as randomness
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, current_app

from superapp.access import roles
from superapp.access import tables as access
from superapp.access.actor import Actor, acting_as, operator
from superapp.access.listing import count
from superapp.access.rights import rights_of
from superapp.extensions import db
from superapp.kernel import clock, command, database, ids, secrets, stamps
from superapp.kernel.tables import audit, job
from superapp.login import guests, profile, session, tickets
from superapp.login import tables as login
from superapp.navigation import models as navigation
from superapp.organization.models import Person, Position, Unit
from superapp.plugin.mapping import bases
from superapp.shared import agenda
from superapp.shared.agenda import feeds, personal
from superapp.shared.files import store
from superapp.shared.files.keys import small_key
from superapp.shared.files.store import new_key
from superapp.shared.tables import File, Upload, case, delegation, document, holiday, import_, notice, push, step
from superapp.shared.workflow import Step, Workflow, supervisor, versions
from tests.access.expected import REGENCY, RELATIONS, matrix
from tests.navigation.conftest import commanded
from tests.support import builders
from tests.support.builders import House

Arguments = Mapping[str, Any]
PLACES = dict(zip(RELATIONS, ("aptika", "statistik", "dinkes", "dinkes", "dinkes"), strict=True))
"""Relation → unit where the record lies."""
REFUSAL = {"to": "refuse", "answer": "Tidak perlu"}
"""How a request for a right is answered: the form asks for an answer before anything else."""
VERDICT = {"decision": "return"}
REASON = {"note": ""}
"""How a step is decided: the form asks for a reason before anything else."""
RETURNED = {"last_day": "2026-01-01"}
"""What shortening a leave asks for before anything else."""
PARTY_TYPES = {
    "application": "catalogue_application",
    "announcement": "core_announcement",
    "file": "core_file",
    "leave": "leave_leave_request",
    "toy": "dummy_toy",
}


@dataclass
class Street:
    """Who lives where: actors by name, and for each kind of record and relation the arguments of its address."""

    app: Flask
    house: House
    people: dict[str, Person] = field(default_factory=dict)
    records: dict[str, dict[str, Arguments]] = field(default_factory=dict)
    personal: dict[str, dict[str, Arguments]] = field(default_factory=dict)
    """Kind → actor → the record that is the actor's own."""
    ids: dict[str, UUID] = field(default_factory=dict)
    links: tuple[str, ...] = ()

    def relations(self, kind: str, actor: str) -> dict[str, Arguments]:
        """Return the records of a kind as they stand to an actor; one without place under "" only."""
        found = dict(self.records.get(kind, {"": {}}))
        own = self.personal.get(kind, {}).get(actor)
        if own is not None:
            found["self" if kind == "request" else "own"] = own
        return found


def build(app: Flask, house: House) -> Street:
    """Build the street into the test's house; needs an app context."""
    street = Street(app, house)
    units = {name: house.unit(name) for name in ("kominfo", "aptika", "dinkes")}
    units["statistik"] = builders.unit("Bidang Statistik", units["kominfo"], code="STAT")
    _hand_out(matrix().site)
    for role in matrix().roles:
        street.people[role] = _settle(f"Warga {role}", units["aptika"])[0]
        builders.grant(street.people[role], role, units["aptika"])
    street.people[REGENCY] = house.person("admin")
    _records_of_units(street, units)
    _records_of_persons(street, units)
    _records_of_the_house(street)
    _parties(street)
    _searchable()
    street.ids = {actor: who.id for actor, who in street.people.items()}
    db.session.rollback()
    return street


def _hand_out(site: Mapping[str, tuple[str, ...]]) -> None:
    rows = [{"role": role, "permission": name} for name, given in site.items() for role in given]
    with builders.stored():
        roles.ensure_built_in()
        database.run(sa.insert(access.role_permission), rows)


def _settle(name: str, where: Unit) -> tuple[Person, Position, UUID]:
    who, post = builders.person(name), builders.position(where)
    held = builders.appointment(who, post)
    builders.account(who)
    return who, post, held.id


def _records_of_units(street: Street, units: Mapping[str, Unit]) -> None:
    made: dict[str, dict[str, Arguments]] = {}
    for relation, place in PLACES.items():
        where = builders.unit(f"Subbagian {relation}", units[place], code=f"S-{relation}".upper())
        who, post, held = _settle(f"Tetangga {relation}", where)
        for kind, arguments in {
            "person": {"person_id": who.id},
            "appointment": {"person_id": who.id, "appointment_id": held},
            "position": {"position_id": post.id},
            "unit": {"unit_id": where.id, "parent_id": where.id},
            "grant": {"grant_id": builders.grant(who, "peserta", where)},
            "request": {"request_id": _request(who, post, where)} | REFUSAL,
            "announcement": {"announcement_id": _announcement(units[place])},
            "report": {"report_id": _report(who)},
            "notice": {"notice_id": _notice(who)},
            "push": {"push_id": _push(who)},
            "upload": {"upload_id": _upload(who), "index": 0},
            "decision": {"step_id": _decision(who, where)} | VERDICT,
            "ended": {"case_id": _ended(who, where)} | REASON,
            "agenda": {"entry_id": _entry(who)},
            "delegation": {"delegation_id": _delegation(post, who)},
            "passkey": {"key": _passkey(who)},
            "view": {"view_id": _view(who, where, shared=True)},
            "slips": {"batch": _slips(who, who)},
            "kept": {"word": _kept(who)},
            "session": {"reference": _session(who)},
            "toy": {"toy_id": _toy(where)},
            "leave": {"request_id": _leave(who, where)} | RETURNED,
            **_application(where, units[place]),
        }.items():
            made.setdefault(kind, {})[relation] = arguments
    street.records |= made


def _records_of_persons(street: Street, units: Mapping[str, Unit]) -> None:
    makers: dict[str, Callable[[Person], Arguments]] = {
        "report": lambda who: {"report_id": _report(who)},
        "notice": lambda who: {"notice_id": _notice(who)},
        "push": lambda who: {"push_id": _push(who)},
        "upload": lambda who: {"upload_id": _upload(who), "index": 0},
        "decision": lambda who: {"step_id": _decision(who, units["aptika"])} | VERDICT,
        "ended": lambda who: {"case_id": _ended(who, units["aptika"])} | REASON,
        "agenda": lambda who: {"entry_id": _entry(who)},
        "passkey": lambda who: {"key": _passkey(who)},
        "view": lambda who: {"view_id": _view(who, units["aptika"], shared=False)},
        "kept": lambda who: {"word": _kept(who)},
        "session": lambda who: {"reference": _session(who)},
        "slips": lambda who: {"batch": _slips(who, who)},
        "request": lambda who: {"request_id": _request(who, None, units["aptika"])} | REFUSAL,
    }
    for kind, make in makers.items():
        street.personal[kind] = {actor: make(who) for actor, who in street.people.items()}


def _announcement(where: Unit) -> UUID:
    with builders.stored():
        row = navigation.Announcement(title="Apel", body="Senin", unit_id=where.id, starts_at=clock.now())
        db.session.add(row)
        db.session.flush()
        return row.id


def _inserted(table: sa.Table, **values: Any) -> UUID:
    own: UUID = values.setdefault("id", ids.uuid7())
    with builders.stored():
        database.run(sa.insert(table).values(values))
    return own


def _report(who: Person) -> UUID:
    return _inserted(navigation.report, person_id=who.id, words="Tombol tidak berfungsi")


def _upload(who: Person) -> UUID:
    return _inserted(Upload.__table__, name="surat.pdf", size=1000, received=0, uploaded_by=who.id)


def _notice(who: Person) -> UUID:
    return _inserted(notice, person_id=who.id, title="Kabar", url="/")


def _push(who: Person) -> UUID:
    own = ids.uuid7()
    return _inserted(push, id=own, person_id=who.id, session_id="", digest=own.hex, sealed=b"", server_key="")


def _entry(who: Person) -> UUID:
    """Store a personal entry of a person's agenda."""
    with commanded():
        return personal.add(who.id, "Rapat keluarga", **agenda.whole_days(clock.today(), clock.today()))


def _calendar(who: Person) -> str:
    with commanded():
        feeds.renew(who.id)
    return str(feeds.token_of(who.id))


def _decision(who: Person, where: Unit) -> UUID:
    """Store a case of somebody else that waits for a person's decision."""
    flow = Workflow("core.review", "Telaah", (Step("look", "Telaah", by=supervisor()),))
    with commanded():
        kept_as = versions.kept(flow)
    asker = builders.person("Pemohon")
    whose = {"requester_id": asker.id, "subject_id": asker.id, "unit_id": where.id, "opd_id": where.opd_id}
    about = {"record_type": "core_unit", "record_id": where.id, "title": "Telaah", "url": "/"}
    empty = {"facts": {}, "summary": [], "choices": {}}
    case_id = _inserted(case, workflow_id=kept_as, kind=flow.key, state="running", **whose, **about, **empty)
    return _inserted(
        step, case_id=case_id, place=10, key="look", title="Telaah", label=who.name, person_id=who.id, state="open"
    )


def _ended(who: Person, where: Unit) -> UUID:
    """Store a case of somebody else that a person decided and thereby ended."""
    decided = _decision(who, where)
    with builders.stored():
        case_id: UUID = database.run(sa.select(step.c.case_id).where(step.c.id == decided)).scalar_one()
        change = {"state": "done", "decision": "approve", "decided_by": who.id, "decided_at": clock.now()}
        database.run(sa.update(step).where(step.c.id == decided).values(**change))
        end = {"state": "ended", "outcome": "approved", "last_step_id": decided}
        database.run(sa.update(case).where(case.c.id == case_id).values(**end))
    return case_id


def _delegation(post: Position, to: Person) -> UUID:
    days = {"starts_on": clock.today(), "ends_on": clock.today()}
    return _inserted(delegation, position_id=post.id, person_id=to.id, **days)


def _request(who: Person, post: Position | None, where: Unit) -> UUID:
    place = {"unit_id": where.id, "position_id": post.id if post else None}
    return _inserted(navigation.access_request, person_id=who.id, permission="catalogue.view", reason="Perlu", **place)


def _view(who: Person, where: Unit, *, shared: bool) -> UUID:
    with builders.stored():
        place = {"person_id": who.id, "unit_id": where.id, "opd_id": where.opd_id}
        row = model("SavedView")(name="Baru", sort_name="baru", query="sort=-updated", shared=shared, **place)
        db.session.add(row)
        db.session.flush()
        return row.id  # type: ignore[no-any-return]


def _passkey(who: Person) -> str:
    values = {"credential_id": randomness.token_bytes(16), "public_key": b"x", "label": "HP"}
    return _inserted(login.passkey, person_id=who.id, **values).hex


def _slips(about: Person, by: Person) -> str:
    with builders.stored():
        return tickets.draw([about.id], "activation", by=by.id).hex


def _reset(house: House) -> str:
    with builders.stored():
        batch = tickets.draw([house.people["dokter"].id], "reset")
        [drawn] = tickets.of_batch(batch, None)
    return f"{drawn.id.hex}{drawn.code}"


def _session(who: Person) -> str:
    with builders.stored():
        session.begin(session.NewSession(who.id))
    return profile.sessions_of(who.id)[0].reference


def _kept(who: Person) -> str:
    word = randomness.token_urlsafe(24)
    sealed = secrets.box().encrypt(b'["/help/report", [["words", "Isian"]], "", false]')
    values = {"id": secrets.digest(word), "person_id": who.id, "expires_at": clock.now() + timedelta(hours=1)}
    _inserted(navigation.kept_input, **values, sealed=sealed)
    return word


def _application(where: Unit, opd: Unit) -> dict[str, Arguments]:
    code = randomness.token_hex(4)
    key = new_key()
    for one in (key, small_key(key)):
        store().put(one, io.BytesIO(b"isi"))
    with builders.stored():
        row = model()(name=f"Aplikasi {code}", code=code, level="kabupaten", unit_id=where.id, opd_id=where.opd_id)
        db.session.add(row)
        db.session.flush()
        about = {"record_type": "catalogue_application", "record_id": row.id, "permission": "catalogue.view"}
        kept = File(
            name="a.txt", content_type="text/plain", size=3, sha256="0" * 64, key=key, module="catalogue",
            opd_id=where.opd_id, attached_at=clock.now(), **about,
        )  # fmt: skip
        db.session.add(kept)
        db.session.flush()
        return {"application": {"application_id": row.id}, "file": {"file_id": kept.id}}


def _toy(where: Unit) -> UUID:
    return _inserted(bases["dummy"].metadata.tables["dummy_toy"], name="Boneka", unit_id=where.id, opd_id=where.opd_id)


def _leave(who: Person, where: Unit) -> UUID:
    """Return a request of one day, which belongs to nobody who tries the doors."""
    day = {"first_day": clock.today(), "last_day": clock.today(), "days": 1, "travel_days": 0}
    texts = {"person_name": who.name, "kind": "CT", "reason": "Keluarga", "address": "Nunukan", "phone": "0812"}
    table = bases["leave"].metadata.tables["leave_leave_request"]
    return _inserted(
        table, person_id=who.id, unit_id=where.id, opd_id=where.opd_id, version=1, state="approved", **day, **texts
    )


def _records_of_the_house(street: Street) -> None:
    """Make what has no place; what is no argument of an address goes into its query or form."""
    header = {"kind": "units", "file_name": "a.csv", "state": "staged", "counts": {}, "options": {}}
    dead = {"kind": "core.backup", "arguments": {}, "state": "dead", "run_at": clock.now()}
    street.records |= {
        "module": {"": {"name": "catalogue"}},
        "leave-kind": {"": {"code": "CT"}},
        "role": {"": {"key": "staf"}},
        "settings": {"": {"owner": "navigation"}},
        "right": {"": {"permission": "catalogue.import"}},
        "asset": {"": {"digest": "0", "name": "dummy.css"}},
        "tile": {"": {"take": "catalogue.index"}},
        "flow": {"": {"key": "dummy.loan"}},
        "reset": {"": {"token": _reset(street.house)}},
        "room": {"": {"key": "holidays", "row_key": _holiday()}},
        "import_kind": {"": {"kind": "people"}},
        "import": {"": {"import_id": _inserted(import_, **header)}},
        "job": {"": {"job_id": _inserted(job, **dead)}},
        "audit": {"": _audited(street.house)},
        "office": {"": {"unit_id": street.house.units["kominfo"], "kind": "all"}},
        "document": {"": _document(street.house)},
        "calendar": {"": {"token": _calendar(street.house.person("dokter"))}},
        "invitation": {"": {"token": _invited(street)}},
    }


def _document(house: House) -> Arguments:
    """Issue a letter with a number that waits for the signature of the kadis."""
    opd, signer = house.units["kominfo"], house.people["kadis"]
    about = {"record_type": "catalogue_application", "record_id": ids.uuid7(), "permission": "catalogue.view"}
    number = {"number": "B/1/2026", "number_scope": "documents", "number_period": "2026", "number_value": 1}
    state = {"state": "rendered", "signing": "asked", "signer_position_id": signer.position_id}
    row = {"code": "A" * 26, "template": "dummy.letter", "kind": "surat", "title": "Surat", "values": {}, "opd_id": opd}
    return {"document_id": _inserted(document, **row, **about, **number, **state), "code": row["code"]}


def _holiday() -> str:
    row = {"day": date(2026, 8, 17), "kind": "national", "name": "Hari Kemerdekaan"}
    with builders.stored():
        database.run(sa.insert(holiday).values(row))
    return f"{row['day']}~{row['kind']}"


def _audited(house: House) -> Arguments:
    opd = house.units["kominfo"]
    with command.begin("test", actor=operator(), says="{actor} menguji") as running:
        running.about("core_unit", opd, opd_id=opd)
    row = database.run(sa.select(audit.c.chain, audit.c.sequence).where(audit.c.chain == opd.hex).limit(1)).one()
    return {"chain": row.chain, "sequence": row.sequence}


def _invited(street: Street) -> str:
    """Invite two guests to the application of the own unit: one link is tried by all, the other one used."""
    record_id = street.records["application"]["own"]["application_id"]
    record = guests.Record("catalogue_application", record_id, url=f"/app/catalogue/{record_id}")
    until = clock.now() + timedelta(days=1)
    with command.begin("test", actor=operator(), says="{actor} menguji"):
        found = [guests.invite("Tamu", "", "catalogue.view", record, until=until).link for _number in range(2)]
    street.links = tuple(link.rpartition("/")[2] for link in found)
    return street.links[0]


def model(name: str = "Application") -> Any:
    """Return a model of the catalogue as the app has loaded it."""
    return next(mapper.class_ for mapper in bases["catalogue"].registry.mappers if mapper.class_.__name__ == name)


def _parties(street: Street) -> None:
    """Let everybody be party, today or until yesterday, to the records that are so named."""
    today = clock.today()
    yesterday = today - timedelta(days=1)
    rows = [
        {"id": ids.uuid7(), "record_type": PARTY_TYPES.get(kind, f"core_{kind}"), "record_id": record_id,
         "person_id": who.id, "role": "recipient", "starts_on": yesterday, "ends_on": ends_on}
        for kind in ("application", "announcement", "file", "person", "unit", "position", "appointment", "grant",
                     "notice", "report", "request", "toy", "leave")
        for relation, ends_on in (("party", None), ("former", yesterday))
        for record_id in [one for one in street.records[kind][relation].values() if isinstance(one, UUID)][-1:]
        for actor, who in street.people.items() if actor != REGENCY
    ]  # fmt: skip
    with builders.stored():
        database.run(sa.insert(access.party), rows)


def counted(street: Street, actor: str) -> int:
    """Return how many applications the actor has, as counters count them."""
    with street.app.app_context():
        rights = rights_of(street.ids[actor], stamps.read().access, clock.today())
        with acting_as(Actor(f"person:{actor}", person_id=street.ids[actor], session_id="x", rights=rights)):
            return count(model(), "catalogue.view")


def _searchable() -> None:
    """Put the applications into the search index, as recording them does."""
    publish = sys.modules[model().__module__.rpartition(".")[0] + ".service"].publish
    with current_app.test_request_context(), commanded():
        for row in db.session.scalars(sa.select(model())):
            publish(row)
