"""How the index finds what may be a copy."""

from __future__ import annotations

import pytest

from pipeline.index import Store
from pipeline.index.lookup import TOGETHER
from pipeline.records import Copies, Story
from tests.relate.stories import story

pytestmark = pytest.mark.engine


def keyed(id_: str, keys: list[str]) -> Story:
    return story(id_, id_).model_copy(update={"copies": Copies(group=id_, bands=tuple(keys))})


def numbered(*numbers: range) -> list[str]:
    return [f"{number:012x}" for some in numbers for number in some]


def test_those_that_share_most_come_first_and_chance_does_not_count(store: Store) -> None:
    store.put_stories(
        [
            keyed("whole", numbered(range(60))),
            keyed("half", numbered(range(30), range(100, 130))),
            keyed("phrase", numbered(range(2), range(200, 260))),
            keyed("one", numbered(range(1), range(300, 310))),
            keyed("stranger", numbered(range(400, 460))),
        ]
    )
    store.refresh("stories")

    texts = [numbered(range(60)), numbered(range(3)), numbered(range(500, 560)), []]
    found = store.stories_by_bands(texts)

    assert [[one.id for one in some] for some in found] == [
        ["whole", "half"],
        ["whole", "half", "phrase", "one"],
        [],
        [],
    ]
    assert [store.stories_by_bands([text])[0] for text in texts] == found
    assert store.stories_by_bands([]) == []


def test_what_too_many_share_with_a_batch_is_looked_up_text_by_text(store: Store) -> None:
    phrase = numbered(range(1))
    store.put_stories(
        keyed(f"stock-{number}", [*phrase, *numbered(range(1000 * number, 1000 * number + 40))])
        for number in range(1, TOGETHER + 5)
    )
    store.put_stories([keyed("whole", numbered(range(60))), keyed("half", numbered(range(30)))])
    store.refresh("stories")

    found = store.stories_by_bands([numbered(range(60)), numbered(range(2000, 2040)), numbered(range(500, 560))])

    assert [[one.id for one in some] for some in found] == [["whole", "half"], ["stock-2"], []]
