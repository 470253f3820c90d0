"""What lets faults pass: the inbox, leases, limits, occurrences, the audit log, and what a delivery remembers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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
    _installation()
    _time()
    _nudges()
    _likes()
    _discord()
    _questions()


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
        post.add_column(sa.Column("refused", sa.Boolean(), nullable=False, server_default="0"))
    # What was tried before and may have arrived is looked for before it is sent again; it is under way, not due.
    op.execute(
        "UPDATE post SET sends = 1, last_try_at = first_try_at, state = 'sending', "
        "lease_until = coalesce(lease_until, not_before) "
        "WHERE verb = 'send' AND state IN ('due', 'sending') AND first_try_at IS NOT NULL"
    )
    op.execute("UPDATE post SET not_before = lease_until WHERE state = 'sending'")
    op.create_index("ix_post_turn", "post", ["space", "not_before", "id"], **_where("state IN ('due', 'sending')"))
    op.create_index("ix_post_sweep", "post", ["sweep_at"], **_where("sweep_at IS NOT NULL"))
    op.create_index("ix_post_stuck", "post", ["group", "id"], **_where("state IN ('dead', 'unknown')"))


def _time() -> None:
    """Make the tables of breaks and of the time-zone data that plans were computed with."""
    op.create_table(
        "break",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("shifts", sa.Boolean(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_break_group"),
        sa.PrimaryKeyConstraint("id", name="pk_break"),
    )
    op.create_index("ix_break_group_first", "break", ["group", "first"])
    op.create_table(
        "zone_data",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_zone_data"),
        sa.UniqueConstraint("zone", name="uq_zone_data_zone"),
    )
    op.create_index("ix_study_group_zone_id", "study_group", ["zone", "id"])


def _nudges() -> None:
    """Let a membership remember who was asked first, an account how messages fare there, and groups be listened to."""
    with op.batch_alter_table("member") as member:
        member.add_column(sa.Column("offered_until", INSTANT, nullable=True))
    op.create_index("ix_member_leading", "member", ["group"], **_where("role IN ('owner', 'facilitator')"))
    op.create_index("ix_member_able", "member", ["group", "signal_at", "id"], **_where("offer <> ''"))
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("opened_at", INSTANT, nullable=True))
        account.add_column(sa.Column("refused_at", INSTANT, nullable=True))
    names = ("kind", "item", "group", "at", "attempts")
    agenda = sa.table("agenda", *map(sa.column, names))
    group = sa.table("study_group", *map(sa.column, ("id", "state", "created_at")))
    there = sa.select(sa.literal("hear from group"), group.c.id, group.c.id, group.c.created_at, sa.literal(0))
    goes_on = group.c.state.in_(["open", "running", "break", "frozen"])
    op.execute(agenda.insert().from_select(names, there.where(goes_on)))


def _installation() -> None:
    """Let an installation remember that it was restored from a backup."""
    with op.batch_alter_table("instance") as instance:
        instance.add_column(sa.Column("restored_at", INSTANT, nullable=True))
        instance.add_column(sa.Column("restored_from", INSTANT, nullable=True))
        instance.add_column(sa.Column("restored_ids", sa.BigInteger(), nullable=True))


def _likes() -> None:
    """Make the tables of what is read again for reactions, and let what is known already be read at once."""
    reading = op.create_table(
        "reading",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=False),
        sa.Column("space", sa.Text(), nullable=False),
        sa.Column("newest_at", INSTANT, nullable=False),
        sa.Column("next_at", INSTANT, nullable=False),
        sa.Column("wide_at", INSTANT, nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("reached", sa.BigInteger(), nullable=True),
        sa.Column("crawled", sa.BigInteger(), nullable=True),
        sa.Column("gap", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reading"),
        sa.UniqueConstraint("place", name="uq_reading_place"),
    )
    likeable = op.create_table(
        "likeable",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("gap", sa.Integer(), nullable=False),
        sa.Column("beside", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_likeable"),
        sa.UniqueConstraint("ref", name="uq_likeable_ref"),
    )
    _read_what_is_known(likeable, reading)
    op.create_index("ix_reading_platform_next_at", "reading", ["platform", "next_at"])
    op.create_index("ix_reading_platform_newest_at_id", "reading", ["platform", "newest_at", "id"])
    op.create_index("ix_likeable_place_id", "likeable", ["place", "id"])


def _discord() -> None:
    """Make the tables of what adapters have to know again: what a server has and who was greeted, and rosters."""
    op.create_table(
        "memo",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_memo"),
        sa.UniqueConstraint("name", name="uq_memo_name"),
    )
    with op.batch_alter_table("home") as home:
        home.add_column(sa.Column("roster", sa.Text(), nullable=True))
    op.create_index("ix_home_roster", "home", ["roster"], **_where("roster IS NOT NULL"))
    op.create_table(
        "roster_entry",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("roster", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_roster_entry"),
        sa.UniqueConstraint("roster", "account", name="uq_roster_entry_roster_account"),
    )
    op.create_index("ix_roster_entry_due_at", "roster_entry", ["due_at"], **_where("due_at IS NOT NULL"))


def _questions() -> None:
    """Let a home name another channel for questions, and whoever marked an answer be found."""
    with op.batch_alter_table("home") as home:
        home.add_column(sa.Column("questions", sa.Text(), nullable=True))
    op.create_index("ix_home_questions", "home", ["questions"])
    op.create_index("ix_act_accepted", "act", ["item", "id"], **_where("kind = 'accepted'"))


_KNOWN = sa.text(
    "SELECT m.id, m.ref, parent.message AS below FROM message AS m "
    "LEFT JOIN post AS p ON p.id = m.post LEFT JOIN post AS parent ON parent.id = p.under "
    'WHERE m.id > :after AND m."group" IS NOT NULL AND m.owner IS NOT NULL AND ('
    "m.about LIKE 'question:%' OR m.about LIKE 'answer:%' OR m.about LIKE 'submission:%' OR m.about LIKE 'note:%'"
    ") ORDER BY m.id LIMIT 1000"
)


def _read_what_is_known(likeable: sa.Table, reading: sa.Table) -> None:
    db = op.get_bind()
    now = _instant(datetime.now(UTC))
    newest: dict[str, datetime] = {}
    after = 0
    while rows := db.execute(_KNOWN, {"after": after}).all():
        after = rows[-1].id
        lines = []
        for row in rows:
            channel = row.ref.split("#")[0]
            parent = (row.below or "").split("#")
            place = f"{channel}#{parent[2]}" if len(parent) == 3 else channel
            # An id holds the millisecond in which it was drawn, after its 22 random bits.
            newest[place] = at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(milliseconds=row.id >> 22)
            line = {"id": row.id, "ref": row.ref, "place": place, "at": _instant(at)}
            lines.append(line | {"events": 0, "gap": 0, "beside": "[]"})
        db.execute(sa.insert(likeable), lines)
    for place, at in newest.items():
        space = place.split("/")[0]
        line = {"place": place, "platform": space.split(":")[0], "space": space, "newest_at": _instant(at)}
        rest = {"next_at": now, "wide_at": now, "step": "recent", "gap": 0, "fence": 0}
        db.execute(sa.insert(reading), line | rest)


def _instant(at: datetime) -> datetime | str:
    if op.get_bind().dialect.name == "postgresql":
        return at
    return at.replace(tzinfo=None).isoformat(" ", "microseconds")
