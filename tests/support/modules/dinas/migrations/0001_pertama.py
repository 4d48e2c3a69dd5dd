"""pertama."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dinas_journey",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opd_id"], ["core_unit.id"], name=op.f("fk_dinas_journey_opd_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["core_unit.id"], name=op.f("fk_dinas_journey_unit_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dinas_journey")),
    )
    with op.batch_alter_table("dinas_journey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_dinas_journey_opd_id_id"), ["opd_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_dinas_journey_unit_id_id"), ["unit_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("dinas_journey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_dinas_journey_unit_id_id"))
        batch_op.drop_index(batch_op.f("ix_dinas_journey_opd_id_id"))

    op.drop_table("dinas_journey")
