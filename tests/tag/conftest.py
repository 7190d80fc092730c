"""The tagger, loaded once for all tests of this folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.tag import Tagger

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return Tagger.load()


@pytest.fixture(scope="session")
def labelled() -> list[dict[str, Any]]:
    """The development set."""
    return [json.loads(line) for line in (HERE / "dev.jsonl").read_text("utf-8").splitlines()]
