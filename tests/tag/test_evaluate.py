"""Measuring: what counts as right, false and missed."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.tag.evaluate import evaluate, figures, lines


def event(supplier: str | None, recipient: str | None, status: str = "delivered", *materiel: str) -> dict[str, Any]:
    return {"supplier": supplier, "recipient": recipient, "status": status, "materiel": list(materiel or ("drones",))}


def item(*events: dict[str, Any], name: str = "x", **more: Any) -> dict[str, Any]:
    return {"id": name, "title": "t", "text": "", "relevant": bool(events), "events": list(events), **more}


def answer(*events: dict[str, Any]) -> dict[str, Any]:
    return {"military_supply": bool(events), "events": list(events)}


@pytest.mark.parametrize(
    ("gold", "found", "dyad", "joint"),
    [
        ([event("KP", "RU")], [event("KP", "RU")], (1, 0, 0), (1, 0, 0)),
        ([event("KP", "RU")], [event("KP", "RU", "pledged")], (1, 0, 0), (0, 1, 1)),
        ([event("KP", "RU")], [event("RU", "KP")], (0, 1, 1), (0, 1, 1)),
        ([event("KP", None)], [event("KP", None)], (1, 0, 0), (1, 0, 0)),
        ([event("KP", None)], [event("KP", "RU")], (0, 1, 1), (0, 1, 1)),
        (
            [event("KP", "RU", "delivered", "drones", "missiles")],
            [event("KP", "RU", "delivered", "missiles")],
            (1, 0, 0),
            (1, 0, 0),
        ),
        ([event("KP", "RU")], [event("KP", "RU"), event("KP", "RU")], (1, 0, 0), (1, 1, 0)),
        ([event("KP", "RU"), event("KP", "RU")], [event("KP", "RU")], (1, 0, 0), (1, 0, 1)),
        ([event("KP", "RU")], [], (0, 0, 1), (0, 0, 1)),
    ],
)
def test_events_are_matched_one_to_one(
    gold: list[dict[str, Any]],
    found: list[dict[str, Any]],
    dyad: tuple[int, int, int],
    joint: tuple[int, int, int],
) -> None:
    report = evaluate([item(*gold)], [answer(*found)])
    assert (report.dyad.hit, report.dyad.false, report.dyad.missed) == dyad
    assert (report.joint.hit, report.joint.false, report.joint.missed) == joint


def test_events_of_a_story_that_is_not_tagged_do_not_count() -> None:
    untagged = {"military_supply": False, "events": [event("KP", "RU")]}
    report = evaluate([item(event("KP", "RU"))], [untagged])
    assert (report.article.missed, report.joint.hit) == (1, 0)


def test_negatives_are_counted_by_topic_and_the_hard_ones_apart() -> None:
    items = [
        item(topic="sport", difficulty="hard"),
        item(topic="sport", difficulty="easy"),
        item(topic="energy", difficulty="hard"),
    ]
    report = evaluate(items, [answer(event("FR", "UA")), answer(), answer()])
    assert report.hard_share == 0.5
    shown = figures(report)
    assert shown["negatives"] == {"energy": [0, 1], "sport": [1, 2]}
    assert any("sport" in line and "tagged, but is not supply" in line for line in lines(report))
