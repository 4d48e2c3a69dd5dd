"""The search table with its index objects, which Alembic does not compare, and the one row of stamps."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SQLITE = (
    """CREATE VIRTUAL TABLE core_search_name USING fts5(
        folded, content='core_search', content_rowid='id', tokenize='trigram')""",
    """CREATE VIRTUAL TABLE core_search_text USING fts5(
        title, body, content='core_search', content_rowid='id', tokenize='unicode61 remove_diacritics 2', prefix='2 3')""",
    """CREATE TRIGGER core_search_added AFTER INSERT ON core_search BEGIN
        INSERT INTO core_search_name(rowid, folded) VALUES (new.id, new.folded);
        INSERT INTO core_search_text(rowid, title, body) VALUES (new.id, new.title, new.body);
    END""",
    """CREATE TRIGGER core_search_removed AFTER DELETE ON core_search BEGIN
        INSERT INTO core_search_name(core_search_name, rowid, folded) VALUES ('delete', old.id, old.folded);
        INSERT INTO core_search_text(core_search_text, rowid, title, body)
            VALUES ('delete', old.id, old.title, old.body);
    END""",
    """CREATE TRIGGER core_search_changed AFTER UPDATE OF title, body, folded ON core_search BEGIN
        INSERT INTO core_search_name(core_search_name, rowid, folded) VALUES ('delete', old.id, old.folded);
        INSERT INTO core_search_text(core_search_text, rowid, title, body)
            VALUES ('delete', old.id, old.title, old.body);
        INSERT INTO core_search_name(rowid, folded) VALUES (new.id, new.folded);
        INSERT INTO core_search_text(rowid, title, body) VALUES (new.id, new.title, new.body);
    END""",
)
POSTGRESQL = (
    """ALTER TABLE core_search ADD COLUMN words tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('indonesian', title), 'A') || setweight(to_tsvector('simple', title), 'A')
        || setweight(to_tsvector('indonesian', body), 'B') || setweight(to_tsvector('simple', body), 'B')) STORED""",
    "CREATE INDEX core_search_words ON core_search USING gin (words) WITH (fastupdate = off)",
)


def upgrade() -> None:
    op.create_table(
        "core_search",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("record_type", sa.String(60), nullable=False),
        sa.Column("record_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("module", sa.String(30), nullable=False),
        sa.Column("title", sa.String(255), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("url", sa.String(255), nullable=False),
        sa.Column("permission", sa.String(80), nullable=False),
        sa.Column("unit_id", sa.Uuid(), sa.ForeignKey("core_unit.id", ondelete="RESTRICT")),
        sa.Column("opd_id", sa.Uuid(), sa.ForeignKey("core_unit.id", ondelete="RESTRICT")),
        sa.Column("person_id", sa.Uuid()),
        sa.Column("secrecy", sa.SmallInteger(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("record_type", "record_id"),
        sa.Index("ix_core_search_module", "module", "kind"),
    )
    connection = op.get_bind()
    for statement in SQLITE if connection.dialect.name == "sqlite" else POSTGRESQL:
        connection.exec_driver_sql(statement)
    if connection.dialect.name == "postgresql":
        add_trigrams(connection)
    op.execute("INSERT INTO core_stamp (id, access, plugins) VALUES (1, 1, 1)")


def add_trigrams(connection: sa.Connection) -> None:
    """Add the index that forgives misspellings, where the database may have the extension; `doctor` says when not."""
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except sa.exc.DBAPIError:
        return
    connection.exec_driver_sql(
        "CREATE INDEX core_search_folded ON core_search USING gin (folded gin_trgm_ops) WITH (fastupdate = off)"
    )


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE core_search_name")
        op.execute("DROP TABLE core_search_text")
    op.drop_table("core_search")
    op.execute("DELETE FROM core_stamp")
