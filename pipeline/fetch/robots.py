"""robots.txt (RFC 9309): whether a page may be asked for, and how long to pause between two.

Belongs here: reading, keeping and answering from robots.txt. Does not belong here: the pause itself (`politeness`).

A host's file is kept for a day, on disk too, because most runs of the watch are short and would otherwise ask for it
every few minutes. An answer 4xx allows everything, as the RFC says. When the file cannot be had at all (5xx, 429, no
connection), the last one known goes on being used; where none is known nothing may be asked, so the entry is tried
again later, and after 30 days of this the file counts as absent.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import structlog
from protego import Protego

from pipeline.errors import AddressRefused, BadUrl, Gone, Refused, Retry, RobotsRefused, Unreachable
from pipeline.records import Page

log = structlog.get_logger()

TTL_SECONDS = 24 * 3600.0
"""RFC 9309, 2.4: not to be used longer than a day."""
FAILED_TTL_SECONDS = 600.0
GIVEN_UP_SECONDS = 30 * 86_400.0
"""RFC 9309, 2.3.1.4: a file out of reach for this long may count as absent."""
MAX_BYTES = 500 * 1024
"""RFC 9309, 2.5: at least this much is read."""
MAX_DELAY = 60.0
"""Seconds; a host that asks for a longer pause is left alone."""


@dataclass(frozen=True, slots=True)
class _Copy:
    """A robots.txt as kept: its text (empty: all is allowed, None: never had), and when."""

    text: str | None
    checked_at: float
    failing_since: float | None = None

    def fresh(self, now: float) -> bool:
        ttl = TTL_SECONDS if self.failing_since is None else FAILED_TTL_SECONDS
        return 0 <= now - self.checked_at < ttl


class Robots:
    """The robots.txt of all hosts.

    Args:
        folder: where copies are kept; made when it is not there.
        user_agent: its product token, the part before the first slash, is what the groups of the file are matched with.
        get: asks for a URL, politely, and gives the page or raises an error of `errors`.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        folder: Path,
        user_agent: str,
        get: Callable[[str], Awaitable[Page]],
        clock: Callable[[], float] = time.time,
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._token = user_agent.partition("/")[0].strip()
        self._get = get
        self._clock = clock
        self._copies: dict[str, _Copy] = {}
        self._parsed: dict[str, Protego] = {}
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def admit(self, url: str) -> float:
        """Seconds that the host wants between two requests, 0 when it does not say, for a URL that may be asked for.

        Raises:
            RobotsRefused: the file says no, or wants a longer pause than `MAX_DELAY`.
            Retry: the file cannot be had now; which one says why.
            AddressRefused: the guard refuses the host.
        """
        origin = _origin(url)
        try:
            rules = await self._rules(origin)
        except AddressRefused as error:
            raise AddressRefused(str(error).removeprefix(f"{error.url}: "), url=url) from error
        if rules is None:
            raise Unreachable("robots.txt cannot be had", url=url, retry_after=FAILED_TTL_SECONDS)
        if not rules.can_fetch(url, self._token):
            raise RobotsRefused("robots.txt says no", url=url)
        delay = self._delay(rules)
        if delay > MAX_DELAY:
            raise RobotsRefused(
                f"robots.txt asks for {delay:g} s between requests, more than the {MAX_DELAY:g} s waited here", url=url
            )
        return delay

    def known_delay(self, url: str) -> float:
        """What `admit` would give, at most `MAX_DELAY`, from what is already kept: asks nobody, refuses nothing."""
        origin = _origin(url)
        copy = self._copies.get(origin) or self._load(origin)
        return min(self._delay(self._parse(origin, copy)), MAX_DELAY)

    async def _rules(self, origin: str) -> Protego | None:
        """The rules in force; None when they cannot be had and have not been missed for long enough."""
        async with self._locks[origin]:
            copy = self._copies.get(origin)
            if copy is None or not copy.fresh(self._clock()):
                copy = self._load(origin)  # another process may have asked meanwhile
            if not copy.fresh(self._clock()):
                copy = await self._ask(origin, copy)
            rules = self._parse(origin, copy)
        if copy.text is None and self._clock() - (copy.failing_since or 0.0) < GIVEN_UP_SECONDS:
            return None
        return rules

    async def _ask(self, origin: str, kept: _Copy) -> _Copy:
        now = self._clock()
        try:
            page = await self._get(urljoin(origin, "/robots.txt"))
        except (Gone, Refused, BadUrl):
            copy = _Copy("", now)
        except Retry as error:
            log.warning("robots.txt cannot be had", url=origin, error=error.named, kept=kept.text is not None)
            copy = _Copy(kept.text, now, failing_since=kept.failing_since or now)
        else:
            copy = _Copy(page.body.decode("utf-8-sig", "replace"), now)
        self._store(origin, copy)
        return copy

    def _parse(self, origin: str, copy: _Copy) -> Protego:
        if self._copies.get(origin) is not copy:
            self._copies[origin] = copy
            self._parsed[origin] = Protego.parse(copy.text or "")
        return self._parsed[origin]

    def _delay(self, rules: Protego) -> float:
        rate = rules.request_rate(self._token)
        return max(
            rules.crawl_delay(self._token) or 0.0,
            rate.seconds / rate.requests if rate and rate.requests else 0.0,
            0.0,
        )

    def _load(self, origin: str) -> _Copy:
        try:
            return _Copy(**json.loads(self._file(origin).read_bytes()))
        except FileNotFoundError:
            return _Copy(None, 0.0)
        except (ValueError, TypeError, OSError) as error:
            log.warning("kept robots.txt cannot be read", url=origin, error=str(error))
            return _Copy(None, 0.0)

    def _store(self, origin: str, copy: _Copy) -> None:
        file = self._file(origin)
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        draft.write_text(json.dumps(asdict(copy)), "utf-8")
        draft.replace(file)

    def _file(self, origin: str) -> Path:
        # A digest: an origin may be longer than a file's name.
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()[:32]}.json"


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
