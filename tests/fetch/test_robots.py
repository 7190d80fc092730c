"""robots.txt: obeyed at every hop, kept for a day, and never asked for more often than it must be."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.errors import Retry, RobotsRefused, Unreachable
from tests.fetch.conftest import Make, Site, free_port, http, to

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def robots(*lines: str) -> bytes:
    return http(200, "\n".join(lines).encode(), type_="text/plain")


@pytest.mark.parametrize(
    ("lines", "allowed"),
    [
        (["User-agent: *", "Disallow: /prive"], False),
        (["User-agent: *", "Disallow: /"], False),
        (["User-agent: *", "Disallow:"], True),
        (["User-agent: *", "Disallow: /", "Allow: /prive/article"], True),
        (["User-agent: Veille", "Disallow: /", "", "User-agent: *", "Disallow:"], False),
        (["User-agent: veille", "Disallow:", "", "User-agent: *", "Disallow: /"], True),
        (["User-agent: GPTBot", "Disallow: /"], True),
        (["User-agent: *", "Disallow: /*/article$"], False),
        (["\ufeffUser-agent: *", "Disallow: /prive"], False),
        (["<!doctype html><title>404</title>"], True),
        ([], True),
    ],
)
async def test_a_page_is_asked_for_only_where_the_file_allows_it(
    make: Make, site: Site, lines: list[str], allowed: bool
) -> None:
    site.answers |= {"/robots.txt": robots(*lines), "/prive/article": http()}
    fetcher = await make(site)
    if allowed:
        assert (await fetcher.page(f"{site.url}/prive/article")).status == 200
    else:
        with pytest.raises(RobotsRefused, match=r"robots\.txt says no"):
            await fetcher.page(f"{site.url}/prive/article")
        assert site.paths() == []


async def test_feeds_are_not_asked_about(make: Make, site: Site) -> None:
    site.answers |= {"/robots.txt": robots("User-agent: *", "Disallow: /"), "/rss": http()}
    assert (await (await make(site)).feed(f"{site.url}/rss")).status == 200
    assert [asked.path for asked in site.asked] == ["/rss"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
async def test_a_file_that_is_refused_or_not_there_allows_all(make: Make, site: Site, status: int) -> None:
    site.answers |= {"/robots.txt": http(status), "/a": http()}
    assert (await (await make(site)).page(f"{site.url}/a")).status == 200


@pytest.mark.parametrize("status", [500, 503, 429])
async def test_a_file_out_of_reach_allows_nothing_and_is_asked_for_once(make: Make, site: Site, status: int) -> None:
    site.answers |= {"/robots.txt": http(status), "/a": http(), "/b": http()}
    fetcher = await make(site)
    for path in ("/a", "/b"):
        with pytest.raises(Unreachable, match=r"robots\.txt cannot be had") as caught:
            await fetcher.page(site.url + path)
        assert caught.value.retry_after
    assert [asked.path for asked in site.asked] == ["/robots.txt"]


async def test_a_host_out_of_reach_is_tried_again_later_not_skipped(make: Make) -> None:
    host = f"127.0.0.1:{free_port()}"
    with pytest.raises(Retry):
        await (await make(names=[host])).page(f"http://{host}/a")


async def test_the_last_known_file_serves_while_a_new_one_cannot_be_had(make: Make, site: Site) -> None:
    moments = [NOW]
    site.answers |= {"/robots.txt": robots("User-agent: *", "Disallow: /prive"), "/a": http(), "/prive": http()}
    fetcher = await make(site, now=lambda: moments[-1])
    await fetcher.page(f"{site.url}/a")
    site.answers["/robots.txt"] = http(500)
    moments.append(NOW + timedelta(days=2))
    await fetcher.page(f"{site.url}/a")
    with pytest.raises(RobotsRefused):
        await fetcher.page(f"{site.url}/prive")
    assert [asked.path for asked in site.asked] == ["/robots.txt", "/a", "/robots.txt", "/a"]


async def test_a_file_out_of_reach_for_a_month_counts_as_absent(make: Make, site: Site) -> None:
    moments = [NOW]
    site.answers |= {"/robots.txt": http(500), "/a": http()}
    fetcher = await make(site, now=lambda: moments[-1])
    for days, allowed in ((0, False), (29, False), (31, True)):
        moments.append(NOW + timedelta(days=days))
        if allowed:
            assert (await fetcher.page(f"{site.url}/a")).status == 200
        else:
            with pytest.raises(Unreachable):
                await fetcher.page(f"{site.url}/a")


async def test_the_file_is_kept_a_day_by_all_processes_of_a_home(make: Make, site: Site) -> None:
    site.answers |= {"/robots.txt": robots("User-agent: *", "Disallow: /prive"), "/a": http()}
    for hours, asked in ((0, 1), (23, 1), (25, 2), (47, 2)):
        fetcher = await make(site, now=lambda hours=hours: NOW + timedelta(hours=hours))
        await fetcher.page(f"{site.url}/a")
        with pytest.raises(RobotsRefused):
            await fetcher.page(f"{site.url}/prive")
        assert sum(one.path == "/robots.txt" for one in site.asked) == asked


async def test_each_hop_of_a_redirect_asks_its_own_host(make: Make, site: Site, other_site: Site) -> None:
    site.answers["/a"] = to(f"{other_site.url}/b")
    other_site.answers |= {"/robots.txt": robots("User-agent: *", "Disallow: /b"), "/b": http()}
    with pytest.raises(RobotsRefused):
        await (await make(site, other_site)).page(f"{site.url}/a")
    assert [asked.path for asked in other_site.asked] == ["/robots.txt"]


async def test_a_moved_file_holds_for_the_host_that_was_asked(make: Make, site: Site, other_site: Site) -> None:
    site.answers |= {"/robots.txt": to(f"{other_site.url}/robots.txt"), "/a": http()}
    other_site.answers["/robots.txt"] = robots("User-agent: *", "Disallow: /a")
    with pytest.raises(RobotsRefused):
        await (await make(site, other_site)).page(f"{site.url}/a")


async def test_a_file_of_any_size_is_read_as_far_as_the_rfc_asks(make: Make, site: Site) -> None:
    long = robots("User-agent: *", "Disallow: /prive", *["# " + "x" * 998] * 3000, "Disallow: /a")
    site.answers |= {"/robots.txt": long, "/a": http()}
    fetcher = await make(site)
    await fetcher.page(f"{site.url}/a")
    with pytest.raises(RobotsRefused):
        await fetcher.page(f"{site.url}/prive")


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        (["Crawl-delay: 0.3"], 0.3),
        (["Request-rate: 10/4s"], 0.4),
        (["Crawl-delay: 0.1"], 0.2),
        (["Crawl-delay: x"], 0.2),
    ],
)
async def test_the_longer_of_crawl_delay_and_own_delay_is_kept(
    make: Make, site: Site, lines: list[str], seconds: float
) -> None:
    site.answers |= {"/robots.txt": robots("User-agent: *", *lines), "/a": http(), "/b": http(), "/rss": http()}
    fetcher = await make(site, host_delay=0.2)
    await fetcher.page(f"{site.url}/a")
    await fetcher.page(f"{site.url}/b")
    await fetcher.feed(f"{site.url}/rss")
    pauses = [after.began - before.ended for before, after in zip(site.asked[1:], site.asked[2:], strict=False)]
    assert len(pauses) == 2
    assert min(pauses) >= seconds - 0.02


async def test_a_host_that_wants_a_very_long_pause_is_left_alone(make: Make, site: Site) -> None:
    site.answers |= {"/robots.txt": robots("User-agent: *", "Crawl-delay: 3600"), "/a": http()}
    with pytest.raises(RobotsRefused, match="3600 s between requests"):
        await (await make(site)).page(f"{site.url}/a")
    assert site.paths() == []


async def test_many_pages_of_a_host_ask_for_its_file_once(make: Make, site: Site) -> None:
    site.answers |= {f"/{number}": http() for number in range(10)}
    fetcher = await make(site)
    await asyncio.gather(*(fetcher.page(f"{site.url}/{number}") for number in range(10)))
    assert sum(asked.path == "/robots.txt" for asked in site.asked) == 1
