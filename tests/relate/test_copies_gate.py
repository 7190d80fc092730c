"""The quality gate of copies: floors on a pinned set. A change may raise a floor, and lowers none without a reason."""

from __future__ import annotations

from itertools import combinations

import pytest

from pipeline.relate.copies import ties
from tests.relate.copyset import Item, digest, items, truth
from tests.relate.stories import Shelf, story

DIGEST = "f8103ffe5b01844a"
PAIR_F1, PAIR_PRECISION = 0.98, 0.995
GROUP_F1, GROUP_PRECISION, ORIGINALS = 0.98, 0.995, 0.99


@pytest.fixture(scope="module")
def made() -> list[Item]:
    return items()


@pytest.fixture(scope="module")
def shelf(made: list[Item]) -> Shelf:
    """The set as the flow takes it, in batches of ten; originals were published first, but are seen in any order."""
    shelf = Shelf()
    for start in range(0, len(made), 10):
        shelf.take(
            story(one.id, one.text, minutes=0 if one.kind == "original" else 60, seen=61 + start)
            for one in made[start : start + 10]
        )
    return shelf


def test_the_floors_belong_to_this_set(made: list[Item]) -> None:
    assert digest(made) == DIGEST


def test_pairs_found_by_lookup_and_comparison(made: list[Item], shelf: Shelf) -> None:
    copies, between = truth(made)
    found = set()
    for one in shelf.stories.values():
        assert one.copies is not None
        found |= {
            frozenset((one.id, other.id))
            for other in shelf.find([one.copies.bands])[0]
            if other.id != one.id and ties(one, other)
        }
    f1, precision = _scores(found - between, copies)
    assert precision >= PAIR_PRECISION
    assert f1 >= PAIR_F1


def test_groups_and_originals(made: list[Item], shelf: Shelf) -> None:
    """Merged stories aside, a group is what was made from one original; they join one of their two."""
    sources = {
        one.id: set(one.id.partition("+")[0::2]) if one.kind == "merged" else {one.id.partition("+")[0]} for one in made
    }
    single = [one.id for one in made if one.kind != "merged"]
    groups = {id_: one.copies.group for id_, one in shelf.stories.items() if one.copies}
    found = {frozenset((a, b)) for a, b in combinations(single, 2) if groups[a] == groups[b]}
    expected = {frozenset((a, b)) for a, b in combinations(single, 2) if sources[a] & sources[b]}
    f1, precision = _scores(found, expected)
    assert precision >= GROUP_PRECISION
    assert f1 >= GROUP_F1

    copied = [one.id for one in made if "+" in one.id]
    right = [id_ for id_ in copied if (copies := shelf.stories[id_].copies) and copies.of in sources[id_]]
    assert len(right) >= ORIGINALS * len(copied)


def _scores(found: set[frozenset[str]], expected: set[frozenset[str]]) -> tuple[float, float]:
    """F1 and precision."""
    right = len(found & expected)
    return 2 * right / (len(found) + len(expected)), right / len(found)
