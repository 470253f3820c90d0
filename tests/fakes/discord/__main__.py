"""The fake as a process of its own: `python -m tests.fakes.discord --port-file F`."""

from __future__ import annotations

from tests.fakes.discord.control import ACTS
from tests.fakes.discord.server import FakeDiscord
from tests.fakes.process import serve


def where(fake: FakeDiscord) -> dict[str, str]:
    """Return where it is, and what it knows an app by."""
    return {"site": fake.world.site, "api_url": fake.api_url, "gateway_url": fake.gateway_url, "token": fake.token}


if __name__ == "__main__":
    serve("tests.fakes.discord", FakeDiscord, ACTS, where)
