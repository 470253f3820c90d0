"""How to connect to Slack, and the library's client for that."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

PATIENCE = 10.0
"""Seconds that a request may take."""
LONGEST_PAUSE = 60.0
"""Seconds between two tries while Slack cannot be reached, at most."""
EVENTS = "/slack/events"
"""Where Slack sends everything in HTTP mode."""
INSTALL = "/slack/install"
"""Where an admin begins to add the app to a workspace."""
REDIRECT = "/slack/oauth_redirect"
"""Where Slack sends an admin back to."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How to connect: over a socket that we open, or over HTTP where Slack calls us.

    One workspace has a `bot_token`; several have `client_id` and `client_secret`, and install the app by themselves.
    """

    mode: str = "socket"
    bot_token: str | None = None
    app_token: str | None = None
    signing_secret: str | None = None
    client_id: str | None = None
    client_secret: str | None = None
    api_url: str = "https://slack.com/api/"
    prefix: str = ""
    public_url: str | None = None

    @property
    def authorize_url(self) -> str:
        """Where an admin is asked whether the app may come in."""
        return f"{site(self.api_url)}/oauth/v2/authorize"


def site(api_url: str) -> str:
    """Return the address of Slack's web site beside its interface."""
    parts = urlsplit(api_url)
    return f"{parts.scheme}://{parts.netloc}"


def is_slacks(url: str, api_url: str) -> bool:
    """Return whether an address is Slack's own: only there tokens and answers may go."""
    try:
        parts, api = urlsplit(url), urlsplit(api_url)
        host = parts.hostname or ""
    except ValueError:
        return False
    if (parts.scheme, parts.netloc) == (api.scheme, api.netloc):
        return True
    return parts.scheme == "https" and (host == "slack.com" or host.endswith((".slack.com", ".slack-files.com")))


def proxy_for(url: str) -> str | None:
    """Return the proxy that an address is reached through; the library would not look at NO_PROXY."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if host in ("127.0.0.1", "localhost", "::1") or proxy_bypass(host):
        return None
    return getproxies().get(parts.scheme)


def new_session() -> aiohttp.ClientSession:
    """Return what all requests share; else the library opens connections anew for each."""
    return aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE))


def web_client(connection: Connection, session: aiohttp.ClientSession | None = None) -> AsyncWebClient:
    """Return the library's client, without the handler that posts a second time where an answer is cut."""
    client = AsyncWebClient(
        base_url=connection.api_url,
        timeout=int(PATIENCE),
        session=session,
        retry_handlers=[],
        logger=logging.getLogger("slack_sdk.web"),
    )
    client.proxy = proxy_for(connection.api_url)
    return client
