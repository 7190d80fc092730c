"""The one client of the press: asks for feeds and pages and gives a Page or a named failure.

Belongs here: one request with its redirects, headers, caps and error names. Does not belong here: addresses (`guard`),
robots.txt (`robots`), turns (`politeness`), decompression (`body`), the meaning of a status (`answers`).

httpcore and not httpx above it: redirects are followed by hand, because each hop has its own robots.txt, turn and
address; and bodies are decompressed by hand, because httpx gives no bound to what one chunk may become.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable
from contextlib import aclosing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import httpcore
import httpx

from pipeline.errors import AddressRefused, BadAnswer, BadUrl, NotHtml, TimedOut, TlsFailure, TooLarge, Unreachable
from pipeline.fetch import answers, body
from pipeline.fetch.guard import CONNECT_SECONDS, Guard, GuardedBackend, Resolver, resolve
from pipeline.fetch.politeness import Politeness
from pipeline.fetch.robots import MAX_BYTES as ROBOTS_MAX_BYTES
from pipeline.fetch.robots import Robots
from pipeline.records import Page
from pipeline.settings import Settings

MAX_REDIRECTS = 5
MAX_CONNECTIONS = 64
KEEPALIVE_SECONDS = 4.0
"""Shorter than what common servers keep (Apache: 5 s), so that no request meets a closing connection."""
HTML_TYPES = frozenset(("", "text/html", "application/xhtml+xml", "application/xml", "text/xml", "text/plain"))
"""What a page may be declared as; none at all is common enough."""

FEED_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/rdf+xml;q=0.9, application/feed+json;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
PAGE_ACCEPT = "text/html, application/xhtml+xml;q=0.9, */*;q=0.1"


@dataclass(frozen=True, slots=True)
class _Wish:
    """What is asked for, whatever the URL."""

    accept: str
    cap: int
    robots: bool = False
    html: bool = False
    cut: bool = False
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    wire_bytes: int
    address: str | None

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name), None)


def utc_now() -> datetime:
    return datetime.now(UTC)


class Fetcher:
    """Asks for feeds and pages. An async context manager, of one event loop.

    Any number of tasks may ask at once: hosts are asked side by side, each of them by one request at a time.

    Args:
        settings: user agent, delay, caps, allowed private hosts, and the folder that processes share.
        resolver: another one than the system's.
        now: the clock of `Page.fetched_at` and of Retry-After dates.
    """

    def __init__(
        self, settings: Settings, *, resolver: Resolver = resolve, now: Callable[[], datetime] = utc_now
    ) -> None:
        self._settings = settings
        self._now = now
        self._politeness = Politeness(settings.home / "hosts", settings.politeness_scope)
        self._robots = Robots(
            settings.home / "robots", settings.user_agent, self._robots_page, lambda: now().timestamp()
        )
        self._backend = GuardedBackend(Guard(settings.allow_private_hosts, resolver))
        self._slots = asyncio.Semaphore(MAX_CONNECTIONS)

    async def __aenter__(self) -> Self:
        # Built here and not before: reading the certificates takes some 30 ms.
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=httpx.create_ssl_context(),
            max_connections=MAX_CONNECTIONS * 2,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEPALIVE_SECONDS,
            network_backend=self._backend,
        )
        await self._pool.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._pool.__aexit__(kind, error, trace)

    async def page(self, url: str) -> Page:
        """An article's page, where robots.txt allows it, at every hop.

        Raises:
            Retry: `Unreachable`, `TimedOut`, `TlsFailure`, `TooManyRequests`, `ServerError`, `Refused`, `BadAnswer`.
            Skip: `Gone`, `AddressRefused`, `RobotsRefused`, `TooLarge`, `NotHtml`, `BadUrl`.
        """
        return await self._get(url, _Wish(PAGE_ACCEPT, self._settings.page_max_bytes, robots=True, html=True))

    async def feed(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Page:
        """A feed: status 200, or 304 with an empty body when one of the validators still holds.

        Args:
            etag, last_modified: as the server gave them, echoed to the letter.

        Raises:
            Retry: as `page`.
            Skip: as `page`, but for `RobotsRefused` and `NotHtml`; `Gone.status` tells 410 from 404.
        """
        wish = _Wish(FEED_ACCEPT, self._settings.feed_max_bytes, etag=etag, last_modified=last_modified)
        return await self._get(url, wish)

    async def _robots_page(self, url: str) -> Page:
        return await self._get(url, _Wish("text/plain, */*;q=0.1", ROBOTS_MAX_BYTES, cut=True))

    async def _get(self, url: str, wish: _Wish) -> Page:
        """One request with its redirects; the time cap counts what is spent asking, not what is spent waiting."""
        hop = _parse(url, url)
        seen: list[str] = []
        redirects: list[tuple[int, str]] = []
        left = self._settings.request_timeout
        clock = asyncio.get_running_loop().time
        while True:
            seen.append(str(hop))
            asked = await self._robots.admit(str(hop)) if wish.robots else self._robots.known_delay(str(hop))
            async with self._politeness.turn(str(hop), max(asked, self._settings.host_delay)), self._slots:
                began = clock()
                answer = await self._ask(hop, wish, left, url)
                left -= clock() - began
            if answer.status not in answers.REDIRECTS:
                break
            hop = _target(hop, answer, url)
            redirects.append((answer.status, str(hop)))
            if str(hop) in seen:
                raise BadAnswer(f"redirect loop at {hop}", url=url)
            if len(redirects) > MAX_REDIRECTS:
                raise BadAnswer(f"more than {MAX_REDIRECTS} redirects", url=url)
        return Page(
            url=url,
            final_url=str(hop),
            status=answer.status,
            headers=answer.headers,
            body=answer.body,
            fetched_at=self._now(),
            redirects=tuple(redirects),
            address=answer.address,
            wire_bytes=answer.wire_bytes,
        )

    async def _ask(self, hop: httpx.URL, wish: _Wish, seconds: float, url: str) -> _Answer:
        try:
            async with asyncio.timeout(seconds):
                return await self._exchange(hop, wish, url)
        except httpcore.ConnectTimeout as error:
            raise TimedOut(f"no connection in {CONNECT_SECONDS:g} s", url=url) from error
        except (TimeoutError, httpcore.TimeoutException) as error:
            raise TimedOut(f"no whole answer in {self._settings.request_timeout:g} s", url=url) from error
        except httpcore.LocalProtocolError as error:
            raise BadUrl(f"cannot be asked for: {error}", url=url) from error
        except httpcore.RemoteProtocolError as error:
            raise BadAnswer(str(error), url=url) from error
        except httpcore.NetworkError as error:
            if tls := _tls_cause(error):
                raise TlsFailure(str(tls), url=url) from error
            raise Unreachable(str(error) or type(error).__name__, url=url) from error
        except (AddressRefused, BadAnswer, TooLarge) as error:
            if error.url == url:
                raise
            raise type(error)(str(error), url=url) from error

    async def _exchange(self, hop: httpx.URL, wish: _Wish, url: str) -> _Answer:
        origin = httpcore.URL(
            scheme=hop.raw_scheme, host=hop.raw_host, port=hop.port or None, target=hop.raw_path or b"/"
        )
        extensions = {"timeout": {"connect": CONNECT_SECONDS}}
        async with self._pool.stream(
            "GET", origin, headers=self._headers(hop, wish), extensions=extensions
        ) as response:
            headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in response.headers)
            stream = response.extensions["network_stream"]
            peer = stream.get_extra_info("server_addr")
            answer = _Answer(response.status, headers, b"", 0, str(peer[0]) if peer else None)
            if answer.status in answers.REDIRECTS:
                return answer
            if error := answers.failure(answer.status, answer.header("retry-after"), url, self._now()):
                raise error
            if answer.status == 304:
                if wish.etag or wish.last_modified:
                    return answer
                raise BadAnswer("HTTP 304 to an unconditional request", url=url, status=304)
            if wish.html:
                kind = (answer.header("content-type") or "").partition(";")[0].strip().lower()
                if kind not in HTML_TYPES:
                    raise NotHtml(f"a page of type {kind}", url=url, status=answer.status)
            if (size := answer.header("content-length") or "").isdigit() and int(size[:15]) > wish.cap and not wish.cut:
                raise TooLarge(f"body of {size} bytes, over {wish.cap}", url=url, status=answer.status)
            async with aclosing(response.aiter_stream()) as chunks:  # type: ignore[type-var]
                encoding = answer.header("content-encoding") or ""
                content, wire = await body.read(chunks, encoding, wish.cap, cut=wish.cut)
            return _Answer(answer.status, headers, content, wire, answer.address)

    def _headers(self, hop: httpx.URL, wish: _Wish) -> list[tuple[bytes, bytes]]:
        pairs = [
            ("Host", hop.netloc.decode("ascii")),
            ("User-Agent", self._settings.user_agent),
            ("Accept", wish.accept),
            ("Accept-Language", "fr, *;q=0.5"),
            ("Accept-Encoding", body.ACCEPT_ENCODING),
        ]
        if wish.etag:
            pairs.append(("If-None-Match", wish.etag))
        if wish.last_modified:
            pairs.append(("If-Modified-Since", wish.last_modified))
        # Validators came as Latin-1 bytes and go back as the same bytes.
        return [(name.encode("ascii"), value.encode("latin-1", "replace")) for name, value in pairs]


def _parse(text: str, url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(text.strip()).copy_with(fragment=None)
    except (httpx.InvalidURL, ValueError) as error:
        raise BadUrl(f"not a URL: {error}", url=url) from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise BadUrl("not an http(s) URL", url=url)
    host = parsed.raw_host.removesuffix(b".")
    if len(host) > 253 or not all(host.split(b".")) or not 0 < (parsed.port or 80) < 65_536:
        raise BadUrl("no such host or port", url=url)
    if parsed.userinfo:
        raise BadUrl("a URL with a user name or password in it", url=url)
    return parsed


def _target(hop: httpx.URL, answer: _Answer, url: str) -> httpx.URL:
    raw = (answer.header("location") or "").strip()
    if not raw:
        raise BadAnswer(f"HTTP {answer.status} that says not where to", url=url, status=answer.status)
    with suppress(UnicodeDecodeError):
        # Seen in the wild: UTF-8 as it is, where a header may only hold percent-encoded bytes.
        raw = raw.encode("latin-1").decode("utf-8")
    try:
        joined = str(hop.join(raw))
    except (httpx.InvalidURL, ValueError) as error:
        raise BadAnswer(f"redirect to what is no URL: {error}", url=url, status=answer.status) from error
    return _parse(joined, url)


def _tls_cause(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None
