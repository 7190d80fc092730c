"""The search of a person: filters, ranking, highlights.

Ranking, documented in docs/search.md:

    score = text match × (1 + 0.5 · recency + 0.5 · seed similarity)

where recency falls from 1 today to a half at 60 days. With nothing typed, the newest come first; with `near_seed`, the
nearest to the seed.

Belongs here: requests and results. Does not belong here: what the typed text means (`query`), how a result is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from pipeline.index import query as queries
from pipeline.index.documents import Documents
from pipeline.records import Materiel, Status, Story

RECENCY = {"origin": "now", "offset": "2d", "scale": "60d", "decay": 0.5}
RECENCY_WEIGHT = 0.5
SEED_WEIGHT = 0.5

FRAGMENT = 180
"""Characters of a highlighted piece of text."""

HIGHLIGHTED = ("title", "summary", "text")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What is looked for. Supplier, recipient, materiel and status have to hold for one and the same supply event."""

    query: str = ""
    supplier: str | None = None
    recipient: str | None = None
    materiel: Materiel | None = None
    status: Status | None = None
    since: datetime | None = None
    until: datetime | None = None
    """Exclusive. Both bound the publication, or the first sight where the publication is not known."""
    near_seed: bool = False
    kind: Literal["article", "seed"] | None = None
    supply_only: bool = False
    size: int = 10
    start: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    story: Story
    score: float | None
    """None when the order is not by score."""
    highlights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Pieces of `title`, `summary` and `text`, with what matched between <em> and </em>."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    hits: tuple[Hit, ...]
    total: int


def search(stories: Documents[Story], request: SearchRequest) -> SearchResult:
    """Run a request.

    Raises:
        EngineUnavailable, EngineRefused
    """
    answer = stories.search(**body(request))
    hits = tuple(_hit(hit) for hit in answer["hits"]["hits"])
    return SearchResult(hits, int(answer["hits"]["total"]["value"]))


def body(request: SearchRequest) -> dict[str, Any]:
    """The request as the engine takes it."""
    asked = queries.query(request.query)
    matched = {"bool": {"must": [asked], "filter": _filters(request)}}
    built: dict[str, Any] = {
        "query": matched,
        "size": request.size,
        "from_": request.start,
        "track_total_hits": True,
        "highlight": _highlight(asked),
    }
    if request.near_seed:
        order = [{"seed.similarity": "desc"}, {"clocks.published_at": "desc"}, {"id": "asc"}]
        return built | {"sort": order}
    if "match_all" in asked:
        return built | {"sort": [{"clocks.published_at": "desc"}, {"id": "asc"}]}
    functions = [
        {"weight": 1},
        {"gauss": {"clocks.published_at": RECENCY}, "weight": RECENCY_WEIGHT},
        {"field_value_factor": {"field": "seed.similarity", "missing": 0}, "weight": SEED_WEIGHT},
    ]
    ranked = {"query": matched, "functions": functions, "score_mode": "sum", "boost_mode": "multiply"}
    return built | {"query": {"function_score": ranked}}


def _filters(request: SearchRequest) -> list[dict[str, Any]]:
    filters: list[dict[str, Any]] = []
    named = {name: getattr(request, name) for name in ("supplier", "recipient", "materiel", "status")}
    same_event = [{"term": {f"supply_events.{name}": value}} for name, value in named.items() if value]
    if same_event:
        filters.append({"nested": {"path": "supply_events", "query": {"bool": {"filter": same_event}}}})
    if request.since or request.until:
        filters.append(_between(request.since, request.until))
    if request.supply_only:
        filters.append({"term": {"military_supply": True}})
    # The seed is what the others are near to, not one of its neighbours.
    if kind := request.kind or ("article" if request.near_seed else None):
        filters.append({"term": {"kind": kind}})
    return filters


def _between(since: datetime | None, until: datetime | None) -> dict[str, Any]:
    bounds: dict[str, str] = {}
    if since:
        bounds["gte"] = since.isoformat()
    if until:
        bounds["lt"] = until.isoformat()
    undated = {
        "bool": {
            "filter": [{"range": {"clocks.first_seen_at": bounds}}],
            "must_not": [{"exists": {"field": "clocks.published_at"}}],
        }
    }
    published = {"range": {"clocks.published_at": bounds}}
    return {"bool": {"should": [published, undated], "minimum_should_match": 1}}


def _highlight(asked: dict[str, Any]) -> dict[str, Any]:
    pieces = {"fragment_size": FRAGMENT, "number_of_fragments": 2}
    whole = {"number_of_fragments": 0}
    fields = {f"{name}{part}": whole if name == "title" else pieces for name in HIGHLIGHTED for part in ("", ".exact")}
    # The bare query by name: the embedded engine does not look for it inside the ranking.
    return {"highlight_query": asked, "fields": fields, "pre_tags": ["<em>"], "post_tags": ["</em>"], "order": "score"}


def _hit(hit: Mapping[str, Any]) -> Hit:
    found: dict[str, tuple[str, ...]] = {}
    pieces = hit.get("highlight", {})
    for name in HIGHLIGHTED:
        # A phrase matches the exact field alone, a word both: the one where more of the text matched says more.
        most = max((pieces.get(name, ()), pieces.get(f"{name}.exact", ())), key=lambda p: "".join(p).count("<em>"))
        if most:
            found[name] = tuple(most)
    return Hit(Story.model_validate(hit["_source"]), hit.get("_score"), found)
