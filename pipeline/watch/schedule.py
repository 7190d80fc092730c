"""When to ask a feed again, and what is known of it after an answer or a failure. Pure: no clock, no network, no store.

Belongs here: from a state and what happened to the next state. Does not belong here: asking (`poll`), judging the
items (`health`).

The interval of a feed is the time in which it brings a tenth of an item, by its own rhythm of the last days, within
these bounds, the later ones being the stronger:

  1. not under 1.8 times the shortest interval allowed (9 minutes): on the average half of that passes before an
     item is found, and asking more often costs bodies, not only 304s; three times for a feed without validators, where
     every poll is a whole body;
  2. not sooner than the feed or its server wishes: ttl, sy:updatePeriod, Cache-Control, Expires;
  3. not so long that more than half of what the body holds could be new at three times the usual rhythm, or at that of
     the last interval: the other half is the overlap that proves that nothing rolled off unseen;
  4. within the operator's limits (5 minutes and 24 hours).

docs/watch.md has the measurement behind the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pipeline.errors import AddressRefused, BadUrl, FeedError, Gone, Refused, Retry, TooLarge, VeilleError
from pipeline.records import Feed, FeedState, Page
from pipeline.watch import headers, health
from pipeline.watch.parse import ParsedFeed

DAY = 86_400.0
ITEMS_PER_POLL = 0.1
PACE = 1.8
PACE_UNCONDITIONAL = 3.0
"""Multiples of the shortest interval."""
NEW_SHARE = 0.5
"""Share of a body that may be new at the next poll."""
PEAK = 3.0
"""Busiest hour of a French newsroom against its mean hour."""
MEMORY = 3 * DAY
"""Seconds over which a feed's rhythm is remembered: shorter forgets a weekend feed, longer misses a burst."""
UNKNOWN_RATE = 24.0
"""Items a day of a new feed without dates, until its polls tell."""
KNOWN_IDS = 500
JITTER = 0.05
"""Each wait is longer or shorter by up to this share, so that feeds do not fall into step."""

GONE_PROBE = 30 * DAY
"""A feed that answered 410 rests, and is asked again this rarely: some come back."""
RESTING_AFTER = 10
"""Failures in a row after which a feed counts as resting: it is asked at the longest interval."""
BACK_TO_REGISTRY = 4
"""Every so many failures at an address that a redirect gave, the registry's own is tried again."""
UNCONDITIONAL_AFTER = timedelta(days=7)
"""Without anything new for so long, every tenth poll asks without validators: some servers answer 304 for ever."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds; `VEILLE_POLL_MIN_SECONDS` and `VEILLE_POLL_MAX_SECONDS`."""

    shortest: float = 300.0
    longest: float = DAY


@dataclass(frozen=True, slots=True)
class Ask:
    """The next request."""

    url: str
    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """A feed that answered: the page, and what was in it, or None for 304 and for a body seen before."""

    page: Page
    digest: str | None = None
    """Of the body; None for 304."""
    parsed: ParsedFeed | None = None
    ids: tuple[str, ...] = field(default=())
    """Entry ids of the body, newest first."""


def is_due(state: FeedState | None, now: datetime) -> bool:
    return state is None or state.next_poll_at is None or state.next_poll_at <= now


def current(feed: Feed, state: FeedState | None) -> FeedState:
    """What is known of a feed under its present registry row. A changed URL starts over; what was seen stays seen."""
    about = {"name": feed.name, "country": feed.country, "kind": feed.kind, "publisher": feed.publisher}
    if state is None:
        return FeedState(id=feed.id, url=feed.feed_url, registry_url=feed.feed_url, **about)  # type: ignore[arg-type]
    if state.registry_url != feed.feed_url:
        fresh = {
            "url": feed.feed_url,
            "registry_url": feed.feed_url,
            "etag": None,
            "last_modified": None,
            "body_digest": None,
            "next_poll_at": None,
            "failures": 0,
            "state": "new",
        }
        return state.model_copy(update=about | fresh)
    if state.state == "disabled":
        return state.model_copy(update={**about, "state": "new", "last_error": None, "next_poll_at": None})
    return state.model_copy(update=about)


def disabled(feed: Feed, state: FeedState | None) -> FeedState:
    """The state of a feed that is not watched, and why."""
    update = {"state": "disabled", "last_error": feed.disabled_reason, "next_poll_at": None}
    return current(feed, state).model_copy(update=update)


def ask(state: FeedState, now: datetime) -> Ask:
    """The request to make."""
    stuck = state.last_new_at is not None and now - state.last_new_at > UNCONDITIONAL_AFTER
    if stuck and state.polls % 10 == 0:
        return Ask(state.url)
    return Ask(state.url, state.etag, state.last_modified)


def answered(
    feed: Feed, state: FeedState, answer: Answer, *, limits: Limits, now: datetime, jitter: float
) -> FeedState:
    """The state after an answer.

    Args:
        jitter: 0..1, drawn by the caller.
    """
    page, parsed = answer.page, answer.parsed
    elapsed = (now - state.last_success_at).total_seconds() if state.last_success_at else None
    known = set(state.known_ids)
    fresh = [entry_id for entry_id in answer.ids[:KNOWN_IDS] if entry_id not in known]
    first = elapsed is None
    if parsed is None:
        problems = [code for code in state.problems if code not in ("stale", "moved", "no-validators", "overlap-lost")]
    else:
        problems = list(health.body_problems(feed, parsed, now))
        if known and answer.ids and len(fresh) == len(answer.ids[:KNOWN_IDS]):
            problems.append("overlap-lost")
    newest = max(filter(None, (state.newest_item_at, parsed.newest if parsed else None)), default=None)
    rate = first_rate(parsed, now) if first else next_rate(state.items_per_day, len(fresh), elapsed or 0.0)
    window = len(answer.ids) if parsed else state.items_last_poll
    etag, last_modified = headers.validators(page)
    if page.status == 304:
        etag, last_modified = etag or state.etag, last_modified or state.last_modified
    url, history = moved(state, page.redirects)
    wait = interval(
        rate,
        window=window,
        fresh=0 if first else len(fresh),
        elapsed=elapsed,
        wish=max(filter(None, (headers.fresh_seconds(page), parsed.ttl_seconds if parsed else None)), default=None),
        conditional=bool(etag or last_modified),
        limits=limits,
    )
    problems += ["stale"] if health.is_stale(feed, newest, now) else []
    problems += ["no-validators"] if not (etag or last_modified) else []
    problems += ["moved"] if url != feed.feed_url else []
    return state.model_copy(
        update={
            "url": url,
            "url_history": history,
            "etag": etag,
            "last_modified": last_modified,
            "body_digest": answer.digest or state.body_digest,
            "known_ids": answer.ids[:KNOWN_IDS] if parsed else state.known_ids,
            "state": health.state_of(problems),
            "problems": tuple(dict.fromkeys(problems)),
            "last_error": None,
            "failures": 0,
            "last_status": page.status,
            "last_polled_at": now,
            "last_success_at": now,
            "last_new_at": now if fresh else state.last_new_at,
            "newest_item_at": newest,
            "interval_seconds": wait,
            "next_poll_at": now + timedelta(seconds=spread(wait, jitter)),
            "items_last_poll": window,
            "dated_share": parsed.dated_share if parsed else state.dated_share,
            "items_per_day": rate,
            "polls": state.polls + 1,
            "not_modified": state.not_modified + (parsed is None),
            "bytes_fetched": state.bytes_fetched + (page.wire_bytes or len(page.body)),
            "entries_seen": state.entries_seen + len(fresh),
            "hub": headers.hub(page) or (parsed.hub if parsed else state.hub),
        }
    )


def failed(state: FeedState, error: VeilleError, *, limits: Limits, now: datetime, jitter: float) -> FeedState:
    """The state after a failure: asked again ever more rarely, and never given up."""
    failures = state.failures + 1
    status = getattr(error, "status", None)
    gone = isinstance(error, Gone) and status == 410
    wait = GONE_PROBE if gone else backoff(error, failures, limits)
    update: dict[str, object] = {
        "state": "gone" if gone else "resting" if failures >= RESTING_AFTER else "failing",
        "last_error": error.named,
        "failures": failures,
        "last_status": status,
        "last_polled_at": now,
        "interval_seconds": wait,
        "polls": state.polls + 1,
        "next_poll_at": now + timedelta(seconds=_later(wait, jitter)),
    }
    if state.url != state.registry_url and (gone or failures % BACK_TO_REGISTRY == 0):
        update |= {"url": state.registry_url, "etag": None, "last_modified": None, "body_digest": None}
        if gone:
            update["next_poll_at"] = now + timedelta(seconds=_later(limits.shortest, jitter))
    return state.model_copy(update=update)


def interval(
    rate: float,
    *,
    window: int,
    fresh: int,
    elapsed: float | None,
    wish: float | None,
    conditional: bool,
    limits: Limits,
) -> float:
    """Seconds until the next poll (the rule is in the module's docstring).

    Args:
        rate: items a day.
        window: items that the body holds.
        fresh, elapsed: new items of the last interval, and its seconds.
        wish: seconds that the feed or its server asks for.
        conditional: whether a 304 can be had.
    """
    pace = PACE if conditional else PACE_UNCONDITIONAL
    wait = max(ITEMS_PER_POLL * DAY / max(rate, 1e-9), pace * limits.shortest)
    # A wish is a promise: jitter must not cut it short.
    wait = max(wait, (wish or 0.0) / (1 - JITTER))
    busiest = max(rate * PEAK, fresh * DAY / max(elapsed, 1.0) if elapsed else 0.0)
    if window and busiest:
        wait = min(wait, NEW_SHARE * window * DAY / busiest)
    return min(max(wait, limits.shortest), limits.longest)


def first_rate(parsed: ParsedFeed | None, now: datetime) -> float:
    """Items a day by the dates of a first body."""
    weekly = health.items_per_week(parsed.entries, now) if parsed else None
    return UNKNOWN_RATE if weekly is None else weekly / 7


def next_rate(rate: float | None, fresh: int, elapsed: float) -> float:
    """Items a day, with what the last interval brought: a mean that forgets exponentially."""
    if elapsed <= 0:
        return rate or 0.0
    kept = math.exp(-elapsed / MEMORY)
    return (UNKNOWN_RATE if rate is None else rate) * kept + (1 - kept) * fresh * DAY / elapsed


def moved(state: FeedState, redirects: Sequence[tuple[int, str]]) -> tuple[str, tuple[str, ...]]:
    """The URL to ask next and the ones before it: permanent redirects are followed for good, up to the first other."""
    url = state.url
    for status, target in redirects:
        if status not in (301, 308):
            break
        url = target
    if url == state.url:
        return url, state.url_history
    return url, tuple(dict.fromkeys((*state.url_history, state.url)))


def backoff(error: VeilleError, failures: int, limits: Limits) -> float:
    """Seconds to wait after so many failures in a row; a Retry-After is obeyed beyond every limit of ours."""
    first = limits.shortest
    if isinstance(error, Refused | FeedError | Gone | TooLarge):
        # Nobody mends a wall, a wrong page or a missing one within minutes.
        first = min(limits.shortest * 12, limits.longest)
    if isinstance(error, AddressRefused | BadUrl):
        first = limits.longest
    wait = min(first * 2.0 ** min(failures - 1, 20), limits.longest)
    if failures >= RESTING_AFTER:
        wait = limits.longest
    asked = error.retry_after if isinstance(error, Retry) else None
    return max(wait, asked or 0.0)


def spread(seconds: float, jitter: float) -> float:
    """A little more or less than `seconds`."""
    return seconds * (1 + JITTER * (2 * jitter - 1))


def _later(seconds: float, jitter: float) -> float:
    """A little more, never less: a Retry-After is a promise."""
    return seconds * (1 + 2 * JITTER * jitter)
