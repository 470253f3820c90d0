"""My data: everything that is kept of oneself, to take along or to have erased."""

from __future__ import annotations

from bot.cards import Block, Button, ButtonStyle, File, Reply, Tone, bullets, card, paragraph, reply
from bot.context import Context
from bot.errors import Refusal
from bot.feature import Feature
from bot.options import Access
from bot.study import erasing, my_data_files, portfolio
from bot.text import Text, say, say_n

feature = Feature("my data")


class NothingKept(Refusal):
    """There is nothing of you here: I keep nothing about people who have not used me."""


@feature.command("settings export", access=Access.READ, anywhere=True, title="Download your data")
def export(ctx: Context) -> Reply:
    """Download everything that is kept about you."""
    if not ctx.person.id:
        raise NothingKept
    return reply(
        card(
            "",
            say("Here is everything that I keep about you, in one file."),
            say("Open my-data.html in it to read; my-data.json is the same for other programs."),
            buttons=[Button(say("Erase everything…"), "settings erase")],
        ),
        files=[_file(ctx)],
    )


def _file(ctx: Context) -> File:
    members = portfolio.chapters_of(ctx.uow.members, ctx.person.id)
    groups = ctx.uow.groups.many(member.group for member in members)
    chapters = [portfolio.chapter(ctx.uow, groups[one.group], one) for one in reversed(members) if one.group in groups]
    found = ctx.uow.my_data.export(ctx.person.id)
    return my_data_files.archive(ctx.person.name, found, chapters, ctx.language, ctx.zone, now=ctx.now)


@feature.command("settings erase", access=Access.READ, anywhere=True, title="Erase everything about you")
def erase(ctx: Context) -> Reply:
    """See what would go if you had everything about you erased."""
    if not ctx.person.id:
        raise NothingKept
    erasing.check_may_go(ctx.uow, ctx.person.id)
    blocks: list[Block] = [
        paragraph(say("This is what goes, for good:")),
        bullets(_goes(ctx)),
        paragraph(
            say(
                "I forget you within a minute, and my messages about you go within a day. "
                "Backups that were made before are deleted in their time; after a restore you are forgotten again."
            )
        ),
        paragraph(
            say(
                "What others wrote stays theirs; where they speak with you, it says “a former member”. Likes that you "
                "gave still count for those who got them. What you wrote in the chat yourself you can delete there."
            )
        ),
        paragraph(say("This can't be undone.")),
    ]
    return reply(
        card(
            say("Erase everything about you?"),
            *blocks,
            buttons=[
                Button(say("Download it first"), "settings export"),
                Button(say("Yes, erase everything"), "settings erase now", style=ButtonStyle.DANGER),
            ],
            tone=Tone.NEEDS_YOU,
        )
    )


def _goes(ctx: Context) -> list[Text]:
    """Return what goes, in words and numbers."""
    kept = {name: len(rows) for name, rows in ctx.uow.my_data.export(ctx.person.id).items()}
    accounts, groups, work = kept["account"], kept["member"], kept["submission"]
    notes, questions, answers, records = kept["note"], kept["question"], kept["answer"], kept["record"]
    counted = (
        (1, say_n("your name and settings, and {n} account", "your name and settings, and {n} accounts", accounts)),
        (groups, say_n("your place in {n} group", "your places in {n} groups", groups)),
        (work, say_n("{n} piece of work that you handed in", "{n} pieces of work that you handed in", work)),
        (notes, say_n("{n} note", "{n} notes", notes)),
        (questions, say_n("the words of {n} question", "the words of {n} questions", questions)),
        (answers, say_n("the words of {n} answer", "the words of {n} answers", answers)),
        (records, say_n("{n} participation record", "{n} participation records", records)),
    )
    return [words for number, words in counted if number]


@feature.command("settings erase now", anywhere=True, hidden=True)
def erase_now(ctx: Context) -> Reply:
    """Have everything about you erased."""
    known = ctx.uow.people.accounts([ctx.person.id]).get(ctx.person.id, ())
    if all(account.seen_at == ctx.now for account in known) and not ctx.uow.members.of_person(ctx.person.id):
        raise NothingKept  # pressed twice: the second must not make them known anew
    erasing.forget(ctx.uow, ctx.desk_at_hand, ctx.languages, ctx.person, ctx.now)
    return reply(
        card(
            "",
            say("Done: I have forgotten you. My messages about you go now."),
            say("Thank you for learning here. You are welcome to begin anew at any time."),
            tone=Tone.DONE,
        )
    )
