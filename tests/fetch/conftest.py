"""A real server on loopback that says what a test wants, byte for byte, and a fetcher that may talk to it."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.fetch import Fetcher
from pipeline.settings import Settings

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]
"""All bytes of an answer, or what writes them."""


@dataclass
class Asked:
    """One request, as it came."""

    path: str
    headers: dict[str, str]
    began: float
    ended: float = 0.0


@dataclass
class Site:
    """A server. A path without an answer is 404, as is robots.txt by default."""

    port: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    """Set with the first request."""

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def paths(self) -> list[str]:
        return [one.path for one in self.asked if one.path != "/robots.txt"]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                line, *rest = head.decode("latin-1").split("\r\n")
                pairs = (one.split(": ", 1) for one in rest if one)
                asked = Asked(line.split(" ")[1], {k.lower(): v for k, v in pairs}, time.monotonic())
                self.asked.append(asked)
                self.came.set()
                answer = self.answers.get(asked.path, http(404))
                if isinstance(answer, bytes):
                    writer.write(answer)
                else:
                    await answer(writer)
                await writer.drain()
                asked.ended = time.monotonic()
                if not isinstance(answer, bytes) or b"content-length" not in answer.lower():
                    break
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


def http(status: int = 200, body: bytes = b"<p>ok</p>", *headers: str, type_: str = "text/html") -> bytes:
    """A whole answer."""
    lines = (f"HTTP/1.1 {status} Said", f"Content-Type: {type_}", f"Content-Length: {len(body)}", *headers)
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def to(location: str, status: int = 302) -> bytes:
    """A redirect."""
    return http(status, b"", f"Location: {location}")


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async for one in _site():
        yield one


@pytest.fixture
async def other_site() -> AsyncIterator[Site]:
    async for one in _site():
        yield one


async def _site() -> AsyncIterator[Site]:
    made = Site()
    handlers: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(made.serve(reader, writer))
        handlers.add(task)
        task.add_done_callback(handlers.discard)

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    yield made
    server.close()
    for task in handlers:
        task.cancel()
    await asyncio.gather(*handlers, return_exceptions=True)


Make = Callable[..., Awaitable[Fetcher]]


@pytest.fixture
async def make(tmp_path: Path) -> AsyncIterator[Make]:
    """Makes open fetchers: `await make(site, host_delay=1)`. Hosts of a test share the test's home."""
    async with AsyncExitStack() as stack:

        async def open_(
            *sites: Site, names: Sequence[str] = (), resolver: object = None, now: object = None, **settings: object
        ) -> Fetcher:
            allowed = {site.host for site in sites} | set(names)
            wanted = {"home": tmp_path / "home", "host_delay": 0.0, "request_timeout": 5.0} | settings
            given = {key: value for key, value in (("resolver", resolver), ("now", now)) if value}
            fetcher = Fetcher(Settings(allow_private_hosts=frozenset(allowed), **wanted), **given)  # type: ignore[arg-type]
            return await stack.enter_async_context(fetcher)

        yield open_


async def to_loopback(host: str, port: int) -> list[str]:
    """A resolver for which every name is this machine."""
    return ["127.0.0.1"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
