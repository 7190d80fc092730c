"""The raw pages, as WARC: what every later stage can be replayed from, without the network.

Belongs here: writing a page durably, reading it back, going through all of them. Does not belong here: which pages are
kept (`ingest`), what is made of them (`extract`, `replay`), what a record
looks like (`warc`).

Each process writes files of its own and only ever adds to them, so writers need no lock among each other, and a process
that dies can tear the last record of its file, never another one.
"""

from __future__ import annotations

import os
import secrets
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

import structlog

from pipeline import warc
from pipeline.errors import ArchiveDamaged
from pipeline.records import ArchivePointer, Page

log = structlog.get_logger()

MAX_FILE_BYTES = 256 * 1024 * 1024
"""After which a new file begins; large enough for some 10,000 pages, small enough to copy around."""
_PIECE = 256 * 1024


def utc_now() -> datetime:
    return datetime.now(UTC)


class Archive:
    """A folder of WARC files, one sub-folder for each day of writing.

    Safe to use from many threads; a fork starts a file of its own.

    Args:
        folder: made when the first page is written.
        now: names the files; nothing else depends on it.
    """

    def __init__(self, folder: Path, *, now: Callable[[], datetime] = utc_now) -> None:
        self._folder = folder
        self._now = now
        self._writing = threading.Lock()
        self._syncing = threading.Lock()
        self._file: int | None = None
        self._name = ""
        self._owner = 0
        self._end = 0
        self._durable = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file that is being written; the next write begins another."""
        with self._writing, self._syncing:
            self._let_go()

    def write(self, page: Page, entry_id: str) -> ArchivePointer:
        """Store a page. It is on the disk when this returns.

        Raises:
            OSError: the disk is full or gone; nothing was stored.
        """
        return self.write_many([(page, entry_id)])[0]

    def write_many(self, pages: Iterable[tuple[Page, str]]) -> list[ArchivePointer]:
        """Store pages, in order, with one wait for the disk. Threads that write at once share that wait too.

        Raises:
            OSError: as `write`; none of these pages was stored.
        """
        records = [(warc.encode(page, entry_id), warc.digest(page.body)) for page, entry_id in pages]
        if not records:
            return []
        with self._writing:
            file = self._current()
            start = self._end
            try:
                _write(file, b"".join(record for record, _ in records))
            except OSError:
                # Half a record in the middle would hide all that follows it.
                os.ftruncate(file, start)
                raise
            name, pointers = self._name, []
            for record, sum_of_it in records:
                pointers.append(ArchivePointer(file=name, offset=self._end, digest=sum_of_it))
                self._end += len(record)
            end = self._end
        with self._syncing:
            if self._name == name and self._durable < end:
                written = self._end
                os.fsync(file)
                self._durable = written
        return pointers

    def read(self, pointer: ArchivePointer) -> Page:
        """The page as it was written.

        Raises:
            ArchiveDamaged: no such file or record, or its body is not the one that was stored.
        """
        record = self._member(pointer)
        try:
            page, _, found = warc.decode(record)
        except (ValueError, KeyError, EOFError) as error:
            raise ArchiveDamaged(f"not a page at {pointer.offset}: {error}", url=pointer.file) from error
        if found != pointer.digest:
            raise ArchiveDamaged(f"the page at {pointer.offset} is not {pointer.digest}", url=pointer.file)
        return page

    def record(self, pointer: ArchivePointer) -> str:
        """The WARC record itself, headers and all, as text to show; bytes that are no UTF-8 are replaced.

        Raises:
            ArchiveDamaged: no such file or record.
        """
        return self._member(pointer).decode("utf-8", "replace")

    def scan(
        self, since: datetime | None = None, *, damaged: Callable[[ArchiveDamaged], None] | None = None
    ) -> Iterator[tuple[ArchivePointer, str, Page]]:
        """All pages with their entry ids, by day and file, in the order of writing.

        Args:
            since: only pages fetched at this instant or later.
            damaged: told of each record that cannot be read, which is then left out; a warning in the log otherwise.
                The torn last record of a file whose writer died is reported too.
        """
        report = damaged or (lambda error: log.warning("archive damaged", error=str(error)))
        for path in self._files(since):
            name = path.relative_to(self._folder).as_posix()
            for offset, record in _members(path, lambda error: report(error)):
                try:
                    if warc.record_type(record) != "response":
                        continue
                    page, entry_id, found = warc.decode(record)
                except (ValueError, KeyError, EOFError) as error:
                    report(ArchiveDamaged(f"not a page at {offset}: {error}", url=name))
                    continue
                if since is None or page.fetched_at >= since:
                    yield ArchivePointer(file=name, offset=offset, digest=found), entry_id, page

    def _files(self, since: datetime | None) -> list[Path]:
        # A page is written after it was fetched: an earlier day's folder holds nothing of a later day.
        first = since.astimezone(UTC).date().isoformat() if since else ""
        return sorted(path for path in self._folder.glob("*/*.warc.gz") if path.parent.name >= first)

    def _member(self, pointer: ArchivePointer) -> bytes:
        path = (self._folder / pointer.file).resolve()
        if not path.is_relative_to(self._folder.resolve()):
            raise ArchiveDamaged("points outside of the archive", url=pointer.file)
        try:
            with path.open("rb") as file:
                file.seek(pointer.offset)
                inflate = zlib.decompressobj(warc.GZIP)
                parts = []
                while not inflate.eof and (piece := file.read(_PIECE)):
                    parts.append(inflate.decompress(piece))
        except (OSError, zlib.error) as error:
            raise ArchiveDamaged(f"no record at {pointer.offset}: {error}", url=pointer.file) from error
        if not inflate.eof:
            raise ArchiveDamaged(f"the record at {pointer.offset} is torn", url=pointer.file)
        return b"".join(parts)

    def _current(self) -> int:
        """The file to write to; the caller holds `_writing`."""
        today = self._now().astimezone(UTC)
        forked = self._owner != os.getpid()
        if self._file is not None and (
            forked or self._end >= MAX_FILE_BYTES or not self._name.startswith(f"{today:%Y-%m-%d}/")
        ):
            with self._syncing:
                self._let_go()
        if self._file is None:
            self._owner = os.getpid()
            self._name = f"{today:%Y-%m-%d}/veille-{today:%Y%m%d%H%M%S%f}-{self._owner}-{secrets.token_hex(3)}.warc.gz"
            path = self._folder / self._name
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
            _sync_folder(path.parent)
            _sync_folder(self._folder)
            head = warc.warcinfo(path.name)
            try:
                _write(self._file, head)
            except OSError:
                with self._syncing:
                    self._let_go()
                raise
            self._end, self._durable = len(head), 0
        return self._file

    def _let_go(self) -> None:
        if self._file is not None:
            if self._owner == os.getpid():
                os.fsync(self._file)  # for a thread that has written and not yet waited
            os.close(self._file)
        self._file, self._name = None, ""


def _members(path: Path, report: Callable[[ArchiveDamaged], None]) -> Iterator[tuple[int, bytes]]:
    """Offset and content of each gzip member, up to the first that is torn."""
    with path.open("rb") as file:
        offset, rest = 0, b""
        while True:
            inflate = zlib.decompressobj(warc.GZIP)
            parts: list[bytes] = []
            size = 0
            try:
                while not inflate.eof and (piece := rest or file.read(_PIECE)):
                    parts.append(inflate.decompress(piece))
                    size += len(piece)
                    rest = b""
            except zlib.error as error:
                return report(ArchiveDamaged(f"broken at {offset}: {error}", url=path.name))
            if not size:
                return None
            if not inflate.eof:
                return report(ArchiveDamaged(f"the record at {offset} is torn", url=path.name))
            rest = inflate.unused_data
            yield offset, b"".join(parts)
            offset += size - len(rest)


def _write(file: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(file, left) :]


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
