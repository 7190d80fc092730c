"""The archive: a page comes back as it went in, and what a crash tears takes nothing else with it."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from pipeline import archive as archives
from pipeline.archive import Archive
from pipeline.errors import ArchiveDamaged
from pipeline.records import ArchivePointer, Page

NOW = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
PAGE = Page(
    url="https://journal.example/a?x=1#xtor=RSS-3-[societe]",
    final_url="https://www.journal.example/a",
    status=200,
    headers=(
        ("Content-Type", "text/html; charset=utf-8"),
        ("Content-Encoding", "gzip"),
        ("Content-Length", "77"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
        ("X-Ville", "Orléans"),
        ("X-Vide", ""),
    ),
    body="<p>L'été à Orléans.</p>\r\n\r\nWARC/1.1\r\n".encode() * 40,
    fetched_at=NOW,
    redirects=((301, "https://journal.example/b"), (302, "https://www.journal.example/a")),
    address="93.184.216.34",
    wire_bytes=77,
)


def page(number: int, at: datetime = NOW) -> Page:
    return replace(PAGE, url=f"https://journal.example/{number}", body=f"<p>{number}</p>".encode(), fetched_at=at)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path, now=lambda: NOW)


@pytest.mark.parametrize(
    "stored",
    [
        PAGE,
        replace(PAGE, url=PAGE.final_url, redirects=(), address=None, wire_bytes=0, headers=()),
        replace(PAGE, body=b""),
        replace(PAGE, body=os.urandom(2_000_000)),
        replace(PAGE, status=203, address="2606:4700::1111"),
        replace(PAGE, headers=(("transfer-encoding", "chunked"),)),
        replace(PAGE, fetched_at=NOW.replace(microsecond=0)),
    ],
    ids=["all", "least", "empty", "large", "other", "chunked", "whole-second"],
)
def test_a_page_comes_back_as_it_was(archive: Archive, stored: Page) -> None:
    pointer = archive.write(stored, "e1")
    assert archive.read(pointer) == stored
    assert list(archive.scan()) == [(pointer, "e1", stored)]
    assert pointer.digest.startswith("sha256:")


def test_many_pages_are_written_at_once_and_each_is_found(archive: Archive, tmp_path: Path) -> None:
    pages = [page(number) for number in range(50)]
    pointers = archive.write_many((one, f"e{number}") for number, one in enumerate(pages))
    assert [archive.read(pointer) for pointer in pointers] == pages
    assert [(one[1], one[2]) for one in archive.scan()] == [(f"e{number}", one) for number, one in enumerate(pages)]
    assert len(list(tmp_path.glob("*/*.warc.gz"))) == 1
    assert archive.write_many([]) == []


def test_other_tools_read_it(archive: Archive, tmp_path: Path) -> None:
    archive.write_many([(PAGE, "e1"), (page(2), "e2")])
    (file,) = tmp_path.glob("*/*.warc.gz")
    with file.open("rb") as stream:
        info, first, second = (
            (one, one.content_stream().read()) for one in ArchiveIterator(stream, check_digests=True)
        )
    assert info[0].rec_type == "warcinfo"
    assert first[0].rec_headers.get_header("WARC-Target-URI") == PAGE.final_url
    assert first[0].rec_headers.get_header("WARC-IP-Address") == PAGE.address
    assert first[0].rec_headers.get_header("WARC-Date") == "2026-11-22T12:00:00.123456Z"
    assert first[0].rec_headers.get_header("WARC-Record-ID").startswith("<urn:uuid:")
    assert first[0].http_headers.get_statuscode() == "200"
    assert (first[1], second[1]) == (PAGE.body, page(2).body)

    class Arguments:
        inputs = (str(file),)
        verbose = False

    checker = Checker(Arguments)
    checker.process_all()
    assert checker.exit_value == 0


def test_the_record_is_shown_as_text(archive: Archive) -> None:
    text = archive.record(archive.write(PAGE, "e1"))
    assert text.startswith("WARC/1.1\r\n")
    assert "Veille-Entry-ID: e1" in text
    assert "L'été à Orléans." in text


def test_the_page_is_on_the_disk_before_its_pointer_is_given(tmp_path: Path) -> None:
    """A process that is killed at the very moment at which it has the pointer loses nothing."""
    code = (
        "import os, sys; from pathlib import Path; from pipeline.archive import Archive;"
        "from tests.archive.test_archive import PAGE;"
        "pointer = Archive(Path(sys.argv[1])).write(PAGE, 'e1');"
        "print(pointer.model_dump_json(), flush=True); os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == -9
    assert Archive(tmp_path).read(ArchivePointer.model_validate_json(done.stdout)) == PAGE


@pytest.mark.parametrize("kept", [1, 5, 40, 200, -1])
def test_a_torn_last_record_hides_no_other(archive: Archive, tmp_path: Path, kept: int) -> None:
    first, last = archive.write(PAGE, "e1"), archive.write(page(2), "e2")
    archive.close()
    file = tmp_path / first.file
    os.truncate(file, (file.stat().st_size if kept < 0 else last.offset) + kept)
    damaged: list[ArchiveDamaged] = []
    again = Archive(tmp_path, now=lambda: NOW)
    assert [one[1] for one in again.scan(damaged=damaged.append)] == ["e1"]
    assert [file.name in str(error) and "torn" in str(error) for error in damaged] == [True]
    assert again.read(first) == PAGE
    with pytest.raises(ArchiveDamaged, match="torn"):
        again.read(last)
    assert again.read(again.write(page(3), "e3")) == page(3)


def test_a_damaged_body_is_found_out(archive: Archive, tmp_path: Path) -> None:
    one, two = archive.write_many([(page(1), "e1"), (page(2), "e2")])
    with pytest.raises(ArchiveDamaged, match="is not sha256"):
        archive.read(one.model_copy(update={"digest": two.digest}))
    with pytest.raises(ArchiveDamaged):
        archive.read(one.model_copy(update={"offset": one.offset + 3}))
    file = tmp_path / one.file
    content = bytearray(file.read_bytes())
    content[one.offset + 40] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(ArchiveDamaged):
        archive.read(one)
    damaged: list[ArchiveDamaged] = []
    list(archive.scan(damaged=damaged.append))
    assert damaged


@pytest.mark.parametrize("file", ["2026-11-22/none.warc.gz", "../../etc/passwd", "/etc/passwd"])
def test_a_pointer_to_nowhere_is_damage(archive: Archive, file: str) -> None:
    archive.write(PAGE, "e1")
    with pytest.raises(ArchiveDamaged):
        archive.read(ArchivePointer(file=file, offset=0, digest="sha256:00"))


def test_a_pointer_to_a_record_that_is_no_page_is_damage(archive: Archive) -> None:
    pointer = archive.write(PAGE, "e1")
    with pytest.raises(ArchiveDamaged, match="not a page"):
        archive.read(pointer.model_copy(update={"offset": 0}))


def test_files_are_rotated_by_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives, "MAX_FILE_BYTES", 100_000)
    archive = Archive(tmp_path)
    pointers = [archive.write(replace(PAGE, body=os.urandom(40_000)), f"e{number}") for number in range(9)]
    assert len({pointer.file for pointer in pointers}) == 3
    assert max(file.stat().st_size for file in tmp_path.glob("*/*")) < 150_000
    assert [one[1] for one in archive.scan()] == [f"e{number}" for number in range(9)]


def test_each_day_has_its_folder_and_a_scan_begins_at_an_instant(tmp_path: Path) -> None:
    clock = [NOW]
    archive = Archive(tmp_path, now=lambda: clock[-1])
    for hour in range(0, 72, 12):
        clock.append(NOW + timedelta(hours=hour))
        archive.write(page(hour, clock[-1]), f"e{hour}")
    assert sorted(folder.name for folder in tmp_path.iterdir()) == [f"2026-11-{day}" for day in (22, 23, 24, 25)]
    assert [one[1] for one in archive.scan(since=NOW + timedelta(hours=36))] == ["e36", "e48", "e60"]
    assert len(list(archive.scan())) == 6


def test_writers_at_once_have_files_of_their_own(tmp_path: Path) -> None:
    archives_of_it = [Archive(tmp_path, now=lambda: NOW) for _ in range(3)]
    pointers = [one.write(page(number), f"e{number}") for number, one in enumerate(archives_of_it)]
    assert len({pointer.file for pointer in pointers}) == 3
    assert sorted(one[1] for one in Archive(tmp_path).scan()) == ["e0", "e1", "e2"]


def test_threads_share_a_file(archive: Archive) -> None:
    pointers: dict[int, ArchivePointer] = {}

    def write(numbers: range) -> None:
        for number in numbers:
            pointers[number] = archive.write(page(number), f"e{number}")

    threads = [threading.Thread(target=write, args=(range(start, start + 20),)) for start in range(0, 160, 20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({pointer.file for pointer in pointers.values()}) == 1
    assert all(archive.read(pointer) == page(number) for number, pointer in pointers.items())


def test_a_fork_goes_on_in_a_file_of_its_own(archive: Archive, tmp_path: Path) -> None:
    first = archive.write(page(1), "e1")
    if not (child := os.fork()):
        archive.write(page(2), "e2")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    second = archive.write(page(3), "e3")
    assert second.file == first.file
    assert sorted(one[1] for one in archive.scan()) == ["e1", "e2", "e3"]
    assert archive.read(second) == page(3)


def test_a_full_disk_loses_the_page_and_no_other(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    first = archive.write(page(1), "e1")
    write = archives._write

    def half(file: int, data: bytes) -> None:
        write(file, data[: len(data) // 2])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(archives, "_write", half)
        with pytest.raises(OSError, match="No space"):
            archive.write(page(2), "e2")
    third = archive.write(page(3), "e3")
    assert [archive.read(one) for one in (first, third)] == [page(1), page(3)]
    assert [one[1] for one in archive.scan()] == ["e1", "e3"]


def test_a_closed_archive_begins_another_file(tmp_path: Path) -> None:
    with Archive(tmp_path) as archive:
        first = archive.write(page(1), "e1")
    assert archive.write(page(2), "e2").file != first.file
    archive.close()
    assert len(list(Archive(tmp_path).scan())) == 2
