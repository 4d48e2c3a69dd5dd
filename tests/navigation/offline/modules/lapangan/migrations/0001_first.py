"""pertama."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lapangan_note",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["opd_id"], ["core_unit.id"], name=op.f("fk_lapangan_note_opd_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["core_unit.id"], name=op.f("fk_lapangan_note_unit_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lapangan_note")),
    )
    with op.batch_alter_table("lapangan_note", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lapangan_note_opd_id_id"), ["opd_id", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lapangan_note_unit_id_id"), ["unit_id", "id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("lapangan_note", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_lapangan_note_unit_id_id"))
        batch_op.drop_index(batch_op.f("ix_lapangan_note_opd_id_id"))

    op.drop_table("lapangan_note")
