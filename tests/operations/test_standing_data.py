"""What every installation holds from its first migration on."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Flask

from superapp.access.tables import role
from superapp.kernel import ports
from superapp.kernel.database import run
from superapp.shared.tables import region


def test_a_fresh_installation_has_roles_and_regions_and_a_second_migration_adds_nothing(app: Flask) -> None:
    runner = app.test_cli_runner()
    with app.app_context():
        from superapp.plugin.commands.migrating import migrate

        for _again in range(2):
            assert runner.invoke(migrate).exit_code == 0
        roles = run(sa.select(sa.func.count()).select_from(role)).scalar_one()
        regions = run(sa.select(sa.func.count()).select_from(region)).scalar_one()
    assert roles >= 15
    assert regions == 262
    assert set(ports.standing_data) == {"roles", "reference"}
