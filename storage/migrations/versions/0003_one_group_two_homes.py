"""What one group in two homes needs: linked accounts, and the codes that join them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the tables and columns, with what they hold for rows that are there."""
    _codes()
    _accounts()
    _memberships()


def _codes() -> None:
    """Make the table of codes."""
    op.create_table(
        "code",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("taken_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_code"),
        sa.UniqueConstraint("hash", name="uq_code_hash"),
    )
    op.create_index("ix_code_item", "code", ["item"])
    op.create_index("ix_code_expires_at", "code", ["expires_at"])


def _accounts() -> None:
    """Let accounts be linked, and keep whose each row was before."""
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("own", sa.BigInteger(), nullable=True))
    where = sa.text("own IS NOT NULL")
    op.create_index("ix_account_own", "account", ["own"], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "moved",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("row", sa.BigInteger(), nullable=False),
        sa.Column("own", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["own"], ["person.id"], name="fk_moved_own"),
        sa.PrimaryKeyConstraint("id", name="pk_moved"),
        sa.UniqueConstraint("name", "row", name="uq_moved_name_row"),
    )
    op.create_index("ix_moved_own", "moved", ["own"])


def _memberships() -> None:
    """Make the table of memberships that rest beside another of the same person."""
    op.create_table(
        "set_aside",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("own", sa.BigInteger(), nullable=False),
        sa.Column("member", sa.BigInteger(), nullable=False),
        sa.Column("kept", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("was_role", sa.Text(), nullable=False),
        sa.Column("was_state", sa.Text(), nullable=False),
        sa.Column("was_learning", sa.Boolean(), nullable=False),
        sa.Column("became_role", sa.Text(), nullable=False),
        sa.Column("became_state", sa.Text(), nullable=False),
        sa.Column("became_learning", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["own"], ["person.id"], name="fk_set_aside_own"),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_set_aside_member"),
        sa.ForeignKeyConstraint(["kept"], ["member.id"], name="fk_set_aside_kept"),
        sa.PrimaryKeyConstraint("id", name="pk_set_aside"),
    )
    op.create_index("ix_set_aside_own", "set_aside", ["own"])
