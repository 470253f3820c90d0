"""The fake as a process of its own: `python -m tests.fakes.slack --port-file F`."""

from __future__ import annotations

from tests.fakes.process import serve
from tests.fakes.slack.control import ACTS
from tests.fakes.slack.server import FakeSlack


def where(fake: FakeSlack) -> dict[str, str]:
    """Return where it is, and what it knows an app by."""
    app = fake.world.app
    where = {"site": fake.world.site, "api_url": fake.api_url, "token": fake.token, "app_token": fake.app_token}
    return where | {
        "signing_secret": app.signing_secret,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
    }


if __name__ == "__main__":
    serve("tests.fakes.slack", FakeSlack, ACTS, where)
