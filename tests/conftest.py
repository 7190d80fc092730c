"""Fixtures that every area uses: an engine, settings of a test's own, a store.

The engine is the one at VEILLE_TEST_ELASTICSEARCH_URL, or else an embedded one per test process.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from pipeline import engine
from pipeline.errors import EngineUnavailable
from pipeline.index import Store
from pipeline.settings import Settings


@pytest.fixture(autouse=True)
def _logging_of_its_own() -> Iterator[None]:
    """A test that runs a command leaves its log set-up behind, pointing at a stream that is closed by then."""
    yield
    structlog.reset_defaults()


@pytest.fixture(scope="session")
def engine_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if url := os.environ.get("VEILLE_TEST_ELASTICSEARCH_URL"):
        yield url
        return
    home = tmp_path_factory.mktemp("engine")
    yield engine.start(home).url
    engine.stop(home)


@pytest.fixture
def settings(engine_url: str, tmp_path: Path) -> Iterator[Settings]:
    """Settings with a home and an index prefix of this test's own; what it wrote is removed after it."""
    mine = Settings(home=tmp_path / "home", elasticsearch_url=engine_url, index_prefix=f"test-{uuid.uuid4().hex[:12]}")
    yield mine
    try:
        with Store.open(mine) as store:
            for name in store.client.indices.get(index=f"{mine.index_prefix}-*"):
                store.client.indices.delete(index=name)
    except EngineUnavailable:
        pass  # a test may have taken the engine away on purpose


@pytest.fixture
def store(settings: Settings) -> Iterator[Store]:
    """A store with empty indices; without the seeds, which would load the tagger for every test."""
    with Store.open(settings) as opened:
        opened.bootstrap(plant_seeds=False)
        yield opened


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whatever talks to an engine is an engine test, and runs on the real node too; nobody has to remember the mark."""
    for item in items:
        if "engine_url" in getattr(item, "fixturenames", ()):
            item.add_marker("engine")
