"""What lets faults pass: the inbox, leases, limits, occurrences, the audit log, and what a delivery remembers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the tables and columns, with what they hold for rows that are there."""
    _together()
    _audit()
    _delivery()


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _together() -> None:
    """Make the tables by which several processes act as one."""
    op.create_table(
        "occurrence",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_occurrence_group"),
        sa.PrimaryKeyConstraint("id", name="pk_occurrence"),
        sa.UniqueConstraint("group", "kind", "name", name="uq_occurrence_group_kind_name"),
    )
    op.create_index("ix_occurrence_group_id", "occurrence", ["group", "id"])
    op.create_table(
        "taken",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("space", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("listener", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_taken"),
        sa.UniqueConstraint("space", "kind", "key", "listener", name="uq_taken_space_kind_key_listener"),
    )
    op.create_index("ix_taken_at", "taken", ["at"])
    op.create_table(
        "usage",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_usage"),
        sa.UniqueConstraint("subject", "what", name="uq_usage_subject_what"),
    )
    op.create_index("ix_usage_since", "usage", ["since"])
    op.create_table(
        "lease",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_lease"),
        sa.UniqueConstraint("name", name="uq_lease_name"),
    )


def _audit() -> None:
    """Make the audit log."""
    op.create_table(
        "audit_entry",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.BigInteger(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("previous", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_entry"),
        sa.UniqueConstraint("scope", "number", name="uq_audit_entry_scope_number"),
    )
    op.create_table(
        "audit_chain",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_chain"),
        sa.UniqueConstraint("scope", name="uq_audit_chain_scope"),
    )


def _delivery() -> None:
    """Let a post remember its space, its sends and what was looked for."""
    with op.batch_alter_table("post") as post:
        post.add_column(sa.Column("space", sa.Text(), nullable=False, server_default=""))
        post.add_column(sa.Column("sends", sa.Integer(), nullable=False, server_default="0"))
        post.add_column(sa.Column("last_try_at", INSTANT, nullable=True))
        post.add_column(sa.Column("looks", sa.Integer(), nullable=False, server_default="0"))
        post.add_column(sa.Column("looked_at", INSTANT, nullable=True))
        post.add_column(sa.Column("sweep_at", INSTANT, nullable=True))
        post.add_column(sa.Column("healed", sa.Integer(), nullable=False, server_default="0"))
    op.create_index("ix_post_turn", "post", ["space", "not_before", "id"], **_where("state = 'due'"))
    op.create_index("ix_post_sweep", "post", ["sweep_at"], **_where("sweep_at IS NOT NULL"))
