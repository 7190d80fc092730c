"""Moving a kind to a new index: a new version of its mapping, or the same one built anew.

    1. create the new index, and note in it how far the old one had been written
    2. copy all documents in the order of their ids; what was copied before an interruption is not copied again
    3. copy again what was written since step 1, as often as that is much
    4. stop writes to the old index, copy the last ones, take out what was deleted meanwhile
    5. move the alias, atomically: searches see the old index, then the new one, and never none

Each copy carries the sequence number of the write it was made from, as its external version, so that copying twice is
harmless and an older copy never replaces a newer one. Nothing is lost while it runs: writers use the alias, and in
step 4, which is short, they are told to try again (`EngineUnavailable`), as when the engine restarts. A run that is
killed is finished by running it again.

Belongs here: the move. Does not belong here: what a version looks like (`schemas/`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from typing import Any

from elasticsearch import Elasticsearch

from pipeline.errors import EngineRefused
from pipeline.index import schema

PAGE = 500
QUIET = 2_000
"""Writes since the last pass that are few enough to be copied while writers wait."""
PASSES = 10

OnProgress = Callable[[int, int], None]
"""Called with documents copied and documents there are."""


@dataclass(frozen=True, slots=True)
class Migration:
    kind: str
    source: str
    target: str
    copied: int
    moved: bool
    """False: the index was in step already, and nothing was done."""


def migrate(
    client: Elasticsearch,
    prefix: str,
    kind: str,
    *,
    rebuild: bool = False,
    delete_old: bool = False,
    on_progress: OnProgress | None = None,
) -> Migration:
    """Move a kind to the newest version of its mapping; with `rebuild`, also when it has that version already.

    Raises:
        EngineRefused: there is no index yet, or a document does not fit the new mapping; the old index serves on.
    """
    source = schema.behind(client, prefix, kind)
    if source is None:
        raise EngineRefused(f"there is no {schema.alias(prefix, kind)} yet: bootstrap makes the newest version")
    newest = schema.newest(kind)
    version, build = schema.version_of(source)
    if version == newest.version and not rebuild:
        return Migration(kind, source, source, 0, moved=False)
    target = schema.concrete(prefix, kind, newest.version, build + 1 if version == newest.version else 1)
    move = _Move(client, source, target)
    started = move.begin(newest)
    total = int(client.count(index=source)["count"])
    copied = 0
    for batch in move.all_after(move.last_copied()):
        copied += move.copy(batch)
        if on_progress:
            on_progress(copied, total)
    for _ in range(PASSES):
        written = move.written()
        late = sum(move.copy(batch) for batch in move.since(started))
        copied += late
        started = written
        if late <= QUIET:
            break
    with move.writes_stopped() as commit:
        copied += sum(move.copy(batch) for batch in move.since(started))
        move.remove_deleted()
        client.indices.refresh(index=target)
        if client.count(index=source)["count"] != client.count(index=target)["count"]:
            raise EngineRefused(f"{target} has not as many documents as {source}: the alias was not moved")
        commit(_moved(schema.alias(prefix, kind), source, target, delete_old=delete_old))
    return Migration(kind, source, target, copied, moved=True)


def _moved(alias: str, source: str, target: str, *, delete_old: bool) -> list[dict[str, Any]]:
    leave = {"remove_index": {"index": source}} if delete_old else {"remove": {"index": source, "alias": alias}}
    return [leave, {"add": {"index": target, "alias": alias, "is_write_index": True}}]


class _Move:
    def __init__(self, client: Elasticsearch, source: str, target: str) -> None:
        self._client = client
        self._source = source
        self._target = target

    def begin(self, newest: schema.Schema) -> int:
        """Create the target, with the source's sequence number in it; that number, also when it stands already."""
        note = {"copied_from": self._source, "written": self.written()}
        mappings = newest.mappings | {"_meta": note}
        schema.create(self._client, self._target, schema.Schema(newest.kind, newest.version, newest.settings, mappings))
        standing = self._client.indices.get_mapping(index=self._target)[self._target]["mappings"].get("_meta", {})
        if standing.get("copied_from") != self._source:
            raise EngineRefused(f"{self._target} exists and was not made from {self._source}: delete it first")
        return int(standing["written"])

    def written(self) -> int:
        """A sequence number up to which every write of the source is done: the smallest of its shards'. The greatest
        number given out may belong to a write that is still under way, and that a search does not see yet."""
        shards = self._client.indices.stats(index=self._source, level="shards")["indices"][self._source]["shards"]
        return min(int(copy["seq_no"]["local_checkpoint"]) for copies in shards.values() for copy in copies)

    def last_copied(self) -> str:
        """The greatest id in the target: documents are copied in the order of their ids."""
        self._client.indices.refresh(index=self._target)
        hits = self._client.search(index=self._target, sort=[{"id": "desc"}], size=1, source=False)["hits"]["hits"]
        return str(hits[0]["_id"]) if hits else ""

    def all_after(self, last: str) -> Iterator[list[dict[str, Any]]]:
        # What was written before the number was read has to be seen by the searches.
        self._client.indices.refresh(index=self._source)
        yield from self._pages({"match_all": {}}, last, source=True)

    def since(self, written: int) -> Iterator[list[dict[str, Any]]]:
        """What was written after a sequence number.

        Elasticsearch finds these by the number; where that gives nothing (the embedded engine does not search by it),
        every document is looked at, without its content.
        """
        self._client.indices.refresh(index=self._source)
        aggs = {"last": {"max": {"field": "_seq_no"}}}
        searchable = self._client.search(index=self._source, size=0, aggs=aggs)["aggregations"]["last"]["value"]
        by_number = {"range": {"_seq_no": {"gt": written}}}
        query = {"match_all": {}} if searchable is None else by_number
        for page in self._pages(query, "", source=searchable is not None):
            late = [hit for hit in page if hit["_seq_no"] > written]
            if late and searchable is None:
                answer = self._client.mget(index=self._source, ids=[hit["_id"] for hit in late])
                late = [hit for hit in answer["docs"] if hit.get("found")]
            yield late

    def _pages(self, query: dict[str, Any], last: str, *, source: bool) -> Iterator[list[dict[str, Any]]]:
        while True:
            hits = self._client.search(
                index=self._source,
                query=query,
                sort=[{"id": "asc"}],
                search_after=[last],
                size=PAGE,
                source=source,
                seq_no_primary_term=True,
            )["hits"]["hits"]
            if hits:
                yield hits
            if len(hits) < PAGE:
                return
            last = hits[-1]["_id"]

    def copy(self, hits: Sequence[dict[str, Any]]) -> int:
        """Write these into the target; how many. What stands there from a later write stays."""
        if not hits:
            return 0
        lines: list[Any] = list(
            chain.from_iterable(
                (_header("index", self._target, hit["_id"], hit["_seq_no"]), json.dumps(hit["_source"])) for hit in hits
            )
        )
        items = self._client.bulk(operations=lines)["items"]
        for item in items:
            outcome = item["index"]
            if outcome["status"] >= 300 and outcome["status"] != 409:
                raise EngineRefused(f"{outcome['_id']} does not fit {self._target}: {outcome['error'].get('reason')}")
        return len(hits)

    def remove_deleted(self) -> None:
        """Take out of the target what was deleted from the source meanwhile."""
        self._client.indices.refresh(index=self._target)
        if self._client.count(index=self._target)["count"] <= self._client.count(index=self._source)["count"]:
            return
        last = ""
        while True:
            ids = [
                str(hit["_id"])
                for hit in self._client.search(
                    index=self._target, sort=[{"id": "asc"}], search_after=[last], size=PAGE, source=False
                )["hits"]["hits"]
            ]
            if not ids:
                return
            docs = self._client.mget(index=self._source, ids=ids, source=False)["docs"]
            gone = [doc["_id"] for doc in docs if not doc.get("found")]
            if gone:
                lines: list[Any] = [_header("delete", self._target, id_, None) for id_ in gone]
                self._client.bulk(operations=lines)
            last = ids[-1]

    @contextmanager
    def writes_stopped(self) -> Iterator[Callable[[list[dict[str, Any]]], None]]:
        """Refuse writes to the source; given the alias actions, moves for good, and otherwise lets writers go on."""
        # The block of this call is there only once the writes under way are done; that of the settings is not.
        self._client.indices.add_block(index=self._source, block="write")
        done = False

        def commit(actions: list[dict[str, Any]]) -> None:
            nonlocal done
            self._client.indices.update_aliases(actions=actions)
            done = True

        try:
            yield commit
        finally:
            if not done:
                self._client.indices.put_settings(index=self._source, settings={"index.blocks.write": None})


def _header(action: str, index: str, id_: str, seq_no: int | None) -> str:
    header: dict[str, Any] = {"_index": index, "_id": id_}
    if seq_no is not None:
        # External versions begin at 1, sequence numbers at 0.
        header |= {"version": seq_no + 1, "version_type": "external_gte"}
    return json.dumps({action: header})
