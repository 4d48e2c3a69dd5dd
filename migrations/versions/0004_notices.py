"""notices: what people want to be told outside of the app, their devices, what has left."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("core_notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("record_type", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(sa.Column("record_id", sa.Uuid(), nullable=True))
    op.create_table(
        "core_notice_setting",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("quiet_from", sa.String(length=5), nullable=False),
        sa.Column("quiet_to", sa.String(length=5), nullable=False),
        sa.Column("digest", sa.Boolean(), nullable=False),
        sa.Column("weekends", sa.Boolean(), nullable=False),
        _of_person("core_notice_setting"),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_core_notice_setting")),
    )
    op.create_table(
        "core_notice_choice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("channel", sa.String(length=5), nullable=False),
        sa.Column("wanted", sa.Boolean(), nullable=False),
        _of_person("core_notice_choice"),
        sa.PrimaryKeyConstraint("person_id", "kind", "channel", name=op.f("pk_core_notice_choice")),
    )
    _add_push()
    op.create_table(
        "core_notice_delivery",
        sa.Column("message", sa.String(length=60), nullable=False),
        sa.Column("target", sa.String(length=32), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("message", "target", name=op.f("pk_core_notice_delivery")),
    )


def _of_person(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_person_id_core_person")
    return sa.ForeignKeyConstraint(["person_id"], ["core_person.id"], name=name, ondelete="RESTRICT")


def _add_push() -> None:
    op.create_table(
        "core_push",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("server_key", sa.String(length=16), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        _of_person("core_push"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_push")),
        sa.UniqueConstraint("digest", name=op.f("uq_core_push_digest")),
    )
    with op.batch_alter_table("core_push", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_push_person_id"), ["person_id"], unique=False)


def downgrade() -> None:
    for table in ("core_notice_delivery", "core_push", "core_notice_choice", "core_notice_setting"):
        op.drop_table(table)
    with op.batch_alter_table("core_notice", schema=None) as batch_op:
        batch_op.drop_column("record_id")
        batch_op.drop_column("record_type")
