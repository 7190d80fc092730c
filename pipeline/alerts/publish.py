"""Alerts leave: to the index, to the webhook, to the Atom feed.

Belongs here: delivery, and what happens when it fails: it is counted and tried again with the next alerts, and the
ingest goes on. Does not belong here: whether there is an alert (`derive`).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import structlog

from pipeline.alerts.derive import derive
from pipeline.alerts.feed import atom
from pipeline.alerts.known import told_at
from pipeline.alerts.rules import Rule
from pipeline.records import Alert, Story
from pipeline.settings import Settings

if TYPE_CHECKING:
    from pipeline.index import Store, Version
    from pipeline.index.alerts import Book

log = structlog.get_logger()

WEBHOOK = "webhook"
FEED = "rss"
REDELIVERY = timedelta(days=7)
"""An alert that the webhook has not taken for this long is left to the index and the feed."""
DELIVERIES = 100
"""At most so many posts a run; the rest goes with the next."""
ATTEMPTS = 2
"""Posts of one alert in one run."""
WEBHOOK_SECONDS = 10.0
FEED_ENTRIES = 100


@dataclass(frozen=True, slots=True)
class Published:
    """What became of the alerts of one batch."""

    new: tuple[Alert, ...] = ()
    """Those that did not stand in the index before."""
    delivered: int = 0
    """Posts that the webhook took, earlier alerts included."""
    failed: int = 0
    """Alerts that the webhook did not take; they are tried again."""


def raise_alerts(
    store: Store,
    settings: Settings,
    rules: Sequence[Rule],
    before: Mapping[str, Story],
    after: Iterable[Story],
    now: datetime,
) -> Published:
    """Derive and publish the alerts of the stories of a batch, the oldest story first.

    `before` has the earlier revisions by story id.

    Raises:
        EngineUnavailable, EngineRefused: nothing is lost; the same stories raise the same alerts again.
    """
    from pipeline.index.alerts import Book, known

    stories = sorted((s for s in after if s.military_supply), key=lambda story: (told_at(story), story.id))
    dyads = list(dict.fromkeys(dyad for story in stories for dyad in story.supply.dyads))
    alerts: list[Alert] = []
    if dyads:
        store.refresh("stories")
        book = known(store, dyads, without=[story.id for story in stories], now=now)
        longest = max((rule.cooldown for rule in rules), default=timedelta())
        for alert in Book(store).raised(dyads, now - longest):
            book.told(alert)
        for story in stories:
            earlier = before.get(story.id)
            if earlier is not None:
                book.learn(earlier)
            raised = derive(earlier, story, book, rules, now)
            for alert in raised:
                book.told(alert)
            alerts += raised
            book.learn(story)
    return publish(store, settings, alerts, now=now)


def publish(store: Store, settings: Settings, alerts: Sequence[Alert], *, now: datetime) -> Published:
    """Write the alerts, post what the webhook has not taken yet, renew the feed.

    An alert whose id stands in the index was raised before, and is not raised again.

    Raises:
        EngineUnavailable, EngineRefused
    """
    from pipeline.index.alerts import Book

    book = Book(store)
    in_feed = [alert.model_copy(update={"delivered_to": (FEED,)}) for alert in alerts]
    new = tuple(book.create(in_feed))
    if new:
        write_feed(store, settings)
    delivered, failed = _post_pending(book, settings, now) if settings.webhook else (0, 0)
    if new or delivered or failed:
        log.info("alerts", new=len(new), delivered=delivered, failed=failed)
    return Published(new, delivered, failed)


def write_feed(store: Store, settings: Settings) -> Path:
    """Write `HOME/alerts.xml`, the newest alerts as an Atom feed (RFC 4287), whole or not at all."""
    from pipeline.index.alerts import Book

    path = settings.home / "alerts.xml"
    path.parent.mkdir(parents=True, exist_ok=True)
    # Two processes may do this at once; each has a file of its own until it is whole.
    draft = path.with_suffix(f".{os.getpid()}")
    draft.write_bytes(atom(Book(store).newest(FEED_ENTRIES)))
    draft.replace(path)
    return path


def _post_pending(book: Book, settings: Settings, now: datetime) -> tuple[int, int]:
    pending = book.undelivered(WEBHOOK, now - REDELIVERY, DELIVERIES)
    if not pending:
        return 0, 0
    taken: list[tuple[Alert, Version]] = []
    failed = 0
    # The operator's own URL, which may well be private: it does not pass the guard of `fetch`, and is not followed
    # elsewhere.
    with httpx.Client(timeout=WEBHOOK_SECONDS, headers={"User-Agent": settings.user_agent}) as client:
        for alert, version in pending:
            if failed >= ATTEMPTS and not taken:
                failed += 1  # the webhook is down: the others need not find out one by one
            elif _post(client, str(settings.webhook), alert):
                taken.append((alert.model_copy(update={"delivered_to": (*alert.delivered_to, WEBHOOK)}), version))
            else:
                failed += 1
    book.replace(taken)
    return len(taken), failed


def _post(client: httpx.Client, url: str, alert: Alert) -> bool:
    """Whether the webhook took it. The alert's id goes along as `Idempotency-Key`: a post may come twice."""
    body = alert.model_dump_json(exclude={"delivered_to"})
    headers = {"Content-Type": "application/json", "Idempotency-Key": alert.id}
    problem = ""
    for _ in range(ATTEMPTS):
        try:
            answer = client.post(url, content=body, headers=headers)
        except httpx.HTTPError as error:
            problem = f"{type(error).__name__}: {error}"
            continue
        if answer.is_success:
            return True
        problem = f"HTTP {answer.status_code}"
        if answer.is_client_error and answer.status_code not in (408, 429):
            break  # asking again would not help today
    log.warning("webhook failed", alert=alert.id, problem=problem)
    return False
