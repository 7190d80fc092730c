"""Every panel and every query of the dashboards, run on a real Elasticsearch over a corpus counted by hand.

They are in KQL and use percentiles, which the embedded engine has not: there these tests are skipped.
"""

from __future__ import annotations

from typing import Any

import pytest
from elasticsearch import ApiError

from pipeline.index import Store
from tests.kibana import lens, samples
from tests.kibana.objects import all_panels, queries, searches

pytestmark = pytest.mark.engine

D18, D19, D20, D21 = (f"2026-11-{day}T00:00:00.000Z" for day in (18, 19, 20, 21))
NINE = {18: "2026-11-18T09:00:00.000Z", 19: "2026-11-19T09:00:00.000Z", 20: "2026-11-20T09:00:00.000Z"}
LAST = "2026-11-21T09:00:00.000Z"

EXPECTED: dict[str, list[tuple[Any, ...]]] = {
    # seven stories: not the copy (s6), not the one without events (s7), not the seed
    "supply-stories": [(7,)],
    "supply-dyads": [(5,)],
    "supply-delivered": [(3,)],
    "supply-families": [(5,)],
    "supply-over-time": [
        (D18, "delivered", 1),
        (D19, "negotiated", 1), (D19, "pledged", 1),
        (D20, "delivered", 2),
        (D21, "denied", 1), (D21, "halted", 1), (D21, "pledged", 1),
    ],
    "supply-materiel": [
        ("air-defence", 1), ("aircraft", 1), ("ammunition", 3), ("artillery", 1), ("drones", 1), ("missiles", 1),
        ("weapons", 1),
    ],
    # s4 has FR→UA and US→UA; nobody reported that IR supplies UA, and the matrix does not either
    "supply-matrix": [("FR", "UA", 1), ("IR", "RU", 1), ("KP", "RU", 3), ("US", "UA", 2)],
    "supply-top-dyads": [
        ("?→m23", 1, 1, None, NINE[18]), ("FR→UA", 1, 1, None, LAST), ("IR→RU", 1, 1, None, NINE[19]),
        ("KP→RU", 3, 3, 2.0, LAST), ("US→UA", 2, 2, None, LAST),
    ],
    "supply-independent": [("?→m23", 1), ("FR→UA", 1), ("IR→RU", 1), ("KP→RU", 3), ("US→UA", 2)],
    "supply-dyad-status": [
        ("?→m23 delivered", 1, NINE[18], NINE[18]), ("FR→UA pledged", 1, LAST, LAST),
        ("IR→RU negotiated", 1, NINE[19], NINE[19]), ("KP→RU delivered", 2, NINE[20], NINE[20]),
        ("KP→RU denied", 1, LAST, LAST), ("US→UA halted", 1, LAST, LAST), ("US→UA pledged", 1, NINE[19], NINE[19]),
    ],
    # near the seed the copies are shown too
    "seed-same-dyad": [(4,)],
    "seed-close": [(4,)],
    "seed-best": [(pytest.approx(0.8),)],
    "seed-over-time": [
        (D19, "0,3 à 0,5", 1), (D20, "0,5 à 0,7", 1), (D20, "0,7 et plus", 2), (D21, "0,5 à 0,7", 1),
    ],
    "seed-related": [("same-dyad", 4), ("same-materiel", 1)],
    "health-feeds-alive": [(2,)],
    "health-feeds-dark": [(2,)],
    "health-pending": [(1,)],
    "health-dead": [(1,)],
    "health-feeds-by-state": [("failing", 1), ("gone", 1), ("healthy", 2)],
    "health-feeds-by-country": [("BE", "gone", 1), ("CD", "failing", 1), ("FR", "healthy", 2)],
    "health-entries-over-time": [
        (D20, "dead", 1), (D20, "indexed", 1), (D21, "failed", 1), (D21, "indexed", 1), (D21, "skipped", 1),
    ],
    "health-outcomes": [
        ("dead", "__missing__", 1), ("failed", "__missing__", 1), ("indexed", "__missing__", 2),
        ("skipped", "too-short", 1),
    ],
    "health-freshness": [
        ("France 24", 1, 60.0, 60.0, 30.0, 30.0, 90.0, 90.0),
        # s2 600 s, s4 1800 s, s7 60 s
        ("Le Journal", 3, 600.0, pytest.approx(1680.0), 30.0, 30.0, 630.0, pytest.approx(1710.0)),
        ("Le Levant", 1, 60.0, 60.0, 30.0, 30.0, 90.0, 90.0),
        ("Le Soir d'ici", 1, 60.0, 60.0, 30.0, 30.0, 90.0, 90.0),
        # s1 60 s, s5 300 s
        ("RFI", 2, pytest.approx(180.0), pytest.approx(288.0), 30.0, 30.0, pytest.approx(210.0), pytest.approx(318.0)),
        ("Sahel Info", 1, 60.0, 60.0, 30.0, 30.0, 90.0, 90.0),
    ],
    "health-freshness-over-time": [
        (D18, 90.0, 90.0),
        (D19, pytest.approx(210.0), pytest.approx(318.0)),
        (D20, 90.0, pytest.approx(576.0)),
        (D21, 90.0, pytest.approx(1656.0)),
    ],
}  # fmt: skip


@pytest.fixture
def corpus(store: Store) -> Store:
    try:
        store.client.search(index=f"{store.prefix}-stories", query={"kql": {"query": "kind : article"}}, size=0)
    except ApiError as error:
        pytest.skip(f"this engine has no KQL: {error.error}")
    samples.fill(store)
    return store


def _index(store: Store, view: str) -> str:
    return view.replace("veille", store.prefix, 1)


def test_every_panel_counts_what_the_corpus_holds(corpus: Store) -> None:
    found = {}
    for panel in all_panels():
        answer = corpus.client.search(index=_index(corpus, panel.view), **lens.body(panel)).body
        found[panel.id] = sorted(lens.rows(panel, answer), key=lambda row: [str(value) for value in row])
    assert found == EXPECTED


def test_every_saved_search_finds_its_documents_in_its_order(corpus: Store) -> None:
    expected = {
        "veille-latest-events": ["s3", "s4", "s1", "s2", "s5", "s9", "s10"],
        "veille-near-seed": ["s1", "s6", "s2", "s3", "s5", "s4", "s9"],
        "veille-latest-alerts": ["a2", "a1"],
        "veille-dark-feeds": ["okapi", "ancien"],
        "veille-dead-letters": ["e4", "e5"],
    }
    found = {}
    for name, view, query, _, order in searches():
        hits = corpus.client.search(
            index=_index(corpus, view),
            query={"kql": {"query": query}} if query else {"match_all": {}},
            sort=[*({field: _direction(name)} for field in order), {"id": "asc"}],
        )["hits"]["hits"]
        found[name] = [_name(hit["_source"]) for hit in hits]
    assert {name: set(ids) for name, ids in found.items()} == {name: set(ids) for name, ids in expected.items()}
    # Among equals the id decides, which is a digest; what is not equal must stand in order.
    assert found["veille-latest-alerts"] == expected["veille-latest-alerts"]
    assert found["veille-dark-feeds"] == expected["veille-dark-feeds"]
    assert found["veille-near-seed"][2:] == expected["veille-near-seed"][2:]
    assert found["veille-latest-events"][-1] == "s10"


def test_every_query_is_kql_that_the_engine_understands(corpus: Store) -> None:
    for view, query in sorted(queries()):
        answer = corpus.client.search(index=_index(corpus, view), query={"kql": {"query": query}}, size=0)
        assert answer["hits"]["total"]["value"] > 0, query


def test_the_queries_of_the_documentation_find_something(corpus: Store) -> None:
    """docs/kibana.md promises these to readers."""
    from tests.kibana.objects import SCHEMAS, fields, kql_fields

    text = (SCHEMAS.parent / "docs" / "kibana.md").read_text(encoding="utf-8")
    examples = [block.strip() for block in text.split("```kql\n")[1:]]
    assert len(examples) >= 3
    for example in examples:
        query = example.split("\n```")[0]
        assert kql_fields(query) <= set(fields("veille-stories")), query
        answer = corpus.client.search(index=f"{corpus.prefix}-stories", query={"kql": {"query": query}}, size=0)
        assert answer["hits"]["total"]["value"] > 0, query


def _direction(search: str) -> str:
    return "asc" if search == "veille-dark-feeds" else "desc"


def _name(source: dict[str, Any]) -> str:
    return str(source["url"]).rsplit("/", 1)[-1] if "canonical_url" in source else str(source["id"])
