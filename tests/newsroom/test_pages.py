"""Pages and feeds as a reader gets them: real parsers, real extraction."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import feedparser
import httpx
import lxml.html
import pytest
import trafilatura

from pipeline.newsroom import Newsroom, Published

NOW = datetime(2026, 11, 22, 11, tzinfo=UTC)


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    with Newsroom(NOW) as newsroom:
        yield newsroom


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client(timeout=5) as client:
        yield client


def first(newsroom: Newsroom, outlet: str, page: str = "article") -> Published:
    return next(one for one in newsroom.published if one.outlet.id == outlet and one.article.page == page)


@pytest.mark.parametrize(
    ("feed", "version", "encoding", "dated"),
    [
        ("cadran-une", "rss20", "utf-8", True),
        ("cadran-international", "rss20", "utf-8", True),
        ("deux-rives-actu", "rss20", "iso-8859-1", True),
        ("bastion-articles", "rss20", "utf-8", True),
        ("meuse-info", "atom10", "utf-8", True),
        ("sahel-fil", "rss10", "utf-8", True),
        ("transept-fil", "atom10", "utf-8", True),
        ("littoral-fil", "rss20", "utf-8", False),
    ],
)
def test_feeds_are_well_formed(
    newsroom: Newsroom, client: httpx.Client, feed: str, version: str, encoding: str, dated: bool
) -> None:
    parsed = feedparser.parse(client.get(newsroom.url(feed)).content)
    assert not parsed.bozo
    assert (parsed.version, parsed.encoding) == (version, encoding)
    assert len(parsed.entries) >= 5
    assert all(bool(entry.get("published") or entry.get("updated")) == dated for entry in parsed.entries)


def test_the_feeds_habits(newsroom: Newsroom, client: httpx.Client) -> None:
    def links(feed: str) -> list[str]:
        return [entry.link for entry in feedparser.parse(client.get(newsroom.url(feed)).content).entries]

    assert any(link.endswith("#xtor=RSS-3-[international]") for link in links("cadran-une"))
    assert all("at_medium=RSS" in link for link in links("cadran-international"))
    assert all(link.startswith(("/actualites/", "/abonnes/")) for link in links("deux-rives-actu"))
    assert all("utm_source=rss" in link for link in links("bastion-articles"))
    entries = feedparser.parse(client.get(newsroom.url("bastion-articles")).content).entries
    assert all(entry.id.startswith("http://127.0.0.1") and "/?p=" in entry.id for entry in entries)
    assert any(len(entry.content[0].value) > 1_000 for entry in entries if "content" in entry)
    assert ", 22 Nov 26 " in client.get(newsroom.url("deux-rives-actu")).text
    assert "<dc:date>2026-11-21</dc:date>" in client.get(newsroom.url("sahel-fil")).text
    sounds = [
        link.type
        for entry in feedparser.parse(client.get(newsroom.url("meuse-info")).content).entries
        for link in entry.links
        if link.rel == "enclosure"
    ]
    assert sounds == ["audio/mpeg"]


@pytest.mark.parametrize("outlet", ["cadran", "deux-rives", "bastion", "meuse", "sahel", "transept", "littoral"])
def test_a_page_weighs_what_a_real_one_does_and_the_article_can_be_extracted(
    newsroom: Newsroom, client: httpx.Client, outlet: str
) -> None:
    shown = first(newsroom, outlet)
    body = client.get(shown.url).content
    assert 60_000 < len(body) < 150_000
    text = trafilatura.extract(body, url=shown.url, include_comments=False) or ""
    flat = " ".join(text.split())
    missing = [block.text for block in shown.version.blocks if " ".join(block.text.split()) not in flat]
    assert missing == []


@pytest.mark.parametrize(
    ("outlet", "marks"),
    [
        ("cadran", ["//script[@type='application/ld+json'][contains(., 'NewsArticle')]"]),
        ("deux-rives", ["//meta[@property='article:published_time']"]),
        ("bastion", ["//script[contains(., '@graph')]", "//meta[@name='generator'][contains(@content, 'WordPress')]"]),
        ("meuse", ["//*[@itemprop='articleBody']", "//time[@itemprop='datePublished']"]),
        ("sahel", ["//abbr[@class='published']"]),
        ("transept", ["//time[@datetime]"]),
    ],
)  # fmt: skip
def test_each_outlet_has_its_own_mark_up(
    newsroom: Newsroom, client: httpx.Client, outlet: str, marks: list[str]
) -> None:
    tree = lxml.html.fromstring(client.get(first(newsroom, outlet).url).content)
    for mark in marks:
        assert tree.xpath(mark), mark
    others = {"cadran": "//*[@itemprop]", "meuse": "//script[@type='application/ld+json']"}
    assert not tree.xpath(others.get(outlet, "//nothing"))


def test_the_bare_page_has_no_date_at_all(newsroom: Newsroom, client: httpx.Client) -> None:
    shown = first(newsroom, "littoral")
    page = client.get(shown.url).text
    assert "<time" not in page
    assert "2026-11" not in page.replace(shown.url, "").split("<h1>")[1].split("<hr>")[0]
    assert "/2026-11-" in shown.url


def test_the_paywalled_page_shows_the_beginning_and_says_so(newsroom: Newsroom, client: httpx.Client) -> None:
    shown = first(newsroom, "cadran", "paywalled")
    tree = lxml.html.fromstring(client.get(shown.url).content)
    data = json.loads(tree.xpath("//script[@type='application/ld+json']")[0].text)
    assert data["isAccessibleForFree"] is False
    text = tree.text_content()
    assert "Article réservé aux abonnés" in text
    assert shown.version.blocks[0].text in text
    assert shown.version.blocks[-1].text not in text


def test_a_revision_shows_on_the_page_and_in_the_feed(client: httpx.Client) -> None:
    with Newsroom(NOW) as newsroom:
        id = "cadran-berlin-conseil-securite"
        before = client.get(newsroom.url(id))
        shown = newsroom.revise(id)
        after = client.get(newsroom.url(id), headers={"If-None-Match": before.headers["etag"]})
        assert after.status_code == 200
        assert "Berlin enverra six batteries IRIS-T" in after.text
        assert '"dateModified":"2026-11-22T12:00:00+01:00"' in after.text
        assert shown.version.title in client.get(newsroom.url("cadran-une")).text
        with pytest.raises(LookupError):
            newsroom.revise(id)


@pytest.mark.parametrize(
    ("page", "status", "kind", "words"),
    [
        ("dead-link", 404, "text/html; charset=utf-8", "Page introuvable"),
        ("soft-404", 200, "text/html; charset=utf-8", "Oups, cette page est introuvable"),
        ("consent-wall", 200, "text/html; charset=utf-8", "Votre vie privée nous importe"),
        ("live", 200, "text/html; charset=utf-8", "LiveBlogPosting"),
        ("video", 200, "text/html; charset=utf-8", "<video"),
        ("audio", 200, "text/html; charset=utf-8", "<audio"),
        ("pdf", 200, "application/pdf", "%PDF"),
    ],
)
def test_pages_that_are_no_articles(
    newsroom: Newsroom, client: httpx.Client, page: str, status: int, kind: str, words: str
) -> None:
    shown = next(one for one in newsroom.published if one.article.page == page)
    answer = client.get(shown.url)
    assert (answer.status_code, answer.headers["content-type"]) == (status, kind)
    assert words in answer.content.decode("utf-8", "replace")
