"""What is served over HTTP: public pages, badges, figures."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from adapters.badges.later import SignerLater
from bot.bootstrap import App
from bot.config import Config
from bot.errors import ConfigError
from bot.ports import Clock, Store
from schedules.clock import SystemClock

if TYPE_CHECKING:
    from aiohttp.web import RouteDef

    from adapters.web.metrics import Metrics

log = logging.getLogger(__name__)


def signer(config: Config, clock: Clock) -> SignerLater:
    """Return who signs badges."""
    return SignerLater(config.storage.badge_keys_file, config.instance.name, config.web.site, clock.now)


def metrics_of(config: Config) -> Metrics | None:
    """Return what counts, where somebody wants to know."""
    if config.web.metrics_port is None:
        return None
    from adapters.web.metrics import Metrics

    return Metrics()


def pages(config: Config, app: App, clock: Clock, issuer: SignerLater) -> list[RouteDef]:
    """Return the public pages, where they are switched on; they answer for every address that nobody else has."""
    if config.web.site is None:
        return []
    from adapters.web.pages import Pages
    from adapters.web.site import Site

    made = Site(app.store, clock, app.bot.languages, config.web.site, config.instance.name, issuer=issuer)
    return Pages(made).routes()


@asynccontextmanager
async def figures(config: Config, metrics: Metrics | None, app: App, clock: Clock) -> AsyncIterator[None]:
    """Serve /metrics at a port of its own meanwhile, where it has one."""
    port = config.web.metrics_port
    if metrics is None or port is None or port == config.web.port:
        yield
        return
    from adapters.web.server import Server

    server = Server(config.web.host, port, [metrics.route(app.store, clock)])
    try:
        await server.start()
    except OSError as error:
        raise ConfigError(f"web.metrics_port: {port} cannot be used: {error.strerror}. Choose another.") from error
    try:
        log.info("figures: http://%s:%s/metrics", config.web.host, server.port)
        yield
    finally:
        await server.stop()


async def reachable(store: Store) -> None:
    """Return where the database answers; raises what it raises."""
    await store.read(lambda uow: uow.agenda.next_at(SystemClock().now()))
