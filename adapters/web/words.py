"""The sentences of the public pages that say the same on each."""

from __future__ import annotations

from collections.abc import Mapping

from bot.text import Text, say

WORDS: Mapping[str, Text] = {
    "skip": say("Skip to the content"),
    "groups": say("Study groups"),
    "groups_lead": say("Learn together with others, a few weeks at a time. Everyone is welcome to look around."),
    "no_groups": say("No group has a public page yet."),
    "no_groups_next": say("Facilitators make one with /lead group page, in the channel of their group."),
    "by": say("Made with Studycircle"),
    "not_found": say("There is nothing here"),
    "not_found_lead": say("The address may have a slip of the pen in it, or what was here was never public."),
    "gone": say("This page was taken down"),
    "gone_lead": say("Whoever published it made it private again. It is theirs to decide."),
    "busy": say("Just a moment, please"),
    "busy_lead": say("Many people are looking at the same time. Try again in a minute."),
    "wrong": say("This page can't be shown just now"),
    "wrong_lead": say("It is not your fault, and nothing is lost. Try again in a minute."),
    "not_allowed": say("These pages can only be read"),
    "not_allowed_lead": say("To take part, use the chat of the group."),
    "to_groups": say("See the study groups"),
    "portfolio": say("Portfolio"),
    "preview": say("This is a preview"),
    "preview_lead": say("Nobody else sees it unless you give them this address, which works for half an hour at most."),
    "activity": say("What was made when"),
    "week_of": say("Week from"),
    "contributions": say("Contributions"),
    "empty": say("Nothing is shown here yet."),
    "goal": say("Goal"),
    "own_words": say("In my own words"),
    "badge_file": say("The badge as a file"),
    "badge_check": say("How to check that it is real"),
    "badges": say("Checking a badge"),
    "badges_lead": say("A badge is a picture that carries a signed statement. Anybody can check it without asking us."),
    "badges_what": say(
        "Download the picture, not a screenshot of it. What counts is the statement inside: a picture can be painted."
    ),
    "badges_how": say(
        "Any program that checks Open Badges 3.0 will do: it tells the name, the group, the criteria and who signed."
    ),
    "badges_offline": say("Without the network: keep a copy of who we are (did.json), and check with Studycircle:"),
    "badges_issuer": say("Who we are: did.json"),
    "badges_revoked": say(
        "Whether a badge was revoked since stands in the status list that the statement names; a copy holds for a week."
    ),
    "page_before": say("Previous page"),
    "page_after": say("Next page"),
    "address": say("The address of this page"),
    "feed": say("Follow new work (Atom feed)"),
    "calendar": say("Add to your calendar"),
    "how_to_join": say("How to join"),
    "week_by_week": say("Week by week"),
    "who_leads": say("Who leads it"),
    "who_learns": say("Who learns here"),
    "starts": say("Starts"),
    "began": say("Began"),
    "length": say("Length"),
    "places": say("Places"),
    "enrolment": say("Enrolment"),
    "now": say("Now"),
    "course": say("Course"),
    "waits": say("First answer to a question"),
    "break": say("Break"),
    "your_zone": say("Show the times for"),
    "your_zone_example": say("Berlin"),
    "show": say("Show"),
    "zone_unknown": say("I don't know that place. Write a city or zone like Berlin or America/New_York."),
    "if_you_like": say("if you like"),
}
