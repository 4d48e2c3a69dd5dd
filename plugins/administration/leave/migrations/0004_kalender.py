"""indeks kalender cuti."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("leave_leave_request", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_leave_leave_request_last_day_id"), ["last_day", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_leave_leave_request_opd_id_last_day_id"), ["opd_id", "last_day", "id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("leave_leave_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_leave_leave_request_opd_id_last_day_id"))
        batch_op.drop_index(batch_op.f("ix_leave_leave_request_last_day_id"))
