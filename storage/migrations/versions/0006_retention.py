"""How long texts are kept after a group's end."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Let a space say how long, and a group when its texts went."""
    with op.batch_alter_table("space") as space:
        space.add_column(sa.Column("keep_months", sa.Integer(), nullable=True))
    with op.batch_alter_table("study_group") as group:
        group.add_column(sa.Column("emptied_at", INSTANT, nullable=True))
