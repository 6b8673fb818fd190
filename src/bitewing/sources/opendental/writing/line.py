"""The line to the office: one call at a time, no oftener than allowed, over HTTP."""

import asyncio
import functools
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2

from bitewing.model.writing import Unavailable, Unknown
from bitewing.ports.clock import Clock
from bitewing.sources.opendental.writing.hearing import Meaning, understand

CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 65.0
"""Open Dental gives up after sixty seconds (API Specification page, 504)."""
MOST_BYTES = 16 * 1024 * 1024

_NOT_SENT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.UnsupportedProtocol,
)


@dataclass(slots=True)
class Line:
    """Calls of one office's API.

    Attributes:
        url: ends with ``/api/v1``.
        authorization: ``ODFHIR {DeveloperKey}/{CustomerKey}``.
        interval: seconds from one call's beginning to the next one's (API Implementation page,
            "Throttling"): 0 in Local and Service mode, 1 or 5 in Remote mode.
        answer_seconds: how long an answer may take.
    """

    url: str
    authorization: str = field(repr=False)
    clock: Clock
    interval: float = 0.0
    answer_seconds: float = ANSWER_SECONDS
    _client: httpx2.AsyncClient | None = field(default=None, repr=False)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)
    _began_at: float | None = None

    async def close(self) -> None:
        """Give the connections back."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def get(self, path: str, asked: Mapping[str, str] | None = None) -> Meaning:
        """Ask for something; nothing is changed by it."""
        return await self._call("GET", path, asked=asked)

    async def post(self, path: str, body: Mapping[str, Any]) -> Meaning:
        """Create something."""
        return await self._call("POST", path, body=body)

    async def put(self, path: str, body: Mapping[str, Any]) -> Meaning:
        """Change something."""
        return await self._call("PUT", path, body=body)

    async def _call(
        self,
        method: str,
        path: str,
        *,
        asked: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Meaning:
        async with self._turn:
            await self._wait_for_turn()
            try:
                answer = await self._open().request(
                    method, f"{self.url}/{path}", params=asked, json=body
                )
            except _NOT_SENT as error:
                return Unavailable(f"Open Dental's API cannot be reached ({_named(error)}).")
            except httpx2.HTTPError as error:
                return Unknown(f"No answer from Open Dental's API ({_named(error)}).")
        if len(answer.content) > MOST_BYTES:
            return Unknown("The answer of Open Dental's API was too long.")
        return understand(
            answer.status_code,
            answer.content,
            answer.headers.get("retry-after"),
            self.clock.now(),
        )

    async def _wait_for_turn(self) -> None:
        if self._began_at is not None:
            rest = self._began_at + self.interval - self.clock.monotonic()
            if rest > 0:
                await self.clock.wait(asyncio.Event(), rest)
        self._began_at = self.clock.monotonic()

    def _open(self) -> httpx2.AsyncClient:
        if self._client is None:
            self._client = httpx2.AsyncClient(
                headers={"Authorization": self.authorization, "Accept": "application/json"},
                timeout=httpx2.Timeout(self.answer_seconds, connect=CONNECT_SECONDS),
                follow_redirects=False,
                verify=_authorities(),
                trust_env=False,
            )
        return self._client


@functools.cache
def _authorities() -> ssl.SSLContext:
    """Give one context for all lines: to read the certificates takes longer than a call."""
    return httpx2.create_ssl_context(trust_env=False)


def _named(error: Exception) -> str:
    """Name an error without its text: that may hold an address or what was sent."""
    return type(error).__name__
