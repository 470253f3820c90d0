"""Requests over HTTP: only Slack's get in, each once, whatever the headers and the body hold (S4)."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import random
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from slack_bolt.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.web.async_client import AsyncWebClient

from adapters.slack.receiving import Receiving, routes
from adapters.slack.signing import KEPT, LARGEST, WINDOW, Signatures

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # nobody's
NOW = 1_800_000_000
REQUESTS = 10_000


def signed(body: bytes, stamp: str = str(NOW), secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()


def signatures() -> Signatures:
    return Signatures(SECRET, clock=lambda: float(NOW))


def test_a_request_that_is_signed_is_taken_once() -> None:
    known = signatures()
    assert known.take(b"a=1", str(NOW), signed(b"a=1"))
    assert not known.take(b"a=1", str(NOW), signed(b"a=1"))
    known.give_back(signed(b"a=1"))
    assert known.take(b"a=1", str(NOW), signed(b"a=1"))


@pytest.mark.parametrize("seconds", [-WINDOW - 1, WINDOW + 1])
def test_a_request_from_another_time_is_not_taken(seconds: int) -> None:
    stamp = str(NOW + seconds)
    assert not signatures().take(b"a", stamp, signed(b"a", stamp))
    near = str(NOW + seconds // abs(seconds) * WINDOW)
    assert signatures().take(b"a", near, signed(b"a", near))


@pytest.mark.parametrize(
    ("stamp", "signature"),
    [
        ("", ""),
        ("soon", signed(b"a", "soon")),
        ("１８００００００００", signed(b"a", "１８００００００００")),
        (f"-{NOW}", signed(b"a", f"-{NOW}")),
        (f"{NOW}.0", signed(b"a", f"{NOW}.0")),
        ("9" * 5_000, signed(b"a", "9" * 5_000)),
        (str(NOW), signed(b"b")),
        (str(NOW), signed(b"a", secret="another")),
        (str(NOW), signed(b"a").upper()),
        (str(NOW), signed(b"a")[3:]),
        (str(NOW), "v0=é"),
        (str(NOW), "v0=" + "𝟘" * 64),
    ],
)
def test_whatever_is_malformed_is_refused_without_an_error(stamp: str, signature: str) -> None:
    assert not signatures().take(b"a", stamp, signature)


def test_no_secret_is_no_lock() -> None:
    with pytest.raises(ValueError, match="nobody can tell"):
        Signatures("")


def test_what_is_remembered_is_forgotten_in_time() -> None:
    now = [float(NOW)]
    known = Signatures(SECRET, clock=lambda: now[0])
    assert known.take(b"a", str(NOW), signed(b"a"))
    now[0] += 2 * WINDOW + 1
    later = str(int(now[0]))
    assert known.take(b"b", later, signed(b"b", later))
    assert len(known._taken) == 1
    assert KEPT > 10_000


@asynccontextmanager
async def served() -> AsyncIterator[tuple[int, list[dict[str, object]]]]:
    """Serve the address of HTTP mode on this machine; return the port, and what got in."""
    heard: list[dict[str, object]] = []

    async def authorize(team_id: str | None) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=team_id, bot_user_id="U0", bot_id="B0", bot_token="x")

    async def hear(ack, body) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
        heard.append(body)
        await ack()

    app = AsyncApp(
        client=AsyncWebClient(retry_handlers=[]),
        authorize=authorize,
        signing_secret=SECRET,
        request_verification_enabled=False,
        process_before_response=True,
        logger=logging.getLogger("slack_bolt.test"),
    )
    app.command("/study")(hear)
    server = web.Application()
    server.add_routes(routes(Receiving(app, signatures()).take, None))
    runner = web.AppRunner(server, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield int(runner.addresses[0][1]), heard
    finally:
        await runner.cleanup()


async def asked(port: int, requests: list[bytes]) -> list[int]:
    """Send requests over one connection as they are, and return the status of each answer."""
    statuses: list[int] = []
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for one in requests:
            if writer.is_closing() or reader.at_eof():
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(one)
            await writer.drain()
            statuses.append(await status(reader, writer))
    finally:
        writer.close()
    return statuses


async def status(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> int:
    async with asyncio.timeout(20):
        head = await reader.readuntil(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        await reader.readexactly(int(fields.get("content-length", "0")))
    if fields.get("connection") == "close":
        writer.close()
    return int(lines[0].split()[1])


def request(headers: dict[str, bytes], body: bytes) -> bytes:
    named = b"".join(name.encode() + b": " + value + b"\r\n" for name, value in headers.items())
    length = f"Content-Length: {len(body)}\r\n".encode()
    return b"POST /slack/events HTTP/1.1\r\nHost: x\r\n" + named + length + b"\r\n" + body


FORM = b"application/x-www-form-urlencoded"
COMMAND = b"command=%2Fstudy&text=help&team_id=T1&user_id=U1&channel_id=C1&trigger_id="


def drawn(chance: random.Random, number: int) -> tuple[bytes, bool]:
    """Return a request of some kind, and whether it is one of Slack's."""
    body = chance.choice(
        [
            COMMAND + str(number).encode(),
            b"payload=" + chance.randbytes(30),
            b"{" + chance.randbytes(20),
            b"{}",
            b"[]",
            b"null",
            b"",
            chance.randbytes(chance.randint(0, 300)),
        ]
    )
    kinds = [FORM, b"application/json", b"text/plain", b"", b"application/json; charset=\xff", b"multipart/form-data"]
    kind = chance.choice(kinds if chance.random() < 0.5 else kinds[:2])
    stamps = [str(NOW).encode(), b"", b"0", b"-1", b"1e9", b"NaN", "é".encode(), str(NOW + 999).encode(), b"9" * 200]
    good = chance.random() < 0.3
    stamp = str(NOW).encode() if good else chance.choice(stamps)
    words = [b"", b"v0=", b"v0=\xff\xfe", b"v1=" + b"0" * 64, b"v0=" + b"0" * 64, chance.randbytes(20).hex().encode()]
    signature = signed(body).encode() if good else chance.choice(words)
    headers = {"Content-Type": kind, "X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature}
    for name in list(headers):
        if not headers[name] or (chance.random() < 0.05 and not good):
            del headers[name]
    ours = good and kind == FORM and body.startswith(b"command=")
    return request(headers, body), ours


@pytest.mark.slow
async def test_ten_thousand_random_headers_and_bodies_get_one_of_four_answers(caplog: pytest.LogCaptureFixture) -> None:
    chance = random.Random(20270111)
    caplog.set_level(logging.DEBUG, logger="aiohttp")
    made = [drawn(chance, number) for number in range(REQUESTS)]
    async with served() as (port, heard):
        statuses = await asked(port, [one for one, _ in made])
    counted = Counter(statuses)
    assert set(counted) <= {200, 401, 415}, counted
    assert min(counted[one] for one in (200, 401, 415)) > 50
    assert len(heard) == sum(ours for _, ours in made) > 20
    assert [one for one in caplog.records if one.exc_info] == []


async def test_a_body_that_is_too_large_is_refused_whether_it_says_so_or_not() -> None:
    async with served() as (port, heard):
        large = b"x" * (LARGEST + 1)
        says_so = request({"Content-Type": FORM}, large)
        chunked = (
            b"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            b"Transfer-Encoding: chunked\r\n\r\n" + f"{len(large):x}\r\n".encode() + large + b"\r\n0\r\n\r\n"
        )
        assert [(await asked(port, [one]))[0] for one in (says_so, chunked)] == [413, 413]
        assert heard == []


async def test_the_same_request_a_second_time_does_nothing() -> None:
    body = COMMAND + b"1"
    headers = {
        "Content-Type": FORM,
        "X-Slack-Request-Timestamp": str(NOW).encode(),
        "X-Slack-Signature": signed(body).encode(),
    }
    async with served() as (port, heard):
        assert await asked(port, [request(headers, body)] * 2) == [200, 401]
        assert len(heard) == 1
