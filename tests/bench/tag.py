"""The tagger's figures: cost of the gate, of the whole beside trafilatura, of a long story; quality on both halves.

Run as `python -m tests.bench.tag`; `main` prints `name: value unit (target)` lines.
"""

from __future__ import annotations

import json
import resource
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parents[1] / "tag" / "dev.jsonl"
ASIDE = CORPUS.parent / "labelled" / "aside.jsonl"
PAGES = Path(__file__).parents[3] / "shared" / "pages"
CANDIDATES = 0.05
"""Share of a news-like mix that passes the gate."""
PAGE = 120_000
"""Bytes of the made page, where no real ones are at hand: about the median of real news pages."""


def main() -> None:
    from pipeline.tag import Tagger, evaluate, lexicon
    from pipeline.tag.gate import mentions, passes

    tagger = Tagger.load()
    words = lexicon.load()
    items = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]

    def gate(item: dict[str, Any]) -> bool:
        return passes([*mentions(item["title"], words), *mentions(item["text"], words)])

    every = [_milliseconds(lambda i=i: gate(i)) for i in items]
    print(f"gate, mean per story: {statistics.mean(every):.3f} ms (at most 1)")
    print(f"gate, slowest story: {max(every):.3f} ms")
    relevant = [i for i in items if i["relevant"]]
    print(f"gate, recall: {sum(map(gate, relevant)) / len(relevant):.3f} (at least 0.99)")

    candidates = [i for i in items if gate(i)]
    stories = [_milliseconds(lambda i=i: tagger.tag(i["title"], i["text"])) for i in candidates]
    tagging = statistics.mean(stories)
    long = _long(candidates)
    print(f"candidate story, mean: {tagging:.1f} ms")
    slow = _milliseconds(lambda: tagger.tag(*long))
    print(f"long candidate story ({len(long[1].split())} words): {slow:.0f} ms (at most 250)")
    extraction = _trafilatura()
    share = (statistics.mean(every) + CANDIDATES * tagging) / extraction
    print(f"trafilatura, mean per page: {extraction:.1f} ms")
    print(f"tagger's share of trafilatura's time at {CANDIDATES:.0%} candidates: {share:.1%} (at most 15%)")
    print(f"memory of the process: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB (under 600)")

    aside = [json.loads(line) for line in ASIDE.read_text("utf-8").splitlines()]
    answers = [t.model_dump() for t in tagger.tag_many((i["title"], i["text"]) for i in [*items, *aside])]
    sets = [
        ("dev", items, answers[: len(items)]),
        ("dev, odd lines", items[::2], answers[: len(items) : 2]),
        ("dev, even lines", items[1::2], answers[1 : len(items) : 2]),
        ("aside", aside, answers[len(items) :]),
    ]
    for name, stories_, told in sets:
        report = evaluate.evaluate(stories_, told)
        print(f"{name}, article F1: {report.article.f1:.3f} (at least 0.95)")
        print(f"{name}, hard negatives tagged: {report.hard_share:.1%} (at most 5%)")
        print(f"{name}, dyad F1: {report.dyad.f1:.3f} (at least 0.80)")
        print(f"{name}, joint F1: {report.joint.f1:.3f} (at least 0.65)")
        print(f"{name}, joint precision: {report.joint.precision:.3f} (at least 0.75)")
        print(f"{name}, status right on found dyads: {report.status_share:.3f} (at least 0.85)")
    _curve(items, answers[: len(items)])


def _milliseconds(work: Callable[[], object], times: int = 3) -> float:
    """The best of a few runs: what the work costs, not what else the machine does."""
    best = float("inf")
    for _ in range(times):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best * 1000


def _curve(items: Sequence[Mapping[str, Any]], answers: Sequence[Mapping[str, Any]]) -> None:
    """Precision and recall of the decision at several thresholds."""
    wanted = [bool(item["relevant"]) for item in items]
    hard = [item.get("difficulty") == "hard" for item in items]
    for threshold in (0.3, 0.4, 0.5, 0.55, 0.6, 0.7, 0.8):
        told = [answer["score"] >= threshold for answer in answers]
        hit = sum(one and other for one, other in zip(told, wanted, strict=True))
        false = sum(one and other for one, other in zip(told, hard, strict=True))
        print(
            f"dev, score {threshold}: precision {hit / max(1, sum(told)):.3f}, recall {hit / max(1, sum(wanted)):.3f},"
            f" hard negatives tagged {false} of {sum(hard)}"
        )


def _long(candidates: list[dict[str, Any]]) -> tuple[str, str]:
    """A candidate story of about 1,200 words, made of several."""
    text = ""
    for item in candidates:
        text += item["text"] + "\n\n"
        if len(text.split()) >= 1200:
            break
    return candidates[0]["title"], text


def _trafilatura() -> float:
    """Mean milliseconds of trafilatura for a page: the real ones where they are, else made ones of a usual size."""
    import trafilatura

    pages = [path.read_bytes() for path in sorted(PAGES.glob("*.html"))] if PAGES.is_dir() else []
    if not pages:
        paragraph = "<p>Une phrase de presse, avec <a href='/x'>un lien</a>, et assez de mots pour être gardée.</p>"
        pages = [f"<html><body><article>{paragraph * (PAGE // len(paragraph))}</article></body></html>".encode()] * 5
    return statistics.mean(_milliseconds(lambda p=p: trafilatura.extract(p), times=2) for p in pages)


if __name__ == "__main__":
    main()
