"""Hosting: runs a built program and its HTTP faces on one event loop until it is told to stop."""

import asyncio
import contextlib
import logging
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TextIO

import click
import structlog
import uvicorn

from bitewing.bootstrap import Program
from bitewing.model.errors import SettingsError

if sys.platform == "win32":
    from winloop import new_event_loop
else:
    from uvloop import new_event_loop


FAREWELL_SECONDS = 5
"""How long callers may take to end their requests when the program stops."""


class _Server(uvicorn.Server):
    """uvicorn, without its own ideas about signals: ours end the workers as well."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals to ``stop_on_signals``."""
        yield


def run_on_loop(main: Coroutine[Any, Any, int]) -> int:
    """Run a coroutine on the fast event loop and give its exit code."""
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(main)


def address_of(host: str, port: int) -> str:
    """Write an address as URLs have it: IPv6 in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def listen_on(host: str, port: int) -> socket.socket:
    """Take the port, before anything else is started.

    Raises:
        SettingsError: somebody else has it, or it may not be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two programs share the port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(512)
    except OSError as error:
        listening.close()
        raise SettingsError(
            f"Cannot listen on {address_of(host, port)}: {error.strerror}. Stop the program that "
            "uses it, or set another address under [server] listen."
        ) from None
    return listening


def make_server(app: Any) -> uvicorn.Server:
    """Make a server for an application; its signals and its journal are ours."""
    return _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            # A caller who never ends a request must not keep the program from ending.
            timeout_graceful_shutdown=FAREWELL_SECONDS,
        )
    )


async def host(
    program: Program, listening: socket.socket, *, started: Callable[[], None], stop: asyncio.Event
) -> None:
    """Serve the faces and run the workers until ``stop`` is set.

    Raises:
        StoreUnavailableError: the store cannot be opened.
    """
    await program.store.open()
    server = make_server(program.app)
    async with asyncio.TaskGroup() as group:
        group.create_task(program.run())
        serving = group.create_task(server.serve(sockets=[listening]))
        started()
        await stop.wait()
        server.should_exit = True
        await serving
        program.supervisor.stop()


@contextlib.contextmanager
def stop_on_signals(stop: asyncio.Event) -> Generator[None, None, None]:
    """Set ``stop`` at Ctrl-C and when the system asks the program to end."""
    loop = asyncio.get_running_loop()
    kinds = [signal.SIGINT, signal.SIGTERM]
    before = {kind: signal.getsignal(kind) for kind in kinds}

    def ask(*_: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    for kind in kinds:
        signal.signal(kind, ask)
    try:
        yield
    finally:
        for kind, handler in before.items():
            signal.signal(kind, handler)


def say(text: str) -> None:
    """Tell whoever reads standard output; nobody has to."""
    try:
        click.echo(text)
    except OSError:
        # A full disk, or a pipe whose reader has left: at its end the interpreter would try
        # once more, and give that as the exit code.
        sys.stdout = None


class _Paper:
    """What the journal is written on; if it is full or gone, the work goes on without it."""

    def __init__(self, stream: TextIO | None) -> None:
        self._stream = stream  # services on Windows have none

    def write(self, text: str) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._stream is not None:
                self._stream.write(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError, ValueError):
            if self._stream is not None:
                self._stream.flush()


def keep_journal(*, quiet: bool) -> None:
    """Write the journal to standard error: readable on a terminal, JSON lines elsewhere.

    A line that cannot be written is left out: a full disk delays Events, and must not end us.
    """
    renderer: Any = (
        structlog.dev.ConsoleRenderer()
        if sys.stderr is not None and sys.stderr.isatty()
        else structlog.processors.JSONRenderer()
    )
    least = "error" if quiet else "info"
    paper: Any = _Paper(sys.stderr)
    # The faces tell the journal of their mistakes themselves; a traceback may quote a Record.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(least),
        logger_factory=structlog.PrintLoggerFactory(paper),
        cache_logger_on_first_use=True,
    )


def fail(error: Exception) -> click.ClickException:
    """Make an error of ours the command's one sentence on standard error, exit code 1."""
    return click.ClickException(str(error))


def let_go_of_broken_streams() -> None:
    """Leave what a full disk or a gone console does not take: it is no reason to end badly.

    The interpreter flushes both once more when it ends, and would make exit code 120 of it.
    """
    for name in ("stdout", "stderr"):
        try:
            getattr(sys, name).flush()
        except (OSError, ValueError, AttributeError):
            setattr(sys, name, None)
