"""Figures for Prometheus: calls, posts, and how late things are; nothing in them names a person or quotes a text."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol, TypeVar

from aiohttp import web
from prometheus_client import CollectorRegistry, Counter, Histogram, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from bot.outbox import Figures
from bot.ports import Clock, UnitOfWork

T = TypeVar("T")

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Seconds by which calls are told apart; a platform gives three."""


class Store(Protocol):
    """Where the figures of the database are read."""

    async def read(self, view: Callable[[UnitOfWork], T]) -> T:
        """Return what a view sees."""


class Metrics:
    """Counts what happens in this process, and asks the database how things stand when somebody looks."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._calls = Counter(
            "studycircle_calls",
            "Calls of commands by what came of them.",
            ["command", "outcome"],
            registry=self._registry,
        )
        self._seconds = Histogram(
            "studycircle_call_seconds", "How long calls took.", buckets=BUCKETS, registry=self._registry
        )
        self._posts = Counter(
            "studycircle_posts", "Posts that came to an end in this process.", ["state"], registry=self._registry
        )
        self._standing = _Standing()
        self._registry.register(self._standing)

    def called(self, command: str, outcome: str, seconds: float) -> None:
        """Count a call that was answered."""
        self._calls.labels(command, outcome).inc()
        self._seconds.observe(seconds)

    def ended(self, state: str) -> None:
        """Count a post that came to an end, by its state."""
        self._posts.labels(state).inc()

    def route(self, store: Store, clock: Clock) -> web.RouteDef:
        """Return `/metrics`; where the database cannot be asked, what this process counted is told all the same."""

        async def metrics(request: web.Request) -> web.Response:
            now = clock.now()
            try:
                self._standing.take(await store.read(lambda uow: _look(uow, now)), now)
            except Exception:  # noqa: BLE001  # whatever is wrong with the database, /readyz and the log say it
                self._standing.none()
            return web.Response(body=generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

        return web.get("/metrics", metrics)


def _look(uow: UnitOfWork, now: datetime) -> tuple[Figures, datetime | None]:
    due = uow.agenda.due(now, 1)
    return uow.outbox.figures(now), due[0].at if due else None


class _Standing(Collector):
    """How the database stood when somebody last looked."""

    def __init__(self) -> None:
        self._found: tuple[Figures, datetime | None] | None = None
        self._now: datetime | None = None

    def take(self, found: tuple[Figures, datetime | None], now: datetime) -> None:
        self._found, self._now = found, now

    def none(self) -> None:
        self._found = None

    def collect(self) -> Iterator[Metric]:
        up = self._found is not None
        yield GaugeMetricFamily("studycircle_database_up", "Whether the database answered.", value=int(up))
        if self._found is None or self._now is None:
            return
        posts, due = self._found
        waiting = GaugeMetricFamily("studycircle_posts_waiting", "Posts that have not arrived.", labels=["state"])
        for state, count in (
            ("due", posts.due),
            ("sending", posts.sending),
            ("dead", posts.dead),
            ("unknown", posts.unknown),
        ):
            waiting.add_metric([state], count)
        yield waiting
        late = GaugeMetricFamily(
            "studycircle_lag_seconds", "How late the oldest thing is that could be done.", labels=["what"]
        )
        late.add_metric(["posts"], _seconds(posts.oldest, self._now))
        late.add_metric(["agenda"], _seconds(due, self._now))
        yield late
        yield CounterMetricFamily(
            "studycircle_duplicates_healed", "Copies of posts that were removed again.", value=posts.healed
        )


def _seconds(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0
