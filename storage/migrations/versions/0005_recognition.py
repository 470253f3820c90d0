"""What recognition is made of: the ledger of reputation, reviews, badges, my data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the tables and columns, with what they hold for rows that are there."""
    _reputation()
    _my_data()
    _badges()
    _stories()
    _notes()
    _credit()
    _reviews()
    _thanks()
    _awards()


def _reputation() -> None:
    """Count in eighths of a point, and let each like know its worth; the first start reckons all of it anew."""
    op.execute("ALTER TABLE member RENAME COLUMN points TO eighths")
    op.execute("UPDATE member SET eighths = 8 * eighths")
    with op.batch_alter_table("likes") as likes:
        likes.add_column(sa.Column("worth", sa.Integer(), nullable=False, server_default="0"))
    op.drop_index("ix_likes_group_owner", "likes")
    op.drop_index("ix_likes_group_person", "likes")
    op.create_index("ix_likes_group_owner_at", "likes", ["group", "owner", "at"])
    op.create_index("ix_likes_group_person_owner", "likes", ["group", "person", "owner"])
    op.create_index("ix_likes_group_owner_person", "likes", ["group", "owner", "person"])
    thanks = sa.text("kind IN ('accepted', 'helped', 'unaccepted', 'unhelped')")
    op.create_index("ix_act_thanks", "act", ["group", "at"], sqlite_where=thanks, postgresql_where=thanks)


def _reviews() -> None:
    """Make what feedback on work is kept in, and who was asked to give it to whom."""
    op.create_table(
        "review",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("activity", sa.BigInteger(), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("author", sa.BigInteger(), nullable=False),
        sa.Column("works", sa.Text(), nullable=False),
        sa.Column("suggestion", sa.Text(), nullable=False),
        sa.Column("given_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.Column("helped_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["activity"], ["activity.id"], name="fk_review_activity"),
        sa.ForeignKeyConstraint(["author"], ["person.id"], name="fk_review_author"),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_review_group"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_review_person"),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.UniqueConstraint("submission", "person", name="uq_review_submission_person"),
    )
    op.create_index("ix_review_activity", "review", ["activity"])
    op.create_index("ix_review_group_person", "review", ["group", "person"])
    op.create_table(
        "swap",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("activity", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["activity"], ["activity.id"], name="fk_swap_activity"),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_swap_group"),
        sa.PrimaryKeyConstraint("id", name="pk_swap"),
        sa.UniqueConstraint("activity", name="uq_swap_activity"),
    )
    op.create_index("ix_swap_group", "swap", ["group"])
    op.create_table(
        "assignment",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("activity", sa.BigInteger(), nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("released_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["activity"], ["activity.id"], name="fk_assignment_activity"),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_assignment_group"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_assignment_person"),
        sa.PrimaryKeyConstraint("id", name="pk_assignment"),
        sa.UniqueConstraint("submission", "person", name="uq_assignment_submission_person"),
    )
    op.create_index("ix_assignment_activity", "assignment", ["activity"])
    op.create_index("ix_assignment_group_person", "assignment", ["group", "person"])
    with op.batch_alter_table("member") as member:
        member.add_column(sa.Column("swaps", sa.Boolean(), nullable=False, server_default="1"))


def _thanks() -> None:
    """Let a group be thanked without names, and a person not be named."""
    with op.batch_alter_table("study_group") as group:
        group.add_column(sa.Column("thanks", sa.Boolean(), nullable=False, server_default="1"))
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("named", sa.Boolean(), nullable=False, server_default="1"))


def _awards() -> None:
    """Let those who lead a group award a record, or take it back, with who did it and when."""
    with op.batch_alter_table("record") as record:
        record.add_column(sa.Column("award", sa.Boolean(), nullable=True))
        record.add_column(sa.Column("decided_by", sa.BigInteger(), nullable=True))
        record.add_column(sa.Column("decided_at", INSTANT, nullable=True))


def _my_data() -> None:
    """Let those who were forgotten be found by index."""
    nameless = sa.text("name = ''")
    op.create_index("ix_person_forgotten", "person", ["id"], sqlite_where=nameless, postgresql_where=nameless)


def _badges() -> None:
    """Make the table of badges."""
    op.create_table(
        "badge",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("revoked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_badge_group"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_badge_person"),
        sa.PrimaryKeyConstraint("id", name="pk_badge"),
        sa.UniqueConstraint("number", name="uq_badge_number"),
    )
    op.create_index("ix_badge_person_group", "badge", ["person", "group"])
    revoked = sa.text("revoked_at IS NOT NULL")
    op.create_index("ix_badge_revoked", "badge", ["number"], sqlite_where=revoked, postgresql_where=revoked)


def _notes() -> None:
    """Let notes be of a kind, and be featured where their authors agree."""
    with op.batch_alter_table("note") as note:
        note.add_column(sa.Column("kind", sa.Text(), nullable=False, server_default="note"))
        note.add_column(sa.Column("featuring", sa.Text(), nullable=False, server_default="no"))


def _credit() -> None:
    """Let people agree to be named in the portfolios of those whom they helped, or who helped them."""
    with op.batch_alter_table("person") as person:
        person.add_column(sa.Column("credited", sa.Boolean(), nullable=False, server_default="0"))


def _stories() -> None:
    """Make the table of what people say of what they made."""
    op.create_table(
        "story",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_story_person"),
        sa.PrimaryKeyConstraint("id", name="pk_story"),
        sa.UniqueConstraint("person", "item_kind", "item", name="uq_story_person_item_kind_item"),
    )
