"""The published pages as files that any web server can hand out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from adapters.web.site import Site, Wish
from bot.errors import ConfigError

LIST = "studycircle-site.txt"
"""The file that names what an export wrote, so that the next one takes away what is not public any more."""


@dataclass(frozen=True, slots=True)
class Written:
    """How many files stand now, and how many of an earlier export were taken away."""

    files: int
    removed: int


async def write(site: Site, out: Path) -> Written:
    """Write all that is public into a folder; raises ConfigError where the folder is somebody else's."""
    before = _before(out)
    files = {}
    for path in await site.paths():
        answer = await site.answer(Wish(path))
        if answer.status == 200:  # what was withdrawn meanwhile is left out
            files[path + "index.html" if path == "" or path.endswith("/") else path] = answer.body
    files["404.html"] = site.note("not_found", 404, site.language("")).body
    for name, body in files.items():
        place = out / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(body)
    gone = [name for name in before if name not in files]
    for name in gone:
        _remove(out, name)
    (out / LIST).write_text("".join(f"{name}\n" for name in sorted(files)), encoding="utf-8")
    return Written(len(files), len(gone))


def _before(out: Path) -> list[str]:
    """Return what an earlier export wrote into a folder."""
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out} is a file. Choose a folder.")
    known = out / LIST
    if known.exists():
        return known.read_text(encoding="utf-8").splitlines()
    if out.exists() and any(out.iterdir()):
        raise ConfigError(f"{out} holds other files, which an export could overwrite. Choose an empty folder.")
    return []


def _remove(out: Path, name: str) -> None:
    """Remove a file that an export wrote, and the folders that it leaves empty."""
    place = (out / name).resolve()
    if not place.is_relative_to(out.resolve()):  # somebody changed the list
        return
    place.unlink(missing_ok=True)
    for folder in place.parents:
        if folder == out.resolve() or not folder.is_dir() or any(folder.iterdir()):
            return
        folder.rmdir()
