"""A small HTTP/1.1 server whose answers may be as bad as those of the real web.

Frameworks repair what a handler gets wrong (lengths, headers, endings); here a wrong answer is what is wanted, so the
bytes are written directly. One thread serves all ports.

Belongs here: sockets, requests, and how an answer goes over the wire. Does not belong here: what is answered (`room`),
and the list of what can go wrong (`trouble`).
"""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import unquote

_Result = TypeVar("_Result")
_HEAD_LIMIT = 65_536
_BODY_LIMIT = 10_000_000


@dataclass(frozen=True, slots=True)
class Request:
    method: str
    target: str
    """Path and query, as sent."""
    headers: dict[str, str]
    """Names in lower case."""
    port: int
    body: bytes = b""

    @property
    def path(self) -> str:
        return unquote(self.target)


@dataclass(frozen=True, slots=True)
class Manner:
    """How the bytes go out. Seconds and bytes."""

    delay: float = 0.0
    """Wait before the status line."""
    drip: int = 0
    """Send the body in pieces of this many bytes, `pause` apart; 0: all at once."""
    pause: float = 0.0
    hang: bool = False
    """Send nothing, keep the connection."""
    reset_after: int | None = None
    """Break the connection (RST) after this many bytes of the body."""
    missing: int = 0
    """Promise this many bytes more than are sent, then close."""
    endless: bytes = b""
    """After the body, send this again and again until the client goes."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    manner: Manner = field(default_factory=Manner)

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    def with_header(self, name: str, value: str | None) -> tuple[tuple[str, str], ...]:
        """The headers with this one replaced, added, or, with None, taken out."""
        kept = tuple((key, old) for key, old in self.headers if key.lower() != name.lower())
        return kept if value is None else (*kept, (name, value))


class Server:
    """Serves `answer` on any number of loopback ports, in a thread of its own.

    `answer` is called in that thread and must not block; `sent` gets each request with its answer and the number of
    body bytes that went out.
    """

    def __init__(self, answer: Callable[[Request], Answer], sent: Callable[[Request, Answer, int], None]) -> None:
        self._answer = answer
        self._sent = sent
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="newsroom", daemon=True)
        self._listening: dict[int, asyncio.Server] = {}
        self._connections: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread.start()

    def open(self, port: int = 0) -> int:
        """Listen on 127.0.0.1:port (0: a free one); the port.

        Raises:
            OSError: the port is taken.
        """
        return self._call(self._listen(port))

    def close(self, port: int) -> None:
        """Stop listening on the port: the next connection is refused."""
        self._call(self._deafen(port))

    def stop(self) -> None:
        """Close all ports and connections, and end the thread."""
        if self._loop is None:
            return
        self._call(self._shut())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        self._loop = None

    def _run(self) -> None:
        assert self._loop is not None
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    def _call(self, coroutine: Coroutine[Any, Any, _Result]) -> _Result:
        assert self._loop is not None, "not started"
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(timeout=30)

    async def _listen(self, port: int) -> int:
        listener = await asyncio.start_server(self._connected, "127.0.0.1", port, limit=_HEAD_LIMIT, backlog=512)
        chosen = int(listener.sockets[0].getsockname()[1])
        self._listening[chosen] = listener
        return chosen

    async def _deafen(self, port: int) -> None:
        # Not awaited until closed: open connections of the port may stay.
        self._listening.pop(port).close()

    async def _shut(self) -> None:
        for listener in self._listening.values():
            listener.close()
        self._listening.clear()
        tasks = list(self._connections)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            port = int(writer.get_extra_info("sockname")[1])
            while await self._exchange(reader, writer, port):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass
        finally:
            self._connections.discard(task)
            writer.close()

    async def _exchange(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> bool:
        """One request and its answer; whether the connection stays."""
        head = await reader.readuntil(b"\r\n\r\n")
        request = _parse(head, port)
        if request is None:
            writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return False
        length = int(request.headers.get("content-length", "0"))
        if length:
            body = await reader.readexactly(min(length, _BODY_LIMIT))
            request = Request(request.method, request.target, request.headers, port, body)
        answer = self._answer(request)
        sent, stays = await _send(request, answer, writer)
        self._sent(request, answer, sent)
        return stays


def _parse(head: bytes, port: int) -> Request | None:
    lines = head.decode("latin-1").split("\r\n")
    parts = lines[0].split(" ")
    if len(parts) != 3:
        return None
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return Request(parts[0], parts[1], headers, port)


async def _send(request: Request, answer: Answer, writer: asyncio.StreamWriter) -> tuple[int, bool]:
    manner = answer.manner
    if manner.delay:
        await asyncio.sleep(manner.delay)
    if manner.hang:
        await asyncio.sleep(3_600)
    body = b"" if request.method == "HEAD" or answer.status == HTTPStatus.NOT_MODIFIED else answer.body
    closes = bool(manner.missing or manner.endless) or request.headers.get("connection", "").lower() == "close"
    writer.write(_head(answer, closes))
    if manner.reset_after is not None:
        writer.write(body[: manner.reset_after])
        await writer.drain()
        _reset(writer)
        return manner.reset_after, False
    if manner.drip:
        for start in range(0, len(body), manner.drip):
            writer.write(body[start : start + manner.drip])
            await writer.drain()
            await asyncio.sleep(manner.pause)
    else:
        writer.write(body)
    await writer.drain()
    while manner.endless:
        writer.write(manner.endless)
        await writer.drain()
        # drain() returns at once while the buffers have room: other connections must have their turn.
        await asyncio.sleep(0)
    return len(body), not closes


def _head(answer: Answer, closes: bool) -> bytes:
    phrase = HTTPStatus(answer.status).phrase
    lines = [f"HTTP/1.1 {answer.status} {phrase}"]
    lines += [f"{name}: {value}" for name, value in answer.headers]
    if answer.status != HTTPStatus.NOT_MODIFIED and not answer.manner.endless:
        lines.append(f"Content-Length: {len(answer.body) + answer.manner.missing}")
    if closes:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset instead of an orderly end: what a dying server or a middlebox does."""
    channel = writer.get_extra_info("socket")
    channel.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()
