"""pertama."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "izin_permit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["opd_id"], ["core_unit.id"], name=op.f("fk_izin_permit_opd_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["core_unit.id"], name=op.f("fk_izin_permit_unit_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_izin_permit")),
    )
    with op.batch_alter_table("izin_permit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_izin_permit_opd_id_id"), ["opd_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_izin_permit_unit_id_id"), ["unit_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("izin_permit")
