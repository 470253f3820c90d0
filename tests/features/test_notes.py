"""Notes: kept for oneself, shared if one likes, and messages saved to the portfolio."""

from __future__ import annotations

from adapters.local import Message
from bot.study.notes import Note
from tests.builders import Scene

KEPT = "Kept in your portfolio. Only you can see it.\n[Share it] [My portfolio] [Delete it]\nOnly you can see this"


async def notes(js: Scene, name: str = "jill") -> list[Note]:
    return await js.reads(lambda uow: uow.notes.by_person(js.group.id, js.ids[name]))


async def test_a_note_is_kept_for_oneself(js: Scene) -> None:
    """J15: she blogs her notes, and finds them again."""
    read = await js.does("jill", "/note https://blog.example/loops text:What I learned about loops")

    assert read == KEPT
    [note] = await notes(js)
    assert (note.link, note.text, note.shared) == ("https://blog.example/loops", "What I learned about loops", False)
    assert js.home.messages == []


async def test_a_note_belongs_to_the_newest_week_or_the_one_that_is_named(js: Scene) -> None:
    await js.open_week(2)
    await js.does("jill", "/note text:newest")
    await js.does("jill", "/note text:first week:1")

    weeks = await js.reads(lambda uow: {week.id: week.ordinal for week in uow.weeks.of_group(js.group.id)})
    assert [weeks[note.week] for note in await notes(js) if note.week] == [2, 1]


async def test_a_shared_note_stands_in_the_channel(js: Scene) -> None:
    """J15: shared notes can be read and liked by everyone."""
    await js.does("jill", "/note https://blog.example/loops text:About loops share:yes")

    assert js.home.last.text == (
        "@Jill shares a note from week 1\n"
        "blog.example (https://blog.example/loops)\n"
        "> About loops\n"
        "[Keep a note]\n"
        "React to say thanks."
    )
    await js.likes("priya", js.home.last)
    assert (await js.member("jill")).points == 3


async def test_a_note_can_be_shared_later(js: Scene) -> None:
    await js.does("jill", "/note text:About loops")
    read = await js.presses("jill", "Share it")

    assert read.startswith("Shared: your group can see it.")
    assert "> About loops" in js.home.last.text


async def test_a_deleted_note_is_gone_everywhere(js: Scene) -> None:
    await js.does("jill", "/note text:About loops share:yes")
    await js.presses("jill", "Delete it")

    assert js.home.messages == []
    assert await notes(js) == []


async def test_the_same_note_again_is_one_note(js: Scene) -> None:
    await js.does("jill", "/note text:About loops")
    read = await js.does("jill", "/note text:About loops")

    assert read.startswith("You kept exactly this already, so nothing is twice.")
    assert len(await notes(js)) == 1


async def test_an_empty_call_opens_the_form(js: Scene) -> None:
    await js.does("jill", "/note")

    form = js.person("jill").form
    assert form is not None
    assert [field.name for field in form.fields] == ["link", "text", "week", "share"]
    assert (await js.fills("jill", share="no")).startswith("Paste a link to your notes, or write them here as text.")


async def test_a_week_that_is_not_there_is_refused(js: Scene) -> None:
    assert (await js.does("jill", "/note text:x week:9")).startswith("There is no week 9 in this group.")
    assert await notes(js) == []


async def test_nobody_touches_the_note_of_somebody_else(js: Scene) -> None:
    await js.does("jill", "/note text:Mine")
    shown = js.person("jill").answers[-1]
    card = shown.cards[0]
    for button in card.buttons:
        if getattr(button, "command", "") in ("note share", "note delete"):
            arguments = dict(button.arguments)  # type: ignore[union-attr]
            read = await js.calls("priya", button.command, **arguments)  # type: ignore[union-attr]
            assert read == "Only the person who wrote this note can share or delete it."
    assert len(await notes(js)) == 1


async def said(js: Scene, name: str, words: str) -> Message:
    return await js.person(name).says(words, js.home)


async def test_ones_own_message_is_saved_as_it_is(js: Scene) -> None:
    """J15, S5: what one wrote in the chat is worth keeping too."""
    message = await said(js, "jill", "A loop ends when its condition is false.")

    assert await js.uses_menu("jill", "Save to portfolio", message) == KEPT

    [note] = await notes(js)
    assert note.text == "A loop ends when its condition is false."
    assert note.link is not None


async def test_anothers_message_is_saved_as_a_link_with_ones_own_line(js: Scene) -> None:
    """P13, J27: other people's words stay theirs."""
    message = await said(js, "priya", "A loop ends when its condition is false.")

    await js.uses_menu("jill", "Save to portfolio", message)
    assert await js.fills("jill", line="The best explanation so far") == KEPT

    [note] = await notes(js)
    assert note.text == "The best explanation so far"
    assert note.link is not None
    assert "condition" not in note.text + note.link


async def test_a_form_that_is_sent_twice_saves_once(js: Scene) -> None:
    message = await said(js, "priya", "A loop ends when its condition is false.")
    await js.uses_menu("jill", "Save to portfolio", message)
    form = js.person("jill").form
    assert form is not None
    given = dict(form.preset)

    for _ in range(2):
        await js.calls("jill", "save to portfolio", submitted=True, line="Good", **given)

    assert len(await notes(js)) == 1
