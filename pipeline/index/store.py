"""The store that the stages use: stories, entries, feed states and alerts, typed.

Belongs here: what a stage may ask, in its own words. Does not belong here: how documents are written (`documents`),
what a search of a person means (`search`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from elasticsearch import Elasticsearch

from pipeline.errors import EngineRefused
from pipeline.index import connection, schema, synonyms
from pipeline.index.documents import BulkReport, Documents, Version
from pipeline.index.entries import Entries
from pipeline.index.lookup import lookup
from pipeline.index.migrate import Migration, OnProgress, migrate
from pipeline.index.schema import KINDS
from pipeline.index.search import SearchRequest, SearchResult, search
from pipeline.records import Alert, Entry, EntryState, FeedState, Story
from pipeline.settings import Settings


class Store:
    """One Elasticsearch, one index prefix. Methods are synchronous and safe to call from several threads."""

    def __init__(self, client: Elasticsearch, url: str, prefix: str) -> None:
        self.client = client
        self.url = connection.without_credentials(url)
        self.prefix = prefix
        self.entries = Entries(client, self.url, schema.alias(prefix, "entries"), Entry)
        self._stories = Documents(client, self.url, schema.alias(prefix, "stories"), Story)
        self._feeds = Documents(client, self.url, schema.alias(prefix, "feeds"), FeedState)
        self._alerts = Documents(client, self.url, schema.alias(prefix, "alerts"), Alert)

    @classmethod
    def open(cls, settings: Settings) -> Store:
        """Connect; with no URL in the settings, to the embedded engine, started if it does not run.

        Raises:
            EngineUnavailable: it does not answer.
            EngineRefused: it does not accept the credentials.
        """
        url = connection.engine_url(settings)
        client = connection.connect(settings, url)
        try:
            with connection.named_errors(url):
                client.info()
        except BaseException:
            client.close()
            raise
        return cls(client, url, settings.index_prefix)

    def close(self) -> None:
        self.client.close()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def bootstrap(self, *, plant_seeds: bool = True) -> dict[str, str | list[str]]:
        """Put indices, aliases and the shipped seed articles in place; the index of each kind, and `seeds`. Idempotent.

        `plant_seeds=False` leaves the seeds out, and with them the loading of the tagger.
        """
        with connection.named_errors(self.url):
            done: dict[str, str | list[str]] = {**schema.bootstrap(self.client, self.prefix)}
        if plant_seeds:
            from pipeline import seed

            done["seeds"] = seed.plant(self, now=datetime.now(UTC))
        return done

    def refresh(self, kind: str) -> None:
        """Make what was written of this kind visible to searches."""
        with connection.named_errors(self.url):
            self.client.indices.refresh(index=schema.alias(self.prefix, kind))

    def count(self, kind: str) -> int:
        """How many documents of a kind there are, as of the last refresh."""
        with connection.named_errors(self.url):
            return int(self.client.count(index=schema.alias(self.prefix, kind))["count"])

    def index_of(self, kind: str) -> str:
        """The concrete index behind a kind's alias.

        Raises:
            EngineRefused: there is none yet.
        """
        with connection.named_errors(self.url):
            found = schema.behind(self.client, self.prefix, kind)
        if found is None:
            raise EngineRefused(f"there is no {schema.alias(self.prefix, kind)} yet: bootstrap first", url=self.url)
        return found

    def migrate(
        self, kind: str, *, rebuild: bool = False, delete_old: bool = False, on_progress: OnProgress | None = None
    ) -> Migration:
        """Move a kind to the newest version of its mapping (see `index.migrate`)."""
        with connection.named_errors(self.url):
            return migrate(
                self.client, self.prefix, kind, rebuild=rebuild, delete_old=delete_old, on_progress=on_progress
            )

    def renew_synonyms(self, kind: str) -> bool:
        """Put the names of the gazetteers as they are now into a kind's search analyzer; False when in step."""
        index = self.index_of(kind)
        with connection.named_errors(self.url):
            return synonyms.renew(self.client, index)

    # --- stories

    def put_stories(self, stories: Iterable[Story]) -> BulkReport:
        """Write stories over what stands under their ids; memory holds one bulk request at a time."""
        return self._stories.put(stories)

    def story(self, id_: str) -> Story | None:
        return self._stories.get([id_]).get(id_)

    def stories(self, ids: Sequence[str]) -> dict[str, Story]:
        """Those of these ids that exist."""
        return self._stories.get(ids)

    def versioned_story(self, id_: str) -> tuple[Story, Version] | None:
        return self._stories.versioned([id_]).get(id_)

    def versioned_stories(self, ids: Sequence[str]) -> dict[str, tuple[Story, Version]]:
        return self._stories.versioned(ids)

    def update_story(self, story: Story, version: Version | None) -> bool:
        """Write over the version that was read (None: there was none). False when somebody else wrote first.

        Raises:
            EngineRefused: the document does not fit the mapping.
        """
        report = self._stories.replace([(story, version)]) if version else self._stories.create([story])
        for message in report.failed.values():
            raise EngineRefused(message, url=self.url)
        return not report.conflicts

    def update_stories(self, versioned: Iterable[tuple[Story, Version]]) -> BulkReport:
        """Write many, each over the version that was read."""
        return self._stories.replace(versioned)

    def scan_stories(
        self,
        *,
        kind: str | None = None,
        since: datetime | None = None,
        supply_only: bool = False,
        query: Mapping[str, Any] | None = None,
        after: str = "",
    ) -> Iterator[Story]:
        """All stories, in the order of their ids; `since` counts by first sight, `query` is one more filter."""
        filters: list[Mapping[str, Any]] = [query] if query else []
        if kind:
            filters.append({"term": {"kind": kind}})
        if since:
            filters.append({"range": {"clocks.first_seen_at": {"gte": since.isoformat()}}})
        if supply_only:
            filters.append({"term": {"military_supply": True}})
        for story, _ in self._stories.scan({"bool": {"filter": filters}}, after=after):
            yield story

    def scan_versioned_stories(self) -> Iterator[tuple[Story, Version]]:
        """All stories with their versions, in the order of their ids."""
        return self._stories.scan()

    def copies_of(self, group: str) -> list[Story]:
        """The stories of a group of copies, the first seen first."""
        order = [{"clocks.first_seen_at": "asc"}, {"id": "asc"}]
        return [story for story, _ in self._stories.find({"term": {"copies.group": group}}, sort=order, size=100)]

    def remove_seed(self, id_: str) -> bool:
        """Take a seed out of the index; False when there is none of this id."""
        seed = {"bool": {"filter": [{"term": {"id": id_}}, {"term": {"kind": "seed"}}]}}
        return self._stories.remove(seed) > 0

    def count_stories(self, query: Mapping[str, Any] | None = None) -> int:
        return self._stories.count(query)

    def stories_by_bands(self, texts: Sequence[Sequence[str]]) -> list[list[Story]]:
        """For each text, given as its lookup keys, the stories that may be copies, at most `lookup.LIMIT`."""
        return lookup(self._stories, texts)

    def stories_of_groups(self, groups: Sequence[str]) -> list[Story]:
        """All stories of these copy groups."""
        return [story for story, _ in self._stories.scan({"terms": {"copies.group": list(groups)}})]

    def search(self, request: SearchRequest) -> SearchResult:
        """Stories that match, the best first."""
        return search(self._stories, request)

    # --- feeds

    def feed_states(self) -> dict[str, FeedState]:
        """What is known of every feed, by id."""
        self._feeds.refresh()
        return {state.id: state for state, _ in self._feeds.scan()}

    def put_feed_states(self, states: Iterable[FeedState]) -> BulkReport:
        return self._feeds.put(states)

    def remove_publishers(self, publishers: Mapping[str, str], feeds: Sequence[str]) -> int:
        """Delete all documents of these publishers (names by id) and their feeds; how many.

        Raises:
            EngineUnavailable, EngineRefused
        """
        return (
            self._stories.remove({"terms": {"publisher.id": list(publishers)}})
            + self.entries.remove({"terms": {"feeds": list(feeds)}})
            + self._feeds.remove({"terms": {"id": list(feeds)}})
            + self._alerts.remove({"terms": {"publisher": list(publishers.values())}})
        )

    # --- alerts

    def put_alerts(self, alerts: Iterable[Alert]) -> BulkReport:
        return self._alerts.put(alerts)

    # --- upkeep

    def expire(self, kind: str, before: datetime, *, only_count: bool = False) -> int:
        """Delete what is older; how many documents that is (or would be).

        Stories by their first sight, seeds never. Entries by when a feed last carried them, and only those that came
        to an end: what a feed still carries would be taken for new. Alerts by their instant.
        """
        documents, query = self._older(kind, before.isoformat())
        if only_count:
            documents.refresh()
            return documents.count(query)
        return documents.remove(query)

    def _older(self, kind: str, before: str) -> tuple[Documents[Any], dict[str, Any]]:
        def older(field: str) -> dict[str, Any]:
            return {"range": {field: {"lt": before}}}

        ended = [str(EntryState.INDEXED), str(EntryState.SKIPPED), str(EntryState.DEAD)]
        if kind == "stories":
            article = {"term": {"kind": "article"}}
            return self._stories, {"bool": {"filter": [article, older("clocks.first_seen_at")]}}
        if kind == "entries":
            return self.entries, {"bool": {"filter": [older("last_seen_at"), {"terms": {"state": ended}}]}}
        if kind == "alerts":
            return self._alerts, older("at")
        raise ValueError(f"{kind} do not expire")


__all__ = ["KINDS", "Store"]
