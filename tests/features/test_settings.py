"""One's own settings."""

from __future__ import annotations

import pytest

from tests.features.plain import plain
from tests.features.stage import Scene, account


async def test_settings_show_what_is_set(school: Scene) -> None:
    assert plain(await school.call("jill", "settings", zone="Asia/Tokyo")) == (
        "# Your settings\n"
        "Name: Jill\n"
        "Time zone: Asia/Tokyo (not set by you)\n"
        "Language: English\n"
        "Reminders: not asked yet, so I send none\n"
        "Weekly thanks: with your name\n"
        "Help, in the portfolios of others: you are counted, not named\n"
        "[Change] [Yes, remind me kindly] [No reminders] "
        "[Name me where I helped or was helped] [Link accounts] [My data…]"
    )


async def test_settings_are_saved_and_shown(school: Scene) -> None:
    given = {"zone": "america/new york", "reminders": "yes", "name": "Jill  of the   North"}

    assert plain(await school.call("jill", "settings", given)) == (
        "# Your settings\n"
        "Saved.\n"
        "Name: Jill of the North\n"
        "Time zone: America/New_York\n"
        "Language: English\n"
        "Reminders: yes: a few words when something has been open for a week, never more than one a week\n"
        "Weekly thanks: with your name\n"
        "Help, in the portfolios of others: you are counted, not named\n"
        "[Change] [No reminders] [Name me where I helped or was helped] [Link accounts] [My data…]"
    )


async def test_the_form_holds_what_is_set(school: Scene) -> None:
    await school.call("jill", "settings", {"zone": "Asia/Tokyo", "reminders": "no"})
    shown = await school.call("jill", "settings")

    form = await school.press("jill", shown, "Change")

    assert plain(form) == (
        "Form: Your settings\n"
        "Your time zone, like Europe/Berlin: Asia/Tokyo\n"
        "Your language: en\n"
        "Kind reminders by direct message: no\n"
        "Your name here: Jill\n"
        "Be thanked by name in front of your group: yes"
    )


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        (
            {"zone": "Europe/Berln"},
            "I don't know the time zone “Europe/Berln”. Write it like Europe/Berlin or America/New_York; "
            "Europe/Berlin comes close.",
        ),
        ({"language": "xx"}, "I don't know “xx” for “Your language”. You can choose: English."),
        (
            {"reminders": "perhaps"},
            "I don't know “perhaps” for “Kind reminders by direct message”. You can choose: yes, no.",
        ),
        ({"name": "x" * 81}, "I can't use that as a name. Write one with letters, at most 80 characters long."),
        ({"name": "123"}, "I can't use that as a name. Write one with letters, at most 80 characters long."),
        (
            {"name": "Ji\u202ell"},
            "“Your name here” has invisible control characters in it. Type it again, or paste it as plain text.",
        ),
    ],
)
async def test_what_cannot_be_set_is_refused_and_changes_nothing(
    school: Scene, given: dict[str, str], answer: str
) -> None:
    await school.call("jill", "settings")
    before = await school.read(lambda uow: uow.people.by_account(account("jill")))

    assert plain(await school.call("jill", "settings", given)).startswith(answer)
    assert await school.read(lambda uow: uow.people.by_account(account("jill"))) == before
