"""What the fork server loads, so that no worker has to: the extraction, trafilatura, and what their first page costs.

Belongs here: work at import, which is this module's whole purpose. Does not belong here: anything that the ingest
process imports.
"""

import os
from datetime import UTC, datetime

# A worker computes in one thread: numpy's own would only take address space, some for each core.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from pipeline.extract import story
from pipeline.extract.library import trafilatura
from pipeline.records import Entry, Page, Publisher

__all__ = ["story"]

trafilatura()
# The first page compiles patterns and reads word lists, for twenty times the time of the next one.
_NOW = datetime(2000, 1, 1, tzinfo=UTC)
_HTML = b"<!DOCTYPE html><html><head><title>T</title></head><body><article><p>" + b"Les obus. " * 60 + b"</p></article>"
story.extract(
    Page("https://x.example/a-b-c", "https://x.example/a-b-c", 200, (("content-type", "text/html"),), _HTML, _NOW),
    Entry(
        id="x",
        url="https://x.example/a-b-c",
        canonical_url="https://x.example/a-b-c",
        feeds=(),
        first_seen_at=_NOW,
        last_seen_at=_NOW,
        updated_at=_NOW,
    ),
    None,
    Publisher(id="x", name="X", country="FR", kind="x", family="x"),
    now=_NOW,
)
