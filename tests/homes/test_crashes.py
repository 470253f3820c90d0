"""S4, S6: a process that ends in the midst leaves no half of a mirror, and no group between two places."""

from __future__ import annotations

import pytest

from bot.chat import ChannelRef
from bot.command_line.moving import Wish, _moved
from bot.context import Context
from bot.faultpoints import arm
from tests.homes.stage import Two, founded

pytestmark = pytest.mark.slow
SENDING = (
    "delivery: claimed",
    "delivery: before the send",
    "delivery: sent",
    "delivery: before it is kept",
    "delivery: kept",
)


class Crash(BaseException):
    """The process ends here."""


async def dies(both: Two, point: str, time: int) -> bool:
    """Let a process end when it comes to a fault point for that time; return whether it came there."""
    left = time

    def end(name: str) -> None:
        nonlocal left
        left -= name == point
        if name == point and not left:
            raise Crash

    arm(end)
    try:
        await both.passes(seconds=30)
    except Crash:
        return True
    finally:
        arm(None)
    return False


@pytest.mark.parametrize("time", [1, 2])
@pytest.mark.parametrize("point", SENDING)
async def test_a_reply_is_mirrored_once_wherever_a_process_ends(both_anywhere: Two, point: str, time: int) -> None:
    """With the author told and the words shown, two messages are under way in one of the threads."""
    both = both_anywhere
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill, ray = both.left.person("jill"), both.right.person("ray")
    await both.enrols(jill, ray)
    await both.passes(hours=1)
    await both.types(jill, '/submit note:"Look."')
    await ray.says("Nice work.", thread_of=both.channel(both.right).message("Look."))
    assert await dies(both, point, time)
    await both.passes(minutes=5)
    for side, copies in ((both.left, 1), (both.right, 1)):  # the copy there, the original here
        assert sum("Nice work." in text for text in both.thread("Look.", side)) == copies
        assert sum("Ray wrote about your work" in text for text in both.thread("Look.", side)) == 1


@pytest.mark.parametrize("point", ["delivery: before a change", "delivery: changed"])
async def test_a_reply_that_is_deleted_is_gone_in_both_wherever_a_process_ends(both: Two, point: str) -> None:
    fela, adam = await founded(both)
    await both.opens_home(adam, fela)
    jill, ray = both.left.person("jill"), both.right.person("ray")
    await both.enrols(jill, ray)
    await both.passes(hours=1)
    await both.types(jill, '/submit note:"Look."')
    said = await both.says(ray, "Nice work.", both.channel(both.right).message("Look."))
    await ray.deletes(said)
    assert await dies(both, point, 1)
    await both.passes(minutes=5)
    for side in (both.left, both.right):
        assert not any("Nice work." in text for text in both.thread("Look.", side))


async def test_a_move_that_ends_in_the_midst_has_moved_nothing(both_anywhere: Two) -> None:
    """S6."""
    both = both_anywhere
    await founded(both)
    both.channel(both.right)
    wish = Wish("javascript", ChannelRef.parse("right:workers/javascript"), (), True)

    def crashing(ctx: Context) -> None:
        _moved(ctx, wish)
        raise RuntimeError("out of memory")

    with pytest.raises(RuntimeError):
        await both.app.bot.perform(crashing)
    await both.passes(minutes=5)
    group = both.group
    assert group is not None
    homes = await both.app.store.read(lambda uow: uow.groups.homes(group.id))
    assert [str(home.channel) for home in homes] == ["left:makers/javascript"]
    assert both.channel(both.right).messages == []
    assert "goes on in" not in both.channel(both.left).last.text
    await both.app.bot.perform(lambda ctx: _moved(ctx, wish))
    await both.passes(minutes=5)
    assert "goes on in a channel on Right" in both.channel(both.left).last.text
