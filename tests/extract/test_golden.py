"""Whole stories from pages of every kind of mark-up, and from pages of real outlets where these are at hand.

The golden file beside a page is the story that it gives. After a change of the rules, `python -m
tests.extract.test_golden` writes them anew; read the difference before committing it.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.extract import extract
from pipeline.extract.single import story_of
from pipeline.records import Page, Story
from pipeline.settings import Settings
from tests.extract.making import FEED, NOW, PUBLISHER, entry, page

PAGES = Path(__file__).parent / "pages"
URLS = {
    "json_ld": "https://www.lequotidien.example/international/article/2024/03/12/la-coree-du-nord-a-livre-des-munitions_6221_3210.html",
    "open_graph": "https://www.lecourrier.example/actualites/monde/berlin-promet-la-defense-aerienne-88410#xtor=RSS-3",
    "wordpress": "https://bastion.example/2024/03/le-danemark-commande-19-canons-caesar/?utm_source=rss",
    "microdata": "https://www.radio-meuse.example/article/la-belgique-suspend-ses-licences-40712",
    "bare": "https://www.lefildelacote.example/port/2024-10-04/cargo.php",
    "spip": "https://sahel-horizon.example/spip.php?article412",
}
NAMES = {
    "json_ld": "Le Quotidien", "open_graph": "Le Courrier", "wordpress": "Bastion", "microdata": "Radio Meuse Info",
    "bare": "Le Fil de la Côte", "spip": "Sahel Horizon",
}  # fmt: skip


def told(kind: str) -> dict[str, Any]:
    url = URLS[kind]
    # The page is served as text/html without a charset: what it declares itself has to do.
    served = page((PAGES / f"{kind}.html").read_bytes(), url=url, content_type="text/html")
    publisher = PUBLISHER.model_copy(update={"name": NAMES[kind]})
    feed = FEED.model_copy(update={"name": f"{NAMES[kind]} - Monde"})
    made = extract(served, entry(url), feed, publisher, now=NOW)
    assert isinstance(made, Story), made
    return made.model_dump(
        mode="json",
        include={
            "url", "canonical_url", "title", "summary", "text", "authors", "agencies", "section", "keywords", "image",
            "clocks", "access", "text_stats",
        },
        exclude_defaults=True,
    )  # fmt: skip


@pytest.mark.parametrize("kind", URLS)
def test_a_page_gives_its_golden_story(kind: str) -> None:
    assert told(kind) == json.loads((PAGES / f"{kind}.json").read_text("utf-8"))


# --- real pages, which cannot be shipped ----------------------------------------------------------------------

REAL = Path(__file__).parents[3] / "shared" / "pages"
DIGEST = "783b0a0d0a4c7141"
"""Of the pages and their gold: the floors below were measured on exactly these."""
SEGMENTS_F1 = 0.98
WORDS_F1 = 0.985
pages_at_hand = pytest.mark.skipif(not (REAL / "gold.json").exists(), reason="the measured pages are not at hand")


@dataclass(frozen=True, slots=True)
class Measured:
    """Segments found and wanted, words F per page, and the stories."""

    f1: float
    words: dict[str, float]
    stories: dict[str, Story]
    gold: dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    return measure(Settings(home=tmp_path_factory.mktemp("home")))


def gold() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((REAL / "gold.json").read_text("utf-8"))
    return found


def measure(settings: Settings) -> Measured:
    right = wrong = missed = 0
    words: dict[str, float] = {}
    stories: dict[str, Story] = {}
    for row in gold():
        body, url = (REAL / row["file"]).read_bytes(), row["url"]
        made = story_of(Page(url, url, 200, (("content-type", "text/html"),), body, NOW), settings)
        assert isinstance(made, Story), (row["file"], made)
        stories[row["file"]] = made
        text = " ".join(made.text.split())
        for segment in row.get("with", []):
            found = " ".join(segment.split()) in text
            right, missed = right + found, missed + (not found)
        wrong += sum(" ".join(segment.split()) in text for segment in row.get("without", []))
        if paragraphs := row.get("paragraphs"):
            known = json.loads(paragraphs) if isinstance(paragraphs, str) else paragraphs
            words[row["file"]] = _word_f1(text, " ".join(known))
    return Measured(2 * right / (2 * right + wrong + missed), words, stories, {row["file"]: row for row in gold()})


def _word_f1(found: str, wanted: str) -> float:
    a, b = Counter(found.split()), Counter(wanted.split())
    return 2 * (a & b).total() / (a.total() + b.total())


@pages_at_hand
class TestRealPages:
    def test_they_are_the_pages_that_the_floors_were_measured_on(self) -> None:
        files = sorted(REAL.glob("*.html"))
        digest = hashlib.sha256(b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files)).hexdigest()
        assert digest[:16] == DIGEST

    def test_segments(self, measured: Measured) -> None:
        assert measured.f1 >= SEGMENTS_F1

    def test_words(self, measured: Measured) -> None:
        assert {name: f1 for name, f1 in measured.words.items() if f1 < WORDS_F1} == {}

    def test_instants_are_right_to_the_minute(self, measured: Measured) -> None:
        checked = 0
        for name, row in measured.gold.items():
            if "published" in row:
                clocks = measured.stories[name].clocks
                assert clocks.published_at is not None
                assert clocks.published_precision == "instant"
                assert abs((clocks.published_at - datetime.fromisoformat(row["published"])).total_seconds()) < 60
                checked += 1
        assert checked == 2

    def test_titles(self, measured: Measured) -> None:
        wanted = {name: row["title"] for name, row in measured.gold.items() if "title" in row}
        assert {name: measured.stories[name].title for name in wanted} == wanted

    def test_authors_are_the_persons_and_agencies_that_signed(self, measured: Measured) -> None:
        signed = {name: (story.authors, story.agencies) for name, story in measured.stories.items()}
        assert signed["LeFigaro_2024_11_22.html"] == ((), ("AFP",))
        assert signed["LesEchos_2024_07_18.html"] == ((), ())
        wanted = {
            name: row["author"].casefold()
            for name, row in measured.gold.items()
            if row.get("author") and row["author"] != "Attac France"  # an association is no person
        }
        assert {name: " ".join(signed[name][0]).casefold() for name in wanted} == wanted

    def test_text_is_in_its_final_form(self, measured: Measured) -> None:
        for name, story in measured.stories.items():
            lines = story.text.split("\n")
            assert lines == [" ".join(line.split()) for line in lines], name
            assert all(lines), name


if __name__ == "__main__":
    for kind in URLS:
        (PAGES / f"{kind}.json").write_text(json.dumps(told(kind), ensure_ascii=False, indent=1) + "\n", "utf-8")
