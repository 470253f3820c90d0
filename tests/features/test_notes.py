"""Notes: kept for oneself, shared if one likes, and messages saved to the portfolio."""

from __future__ import annotations

import json

from adapters.local import Message
from bot.ids import code
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
    assert [field.name for field in form.fields] == ["link", "text", "week", "share", "kind"]
    assert form.fields[-1].value == "note"
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


async def test_a_note_is_of_a_kind_wherever_it_is_read(js: Scene) -> None:
    """J15: what kind of note it is, is chosen, and seen."""
    await js.does("jill", "/note text:Loops end share:yes kind:summary")
    assert js.home.last.text.startswith("@Jill shares from week 1: Summary\n")
    assert "Summary, shared · Monday 11 January 2027" in await js.does("jill", "/portfolio")
    await js.does("jill", "/portfolio export")
    [week] = json.loads(js.person("jill").files[1].content)["chapters"][0]["weeks"]
    assert [(one["kind"], one["featured"]) for one in week["notes"]] == [("summary", False)]
    assert "note,summary," in js.person("jill").files[2].content.decode()


async def test_shared_notes_are_found_again(js: Scene) -> None:
    """J15: learners find notes again, their own and those that others share."""
    assert (await js.does("priya", "/notes")).startswith("Notes of the group\nNo note is shared yet.")
    await js.does("jill", "/note text:Mine alone")
    for number in range(7):
        await js.does("jill", f"/note text:Shared-{number} share:yes")
    first = await js.does("priya", "/notes")
    assert "> Shared-6" in first
    assert "> Shared-1" not in first
    second = await js.presses("priya", "Next")
    assert "> Shared-1" in second
    assert "Mine alone" not in first + second
    assert "[Feature" not in first


async def asked(js: Scene) -> Note:
    """Let Fela ask whether a note of Jill's may be featured."""
    for text in ("Plain", "How loops end", "Newest"):
        await js.does("jill", f"/note text:{text} share:yes")
    listed = await notes(js)
    note = next(one for one in listed if one.text == "How loops end")
    shown = await js.does("fela", "/notes")
    order = sorted((shown.index(f"> {one.text}"), one.text) for one in listed)
    number = [text for _, text in order].index("How loops end") + 1
    assert "I have asked Jill. It is featured once they agree." in await js.presses("fela", f"Feature {number}")
    await js.settle()
    return note


async def test_a_note_is_featured_once_its_author_agrees(js: Scene) -> None:
    """J15: good notes are held up to all, with consent."""
    note = await asked(js)
    assert "Featured" not in await js.does("priya", "/notes")
    assert "Featured" not in "".join(message.text for message in js.home.messages)

    [question] = js.inbox("jill")
    assert question.startswith("May your note be featured?\nFela finds it worth reading for everyone")
    listed = await js.does("jill", "/notes")
    number = listed.partition("[Yes, feature ")[2][0]
    assert f"[Yes, feature {number}] [No, don't feature {number}]" in listed
    assert "Thank you: it is featured now" in await js.presses("jill", f"Yes, feature {number}")

    listed = await js.does("priya", "/notes")
    assert listed.index("1. Featured") < listed.index("> How loops end") < listed.index("> Newest")
    await js.settle()
    shown = [message.text for message in js.home.messages if "How loops end" in message.text]
    assert ["Featured: worth reading, say those who lead this group." in text for text in shown] == [True]
    assert "Note, featured by the group" in await js.does("jill", "/portfolio")

    await js.does("jill", "/notes")
    assert "It stays shared, as you left it." in await js.presses("jill", "Feature 1 no more")
    await js.settle()
    assert "Featured" not in await js.does("priya", "/notes")
    assert "Featured" not in "".join(message.text for message in js.home.messages)
    assert (await js.reads(lambda uow: uow.notes.get(note.id))).shared  # type: ignore[union-attr]


async def test_a_no_holds_and_nobody_else_can_say_yes(js: Scene) -> None:
    """J15: the word is its author's alone."""
    note = await asked(js)
    only = "Only the person who wrote this note can say whether it is featured. /notes shows what your group shares."
    for name in ("priya", "fela"):
        for command in ("note feature agree", "note feature decline"):
            assert await js.calls(name, command, id=code(note.id)) == only
    assert "It stays shared" in await js.calls("jill", "note feature decline", id=code(note.id))
    assert (await js.calls("fela", "note feature", id=code(note.id))).startswith("Its author would rather not")
    assert "facilitators" in await js.calls("priya", "note feature", id=code(note.id))
    assert "Featured" not in await js.does("priya", "/notes")


async def test_a_note_that_nobody_asked_for_or_that_is_private_is_not_featured(js: Scene) -> None:
    await js.does("jill", "/note text:Mine share:no")
    [note] = await notes(js)
    gone = "This note can't be featured now: it is not shared, or nobody asked. /notes shows what your group shares."
    assert await js.calls("fela", "note feature", id=code(note.id)) == gone
    assert await js.calls("jill", "note feature agree", id=code(note.id)) == gone
