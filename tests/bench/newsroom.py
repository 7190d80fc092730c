"""The sample newsroom must never be what a measurement measures: requests per second of its own processor time."""

from __future__ import annotations

import csv
import http.client
import io
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import psutil

from pipeline.newsroom import NewsroomProcess

SECONDS = 2.0


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, NewsroomProcess(Path(folder) / "newsroom.json") as newsroom:
        urls = [one["url"] for one in newsroom.published if one["page"] == "article"]
        _measure("newsroom pages, gzip", newsroom.pid, urls, lambda url: {"Accept-Encoding": "gzip"})
    with (
        tempfile.TemporaryDirectory() as folder,
        NewsroomProcess(Path(folder) / "newsroom.json", synthetic=1_000) as newsroom,
    ):
        urls = [row["feed_url"] for row in csv.DictReader(io.StringIO(newsroom.feeds_csv()))]
        _measure("synthetic feeds, 30 items", newsroom.pid, urls, lambda url: {})
        _measure("synthetic feeds, 304", newsroom.pid, urls, lambda url: {"If-None-Match": f'"{_number(url)}-1"'})


def _number(url: str) -> str:
    return url.rpartition("/")[2]


def _measure(name: str, pid: int, urls: list[str], headers: Callable[[str], Mapping[str, str]]) -> None:
    connections: dict[str, http.client.HTTPConnection] = {}

    def get(url: str) -> None:
        parts = urlsplit(url)
        if parts.netloc not in connections:
            connections[parts.netloc] = http.client.HTTPConnection(parts.netloc, timeout=10)
        connection = connections[parts.netloc]
        connection.request("GET", url.split(parts.netloc)[1], headers=dict(headers(url)))
        connection.getresponse().read()

    for url in urls:
        get(url)
    used, begun, count = _processor(pid), time.monotonic(), 0
    while time.monotonic() - begun < SECONDS:
        for url in urls:
            get(url)
        count += len(urls)
    print(f"{name}: {count / (_processor(pid) - used):.0f} requests/s of one core (at least 300)")
    for connection in connections.values():
        connection.close()


def _processor(pid: int) -> float:
    times = psutil.Process(pid).cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    main()
