"""What becomes of an entry: pure decisions, each from the entry as it stands and the instant.

    queued ──claim──> queued + lease ──finish──> indexed | skipped(reason) | failed(error) | dead
       ^                    │                          │                        │
       └──── lease lost ────┘      changed in the feed ┘      due ── sweep ─────┘   (dead: only `retry`)

Belongs here: every rule about states. Does not belong here: reading and writing entries (`ledger`). Each decision is
idempotent: applied to its own result it changes nothing that matters.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from pipeline.records import Entry, EntryState, Lease, SkipReason

ENDS = frozenset({EntryState.INDEXED, EntryState.SKIPPED, EntryState.DEAD})

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
LONGEST_ASKED_WAIT = timedelta(hours=24)
"""A server may ask for a longer wait than we would choose, up to this."""
JITTER = 0.25
"""Share of a wait by which it varies, so that entries which failed together do not come back together."""

MAX_LOST_LEASES = 20
"""Runs that an entry may see die before it is held to be the cause and rests. High, because a killed run takes the
leases of its whole batch with it, and most of them are innocent."""

MAX_REFETCHES = 3
REFETCH_AGE = timedelta(hours=72)
"""A change in the feed sends an entry back to the queue so often, and so long after it was first seen: corrections
come early, and some feeds change something in every item at every poll."""

SEEN_GRAIN = timedelta(hours=1)
"""`last_seen_at` is written when it moves by this much: else every poll would write every item again."""

CURABLE = frozenset(
    {SkipReason.TOO_SHORT, SkipReason.NO_TEXT, SkipReason.BOILERPLATE, SkipReason.CONSENT_WALL, SkipReason.UNCHANGED}
)
"""Reasons that a changed article may no longer have."""

INTERRUPTED = "Interrupted: the run that worked on it was gone before it ended"


def claimed(entry: Entry, owner: str, now: datetime, lease: timedelta) -> Entry:
    """Under the lease of this owner."""
    return entry.model_copy(update={"lease": Lease(owner=owner, until=now + lease), "updated_at": now})


def released(entry: Entry, now: datetime) -> Entry:
    """Back in the queue, unharmed: it was not reached."""
    return entry.model_copy(update={"state": EntryState.QUEUED, "lease": None, "updated_at": now})


def ended(entry: Entry, state: EntryState, reason: str | None, story_id: str | None, now: datetime) -> Entry:
    """Indexed, or skipped for a reason."""
    return entry.model_copy(
        update={
            "state": state,
            "reason": reason,
            "story_id": story_id,
            "error": None,
            "lease": None,
            "next_attempt_at": None,
            "finished_at": now,
            "updated_at": now,
        }
    )


def failed(entry: Entry, error: str, retry_after: float | None, max_attempts: int, now: datetime) -> Entry:
    """Failed once more: to be tried again, or at rest as dead after `max_attempts`."""
    attempts = entry.attempts + 1
    update: dict[str, object] = {"attempts": attempts, "error": error, "lease": None, "updated_at": now, "reason": None}
    if attempts >= max_attempts:
        return entry.model_copy(update=update | {"state": EntryState.DEAD, "finished_at": now, "next_attempt_at": None})
    due = now + wait(entry.id, attempts, retry_after)
    return entry.model_copy(update=update | {"state": EntryState.FAILED, "next_attempt_at": due})


def wait(id_: str, attempts: int, retry_after: float | None) -> timedelta:
    """How long until the next attempt: doubling from a minute to six hours, varied, and never less than was asked.

    The variation comes from the id and the attempt, so that the decision stays a pure function.
    """
    doubled = min(FIRST_WAIT * (1 << min(attempts - 1, 20)), LONGEST_WAIT)
    spread = int.from_bytes(hashlib.blake2b(f"{id_}/{attempts}".encode(), digest_size=4).digest()) / 2**32
    varied = doubled * (1 + JITTER * (2 * spread - 1))
    asked = min(timedelta(seconds=retry_after or 0), LONGEST_ASKED_WAIT)
    return max(varied, asked)


def swept(entry: Entry, now: datetime) -> Entry | None:
    """A due failure or an entry whose run is gone, back in the queue or at rest; None when neither."""
    if entry.state is EntryState.FAILED and entry.next_attempt_at and entry.next_attempt_at <= now:
        return entry.model_copy(update={"state": EntryState.QUEUED, "next_attempt_at": None, "updated_at": now})
    if entry.state is EntryState.QUEUED and entry.lease and entry.lease.until <= now:
        return abandoned(entry, now)
    return None


def abandoned(entry: Entry, now: datetime) -> Entry:
    """A leased entry whose run is gone: free again, or at rest when it has seen too many runs die."""
    lost = entry.lost_leases + 1
    update: dict[str, object] = {"lease": None, "lost_leases": lost, "updated_at": now}
    if lost >= MAX_LOST_LEASES:
        update |= {"state": EntryState.DEAD, "error": INTERRUPTED, "finished_at": now}
    return entry.model_copy(update=update)


def seen(known: Entry, again: Entry, now: datetime) -> tuple[Entry, bool]:
    """A known entry that a feed carried again, and whether its change sends it back to the queue.

    The first feed to carry an entry stays its first, and only that feed can say that it changed: the same article reads
    differently in two feeds. Title, summary and content follow it as long as nothing was made from them, or when the
    entry is fetched again; a change seen while somebody works on the entry is seen again at the next poll. Returns
    `known` itself when nothing is to be written.
    """
    update: dict[str, object] = {}
    if extra := tuple(feed for feed in again.feeds if feed not in known.feeds):
        update["feeds"] = known.feeds + extra
    if again.last_seen_at - known.last_seen_at >= SEEN_GRAIN:
        update["last_seen_at"] = again.last_seen_at
    requeued = False
    if again.feeds[0] == known.feeds[0] and again.fingerprint and again.fingerprint != known.fingerprint:
        requeued = _refetchable(known, now)
        if requeued:
            update |= {**_announced(again), **QUEUED_AFRESH, "refetches": known.refetches + 1, "updated_at": now}
        elif known.state in (EntryState.QUEUED, EntryState.FAILED) and known.lease is None:
            update |= _announced(again)
    return (known.model_copy(update=update), requeued) if update else (known, False)


def _refetchable(known: Entry, now: datetime) -> bool:
    curable = known.state is EntryState.INDEXED or (known.state is EntryState.SKIPPED and known.reason in CURABLE)
    return curable and known.refetches < MAX_REFETCHES and now - known.first_seen_at <= REFETCH_AGE


def _announced(again: Entry) -> dict[str, object]:
    return {
        "title": again.title,
        "summary": again.summary,
        "content": again.content,
        "fingerprint": again.fingerprint,
    }


QUEUED_AFRESH: dict[str, object] = {
    "state": EntryState.QUEUED,
    "reason": None,
    "error": None,
    "attempts": 0,
    "lost_leases": 0,
    "lease": None,
    "next_attempt_at": None,
    "finished_at": None,
}


def retried(entry: Entry, now: datetime) -> Entry | None:
    """Back in the queue with all its attempts, because a person says so; None when it waits there already."""
    if entry.state is EntryState.QUEUED:
        return None
    return entry.model_copy(update={**QUEUED_AFRESH, "updated_at": now})
