"""Which alerts a story gives rise to: a table of what was known, what comes, and what is told."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from pipeline.alerts import Known, derive, load_rules
from pipeline.errors import InputInvalid
from pipeline.records import Copies, Story
from tests.kibana.samples import NOW, event, story

RULES = load_rules()


def ago(**delta: float) -> datetime:
    return NOW - timedelta(**delta)


def knowing(*stories: Story) -> Known:
    known = Known()
    for one in stories:
        known.learn(one)
    return known


DELIVERED = story("old", "rfi", event("KP", "RU", "delivered", "ammunition", quantity=(1000, "obus")), at=ago(days=5))
PLEDGED = story("old", "rfi", event("KP", "RU", "pledged", "drones"), at=ago(days=20))

CASES = {
    "a pair that nobody reported before": (
        [],
        story("new", "journal", event("KP", "RU", "delivered", "ammunition")),
        [("new-dyad", "delivered", None, "Nouvelle dyade, Corée du Nord → Russie : munitions, livré.")],
    ),
    "a new pair is told once, by what was done rather than what was promised": (
        [],
        story("new", "journal", event("KP", "RU", "pledged", "drones"), event("KP", "RU", "delivered", "ammunition")),
        [("new-dyad", "delivered", None, "Nouvelle dyade, Corée du Nord → Russie : munitions, livré.")],
    ),
    "the same again is no news": (
        [DELIVERED],
        story("new", "journal", event("KP", "RU", "delivered", "ammunition")),
        [],
    ),
    "a pledge that becomes a delivery": (
        [PLEDGED],
        story("new", "journal", event("KP", "RU", "delivered", "drones", alleged=True)),
        [("status-change", "delivered", "pledged", "Corée du Nord → Russie : drones, promis, puis livré (ouï-dire).")],
    ),
    "a delivery that was reported lately does not become news by a pledge between": (
        [DELIVERED, PLEDGED],
        story("new", "journal", event("KP", "RU", "delivered", "drones")),
        [],
    ),
    "a delivery long ago, a pledge since, a delivery now": (
        [
            story("old", "rfi", event("KP", "RU", "delivered", "drones"), at=ago(days=90)),
            PLEDGED,
        ],
        story("new", "journal", event("KP", "RU", "delivered", "drones")),
        [("status-change", "delivered", "pledged", "Corée du Nord → Russie : drones, promis, puis livré.")],
    ),
    "what was delivered and is now asked for is no change that matters": (
        [DELIVERED],
        story("new", "journal", event("KP", "RU", "requested", "ammunition")),
        [],
    ),
    "a denial": (
        [DELIVERED],
        story("new", "journal", event("KP", "RU", "denied", "ammunition")),
        [("denial", "denied", "delivered", "Corée du Nord → Russie : munitions, livré, puis démenti.")],
    ),
    "a denial of a pair nobody claimed": (
        [],
        story("new", "journal", event("KP", "RU", "denied", "ammunition")),
        [("denial", "denied", None, "Corée du Nord → Russie : munitions, démenti.")],
    ),
    "a larger amount": (
        [DELIVERED],
        story("new", "journal", event("KP", "RU", "delivered", "ammunition", quantity=(3000, "obus"))),
        [
            (
                "new-amount",
                "delivered",
                None,
                "Corée du Nord → Russie : munitions, livré : 3\u202f000 obus, contre 1\u202f000 obus jusqu'ici.",
            )
        ],
    ),
    "nearly the same amount": (
        [DELIVERED],
        story("new", "journal", event("KP", "RU", "delivered", "ammunition", quantity=(1050, "obus"))),
        [],
    ),
    "amounts of other materiel are not compared": (
        [DELIVERED],
        story("new", "journal", event("KP", "RU", "delivered", "missiles", quantity=(40, "missiles"))),
        [
            (
                "new-amount",
                "delivered",
                None,
                "Corée du Nord → Russie : missiles, livré : 40 missiles, premier montant connu.",
            )
        ],
    ),
    "money": (
        [story("old", "rfi", event("US", "UA", "pledged", "weapons", value=(2e9, "EUR")), at=ago(days=3))],
        story("new", "journal", event("US", "UA", "pledged", "weapons", value=(3.5e9, "EUR"))),
        [
            (
                "new-amount",
                "pledged",
                None,
                "États-Unis → Ukraine : armes, promis : 3,5\u00a0milliards €, contre 2\u00a0milliards € jusqu'ici.",
            )
        ],
    ),
    "an unknown supplier": ([], story("new", "journal", event(None, "RU", "delivered", "ammunition")), []),
    "an article older than the rules look back": (
        [],
        story("new", "journal", event("KP", "RU", "delivered", "ammunition"), at=ago(days=15)),
        [],
    ),
    "the seed article": ([], story("new", "rfi", event("KP", "RU", "delivered", "ammunition"), kind="seed"), []),
    "an article without events": ([], story("new", "rfi"), []),
}


@pytest.mark.parametrize("name", CASES)
def test_what_is_told(name: str) -> None:
    before, after, expected = CASES[name]
    alerts = derive(None, after, knowing(*before), RULES, NOW)
    assert [(a.rule, a.status, a.previous_status, a.reason) for a in alerts] == expected


def test_a_revision_tells_only_what_it_adds() -> None:
    before = story("s", "rfi", event("KP", "RU", "pledged", "drones"), at=ago(hours=5))
    after = story(
        "s", "rfi", event("KP", "RU", "pledged", "drones"), event("KP", "RU", "denied", "drones"), at=ago(hours=5)
    )
    assert derive(before, before, Known(), RULES, NOW) == []
    assert [a.status for a in derive(before, after, Known(), RULES, NOW)] == ["denied"]


def test_nothing_is_told_twice_within_the_cooldown() -> None:
    coming = story("new", "journal", event("KP", "RU", "denied", "ammunition"))
    known = Known()
    (alert,) = derive(None, coming, known, RULES, NOW)
    known.told(alert)
    assert derive(None, coming, known, RULES, NOW) == []
    assert derive(None, coming, known, RULES, NOW + timedelta(days=8)), "a week later it may be told again"


def test_a_replay_gives_the_same_id_and_another_week_another() -> None:
    coming = story("new", "journal", event("KP", "RU", "denied", "ammunition"))
    later = story("other", "soir", event("KP", "RU", "denied", "ammunition"), at=NOW + timedelta(days=9))
    (first,) = derive(None, coming, Known(), RULES, NOW)
    (again,) = derive(None, coming, Known(), RULES, NOW + timedelta(days=3))
    (new,) = derive(None, later, Known(), RULES, NOW + timedelta(days=10))
    assert first.id == again.id != new.id


def test_an_alert_carries_evidence_and_counts_press_groups_not_copies() -> None:
    pledge = event("KP", "RU", "pledged", "drones")
    known = knowing(
        story("a", "rfi", pledge, at=ago(days=40)),
        story("b", "rfi", event("KP", "RU", "delivered", "drones"), at=ago(days=39)),
        story("c", "soir", event("KP", "RU", "delivered", "drones"), at=ago(days=39)),
        story(
            "d", "levant", event("KP", "RU", "delivered", "drones"), at=ago(days=39), copies=Copies(group="x", of="x")
        ),
        story("e", "levant", pledge, at=ago(days=38)),
    )
    coming = story("new", "journal", event("KP", "RU", "delivered", "drones", sentence="Pyongyang a livré des drones."))
    (alert,) = derive(None, coming, known, RULES, NOW)
    assert alert.evidence == "Pyongyang a livré des drones."
    assert alert.independent_sources == 3, "rfi, soir and the journal; the copy is none"
    assert (alert.story_id, alert.story_url, alert.publisher) == (coming.id, coming.url, "Le Journal")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rules: [{id: a, when: full-moon}]", "when"),
        ("rules: [{id: a, when: status, cooldown_days: 0}]", "cooldown_days"),
        ("rules: [{id: a, when: status, colour: red}]", "colour"),
        ("rules: [{id: a, when: status}, {id: a, when: status}]", "same id"),
        ("- nothing", "not a file of alert rules"),
        ("rules: [", "not a file of alert rules"),
    ],
)
def test_a_wrong_rule_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputInvalid, match=says):
        load_rules(path)
