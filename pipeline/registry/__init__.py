"""Which feeds exist, who publishes them, and why some are not watched.

Belongs here: the registry as data (`feeds.csv`), its loading and its writing. Does not belong here: what a feed
answered (`FeedState`, written by `watch`).

`feeds.csv` has one decision per row. A feed that is not watched stays in it, with the reason: 410, sanctions, terms
of use, a twin of another row, or an address that nobody has seen work.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.errors import RegistryInvalid
from pipeline.records import Feed, Publisher
from pipeline.registry.rows import COLUMNS, IGNORED, REQUIRED, read_row, write_row

_TOO_MANY = ""
SHIPPED = Path(__file__).with_name("feeds.csv")


@dataclass(frozen=True)
class Registry:
    """All feeds of one registry file, in its order."""

    feeds: tuple[Feed, ...]
    path: Path | None = None

    def enabled(self) -> tuple[Feed, ...]:
        """The feeds that are watched."""
        return tuple(feed for feed in self.feeds if feed.enabled)

    def by_id(self, feed_id: str) -> Feed | None:
        return self._by_id.get(feed_id)

    def publisher(self, feed_id: str) -> Publisher:
        """Who publishes a feed. Name (up to ` - `), country and kind are those of the publisher's first row.

        A feed that left the registry while its entries were on their way is its own publisher, country `ZZ`
        (ISO 3166: unknown).
        """
        feed = self._by_id.get(feed_id)
        if feed is None:
            return Publisher(id=feed_id, name=feed_id, country="ZZ", kind="unknown", family=feed_id)
        return self._publishers[feed.publisher]

    @cached_property
    def _by_id(self) -> dict[str, Feed]:
        return {feed.id: feed for feed in self.feeds}

    @cached_property
    def _publishers(self) -> dict[str, Publisher]:
        publishers: dict[str, Publisher] = {}
        for feed in self.feeds:
            publishers.setdefault(
                feed.publisher,
                Publisher(
                    id=feed.publisher,
                    name=feed.name.split(" - ")[0].strip(),
                    country=feed.country,
                    kind=feed.kind,
                    family=feed.family,
                ),
            )
        return publishers


def load(path: Path | None = None) -> Registry:
    """The registry of a file, by default the shipped one.

    Raises:
        RegistryInvalid: the file cannot be read, or rows are wrong; the message lists every fault with its line.
    """
    path = path or SHIPPED
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise RegistryInvalid(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise RegistryInvalid(f"{path}: not UTF-8") from None
    feeds, faults = _read(text)
    _refuse(path, faults)
    return Registry(feeds=tuple(feeds), path=path)


def save(feeds: Iterable[Feed], path: Path) -> None:
    """Write a registry file whole: the old one stays until the new one is on disk.

    Raises:
        RegistryInvalid: `load` would refuse it; nothing is written.
    """
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(write_row(feed) for feed in feeds)
    _refuse(path, _read(text.getvalue())[1])
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + ".new")
    with draft.open("w", encoding="utf-8", newline="") as file:
        file.write(text.getvalue())
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _refuse(path: Path, faults: list[tuple[int, str]]) -> None:
    if faults:
        raise RegistryInvalid(f"{path}: {'; '.join(f'line {line}: {fault}' for line, fault in faults)}")


def _read(text: str) -> tuple[list[Feed], list[tuple[int, str]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), restkey=_TOO_MANY, strict=True)
    feeds: list[Feed] = []
    faults: list[tuple[int, str]] = []
    lines: dict[str, int] = {}
    urls: dict[str, int] = {}
    families: dict[str, tuple[str, int]] = {}
    try:
        header = list(reader.fieldnames or ())
        faults += [(1, f"column {name!r} is missing") for name in REQUIRED if name not in header]
        faults += [(1, f"unknown column {name!r}") for name in header if name not in COLUMNS + IGNORED]
        if faults:
            return [], faults
        for line, cells in _numbered(reader):
            if _TOO_MANY in cells:
                faults.append((line, f"{len(cells[_TOO_MANY])} cells too many: a comma without quotes?"))
                continue
            feed, wrong = read_row(cells)
            faults += [(line, fault) for fault in wrong]
            if feed is None:
                continue
            if feed.id in lines:
                faults.append((line, f"id {feed.id!r} is that of line {lines[feed.id]} too"))
            if feed.feed_url in urls:
                faults.append((line, f"feed_url is that of line {urls[feed.feed_url]} too"))
            family, first = families.setdefault(feed.publisher, (feed.family, line))
            if family != feed.family:
                faults.append((line, f"publisher {feed.publisher!r} is of family {family!r} on line {first}"))
            lines.setdefault(feed.id, line)
            urls.setdefault(feed.feed_url, line)
            feeds.append(feed)
    except csv.Error as error:
        faults.append((reader.line_num + 1, str(error)))
    if not feeds and not faults:
        faults.append((1, "no feeds in the file"))
    return feeds, faults


def _numbered(reader: csv.DictReader[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Rows with the number of the line on which each begins: a quoted cell may span several."""
    line = reader.line_num + 1
    for row in reader:
        yield line, row
        line = reader.line_num + 1
