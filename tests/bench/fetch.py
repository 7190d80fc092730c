"""What politeness, the guard and the archive cost: requests on loopback beside bare httpx, and WARC records a page."""

from __future__ import annotations

import asyncio
import multiprocessing
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

REQUESTS = 1_000
PAGES = 200
BODY = (
    b"<html><body>"
    + b"".join(b"<p>Le convoi num\xc3\xa9ro %d a quitt\xc3\xa9 le port dans la nuit.</p>" % n for n in range(2_000))
    + b"</body></html>"
)


def _serve(pipe: Connection) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                if b"if-none-match" in head.lower():
                    writer.write(b"HTTP/1.1 304 Not Modified\r\nETag: x\r\n\r\n")
                elif b"robots.txt" in head:
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
                else:
                    header = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(BODY)
                    writer.write(header + BODY)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(main())


def main() -> None:
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    try:
        port = ours.recv()
        with tempfile.TemporaryDirectory() as home:
            asyncio.run(_requests(port, Path(home)))
            _archive(Path(home))
    finally:
        server.terminate()
        server.join()


async def _requests(port: int, home: Path) -> None:
    import httpx

    from pipeline.fetch import Fetcher
    from pipeline.settings import Settings

    async def to_loopback(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    hosts = [f"journal-{number}.example:{port}" for number in range(REQUESTS)]
    settings = Settings(home=home, allow_private_hosts=frozenset(hosts))
    async with Fetcher(settings, resolver=to_loopback) as fetcher:
        seconds = await _timed(lambda host: fetcher.feed(f"http://{host}/rss", etag='"x"'), hosts)
        print(f"fetch, 1,000 unchanged feeds of 1,000 hosts: {seconds:.2f} s (a part of the round's 10)")
        seconds = await _timed(lambda host: fetcher.page(f"http://{host}/a"), hosts[: REQUESTS // 5])
        print(
            f"fetch, page of a host not asked before, robots.txt and the 1 s pause in it: {seconds / 200 * 1e3:.1f} ms"
        )
    async with httpx.AsyncClient(headers={"If-None-Match": '"x"'}, trust_env=False) as client:
        seconds = await _timed(lambda host: client.get(f"http://127.0.0.1:{port}/{host}"), hosts)
        print(f"fetch, the same 1,000 requests by bare httpx on kept connections: {seconds:.2f} s")


async def _timed(ask: Callable[[str], Awaitable[object]], hosts: list[str]) -> float:
    slots = asyncio.Semaphore(64)

    async def one(host: str) -> None:
        async with slots:
            await ask(host)

    began = time.perf_counter()
    await asyncio.gather(*(one(host) for host in hosts))
    return time.perf_counter() - began


def _archive(home: Path) -> None:
    from pipeline.archive import Archive
    from pipeline.records import Page

    url = "https://journal.example/a"
    page = Page(url, url, 200, (("Content-Type", "text/html"),), BODY, datetime.now(UTC))
    archive = Archive(home / "archive")

    def per_page(work: Callable[[], object]) -> float:
        began = time.perf_counter()
        work()
        return (time.perf_counter() - began) / PAGES * 1e3

    pointers = archive.write_many([(page, "warm-up")])
    alone = per_page(lambda: pointers.extend(archive.write(page, "a") for _ in range(PAGES)))
    batch = per_page(lambda: archive.write_many((page, "b") for _ in range(PAGES)))
    read = per_page(lambda: [archive.read(pointer) for pointer in pointers[1:]])
    scan = per_page(lambda: list(archive.scan())) / 2
    kilobytes = len(BODY) / 1e3
    print(f"archive, write a page of {kilobytes:.0f} kB, on the disk: {alone:.2f} ms")
    print(f"archive, write in a batch of {PAGES}: {batch:.2f} ms")
    print(f"archive, read by pointer, digest checked: {read:.2f} ms")
    print(f"archive, read in a scan, digest checked: {scan:.2f} ms")


if __name__ == "__main__":
    main()
