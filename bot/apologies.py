"""What somebody reads when a call was refused or has failed: what happened, and their own text given back."""

from __future__ import annotations

from collections.abc import Iterable

from bot.cards import Block, Button, File, Quote, Reply, Tone, paragraph, translated
from bot.chat import Invocation
from bot.language import Language
from bot.measure import excerpt
from bot.pages import pages
from bot.text import Text, say, to_text


def long_texts(call: Invocation) -> list[str]:
    """Return what somebody would not like to write again."""
    return [value for value in call.arguments.values() if len(value) > 40]


def given_back(what: Text, written: list[str], language: Language, buttons: Iterable[Button] = ()) -> Reply:
    """Return private cards that say what happened, with the caller's longer text in them: nothing is lost."""
    texts = [Quote(excerpt(to_text(value), 2_000 // len(written))) for value in written]
    files: list[File] = []
    if sum(map(len, written)) > 700:
        content = "\n\n".join(written).encode(errors="replace")
        files = [File("your-text.txt", "text/plain; charset=utf-8", content)]
    kept: list[Block] = [paragraph(say("Your text is safe, here it is:")), *texts] if texts else []
    shown = pages("", [paragraph(what), *kept], more="…", buttons=buttons, tone=Tone.NEEDS_YOU)
    return Reply(tuple(translated(one, language) for one in shown), None, tuple(files))
