"""An index of stories made anew beside the one that serves, and put in its place when it is whole.

Belongs here: the second index and the move of the alias. Does not belong here: what is written into it (`replay`),
moving documents as they are to a new mapping (`migrate`).

Readers and writers keep to the old index until the move, which is atomic. What a run writes into the old index
meanwhile is given to `finish` to be written again; for that moment the old index takes no writes, and writers are told
to try again, as in a migration. An attempt that dies leaves an index that nobody reads; the next one begins by
deleting it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from pipeline.errors import EngineRefused
from pipeline.index import connection, schema
from pipeline.index.store import Store
from pipeline.records import Story

KIND = "stories"


@dataclass(frozen=True, slots=True)
class Rebuild:
    """A rebuild under way."""

    live: Store
    """Where everybody reads and writes."""
    store: Store
    """The same for the new index: stories only."""
    source: str
    target: str

    def finish(self, meanwhile: Callable[[Iterator[Story]], None], since: datetime, *, delete_old: bool) -> None:
        """Put the new index in the place of the old one.

        Args:
            meanwhile: gets the stories that were written into the old index from `since` on, to write them into the
                new one. It may be called twice, the second time with the few of the last moment.
            delete_old: or leave the old index without its alias.
        """
        client = self.live.client
        meanwhile(self._written(since))
        with connection.named_errors(self.live.url):
            client.indices.add_block(index=self.source, block="write")
            moved = False
            try:
                meanwhile(self._written(since))
                client.indices.refresh(index=self.target)
                serving, aside = (schema.alias(prefix, KIND) for prefix in (self.live.prefix, self.store.prefix))
                leave = (
                    {"remove_index": {"index": self.source}}
                    if delete_old
                    else {"remove": {"index": self.source, "alias": serving}}
                )
                enter = {"add": {"index": self.target, "alias": serving, "is_write_index": True}}
                client.indices.update_aliases(
                    actions=[{"remove": {"index": self.target, "alias": aside}}, leave, enter]
                )
                moved = True
            finally:
                if not moved:
                    client.indices.put_settings(index=self.source, settings={"index.blocks.write": None})

    def _written(self, since: datetime) -> Iterator[Story]:
        self.live.refresh(KIND)
        instant = {"gte": since.isoformat()}
        fresh = [{"range": {field: instant}} for field in ("clocks.indexed_at", "history.at")]
        return self.live.scan_stories(query={"bool": {"should": fresh, "minimum_should_match": 1}})


@contextmanager
def rebuilding(live: Store) -> Iterator[Rebuild]:
    """Make the new index, of the newest mapping; it is deleted again unless `finish` was reached.

    Raises:
        EngineRefused: there is no index of stories yet.
    """
    source = live.index_of(KIND)
    newest = schema.newest(KIND)
    version, build = schema.version_of(source)
    target = schema.concrete(live.prefix, KIND, newest.version, build + 1 if version == newest.version else 1)
    aside = Store(live.client, live.url, f"{live.prefix}-rebuild")
    with connection.named_errors(live.url):
        if live.client.indices.exists(index=target):
            if schema.alias(live.prefix, KIND) in live.client.indices.get_alias(index=target)[target]["aliases"]:
                raise EngineRefused(f"{target} serves already", url=live.url)
            live.client.indices.delete(index=target)
        schema.create(live.client, target, newest, schema.alias(aside.prefix, KIND))
    try:
        yield Rebuild(live, aside, source, target)
    finally:
        with connection.named_errors(live.url):
            if live.index_of(KIND) != target:
                live.client.indices.delete(index=target, ignore_unavailable=True)
