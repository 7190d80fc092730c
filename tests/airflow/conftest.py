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
from pipeline.settings import Settings
from tests.airflow.instance import AirflowInstance, Watch

# Airflow writes a configuration file where it thinks it is at home, on being imported: not into a person's home.
os.environ.setdefault("AIRFLOW_HOME", tempfile.mkdtemp(prefix="veille-airflow-"))


@pytest.fixture(scope="session")
def watch(engine_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watch]:
    """The whole watch under Airflow, polling every five seconds; started once."""
    folder: Path = tmp_path_factory.mktemp("watch")
    with NewsroomProcess(folder / "newsroom.json") as newsroom:
        settings = Settings(
            home=folder / "home",
            elasticsearch_url=engine_url,
            index_prefix=f"test-{uuid.uuid4().hex[:12]}",
            feeds=newsroom.write_registry(folder / "feeds.csv"),
            allow_private_hosts=newsroom.allow_hosts,  # type: ignore[arg-type]  # as in the environment
            host_delay=0.0,
            poll_min_seconds=5.0,
            poll_max_seconds=5.0,
        )
        with Store.open(settings) as store:
            store.bootstrap(plant_seeds=False)
            with AirflowInstance(folder / "airflow", settings) as airflow:
                yield Watch(airflow, newsroom, settings, store)
            for name in store.client.indices.get(index=f"{settings.index_prefix}-*"):
                store.client.indices.delete(index=name)
