"""files: uploads in parts, quarantine."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("core_file", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state", sa.String(length=11), server_default="released", nullable=False))
        batch_op.create_check_constraint(op.f("ck_core_file_state"), "state IN ('quarantined', 'released', 'refused')")


def downgrade() -> None:
    with op.batch_alter_table("core_file", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_core_file_state"), type_="check")
        batch_op.drop_column("state")
