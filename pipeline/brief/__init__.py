"""The briefing: one page for people without Kibana at hand, in HTML or Markdown.

`collect` reads the facts of a period from the store, `render` writes them, `figures` draws the pictures; `page` does
all of it, and `write` puts the page where it belongs.

Belongs here: what is told, in which order, and how it looks. Does not belong here: what is an alert (`alerts`), the
labels of codes (`french`).
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.brief.collect import Briefing, collect
from pipeline.brief.render import html, markdown

if TYPE_CHECKING:
    from pipeline.index import Store

ZONE = ZoneInfo("Europe/Paris")
"""Of the days and hours on the page: that of most of its readers."""


def page(store: Store, *, since: datetime, until: datetime, form: str) -> str:
    """The briefing of this period; `form` is `html` or `md`.

    Raises:
        EngineUnavailable, EngineRefused
    """
    briefing = collect(store, since=since, until=until, zone=ZONE)
    return {"html": html, "md": markdown}[form](briefing, ZONE)


def write(text: str, path: Path) -> None:
    """Write the page, whole or not at all; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


__all__ = ["ZONE", "Briefing", "collect", "html", "markdown", "page", "write"]
