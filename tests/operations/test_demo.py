"""The demo data set: a whole regency of people who do not exist, one account a role."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from superapp.access.rights import rights_of
from superapp.access.tables import grant
from superapp.extensions import db
from superapp.kernel import clock, stamps
from superapp.kernel.database import run
from superapp.kernel.errors import Invalid, Refused
from superapp.login.password import verify
from superapp.login.tables import account
from superapp.operations.demo import accounts
from superapp.operations.demo.building import build_demo
from superapp.operations.demo.commands import demo
from superapp.operations.demo.filling import ROLES, staffing
from superapp.operations.demo.marking import is_demo
from superapp.operations.demo.modules import enable_bundled
from superapp.operations.demo.structure import DATA, structure
from superapp.organization import holders, nip, people, positions
from superapp.organization.models import Person, Unit
from superapp.shared.reference.loading import read, source_of
from superapp.shared.tables import notice, region, task

pytestmark = pytest.mark.usefixtures("context")
N, U = Person.__table__.c, Unit.__table__.c


@pytest.fixture
def built(context: Flask):
    made = build_demo()
    db.session.rollback()
    return made


def test_all_67_offices_have_a_head(built) -> None:
    codes = [office["code"] for office in read(DATA / "offices.csv")]
    units = list(run(sa.select(U.id).where(U.code.in_(codes))).scalars())
    heads = holders.heads_of(units)
    assert (len(codes), len(units), len(heads)) == (67, 67, 67)
    assert all(post.holder for post in heads.values())


def test_regions_and_people_are_there(built) -> None:
    assert (built.people, len(built.accounts)) == (300, 13)
    assert run(sa.select(sa.func.count()).select_from(region)).scalar() == 262
    assert run(sa.select(sa.func.count()).where(N.active)).scalar() == 300


def test_some_act_some_posts_are_vacant_some_have_no_nip(built) -> None:
    units = list(run(sa.select(U.id)).scalars())
    kinds = {post.holder.kind for post in holders.heads_of(units).values() if post.holder}
    assert kinds == {"definitive", "plt", "plh"}
    assert positions.vacant(heads_only=True)
    assert run(sa.select(sa.func.count()).where(N.nip.is_(None))).scalar() >= 5


def test_numbers_are_well_formed_without_remarks_and_meet_nobodys(built) -> None:
    for row in run(sa.select(N.nip, N.employment, N.birth_date, N.sex, N.phone)):
        assert row.phone.startswith("+62810")
        if row.nip:
            assert row.nip[15] == "9"
            assert nip.remarks(row.nip, nip.Known(row.employment, birth_date=row.birth_date, sex=row.sex)) == []


def test_each_account_signs_in_with_the_kept_password(built) -> None:
    kept = accounts.kept()
    assert [one.role for one in kept] == list(ROLES)
    assert kept == built.accounts
    rows = run(sa.select(account)).all()
    assert all((row.must_change, row.factor_exempt) == (False, True) for row in rows)
    assert verify(rows[0].password_hash, kept[0].password).right
    for one in kept:
        found = people.by_number(one.nip)
        assert found.name == one.name
        assert one.position in {hat.title for hat in holders.hats(found.id)}


def test_the_bupati_has_a_staff_number(built) -> None:
    assert built.accounts[0].role == "bupati"
    assert built.accounts[0].nip.startswith("NP")


def test_passwords_are_for_the_operator_alone(built, data_dir: Path) -> None:
    mode = stat.S_IMODE((data_dir / accounts.FILE).stat().st_mode)
    assert mode == 0o600


def test_the_admin_holds_everything_and_staff_manages_nothing(built) -> None:
    by_role = {one.role: people.by_number(one.nip).id for one in built.accounts}
    admin = rights_of(by_role["admin"], stamps.read().access, clock.today())
    peserta = rights_of(by_role["coach"], stamps.read().access, clock.today())
    assert admin.reach("admin.modules").everywhere
    assert not peserta.holds("admin.modules")
    assert run(sa.select(sa.func.count()).where(grant.c.person_id.is_not(None))).scalar() == 0


def test_pages_are_alive(built) -> None:
    assert run(sa.select(sa.func.count()).select_from(task)).scalar() == 8
    assert run(sa.select(sa.func.count()).select_from(notice)).scalar() == 13


def test_the_data_set_says_that_it_is_one(context: Flask) -> None:
    assert not is_demo()
    build_demo()
    db.session.rollback()
    assert is_demo()


def test_a_database_with_data_is_left_alone(built) -> None:
    with pytest.raises(Refused, match="tidak kosong"):
        build_demo()
    assert run(sa.select(sa.func.count()).select_from(Person.__table__)).scalar() == 300


@pytest.mark.parametrize("count", [0, 149, 50_001])
def test_a_number_that_cannot_be_is_refused(context: Flask, count: int) -> None:
    with pytest.raises(Invalid):
        build_demo(count)


def test_bundled_modules_are_switched_on(built) -> None:
    assert enable_bundled() == []


def test_people_and_posts_are_the_same_each_time() -> None:
    day = clock.today()
    assert staffing(structure(), 300, day) == staffing(structure(), 300, day)


def test_offices_name_their_source_and_mark_what_is_uncertain() -> None:
    assert "BUKAN susunan resmi" in source_of(DATA / "offices.csv")
    assert any(office["uncertain"] for office in read(DATA / "offices.csv"))


def test_the_command_prints_the_accounts_and_may_run_again(context: Flask) -> None:
    from click.testing import CliRunner

    first = CliRunner().invoke(demo, ["--people", "200"])
    db.session.rollback()
    assert first.exit_code == 0, first.output
    assert "200 orang" in first.output
    again = CliRunner().invoke(demo, ["--if-empty"])
    assert again.exit_code == 0
    assert "Data contoh sudah ada." in again.output
    listed = CliRunner().invoke(demo, ["accounts", "--json"])
    assert '"role": "bupati"' in listed.output


@pytest.mark.slow
def test_ten_thousand_people_take_less_than_a_minute(context: Flask) -> None:
    import time

    started = time.monotonic()
    build_demo(10_000)
    seconds = time.monotonic() - started
    print(f"10,000 people in {seconds:.1f} s")
    assert seconds < 60
