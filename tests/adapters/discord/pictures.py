"""The pictures of docs/discord.md: what a real bot sent to the Discord of the tests, drawn as its app shows it.

`python -m tests.adapters.discord.pictures` draws them anew; test_pictures.py says when that is due.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import ImageFont

from bot.cards import File
from bot.language import ENGLISH
from bot.text import MomentStyle
from tests.adapters.discord.stage import DiscordStage, opened
from tests.adapters.facilitators_story import BREAD
from tests.adapters.scenarios import HOME
from tests.adapters.staging import begun
from tests.fakes.discord import Message
from tests.fakes.discord.reading import Reader
from tests.fakes.discord.things import Json

FOLDER = Path(__file__).resolve().parents[3] / "docs" / "images"
WIDTH = 620
INSIDE = 84, WIDTH - 36
"""Where words begin and end inside a frame."""
FONT = "system-ui, 'Segoe UI', Roboto, 'Noto Sans', sans-serif"
INK, QUIET, PAPER, FRAME, LINE, LINK = "#f2f3f5", "#b5bac1", "#313338", "#2b2d31", "#3f4147", "#8ecae6"
BUTTONS = {1: "#0f766e", 2: "#4e5058", 4: "#b3261e", 5: "#4e5058"}
ZONE = ZoneInfo("Europe/Berlin")
_STYLES = {"D": MomentStyle.DATE, "t": MomentStyle.TIME, "F": MomentStyle.FULL, "R": MomentStyle.RELATIVE}


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _wide(words: str, size: int, bold: bool = False) -> float:
    """Return how wide words are at most: whoever looks has another font."""
    return _font(size).getlength(words) * (1.16 if bold else 1.1)


@dataclass
class Drawing:
    """A picture that grows downwards."""

    stage: DiscordStage
    parts: list[str] = field(default_factory=list)
    y: float = 20

    def message(self, message: Message) -> None:
        """Draw a message below the last one."""
        self._author()
        for one in message.components:
            top, at = self.y, len(self.parts)
            self.y += 12
            for part in one["components"]:
                self._part(part)
            self.y += 6
            accent = one.get("accent_color")
            box = f'<rect x="64" y="{top:.0f}" width="{WIDTH - 84}" height="{self.y - top:.0f}" rx="10" fill="{FRAME}"'
            bar = f'<rect x="64" y="{top:.0f}" width="5" height="{self.y - top:.0f}" rx="2" fill="#{accent or 0:06x}"/>'
            self.parts[at:at] = [f'{box} stroke="{LINE}"/>', *([bar] if accent else [])]
        self.y += 22
        if message.ephemeral:
            self._line(64, "Only you can see this", 12, QUIET)
            self.y += 10

    def svg(self, title: str) -> str:
        """Return the picture; `title` says what it shows to those who do not see it."""
        high = round(self.y + 8)
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {high}" width="{WIDTH}" height="{high}"'
        named = f'role="img" aria-label="{escape(title)}" font-family="{FONT}"'
        paper = f'<rect width="{WIDTH}" height="{high}" rx="10" fill="{PAPER}"/>'
        return "\n".join([f"{head} {named}>", f"<title>{escape(title)}</title>", paper, *self.parts, "</svg>", ""])

    def _author(self) -> None:
        """Draw our mark, a ring of seven dots with one place open, and the name."""
        dots = ((0, -9), (7.8, -4.5), (7.8, 4.5), (0, 9), (-7.8, 4.5), (-7.8, -4.5))
        self.parts.append(f'<circle cx="34" cy="{self.y + 12:.0f}" r="20" fill="#0f766e"/>')
        self.parts += [f'<circle cx="{34 + x}" cy="{self.y + 12 + y:.1f}" r="2.6" fill="{INK}"/>' for x, y in dots]
        self.y += 8
        self._line(64, "Studycircle", 15, INK, bold=True)
        self.y += 12

    def _part(self, part: Json) -> None:
        match part["type"]:
            case 10:
                self._text(part["content"], INSIDE[1])
            case 9:
                top = self.y
                beside = part["accessory"]
                wide = _wide(beside["label"], 13, bold=True) + 32
                self._text(part["components"][0]["content"], INSIDE[1] - wide - 12)
                below, self.y = self.y, top
                self._button(beside, INSIDE[1] - wide, wide)
                self.y = max(below, top + 38)
            case 1:
                self.y += 4
                x: float = INSIDE[0]
                for one in part["components"]:
                    wide = _wide(one["label"], 13, bold=True) + 28
                    if x + wide > INSIDE[1]:
                        x, self.y = INSIDE[0], self.y + 40
                    self._button(one, x, wide)
                    x += wide + 8
                self.y += 42

    def _button(self, one: Json, x: float, wide: float) -> None:
        fill, label = BUTTONS[one["style"]], escape(one["label"] + (" ↗" if one["style"] == 5 else ""))
        self.parts.append(f'<rect x="{x:.0f}" y="{self.y:.0f}" width="{wide:.0f}" height="32" rx="8" fill="{fill}"/>')
        middle = f'x="{x + wide / 2:.0f}" y="{self.y + 21:.0f}" text-anchor="middle"'
        self.parts.append(f'<text {middle} font-size="13" font-weight="600" fill="#fff">{label}</text>')

    def _text(self, markdown: str, right: float) -> None:
        for line in markdown.split("\n"):
            if not line.strip():
                self.y += 10
            elif line.startswith("### "):
                self._wrapped([(line[4:], True)], 18, INK, right)
            elif line.startswith("-# "):
                self._wrapped([(line[3:], False)], 12, QUIET, right)
            elif found := re.match(r"(- |\d+\\?\. )", line):
                number = line[: found.end()].replace("\\", "").strip()
                self._line(INSIDE[0], "•" if number == "-" else number, 14, INK)
                self.y -= 20
                self._wrapped(_runs(line[found.end() :]), 14, INK, right, indent=18)
            elif line.startswith("> "):
                self._wrapped([(line[2:], False)], 14, QUIET, right, indent=14)
            else:
                self._wrapped(_runs(line), 14, INK, right)

    def _wrapped(
        self, runs: Sequence[tuple[str, bool]], size: int, colour: str, right: float, indent: float = 0
    ) -> None:
        left = INSIDE[0] + indent
        lines: list[list[tuple[str, bool]]] = [[]]
        x = left
        for words, bold in self._words(runs):
            wide = _wide(words, size, bold)
            if x + wide > right and lines[-1]:
                lines.append([])
                x = left
                words = words.lstrip()
                wide = _wide(words, size, bold)
            lines[-1].append((words, bold))
            x += wide
        for line in lines:
            weights = [(700 if bold or size == 18 else 400, escape(words)) for words, bold in line]
            spans = "".join(f'<tspan font-weight="{weight}">{words}</tspan>' for weight, words in weights)
            self.y += size + 6
            place = f'x="{left:.0f}" y="{self.y - 6:.0f}" font-size="{size}" fill="{colour}" xml:space="preserve"'
            self.parts.append(f"<text {place}>{spans}</text>")

    def _words(self, runs: Sequence[tuple[str, bool]]) -> Iterator[tuple[str, bool]]:
        users, now = self.stage.fake.world.users, self.stage.clock.now()
        reader = Reader(lambda id: users[id].display, lambda at, style: ENGLISH.moment(at, _STYLES[style], ZONE, now))
        for markdown, bold in runs:
            words = re.sub(r" \(https?://[^)]*\)", "", reader.words(markdown))
            yield from ((one, bold) for one in re.findall(r"\s*\S+|\s+$", words))

    def _line(self, x: float, words: str, size: int, colour: str, *, bold: bool = False) -> None:
        self.y += size + 6
        weight = 700 if bold else 400
        place = f'x="{x:.0f}" y="{self.y - 6:.0f}" font-size="{size}" font-weight="{weight}" fill="{colour}"'
        self.parts.append(f"<text {place}>{escape(words)}</text>")


def _runs(line: str) -> list[tuple[str, bool]]:
    """Return a line's words, each with whether it is bold."""
    parts = re.split(r"(?<!\\)\*\*(.+?)(?<!\\)\*\*", line)
    return [(words, bool(number % 2)) for number, words in enumerate(parts) if words]


async def pictures() -> dict[str, str]:
    """Return the pictures by their file's name, from a group that is set up, looked over and running."""
    drawn: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with opened(f"sqlite:///{folder}/a.db") as stage:
            stage.enters("fela", zone="Europe/Berlin", admin=True)
            await stage.types("fela", "/study setup")
            drawn["discord-setup.svg"] = _drawn(stage, "What /study setup answers", stage.fake.person("fela").shown[-1])
            await stage.types("fela", "/lead group import")
            bread = File("bread.md", "text/markdown", BREAD.encode())
            await stage.fills("fela", file=bread, start="2027-01-11 18:00", zone="Europe/Berlin", seats="12")
            shown = stage.fake.person("fela").shown[-1]
            drawn["discord-look-over.svg"] = _drawn(stage, "A group is looked over before it starts", shown)
        async with opened(f"sqlite:///{folder}/b.db") as stage:
            await begun(stage, "jill", "priya")
            await stage.passes(days=8)
            await stage.types("jill", "/ask Which flour is best activity:1.1")
            posted = stage.fake.channel(HOME).messages[-2:]
            drawn["discord-week.svg"] = _drawn(stage, "A week and a question in a group's channel", *posted)
    return drawn


def _drawn(stage: DiscordStage, title: str, *messages: Message) -> str:
    drawing = Drawing(stage)
    for message in messages:
        drawing.message(message)
    return drawing.svg(title)


def main() -> None:
    """Draw the pictures into the folder of the documents."""
    for name, svg in asyncio.run(pictures()).items():
        (FOLDER / name).write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
