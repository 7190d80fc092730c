"""JSON Schema of what is stored, one file a kind beside its mapping: `python -m pipeline.index.contract` writes them.

For whoever reads the indices or their exports without this code. Belongs here: making them from the records. Does not
belong here: mappings, which are written by hand and held against the records by a test.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pipeline.records import Alert, Entry, FeedState, Record, Story

MODELS: dict[str, type[Record]] = {"stories": Story, "entries": Entry, "feeds": FeedState, "alerts": Alert}

FOLDER = Path(__file__).parents[2] / "schemas"


def json_schema(kind: str) -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a kind's documents, as they are stored."""
    schema = MODELS[kind].model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def rendered(kind: str) -> str:
    return json.dumps(json_schema(kind), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    for kind in MODELS:
        (FOLDER / f"{kind}.schema.json").write_text(rendered(kind), encoding="utf-8")
