"""agenda: entries and feeds."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_agenda_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("all_day", sa.Boolean(), nullable=False),
        sa.Column("place", sa.String(length=160), nullable=False),
        sa.Column("url", sa.String(length=255), nullable=False),
        sa.Column("module", sa.String(length=30), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=True),
        sa.Column("record_type", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=True),
        sa.Column("key", sa.String(length=160), nullable=True),
        sa.Column("busy", sa.Boolean(), nullable=False),
        sa.Column("tentative", sa.Boolean(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_core_agenda_entry_period")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_agenda_entry_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["opd_id"], ["core_unit.id"], name=op.f("fk_core_agenda_entry_opd_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_agenda_entry")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_core_agenda_entry_person_id_key")),
    )
    with op.batch_alter_table("core_agenda_entry", schema=None) as batch_op:
        batch_op.create_index("ix_core_agenda_entry_person", ["person_id", "ends_at"], unique=False)
        batch_op.create_index("ix_core_agenda_entry_record", ["record_type", "record_id"], unique=False)
    op.create_table(
        "core_agenda_feed",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_agenda_feed_person_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_core_agenda_feed")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_core_agenda_feed_token_hash")),
    )


def downgrade() -> None:
    op.drop_table("core_agenda_feed")
    with op.batch_alter_table("core_agenda_entry", schema=None) as batch_op:
        batch_op.drop_index("ix_core_agenda_entry_record")
        batch_op.drop_index("ix_core_agenda_entry_person")
    op.drop_table("core_agenda_entry")
