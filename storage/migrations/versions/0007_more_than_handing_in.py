"""What an activity takes besides handing in: feedback on others' responses, and a facilitator's check."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Add the columns; what is there takes nothing more than it did."""
    with op.batch_alter_table("activity") as activity:
        activity.add_column(sa.Column("reviews", sa.Integer(), nullable=False, server_default="0"))
        activity.add_column(sa.Column("check", sa.Boolean(), nullable=False, server_default="0"))
    with op.batch_alter_table("syllabus_version") as version:
        version.add_column(sa.Column("needs", sa.Text(), nullable=False, server_default="[]"))
    with op.batch_alter_table("submission") as submission:
        submission.add_column(sa.Column("checked_at", INSTANT, nullable=True))
        submission.add_column(sa.Column("checked_by", sa.BigInteger(), nullable=True))
