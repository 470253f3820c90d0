"""One small web server for everything that the bot serves."""

from __future__ import annotations

from collections.abc import Iterable

from aiohttp import web


class Server:
    """Serves routes on one address; a port of 0 takes any free one."""

    def __init__(self, host: str, port: int, routes: Iterable[web.RouteDef]) -> None:
        self._host = host
        self._port = port
        app = web.Application()
        app.add_routes(list(routes))
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False)

    async def start(self) -> None:
        """Begin to serve; raises OSError where the address is taken."""
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, self._port).start()

    @property
    def port(self) -> int:
        """The port that is served."""
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Finish what is being answered and stop."""
        await self._runner.cleanup()
