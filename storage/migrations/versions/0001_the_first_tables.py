"""The first tables."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.Text().with_variant(sa.DateTime(timezone=True), "postgresql")


def upgrade() -> None:
    """Make all tables in an empty database."""
    _people()
    _groups()
    _course()
    _work()
    _questions()
    _acts()
    _ahead()
    _delivery()
    _search()


def _where(condition: str) -> dict[str, Any]:
    return {"sqlite_where": sa.text(condition), "postgresql_where": sa.text(condition)}


def _people() -> None:
    """Make people, their accounts and spaces."""
    op.create_table(
        "instance",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_instance"),
    )
    op.create_table(
        "person",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("zone", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("reminders", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_person"),
    )
    op.create_table(
        "account",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_account_person"),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("ref", name="uq_account_ref"),
    )
    op.create_index("ix_account_person", "account", ["person"])
    op.create_table(
        "space",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("facilitators", sa.Text(), nullable=False),
        sa.Column("directory", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_space"),
        sa.UniqueConstraint("ref", name="uq_space_ref"),
    )


def _groups() -> None:
    """Make groups and who belongs to them."""
    op.create_table(
        "study_group",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("enrol_until", sa.Date(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("introduction", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("auto_accept", sa.Boolean(), nullable=False),
        sa.Column("responses_after_own", sa.Boolean(), nullable=False),
        sa.Column("finish_percent", sa.Integer(), nullable=False),
        sa.Column("finish_help", sa.Integer(), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_study_group"),
        sa.UniqueConstraint("slug", name="uq_study_group_slug"),
    )
    op.create_table(
        "home",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("space", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_home_group"),
        sa.PrimaryKeyConstraint("id", name="pk_home"),
        sa.UniqueConstraint("channel", "group", name="uq_home_channel_group"),
    )
    op.create_index("ix_home_group", "home", ["group"])
    op.create_index("ix_home_space", "home", ["space"])
    op.create_table(
        "member",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("applied_at", INSTANT, nullable=False),
        sa.Column("learning", sa.Boolean(), nullable=False),
        sa.Column("accepted_at", INSTANT, nullable=True),
        sa.Column("goal", sa.Text(), nullable=False),
        sa.Column("offer", sa.Text(), nullable=False),
        sa.Column("plan", sa.Text(), nullable=False),
        sa.Column("paused_until", INSTANT, nullable=True),
        sa.Column("signal_at", INSTANT, nullable=True),
        sa.Column("nudges", sa.Integer(), nullable=False),
        sa.Column("nudged_at", INSTANT, nullable=True),
        sa.Column("first_like_at", INSTANT, nullable=True),
        sa.Column("points", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_member_group"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_member_person"),
        sa.PrimaryKeyConstraint("id", name="pk_member"),
        sa.UniqueConstraint("group", "person", name="uq_member_group_person"),
    )
    op.create_index("ix_member_person", "member", ["person"])
    op.create_table(
        "transition",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("member", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.BigInteger(), nullable=False),
        sa.Column("became", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["member.id"], name="fk_transition_member"),
        sa.PrimaryKeyConstraint("id", name="pk_transition"),
    )
    op.create_index("ix_transition_member", "transition", ["member"])


def _course() -> None:
    """Make what a group works through."""
    op.create_table(
        "week",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("opens", sa.Text(), nullable=False),
        sa.Column("opens_at", INSTANT, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("materials", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("posted_at", INSTANT, nullable=True),
        sa.Column("posted_by", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_week_group"),
        sa.PrimaryKeyConstraint("id", name="pk_week"),
        sa.UniqueConstraint("group", "ordinal", name="uq_week_group_ordinal"),
    )
    op.create_table(
        "activity",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("week", sa.BigInteger(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_activity_group"),
        sa.ForeignKeyConstraint(["week"], ["week.id"], name="fk_activity_week"),
        sa.PrimaryKeyConstraint("id", name="pk_activity"),
    )
    op.create_index("ix_activity_group", "activity", ["group"])
    op.create_table(
        "syllabus_version",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor", sa.BigInteger(), nullable=False),
        sa.Column("required", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_syllabus_version_group"),
        sa.PrimaryKeyConstraint("id", name="pk_syllabus_version"),
        sa.UniqueConstraint("group", "number", name="uq_syllabus_version_group_number"),
    )


def _work() -> None:
    """Make what people hand in and keep."""
    op.create_table(
        "submission",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("activity", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("withdrawn_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["activity"], ["activity.id"], name="fk_submission_activity"),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_submission_group"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_submission_person"),
        sa.PrimaryKeyConstraint("id", name="pk_submission"),
        sa.UniqueConstraint("activity", "person", name="uq_submission_activity_person"),
    )
    op.create_index("ix_submission_group_person", "submission", ["group", "person"])
    op.create_table(
        "submission_version",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("submission", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["submission"], ["submission.id"], name="fk_submission_version_submission"),
        sa.PrimaryKeyConstraint("id", name="pk_submission_version"),
        sa.UniqueConstraint("submission", "number", name="uq_submission_version_submission_number"),
    )
    op.create_table(
        "note",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("week", sa.BigInteger(), nullable=True),
        sa.Column("shared", sa.Boolean(), nullable=False),
        sa.Column("deleted_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_note_group"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_note_person"),
        sa.ForeignKeyConstraint(["week"], ["week.id"], name="fk_note_week"),
        sa.PrimaryKeyConstraint("id", name="pk_note"),
    )
    op.create_index("ix_note_group_at", "note", ["group", "at"])
    op.create_index("ix_note_group_person", "note", ["group", "person"])
    op.create_table(
        "record",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("finished", sa.Boolean(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("required", sa.Integer(), nullable=False),
        sa.Column("helped", sa.Integer(), nullable=False),
        sa.Column("criteria", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_record_group"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_record_person"),
        sa.PrimaryKeyConstraint("id", name="pk_record"),
        sa.UniqueConstraint("group", "person", name="uq_record_group_person"),
    )


def _questions() -> None:
    """Make questions and their answers."""
    op.create_table(
        "question",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("activity", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", INSTANT, nullable=True),
        sa.Column("accepted", sa.BigInteger(), nullable=True),
        sa.Column("raised_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["activity"], ["activity.id"], name="fk_question_activity"),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_question_group"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_question_person"),
        sa.PrimaryKeyConstraint("id", name="pk_question"),
    )
    op.create_index("ix_question_group_asked_at", "question", ["group", "asked_at"])
    op.create_index("ix_question_group_person", "question", ["group", "person"])
    op.create_table(
        "answer",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("question", sa.BigInteger(), nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("also_helped", sa.Boolean(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_answer_group"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_answer_person"),
        sa.ForeignKeyConstraint(["question"], ["question.id"], name="fk_answer_question"),
        sa.PrimaryKeyConstraint("id", name="pk_answer"),
    )
    op.create_index("ix_answer_group_person", "answer", ["group", "person"])
    op.create_index("ix_answer_question", "answer", ["question"])


def _acts() -> None:
    """Make what people did."""
    op.create_table(
        "act",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["actor"], ["person.id"], name="fk_act_actor"),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_act_group"),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], name="fk_act_owner"),
        sa.PrimaryKeyConstraint("id", name="pk_act"),
    )
    op.create_index("ix_act_group_actor", "act", ["group", "actor"])
    op.create_index("ix_act_group_at", "act", ["group", "at"])
    op.create_table(
        "likes",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=False),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.BigInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_likes_group"),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], name="fk_likes_owner"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_likes_person"),
        sa.PrimaryKeyConstraint("id", name="pk_likes"),
        sa.UniqueConstraint("item_kind", "item", "person", name="uq_likes_item_kind_item_person"),
    )
    op.create_index("ix_likes_group_owner", "likes", ["group", "owner"])
    op.create_index("ix_likes_group_person", "likes", ["group", "person"])
    op.create_table(
        "reaction",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("item_kind", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("emoji", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_reaction_person"),
        sa.PrimaryKeyConstraint("id", name="pk_reaction"),
        sa.UniqueConstraint("message", "person", "emoji", name="uq_reaction_message_person_emoji"),
    )
    op.create_index("ix_reaction_item_kind_item_person", "reaction", ["item_kind", "item", "person"])


def _ahead() -> None:
    """Make what waits for somebody or for its time."""
    op.create_table(
        "draft",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("person", sa.BigInteger(), nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=True),
        sa.Column("command", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_draft_group"),
        sa.ForeignKeyConstraint(["person"], ["person.id"], name="fk_draft_person"),
        sa.PrimaryKeyConstraint("id", name="pk_draft"),
    )
    op.create_index("ix_draft_at", "draft", ["at"])
    op.create_table(
        "agenda",
        sa.Column("id", ID, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("item", sa.BigInteger(), nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_agenda_group"),
        sa.PrimaryKeyConstraint("id", name="pk_agenda"),
        sa.UniqueConstraint("kind", "item", name="uq_agenda_kind_item"),
    )
    op.create_index("ix_agenda_at", "agenda", ["at"])
    op.create_index("ix_agenda_group", "agenda", ["group"])


def _delivery() -> None:
    """Make what goes out, and the messages it became."""
    op.create_table(
        "post",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("to", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("part", sa.Integer(), nullable=False),
        sa.Column("card", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("once", sa.Text(), nullable=True),
        sa.Column("group", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.BigInteger(), nullable=True),
        sa.Column("under", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("first_try_at", INSTANT, nullable=True),
        sa.Column("expires_at", INSTANT, nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_post_group"),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], name="fk_post_owner"),
        sa.ForeignKeyConstraint(["under"], ["post.id"], name="fk_post_under"),
        sa.PrimaryKeyConstraint("id", name="pk_post"),
        sa.UniqueConstraint("key", name="uq_post_key"),
        sa.UniqueConstraint("once", name="uq_post_once"),
    )
    op.create_index("ix_post_about_slot", "post", ["about", "slot"])
    op.create_index("ix_post_due", "post", ["not_before", "id"], **_where("state = 'due'"))
    op.create_index("ix_post_expiring", "post", ["expires_at"], **_where("state = 'due' AND expires_at IS NOT NULL"))
    op.create_index("ix_post_group_id", "post", ["group", "id"])
    op.create_index("ix_post_line", "post", ["place", "id"], **_where("state IN ('due', 'sending')"))
    op.create_index("ix_post_place_sent_at", "post", ["place", "sent_at"], **_where("sent_at IS NOT NULL"))
    op.create_index("ix_post_sending", "post", ["lease_until"], **_where("state = 'sending'"))
    op.create_index("ix_post_under", "post", ["under"], **_where("state = 'due'"))
    op.create_table(
        "message",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("thread", sa.Text(), nullable=True),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("group", sa.BigInteger(), nullable=True),
        sa.Column("owner", sa.BigInteger(), nullable=True),
        sa.Column("post", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["group"], ["study_group.id"], name="fk_message_group"),
        sa.ForeignKeyConstraint(["owner"], ["person.id"], name="fk_message_owner"),
        sa.ForeignKeyConstraint(["post"], ["post.id"], name="fk_message_post"),
        sa.PrimaryKeyConstraint("id", name="pk_message"),
        sa.UniqueConstraint("ref", name="uq_message_ref"),
    )
    op.create_index("ix_message_about", "message", ["about"])
    op.create_index("ix_message_thread", "message", ["thread"])


def _search() -> None:
    """Make questions findable by their words; see storage/search.py."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute(
            "CREATE VIRTUAL TABLE question_words USING fts5(scope, words, tokenize='unicode61 remove_diacritics 2')"
        )
    else:
        op.execute(
            "CREATE INDEX ix_question_words ON question "
            "USING gin (to_tsvector('simple', question.text || ' ' || question.details))"
        )
