"""Which of a page's dates is believed, and what is said of the others."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.extract import extract
from pipeline.records import Clocks, Story
from tests.extract.making import FEED, NOW, PUBLISHER, article, entry, html, page

NO_DAY_URL = "https://www.lequotidien.example/monde/livraison-de-munitions_123.html"
PUBLISHED = datetime(2024, 3, 12, 13, 5, tzinfo=UTC)


def clocks(head: str = "", body: str | None = None, *, url: str = NO_DAY_URL, **fields: Any) -> Clocks:
    made = extract(page(html(head, body), url=url), entry(url, **fields), FEED, PUBLISHER, now=NOW)
    assert isinstance(made, Story), made
    return made.clocks


def ld(**fields: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle"} | fields)}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


JSON_LD = ld(datePublished="2024-03-12T14:05:00+01:00")
META = meta("article:published_time", "2024-03-12T15:00:00+01:00")
MICRODATA = f'{article()}<span itemprop="datePublished" content="2024-03-12T16:00:00+01:00"></span>'
TIME = f'{article()}<time class="published" datetime="2024-03-12T17:00:00+01:00">12 mars</time>'
WRITTEN = f"<p class='signature'>Publié le 12 mars 2024 à 18h00</p>{article()}"

SOURCES = [
    ("json-ld", JSON_LD, None, "13:05"),
    ("meta", META, None, "14:00"),
    ("microdata", "", MICRODATA, "15:00"),
    ("time", "", TIME, "16:00"),
    ("text", "", WRITTEN, "17:00"),
    ("json-ld", JSON_LD + META, MICRODATA, "13:05"),
    ("meta", META, MICRODATA + TIME, "14:00"),
    ("microdata", "", TIME + MICRODATA, "15:00"),
    ("time", "", WRITTEN + TIME, "16:00"),
]


@pytest.mark.parametrize(("source", "head", "body", "hour"), SOURCES)
def test_each_source_is_read_and_the_better_one_wins(source: str, head: str, body: str | None, hour: str) -> None:
    found = clocks(head, body)
    assert found.published_at is not None
    assert (found.published_source, f"{found.published_at:%Y-%m-%d %H:%M}") == (source, f"2024-03-12 {hour}")
    assert (found.published_precision, found.published_provenance) == ("instant", "page")


JSON_LD_FORMS = {
    "graph": '{"@context":"https://schema.org","@graph":[{"@type":"WebSite","name":"x"},'
    '{"@type":["NewsArticle"],"datePublished":"2024-03-12T14:05:00+01:00"}]}',
    "list": '[{"@type":"Organization"},{"@type":"Article","datePublished":"2024-03-12T14:05:00+01:00"}]',
    "main entity": '{"@type":"WebPage","mainEntity":{"@type":"Article","datePublished":"2024-03-12T14:05:00+01:00"}}',
    "full type": '{"@type":"http://schema.org/NewsArticle","datePublished":"2024-03-12T14:05:00+01:00"}',
    "web page only": '{"@type":"WebPage","datePublished":"2024-03-12T14:05:00+01:00"}',
    "raw line break": '{"@type":"Article","description":"deux\nlignes","datePublished":"2024-03-12T14:05:00+01:00"}',
    "trailing comma": '{"@type":"Article","datePublished":"2024-03-12T14:05:00+01:00",}',
    "in a comment": '<!-- {"@type":"Article","datePublished":"2024-03-12T14:05:00+01:00"} -->',
    "cdata": '//<![CDATA[\n{"@type":"Article","datePublished":"2024-03-12T14:05:00+01:00"}\n//]]>',
    "stray backslash": r'{"@type":"Article","headline":"l\'obus","datePublished":"2024-03-12T14:05:00+01:00"}',
    "semicolon": '{"@type":"Article","datePublished":"2024-03-12T14:05:00+01:00"};',
    "something after": '{"@type":"Article","datePublished":"2024-03-12T14:05:00+01:00"} {"@type":"x"',
    "value object": '{"@type":"Article","datePublished":{"@type":"Date","@value":"2024-03-12T14:05:00+01:00"}}',
    "local time": '{"@type":"Article","datePublished":"2024-03-12T14:05:00"}',
}


@pytest.mark.parametrize("form", JSON_LD_FORMS)
def test_json_ld_is_read_in_the_forms_in_which_it_comes(form: str) -> None:
    found = clocks(f'<script type="application/ld+json">{JSON_LD_FORMS[form]}</script>')
    assert (found.published_at, found.published_source) == (PUBLISHED, "json-ld")


@pytest.mark.parametrize("broken", ["", "{", "null", "[[[[", '"text"', "{'@type': 'Article'}", "[" * 50_000])
def test_json_ld_that_cannot_be_read_costs_nothing_but_itself(broken: str) -> None:
    found = clocks(f'<script type="application/ld+json">{broken}</script>{META}')
    assert found.published_source == "meta"


def test_of_several_articles_in_json_ld_the_pages_own_is_meant() -> None:
    other = ld(url="https://www.lequotidien.example/autre_1.html", datePublished="2023-01-01T10:00:00+01:00")
    own = ld(mainEntityOfPage={"@id": NO_DAY_URL}, datePublished="2024-03-12T14:05:00+01:00")
    assert clocks(other + own).published_at == PUBLISHED


def test_teasers_do_not_date_the_article() -> None:
    teasers = "<aside><time datetime='2021-01-01T10:00:00+01:00'></time></aside>" * 3
    assert clocks("", f"{teasers}{article()}", published_at=PUBLISHED).published_source == "feed"


def test_a_changed_time_is_no_publication() -> None:
    body = f"{article()}<time class='updated' datetime='2024-03-13T10:00:00+01:00'></time>"
    found = clocks("", body, published_at=PUBLISHED)
    assert (found.published_at, found.published_source) == (PUBLISHED, "feed")
    assert found.modified_at == datetime(2024, 3, 13, 9, 0, tzinfo=UTC)


def test_a_day_gives_way_to_the_feeds_instant_of_that_day() -> None:
    found = clocks(meta("article:published_time", "2024-03-12"), published_at=PUBLISHED, published_precision="instant")
    assert (found.published_at, found.published_precision, found.published_provenance) == (PUBLISHED, "instant", "feed")
    assert found.published_conflict is None


def test_a_day_stands_against_an_instant_of_another_day_and_the_conflict_is_told() -> None:
    found = clocks(meta("article:published_time", "2024-03-10"), published_at=PUBLISHED, published_precision="instant")
    assert (found.published_at, found.published_precision) == (datetime(2024, 3, 9, 23, tzinfo=UTC), "day")
    assert found.published_conflict == "feed 2024-03-12T14:05:00+01:00"


@pytest.mark.parametrize(("apart", "told"), [(59, False), (60, True), (3600, True), (-59, False), (-60, True)])
def test_feed_and_page_conflict_from_a_minute_on(apart: int, told: bool) -> None:
    found = clocks(JSON_LD, published_at=PUBLISHED + timedelta(seconds=apart), published_precision="instant")
    assert found.published_at == PUBLISHED
    assert (found.published_conflict is not None) == told


def test_the_urls_day_is_the_last_resort() -> None:
    found = clocks(url="https://www.lequotidien.example/2024/03/12/livraison-de-munitions.html")
    assert (found.published_at, found.published_precision, found.published_provenance, found.published_source) == (
        datetime(2024, 3, 11, 23, tzinfo=UTC),
        "day",
        "url",
        "url",
    )


def test_nothing_dates_a_story_without_any_date() -> None:
    found = clocks()
    assert (found.published_at, found.published_precision, found.published_source) == (None, "unknown", None)


class TestNothingInTheFuture:
    def test_a_page_dated_tomorrow_is_not_believed_and_the_feed_is(self) -> None:
        tomorrow = (NOW + timedelta(days=1)).isoformat()
        found = clocks(ld(datePublished=tomorrow), published_at=PUBLISHED, published_precision="instant")
        assert (found.published_at, found.published_source) == (PUBLISHED, "feed")
        assert found.published_conflict == "page 2026-11-23T13:00:00+01:00 is in the future"

    def test_a_clock_a_little_ahead_of_ours_is_no_future(self) -> None:
        soon = NOW + timedelta(minutes=4)
        assert clocks(ld(datePublished=soon.isoformat())).published_at == soon

    def test_local_time_labelled_utc_is_caught_when_it_lies_ahead(self) -> None:
        # 12:58 in Paris, written as 12:58Z, read two minutes later: 11:58Z by the feed.
        feed = NOW - timedelta(minutes=2)
        found = clocks(meta("article:published_time", "2026-11-22T12:58:00Z"), published_at=feed)
        assert found.published_at == feed

    def test_a_feeds_date_that_was_clamped_is_no_evidence(self) -> None:
        assert clocks(published_at=NOW, date_problem="future").published_at is None

    def test_a_change_in_the_future_is_left_out(self) -> None:
        later = (NOW + timedelta(hours=2)).isoformat()
        found = clocks(ld(datePublished="2024-03-12T14:05:00+01:00", dateModified=later))
        assert found.modified_at is None


@pytest.mark.parametrize("default", ["1970-01-01T00:00:01Z", "0001-01-01T00:00:00", "1899-12-30T10:00:00Z"])
def test_a_systems_default_date_is_none(default: str) -> None:
    assert clocks(ld(datePublished=default) + META).published_source == "meta"


def test_a_change_before_the_publication_is_left_out() -> None:
    assert clocks(JSON_LD + meta("article:modified_time", "2024-03-12T10:00:00+01:00")).modified_at is None


def test_published_and_changed_are_told_apart_in_one_line() -> None:
    line = "<p class='dates'>Publié le 12 mars 2024 à 14h05, mis à jour le 13 mars 2024 à 9h00</p>"
    assert clocks("", line + article()).published_at == PUBLISHED


def test_a_date_in_the_articles_prose_does_not_date_it() -> None:
    body = article("Le rapport publié par l'ONU en septembre évoque une livraison du 3 mai 2019 à Tobrouk. " * 5)
    assert clocks("", body).published_at is None
