"""Two servers that one bot serves know nothing of each other, though all in them is called the same (P12)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import pytest

from bot.ids import QuestionId, from_code
from bot.study.questions import QuestionState
from tests.adapters.discord.stage import DiscordStage, opened
from tests.adapters.facilitators_story import BREAD
from tests.adapters.scenarios import HOME
from tests.fakes.discord import Channel, Interaction, Person, Upload, openapi
from tests.fakes.discord.interactions import COMPONENT

pytestmark = pytest.mark.slow

MAKERS, BAKERS = "makers", "bakers"
NOT_HERE = "I can't find that any more. It may have been removed, or it belongs to another group."


@dataclass
class Server:
    """A server with a group of a Fela's, in which a Jill learns; each is somebody else in each server."""

    stage: DiscordStage
    name: str
    lead: str
    learner: str

    @property
    def home(self) -> Channel:
        return self.stage.fake.channel(HOME, guild=self.name)

    def person(self, who: str) -> Person:
        self.stage.zones.setdefault(who, ZoneInfo("Europe/Berlin"))
        admin, display = who == self.lead, "Fela" if who == self.lead else "Jill"
        return self.stage.fake.person(who, display=display, guild=self.name, admin=admin)

    async def reads(self, who: str, asked: Interaction) -> str:
        return await self.stage._read(who, asked)

    async def does(self, who: str, line: str, **options: str) -> str:
        return await self.reads(who, await self.person(who).types(line, self.home, **options))

    async def presses(self, who: str, id: str) -> str:
        """Let somebody press a button of whatever id on a message of this server's."""
        pressed = {"custom_id": id, "component_type": 2, "id": 3}
        return await self.reads(who, await self.person(who)._ask(COMPONENT, self.home, pressed, self.home.messages[0]))

    async def begins(self) -> None:
        """Let there be the group, with its first week out soon."""
        lead = self.person(self.lead)
        assert self.home in lead.guild.channels.values()
        await self.stage.heard()
        await self.does(self.lead, "/lead group import")
        bread = Upload("bread.md", BREAD.encode(), "text/markdown")
        form = await lead.fills(file=bread, start="2027-01-11 18:00", zone="Europe/Berlin")
        await self.reads(self.lead, form)
        await self.reads(self.lead, await lead.presses("Start the group"))
        await self.reads(self.lead, await lead.types("/lead group enrolment", self.home, auto_accept=True))
        await self.enrols(self.learner)

    async def enrols(self, who: str) -> None:
        await self.does(who, "/enrol")
        if self.person(who).form is not None:
            await self.reads(who, await self.person(who).fills(goal="Bread", zone="Europe/Berlin"))


@dataclass
class Both:
    """The two servers."""

    makers: Server
    bakers: Server


@pytest.fixture
async def both(sqlite_url: str) -> AsyncIterator[Both]:
    """Return two servers with a channel, a group and people of the same names, whose first week is out."""
    async with opened(sqlite_url) as stage:
        two = Both(Server(stage, MAKERS, "fela", "jill"), Server(stage, BAKERS, "ben", "wei"))
        await two.makers.begins()
        await two.bakers.begins()
        await stage.passes(days=8)
        await two.makers.does("jill", "/ask", question="Which flour is best")
        yield two
        assert openapi.problems(stage.fake.recorder.asked) == []


def ids(home: Channel) -> list[str]:
    """Return the ids of all buttons that stand in a channel."""
    return [str(one["custom_id"]) for shown in home.messages for one in shown.buttons if "custom_id" in one]


async def test_lists_and_suggestions_hold_what_is_in_this_server_alone(both: Both) -> None:
    there, here = both.makers, both.bakers
    assert [one.name for one in there.home.guild.threads.values()] == ["Which flour is best"]  # type: ignore[union-attr]
    assert [*here.home.guild.threads.values()] == []  # type: ignore[union-attr]
    assert "Which flour" not in await here.does("wei", "/questions")
    assert (await here.does("wei", "/groups")).count("Running since") == 1
    assert (await here.does("wei", "/participants")).startswith("2 people in Bread in three weeks")
    for command, option in (("/group", "group"), ("/enrol", "group"), ("/ask", "activity"), ("/submit", "activity")):
        mine = await here.person("wei").suggestions(command, option, "", here.home)
        theirs = await there.person("jill").suggestions(command, option, "", there.home)
        assert list(mine) == list(theirs), "they are called the same"
        assert set(mine.values()).isdisjoint(theirs.values())


@pytest.mark.parametrize("who", ["wei", "ben"])
async def test_a_button_of_one_server_does_nothing_in_the_other(both: Both, who: str) -> None:
    """Also for whoever may do everything there; the words say nothing of the other group."""
    own = ids(both.bakers.home)
    group = next(id for id in own if id.startswith("sc1:submit:")).split(":")[2]
    foreign = ids(both.makers.home)
    assert {id.split(":")[1] for id in foreign} >= {"enrol", "submit", "answer", "solved", "question"}
    for id in foreign:
        assert NOT_HERE in await both.bakers.presses(who, id), id
        command, packed = id.split(":")[1:3]
        item = [part for part in packed.split("&") if not part.startswith("group=")]
        if item:  # the item of the other server, under the group of this one
            assert NOT_HERE in await both.bakers.presses(who, f"sc1:{command}:{'&'.join([*item, group])}:9"), id
    question = next(id for id in foreign if id.startswith("sc1:solved:")).split("id=")[1].split("&")[0]
    kept = await both.makers.stage.app.store.read(lambda uow: uow.questions.get(QuestionId(from_code(question) or 0)))
    assert kept is not None
    assert kept.state is QuestionState.OPEN


async def test_an_admin_of_one_server_leads_nothing_in_the_other(both: Both) -> None:
    group = next(id for id in ids(both.makers.home) if id.startswith("sc1:submit:")).split(":")[2]
    for command in ("lead group finish", "lead pulse", "newweek", "lead members list", "lead group role"):
        assert NOT_HERE in await both.bakers.presses("ben", f"sc1:{command}:{group}:1"), command


async def test_whoever_learns_in_both_does_in_each_what_is_meant_there(both: Both) -> None:
    for server in (both.makers, both.bakers):
        await server.enrols("kim")
    activity = await both.bakers.person("kim").suggestions("/submit", "activity", "", both.bakers.home)
    [chosen] = activity.values()
    await both.bakers.does("kim", "/submit", activity=chosen, link="https://code.example/kims")
    shown = ["\n".join(one.texts) for one in both.bakers.home.messages]
    assert any("code.example/kims" in words for words in shown)
    assert not any("code.example/kims" in "\n".join(one.texts) for one in both.makers.home.messages)
    for server, count in ((both.makers, "0 responses"), (both.bakers, "1 response")):
        assert count in await server.does(server.learner, "/responses")
