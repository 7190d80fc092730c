"""One round over the feeds that are due: ask, read, record, remember.

Belongs here: the order of these steps, how many at once, what is told about each. Does not belong here: when a feed is
due and what a failure means (`schedule`), the request itself (`fetch`), what becomes of an entry (`ledger`).

The order is what keeps a crash from losing anything: entries are in the ledger before the feed's validators are saved.
Whatever dies in between, the next poll asks with the old validators and gets the same items again; recording them twice
changes nothing.

Many feeds are asked and read side by side; one writer takes whatever has come in and records it in one go, so that a
thousand feeds cost some tens of requests to Elasticsearch, and a single feed is not kept waiting.
"""

from __future__ import annotations

import asyncio
import hashlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, zip_longest
from typing import Literal

import structlog

from pipeline.errors import EngineRefused, VeilleError
from pipeline.fetch import Fetcher
from pipeline.index import Store
from pipeline.ledger import Ledger, Recorded
from pipeline.records import Entry, Feed, FeedState, SkipReason
from pipeline.registry import Registry
from pipeline.settings import Settings
from pipeline.urls import registrable_domain
from pipeline.watch import history, schedule
from pipeline.watch.parse import parse_feed

log = structlog.get_logger()

CONCURRENCY = 50
"""Feeds in flight. Each holds one body and its entries, some 0.3 MB."""
WRITE_BATCH = 50
"""Feeds recorded at a time at the most."""


@dataclass(frozen=True, slots=True)
class FeedOutcome:
    """What one poll of one feed came to."""

    feed_id: str
    status: Literal["changed", "not-modified", "failed"]
    new: int = 0
    """Entries that the ledger did not have, and that are queued now."""
    known: int = 0
    changed: int = 0
    """Known entries whose words changed, and that are queued again."""
    history: int = 0
    """Entries of the archive, recorded as skipped."""
    error: str | None = None
    """`Name: message`."""
    seconds: float = 0.0
    bytes: int = 0
    """Of the body, as it came."""
    http: int | None = None
    problems: tuple[str, ...] = ()
    new_ids: tuple[str, ...] = ()


@dataclass(slots=True)
class PollReport:
    """What a round came to: one outcome for each feed that was due."""

    feeds: list[FeedOutcome] = field(default_factory=list)

    @property
    def new_ids(self) -> tuple[str, ...]:
        """Entries that wait in the ledger because of this round."""
        return tuple(chain.from_iterable(outcome.new_ids for outcome in self.feeds))

    @property
    def counts(self) -> Counter[str]:
        """Feeds by status."""
        return Counter(outcome.status for outcome in self.feeds)


@dataclass(frozen=True, slots=True)
class _Read:
    """A feed that was asked: its answer and entries, or its error."""

    feed: Feed
    before: FeedState
    seconds: float
    answer: schedule.Answer | None = None
    entries: tuple[Entry, ...] = ()
    error: VeilleError | None = None


async def poll_due(
    registry: Registry,
    store: Store,
    fetcher: Fetcher,
    *,
    settings: Settings,
    now: Callable[[], datetime],
    force: bool = False,
    on_feed: Callable[[FeedOutcome], None] | None = None,
    jitter: Callable[[], float] = random.random,
) -> PollReport:
    """Ask every enabled feed that is due, or all of them, and record what they carry.

    A feed's failure is in its outcome and raises nothing. Called again at once it asks for nothing.

    Args:
        force: ask feeds that are not due as well, those at rest included; still conditionally.
        on_feed: called in the event loop as soon as a feed's entries are recorded and its state is saved.
        jitter: numbers of 0..1.

    Raises:
        EngineUnavailable: what was recorded stays recorded; feeds whose state was not saved are asked again.
    """
    states = await asyncio.to_thread(store.feed_states)
    await _note_unwatched(registry, states, store)
    begun = now()
    due = [feed for feed in registry.enabled() if force or _is_due(feed, states.get(feed.id), begun)]
    report = PollReport()
    if not due:
        return report
    writer = _Writer(store, Ledger(store, settings, now), _limits(settings), now, jitter, report, on_feed)
    read: asyncio.Queue[_Read | None] = asyncio.Queue(maxsize=WRITE_BATCH)
    waiting = iter(_spread_over_hosts(due))

    async def ask() -> None:
        for feed in waiting:
            await read.put(await _ask(feed, schedule.current(feed, states.get(feed.id)), fetcher, now))

    async def ask_all() -> None:
        async with asyncio.TaskGroup() as asking:
            for _ in range(min(CONCURRENCY, len(due))):
                asking.create_task(ask())
        await read.put(None)

    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(ask_all())
            group.create_task(writer.run(read))
    except ExceptionGroup as failures:
        # One error is the cause (the engine); the rest of the round was cancelled because of it.
        raise _first(failures) from None
    return report


def _is_due(feed: Feed, state: FeedState | None, now: datetime) -> bool:
    return schedule.is_due(schedule.current(feed, state), now)


def _limits(settings: Settings) -> schedule.Limits:
    return schedule.Limits(settings.poll_min_seconds, max(settings.poll_max_seconds, settings.poll_min_seconds))


async def _note_unwatched(registry: Registry, states: dict[str, FeedState], store: Store) -> None:
    """Say in the index which feeds are not watched, once."""
    off = [schedule.disabled(feed, states.get(feed.id)) for feed in registry.feeds if not feed.enabled]
    off += [
        state.model_copy(update={"state": "disabled", "last_error": "not in the registry", "next_poll_at": None})
        for state in states.values()
        if registry.by_id(state.id) is None
    ]
    if changed := [state for state in off if state != states.get(state.id)]:
        await asyncio.to_thread(store.put_feed_states, changed)


async def _ask(feed: Feed, state: FeedState, fetcher: Fetcher, now: Callable[[], datetime]) -> _Read:
    began = time.monotonic()
    try:
        asked = schedule.ask(state, now())
        page = await fetcher.feed(asked.url, etag=asked.etag, last_modified=asked.last_modified)
        if page.status == 304:
            return _Read(feed, state, time.monotonic() - began, schedule.Answer(page))
        digest = f"sha256:{hashlib.sha256(page.body).hexdigest()}"
        if digest == state.body_digest:
            return _Read(feed, state, time.monotonic() - began, schedule.Answer(page, digest))
        at = now()
        parsed = await asyncio.to_thread(
            parse_feed,
            page.body,
            content_type=page.header("content-type"),
            feed=feed,
            url=page.final_url,
            now=at,
        )
        first = state.last_success_at is None
        answer = schedule.Answer(page, digest, parsed, tuple(entry.id for entry in parsed.entries))
        entries = history.rest(parsed.entries, at) if first else parsed.entries
        return _Read(feed, state, time.monotonic() - began, answer, entries)
    except VeilleError as error:
        return _Read(feed, state, time.monotonic() - began, error=error)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Records entries, then saves states, then tells."""

    store: Store
    ledger: Ledger
    limits: schedule.Limits
    now: Callable[[], datetime]
    jitter: Callable[[], float]
    report: PollReport
    on_feed: Callable[[FeedOutcome], None] | None

    async def run(self, read: asyncio.Queue[_Read | None]) -> None:
        done = False
        while not done:
            batch = [await read.get()]
            while len(batch) < WRITE_BATCH and not read.empty():
                batch.append(read.get_nowait())
            done = batch[-1] is None
            await self._write([each for each in batch if each is not None])

    async def _write(self, batch: list[_Read]) -> None:
        if not batch:
            return
        batch, recorded = await asyncio.to_thread(self._record, batch)
        written = [(each, self._next(each)) for each in batch]
        saved = await asyncio.to_thread(self.store.put_feed_states, [state for _, state in written])
        for feed_id, cause in saved.failed.items():
            log.error("feed state not saved", id=feed_id, cause=cause)
        for outcome, state in zip(_outcomes(batch, recorded), (state for _, state in written), strict=True):
            outcome = replace(outcome, problems=state.problems if outcome.error is None else ())
            _log(outcome, state)
            self.report.feeds.append(outcome)
            if self.on_feed:
                self.on_feed(outcome)

    def _record(self, batch: list[_Read]) -> tuple[list[_Read], Recorded]:
        """What the entries of a batch were to the ledger. A feed with an entry that the engine refuses fails alone."""
        # What is news in one feed and archive in another is news: of equal ids the ledger keeps the first.
        entries = sorted(chain.from_iterable(each.entries for each in batch), key=_is_archive)
        try:
            return batch, self.ledger.record(entries)
        except EngineRefused as error:
            if len(batch) == 1:
                return [replace(batch[0], answer=None, entries=(), error=error)], Recorded()
        parts = [self._record([each]) for each in batch]
        return [each for part, _ in parts for each in part], Recorded(
            tuple(chain.from_iterable(part.new for _, part in parts)),
            tuple(chain.from_iterable(part.changed for _, part in parts)),
            tuple(chain.from_iterable(part.known for _, part in parts)),
        )

    def _next(self, read: _Read) -> FeedState:
        at, jitter = self.now(), self.jitter()
        if read.answer is None:
            assert read.error is not None
            return schedule.failed(read.before, read.error, limits=self.limits, now=at, jitter=jitter)
        return schedule.answered(read.feed, read.before, read.answer, limits=self.limits, now=at, jitter=jitter)


def _outcomes(batch: Sequence[_Read], recorded: Recorded) -> Iterator[FeedOutcome]:
    """An entry that several feeds of a batch brought is new to the first of them and known to the others."""
    new, changed = set(recorded.new), set(recorded.changed)
    for read in batch:
        if read.answer is None:
            status = getattr(read.error, "status", None)
            error = read.error.named if read.error else None
            yield FeedOutcome(read.feed.id, "failed", error=error, seconds=read.seconds, http=status)
            continue
        page, ids = read.answer.page, [entry.id for entry in read.entries]
        queued = tuple(entry.id for entry in read.entries if entry.id in new and not _is_archive(entry))
        archive = sum(entry.id in new and _is_archive(entry) for entry in read.entries)
        altered = changed.intersection(ids)
        yield FeedOutcome(
            read.feed.id,
            "changed" if read.answer.parsed else "not-modified",
            new=len(queued),
            known=len(ids) - len(queued) - archive - len(altered),
            changed=len(altered),
            history=archive,
            seconds=read.seconds,
            bytes=page.wire_bytes or len(page.body),
            http=page.status,
            new_ids=queued,
        )
        new -= set(queued)
        changed -= altered


def _is_archive(entry: Entry) -> bool:
    return entry.reason == SkipReason.HISTORY


def _log(outcome: FeedOutcome, state: FeedState) -> None:
    """The one line about a poll of a feed; what is nought or nothing is left out."""
    told = {
        "http": outcome.http,
        "new": outcome.new,
        "known": outcome.known,
        "changed": outcome.changed,
        "history": outcome.history,
        "bytes": outcome.bytes,
        "seconds": round(outcome.seconds, 3),
        "state": state.state,
        "problems": outcome.problems,
        "failures": state.failures,
        "interval": round(state.interval_seconds),
        "error": outcome.error,
    }
    tell = log.warning if outcome.error else log.info
    tell("feed", id=outcome.feed_id, status=outcome.status, **{name: value for name, value in told.items() if value})


def _spread_over_hosts(feeds: Iterable[Feed]) -> Iterator[Feed]:
    """The first feed of every host, then the second of each, and so on: feeds of one host wait for each other."""
    by_host: dict[str, list[Feed]] = {}
    for feed in feeds:
        by_host.setdefault(registrable_domain(feed.feed_url), []).append(feed)
    for turn in zip_longest(*by_host.values()):
        yield from (feed for feed in turn if feed is not None)


def _first(failures: BaseExceptionGroup[BaseException]) -> BaseException:
    first = failures.exceptions[0]
    return _first(first) if isinstance(first, BaseExceptionGroup) else first
