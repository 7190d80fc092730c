"""The tagger, loaded once for all tests of this folder."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from pipeline.tag import Tagger, merge

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def tagger() -> Tagger:
    return Tagger.load()


class Told(NamedTuple):
    """An event as the grammar alone finds it."""

    dyad: str
    status: str
    materiel: tuple[str, ...]


@pytest.fixture(scope="session")
def grammar(tagger: Tagger) -> Callable[[str, str], list[Told]]:
    """The events of a story by grammar and lexicons alone, before they are weighed."""

    def told(title: str, text: str) -> list[Told]:
        understood = tagger.understand(title, text)
        supplies = merge.merge(understood.drafts) if understood else []
        return [Told(f"{s.supplier or '?'}→{s.recipient or '?'}", s.status, tuple(s.materiel)) for s in supplies]

    return told


@pytest.fixture(scope="session")
def labelled() -> list[dict[str, Any]]:
    """The development set."""
    return [json.loads(line) for line in (HERE / "dev.jsonl").read_text("utf-8").splitlines()]
