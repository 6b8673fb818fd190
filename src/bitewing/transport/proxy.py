"""The way out through a proxy: a tunnel by CONNECT (RFC 9110, section 9.3.6) to every receiver.

The proxy resolves names, so that which addresses they may mean is its policy and no longer ours.
"""

import asyncio
import socket
from base64 import b64encode
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import unquote, urlsplit

from bitewing.model.delivery import OutcomeKind
from bitewing.model.errors import SettingsError
from bitewing.transport import classify
from bitewing.transport.answer import MOST_HEAD_BYTES, Answer
from bitewing.transport.failure import ExchangeError, Failure
from bitewing.transport.hosts import UnfitURLError, literal_addresses, plain_host
from bitewing.transport.target import Target

_SUCCESSFUL = range(200, 300)
_REASONS: dict[int, str] = {
    HTTPStatus.FORBIDDEN: "its policy forbids this receiver",
    HTTPStatus.METHOD_NOT_ALLOWED: "it does not allow CONNECT to this port",
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: "it wants a name and a password from us, or its "
    "policy forbids this receiver",
    HTTPStatus.BAD_GATEWAY: "it could not reach the receiver",
    HTTPStatus.SERVICE_UNAVAILABLE: "it could not reach the receiver",
    HTTPStatus.GATEWAY_TIMEOUT: "the receiver did not answer it in time",
}
_FORBIDDING = frozenset(
    (
        *(HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.METHOD_NOT_ALLOWED),
        *(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS),
    )
)


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where all Messages leave the house.

    Attributes:
        host: as it is looked up.
        addresses: what the host spells; empty if it must be looked up.
        authorization: the Proxy-Authorization header; "" if it asks for none.
    """

    host: str
    port: int
    addresses: tuple[str, ...]
    authorization: str = field(default="", repr=False)


def parse_proxy(url: str) -> Proxy:
    """Read ``http://host:port`` or ``http://name:password@host:port``.

    Raises:
        SettingsError: it is something else. The message does not repeat it.
    """
    try:
        split = urlsplit(url)
        port, host = split.port, plain_host(split.hostname or "")
    except (UnfitURLError, ValueError) as error:
        raise SettingsError("its host or port cannot be read; write http://host:port") from error
    is_bare = split.path in {"", "/"} and not split.query and not split.fragment
    if split.scheme != "http" or port is None or not is_bare:
        raise SettingsError("it must be written http://host:port")
    given = ""
    if split.username is not None:
        name, password = unquote(split.username), unquote(split.password or "")
        given = "Basic " + b64encode(f"{name}:{password}".encode()).decode()
    return Proxy(host, port, tuple(map(str, literal_addresses(host))), given)


async def open_tunnel(opened: socket.socket, proxy: Proxy, target: Target) -> None:
    """Ask the proxy, to whom the socket leads, for a connection to the target.

    Raises:
        ExchangeError: it gives none; the words say that it was the proxy.
    """
    loop = asyncio.get_running_loop()
    shown = f"[{target.host}]" if ":" in target.host else target.host
    where = f"{shown}:{target.port}"
    lines = [f"CONNECT {where} HTTP/1.1", f"Host: {where}"]
    if proxy.authorization:
        lines.append(f"Proxy-Authorization: {proxy.authorization}")
    try:
        await loop.sock_sendall(opened, "\r\n".join([*lines, "\r\n"]).encode())
        status = await _status(opened)
    except OSError as error:
        failure = classify.broken(error, is_answering=False)
        raise ExchangeError(Failure(failure.kind, f"asking the proxy: {failure.detail}")) from error
    if status not in _SUCCESSFUL:
        kind = OutcomeKind.BLOCKED if status in _FORBIDDING else OutcomeKind.REFUSED
        reason = _REASONS.get(status, "it gives no connection")
        raise ExchangeError(Failure(kind, f"the proxy answered {status}: {reason}"))


async def _status(opened: socket.socket) -> int:
    """Read the proxy's answer up to the end of its head; what follows is the receiver's."""
    loop = asyncio.get_running_loop()
    answer = Answer()
    while not answer.status:
        received = await loop.sock_recv(opened, MOST_HEAD_BYTES)
        if not received:
            raise ExchangeError(
                Failure(OutcomeKind.BROKEN, "the proxy closed the connection without an answer")
            )
        answer.feed(received)
        if answer.failure is not None:
            raise ExchangeError(
                Failure(OutcomeKind.BROKEN, f"asking the proxy: {answer.failure.detail}")
            )
    return answer.status
