"""rekap cuti."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leave_leave_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opd_id"], ["core_unit.id"], name=op.f("fk_leave_leave_report_opd_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["core_unit.id"], name=op.f("fk_leave_leave_report_unit_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_leave_leave_report")),
        sa.UniqueConstraint("unit_id", "year", name=op.f("uq_leave_leave_report_unit_id_year")),
    )
    with op.batch_alter_table("leave_leave_report", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leave_leave_report_opd_id_id"), ["opd_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_leave_leave_report_unit_id_id"), ["unit_id", "id"], unique=False)


def downgrade() -> None:
    op.drop_table("leave_leave_report")
