"""S4, S6: a home that a group has left hears and shows nothing new, also where another is in the same space."""

from __future__ import annotations

import pytest

from adapters.local import LocalPlatform
from tests.homes.stage import CODE, Two, founded


def texts(both: Two, side: LocalPlatform, name: str = "javascript") -> str:
    return "\n---\n".join(message.text for message in both.channel(side, name).messages)


@pytest.mark.slow
async def test_words_written_where_a_group_lived_before_stay_there(both: Two) -> None:
    """A space that took its agreement back is not listened to."""
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill, ray = both.left.person("jill"), both.right.person("ray")
    await both.enrols(jill, ray)
    await both.passes(hours=1)
    await both.types(jill, '/submit note:"Look."')
    await both.types(jill, "/ask Why?")
    work, asked = (both.channel(both.right).message(words) for words in ("Look.", "Why?"))
    await both.types(adam, "/lead group home")
    await both.presses(adam, "Leave this channel…")
    await both.presses(adam, "Leave it")
    await both.says(ray, "Only for us here.", work)
    await both.says(ray, "An answer for us here.", asked)
    for words in ("Look.", "Why?"):
        assert not any("for us here" in text for text in both.thread(words, both.left))
    await both.types(jill, "/questions")
    assert "for us here" not in jill.answers[-1].text


@pytest.mark.slow
async def test_of_two_channels_of_one_space_the_left_one_gets_nothing_new(both: Two) -> None:
    fela, _ = await founded(both)
    await both.types(fela, "/ask Before?")
    [code] = CODE.findall(await both.types(fela, "/lead group home"))
    assert "lives here too" in await both.types(fela, f"/lead group home {code}", where="second")
    await both.passes(minutes=1)
    assert "Before?" in texts(both, both.left, "second")
    jill = both.left.person("jill")
    await both.enrols(jill)
    await both.passes(hours=1)
    await both.types(jill, '/submit note:"Look."')
    old = both.channel(both.left, "second").message("Look.")
    await both.types(fela, "/lead group home", where="second")
    await both.presses(fela, "Leave this channel…")
    await both.presses(fela, "Leave it")
    await both.says(jill, "More of it.", both.channel(both.left).message("Look."))
    assert old.thread is None or not any("More of it." in message.text for message in old.thread.messages)


@pytest.mark.slow
async def test_what_a_younger_account_wrote_is_erased_with_it_after_unlinking(both: Two) -> None:
    """A copy of somebody's words is theirs, whoever they were one with when they wrote them."""
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill, jay = both.left.person("jill"), both.right.person("jay")
    await both.enrols(jill, jay)
    await both.passes(hours=1)
    await both.types(fela, '/submit note:"Look."')
    await both.links(jill, jay)
    await both.says(jay, "Words of Jay.", both.channel(both.right).message("Look."))
    assert any("Words of Jay." in text for text in both.thread("Look.", both.left))
    await both.unlinks(jay)
    await both.types(jay, "/settings erase")
    await both.presses(jay, "Yes, erase everything")
    assert not any("Words of Jay." in text for text in both.thread("Look.", both.left))
