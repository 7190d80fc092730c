"""Each misbehaviour, seen from the client's side of the wire."""

from __future__ import annotations

import gzip
import http.client
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlsplit

import feedparser
import httpx
import pytest

from pipeline.newsroom import Newsroom
from pipeline.newsroom.trouble import TROUBLES

FEED = "cadran-une"


@pytest.fixture(scope="module")
def opened() -> Iterator[Newsroom]:
    with Newsroom(datetime(2026, 11, 22, 11, tzinfo=UTC)) as newsroom:
        yield newsroom


@pytest.fixture
def newsroom(opened: Newsroom) -> Iterator[Newsroom]:
    yield opened
    opened.mend()


@pytest.fixture
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


@pytest.mark.parametrize("status", [401, 403, 404, 410, 429, 451, 500, 503])
def test_a_status_replaces_the_answer(newsroom: Newsroom, client: httpx.Client, status: int) -> None:
    newsroom.break_(FEED, str(status), retry_after=120)
    answer = client.get(newsroom.url(FEED))
    assert (answer.status_code, answer.headers["retry-after"]) == (status, "120")


@pytest.mark.parametrize("status", [301, 302, 308])
def test_a_redirect_names_where_to_go(newsroom: Newsroom, client: httpx.Client, status: int) -> None:
    newsroom.break_(FEED, str(status), to="/rss/international.xml")
    answer = client.get(newsroom.url(FEED))
    assert (answer.status_code, answer.headers["location"]) == (status, "/rss/international.xml")
    followed = client.get(newsroom.url(FEED), follow_redirects=True)
    assert followed.text == client.get(newsroom.url("cadran-international")).text


@pytest.mark.parametrize(
    ("how", "location"),
    [
        ("redirect-private", "http://169.254.169.254/latest/meta-data/"),
        ("redirect-file", "file:///etc/passwd"),
        ("loop", "/rss/une.xml"),
    ],
)
def test_a_bad_redirect(newsroom: Newsroom, client: httpx.Client, how: str, location: str) -> None:
    newsroom.break_(FEED, how)
    answer = client.get(newsroom.url(FEED))
    assert (answer.status_code, answer.headers["location"]) == (302, location)


def test_a_loop_never_ends(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "loop")
    with pytest.raises(httpx.TooManyRedirects):
        client.get(newsroom.url(FEED), follow_redirects=True)


def test_304_whatever_was_asked(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "304")
    answer = client.get(newsroom.url(FEED))
    assert (answer.status_code, answer.content) == (304, b"")


def test_slow_waits_before_it_answers(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "slow", seconds=1.5)
    with pytest.raises(httpx.ReadTimeout):
        client.get(newsroom.url(FEED), timeout=0.2)


def test_drip_gives_the_headers_and_then_a_few_bytes(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "drip", bytes=10, pause=0.01)
    with client.stream("GET", newsroom.url(FEED)) as answer:
        assert answer.status_code == 200
        first = next(answer.iter_raw())
    assert len(first) <= 100


def test_hang_says_nothing(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "hang")
    with pytest.raises(httpx.ReadTimeout):
        client.get(newsroom.url(FEED), timeout=0.2)


def test_endless_goes_on_after_any_sensible_size(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "endless")
    seen = 0
    with client.stream("GET", newsroom.url(FEED)) as answer:
        assert "content-length" not in answer.headers
        for chunk in answer.iter_raw():
            seen += len(chunk)
            if seen > 20_000_000:
                break
    assert seen > 20_000_000


def test_large_is_honest_about_its_size(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "large", megabytes=3)
    answer = client.get(newsroom.url(FEED))
    assert len(answer.content) == int(answer.headers["content-length"]) > 3_000_000


def test_a_gzip_bomb_unpacks_to_a_thousand_times_its_size(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "gzip-bomb", megabytes=50)
    with client.stream("GET", newsroom.url(FEED)) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        packed = b"".join(answer.iter_raw())
    unpacked = zlib.decompressobj(31)
    assert len(unpacked.decompress(packed, 30_000_000)) == 30_000_000
    assert len(packed) < 100_000


def test_bad_gzip_is_none(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "bad-gzip")
    with pytest.raises(httpx.DecodingError):
        client.get(newsroom.url(FEED))


def test_wrong_charset_contradicts_the_bytes(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "wrong-charset", charset="iso-8859-1")
    answer = client.get(newsroom.url(FEED))
    assert answer.headers["content-type"] == "application/rss+xml; charset=iso-8859-1"
    assert "À la une" in answer.content.decode("utf-8")


def test_no_content_type(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "no-content-type")
    assert "content-type" not in client.get(newsroom.url(FEED)).headers


def test_truncated_promises_more_than_it_sends(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "truncated")
    with pytest.raises(httpx.RemoteProtocolError):
        client.get(newsroom.url(FEED))


def test_reset_breaks_the_connection(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "reset", after=100)
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        client.get(newsroom.url(FEED))


def test_html_instead_of_a_feed(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "html")
    answer = client.get(newsroom.url(FEED))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")


@pytest.mark.parametrize("how", ["empty-channel", "empty-body", "xml-bomb", "external-entity"])
def test_a_feed_without_usable_items(newsroom: Newsroom, client: httpx.Client, how: str) -> None:
    newsroom.break_(FEED, how)
    answer = client.get(newsroom.url(FEED))
    assert answer.status_code == 200
    assert {
        "empty-channel": "<channel>" in answer.text and "<item>" not in answer.text,
        "empty-body": answer.text == "",
        "xml-bomb": answer.text.count("<!ENTITY") == 11 and len(answer.text) < 2_000,
        "external-entity": 'SYSTEM "file:///etc/passwd"' in answer.text,
    }[how]


def test_malformed_xml_still_has_its_items(newsroom: Newsroom, client: httpx.Client) -> None:
    whole = len(feedparser.parse(client.get(newsroom.url(FEED)).content).entries)
    newsroom.break_(FEED, "malformed-xml")
    parsed = feedparser.parse(client.get(newsroom.url(FEED)).content)
    assert parsed.bozo
    assert len(parsed.entries) == whole


@pytest.mark.parametrize(
    ("how", "options", "header", "value"),
    [
        ("cache-control", {"value": "max-age=7200"}, "cache-control", "max-age=7200"),
        ("expires-0", {}, "expires", "0"),
        ("hub", {}, "link", '<https://hub.example.org/>; rel="hub"'),
    ],
)
def test_a_header(
    newsroom: Newsroom, client: httpx.Client, how: str, options: dict[str, str], header: str, value: str
) -> None:
    newsroom.break_(FEED, how, **options)
    assert client.get(newsroom.url(FEED)).headers[header] == value


def test_no_validators(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "no-validators")
    assert not {"etag", "last-modified"} & set(client.get(newsroom.url(FEED)).headers)


@pytest.mark.parametrize(
    ("how", "options", "key", "value"),
    [
        ("ttl", {"minutes": 90}, "ttl", "90"),
        ("sy", {"period": "daily", "frequency": 4}, "sy_updatefrequency", "4"),
    ],
)
def test_a_polling_hint_in_the_feed(
    newsroom: Newsroom, client: httpx.Client, how: str, options: dict[str, object], key: str, value: str
) -> None:
    newsroom.break_(FEED, how, **options)
    assert feedparser.parse(client.get(newsroom.url(FEED)).content).feed[key] == value


def test_a_bom_before_the_prolog(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "bom")
    assert client.get(newsroom.url(FEED)).content.startswith(b"\xef\xbb\xbf<?xml")


def test_down_refuses_connections_until_mended(newsroom: Newsroom) -> None:
    newsroom.break_("sahel", "down")
    with pytest.raises(httpx.ConnectError):
        httpx.get(newsroom.url("sahel"))
    newsroom.mend("sahel")
    assert httpx.get(newsroom.url("sahel")).status_code == 200


def test_trouble_ends_after_so_many_answers(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_(FEED, "500", times=2)
    assert [client.get(newsroom.url(FEED)).status_code for _ in range(3)] == [500, 500, 200]


def test_a_changed_body_is_not_hidden_behind_the_old_validator(newsroom: Newsroom, client: httpx.Client) -> None:
    etag = client.get(newsroom.url(FEED)).headers["etag"]
    newsroom.break_(FEED, "ttl")
    assert client.get(newsroom.url(FEED), headers={"If-None-Match": etag}).status_code == 200


def test_a_whole_outlet_its_robots_txt_included(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_("meuse", "503")
    assert client.get(newsroom.url("meuse/robots.txt")).status_code == 503
    assert client.get(newsroom.url("cadran/robots.txt")).status_code == 200


def test_wrong_calls_are_refused(newsroom: Newsroom) -> None:
    with pytest.raises(KeyError):
        newsroom.break_("nobody", "500")
    with pytest.raises(KeyError):
        newsroom.break_(FEED, "no-such-trouble")


def test_every_trouble_has_a_test_above() -> None:
    tested = {
        *map(str, [301, 302, 304, 308, 401, 403, 404, 410, 429, 451, 500, 503]),
        "redirect-private", "redirect-file", "slow", "drip", "hang", "endless", "large", "gzip-bomb", "bad-gzip",
        "wrong-charset", "no-content-type", "truncated", "reset", "html", "empty-body", "empty-channel",
        "malformed-xml", "xml-bomb", "external-entity", "bom", "ttl", "sy", "cache-control", "expires-0", "hub",
        "no-validators",
    }  # fmt: skip
    assert set(TROUBLES) == tested


def test_a_connection_serves_many_requests(newsroom: Newsroom) -> None:
    parts = urlsplit(newsroom.url(FEED))
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    bodies = []
    for _ in range(3):
        connection.request("GET", parts.path, headers={"Accept-Encoding": "gzip"})
        bodies.append(gzip.decompress(connection.getresponse().read()))
    connection.close()
    assert bodies[0] == bodies[1] == bodies[2]


def test_one_hanging_reader_does_not_stop_the_others(newsroom: Newsroom, client: httpx.Client) -> None:
    newsroom.break_("littoral", "endless")
    begun = time.monotonic()
    with client.stream("GET", newsroom.url("littoral")):
        assert client.get(newsroom.url(FEED)).status_code == 200
    assert time.monotonic() - begun < 5
