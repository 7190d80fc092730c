"""Turns: one request at a time for each host and a pause between two, for tasks, fetchers and processes alike."""

from __future__ import annotations

import asyncio
import signal
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from pipeline.fetch.politeness import Politeness
from tests.fetch.conftest import Asked, Make, Site, http, to, to_loopback

CLIENT = """
import asyncio, sys
from pathlib import Path
from pipeline.fetch import Fetcher
from pipeline.settings import Settings

async def main(home, host, delay, paths):
    settings = Settings(home=Path(home), allow_private_hosts=host, host_delay=float(delay), request_timeout=60)
    async with Fetcher(settings) as fetcher:
        print("ready", flush=True)
        await asyncio.gather(*(fetcher.feed(f"http://{host}{path}") for path in paths))

asyncio.run(main(*sys.argv[1:4], sys.argv[4:]))
"""


def pauses(asked: list[Asked]) -> list[float]:
    """Seconds from the end of each request to the beginning of the next; negative where they overlap."""
    ordered = sorted(asked, key=lambda one: one.began)
    return [after.began - before.ended for before, after in pairwise(ordered)]


def slowly(seconds: float = 0.05):  # type: ignore[no-untyped-def]
    async def answer(writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(seconds)
        writer.write(http())

    return answer


async def client(home: Path, site: Site, delay: float, *paths: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-c", CLIENT, str(home), site.host, str(delay), *paths, stdout=asyncio.subprocess.PIPE
    )


async def test_tasks_take_turns_at_a_host(make: Make, site: Site) -> None:
    site.answers |= {f"/{number}": slowly() for number in range(5)}
    fetcher = await make(site, host_delay=0.1)
    await asyncio.gather(*(fetcher.feed(f"{site.url}/{number}") for number in range(5)))
    assert len(site.asked) == 5
    assert min(pauses(site.asked)) >= 0.09


async def test_without_a_delay_requests_still_do_not_overlap(make: Make, site: Site) -> None:
    site.answers |= {f"/{number}": slowly(0.02) for number in range(5)}
    fetcher = await make(site, host_delay=0)
    await asyncio.gather(*(fetcher.feed(f"{site.url}/{number}") for number in range(5)))
    assert min(pauses(site.asked)) >= 0


async def test_hosts_are_asked_side_by_side(make: Make, site: Site, other_site: Site) -> None:
    """Each host answers only when the other has been asked too."""
    both = asyncio.Barrier(2)

    async def answer(writer: asyncio.StreamWriter) -> None:
        await both.wait()
        writer.write(http())

    site.answers["/"] = other_site.answers["/"] = answer
    fetcher = await make(site, other_site)
    async with asyncio.timeout(5):
        await asyncio.gather(fetcher.feed(f"{site.url}/"), fetcher.feed(f"{other_site.url}/"))


async def test_processes_of_one_home_take_turns(site: Site, tmp_path: Path) -> None:
    site.answers |= {f"/{number}": slowly() for number in range(6)}
    clients = [
        await client(tmp_path, site, 0.1, *(f"/{number}" for number in group)) for group in ((0, 1, 2), (3, 4, 5))
    ]
    assert [await one.wait() for one in clients] == [0, 0]
    assert len(site.asked) == 6
    assert min(pauses(site.asked)) >= 0.09


async def test_a_killed_process_gives_its_turn_back_and_its_request_counts(
    make: Make, site: Site, tmp_path: Path
) -> None:
    site.answers |= {"/hangs": slowly(30), "/": http()}
    killed = await client(tmp_path / "home", site, 0, "/hangs")
    async with asyncio.timeout(20):
        await site.came.wait()
    (stamp,) = (tmp_path / "home" / "hosts").iterdir()
    assert float(stamp.read_text()) > 0  # noted before the request, so that it counts although it never ends
    fetcher = await make(site)
    waiting = asyncio.create_task(fetcher.feed(f"{site.url}/"))
    await asyncio.sleep(0.1)
    assert len(site.asked) == 1
    killed.send_signal(signal.SIGKILL)
    await killed.wait()
    async with asyncio.timeout(5):
        await waiting
    assert site.paths() == ["/hangs", "/"]


async def test_a_redirect_waits_for_its_target_too(make: Make, site: Site, other_site: Site) -> None:
    site.answers |= {"/": to("/b"), "/b": to(f"{other_site.url}/c")}
    other_site.answers |= {"/c": http(), "/first": http()}
    fetcher = await make(site, other_site, host_delay=0.2)
    await fetcher.feed(f"{other_site.url}/first")
    await fetcher.feed(f"{site.url}/")
    assert min(*pauses(site.asked), *pauses(other_site.asked)) >= 0.19


async def test_two_hosts_that_redirect_to_each_other_do_not_wait_for_each_other(
    make: Make, site: Site, other_site: Site
) -> None:
    for one, other in ((site, other_site), (other_site, site)):
        one.answers |= {f"/{number}": to(f"{other.url}/end") for number in range(5)} | {"/end": http()}
    fetcher = await make(site, other_site)
    async with asyncio.timeout(10):
        await asyncio.gather(
            *(fetcher.feed(f"{one.url}/{number}") for one in (site, other_site) for number in range(5))
        )


@pytest.mark.parametrize(("scope", "together"), [("domain", True), ("host", False)])
async def test_the_scope_is_the_registrable_domain_or_the_host(
    make: Make, site: Site, scope: str, together: bool
) -> None:
    names = [f"{name}:{site.port}" for name in ("www.exemple.fr", "feeds.exemple.fr")]
    site.answers["/"] = slowly()
    fetcher = await make(names=names, resolver=to_loopback, politeness_scope=scope)
    await asyncio.gather(*(fetcher.feed(f"http://{name}/") for name in names))
    assert (min(pauses(site.asked)) >= 0) is together


@pytest.mark.parametrize(
    ("scope", "url", "expected"),
    [
        ("domain", "https://feeds.leparisien.fr/leparisien/rss", "leparisien.fr"),
        ("domain", "https://www.bbc.co.uk/afrique", "bbc.co.uk"),
        ("domain", "http://127.0.0.1:8001/rss", "127.0.0.1:8001"),
        ("domain", "http://[::1]:8001/rss", "::1:8001"),
        ("domain", "http://localhost:8001/rss", "localhost:8001"),
        ("host", "https://feeds.leparisien.fr/leparisien/rss", "feeds.leparisien.fr:443"),
        ("host", "http://127.0.0.1:8001/rss", "127.0.0.1:8001"),
    ],
)
def test_what_counts_as_one_host(tmp_path: Path, scope: str, url: str, expected: str) -> None:
    assert Politeness(tmp_path, scope).scope(url) == expected


async def test_a_cancelled_turn_is_given_back(make: Make, site: Site) -> None:
    site.answers |= {"/hangs": slowly(30), "/": http()}
    fetcher = await make(site)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await fetcher.feed(f"{site.url}/hangs")
    async with asyncio.timeout(5):
        assert (await fetcher.feed(f"{site.url}/")).status == 200


@pytest.mark.parametrize("content", [b"", b"nonsense", b"99999999999.0"])
async def test_a_damaged_or_future_stamp_waits_no_longer_than_the_delay(tmp_path: Path, content: bytes) -> None:
    politeness = Politeness(tmp_path)
    (tmp_path / "127.0.0.1%3A1").write_bytes(content)
    async with asyncio.timeout(5), politeness.turn("http://127.0.0.1:1/", 0.1):
        pass


async def test_waiting_for_a_turn_leaves_the_loop_free(make: Make, site: Site, tmp_path: Path) -> None:
    """While another process holds the host, this one's loop goes on."""
    site.answers |= {"/hangs": slowly(0.6), "/": http()}
    other = await client(tmp_path / "home", site, 0, "/hangs")
    async with asyncio.timeout(20):
        await site.came.wait()
    fetcher = await make(site)
    waiting = asyncio.create_task(fetcher.feed(f"{site.url}/"))
    turns = 0
    while not waiting.done():
        await asyncio.sleep(0.01)
        turns += 1
    assert turns > 5
    assert await other.wait() == 0
