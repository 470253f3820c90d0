"""What Slack refuses, as the delivery understands it and as an admin reads it (S4)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError, SlackRequestError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.errors import TokenRefused, name_of, retry_after, told
from bot.errors import DeliveryError, MessageGone, PersonRefuses


def error(name: str, status: int = 200, headers: dict[str, str] | None = None, **more: str) -> SlackApiError:
    """Return what the library raises for an answer."""
    data: dict[str, Any] = {"ok": False, "error": name, **more}
    answer = AsyncSlackResponse(
        client=AsyncWebClient(),
        http_verb="POST",
        api_url="https://slack.com/api/chat.postMessage",
        req_args={},
        data=data,
        headers=headers or {},
        status_code=status,
    )
    return raised(answer)


def raised(answer: object) -> SlackApiError:
    return SlackApiError("refused", answer)  # type: ignore[no-untyped-call]


def outcome(wrong: Exception, where: str = "") -> Exception:
    with pytest.raises(Exception) as found, told(where):  # noqa: PT011  # which one it is, is what is asked
        raise wrong
    return found.value


def refused(name: str, status: int = 200, headers: dict[str, str] | None = None, **more: str) -> DeliveryError:
    found = outcome(error(name, status, headers, **more), "javascript")
    assert isinstance(found, DeliveryError)
    return found


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("not_in_channel", "/invite @Studycircle"),
        ("channel_not_found", "/invite @Studycircle"),
        ("is_archived", "Unarchive"),
        ("is_inactive", "Unarchive"),
        ("restricted_action", "Posting permissions"),
        ("missing_scope", "slack manifest"),
        ("messages_tab_disabled", "Messages Tab"),
        ("something_new", "something_new"),
    ],
)
def test_what_an_admin_can_mend_is_told_with_what_to_do(name: str, words: str) -> None:
    found = refused(name)
    assert found.permanent
    assert not found.sent_maybe
    assert words in found.reason


def test_a_refusal_names_the_channel_and_the_scope() -> None:
    assert "#javascript" in refused("not_in_channel").reason
    assert "channels:join" in refused("missing_scope", needed="channels:join").reason


def test_too_long_is_for_good() -> None:
    assert refused("msg_too_long").permanent


def test_a_limit_names_its_wait() -> None:
    found = refused("ratelimited", 429, {"Retry-After": "7"})
    assert (found.retry_after, found.permanent, found.sent_maybe) == (7.0, False, False)
    assert refused("ratelimited", 429, {"Retry-After": "soon"}).retry_after == 30.0
    assert retry_after(error("x", headers={"retry-after": "3"})) == 3.0


@pytest.mark.parametrize(("name", "status"), [("internal_error", 200), ("fatal_error", 200), ("", 500), ("x", 503)])
def test_what_slack_could_have_done_all_the_same_may_have_arrived(name: str, status: int) -> None:
    found = refused(name, status)
    assert (found.sent_maybe, found.permanent) == (True, False)


@pytest.mark.parametrize("name", ["token_revoked", "invalid_auth", "account_inactive", "token_expired"])
def test_a_token_that_is_not_taken_is_told_apart(name: str) -> None:
    found = outcome(error(name))
    assert isinstance(found, TokenRefused)
    assert found.error == name


def test_a_message_that_is_gone_and_a_person_who_takes_none_are_told_apart() -> None:
    assert isinstance(outcome(error("message_not_found")), MessageGone)
    assert isinstance(outcome(error("user_disabled")), PersonRefuses)


@pytest.mark.parametrize("name", ["is_inactive", "channel_not_found"])
def test_a_direct_conversation_that_is_closed_says_that_the_person_is_gone(name: str) -> None:
    with pytest.raises(PersonRefuses), told(direct=True):
        raise error(name)


def test_before_a_byte_was_sent_nothing_arrived_and_afterwards_it_may_have() -> None:
    key = SimpleNamespace(host="slack.com", port=443, ssl=True)
    before = outcome(aiohttp.ClientConnectorError(key, OSError(111, "refused")))  # type: ignore[arg-type]
    assert isinstance(before, DeliveryError)
    assert not before.sent_maybe
    for broken in (aiohttp.ServerDisconnectedError(), ConnectionResetError(104, "reset"), TimeoutError()):
        after = outcome(broken)
        assert isinstance(after, DeliveryError)
        assert after.sent_maybe


def test_what_the_library_refuses_is_for_good() -> None:
    found = outcome(SlackRequestError("no"))
    assert isinstance(found, DeliveryError)
    assert found.permanent


def test_an_answer_that_is_no_answer_has_no_name() -> None:
    assert name_of(raised(SimpleNamespace(status=502, headers={}))) == ""
    found = outcome(raised(SimpleNamespace(status=502, headers={})))
    assert isinstance(found, DeliveryError)
    assert found.sent_maybe
