"""Precision, recall and F1 of the tagger on a labelled file, and the list of its errors.

Belongs here: comparing events with labels. Does not belong here: the quality floors (the tests).

Article: `relevant` against `military_supply`. Dyad: the distinct (supplier, recipient) pairs of a story. Joint: events
matched one to one where supplier, recipient and status are equal and the materiel overlaps; a null party equals only
null.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Score:
    """Hits, false alarms and misses of one measure."""

    hit: int = 0
    false: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.hit / (self.hit + self.false) if self.hit + self.false else 0.0

    @property
    def recall(self) -> float:
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 0.0

    @property
    def f1(self) -> float:
        return 2 * self.hit / (2 * self.hit + self.false + self.missed) if self.hit else 0.0

    def line(self, name: str) -> str:
        figures = f"P {self.precision:.3f}  R {self.recall:.3f}  F1 {self.f1:.3f}"
        return f"{name:<22} {figures}   ({self.hit} right, {self.false} false, {self.missed} missed)"


@dataclass
class Report:
    """All measures over one file."""

    article: Score = field(default_factory=Score)
    dyad: Score = field(default_factory=Score)
    joint: Score = field(default_factory=Score)
    by_status: dict[str, Score] = field(default_factory=dict)
    status_right: int = 0
    status_judged: int = 0
    topics: Counter[str] = field(default_factory=Counter)
    topics_tagged: Counter[str] = field(default_factory=Counter)
    hard: int = 0
    hard_tagged: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def status_share(self) -> float:
        """Share of the events on found dyads whose status is one that the labels give for the dyad."""
        return self.status_right / self.status_judged if self.status_judged else 0.0

    @property
    def hard_share(self) -> float:
        return self.hard_tagged / self.hard if self.hard else 0.0


Event = Mapping[str, Any]


def evaluate(items: Iterable[Mapping[str, Any]], answers: Iterable[Mapping[str, Any]]) -> Report:
    """Compare labelled items with the tagger's answers, in the same order.

    An item has `relevant` and `events`; an answer has `military_supply` and `events`; events have `supplier`,
    `recipient`, `materiel`, `status`.
    """
    report = Report()
    for item, answer in zip(items, answers, strict=True):
        _article(report, item, answer)
        _events(report, item, list(item["events"]), list(answer["events"]) if answer["military_supply"] else [])
    return report


def _article(report: Report, item: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    wanted, given = bool(item["relevant"]), bool(answer["military_supply"])
    if wanted and given:
        report.article.hit += 1
    elif given:
        report.article.false += 1
        report.errors.append(f"{item['id']}: tagged, but is not supply ({item.get('topic')}): {item['title']}")
    elif wanted:
        report.article.missed += 1
        report.errors.append(f"{item['id']}: not tagged: {item['title']}")
    if not wanted:
        topic = str(item.get("topic", "?"))
        report.topics[topic] += 1
        report.topics_tagged[topic] += given
        if item.get("difficulty") == "hard":
            report.hard += 1
            report.hard_tagged += given


def _pair(event: Event) -> tuple[str | None, str | None]:
    return event["supplier"], event["recipient"]


def shown(event: Event) -> str:
    """One event on one line."""
    return f"{event['supplier'] or '?'}→{event['recipient'] or '?'} {event['status']} {'+'.join(event['materiel'])}"


def _events(report: Report, item: Mapping[str, Any], gold: list[Event], found: list[Event]) -> None:
    wanted, given = {_pair(e) for e in gold}, {_pair(e) for e in found}
    report.dyad.hit += len(wanted & given)
    report.dyad.false += len(given - wanted)
    report.dyad.missed += len(wanted - given)
    left = list(found)
    missed: list[Event] = []
    for event in gold:
        match = next(
            (
                f
                for f in left
                if _pair(f) == _pair(event)
                and f["status"] == event["status"]
                and set(f["materiel"]) & set(event["materiel"])
            ),
            None,
        )
        score = report.by_status.setdefault(event["status"], Score())
        if match is None:
            missed.append(event)
            score.missed += 1
            continue
        left.remove(match)
        score.hit += 1
    report.joint.hit += len(gold) - len(missed)
    report.joint.missed += len(missed)
    report.joint.false += len(left)
    for event in left:
        report.by_status.setdefault(event["status"], Score()).false += 1
    # A dyad's status is right when the statuses found for it hold one that the labels give for it.
    for pair in wanted & given:
        stated = {e["status"] for e in gold if _pair(e) == pair}
        for event in found:
            if _pair(event) == pair:
                report.status_judged += 1
                report.status_right += event["status"] in stated
    for event in missed:
        report.errors.append(f"{item['id']}: missed {shown(event)}")
    for event in left:
        report.errors.append(f"{item['id']}: false  {shown(event)}")


def lines(report: Report, errors: bool = True) -> list[str]:
    """The report as printed."""
    made = [
        report.article.line("article"),
        report.dyad.line("dyad"),
        report.joint.line("joint"),
        f"{'status on found dyads':<22} {report.status_share:.3f}   ({report.status_right} of {report.status_judged})",
        f"{'hard negatives tagged':<22} {report.hard_share:.3f}   ({report.hard_tagged} of {report.hard})",
    ]
    made += [score.line(f"  {status}") for status, score in sorted(report.by_status.items())]
    made += [
        f"  negatives, {topic}: {report.topics_tagged[topic]} of {count} tagged"
        for topic, count in sorted(report.topics.items())
    ]
    if errors:
        made += ["", *report.errors]
    return made


def figures(report: Report) -> dict[str, Any]:
    """The report as plain numbers."""

    def of(score: Score) -> dict[str, float]:
        return {"precision": round(score.precision, 4), "recall": round(score.recall, 4), "f1": round(score.f1, 4)}

    return {
        "article": of(report.article),
        "dyad": of(report.dyad),
        "joint": of(report.joint),
        "status_share": round(report.status_share, 4),
        "hard_negatives_tagged": round(report.hard_share, 4),
        "status": {status: of(score) for status, score in sorted(report.by_status.items())},
        "negatives": {topic: [report.topics_tagged[topic], count] for topic, count in sorted(report.topics.items())},
        "errors": report.errors,
    }
