"""ketentuan surat dokter dan banyaknya kali."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DELIVERED = {"CS": {"note_after": 14}, "CM": {"times": 3}}
"""What the module brings for these kinds: terms that somebody changed before keep it."""


def upgrade() -> None:
    with op.batch_alter_table("leave_terms", schema=None) as batch_op:
        batch_op.add_column(sa.Column("note_after", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("times", sa.Integer(), server_default="0", nullable=False))
    terms = sa.table("leave_terms", sa.column("kind"), sa.column("note_after"), sa.column("times"))
    for kind, values in DELIVERED.items():
        op.execute(sa.update(terms).where(terms.c.kind == kind).values(values))


def downgrade() -> None:
    with op.batch_alter_table("leave_terms", schema=None) as batch_op:
        batch_op.drop_column("times")
        batch_op.drop_column("note_after")
