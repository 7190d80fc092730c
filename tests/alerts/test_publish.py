"""Alerts leave: to the index once, to the webhook until it takes them, to the feed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import feedparser
import pytest

from pipeline import alerts
from pipeline.alerts import Published
from pipeline.index import Store
from pipeline.index.alerts import Book, dyads_before, known
from pipeline.records import Alert, Copies, Story
from pipeline.settings import Settings
from tests.kibana.samples import NOW, event, story

pytestmark = pytest.mark.engine
RULES = alerts.load_rules()


class Webhook:
    """A receiver on loopback that answers what it is told to, and keeps what it took."""

    def __init__(self) -> None:
        self.status = 200
        self.asked = 0
        self.taken: list[dict[str, object]] = []
        self.keys: list[str | None] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked += 1
                if outer.status == 200:
                    outer.taken.append(json.loads(body))
                    outer.keys.append(self.headers["Idempotency-Key"])
                self.send_response(outer.status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/hook"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    receiver = Webhook()
    yield receiver
    receiver.close()


def ingest(store: Store, settings: Settings, coming: Sequence[Story], *, days: float = 0) -> Published:
    """What the flow does with a batch: raise its alerts, write its stories."""
    before = store.stories([one.id for one in coming])
    published = alerts.raise_alerts(store, settings, RULES, before, coming, NOW + timedelta(days=days))
    assert not store.put_stories(coming).failed
    return published


def told(published: Published) -> list[tuple[str, str, str]]:
    return [(alert.rule, alert.dyad, alert.status) for alert in published.new]


def test_one_alert_for_ten_articles_on_one_delivery(store: Store, settings: Settings) -> None:
    coming = [story(f"s{n}", "rfi", event("KP", "RU", "delivered", "ammunition")) for n in range(10)]
    assert told(ingest(store, settings, coming[:6])) == [("new-dyad", "KP→RU", "delivered")]
    assert told(ingest(store, settings, coming[6:])) == []


def test_a_change_is_seen_across_batches(store: Store, settings: Settings) -> None:
    ingest(store, settings, [story("a", "rfi", event("KP", "RU", "pledged", "drones"), at=NOW - timedelta(days=6))])
    assert told(ingest(store, settings, [story("b", "soir", event("KP", "RU", "delivered", "drones"))])) == [
        ("status-change", "KP→RU", "delivered")
    ]


def test_what_the_index_knows_of_a_dyad(store: Store, settings: Settings) -> None:
    first = story("a", "rfi", event("KP", "RU", "delivered", "ammunition", quantity=(500, "obus"), value=(2e6, "USD")))
    store.put_stories(
        [
            first,
            story("b", "soir", event("KP", "RU", "delivered", "ammunition", quantity=(900, "obus"))),
            story("c", "levant", event("KP", "RU", "delivered", "ammunition"), copies=Copies(group="g", of=first.id)),
            story("d", "sahel", event("KP", "RU", "denied", "drones"), event("FR", "UA", "pledged", "naval")),
            story("batch", "journal", event("KP", "RU", "halted", "drones")),
        ]
    )
    store.refresh("stories")
    batch = story("batch", "journal").id
    found = known(store, ["KP→RU", "RU→KP", "?→RU"], without=[batch], now=NOW)
    assert {dyad: set(statuses) for dyad, statuses in found.statuses.items()} == {"KP→RU": {"delivered", "denied"}}
    assert found.statuses["KP→RU"]["delivered"].families == {"fmm", "soir"}
    assert found.statuses["KP→RU"]["delivered"].last_at == first.clocks.published_at
    assert found.amounts == {("KP→RU", "ammunition", "obus"): 900, ("KP→RU", "ammunition", "USD"): 2e6}
    assert dyads_before(store, ["KP→RU", "RU→KP"], NOW) == {"KP→RU"}
    assert dyads_before(store, ["KP→RU"], NOW - timedelta(days=30)) == set()


def test_a_replay_raises_nothing_again(store: Store, settings: Settings) -> None:
    coming = [story("a", "rfi", event("KP", "RU", "delivered", "ammunition"))]
    assert len(ingest(store, settings, coming).new) == 1
    store.client.indices.delete(index=f"{settings.index_prefix}-stories-v1")
    store.bootstrap(plant_seeds=False)
    assert told(ingest(store, settings, coming, days=1)) == []
    assert len(Book(store).newest(10)) == 1


def test_a_killed_run_raises_its_alerts_when_it_is_done_again(store: Store, settings: Settings) -> None:
    """The alerts come before the stories: a batch that was not finished finds its stories not yet known."""
    coming = [story("a", "rfi", event("KP", "RU", "delivered", "ammunition"))]
    first = alerts.raise_alerts(store, settings, RULES, {}, coming, NOW)
    assert len(first.new) == 1
    assert told(ingest(store, settings, coming)) == []
    assert len(Book(store).newest(10)) == 1


def test_the_webhook_gets_each_alert_once(store: Store, settings: Settings, webhook: Webhook) -> None:
    mine = settings.model_copy(update={"webhook": webhook.url})
    published = ingest(store, mine, [story("a", "rfi", event("KP", "RU", "delivered", "ammunition"))])
    assert (published.delivered, published.failed) == (1, 0)
    assert [one["reason"] for one in webhook.taken] == ["Nouvelle dyade, Corée du Nord → Russie : munitions, livré."]
    assert webhook.keys == [published.new[0].id]
    ingest(store, mine, [story("b", "rfi", event("KP", "RU", "delivered", "ammunition"))])
    assert len(webhook.taken) == 1
    (kept,) = Book(store).newest(10)
    assert kept.delivered_to == ("rss", "webhook")


def test_a_webhook_that_fails_is_counted_and_served_later(store: Store, settings: Settings, webhook: Webhook) -> None:
    mine = settings.model_copy(update={"webhook": webhook.url})
    webhook.status = 500
    published = ingest(store, mine, [story("a", "rfi", event("KP", "RU", "delivered", "ammunition"))])
    assert (len(published.new), published.delivered, published.failed) == (1, 0, 1)
    assert webhook.asked == 2, "tried again, but not for ever"
    webhook.status = 200
    later = ingest(store, mine, [])
    assert (later.new, later.delivered, later.failed) == ((), 1, 0)


def test_a_webhook_that_is_down_does_not_cost_a_try_per_alert(
    store: Store, settings: Settings, webhook: Webhook
) -> None:
    mine = settings.model_copy(update={"webhook": webhook.url})
    webhook.status = 503
    coming = [story(f"s{n}", "rfi", event("KP", f"{n}", "delivered", "ammunition")) for n in range(9)]
    published = ingest(store, mine, coming)
    assert (len(published.new), published.failed) == (9, 9)
    assert webhook.asked == 4


def test_the_feed_is_atom_that_readers_understand(store: Store, settings: Settings) -> None:
    said = "Pyongyang a livré <b>mille</b> obus & plus.\x01"
    ingest(store, settings, [story("a", "rfi", event("KP", "RU", "delivered", "ammunition", sentence=said))])
    body = (settings.home / "alerts.xml").read_bytes()
    feed = feedparser.parse(body)
    assert not feed.bozo
    (entry,) = feed.entries
    assert entry.title == "Nouvelle dyade, Corée du Nord → Russie : munitions, livré."
    assert entry.link == "https://rfi.example/a"
    assert b"&amp;lt;b&amp;gt;mille" in body, "what comes from the web is text, not markup"
    assert not list(settings.home.glob("alerts.[0-9]*")), "no draft is left behind"


def test_an_empty_feed_is_still_a_feed(store: Store, settings: Settings) -> None:
    feed = feedparser.parse(alerts.write_feed(store, settings).read_bytes())
    assert (feed.bozo, feed.entries, feed.feed.title) == (False, [], "Veille : alertes")


def test_alerts_are_typed_in_and_out(store: Store, settings: Settings) -> None:
    published = ingest(
        store,
        settings,
        [story("a", "rfi", event("US", "UA", "pledged", "weapons", quantity=(3, "chars"), value=(5e6, "USD")))],
    )
    stored = Book(store).newest(10)
    assert stored == list(published.new)
    assert isinstance(stored[0], Alert)
    assert stored[0].quantity == published.new[0].quantity
