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
    op.create_table(
        "core_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("received <= size", name=op.f("ck_core_upload_received")),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["core_person.id"], name=op.f("fk_core_upload_uploaded_by"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_upload")),
    )
    with op.batch_alter_table("core_upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_upload_uploaded_by"), ["uploaded_by"], unique=False)


def downgrade() -> None:
    op.drop_table("core_upload")
    with op.batch_alter_table("core_file", schema=None) as batch_op:
        batch_op.drop_constraint(op.f("ck_core_file_state"), type_="check")
        batch_op.drop_column("state")
