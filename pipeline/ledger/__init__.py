"""The work to be done: every entry that a feed ever carried, and what became of it.

Belongs here: reading entries, deciding (`transitions`) and writing the decision with optimistic concurrency, so that
two runs never do the same entry and nothing that was seen is lost. Does not belong here: the rules themselves, and
queries.

Every write names the version it was decided on. A write that comes second is a conflict; the entry is then read again
and the decision made anew, or dropped when it is no longer ours to make.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.errors import EngineRefused, VeilleError
from pipeline.ledger import owners, transitions
from pipeline.records import Entry, EntryState

if TYPE_CHECKING:
    from pipeline.index import Store, Version
    from pipeline.settings import Settings

__all__ = ["Claimed", "Finish", "Ledger", "Recorded"]

ROUNDS = 10
"""How often a decision is made anew after a conflict. Each round somebody else got ahead, so it ends long before."""

SWEEP_PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Recorded:
    """What a feed's entries were to the ledger: each id in exactly one of the three."""

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    """Known, changed in the feed, and back in the queue."""
    known: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Claimed:
    """An entry under our lease."""

    entry: Entry
    version: Version


@dataclass(frozen=True, slots=True)
class Finish:
    """What became of a claimed entry. `QUEUED` gives it back unharmed; `FAILED` becomes `DEAD` after its attempts."""

    claimed: Claimed
    state: EntryState
    reason: str | None = None
    error: VeilleError | None = None
    story_id: str | None = None


class Ledger:
    """The ledger over a store. Methods are synchronous and safe to call from several threads and processes."""

    def __init__(self, store: Store, settings: Settings, now: Callable[[], datetime]) -> None:
        self._entries = store.entries
        self._settings = settings
        self._now = now

    def record(self, entries: Iterable[Entry]) -> Recorded:
        """Take in what feeds carry: new ids are queued, known ones gain the feed, changed ones are queued again.

        Raises:
            EngineUnavailable: nothing may be assumed recorded; recording again is safe.
            EngineRefused: an entry does not fit the mapping.
        """
        given = list(entries)
        waiting = _merge_same_ids(given)
        told_by = {(entry.id, entry.feeds[0]): entry for entry in given}
        new: list[str] = []
        changed: list[str] = []
        known: list[str] = []
        for _ in range(ROUNDS):
            if not waiting:
                break
            now = self._now()
            standing = self._entries.versioned(list(waiting))
            creations = [entry for id_, entry in waiting.items() if id_ not in standing]
            report = self._entries.create(creations)
            _refuse(report.failed)
            lost = set(report.conflicts)
            new += [entry.id for entry in creations if entry.id not in lost]
            replacements: list[tuple[Entry, Version]] = []
            requeued: dict[str, bool] = {}
            for id_, (entry, version) in standing.items():
                # Of several feeds with the article, its first one is heard: the others may word it differently.
                told = told_by.get((id_, entry.feeds[0]), waiting[id_])
                told = told.model_copy(update={"feeds": tuple(dict.fromkeys((*told.feeds, *waiting[id_].feeds)))})
                after, again = transitions.seen(entry, told, now)
                requeued[id_] = again
                if after is not entry:
                    replacements.append((after, version))
            report = self._entries.replace(replacements)
            _refuse(report.failed)
            lost |= report.conflicts
            for id_, again in requeued.items():
                if id_ not in lost:
                    (changed if again else known).append(id_)
            waiting = {id_: entry for id_, entry in waiting.items() if id_ in lost}
        # Left over only when others wrote them in every round: they stand, whatever this poll would have added.
        known += list(waiting)
        return Recorded(tuple(new), tuple(changed), tuple(known))

    def claim(self, owner: str, size: int) -> list[Claimed]:
        """Up to `size` queued entries that nobody holds, oldest first, now under a lease of ours; [] when there is
        none.

        Raises:
            EngineUnavailable: what was already leased comes back when the lease runs out.
        """
        taken: list[Claimed] = []
        lease = timedelta(seconds=self._settings.lease_seconds)
        for _ in range(ROUNDS):
            self._entries.refresh()
            now = self._now()
            found = self._entries.claimable(now, size - len(taken))
            if not found:
                break
            if expired := [(entry, version) for entry, version in found if entry.lease]:
                self._sweep(expired, now)
            wanted = [(transitions.claimed(e, owner, now, lease), v) for e, v in found if not e.lease]
            held, _ = self._write(wanted)
            taken += held
            if len(taken) == size:
                break
        return taken

    def finish(
        self,
        claimed: Claimed,
        *,
        state: EntryState,
        reason: str | None = None,
        error: VeilleError | None = None,
        story_id: str | None = None,
    ) -> bool:
        """`finish_many` for one. False when the lease was lost."""
        return not self.finish_many([Finish(claimed, state, reason, error, story_id)])

    def finish_many(self, finishes: Sequence[Finish]) -> int:
        """Write what became of claimed entries; how many were no longer ours, because the lease ran out meanwhile.

        An entry that a feed touched meanwhile is still ours: the outcome is put on top. Finishing again is harmless.

        Raises:
            EngineUnavailable: what was not written comes back when its lease runs out.
        """
        ours = {finish.claimed.entry.id: finish for finish in finishes}
        standing = {id_: (finish.claimed.entry, finish.claimed.version) for id_, finish in ours.items()}
        lost = 0
        for _ in range(ROUNDS):
            now = self._now()
            decided = [(self._decide(ours[id_], entry, now), version) for id_, (entry, version) in standing.items()]
            report = self._entries.replace(decided)
            _refuse(report.failed)
            if not report.conflicts:
                return lost
            again = self._entries.versioned(list(report.conflicts))
            standing = {}
            for id_, (entry, version) in again.items():
                if entry.lease is not None and entry.lease == ours[id_].claimed.entry.lease:
                    standing[id_] = (entry, version)
                elif not _same_end(entry, ours[id_]):
                    lost += 1
            if not standing:
                return lost
        return lost + len(standing)

    def _decide(self, finish: Finish, entry: Entry, now: datetime) -> Entry:
        if finish.state is EntryState.QUEUED:
            return transitions.released(entry, now)
        if finish.state in (EntryState.FAILED, EntryState.DEAD):
            attempts = 1 if finish.state is EntryState.DEAD else self._settings.max_attempts
            message = finish.error.named if finish.error else "Unnamed"
            retry_after = getattr(finish.error, "retry_after", None)
            return transitions.failed(entry, message, retry_after, attempts, now)
        return transitions.ended(entry, finish.state, finish.reason, finish.story_id, now)

    def sweep(self) -> dict[str, int]:
        """Send due failures (`requeued`) and entries of runs that are gone (`released`) back to the queue; an entry
        that saw too many runs die rests (`dead`)."""
        counts = {"requeued": 0, "released": 0, "dead": 0}
        for find in (self._entries.due, self._entries.expired):
            while True:
                self._entries.refresh()
                now = self._now()
                found = find(now, SWEEP_PAGE)
                for before, after in self._sweep(found, now):
                    if after.state is EntryState.DEAD:
                        counts["dead"] += 1
                    else:
                        counts["requeued" if before.state is EntryState.FAILED else "released"] += 1
                if len(found) < SWEEP_PAGE:
                    break
        return counts

    def take_back(self, mine: str) -> int:
        """Free the entries whose holder is known to be gone (`owners.is_gone`), so that nobody waits for their leases
        to run out; how many. To be called by a process that holds nothing itself, under the name it will claim with."""
        self._entries.refresh()
        now = self._now()
        left = [
            (transitions.abandoned(entry, now), version)
            for entry, version in self._entries.held(now, SWEEP_PAGE)
            if entry.lease and owners.is_gone(entry.lease.owner, mine)
        ]
        held, _ = self._write(left)
        return len(held)

    def _sweep(self, found: Iterable[tuple[Entry, Version]], now: datetime) -> list[tuple[Entry, Entry]]:
        """Those that were swept, before and after; what somebody else wrote first is theirs."""
        decided = [(before, after, v) for before, v in found if (after := transitions.swept(before, now))]
        _, conflicts = self._write([(after, version) for _, after, version in decided])
        return [(before, after) for before, after, _ in decided if after.id not in conflicts]

    def retry(self, which: str) -> int:
        """Queue an entry again, by its id, or `all` that failed or rest as dead; how many are now queued by this."""
        if which != "all":
            return self._retry(list(self._entries.versioned([which]).values()))
        self._entries.refresh()
        done = 0
        while found := self._entries.select(states=(EntryState.FAILED, EntryState.DEAD), size=SWEEP_PAGE):
            written = self._retry(found)
            done += written
            if not written:
                break
            self._entries.refresh()
        return done

    def _retry(self, found: Iterable[tuple[Entry, Version]]) -> int:
        now = self._now()
        held, _ = self._write(
            [(after, version) for entry, version in found if (after := transitions.retried(entry, now))]
        )
        return len(held)

    def pending(self) -> int:
        """How many entries wait for work now."""
        self._entries.refresh()
        return self._entries.pending(self._now())

    def counts(self) -> dict[EntryState, dict[str, int]]:
        """Number of entries by state, and by reason for the skipped ones (`""` where there is none)."""
        self._entries.refresh()
        return self._entries.counts()

    def entries(
        self,
        *,
        states: Sequence[EntryState] = (),
        reason: str | None = None,
        feed: str | None = None,
        since: datetime | None = None,
        size: int = 100,
    ) -> list[Entry]:
        """Entries by state, reason, feed and last change, the last changed first."""
        self._entries.refresh()
        found = self._entries.select(states=states, reason=reason, feed=feed, since=since, size=size)
        return [entry for entry, _ in found]

    def entry(self, id_: str) -> Entry | None:
        return self._entries.get([id_]).get(id_)

    def _write(self, versioned: Sequence[tuple[Entry, Version]]) -> tuple[list[Claimed], set[str]]:
        """Write these; those that are now so, with their new versions, and the ids somebody else wrote first."""
        report = self._entries.replace(versioned)
        _refuse(report.failed)
        held = [Claimed(entry, report.versions[entry.id]) for entry, _ in versioned if entry.id in report.versions]
        return held, report.conflicts


def _same_end(entry: Entry, finish: Finish) -> bool:
    """Whether the entry stands as this finish wants it: it was finished before, and the answer got lost."""
    return entry.lease is None and entry.state is finish.state and entry.reason == finish.reason


def _merge_same_ids(entries: Iterable[Entry]) -> dict[str, Entry]:
    """By id; an entry that comes twice is the first one, with the feeds of both."""
    merged: dict[str, Entry] = {}
    for entry in entries:
        first = merged.get(entry.id)
        if first is None:
            merged[entry.id] = entry
        elif extra := tuple(feed for feed in entry.feeds if feed not in first.feeds):
            merged[entry.id] = first.model_copy(update={"feeds": first.feeds + extra})
    return merged


def _refuse(failed: dict[str, str]) -> None:
    for id_, message in failed.items():
        raise EngineRefused(f"entry {id_}: {message}")
