"""S4: one group, half here and half there, from its founding to its end."""

from __future__ import annotations

import pytest

from adapters.local import LocalPlatform, Message
from bot.bootstrap import App
from bot.chat import ThreadReplied
from bot.ports import UnitOfWork
from bot.study import reputation
from tests.homes.stage import CODE, Two, founded


def texts(both: Two, side: LocalPlatform) -> str:
    return "\n---\n".join(message.text for message in both.channel(side).messages)


def once(both: Two, words: str, side: LocalPlatform) -> Message:
    """Return the only message of a channel that shows some words."""
    [found] = [message for message in both.channel(side).messages if words in message.text]
    return found


async def recounted(app: App) -> None:
    """Hold what is kept against a recount of all groups."""

    def count(uow: UnitOfWork) -> list[object]:
        return [drift for id in uow.groups.ids(0, 100) for drift in reputation.rebuild(uow, id, check=True)]

    assert await app.store.write(count) == []


async def test_a_home_needs_a_code_of_the_group_and_an_admin_of_the_space(both: Two) -> None:
    fela, adam = await founded(both)
    eve = both.right.person("eve")
    [code] = CODE.findall(await both.types(fela, "/lead group home"))
    assert "lives here too" not in await both.types(eve, f"/lead group home {code}")
    assert "does not work" in await both.types(adam, "/lead group home 2222-2222")
    assert "get a code" in await both.types(adam, "/lead group home", where="other")
    assert "JavaScript lives here too" in await both.types(adam, f"/lead group home {code}")
    assert "lives in this channel already" in await both.types(adam, f"/lead group home {code}")
    assert "does not work" in await both.types(adam, f"/lead group home {code}", where="other")
    assert "Study group: JavaScript" in texts(both, both.right)
    assert "lives in one place more now, on Right" in texts(both, both.left)


@pytest.mark.slow
async def test_a_group_half_here_half_there(both_anywhere: Two) -> None:
    """J13, J17, J18, J19, J20, J22, J24, J25, J26, J27, S4: everything counts once and is seen in both."""
    both = both_anywhere
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill, ray = both.left.person("jill"), both.right.person("ray")
    lin, lena = both.left.person("lin"), both.right.person("lena")
    await both.enrols(jill, ray, lin)
    await both.links(lin, lena)
    await both.passes(hours=1)
    for side in (both.left, both.right):
        once(both, "Week 1: Values", side)

    # Work of either side stands in both, and is talked about across.
    await both.types(jill, '/submit note:"Eleven tomatoes."')
    await both.types(ray, '/submit note:"A cactus."')
    for side in (both.left, both.right):
        once(both, "Eleven tomatoes.", side)
        once(both, "A cactus.", side)
    here, there = once(both, "Eleven tomatoes.", both.left), once(both, "Eleven tomatoes.", both.right)
    said = await both.says(ray, "Do you water them at night? <@everyone>", there)
    [mirror] = [text for text in both.thread("Eleven tomatoes.", both.left) if "water them" in text]
    assert mirror.startswith("@Ray writes\n> Do you water them at night?")
    assert both.thread("Eleven tomatoes.", both.right).count("Do you water them at night? <@everyone>") == 1
    thread = here.thread
    assert thread is not None
    assert all("everyone" not in ping for message in thread.messages for ping in message.pings)
    answered = await both.says(jill, "In the morning.", here)
    assert sum("In the morning." in text for text in both.thread("Eleven tomatoes.", both.right)) == 1
    await ray.deletes(said)
    await both.settle()
    assert not any("water them" in text for text in both.thread("Eleven tomatoes.", both.left))
    assert answered in thread.messages

    # A question from the right is answered on the left, marked on the right, and shown as solved in both.
    await both.types(ray, '/ask question:"How do I count twice?"')
    asked_here, asked_there = once(both, "How do I count twice?", both.left), once(both, "How do I count", both.right)
    answer = await both.says(jill, "With a loop.", asked_here)
    [mirrored] = [one for one in asked_there.thread.messages if "With a loop." in one.text]  # type: ignore[union-attr]
    assert mirrored.text.startswith("@Jill answers\n> With a loop.\n")
    assert "1 answer so far" in asked_there.text
    await both.presses(ray, "Mark as answer", mirrored)
    for one in (asked_here, asked_there):
        assert "Solved, with the help of @Jill." in one.text
    assert "This solved it." in mirrored.text

    # Likes of one person on original and mirror, by both of their accounts, are one; the last one taken back takes it.
    await both.reacts(lin, "👍", answer)
    await both.reacts(lena, "🎉", mirrored)
    await both.reacts(ray, "👍", mirrored)
    assert await likes_of_answers(both) == 2
    await lin.unreacts("👍", answer)
    assert await likes_of_answers(both) == 2
    await lena.unreacts("🎉", mirrored)
    assert await likes_of_answers(both) == 1
    await recounted(both.app)

    # An edit shows in both; taking back takes both.
    await both.types(jill, '/submit note:"Twelve tomatoes."')
    assert "Twelve tomatoes." in here.text
    assert "Twelve tomatoes." in there.text
    await both.presses(jill, "Undo")
    assert here.deleted
    assert there.deleted

    # Weeks open in both to the end, and the group ends in both.
    await both.passes(days=15)
    for side in (both.left, both.right):
        once(both, "Week 2: Lists", side)
        once(both, "JavaScript has come to its end", side)
    await recounted(both.app)


async def likes_of_answers(both: Two) -> int:
    def view(uow: UnitOfWork) -> int:
        assert both.group is not None
        return sum(like.item_kind == "answer" for like in uow.likes.in_group(both.group.id))

    return await both.app.store.read(view)


@pytest.mark.slow
async def test_the_bots_own_mirrors_never_come_back(both: Two) -> None:
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill = both.left.person("jill")
    await both.enrols(jill)
    await both.passes(hours=1)
    await both.types(jill, '/submit note:"Look."')
    await both.says(jill, "More of it.", once(both, "Look.", both.left))
    thread = once(both, "Look.", both.right).thread
    assert thread is not None
    [mirror] = [one for one in thread.messages if "More of it." in one.text]
    for number in range(3):  # as if a platform told of them, under keys of its own
        heard = ThreadReplied(jill.account, "Jill", thread.ref, mirror.ref, mirror.text, key=f"echo {number}")
        await both.app.bot.handle(heard)
        await both.settle()
    assert sum("More of it." in text for text in both.thread("Look.", both.left)) == 1
    assert sum("More of it." in text for text in both.thread("Look.", both.right)) == 1


@pytest.mark.slow
async def test_where_words_are_kept_back_a_line_says_where_they_are(both: Two) -> None:
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill, ray = both.left.person("jill"), both.right.person("ray")
    await both.enrols(jill, ray)
    await both.passes(hours=1)
    await both.types(ray, "/ask Why?")
    both.left.world.keeps_text_back = True
    await both.says(jill, "Because.", once(both, "Why?", both.left))
    shown = both.thread("Why?", both.right)
    [line] = [text for text in shown if "@Jill answers" in text]
    assert "Because." not in line
    assert "[Read it there: https://chat.example/makers/javascript/" in line
    assert "Written on Left." in line


@pytest.mark.slow
async def test_a_home_that_is_left_keeps_what_stands_and_gets_nothing_new(both: Two) -> None:
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill = both.left.person("jill")
    await both.enrols(jill)
    await both.passes(hours=1)
    await both.types(jill, '/submit note:"Look."')
    before = once(both, "Look.", both.right)
    await both.types(fela, "/lead group home")
    await both.presses(fela, "Leave Right…")
    assert "has left a channel on Right" in await both.presses(fela, "Leave it")
    assert "JavaScript goes on in a channel on Left." in both.channel(both.right).last.text
    await both.types(jill, '/submit note:"Look again."')
    await both.passes(days=8)
    assert "Look again." in once(both, "Look again.", both.left).text
    assert not before.deleted
    assert "Look again." not in texts(both, both.right)
    assert "Week 2" not in texts(both, both.right)
    await both.types(fela, "/lead group home")
    assert "[Leave" not in fela.answers[-1].text  # nobody can make it homeless


async def test_an_admin_takes_back_their_agreement_and_nobody_elses(both: Two) -> None:
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    shown = await both.types(adam, "/lead group home")
    assert CODE.findall(shown) == []  # the group's code is its facilitators'
    assert "[Leave this channel…]" in shown
    assert "Leave Left" not in shown
    await both.presses(adam, "Leave this channel…")
    assert "JavaScript has left this channel" in await both.presses(adam, "Leave it")
    assert "JavaScript goes on in a channel on Left." in both.channel(both.right).last.text
