"""Decisions of the watch, as tables: no clock, no network."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.errors import (
    AddressRefused,
    BadAnswer,
    FeedError,
    Gone,
    Refused,
    ServerError,
    TimedOut,
    TooManyRequests,
    Unreachable,
)
from pipeline.records import FeedState, Page
from pipeline.watch import headers, history, schedule
from pipeline.watch.parse import parse_feed
from pipeline.watch.schedule import DAY, Answer, Limits
from tests.watch.feeds import FEED, NOW, URL, item, rss

LIMITS = Limits()
MINUTE = 60.0


def page(status=200, redirects=(), body=b"", **fields):
    headers = tuple((name.replace("_", "-"), value) for name, value in fields.items())
    return Page(url=URL, final_url=URL, status=status, headers=headers, body=body, fetched_at=NOW, redirects=redirects)


def dated(*ages: timedelta | None, first: int = 0) -> str:
    """A feed whose items are this old; None has no date."""
    stamps = ((NOW - age).strftime("%a, %d %b %Y %H:%M:%S GMT") if age is not None else "" for age in ages)
    return rss(*(item(first + number, stamp and f"<pubDate>{stamp}</pubDate>") for number, stamp in enumerate(stamps)))


def answer(body: str | None, **arguments) -> Answer:
    if body is None:
        return Answer(page(304, **arguments))
    parsed = parse_feed(body.encode(), content_type=None, feed=FEED, url=URL, now=NOW)
    return Answer(page(**arguments), "sha256:1", parsed, tuple(entry.id for entry in parsed.entries))


def new_state(**update) -> FeedState:
    return schedule.current(FEED, None).model_copy(update=update)


def after(state, given, *, now=NOW, feed=FEED, limits=LIMITS) -> FeedState:
    return schedule.answered(feed, state, given, limits=limits, now=now, jitter=0.5)


# --- the interval ---------------------------------------------------------------------------------------------


def wait(rate, *, window=30, fresh=0, elapsed=None, wish=None, conditional=True, limits=LIMITS):
    return schedule.interval(
        rate, window=window, fresh=fresh, elapsed=elapsed, wish=wish, conditional=conditional, limits=limits
    )


@pytest.mark.parametrize(
    ("rate", "minutes"), [(100, 9), (16, 9), (10, 14.4), (3, 48), (1, 144), (0.2, 720), (0.01, 1440), (0, 1440)]
)
def test_a_quiet_feed_is_asked_rarely_and_a_busy_one_at_the_pace(rate, minutes):
    assert wait(rate) == pytest.approx(minutes * MINUTE)


def test_a_feed_without_validators_is_asked_less_often():
    assert wait(100, conditional=False) == 15 * MINUTE


def test_the_wish_of_the_feed_is_obeyed_whatever_the_jitter():
    shortest = schedule.spread(wait(100, wish=3600), 0.0)
    assert shortest == pytest.approx(3600)


def test_the_overlap_is_stronger_than_the_wish():
    # 10 items in the body, 60 a day and three times that at the peak: half of the body is new after 40 minutes.
    assert wait(60, window=10, wish=6 * 3600) == pytest.approx(40 * MINUTE)


def test_a_burst_shortens_the_interval_although_the_mean_is_low():
    # 8 of 10 items were new after 3 hours, which the mean of 1 a day does not tell.
    assert wait(1, window=10, fresh=8, elapsed=3 * 3600) == pytest.approx(3 * 3600 * 5 / 8)


@pytest.mark.parametrize(("rate", "window"), [(2000, 5), (0.01, 30), (100, 0)])
def test_the_operators_limits_are_the_strongest(rate, window):
    limits = Limits(shortest=600, longest=1200)
    assert 600 <= wait(rate, window=window, wish=90_000, limits=limits) <= 1200


def test_a_shortest_interval_of_seconds_scales_the_pace():
    assert wait(100, limits=Limits(5, 5)) == 5
    assert wait(20_000, window=0, limits=Limits(5, 60)) == 9


@pytest.mark.parametrize(("jitter", "seconds"), [(0.0, 95), (0.5, 100), (1.0, 105)])
def test_jitter_spreads_by_a_twentieth(jitter, seconds):
    assert schedule.spread(100, jitter) == pytest.approx(seconds)


def test_the_rhythm_is_learnt_and_forgotten():
    rate = 1.0
    for _ in range(3 * 24):
        rate = schedule.next_rate(rate, 4, 3600)
    assert 55 < rate < 96
    for _ in range(14):
        rate = schedule.next_rate(rate, 0, DAY)
    assert rate < 1


def test_the_rhythm_does_not_depend_on_how_often_it_is_asked():
    often = rarely = 10.0
    for _ in range(48):
        often = schedule.next_rate(often, 1, 1800)
    rarely = schedule.next_rate(rarely, 48, DAY)
    assert often == pytest.approx(rarely, rel=0.01)


@pytest.mark.parametrize(
    ("ages", "a_day"),
    [
        ([timedelta(hours=hours) for hours in range(24)], 24),
        ([timedelta(days=1), timedelta(days=30)], 1 / 7),
        ([timedelta(days=300)], 0),
    ],
)
def test_the_first_rhythm_comes_from_the_dates(ages, a_day):
    assert after(new_state(), answer(dated(*ages))).items_per_day == pytest.approx(a_day, rel=0.1)


def test_a_new_feed_without_dates_is_asked_at_the_pace_until_it_is_known():
    state = after(new_state(), answer(rss(*(item(number) for number in range(30))), ETag="1"))
    assert state.interval_seconds == 9 * MINUTE
    for day in range(1, 15):
        state = after(state, answer(None), now=NOW + timedelta(days=day))
    assert state.interval_seconds > 6 * 3600


# --- answers --------------------------------------------------------------------------------------------------


def test_a_first_answer():
    state = after(new_state(), answer(dated(timedelta(hours=1), timedelta(hours=20)), ETag='W/"1"', Last_Modified="x"))
    assert (state.state, state.etag, state.last_modified) == ("healthy", 'W/"1"', "x")
    assert (state.polls, state.failures, state.entries_seen, len(state.known_ids)) == (1, 0, 2, 2)
    assert (state.last_new_at, state.newest_item_at) == (NOW, NOW - timedelta(hours=1))
    assert schedule.ask(state, NOW) == schedule.Ask(URL, 'W/"1"', "x")
    assert not schedule.is_due(state, NOW)
    assert schedule.is_due(state, state.next_poll_at)


def test_a_304_keeps_what_is_known():
    first = after(new_state(), answer(rss(item(1)), ETag='"1"'))
    state = after(first, answer(None), now=NOW + timedelta(hours=1))
    assert (state.etag, state.known_ids, state.items_last_poll) == ('"1"', first.known_ids, 1)
    assert (state.polls, state.not_modified, state.last_new_at) == (2, 1, NOW)


def test_a_304_may_bring_another_validator():
    first = after(new_state(), answer(rss(item(1)), ETag='"1"'))
    assert after(first, answer(None, ETag='"2"')).etag == '"2"'


@pytest.mark.parametrize("expires", ["0", "-1"])
def test_validators_are_dropped_on_expires_0(expires):
    state = after(new_state(), answer(rss(item(1)), ETag='"1"', Expires=expires))
    assert (state.etag, state.problems) == (None, ("no-validators",))


def test_an_answer_that_shares_nothing_with_the_one_before_may_have_lost_items():
    first = after(new_state(), answer(dated(timedelta(0)), ETag='"1"'))
    same = after(first, answer(dated(timedelta(0), timedelta(0)), ETag='"1"'))
    other = after(first, answer(dated(timedelta(0), first=50), ETag='"1"'), now=NOW + timedelta(hours=5))
    assert (same.problems, other.problems) == ((), ("overlap-lost",))
    assert other.interval_seconds < first.interval_seconds or other.interval_seconds == 9 * MINUTE


def test_a_feed_that_never_changes_is_asked_without_validators_now_and_then():
    state = new_state(etag='"1"', last_new_at=NOW - timedelta(days=8), polls=20)
    assert schedule.ask(state, NOW) == schedule.Ask(URL)
    assert schedule.ask(state.model_copy(update={"polls": 21}), NOW).etag == '"1"'
    assert schedule.ask(state.model_copy(update={"last_new_at": NOW}), NOW).etag == '"1"'


@pytest.mark.parametrize(
    ("fields", "seconds"),
    [
        ({"Cache_Control": "max-age=600"}, 600),
        ({"Cache_Control": "public, s-maxage=60, max-age=600"}, 60),
        ({"Cache_Control": "max-age=600", "Age": "500"}, 100),
        ({"Cache_Control": "max-age=600", "Age": "700"}, None),
        ({"Cache_Control": "no-cache, max-age=600"}, None),
        ({"Cache_Control": "max-age=0"}, None),
        ({"Cache_Control": "no-store"}, None),
        ({"Expires": "Sun, 22 Nov 2026 12:10:00 GMT"}, 600),
        ({"Expires": "Sun, 22 Nov 2026 12:10:00 GMT", "Date": "Sun, 22 Nov 2026 12:05:00 GMT"}, 300),
        ({"Expires": "Sun, 22 Nov 2026 12:10:00 GMT", "Cache_Control": "max-age=60"}, 60),
        ({"Expires": "0"}, None),
        ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, None),
        ({"Expires": "demain"}, None),
        ({}, None),
    ],
)
def test_how_long_an_answer_says_that_it_is_good(fields, seconds):
    assert headers.fresh_seconds(page(**fields)) == seconds


def test_cache_control_and_ttl_lengthen_the_interval():
    busy = [timedelta(minutes=30 * number) for number in range(30)]
    ttl = dated(*busy).replace("<channel>", "<channel><ttl>40</ttl>")
    assert after(new_state(), answer(dated(*busy), ETag="1")).interval_seconds == 9 * MINUTE
    assert after(new_state(), answer(ttl, ETag="1")).interval_seconds >= 40 * MINUTE
    assert after(new_state(), answer(dated(*busy), ETag="1", Cache_Control="max-age=1800")).interval_seconds >= 1800


@pytest.mark.parametrize(
    ("link", "hub"),
    [
        ('<https://hub.example.org/>; rel="hub"', "https://hub.example.org/"),
        ('<https://x.fr/rss>; rel="self", <https://hub.example.org/>; rel=hub', "https://hub.example.org/"),
        ('</hub>; rel="hub"', "https://www.x.fr/hub"),
        ('<https://x.fr/rss>; rel="self"', None),
    ],
)
def test_a_hub_may_stand_in_the_link_header(link, hub):
    assert after(new_state(), answer(rss(item(1)), Link=link)).hub == hub


# --- redirects ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("redirects", "url", "history"),
    [
        ([(301, "https://a/")], "https://a/", (URL,)),
        ([(308, "https://a/"), (301, "https://b/")], "https://b/", (URL,)),
        ([(301, "https://a/"), (302, "https://b/")], "https://a/", (URL,)),
        ([(302, "https://a/"), (301, "https://b/")], URL, ()),
        ([(307, "https://a/")], URL, ()),
        ([], URL, ()),
    ],
)
def test_permanent_redirects_rewrite_the_url_and_others_do_not(redirects, url, history):
    state = after(new_state(), answer(rss(item(1)), ETag="1", redirects=tuple(redirects)))
    assert (state.url, state.url_history, state.registry_url) == (url, history, URL)
    assert ("moved" in state.problems) == (url != URL)


def test_a_changed_registry_row_starts_over_but_keeps_what_was_seen():
    state = after(new_state(), answer(rss(item(1)), ETag="1", redirects=((301, "https://a/"),)))
    moved = schedule.current(FEED.model_copy(update={"feed_url": "https://www.x.fr/new"}), state)
    assert (moved.url, moved.etag, moved.next_poll_at) == ("https://www.x.fr/new", None, None)
    assert moved.known_ids == state.known_ids
    assert moved.last_success_at == NOW


# --- failures -------------------------------------------------------------------------------------------------


def fail(state, error, *, now=NOW, jitter=0.0):
    return schedule.failed(state, error, limits=LIMITS, now=now, jitter=jitter)


GRADES = {
    "no connection": (Unreachable("x"), [5, 10, 20, 40, 80]),
    "too slow": (TimedOut("x"), [5, 10, 20]),
    "broken server": (ServerError("x", status=500), [5, 10, 20]),
    "redirect loop": (BadAnswer("x"), [5, 10, 20]),
    "refused": (Refused("x", status=403), [60, 120, 240]),
    "missing": (Gone("x", status=404), [60, 120, 240]),
    "HTML": (FeedError("HTML instead of a feed"), [60, 120, 240]),
    "address refused": (AddressRefused("x"), [1440, 1440]),
    "Retry-After": (TooManyRequests("x", retry_after=7200), [120, 120]),
    "Retry-After beyond a day": (TooManyRequests("x", retry_after=3 * DAY), [3 * 1440]),
    "429 without Retry-After": (TooManyRequests("x"), [5, 10]),
}


@pytest.mark.parametrize("case", GRADES)
def test_failures_are_graded(case):
    error, minutes = GRADES[case]
    state, waits = new_state(), []
    for _ in minutes:
        state = fail(state, error)
        waits.append((state.next_poll_at - NOW).total_seconds() / MINUTE)
    assert waits == minutes
    assert state.state == "failing"
    assert state.last_error == error.named


def test_a_feed_that_goes_on_failing_rests_and_is_never_given_up():
    state = new_state()
    for _ in range(100):
        state = fail(state, Unreachable("x"))
    assert (state.state, state.failures) == ("resting", 100)
    assert state.next_poll_at - NOW == timedelta(days=1)
    healed = after(state, answer(rss(item(1)), ETag="1"))
    assert (healed.state, healed.failures, healed.last_error) == ("healthy", 0, None)


def test_a_wait_after_a_failure_is_never_cut_short_by_jitter():
    error = TooManyRequests("x", retry_after=600)
    assert {fail(new_state(), error, jitter=j).next_poll_at >= NOW + timedelta(minutes=10) for j in (0, 0.5, 1)} == {
        True
    }


def test_a_failure_keeps_validators_and_what_is_known():
    state = after(new_state(), answer(rss(item(1)), ETag="1"))
    broken = fail(state, Unreachable("x"))
    assert (broken.etag, broken.known_ids, broken.last_success_at) == ("1", state.known_ids, NOW)


def test_410_rests_the_feed_for_a_month_and_it_may_come_back():
    state = fail(new_state(), Gone("HTTP 410", status=410))
    assert (state.state, state.next_poll_at - NOW) == ("gone", timedelta(days=30))
    assert schedule.is_due(state, NOW + timedelta(days=31))
    assert after(state, answer(rss(item(1)), ETag="1")).state == "healthy"


def test_an_address_that_a_redirect_gave_is_left_when_it_fails():
    state = new_state(url="https://a/", etag="1")
    for _ in range(3):
        state = fail(state, Unreachable("x"))
    assert state.url == "https://a/"
    state = fail(state, Unreachable("x"))
    assert (state.url, state.etag) == (URL, None)
    gone = fail(new_state(url="https://a/"), Gone("HTTP 410", status=410))
    assert (gone.url, gone.next_poll_at - NOW) == (URL, timedelta(minutes=5))


# --- feeds that are not watched -------------------------------------------------------------------------------


def test_a_disabled_feed_says_why_and_starts_anew_when_it_is_enabled():
    off = FEED.model_copy(update={"enabled": False, "disabled_reason": "410 Gone"})
    state = schedule.disabled(off, None)
    assert (state.state, state.last_error, state.next_poll_at) == ("disabled", "410 Gone", None)
    assert schedule.disabled(off, state) == state
    assert (schedule.current(FEED, state).state, schedule.current(FEED, state).last_error) == ("new", None)


# --- health ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("ages", "weekly", "problem"),
    [
        ([timedelta(hours=n) for n in range(30)], 100, None),
        ([timedelta(hours=6 * n) for n in range(30)], 100, "too-few-items"),
        ([timedelta(days=3 * n) for n in range(10)], 2, None),
        ([timedelta(days=3 * n) for n in range(10)], 4, "too-few-items"),
        ([timedelta(days=15 + n) for n in range(10)], 1, "stale"),
        ([timedelta(days=150 + n) for n in range(10)], 0, None),
        ([timedelta(days=200 + n) for n in range(10)], 0, "stale"),
    ],
)
def test_expectations_of_number_and_age(ages, weekly, problem):
    feed = FEED.model_copy(update={"min_items_per_week": weekly})
    problems = after(new_state(), answer(dated(*ages), ETag="1"), feed=feed).problems
    assert problem in problems if problem else problems == ()


def test_a_feed_that_stops_becomes_quiet_although_it_answers_304():
    feed = FEED.model_copy(update={"min_items_per_week": 5})
    state = after(new_state(), answer(dated(*[timedelta(hours=n) for n in range(9)]), ETag="1"), feed=feed)
    late = after(state, answer(None), feed=feed, now=NOW + timedelta(days=15))
    assert (state.state, late.state, late.problems) == ("healthy", "quiet", ("stale",))


@pytest.mark.parametrize(("share", "problems"), [(0.4, ()), (0.6, ("undated",))])
def test_expectation_of_dates(share, problems):
    feed = FEED.model_copy(update={"min_dated_share": share})
    body = rss(item(1, "<pubDate>Sun, 22 Nov 2026 10:00:00 GMT</pubDate>"), item(2))
    assert after(new_state(), answer(body, ETag="1"), feed=feed).problems == problems


def test_an_empty_channel_is_quiet():
    state = after(new_state(), answer(rss(), ETag="1"))
    assert (state.state, state.problems) == ("quiet", ("empty-channel",))


# --- the archive ----------------------------------------------------------------------------------------------


def entries(*ages: timedelta | None):
    return parse_feed(dated(*ages).encode(), content_type=None, feed=FEED, url=URL, now=NOW).entries


def skipped(taken):
    return [number for number, entry in enumerate(taken) if entry.reason == "history"]


def test_an_ordinary_body_is_taken_whole_whatever_its_age():
    assert skipped(history.rest(entries(*[timedelta(days=400 + n) for n in range(100)]), NOW)) == []


def test_of_a_deep_archive_the_newest_hundred_are_taken():
    taken = history.rest(entries(*[timedelta(days=40 + n) for n in range(250)]), NOW)
    assert skipped(taken) == list(range(100, 250))
    assert {entry.state for entry in taken[100:]} == {"skipped"}
    assert {entry.finished_at for entry in taken[100:]} == {NOW}


def test_the_newest_need_not_stand_first():
    taken = history.rest(entries(*[timedelta(days=300 - n) for n in range(150)]), NOW)
    assert skipped(taken) == list(range(50))


def test_all_of_the_last_month_is_taken():
    assert skipped(history.rest(entries(*[timedelta(hours=n) for n in range(300)]), NOW)) == []


def test_without_dates_the_order_of_the_feed_decides():
    assert skipped(history.rest(entries(*[None] * 120), NOW)) == list(range(100, 120))
