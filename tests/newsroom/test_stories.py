"""What the newsroom holds: enough of it, well formed, and of every kind that the watch must meet."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta

import pytest
from babel import Locale

from pipeline.newsroom import Article, library, outlets
from pipeline.newsroom.articles import ArticleInvalid, _event, _split, article
from pipeline.records import EntryState

ARTICLES = sorted(library().values(), key=lambda one: one.id)
ISO = set(Locale("fr").territories) | {"EU", "NATO"}
ACTORS = {"houthis", "hezbollah", "hamas", "wagner", "rsf", "m23", "jnim", "africa-corps", "haitian-gangs"}


def test_there_is_enough_of_it() -> None:
    assert len(ARTICLES) >= 100
    assert len({one.outlet for one in ARTICLES}) == len(outlets()) == 7
    assert sum(one.source == "own" for one in ARTICLES) >= 35
    assert {feed.format for outlet in outlets() for feed in outlet.feeds} == {"rss", "atom", "rdf"}
    assert "iso-8859-1" in {outlet.encoding for outlet in outlets()}
    assert len({outlet.template for outlet in outlets()}) == 7


def test_supply_stories_about_many_dyads_in_every_status() -> None:
    events = [event for one in ARTICLES for version in one.versions for event in version.events]
    assert len({(event.supplier, event.recipient) for event in events}) >= 50
    assert set(Counter(event.status for event in events)) == {
        "delivered", "pledged", "negotiated", "requested", "denied", "halted", "intercepted",
    }  # fmt: skip


def test_as_many_stories_of_other_kinds() -> None:
    assert sum(not one.versions[0].supply for one in ARTICLES) >= 50


@pytest.mark.parametrize("one", ARTICLES, ids=lambda one: one.id)
def test_an_article_is_well_formed(one: Article) -> None:
    outlet = next(outlet for outlet in outlets() if outlet.id == one.outlet)
    assert one.section in outlet.sections
    assert timedelta(0) < one.age < timedelta(days=7)
    assert (one.outcome is EntryState.SKIPPED) == bool(one.reasons)
    for version in one.versions:
        assert version.title
        assert version.summary
        assert version.supply == bool(version.events)
        for event in version.events:
            for actor in (event.supplier, event.recipient):
                assert actor is None or actor in ISO | ACTORS, actor
        if one.page == "article" and not one.reasons:
            assert len(version.text.split()) > 60
            assert version.text.rstrip()[-1] in ".!?»)"


@pytest.mark.parametrize("one", ARTICLES, ids=lambda one: one.id)
def test_french_typography(one: Article) -> None:
    """Guillemets come in pairs, and a space stands before the high signs."""
    if one.language != "fr":
        return
    for version in one.versions:
        for text in (version.title, version.summary, *(block.text for block in version.blocks)):
            assert text.count("«") == text.count("»"), text
            assert not re.search(r"\w[!?;»]", text), text
            assert not re.search(r"  |«\w", text), text


@pytest.mark.parametrize(
    "page",
    ["paywalled", "no-text", "dead-link", "live", "video", "audio", "consent-wall", "soft-404", "pdf", "members"],
)
def test_every_kind_of_page_is_there(page: str) -> None:
    assert any(one.page == page for one in ARTICLES)


def test_an_article_that_changes_gains_a_supply_event() -> None:
    first, second = library()["cadran-berlin-conseil-securite"].versions
    assert not first.supply
    assert second.supply
    assert first.title != second.title
    assert first.text != second.text


def test_a_dispatch_is_copied_whole_cut_and_rewritten() -> None:
    original = library()["transept-coree-sud-pologne-chars"]
    copies = {one.outlet: one for one in ARTICLES if one.copy_of == original.id}
    blocks = original.versions[0].blocks
    assert copies["meuse"].versions[0].blocks == blocks
    assert copies["cadran"].versions[0].blocks == blocks[:4]
    rewritten = copies["deux-rives"].versions[0]
    assert rewritten.title != original.versions[0].title
    assert rewritten.blocks[0] not in blocks
    assert set(rewritten.blocks[1:]) < set(blocks)
    assert all(one.age < original.age for one in copies.values())


def test_some_articles_are_held_back_for_tests() -> None:
    assert len([one for one in ARTICLES if one.held]) >= 5


@pytest.mark.parametrize(
    "line",
    [
        "KP > RU delivered",
        "KP > RU sold ammunition",
        "KP > RU delivered bombs",
        "Corée > RU delivered ammunition",
        "KP RU delivered ammunition",
    ],
)
def test_an_event_that_says_nothing_known_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="event"):
        _event(line)


def test_a_file_without_front_matter_is_refused() -> None:
    with pytest.raises(ArticleInvalid, match="essai"):
        _split("essai", "Un texte sans en-tête.")


def test_an_article_made_by_hand() -> None:
    made = article("cadran-essai", "cadran", "Un essai", ["Premier.", "Second."])
    assert (made.slug, made.versions[0].summary, made.versions[0].text) == ("essai", "Premier.", "Premier.\nSecond.")
