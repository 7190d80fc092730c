"""The newsroom as a site: pages, validators, publishing, and the other ways to run it."""

from __future__ import annotations

import csv
import html
import io
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from pipeline.newsroom import Newsroom, NewsroomProcess, SyntheticNewsroom, article
from pipeline.newsroom.outlets import COLUMNS

NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(NOW, crawl_delay=2) as newsroom:
        yield newsroom


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def some(newsroom: Newsroom, outlet: str) -> str:
    return next(one.url for one in newsroom.published if one.outlet.id == outlet and one.article.page == "article")


def test_a_page_known_by_its_etag_is_not_sent_again(newsroom: Newsroom, client: httpx.Client) -> None:
    url = some(newsroom, "cadran")
    first = client.get(url)
    again = client.get(url, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"If-Modified-Since": "Sun, 22 Nov 2026 11:00:00 GMT"}, 304),
        ({"If-Modified-Since": "Mon, 01 Jun 2026 00:00:00 GMT"}, 200),
        ({"If-Modified-Since": "hier"}, 200),
        ({"If-None-Match": '"another"'}, 200),
        ({"If-None-Match": "*"}, 304),
        # The entity tag decides, whatever the date says (RFC 9110, section 13.2.2).
        ({"If-None-Match": '"another"', "If-Modified-Since": "Sun, 22 Nov 2026 11:00:00 GMT"}, 200),
    ],
)
def test_conditional_requests(newsroom: Newsroom, client: httpx.Client, headers: dict[str, str], status: int) -> None:
    assert client.get(newsroom.url("cadran-une"), headers=headers).status_code == status


def test_gzip_for_those_who_take_it(newsroom: Newsroom, client: httpx.Client) -> None:
    url = some(newsroom, "bastion")
    packed = client.get(url, headers={"Accept-Encoding": "gzip"})
    plain = client.get(url, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content


def test_head_gives_the_headers_alone(newsroom: Newsroom, client: httpx.Client) -> None:
    answer = client.head(some(newsroom, "meuse"))
    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer.headers["content-length"]) > 0


def test_tracking_parameters_lead_to_the_same_page(newsroom: Newsroom, client: httpx.Client) -> None:
    for outlet in ("meuse", "sahel"):
        url = some(newsroom, outlet)
        tracked = url + ("&" if "?" in url else "?") + "utm_source=rss"
        assert client.get(tracked).text == client.get(url).text


def test_unknown_paths_are_404(newsroom: Newsroom, client: httpx.Client) -> None:
    assert client.get(newsroom.url("cadran/nulle-part")).status_code == 404
    assert client.get(newsroom.url("sahel/spip.php?article1")).status_code == 404


def test_robots_txt_asks_for_the_delay(newsroom: Newsroom, client: httpx.Client) -> None:
    lines = client.get(newsroom.url("cadran/robots.txt")).text.splitlines()
    assert "Crawl-delay: 2" in lines
    assert "Disallow: /abonnes/" in lines


def test_the_home_page_names_the_feeds(newsroom: Newsroom, client: httpx.Client) -> None:
    home = client.get(newsroom.url("cadran")).text
    assert '<link rel="alternate" type="application/rss+xml"' in home
    assert "/rss/une.xml" in home


def test_the_registry_has_a_row_for_each_feed(newsroom: Newsroom, client: httpx.Client, tmp_path: Path) -> None:
    written = newsroom.write_registry(tmp_path / "feeds.csv").read_text("utf-8")
    rows = list(csv.DictReader(io.StringIO(written)))
    assert tuple(rows[0]) == COLUMNS
    assert len(rows) == sum(len(outlet.feeds) for outlet in newsroom.outlets)
    for row in rows:
        assert client.get(row["feed_url"]).status_code == 200
        assert row["feed_url"].split("/")[2] in newsroom.allow_hosts.split(",")


def test_requests_are_logged(newsroom: Newsroom, client: httpx.Client) -> None:
    before = len(newsroom.requests_to("cadran/robots.txt"))
    body = client.get(newsroom.url("cadran/robots.txt"), headers={"User-Agent": "Veille/0.1"}).content
    (logged,) = newsroom.requests_to("cadran/robots.txt")[before:]
    assert (logged.method, logged.status, logged.headers["user-agent"]) == ("GET", 200, "Veille/0.1")
    assert 0 < logged.bytes <= len(body) + 50


def test_a_new_article_appears_in_its_feeds_and_has_a_page(newsroom: Newsroom, client: httpx.Client) -> None:
    etag = client.get(newsroom.url("cadran-une")).headers["etag"]
    shown = newsroom.write("cadran", "Un titre de dernière minute", ["Un paragraphe écrit à la main."])
    answer = client.get(newsroom.url("cadran-une"), headers={"If-None-Match": etag})
    assert answer.status_code == 200
    assert "Un titre de dernière minute" in answer.text
    assert "Un paragraphe écrit à la main." in client.get(shown.url).text


def test_an_article_may_be_published_by_another_outlet(newsroom: Newsroom, client: httpx.Client) -> None:
    made = article("cadran-voyageur", "cadran", "Le voyageur", ["Il est parti ailleurs."])
    shown = newsroom.publish(made, outlet="sahel")
    assert "Le voyageur" in client.get(newsroom.url("sahel-fil")).text
    assert client.get(shown.url).status_code == 200


def test_a_withdrawn_article_is_gone(newsroom: Newsroom, client: httpx.Client) -> None:
    shown = newsroom.write("meuse", "À retirer", ["Bientôt retiré."])
    newsroom.withdraw(shown.id)
    assert client.get(shown.url).status_code == 410
    assert "À retirer" not in client.get(newsroom.url("meuse-info")).text


def test_invented_articles_all_differ(newsroom: Newsroom, client: httpx.Client) -> None:
    made = newsroom.invent(30)
    assert len({one.version.text for one in made}) == len({one.url for one in made}) == 30
    assert {client.get(one.url).status_code for one in made} == {200}


def test_reshuffling_changes_the_page_but_not_the_article(newsroom: Newsroom, client: httpx.Client) -> None:
    one = next(one for one in newsroom.published if one.outlet.id == "littoral" and one.article.page == "article")
    before = html.unescape(client.get(one.url).text)
    newsroom.reshuffle()
    after = html.unescape(client.get(one.url).text)
    assert before != after
    assert one.version.blocks[0].text in before
    assert one.version.blocks[0].text in after


def test_the_same_instant_gives_the_same_dates(tmp_path: Path) -> None:
    ages = []
    for _ in range(2):
        with Newsroom(NOW) as newsroom:
            ages.append({one.id: NOW - one.published_at for one in newsroom.published})
    assert ages[0] == ages[1]
    assert min(ages[0].values()) > timedelta(0)


def test_reopened_from_its_state_it_has_the_same_urls(tmp_path: Path) -> None:
    state = tmp_path / "newsroom.json"
    with Newsroom(state=state) as newsroom:
        first = {one.id: one.url for one in newsroom.published}
    with Newsroom(state=state) as newsroom:
        assert {one.id: one.url for one in newsroom.published} == first


def test_a_taken_port_does_not_keep_the_newsroom_closed(tmp_path: Path) -> None:
    state = tmp_path / "newsroom.json"
    with Newsroom(state=state), Newsroom(state=state) as second:
        assert httpx.get(second.url("cadran")).status_code == 200


def test_in_a_process_of_its_own(tmp_path: Path, client: httpx.Client) -> None:
    state = tmp_path / "newsroom.json"
    with NewsroomProcess(state, now=NOW, feed_size=5) as newsroom:
        urls = {one["id"]: one["url"] for one in newsroom.published}
        shown = newsroom.write("meuse", "Écrit d'un autre processus", ["Un paragraphe."], id="meuse-ailleurs")
        assert client.get(shown["url"]).status_code == 200
        newsroom.break_("meuse-ailleurs", "500", times=1)
        assert [client.get(shown["url"]).status_code for _ in range(2)] == [500, 200]
        assert newsroom.withdraw("meuse-ailleurs")["id"] == "meuse-ailleurs"
        assert len(newsroom.invent(3, first=10)) == 3
        assert [one["path"] for one in newsroom.requests].count(shown["url"].partition("/article")[1]) == 0
        assert newsroom.write_registry(tmp_path / "feeds.csv").exists()
        with pytest.raises(RuntimeError, match="KeyError"):
            newsroom.publish("no-such-article")
        newsroom.kill()
        newsroom.start()
        assert {one["id"]: one["url"] for one in newsroom.published} == urls


def test_synthetic_feeds_unchanged_and_changed(client: httpx.Client) -> None:
    with SyntheticNewsroom(feeds=20, items=30, ports=4, now=NOW) as newsroom:
        rows = list(csv.DictReader(io.StringIO(newsroom.feeds_csv())))
        assert (len(rows), len(newsroom.allow_hosts.split(","))) == (20, 4)
        first = client.get(rows[7]["feed_url"])
        known = {"If-None-Match": first.headers["etag"]}
        assert client.get(rows[7]["feed_url"], headers=known).status_code == 304
        newsroom.change()
        second = client.get(rows[7]["feed_url"], headers=known)
        assert second.status_code == 200
        links = [{part.partition("</link>")[0] for part in one.text.split("<item>")[1:]} for one in (first, second)]
        assert [len(one) for one in links] == [30, 30]
        assert not links[0] & links[1]
        assert newsroom.counts["304"] == 1
