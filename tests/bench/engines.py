"""The engine that figures are measured on."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import engine


@contextmanager
def engine_url() -> Iterator[str]:
    """The one at VEILLE_TEST_ELASTICSEARCH_URL, or an embedded one of its own."""
    if url := os.environ.get("VEILLE_TEST_ELASTICSEARCH_URL"):
        yield url
        return
    with tempfile.TemporaryDirectory() as home:
        yield engine.start(Path(home)).url
        engine.stop(Path(home))
