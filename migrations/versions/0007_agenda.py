"""agenda: entries, feeds, the week of a unit."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("core_unit", schema=None) as batch_op:
        batch_op.add_column(sa.Column("week", sa.String(length=4), server_default="", nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("core_unit", schema=None) as batch_op:
        batch_op.drop_column("week")
