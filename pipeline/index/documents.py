"""Records of one kind as documents: bulk writes with an answer per document, optimistic concurrency, reading.

Belongs here: what is the same for every kind. Does not belong here: queries that mean something (`store`, `entries`,
`search`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Generic, NamedTuple, TypeVar

from elasticsearch import Elasticsearch

from pipeline.errors import EngineRefused, EngineUnavailable
from pipeline.index.connection import named_errors
from pipeline.records import Record

R = TypeVar("R", bound=Record)

BULK_BYTES = 5_000_000
BULK_ITEMS = 500
"""A bulk request is sent when it reaches either: large enough that its overhead vanishes, small enough for memory."""
REJECTED_ATTEMPTS = 5
"""How often a document that the engine has no room for (429) is sent."""
PAGE = 500
"""Documents read at a time."""


class Version(NamedTuple):
    """Which write of a document was read: a write that names it fails when another came first."""

    seq_no: int
    primary_term: int


@dataclass(slots=True)
class BulkReport:
    """What became of each document of a bulk write."""

    ok: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    """Error by id: the engine refused the document."""
    conflicts: set[str] = field(default_factory=set)
    """Ids that somebody else created or wrote first."""
    versions: dict[str, Version] = field(default_factory=dict)
    """Versions of what was written, for `replace` only."""


class _Operation(NamedTuple):
    id: str
    header: str
    body: str


class Documents(Generic[R]):
    """The documents of one kind, behind its alias. Safe to use from several threads."""

    def __init__(self, client: Elasticsearch, url: str, alias: str, model: type[R]) -> None:
        self._client = client
        self._url = url
        self.alias = alias
        self._model = model

    # --- writing

    def put(self, records: Iterable[R]) -> BulkReport:
        """Write these, over what stands under their ids."""
        return self._bulk(self._operation("index", record) for record in records)

    def create(self, records: Iterable[R]) -> BulkReport:
        """Write those whose id is free; the others are conflicts."""
        return self._bulk(self._operation("create", record) for record in records)

    def replace(self, versioned: Iterable[tuple[R, Version]]) -> BulkReport:
        """Write each over the very version that was read; where that is no longer the last one, it is a conflict."""
        return self._bulk((self._operation("index", record, version) for record, version in versioned), versions=True)

    def remove(self, query: Mapping[str, Any]) -> int:
        """Delete what matches; how many. By scan and bulk: deleting by query is not to be had on every engine."""
        self.refresh()
        headers: Iterator[Any] = (
            json.dumps({"delete": {"_index": self.alias, "_id": record.id, **_condition(version)}})  # type: ignore[attr-defined]
            for record, version in self.scan(query)
        )
        removed = 0
        while lines := list(islice(headers, BULK_ITEMS)):
            with named_errors(self._url):
                items = self._client.bulk(operations=lines, filter_path="items.*.status")["items"]
            removed += sum(item["delete"]["status"] == 200 for item in items)
        self.refresh()
        return removed

    def _operation(self, action: str, record: R, version: Version | None = None) -> _Operation:
        id_: str = record.id  # type: ignore[attr-defined]
        header = {"_index": self.alias, "_id": id_} | (_condition(version) if version else {})
        return _Operation(id_, json.dumps({action: header}), record.model_dump_json())

    def _bulk(self, operations: Iterator[_Operation], *, versions: bool = False) -> BulkReport:
        report = BulkReport()
        wanted = "items.*.status,items.*.error"
        if versions:
            wanted += ",items.*._seq_no,items.*._primary_term"
        for batch in _batches(operations):
            waiting = batch
            for attempt in range(REJECTED_ATTEMPTS):
                if attempt:
                    time.sleep(0.2 * 2**attempt)
                waiting = self._send(waiting, report, wanted)
                if not waiting:
                    break
            report.failed.update((operation.id, "the engine has no room (429)") for operation in waiting)
        return report

    def _send(self, batch: list[_Operation], report: BulkReport, wanted: str) -> list[_Operation]:
        """Send one request; the operations the engine asks to send again."""
        lines: list[Any] = list(chain.from_iterable((operation.header, operation.body) for operation in batch))
        with named_errors(self._url):
            # require_alias: a write before bootstrap must not make an index of that name with guessed mappings.
            # The alias stands in each header: with the alias in the path, the embedded engine finds it is no alias.
            answer = self._client.bulk(
                operations=lines,
                require_alias=True,
                filter_path=wanted,
            )
        again = []
        for operation, item in zip(batch, answer["items"], strict=True):
            outcome: Mapping[str, Any] = next(iter(item.values()))
            status = outcome["status"]
            if status < 300:
                report.ok += 1
                if "_seq_no" in outcome:
                    report.versions[operation.id] = Version(outcome["_seq_no"], outcome["_primary_term"])
            elif status == 409:
                report.conflicts.add(operation.id)
            elif status == 429:
                again.append(operation)
            elif status == 404 and outcome["error"]["type"] == "index_not_found_exception":
                raise EngineRefused(f"the alias {self.alias} is not there: bootstrap first", url=self._url)
            elif status == 403 and outcome["error"]["type"] == "cluster_block_exception":
                raise EngineUnavailable(f"{self.alias} takes no writes now: it is being moved or full", url=self._url)
            elif status >= 500:
                raise EngineUnavailable(_cause(outcome["error"]), url=self._url)
            else:
                report.failed[operation.id] = _cause(outcome["error"])
        return again

    # --- reading

    def versioned(self, ids: Sequence[str]) -> dict[str, tuple[R, Version]]:
        """Those of these ids that exist, as last written (no refresh needed), with their versions."""
        found: dict[str, tuple[R, Version]] = {}
        for start in range(0, len(ids), PAGE):
            with named_errors(self._url):
                answer = self._client.mget(index=self.alias, ids=list(ids[start : start + PAGE]))
            for hit in answer["docs"]:
                if hit.get("found"):
                    found[hit["_id"]] = self._read(hit)
                elif "error" in hit:
                    raise EngineRefused(_cause(hit["error"]), url=self._url)
        return found

    def get(self, ids: Sequence[str]) -> dict[str, R]:
        """Those of these ids that exist."""
        return {id_: record for id_, (record, _) in self.versioned(ids).items()}

    def find(
        self, query: Mapping[str, Any], *, sort: Sequence[Mapping[str, Any]], size: int, **more: Any
    ) -> list[tuple[R, Version]]:
        """The first `size` documents that match, in this order, or by score where none is given. Sees what was written
        before the last refresh. `more` goes into the request."""
        order = {"sort": list(sort)} if sort else {}
        return [self._read(hit) for hit in self.hits(query=query, size=size, seq_no_primary_term=True, **order, **more)]

    def scan(self, query: Mapping[str, Any] | None = None, *, after: str = "") -> Iterator[tuple[R, Version]]:
        """All documents that match, in the order of their ids, beginning after `after`.

        Ids do not change, so whoever remembers the last id it saw can go on from there, and a document that stood when
        the scan began is seen whatever is written meanwhile.
        """
        while True:
            hits = self.hits(
                query=query or {"match_all": {}},
                sort=[{"id": "asc"}],
                size=PAGE,
                search_after=[after],
                seq_no_primary_term=True,
            )
            for hit in hits:
                yield self._read(hit)
            if len(hits) < PAGE:
                return
            after = hits[-1]["_id"]

    def hits(self, **body: Any) -> list[dict[str, Any]]:
        """Raw hits of a search."""
        return list(self.search(**body)["hits"]["hits"])

    def search(self, **body: Any) -> dict[str, Any]:
        """Raw answer of a search."""
        with named_errors(self._url):
            return dict(self._client.search(index=self.alias, **body).body)

    def count(self, query: Mapping[str, Any] | None = None) -> int:
        with named_errors(self._url):
            return int(self._client.count(index=self.alias, query=query or {"match_all": {}})["count"])

    def refresh(self) -> None:
        """Make what was written visible to searches."""
        with named_errors(self._url):
            self._client.indices.refresh(index=self.alias)

    def _read(self, hit: Mapping[str, Any]) -> tuple[R, Version]:
        record = self._model.model_validate(hit["_source"])
        return record, Version(hit["_seq_no"], hit["_primary_term"])


def _condition(version: Version) -> dict[str, object]:
    return {"if_seq_no": version.seq_no, "if_primary_term": version.primary_term}


def _batches(operations: Iterator[_Operation]) -> Iterator[list[_Operation]]:
    batch: list[_Operation] = []
    size = 0
    for operation in operations:
        if batch and (size + len(operation.body) > BULK_BYTES or len(batch) >= BULK_ITEMS):
            yield batch
            batch, size = [], 0
        batch.append(operation)
        size += len(operation.body)
    if batch:
        yield batch


def _cause(error: Mapping[str, Any]) -> str:
    inner = error.get("caused_by")
    reason = f"{error.get('type')}: {error.get('reason')}"
    return f"{reason} ({inner.get('reason')})" if isinstance(inner, Mapping) else reason
