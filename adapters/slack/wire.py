"""Single requests to Slack, each in the name of a workspace."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TypeVar

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import errors
from adapters.slack.errors import TokenRefused
from adapters.slack.text import Json
from adapters.slack.tokens import Access, Tokens

T = TypeVar("T")
PAGE = 200
"""Messages, or people, that one request brings."""


class Wire:
    """Requests; each may raise TokenRefused, SlackApiError, or what a broken connection raises."""

    def __init__(self, client: Callable[[], AsyncWebClient], tokens: Tokens) -> None:
        self._client = client
        self.tokens = tokens

    async def write(self, team: str, method: str, /, **body: object) -> Json:
        """Change something; the body goes as JSON, as blocks want it."""

        async def ask(access: Access) -> AsyncSlackResponse:
            return await self._client().api_call(method, json={**body, "token": access.token})

        return await self._asked(team, ask)

    async def read(self, team: str, method: str, /, **params: str | int | bool | None) -> Json:
        """Look something up; Slack takes no JSON for that."""

        async def ask(access: Access) -> AsyncSlackResponse:
            wanted = {**params, "token": access.token}
            return await self._client().api_call(method, http_verb="GET", params=wanted)

        return await self._asked(team, ask)

    async def pages(
        self, team: str, method: str, found: str, limit: int, /, **params: str | int | bool | None
    ) -> AsyncIterator[list[Json]]:
        """Yield page after page of what is looked up, `limit` of them at most."""
        cursor = ""
        for _ in range(limit):
            answer = await self.read(team, method, **params, **({"cursor": cursor} if cursor else {}))
            yield list(answer.get(found) or ())
            cursor = str((answer.get("response_metadata") or {}).get("next_cursor") or "")
            if not cursor:
                return

    async def _asked(self, team: str, ask: Callable[[Access], Awaitable[AsyncSlackResponse]]) -> Json:
        """Ask, once more with another token where the one has ended: it was refused before anything was done."""
        access = await self.tokens.of(team)
        try:
            return _data(await ask(access))
        except SlackApiError as error:
            if errors.name_of(error) not in errors.TOKEN:
                raise
            refused = error
        try:
            if not self.tokens.several:
                raise TokenRefused(errors.name_of(refused))
            access = await self.tokens.renewed(team, access.token)
            return _data(await ask(access))
        except TokenRefused:
            self.tokens.gone(team, errors.name_of(refused))
            raise
        except SlackApiError as error:
            if errors.name_of(error) not in errors.TOKEN:
                raise
            self.tokens.gone(team, errors.name_of(error))
            raise TokenRefused(errors.name_of(error)) from error


def _data(answer: AsyncSlackResponse) -> Json:
    return dict(answer.data) if isinstance(answer.data, dict) else {}
