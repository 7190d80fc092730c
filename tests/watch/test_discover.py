"""The feed of a site, found from its page."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from pipeline.errors import Gone
from pipeline.fetch import Fetcher
from pipeline.settings import Settings
from pipeline.watch.discover import discover
from tests.watch.feeds import NOW, item, rss

RSS = ("application/rss+xml", rss(item(1)))
EMPTY = ("application/rss+xml", rss())


def page(head: str = "", body: str = "") -> tuple[str, str]:
    return "text/html", f"<html><head>{head}</head><body>{body}</body></html>"


def declared(path: str, kind: str = "application/rss+xml") -> str:
    return f'<link rel="alternate" type="{kind}" title="Le fil" href="{path}">'


SITES = {
    "declared": ({"/": page(declared("/fil.xml")), "/fil.xml": RSS}, [("/fil.xml", "declared")]),
    "declared, relative to a base": (
        {"/": page('<base href="/fr/">' + declared("fil.xml")), "/fr/fil.xml": RSS},
        [("/fr/fil.xml", "declared")],
    ),
    "the feed itself": ({"/": RSS}, [("/", "given")]),
    "comments come last": (
        {"/": page(declared("/comments/feed") + declared("/feed")), "/comments/feed": RSS, "/feed": RSS},
        [("/feed", "declared"), ("/comments/feed", "declared")],
    ),
    "empty ones come last": (
        {"/": page(declared("/vide.xml") + declared("/fil.xml")), "/vide.xml": EMPTY, "/fil.xml": RSS},
        [("/fil.xml", "declared"), ("/vide.xml", "declared")],
    ),
    "declared but dead, and linked": (
        {"/": page(declared("/mort.xml"), '<a href="/rss/monde.xml">Monde</a>'), "/rss/monde.xml": RSS},
        [("/rss/monde.xml", "linked")],
    ),
    "declared but HTML": ({"/": page(declared("/page")), "/page": page(), "/rss.xml": RSS}, [("/rss.xml", "usual")]),
    "only at a usual path": ({"/": page(), "/spip.php?page=backend": RSS}, [("/spip.php?page=backend", "usual")]),
    "links to other sites are not followed": (
        {"/": page("", '<a href="http://203.0.113.1/rss">ailleurs</a><a href="http://[">x</a>')},
        [],
    ),
    "a style sheet is no feed": ({"/": page('<link rel="stylesheet" href="/rss">')}, []),
    "an empty page": ({"/": ("text/html", " ")}, []),
}


@pytest.fixture
def site(tmp_path) -> Iterator[tuple[dict[str, tuple[str, str]], str, Settings]]:
    pages: dict[str, tuple[str, str]] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            kind, body = pages.get(self.path, ("text/plain", ""))
            self.send_response(200 if self.path in pages else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    host = f"127.0.0.1:{server.server_port}"
    yield pages, f"http://{host}", Settings(home=tmp_path, allow_private_hosts=frozenset((host,)), host_delay=0)
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("case", SITES)
async def test_feeds_are_found(site, case):
    pages, root, settings = site
    answers, expected = SITES[case]
    pages.update(answers)
    async with Fetcher(settings) as fetcher:
        found = await discover(f"{root}/", fetcher, now=lambda: NOW)
    assert [(each.url.removeprefix(root), each.how) for each in found] == expected


async def test_a_page_that_is_not_there_is_an_error(site):
    _, root, settings = site
    async with Fetcher(settings) as fetcher:
        with pytest.raises(Gone):
            await discover(f"{root}/", fetcher, now=lambda: NOW)
