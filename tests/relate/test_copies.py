"""Groups of copies: the original, what is copied, who speaks for himself; the same whatever the order of arrival."""

from __future__ import annotations

import random
from itertools import permutations

import pytest

from pipeline.newsroom.articles import library
from pipeline.records import Copies, Story
from pipeline.relate.copies import bands, relate, ties
from tests.relate.copyset import TEXTS
from tests.relate.stories import Shelf, story


def text(name: str, words: int = 100) -> str:
    """A text of words that no other has."""
    return " ".join(f"{name}{number}" for number in range(words))


A, B, C = text("alpha"), text("bravo"), text("charlie")


def half(of: str, second: bool = False) -> str:
    words = of.split()
    return " ".join(words[len(words) // 2 :] if second else words[: len(words) // 2])


def groups(shelf: Shelf) -> dict[str, tuple[str, str | None, int]]:
    return {
        one.id: (one.copies.group, one.copies.of, one.copies.size)
        for one in shelf.stories.values()
        if one.copies is not None
    }


def copies_of(shelf: Shelf, id_: str) -> Copies:
    copies = shelf.stories[id_].copies
    assert copies is not None
    return copies


def test_a_story_by_itself_is_its_own_group() -> None:
    copies, updates = relate(story("a", A), [story("b", B)])
    assert (copies.group, copies.of, copies.share, copies.size, copies.independent_sources) == ("a", None, 0.0, 1, 1)
    assert copies.bands == bands(A)
    assert updates.keys() == {"b"}  # which had no group yet


def test_the_later_of_two_is_the_copy_and_both_know_of_it() -> None:
    shelf = Shelf()
    shelf.take([story("a", A)])
    related = shelf.take([story("b", f"{text('intro', 20)} {A}", minutes=5)])
    assert (copies_of(shelf, "b").of, copies_of(shelf, "b").group, copies_of(shelf, "b").size) == ("a", "a", 2)
    assert copies_of(shelf, "b").share == pytest.approx(100 / 120, abs=0.01)
    assert related.updates.keys() == {"a"}
    assert (copies_of(shelf, "a").of, copies_of(shelf, "a").size) == (None, 2)


def test_the_earliest_is_the_original_even_when_it_is_seen_last() -> None:
    shelf = Shelf()
    shelf.take([story("copy", A, minutes=30, seen=31)])
    shelf.take([story("original", A, minutes=0, seen=45)])
    assert groups(shelf) == {"copy": ("copy", "original", 2), "original": ("copy", None, 2)}


def test_an_agencys_own_site_comes_before_every_other() -> None:
    shelf = Shelf()
    shelf.take([story("paper", A, minutes=0), story("afp", A, minutes=10, kind="agency")])
    assert copies_of(shelf, "paper").of == "afp"


def test_a_mere_day_is_no_early_hour() -> None:
    shelf = Shelf()
    shelf.take([story("dated", A, minutes=-720, seen=60, precision="day"), story("timed", A, minutes=10)])
    assert copies_of(shelf, "dated").of == "timed"


def test_the_order_of_arrival_changes_nothing() -> None:
    stories = [
        story("a", A, minutes=0, seen=50),
        story("half", half(A), minutes=10, seen=51),
        story("second-half", half(A, second=True), minutes=11, seen=52),
        story("merged", f"{A} {half(B)}", minutes=20, seen=53),
        story("b", B, minutes=5, seen=54),
    ]
    expected = None
    for order in permutations(stories):
        shelf = Shelf()
        for one in order:
            shelf.take([one])
        found = dict(sorted(groups(shelf).items()))
        assert found == (expected or found)
        expected = found
        at_once = Shelf()
        at_once.take(order)
        assert dict(sorted(groups(at_once).items())) == expected
    assert expected == {
        "a": ("a", None, 4),
        "b": ("b", None, 1),
        "half": ("a", "a", 4),
        "merged": ("a", "a", 4),
        "second-half": ("a", "a", 4),
    }


def test_two_halves_that_share_nothing_become_one_group_when_the_whole_comes() -> None:
    shelf = Shelf()
    shelf.take([story("first", half(A), minutes=1)])
    shelf.take([story("second", half(A, second=True), minutes=2)])
    assert {one: size for one, (_, _, size) in groups(shelf).items()} == {"first": 1, "second": 1}
    shelf.take([story("whole", A, minutes=0, seen=9)])
    assert groups(shelf) == {
        "first": ("first", "whole", 3),
        "second": ("first", "whole", 3),
        "whole": ("first", None, 3),
    }


def test_an_article_made_from_two_dispatches_does_not_make_them_one() -> None:
    shelf = Shelf()
    shelf.take([story("a", A), story("b", B, minutes=1)])
    shelf.take([story("both", f"{A} {half(B)}", minutes=9)])
    assert groups(shelf) == {"a": ("a", None, 2), "both": ("a", "a", 2), "b": ("b", None, 1)}
    assert copies_of(shelf, "both").independent_sources == 1  # none of its text is its own


@pytest.mark.parametrize(
    ("families", "own", "independent"),
    [
        (("one", "two", "three"), 0, 1),
        (("one", "two", "three"), 150, 3),
        (("one", "two", "two"), 150, 2),
        (("one", "one", "one"), 150, 1),
        (("one", "two", "three"), 60, 1),
    ],
)
def test_a_source_counts_for_its_own_words_and_its_family_once(
    families: tuple[str, ...], own: int, independent: int
) -> None:
    shelf = Shelf()
    shelf.take(
        story(
            f"s{number}",
            A if number == 0 else f"{A} {text(f'own{number}x', own)}",
            minutes=number,
            family=family,
        )
        for number, family in enumerate(families)
    )
    assert {copies_of(shelf, id_).independent_sources for id_ in shelf.stories} == {independent}
    assert {copies_of(shelf, id_).size for id_ in shelf.stories} == {3}


def test_a_revision_leaves_the_group_that_it_no_longer_copies() -> None:
    shelf = Shelf()
    shelf.take([story("a", A), story("b", A, minutes=5), story("c", A, minutes=6)])
    before = copies_of(shelf, "b")
    shelf.take([story("b", B, minutes=5).model_copy(update={"copies": before})])
    assert groups(shelf) == {"a": ("a", None, 2), "b": ("b", None, 1), "c": ("a", "a", 2)}


def test_when_the_original_is_rewritten_the_next_earliest_takes_its_place() -> None:
    shelf = Shelf()
    shelf.take([story("a", A), story("b", A, minutes=5), story("c", A, minutes=6)])
    shelf.take([story("a", C).model_copy(update={"copies": copies_of(shelf, "a")})])
    assert groups(shelf) == {"a": ("a", None, 1), "b": ("b", None, 2), "c": ("b", "b", 2)}


def test_the_same_again_changes_nothing() -> None:
    shelf = Shelf()
    stories = [story("a", A), story("b", A, minutes=5), story("c", C, minutes=6)]
    shelf.take(stories)
    before = groups(shelf)
    related = shelf.take([one.model_copy(update={"copies": shelf.stories[one.id].copies}) for one in stories])
    assert related.updates == {}
    assert groups(shelf) == before


def test_the_agency_comes_from_the_page_or_else_from_the_text() -> None:
    given = [
        story("a", A, agencies=("Reuters", "AFP")),
        story("b", f"Kiev (AFP) – {B}"),
        story("c", C),
    ]
    shelf = Shelf()
    shelf.take(given)
    assert [copies_of(shelf, id_).agency for id_ in "abc"] == ["Reuters", "AFP", None]


def test_a_seed_article_is_in_no_group() -> None:
    seed = story("seed", A).model_copy(update={"kind": "seed"})
    assert not ties(story("a", A), seed)
    copies, updates = relate(story("a", A, minutes=1), [seed])
    assert (copies.size, updates) == (1, {})


def test_the_copies_of_the_sample_newsroom_are_found_and_only_they() -> None:
    """Its files say themselves which paragraphs are taken over (`@copy`): those articles, and no others, are tied."""
    stories = [story(one.id, one.versions[0].text) for one in library().values() if one.versions[0].text]
    tied = {frozenset((a.id, b.id)) for a in stories for b in stories if a.id < b.id and ties(a, b)}
    shared = {
        frozenset((a.id, b.id))
        for a in stories
        for b in stories
        if a.id < b.id and _common(a, b) >= 0.4 * min(len(a.text), len(b.text))
    }
    assert tied == shared
    assert tied


def _common(one: Story, other: Story) -> int:
    return sum(len(line) for line in set(one.text.split("\n")) & set(other.text.split("\n")))


def test_texts_of_one_event_in_words_of_their_own_are_no_copies() -> None:
    import json

    stories = [story(row["id"], row["text"]) for row in map(json.loads, TEXTS.read_text("utf-8").splitlines())]
    random.Random(1).shuffle(stories)
    shelf = Shelf()
    shelf.take(stories)
    assert {copies_of(shelf, one.id).size for one in stories} == {1}
