"""`veille feeds`: the registry on the command line, against feeds on loopback."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest
import structlog

from pipeline import cli, registry
from pipeline.newsroom import Newsroom
from pipeline.records import FeedState

OPML = """<?xml version="1.0"?>
<opml version="1.0"><body><outline text="Défense">
<outline type="rss" text="Zone &amp; Co" xmlUrl="https://zone.example/feed/" htmlUrl="https://zone.example/"/>
<outline type="rss" title="Zone &amp; Co" xmlUrl="https://zone.example/other/"/>
<outline text="no feed"/><outline text="other scheme" xmlUrl="feed://x.fr/"/>
</outline></body></opml>"""


class Shell:
    """`veille feeds ...` with a registry file and a home of its own."""

    def __init__(self, capsys, monkeypatch, tmp_path, room):
        self._capsys, self.home, self.room = capsys, tmp_path / "home", room
        self.file = room.write_registry(tmp_path / "feeds.csv")
        monkeypatch.setenv("VEILLE_HOME", str(self.home))
        monkeypatch.setenv("VEILLE_FEEDS", str(self.file))
        monkeypatch.setenv("VEILLE_HOST_DELAY", "0")
        monkeypatch.setenv("VEILLE_ALLOW_PRIVATE_HOSTS", room.allow_hosts)
        monkeypatch.delenv("VEILLE_ELASTICSEARCH_URL", raising=False)

    def __call__(self, *arguments: str) -> tuple[int, str, str]:
        code = cli.main(["feeds", *arguments])
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def json(self, *arguments: str):
        code, out, _ = self(*arguments, "--json")
        return code, json.loads(out)


@pytest.fixture(scope="module")
def room() -> Iterator[Newsroom]:
    with Newsroom() as opened:
        yield opened


@pytest.fixture
def veille(capsys, monkeypatch, tmp_path, room) -> Iterator[Shell]:
    yield Shell(capsys, monkeypatch, tmp_path, room)
    room.mend()
    # The command sent log lines to the standard error of this test, which ends with it.
    structlog.reset_defaults()


def test_list_shows_every_feed_without_starting_an_engine(veille):
    code, out, _ = veille("list")
    assert code == 0
    assert "8 of 8 feeds watched" in out
    assert "bastion-articles" in out
    assert "No engine is running" in out
    assert not (veille.home / "engine").exists()


def test_list_shows_health_where_an_engine_knows(veille, store, settings, monkeypatch):
    state = {"id": "bastion-articles", "url": "x", "state": "failing", "last_error": "Refused: HTTP 403"}
    store.put_feed_states([FeedState.model_validate(state)])
    monkeypatch.setenv("VEILLE_ELASTICSEARCH_URL", settings.elasticsearch_url)
    monkeypatch.setenv("VEILLE_INDEX_PREFIX", settings.index_prefix)
    code, rows = veille.json("list")
    health = {row["id"]: row["health"] for row in rows}
    assert code == 0
    assert health["bastion-articles"]["last_error"] == "Refused: HTTP 403"
    assert health["sahel-fil"] is None
    assert "Refused: HTTP 403" in veille("list")[1]


def test_list_of_the_shipped_registry_says_why_feeds_are_disabled(veille):
    code, out, _ = veille("list", "--feeds", str(registry.SHIPPED))
    assert code == 0
    assert "103 of 118 feeds watched" in out
    assert "410 Gone since" in out


def test_check_finds_all_well(veille):
    code, rows = veille.json("check")
    assert code == 0
    assert {row["id"]: row["ok"] for row in rows} == dict.fromkeys((row["id"] for row in rows), True)
    bastion = next(row for row in rows if row["id"] == "bastion-articles")
    assert (bastion["http"], bastion["format"], bastion["conditional"], bastion["robots"]) == (
        200,
        "rss20",
        True,
        "allowed",
    )
    assert bastion["items"] > 0
    assert bastion["newest"]


def test_check_says_of_each_feed_what_is_wrong_and_exits_1(veille):
    veille.room.break_("bastion-articles", "html")
    veille.room.break_("sahel-fil", "403")
    veille.room.break_("meuse-info", "hub")
    veille.room.break_("littoral", "down")
    veille.room.break_("cadran-une", "empty-channel")
    code, rows = veille.json("check")
    by_id = {row["id"]: row for row in rows}
    assert code == 1
    assert by_id["bastion-articles"]["error"].startswith("FeedError")
    assert by_id["sahel-fil"]["error"].startswith("Refused")
    assert by_id["littoral-fil"]["error"].startswith("Unreachable")
    assert by_id["meuse-info"]["hub"] == "https://hub.example.org/"
    assert (by_id["cadran-une"]["ok"], by_id["cadran-une"]["problems"]) == (True, ["empty-channel"])
    _, out, _ = veille("check")
    assert "5 of 8 feeds answer with a feed, 3 fail." in out


def test_check_of_some_feeds_asks_only_them(veille):
    code, rows = veille.json("check", "sahel-fil")
    assert (code, [row["id"] for row in rows]) == (0, ["sahel-fil"])


def test_check_of_an_unknown_feed_is_an_error_of_one_line(veille):
    code, out, err = veille("check", "nulle-part")
    assert (code, out) == (1, "")
    assert err == "veille: InputInvalid: not in the registry: nulle-part\n"


def test_add_finds_the_feed_that_a_page_declares(veille):
    veille.file.write_text("id,name,feed_url,country\nx,X,https://x.fr/rss,FR\n")
    code, added = veille.json("add", veille.room.url("bastion"), "--kind", "defence", "--id", "bastion")
    assert code == 0
    assert added["added"]["feed_url"] == veille.room.url("bastion-articles")
    feeds = registry.load(veille.file).feeds
    assert [(feed.id, feed.kind) for feed in feeds] == [("x", "national"), ("bastion", "defence")]


def test_add_takes_a_feed_as_it_is(veille):
    veille.file.write_text("id,name,feed_url,country\nx,X,https://x.fr/rss,FR\n")
    code, out, _ = veille("add", veille.room.url("sahel-fil"), "--country", "sn")
    assert code == 0
    assert "given" in out
    (_, feed) = registry.load(veille.file).feeds
    assert (feed.feed_url, feed.country) == (veille.room.url("sahel-fil"), "SN")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["http://127.0.0.1:9/"], "AddressRefused"),
        (["ftp://x.fr/"], "BadUrl"),
    ],
)
def test_add_says_why_not(veille, arguments, error):
    before = veille.file.read_text()
    code, out, err = veille("add", *arguments)
    assert (code, out) == (1, "")
    assert error in err
    assert veille.file.read_text() == before


def test_add_refuses_what_is_there_and_what_is_wrong(veille):
    assert "in the registry already: sahel-fil" in veille("add", veille.room.url("sahel-fil"))[2]
    veille.file.write_text("id,name,feed_url,country\nx,X,https://x.fr/rss,FR\n")
    code, _, err = veille("add", veille.room.url("sahel-fil"), "--kind", "blog")
    assert code == 1
    assert "kind 'blog' is none of" in err
    code, _, err = veille("add", veille.room.url("sahel-fil"), "--id", "x")
    assert code == 1
    assert "id 'x' is that of line 2 too" in err
    assert len(registry.load(veille.file).feeds) == 1


def test_add_to_the_shipped_registry_writes_a_copy(veille, monkeypatch):
    monkeypatch.delenv("VEILLE_FEEDS")
    shipped = registry.SHIPPED.read_text("utf-8")
    code, out, _ = veille("add", veille.room.url("sahel-fil"))
    assert code == 0
    assert f"VEILLE_FEEDS={veille.home / 'feeds.csv'}" in out
    assert len(registry.load(veille.home / "feeds.csv").feeds) == 119
    assert registry.SHIPPED.read_text("utf-8") == shipped
    assert "104 of 119 feeds watched" in veille("list")[1]


def test_opml_comes_in(veille, tmp_path):
    (tmp_path / "list.opml").write_text(OPML)
    code, told = veille.json("import", str(tmp_path / "list.opml"))
    assert (code, told["added"], told["known"]) == (0, ["zone-co", "zone-co-2"], 0)
    feed = registry.load(veille.file).by_id("zone-co")
    assert (feed.name, feed.category, feed.site_url) == ("Zone & Co", "defense", "https://zone.example/")
    assert veille.json("import", str(tmp_path / "list.opml"))[1]["known"] == 2


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ("<html></html>", "not OPML"),
        ("", "not OPML"),
        ('<!DOCTYPE opml [<!ENTITY a "b">]><opml/>', "forbidden XML"),
    ],
)
def test_what_is_no_opml_is_refused(veille, tmp_path, body, error):
    (tmp_path / "list.opml").write_text(body)
    code, _, err = veille("import", str(tmp_path / "list.opml"))
    assert code == 1
    assert error in err


def test_opml_goes_out_and_comes_in_again(veille, tmp_path):
    _, out, _ = veille("export")
    urls = {outline.get("xmlUrl") for outline in ET.fromstring(out).iter("outline") if outline.get("xmlUrl")}
    assert urls == {feed.feed_url for feed in registry.load(veille.file).feeds}
    (tmp_path / "out.opml").write_text(out)
    assert veille.json("import", str(tmp_path / "out.opml"))[1] == {"added": [], "known": 8, "file": ""}


def test_a_wrong_call_exits_2(veille):
    with pytest.raises(SystemExit) as caught:
        veille("nothing")
    assert caught.value.code == 2
