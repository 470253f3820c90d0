"""What people publish: portfolios, groups' pages, feeds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the tables and columns, with what they hold for rows that are there."""
    _keepsakes()
    _publishing()
    _calendar()
    _figures()


def _keepsakes() -> None:
    """Make the table in which the try-out page keeps its messages and people."""
    op.create_table(
        "keepsake",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_keepsake"),
        sa.UniqueConstraint("name", name="uq_keepsake_name"),
    )


def _publishing() -> None:
    """Make the tables of what people publish."""
    op.create_table(
        "publication",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=True),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("preview_until", INSTANT, nullable=True),
        sa.Column("join_link", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_publication_person"),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_publication_group"),
        sa.PrimaryKeyConstraint("id", name="pk_publication"),
        sa.UniqueConstraint("slug", name="uq_publication_slug"),
        sa.UniqueConstraint("group", name="uq_publication_group"),
    )
    op.create_index("ix_publication_person", "publication", ["person"])
    is_open = sa.text("withdrawn_at IS NULL AND preview_until IS NULL")
    op.create_index("ix_publication_open", "publication", ["at"], sqlite_where=is_open, postgresql_where=is_open)
    op.create_table(
        "showing",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_showing_person"),
        sa.PrimaryKeyConstraint("id", name="pk_showing"),
        sa.UniqueConstraint("person", "item_kind", "item", name="uq_showing_person_item_kind_item"),
    )
    op.create_index("ix_showing_item_kind_item", "showing", ["item_kind", "item"])


def _calendar() -> None:
    """Let weeks count how often what calendars show of them changed."""
    with op.batch_alter_table("week") as week:
        week.add_column(sa.Column("revision", sa.Integer(), nullable=False, server_default="0"))


def _figures() -> None:
    """Let the copies that were removed be counted without looking at every post."""
    some = sa.text("healed > 0")
    op.create_index("ix_post_healed", "post", ["healed"], sqlite_where=some, postgresql_where=some)
