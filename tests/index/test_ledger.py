"""The ledger over a real engine: what two runs, a killed run and a changing feed do to an entry."""

from __future__ import annotations

import os
import socket
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from pipeline.errors import Gone, TimedOut, TooManyRequests
from pipeline.index import Store
from pipeline.ledger import Claimed, Finish, Ledger, owners, transitions
from pipeline.records import EntryState, SkipReason
from pipeline.settings import Settings
from tests.index.samples import NOON, Clock, entry

pytestmark = pytest.mark.engine


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def ledger(store: Store, settings: Settings, clock: Clock) -> Ledger:
    return Ledger(store, settings, clock)


def only(claimed: list[Claimed]) -> Claimed:
    assert len(claimed) == 1
    return claimed[0]


def test_a_new_entry_is_queued_and_recording_it_again_changes_nothing(ledger: Ledger) -> None:
    first = ledger.record([entry("x")])
    again = ledger.record([entry("x")])

    assert (first.new, again.new, again.known) == ((entry("x").id,), (), (entry("x").id,))
    assert ledger.entry(entry("x").id) == entry("x")


def test_an_entry_carried_by_two_feeds_keeps_both_whether_they_come_together_or_not(ledger: Ledger) -> None:
    ledger.record([entry("x"), entry("x", feeds=("b",))])
    ledger.record([entry("x", feeds=("c",), fingerprint="other words")])

    standing = ledger.entry(entry("x").id)
    assert standing is not None
    assert (standing.feeds, standing.fingerprint, standing.state) == (("a", "b", "c"), "f1", EntryState.QUEUED)


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_a_change_is_heard_from_the_first_feed_whatever_the_order_of_the_poll(
    ledger: Ledger, order: tuple[str, str]
) -> None:
    ledger.record([entry("x")])
    ledger.finish(only(ledger.claim("one", 1)), state=EntryState.INDEXED, story_id=entry("x").id)

    words = {"a": "f2", "b": "the other feed's"}
    recorded = ledger.record([entry("x", feeds=(feed,), fingerprint=words[feed]) for feed in order])

    standing = ledger.entry(entry("x").id)
    assert standing is not None
    assert recorded.changed == (entry("x").id,)
    assert (standing.feeds, standing.fingerprint) == (("a", "b"), "f2")


def test_what_a_dead_process_held_is_free_at_once_and_what_a_living_one_holds_is_not(ledger: Ledger) -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    mine, host = owners.name("ingest"), socket.gethostname()
    holders = [f"ingest@{host}:{ended.pid}", f"ingest@{host}:{os.getppid()}", "ingest@elsewhere:1", "by hand", mine]
    ledger.record([entry(str(n)) for n in range(len(holders))])
    held = {owner: only(ledger.claim(owner, 1)).entry.id for owner in holders}

    assert ledger.take_back(mine) == 2
    assert {one.entry.id for one in ledger.claim(mine, 10)} == {held[holders[0]], held[mine]}


def test_claimed_entries_are_under_lease_and_nobody_else_gets_them(ledger: Ledger) -> None:
    ledger.record([entry(str(n)) for n in range(10)])

    first = ledger.claim("one", 6)
    second = ledger.claim("two", 6)

    assert (len(first), len(second)) == (6, 4)
    assert {c.entry.id for c in first}.isdisjoint(c.entry.id for c in second)
    assert ledger.claim("three", 6) == []
    assert {c.entry.lease.owner for c in first if c.entry.lease} == {"one"}


def test_two_runs_that_claim_at_once_never_get_the_same_entry(ledger: Ledger) -> None:
    ledger.record([entry(str(n)) for n in range(120)])

    def drain(owner: str) -> list[str]:
        got: list[str] = []
        while batch := ledger.claim(owner, 10):
            got += [c.entry.id for c in batch]
        return got

    with ThreadPoolExecutor(4) as pool:
        taken = [id_ for got in pool.map(drain, "abcd") for id_ in got]

    assert sorted(taken) == sorted({entry(str(n)).id for n in range(120)})


def test_each_outcome_is_written_and_counted_by_reason(ledger: Ledger) -> None:
    ledger.record([entry(str(n)) for n in range(4)])
    one, two, three, four = ledger.claim("run", 10)

    lost = ledger.finish_many(
        [
            Finish(one, EntryState.INDEXED, story_id="s"),
            Finish(two, EntryState.SKIPPED, reason=SkipReason.TOO_SHORT),
            Finish(three, EntryState.FAILED, error=TimedOut("30 s", url="https://journal.example/3")),
            Finish(four, EntryState.QUEUED),
        ]
    )

    assert lost == 0
    assert ledger.counts() == {
        EntryState.INDEXED: {"": 1},
        EntryState.SKIPPED: {"too-short": 1},
        EntryState.FAILED: {"": 1},
        EntryState.QUEUED: {"": 1},
    }
    standing = ledger.entry(three.entry.id)
    assert standing is not None
    assert standing.error == "TimedOut: https://journal.example/3: 30 s"
    assert standing.lease is None
    assert ledger.pending() == 1


def test_finishing_twice_is_harmless_and_not_a_lost_lease(ledger: Ledger) -> None:
    ledger.record([entry("x")])
    claimed = only(ledger.claim("run", 1))

    assert ledger.finish(claimed, state=EntryState.INDEXED)
    assert ledger.finish(claimed, state=EntryState.INDEXED)


def test_a_feed_that_touches_a_leased_entry_does_not_cost_its_outcome(ledger: Ledger) -> None:
    ledger.record([entry("x")])
    claimed = only(ledger.claim("run", 1))
    ledger.record([entry("x", feeds=("b",))])

    assert ledger.finish(claimed, state=EntryState.INDEXED)
    standing = ledger.entry(claimed.entry.id)
    assert standing is not None
    assert (standing.feeds, standing.state) == (("a", "b"), EntryState.INDEXED)


def test_a_killed_runs_entries_come_back_when_its_lease_runs_out(
    ledger: Ledger, clock: Clock, settings: Settings
) -> None:
    ledger.record([entry("x")])
    killed = only(ledger.claim("killed", 1))
    clock.forward(seconds=settings.lease_seconds + 1)

    taken = only(ledger.claim("next", 1))

    assert taken.entry.lost_leases == 1
    assert taken.entry.attempts == 0
    assert not ledger.finish(killed, state=EntryState.INDEXED), "the lease was lost, and with it the right to finish"
    assert ledger.finish(taken, state=EntryState.SKIPPED, reason=SkipReason.TOO_SHORT)
    assert ledger.counts() == {EntryState.SKIPPED: {"too-short": 1}}


def test_an_entry_that_sees_every_run_die_rests_in_the_end(ledger: Ledger, clock: Clock, settings: Settings) -> None:
    ledger.record([entry("x")])
    deaths = 0
    while ledger.claim("killed", 1):
        deaths += 1
        clock.forward(seconds=settings.lease_seconds + 1)

    assert deaths == transitions.MAX_LOST_LEASES
    standing = ledger.entry(entry("x").id)
    assert standing is not None
    assert (standing.state, standing.error) == (EntryState.DEAD, transitions.INTERRUPTED)


def test_a_failure_is_tried_again_when_due_and_rests_as_dead_after_its_attempts(
    ledger: Ledger, clock: Clock, settings: Settings
) -> None:
    ledger.record([entry("x")])
    tries = 0
    while batch := ledger.claim("run", 1):
        tries += 1
        ledger.finish(batch[0], state=EntryState.FAILED, error=TimedOut("30 s"))
        assert ledger.claim("run", 1) == [], "not before it is due"
        assert ledger.sweep()["requeued"] == 0
        clock.forward(hours=8)
        ledger.sweep()

    assert tries == settings.max_attempts
    assert ledger.counts() == {EntryState.DEAD: {"": 1}}
    assert ledger.retry("all") == 1
    assert only(ledger.claim("run", 1)).entry.attempts == 0


def test_a_server_that_asks_to_wait_is_not_asked_before(ledger: Ledger, clock: Clock) -> None:
    ledger.record([entry("x")])
    ledger.finish(
        only(ledger.claim("run", 1)), state=EntryState.FAILED, error=TooManyRequests("429", retry_after=7200.0)
    )

    standing = ledger.entry(entry("x").id)
    assert standing is not None
    assert standing.next_attempt_at == NOON + timedelta(hours=2)


def test_a_change_in_the_feed_sends_an_indexed_entry_back_but_not_for_ever(ledger: Ledger, clock: Clock) -> None:
    ledger.record([entry("x")])
    changes = []
    for revision in range(transitions.MAX_REFETCHES + 2):
        if batch := ledger.claim("run", 1):
            ledger.finish(batch[0], state=EntryState.INDEXED)
        changes.append(ledger.record([entry("x", fingerprint=f"f{revision + 2}", title=f"T{revision}")]).changed)

    assert changes == [(entry("x").id,)] * transitions.MAX_REFETCHES + [()] * 2
    standing = ledger.entry(entry("x").id)
    assert standing is not None
    assert (standing.state, standing.title, standing.refetches) == (EntryState.INDEXED, "T2", 3)


@pytest.mark.parametrize(
    ("state", "reason", "hours", "expected"),
    [
        (EntryState.INDEXED, None, 1, EntryState.QUEUED),
        (EntryState.INDEXED, None, 73, EntryState.INDEXED),
        (EntryState.SKIPPED, SkipReason.TOO_SHORT, 1, EntryState.QUEUED),
        (EntryState.SKIPPED, SkipReason.ROBOTS, 1, EntryState.SKIPPED),
        (EntryState.SKIPPED, SkipReason.GONE, 1, EntryState.SKIPPED),
        (EntryState.DEAD, None, 1, EntryState.DEAD),
    ],
)
def test_which_ends_a_change_in_the_feed_undoes(
    state: EntryState, reason: SkipReason | None, hours: int, expected: EntryState
) -> None:
    known = entry("x", state=state, reason=reason)
    after, _ = transitions.seen(known, entry("x", fingerprint="f2"), NOON + timedelta(hours=hours))

    assert after.state is expected


def test_an_entry_not_yet_fetched_follows_its_feed_without_a_refetch() -> None:
    after, requeued = transitions.seen(entry("x"), entry("x", fingerprint="f2", title="Corrigé"), NOON)

    assert (after.title, after.refetches, requeued) == ("Corrigé", 0, False)


def test_waits_double_within_their_jitter_up_to_six_hours() -> None:
    waits = [transitions.wait("some-id", attempt, None) for attempt in range(1, 12)]
    bare = [min(timedelta(minutes=2**n), timedelta(hours=6)) for n in range(11)]

    assert all(abs(waited - plain) <= plain * transitions.JITTER for waited, plain in zip(waits, bare, strict=True))
    assert transitions.wait("some-id", 1, None) != transitions.wait("other-id", 1, None)


def test_retrying_one_entry_by_its_id_works_from_any_end(ledger: Ledger) -> None:
    ledger.record([entry("x")])
    ledger.finish(only(ledger.claim("run", 1)), state=EntryState.SKIPPED, reason=Gone.reason)

    assert ledger.retry(entry("x").id) == 1
    assert ledger.retry(entry("x").id) == 0, "it waits already"
    assert ledger.retry("unknown") == 0
    assert ledger.pending() == 1


def test_an_entry_with_a_full_text_of_a_megabyte_is_stored_whole(ledger: Ledger) -> None:
    content = "<p>été</p>" * 100_000
    ledger.record([entry("x", content=content)])

    assert only(ledger.claim("run", 1)).entry.content == content
