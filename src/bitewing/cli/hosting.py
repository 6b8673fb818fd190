"""Hosting: runs a built program and its HTTP faces on one event loop until it is told to stop."""

import asyncio
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, TypeVar

import uvicorn

from bitewing.cli.telling import address_of
from bitewing.model.errors import SettingsError

if TYPE_CHECKING:  # a command that only asks the server does not load the whole program
    from bitewing.bootstrap import Program

if sys.platform == "win32":
    from winloop import new_event_loop
else:
    from uvloop import new_event_loop

T = TypeVar("T")

_MOST_YOUNG = 20_000
"""So many more objects than before are looked through for garbage: some milliseconds' work.

A burst of a thousand Deliveries makes as many, and none of them is garbage.
"""

FAREWELL_SECONDS = 5
"""How long callers may take to end their requests when the program stops."""


class _Server(uvicorn.Server):
    """uvicorn, without its own ideas about signals: ours end the workers as well."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave the signals to ``stop_on_signals``."""
        yield


def run_on_loop(main: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine on the fast event loop and give what it gives."""
    # What was loaded until now stays: to look it through for garbage keeps everybody waiting.
    gc.freeze()
    gc.set_threshold(_MOST_YOUNG, *gc.get_threshold()[1:])
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(main)


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
    program: "Program",
    listening: socket.socket,
    *,
    started: Callable[[], None],
    stop: asyncio.Event,
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
