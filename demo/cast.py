"""Who plays, and what they say. Where a course is not the sample, the words that fit any course are used."""

from __future__ import annotations

from dataclasses import dataclass

FACILITATOR_ZONE = "Africa/Lagos"


@dataclass(frozen=True, slots=True)
class Character:
    """Somebody in the story."""

    user: str
    name: str
    zone: str
    goal: str = ""
    offer: str = ""
    plan: str = ""


NOOR = Character("noor", "Noor", "Africa/Cairo")
FELA = Character("fela", "Fela", FACILITATOR_ZONE)
WEI = Character(
    "wei",
    "Wei",
    "Asia/Singapore",
    "Help where I can",
    "Ten years of debugging",
    "Most evenings",
)
JILL = Character(
    "jill",
    "Jill",
    "America/New_York",
    "Build a small tool for our community garden",
    "I have taught for ten years and explain things patiently",
    "Tuesday and Thursday, once the kids are in bed",
)
PRIYA = Character(
    "priya",
    "Priya",
    "Asia/Kolkata",
    "Understand the code that my team writes",
    "I know CSS inside out",
    "On the train to work",
)
TOMAS = Character(
    "tomas",
    "Tomás",
    "Europe/Lisbon",
    "Come back to programming after a long break",
    "I can read first drafts",
    "Weekends",
)
LENA = Character(
    "lena",
    "Lena",
    "Europe/Berlin",
    "Understand what my children learn at school",
    "I bring patience",
    "When the house is quiet",
)

NOTES = (
    "Writing down my guess before I run a line shows me what I really believe.",
    "Names matter more than comments. I renamed three things today and understood my own program.",
)
"""What Jill keeps for herself, and shares."""

REPLY_TO_WORK = "I like how small you kept it. Did you try it with an empty list?"
REPLY_OF_AUTHOR = "Not yet. I just did, and it broke. Thank you!"

JILLS_QUESTION = (
    "Why does my list change when I only sort a copy of it?",
    "I wrote b = a, sorted b, and a is sorted too.",
)
WEIS_ANSWER = "b = a gives the same list a second name. Make a real copy first, then sort that one."
JILLS_LINE = "What a copy is, and what only looks like one. I keep coming back to this."
PRIYAS_QUESTION = (
    "How do you find time to finish both activities?",
    "I always get stuck in the second half of the week.",
)
JILLS_ANSWER = "I do ten minutes on Monday, just to know what it is about. The rest is easier to start then."
TOMAS_QUESTION = ("Is there a way to see what my program does step by step?", "I keep adding print lines everywhere.")
PRIYAS_ANSWER = "Set a breakpoint in the debugger and press step over. It shows every value as you go."

PRIYAS_HELLO = "Hello everyone. I read chapter 1 on the train, and I'm curious how the rest of you begin."
WEIS_OWN_WORDS = "Try the smallest example that still does it, and say here what you see. Then we look together."
"""What Wei answers to questions that nobody foresaw."""

TEXTS = (
    "I expected it to be like the language I know. It is, until I compare two things.",
    "I read the chapter twice; the second time with the console open. That was the difference.",
    "I explained it to my daughter. Where I stumbled, I had not understood it myself.",
    "I would start smaller next time: one case, then the next.",
    "What surprised me most is how much I learned from reading the others' answers.",
    "It works, and I know why. Last month I would have been happy with the first half of that.",
)
"""Answers in words; whoever answers takes the next one."""

PLACES = {
    "jill": "https://jill.example/garden/week-{week}",
    "priya": "https://code.example/priya/week-{week}",
    "tomas": "https://notes.example/tomas/{week}",
}
"""Where each puts their work."""

FELAS_NOTE = "Half-way already. If you are behind, skip what is marked “if you like” and join us here."
FELAS_WORD = "Next week is the last one. Bring something small that you are proud of; unfinished is fine."
