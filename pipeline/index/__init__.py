"""Elasticsearch: the only code that talks to it.

Belongs here: connection, mappings and aliases (`schema`), bulk and optimistic concurrency (`documents`), the typed
store that the stages use (`store`, `entries`), search, synonyms, migration. Does not belong here: what the documents
mean (`ledger`, `relate`, `alerts`).
"""

from __future__ import annotations

from pipeline.index.documents import BulkReport, Version
from pipeline.index.search import Hit, SearchRequest, SearchResult
from pipeline.index.store import KINDS, Store

__all__ = ["KINDS", "BulkReport", "Hit", "SearchRequest", "SearchResult", "Store", "Version"]
