"""Copies: quality on the copies set, and what finding them costs as the corpus grows.

The corpus is made up: 200 words a story by Zipf's law, and in each story three of 300 stock phrases of the press, the
commonest in every sixth story, because keys that many stories share are what could make a lookup grow. Among them stand
50 stories whose copies (cut to half, one word in ten changed) are then looked up and grouped, at each size of corpus.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import time
import uuid
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.index import Store
    from pipeline.records import Story

SIZES = (1_000, 10_000, 100_000)
PROBES = 50
WORDS, PHRASES = 200, 300


def main() -> None:
    _quality()
    _speed()
    if url := os.environ.get("VEILLE_TEST_ELASTICSEARCH_URL"):
        _growth(url)
    else:
        print("copies, lookup as the corpus grows: left out, it needs a real node (--url)")


def _quality() -> None:
    from pipeline.relate.copies import ties
    from tests.relate.copyset import items, truth
    from tests.relate.stories import Shelf, story

    made = items()
    shelf = Shelf()
    shelf.take(story(one.id, one.text) for one in made)
    copies, between = truth(made)
    found = {
        frozenset((one.id, other.id))
        for one in shelf.stories.values()
        if one.copies
        for other in shelf.find([one.copies.bands])[0]
        if other.id != one.id and ties(one, other)
    } - between
    right = len(found & copies)
    print(f"copies, pairs of the copies set ({len(made)} stories, {len(copies)} pairs), precision: "
          f"{right / len(found):.3f} (0.98)")  # fmt: skip
    print(f"copies, F1: {2 * right / (len(found) + len(copies)):.3f} (0.95)")


def _speed() -> None:
    from pipeline.relate.copies import bands
    from pipeline.relate.shingles import fingerprint, overlap

    texts = list(_texts(random.Random(1), 200))
    began = time.perf_counter()
    for text in texts:
        bands(text)
    keyed = time.perf_counter()
    marks = [fingerprint(text) for text in texts]
    marked = time.perf_counter()
    for one, other in pairwise(marks):
        overlap(one, other)
    compared = time.perf_counter()
    print(f"copies, lookup keys of a text of {WORDS} words: {(keyed - began) / 200 * 1e3:.2f} ms")
    print(f"copies, fingerprint of it: {(marked - keyed) / 200 * 1e3:.2f} ms")
    print(f"copies, two fingerprints compared: {(compared - marked) / 199 * 1e6:.0f} us")


def _growth(url: str) -> None:
    from pipeline.index import Store
    from pipeline.settings import Settings

    settings = Settings(elasticsearch_url=url, index_prefix=f"bench-copies-{uuid.uuid4().hex[:8]}")
    with Store.open(settings) as store:
        try:
            store.bootstrap(plant_seeds=False)
            _measure(store)
        finally:
            for name in store.client.indices.get(index=f"{settings.index_prefix}-*"):
                store.client.indices.delete(index=name)


def _measure(store: Store) -> None:
    from pipeline.relate.copies import bands, relate_many

    chance = random.Random(20261122)
    texts = _texts(chance, SIZES[-1] + 1_000)
    originals = [_stored(f"original-{number}", next(texts), 0) for number in range(PROBES)]
    store.put_stories(originals)
    probes = [_stored(f"probe-{one.id}", _copied(one.text, chance), 60) for one in originals]
    count, first = PROBES, 0.0
    for size in SIZES:
        while count < size:
            store.put_stories([_stored(f"s{count + number}", next(texts), 0) for number in range(500)])
            count += 500
        store.refresh("stories")
        _settle(store)
        for one in probes[:10]:  # not counted: the node's caches are cold after so much writing
            store.stories_by_bands([bands(one.text)])
        lookups, whole, right = [], [], 0
        for one, original in zip(probes, originals, strict=True):
            lookups.append(_seconds(store, bands(one.text)))
            began = time.perf_counter()
            related = relate_many([one], store.stories_by_bands, store.stories_of_groups)
            whole.append(time.perf_counter() - began)
            right += related.copies[one.id].of == original.id
        news = [_seconds(store, bands(text)) for text in _texts(random.Random(size), PROBES)]
        lookup, all_of_it, new = (statistics.median(times) * 1e3 for times in (lookups, whole, news))
        first = first or lookup
        print(
            f"copies, at {size:,} stories: lookup {lookup:.1f} ms, lookup and grouping {all_of_it:.1f} ms, lookup of a"
            f" text that is no copy {new:.1f} ms (medians), {lookup / first:.2f} times the first (constant),"
            f" originals found {right} of {PROBES}",
            flush=True,
        )


def _settle(store: Store) -> None:
    """Wait until the node has merged what was written: no watch writes a hundred thousand stories in two minutes."""
    while store.client.indices.stats(index="*-stories*", metric="merge")["_all"]["primaries"]["merges"]["current"]:
        time.sleep(0.5)


def _seconds(store: Store, keys: tuple[str, ...]) -> float:
    began = time.perf_counter()
    store.stories_by_bands([keys])
    return time.perf_counter() - began


def _stored(id_: str, text: str, minutes: float) -> Story:
    from pipeline.records import Copies
    from pipeline.relate.copies import bands
    from tests.relate.stories import story

    return story(id_, text, minutes=minutes).model_copy(update={"copies": Copies(group=id_, bands=bands(text))})


def _texts(chance: random.Random, number: int) -> Iterator[str]:
    vocabulary = [f"mot{rank}e" for rank in range(20_000)]
    weights = [1 / (rank + 10) for rank in range(len(vocabulary))]
    rows = (Path(__file__).parents[1] / "relate" / "texts.jsonl").read_text("utf-8").splitlines()
    press = " ".join(json.loads(row)["text"] for row in rows).split()
    phrases = [" ".join(press[start : start + 10]) for start in range(0, PHRASES * 30, 30)]
    common = [1 / (rank + 10) for rank in range(PHRASES)]
    for _ in range(number):
        words = chance.choices(vocabulary, weights, k=WORDS - 30)
        for phrase in chance.choices(phrases, common, k=3):
            words.insert(chance.randrange(len(words)), phrase)
        yield " ".join(words)


def _copied(text: str, chance: random.Random) -> str:
    words = text.split()
    return " ".join("autrement" if chance.random() < 0.1 else word for word in words[: len(words) // 2])


if __name__ == "__main__":
    main()
