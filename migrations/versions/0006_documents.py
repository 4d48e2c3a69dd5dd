"""documents: templates, numbers, signatures."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "core_number_pattern",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("pattern", sa.String(length=100), nullable=False),
        sa.Column("scope", sa.String(length=8), nullable=False),
        sa.Column("padding", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("scope IN ('opd', 'code', 'kind')", name=op.f("ck_core_number_pattern_scope")),
        sa.CheckConstraint("padding BETWEEN 0 AND 6", name=op.f("ck_core_number_pattern_padding")),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["core_unit.id"], name=op.f("fk_core_number_pattern_unit_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_number_pattern")),
        sa.UniqueConstraint("unit_id", "kind", name=op.f("uq_core_number_pattern_unit_id_kind")),
    )
    op.create_table(
        "core_document",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=26), nullable=False),
        sa.Column("template", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("module", sa.String(length=30), nullable=False),
        sa.Column("opd_id", sa.Uuid(), nullable=False),
        sa.Column("record_type", sa.String(length=60), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("permission", sa.String(length=80), nullable=False),
        sa.Column("url", sa.String(length=255), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("values", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("secrecy", sa.SmallInteger(), nullable=False),
        sa.Column("record_class", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("signing", sa.String(length=10), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=120), nullable=True),
        sa.Column("number_scope", sa.String(length=160), nullable=True),
        sa.Column("number_period", sa.String(length=20), nullable=True),
        sa.Column("number_value", sa.Integer(), nullable=True),
        sa.Column("number_suffix", sa.String(length=4), nullable=False),
        sa.Column("number_reason", sa.String(length=300), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=True),
        sa.Column("signer_person_id", sa.Uuid(), nullable=True),
        sa.Column("signer_position_id", sa.Uuid(), nullable=True),
        sa.Column("signer_name", sa.String(length=250), nullable=False),
        sa.Column("signer_title", sa.String(length=250), nullable=False),
        sa.Column("signer_number", sa.String(length=18), nullable=False),
        sa.Column("signer_rank", sa.String(length=80), nullable=False),
        sa.Column("provider", sa.String(length=12), nullable=False),
        sa.Column("provider_id", sa.String(length=80), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=True),
        sa.Column("fault", sa.String(length=300), nullable=False),
        sa.Column("void_reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=True),
        sa.Column("rendered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("signing IN ('', 'asked', 'queued', 'signed')", name=op.f("ck_core_document_signing")),
        sa.CheckConstraint(
            "state IN ('draft', 'numbered', 'rendered', 'signed', 'void')", name=op.f("ck_core_document_state")
        ),
        sa.ForeignKeyConstraint(
            ["file_id"], ["core_file.id"], name=op.f("fk_core_document_file_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["opd_id"], ["core_unit.id"], name=op.f("fk_core_document_opd_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["signer_person_id"],
            ["core_person.id"],
            name=op.f("fk_core_document_signer_person_id"),
            ondelete="RESTRICT",
        ),
        sa.ForeignKeyConstraint(
            ["signer_position_id"],
            ["core_position.id"],
            name=op.f("fk_core_document_signer_position_id"),
            ondelete="RESTRICT",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_document")),
        sa.UniqueConstraint("code", name=op.f("uq_core_document_code")),
        sa.UniqueConstraint(
            "number_scope", "number_period", "number_value", "number_suffix", name="uq_core_document_number"
        ),
    )
    with op.batch_alter_table("core_document", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_document_file_id"), ["file_id"], unique=False)
        batch_op.create_index("ix_core_document_record", ["record_type", "record_id", "id"], unique=False)
        batch_op.create_index("ix_core_document_register", ["opd_id", "number_period", "number_value"], unique=False)
        batch_op.create_index(
            "ix_core_document_signing",
            ["signing", "id"],
            unique=False,
            sqlite_where=sa.text("signing = 'queued'"),
            postgresql_where=sa.text("signing = 'queued'"),
        )

    op.create_table(
        "core_letterhead",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("logo_id", sa.Uuid(), nullable=True),
        sa.Column("lines", sa.String(length=400), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=60), nullable=False),
        sa.Column("mail", sa.String(length=120), nullable=False),
        sa.Column("site", sa.String(length=120), nullable=False),
        sa.Column("city", sa.String(length=60), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["logo_id"], ["core_file.id"], name=op.f("fk_core_letterhead_logo_id"), ondelete="RESTRICT"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["core_unit.id"], name=op.f("fk_core_letterhead_unit_id"), ondelete="RESTRICT"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_core_letterhead")),
        sa.UniqueConstraint("unit_id", name=op.f("uq_core_letterhead_unit_id")),
    )
    with op.batch_alter_table("core_letterhead", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_core_letterhead_logo_id"), ["logo_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("core_letterhead", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_core_letterhead_logo_id"))

    op.drop_table("core_letterhead")
    with op.batch_alter_table("core_document", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_core_document_signing",
            sqlite_where=sa.text("signing = 'queued'"),
            postgresql_where=sa.text("signing = 'queued'"),
        )
        batch_op.drop_index("ix_core_document_register")
        batch_op.drop_index("ix_core_document_record")
        batch_op.drop_index(batch_op.f("ix_core_document_file_id"))

    op.drop_table("core_document")
    op.drop_table("core_number_pattern")
