"""Fixtures of this area: one whole Airflow for all tests that need one, with a newsroom and an engine of its own."""

from __future__ import annotations

import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.index import Store
from pipeline.newsroom import NewsroomProcess
from tests.airflow.instance import AirflowInstance, Watch, watch_settings

# Airflow writes a configuration file where it thinks it is at home, on being imported: not into a person's home.
os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="veille-airflow-"))


@pytest.fixture(scope="session")
def watch(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """The whole watch under Airflow, polling every five seconds; started once."""
    folder: Path = tmp_path_factory.mktemp("watch")
    with NewsroomProcess(folder / "newsroom.json") as newsroom:
        settings = watch_settings(folder, engine_url, f"test-{uuid.uuid4().hex[:12]}", newsroom)
        # Small claims, so that two runs at once have to share.
        settings = settings.model_copy(update={"batch_size": 10})
        with Store.open(settings) as store:
            store.bootstrap(plant_seeds=False)
            with AirflowInstance(folder / "airflow", settings) as airflow:
                whole = Watch(airflow, newsroom, settings, store)
                # What the newsroom has out already: some 140 articles.
                whole.settle(600)
                yield whole
            for name in store.client.indices.get(index=f"{settings.index_prefix}-*"):
                store.client.indices.delete(index=name)
