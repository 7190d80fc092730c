"""The briefing: what it says, in both forms, and that it says only that."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from lxml import etree

from pipeline import alerts, brief
from pipeline.brief import figures
from pipeline.brief.render import count, typographic
from pipeline.index import Store
from pipeline.records import Copies
from pipeline.settings import Settings
from tests.kibana.samples import NOW, event, feeds, story

PARIS = ZoneInfo("Europe/Paris")
WEEK = timedelta(days=7)
NASTY = 'Des <script>alert("x")</script> & obus `[lien](javascript:x)` *gras* | fin'


def ago(**delta: float) -> datetime:
    return NOW - timedelta(**delta)


@pytest.fixture
def briefing(store: Store, settings: Settings) -> brief.Briefing:
    """A week with a new dyad, a change of status, a copy, an unnamed supplier and two dark feeds."""
    earlier = [story("old", "rfi", event("KP", "RU", "pledged", "drones"), at=ago(days=12))]
    first = story(
        "a",
        "journal",
        event("KP", "RU", "delivered", "drones", sentence="Pyongyang a livré des drones."),
        at=ago(days=2),
    )
    week = [
        first,
        story(
            "copy", "soir", event("KP", "RU", "delivered", "drones"), at=ago(days=2),
            copies=Copies(group="g", of=first.id),
        ),
        story(
            "b", "soir", event("IR", "houthis", "intercepted", "missiles", quantity=(12, "units")), at=ago(days=1),
            near=0.7,
        ),
        story("c", "sahel", event(None, "m23", "delivered", "weapons", sentence=NASTY), at=ago(days=3), title=NASTY),
        story("d", "sahel", event(None, "m23", "delivered", "weapons"), at=ago(days=3), url="javascript:alert(1)"),
        story("nothing", "rfi", at=ago(days=1)),
    ]  # fmt: skip
    rules = alerts.load_rules()
    for batch, at in ((earlier, ago(days=12)), (week, ago(hours=1))):
        alerts.raise_alerts(store, settings, rules, {}, batch, at)
        assert not store.put_stories(batch).failed
    store.put_feed_states(feeds())
    for kind in ("stories", "feeds", "alerts"):
        store.refresh(kind)
    return brief.collect(store, since=NOW - WEEK, until=NOW, zone=PARIS)


@pytest.mark.engine
def test_the_facts_of_a_week(briefing: brief.Briefing) -> None:
    assert (briefing.stories, briefing.copies, briefing.read, briefing.publishers) == (4, 1, 6, 3)
    assert briefing.earlier == 0
    told = [(dyad.code, dyad.new, dyad.stories) for dyad in briefing.dyads]
    assert told == [("IR→houthis", True, 1), ("KP→RU", False, 1), ("?→m23", False, 2)]
    assert briefing.flows == Counter({("KP", "RU"): 1, ("IR", "houthis"): 1})
    assert [(a.rule, a.previous_status, a.status) for a in briefing.changes] == [
        ("status-change", "pledged", "delivered")
    ]
    assert [one.url for one in briefing.nearest] == ["https://soir.example/b"]
    assert [(feed.id, feed.state) for feed in briefing.dark] == [("ancien", "gone"), ("okapi", "failing")]
    assert list(briefing.days) == [date(2026, 11, day) for day in range(15, 23)]
    assert briefing.days[date(2026, 11, 20)] == Counter({"delivered": 1})


class Reader(HTMLParser):
    """What a browser would fetch, run or follow."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.fetched: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        assert not [name for name in given if name.startswith("on")], "no event handlers"
        if tag == "a":
            self.links.append(str(given["href"]))
        elif "src" in given or "href" in given:
            self.fetched.append(tag)


@pytest.mark.engine
def test_the_page_stands_alone_and_escapes_what_comes_from_the_web(briefing: brief.Briefing) -> None:
    page = brief.html(briefing, PARIS)
    reader = Reader()
    reader.feed(page)
    assert reader.fetched == []
    assert not {"script", "link", "iframe", "object", "img"} & set(reader.tags)
    assert "@import" not in page
    assert "url(" not in page
    assert "&lt;script&gt;alert(" in page
    assert reader.links
    assert all(link.startswith("https://") for link in reader.links), "a javascript: address is no link"


@pytest.mark.engine
def test_the_page_tells_the_week(briefing: brief.Briefing) -> None:
    page = brief.html(briefing, PARIS)
    text = " ".join(unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "", page, flags=re.S)).split())
    for expected in (
        "Du 15 au 22 novembre 2026",
        "4 articles de la presse francophone rapportent",
        "Une paire apparaît pour la première fois : Iran → Houthis",
        "Corée du Nord → Russie : drones, promis, puis livré.",
        "« Pyongyang a livré des drones. »",
        "12 unités",
        "partie inconnue → M23",
        "okapi",
        "Établi le 22 novembre 2026 à 13 h 00",
    ):
        assert expected in text, expected
    for scheme in ("prefers-color-scheme:dark", "@media print", "@page"):
        assert scheme in page


@pytest.mark.engine
def test_markdown_says_the_same_as_plain_text(briefing: brief.Briefing) -> None:
    text = brief.markdown(briefing, PARIS)
    assert text.startswith("# Qui arme qui, du 15 au 22 novembre 2026\n")
    assert "### Iran → Houthis (nouveau)" in text
    assert "[Titre b](<https://soir.example/b>), Le Soir d'ici" in text
    assert "<script>" not in text
    assert r"\<script\>" in text
    assert "javascript:alert(1)" not in text, "no link to anything but a page"
    assert "\n\n\n" not in text


@pytest.mark.engine
def test_a_week_without_anything(store: Store) -> None:
    page = brief.page(store, since=NOW - WEEK, until=NOW, form="html")
    assert "Aucun article de la période" in page
    assert "Tous les flux répondent." in page
    assert "Aucun article de fourniture militaire" in brief.page(store, since=NOW - WEEK, until=NOW, form="md")


@pytest.mark.parametrize(
    ("number", "words", "expected"),
    [
        (0, ("article",), "aucun article"),
        (0, ("paire",), "aucune paire"),
        (1, ("article",), "1\u202farticle"),
        (2, ("article",), "2\u202farticles"),
        (1200, ("source indépendante", "sources indépendantes"), "1\u202f200\u202fsources indépendantes"),
    ],
)
def test_numbers_agree_with_their_noun(number: int, words: tuple[str, ...], expected: str) -> None:
    assert count(number, *words) == expected


@pytest.mark.parametrize(
    ("raw", "set_well"),
    [
        ("l'armée : « oui » !", "l’armée\u202f: «\u202foui\u202f»\u202f!"),
        ("à 10:30", "à 10:30"),
        ("«oui»", "«\u202foui»"),
    ],
)
def test_french_typography(raw: str, set_well: str) -> None:
    assert typographic(raw) == set_well


def test_the_timeline_has_a_bar_for_each_status_of_each_day() -> None:
    days = {date(2026, 11, day): Counter({"delivered": day - 10, "denied": 1}) for day in range(11, 15)}
    drawn = etree.fromstring(figures.timeline(days))
    titles = [title.text for title in drawn.iter("title")]
    assert len(titles) == 8
    assert "11 novembre : 1 livré" in titles
    heights = [float(bar.get("height")) for bar in drawn.iter("rect") if bar.get("class") == "s-delivered"]
    assert heights == sorted(heights), "more events, a taller bar"
    assert max(float(bar.get("y")) + float(bar.get("height")) for bar in drawn.iter("rect")) <= 164


def test_a_long_period_is_drawn_by_week() -> None:
    days = {date(2026, 1, 1) + timedelta(days=n): Counter({"pledged": 1}) for n in range(140)}
    assert len(list(etree.fromstring(figures.timeline(days)).iter("rect"))) == 21


def test_an_empty_timeline_is_still_a_picture() -> None:
    assert not list(etree.fromstring(figures.timeline({date(2026, 11, 1): Counter()})).iter("rect"))


def test_flows_are_as_wide_as_they_are_frequent_and_new_ones_marked() -> None:
    drawn = etree.fromstring(figures.flows(Counter({("KP", "RU"): 6, ("FR", "UA"): 2, ("US", "UA"): 1}), {"FR→UA"}))
    paths = {path.findtext("title"): path.get("class") for path in drawn.iter("path")}
    assert paths == {
        "Corée du Nord → Russie : 6 événements": "flow",
        "France → Ukraine : 2 événements": "flow new",
        "États-Unis → Ukraine : 1 événement": "flow",
    }
    nodes = [float(rect.get("height")) for rect in drawn.iter("rect")]
    assert nodes[:3] == sorted(nodes[:3], reverse=True)
    assert figures.flows(Counter(), set()) == ""


def test_names_in_a_picture_are_escaped() -> None:
    assert "<b>" not in figures.flows(Counter({("<b>", "RU"): 1}), set())


def test_a_page_is_written_whole(tmp_path: Path) -> None:
    target = tmp_path / "new" / "page.html"
    brief.write("une page", target)
    assert target.read_text(encoding="utf-8") == "une page"
    assert [path.name for path in target.parent.iterdir()] == ["page.html"]
