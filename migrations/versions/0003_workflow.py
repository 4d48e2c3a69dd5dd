"""workflow: definitions, cases, the steps of their paths, delegations."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_workflow",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("body", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_workflow")),
        sa.UniqueConstraint("key", "digest", name=op.f("uq_core_workflow_key_digest")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_core_workflow_key_version")),
    )
    op.create_table(
        "core_case",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("workflow_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("module", sa.String(length=30), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=False),
        sa.Column("record_type", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("url", sa.String(length=255), nullable=False),
        sa.Column("requester_id", sa.Uuid(), nullable=False),
        sa.Column("requester_position_id", sa.Uuid(), nullable=True),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("facts", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("summary", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("choices", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("last_step_id", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('running', 'returned', 'ended', 'withdrawn')", name=op.f("ck_core_case_state")),
        sa.ForeignKeyConstraint(["opd_id"], ["core_unit.id"], name=op.f("fk_core_case_opd_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["core_person.id"], name=op.f("fk_core_case_requester_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["requester_position_id"],
            ["core_position.id"],
            name=op.f("fk_core_case_requester_position_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["subject_id"], ["core_person.id"], name=op.f("fk_core_case_subject_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["core_unit.id"], name=op.f("fk_core_case_unit_id"), ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["workflow_id"], ["core_workflow.id"], name=op.f("fk_core_case_workflow_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_case")),
    )
    with op.batch_alter_table("core_case", schema=None) as batch_op:
        batch_op.create_index("ix_core_case_record", ["record_type", "record_id", "id"], unique=False)
        batch_op.create_index("ix_core_case_requester", ["requester_id", "id"], unique=False)

    op.create_table(
        "core_delegation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("ends_on >= starts_on", name=op.f("ck_core_delegation_period")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_delegation_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["core_position.id"], name=op.f("fk_core_delegation_position_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_delegation")),
    )
    with op.batch_alter_table("core_delegation", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_delegation_person_id"), ["person_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_core_delegation_position_id"), ["position_id"], unique=False)

    op.create_table(
        "core_case_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("need", sa.Integer(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("days", sa.Numeric(precision=5, scale=2, asdecimal=False), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("task_id", sa.Uuid(), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("remind_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(length=20), nullable=False),
        sa.Column("note", sa.String(length=1000), nullable=False),
        sa.Column("values", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_position_id", sa.Uuid(), nullable=True),
        sa.Column("decided_label", sa.String(length=400), nullable=False),
        sa.Column("settles_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settling", sa.Uuid(), nullable=True),
        sa.Column("before", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'open', 'done', 'skipped', 'replaced')", name=op.f("ck_core_case_step_state")
        ),
        sa.CheckConstraint("(person_id IS NULL) <> (position_id IS NULL)", name=op.f("ck_core_case_step_decider")),
        sa.ForeignKeyConstraint(
            ["case_id"], ["core_case.id"], name=op.f("fk_core_case_step_case_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["core_person.id"], name=op.f("fk_core_case_step_decided_by"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["core_person.id"], name=op.f("fk_core_case_step_person_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["position_id"], ["core_position.id"], name=op.f("fk_core_case_step_position_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_case_step")),
    )
    with op.batch_alter_table("core_case_step", schema=None) as batch_op:
        batch_op.create_index("ix_core_case_step_case", ["case_id", "place", "id"], unique=False)
        batch_op.create_index(
            "ix_core_case_step_remind",
            ["remind_at"],
            unique=False,
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.create_index("ix_core_case_step_task", ["task_id"], unique=False)

    with op.batch_alter_table("core_task", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opens_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("core_task", schema=None) as batch_op:
        batch_op.drop_column("opens_at")

    with op.batch_alter_table("core_case_step", schema=None) as batch_op:
        batch_op.drop_index("ix_core_case_step_task")
        batch_op.drop_index(
            "ix_core_case_step_remind",
            sqlite_where=sa.text("state = 'open'"),
            postgresql_where=sa.text("state = 'open'"),
        )
        batch_op.drop_index("ix_core_case_step_case")

    op.drop_table("core_case_step")
    with op.batch_alter_table("core_delegation", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_delegation_position_id"))
        batch_op.drop_index(batch_op.f("ix_core_delegation_person_id"))

    op.drop_table("core_delegation")
    with op.batch_alter_table("core_case", schema=None) as batch_op:
        batch_op.drop_index("ix_core_case_requester")
        batch_op.drop_index("ix_core_case_record")

    op.drop_table("core_case")
    op.drop_table("core_workflow")
