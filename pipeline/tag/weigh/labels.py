"""Which pairs of a sentence a labelled story tells, and in which status.

Belongs here: from a story's labels to its sentences. Does not belong here: fitting to them (`learn`, `tune`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipeline.tag.groups import Sentence


def labels_of(item: Mapping[str, Any], s: Sentence) -> dict[tuple[str | None, str | None], str]:
    """Supplier and recipient -> status, of the events whose evidence is this sentence."""
    return {
        (event["supplier"], event["recipient"]): str(event["status"])
        for event in item["events"]
        if _tells(item["text"], event["evidence"], s.start, s.end)
    }


def _tells(text: str, evidence: str, start: int, end: int) -> bool:
    at = text.find(evidence)
    shared = min(at + len(evidence), end) - max(at, start)
    return at >= 0 and shared >= 0.5 * min(end - start, len(evidence))
