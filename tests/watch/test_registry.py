"""The registry as data: one decision per feed, and errors that say where."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from pipeline import registry
from pipeline.errors import RegistryInvalid

HEADER = "id,name,feed_url,country,kind,publisher,family,enabled,disabled_reason,min_dated_share\n"
GIVEN = Path(__file__).parents[3] / "shared" / "feeds" / "feeds.csv"


def write(tmp_path, text):
    path = tmp_path / "feeds.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_shipped_registry_loads_with_a_decision_for_each_row():
    shipped = registry.load()
    assert len(shipped.feeds) == 118
    assert [feed.id for feed in shipped.feeds if not feed.enabled] == [
        "lemonde-une", "lemonde-international", "lemonde-afrique", "lemonde-defense", "latribune-aero-defense",
        "lepoint-monde", "opex360-feedburner", "meta-defense", "air-cosmos", "usine-nouvelle-aero-defense", "frs",
        "defense-gouv", "lesoir", "rt-fr", "sputnik-afrique",
    ]  # fmt: skip
    assert all(feed.terms and (feed.enabled or feed.disabled_reason) for feed in shipped.feeds)


@pytest.mark.skipif(not GIVEN.exists(), reason="the list that the registry was made from is not here")
def test_the_shipped_registry_keeps_every_feed_of_the_list_it_was_made_from():
    with GIVEN.open(encoding="utf-8") as file:
        given = {row["id"]: row["feed_url"] for row in csv.DictReader(file)}
    assert {feed.id: feed.feed_url for feed in registry.load().feeds} == given


@pytest.mark.skipif(not GIVEN.exists(), reason="the list that the registry was made from is not here")
def test_a_plain_list_of_feeds_is_a_registry_too():
    plain = registry.load(GIVEN)
    assert len(plain.enabled()) == 118
    assert plain.publisher("rfi-monde") == plain.publisher("rfi-afrique")


def test_feeds_of_one_publisher_share_it_and_its_family():
    shipped = registry.load()
    assert shipped.publisher("rfi-afrique").name == "RFI"
    assert shipped.publisher("rfi-afrique").family == shipped.publisher("france24-fr").family
    assert shipped.publisher("estrepublicain").family == shipped.publisher("ledauphine-france-monde").family
    assert shipped.publisher("rfi-afrique").family != shipped.publisher("lefigaro-flash").family


def test_a_feed_that_left_the_registry_is_its_own_publisher():
    publisher = registry.load().publisher("parti")
    assert (publisher.id, publisher.family, publisher.country) == ("parti", "parti", "ZZ")


def test_a_row_needs_little(tmp_path):
    path = write(tmp_path, "id,name,feed_url,country\nx,X - Une,https://www.x.ch/rss,CH\n")
    (feed,) = registry.load(path).feeds
    assert (feed.site_url, feed.publisher, feed.family, feed.timezone, feed.enabled) == (
        "https://www.x.ch/", "x.ch", "x.ch", "Europe/Zurich", True,
    )  # fmt: skip
    assert registry.load(path).publisher("x").name == "X"


BAD_ROWS = {
    "name is missing": "a,,https://x.fr/,FR,,,,,,",
    "feed_url 'ftp://x.fr/' is no http(s) URL": "a,A,ftp://x.fr/,FR,,,,,,",
    "feed_url 'https://x.fr:99999/' is no http(s) URL": "a,A,https://x.fr:99999/,FR,,,,,,",
    "id 'À b' is not of lower-case": "À b,A,https://x.fr/,FR,,,,,,",
    "country 'XX' is no ISO": "a,A,https://x.fr/,XX,,,,,,",
    "kind 'blog' is none of": "a,A,https://x.fr/,FR,blog,,,,,",
    "enabled 'peut-être' is not yes or no": "a,A,https://x.fr/,FR,,,,peut-être,,",
    "a disabled feed needs a disabled_reason": "a,A,https://x.fr/,FR,,,,no,,",
    "an enabled feed cannot have a disabled_reason": "a,A,https://x.fr/,FR,,,,yes,410,",
    "min_dated_share '1.5' is not a number from 0 to 1": "a,A,https://x.fr/,FR,,,,,,1.5",
    "min_dated_share 'nan' is not a number": "a,A,https://x.fr/,FR,,,,,,nan",
    "1 cells too many": "a,A,https://x.fr/,FR,,,,,,1,2",
    "id 'good' is that of line 2 too": "good,A,https://x.fr/,FR,,,,,,",
    "feed_url is that of line 2 too": "a,A,https://good.fr/rss,FR,,,,,,",
    "publisher 'good' is of family 'house' on line 2": "a,A,https://x.fr/,FR,,good,other,,,",
}


@pytest.mark.parametrize("fault", BAD_ROWS)
def test_a_bad_row_is_named_with_its_line(tmp_path, fault):
    path = write(tmp_path, HEADER + 'good,"Good,\ntwo lines",https://good.fr/rss,FR,,good,house,,,\n' + BAD_ROWS[fault])
    with pytest.raises(RegistryInvalid) as caught:
        registry.load(path)
    assert f"line 4: {fault}" in str(caught.value)


def test_all_faults_are_listed_at_once(tmp_path):
    path = write(tmp_path, HEADER + "a,,https://x.fr/,FR,,,,,,\nb,B,https://y.fr/,XX,blog,,,,,\n")
    with pytest.raises(RegistryInvalid) as caught:
        registry.load(path)
    assert str(caught.value).count("line ") == 3


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "line 1: column 'id' is missing"),
        ("id,name,feed_url,country\n", "no feeds in the file"),
        ("id,name,feed_url,country,kinde\nx,X,https://x.fr/,FR,a\n", "line 1: unknown column 'kinde'"),
        ('id,name,feed_url,country\nx,"X,https://x.fr/,FR\n', "line 2: unexpected end of data"),
    ],
)
def test_a_bad_file_is_named(tmp_path, text, fault):
    with pytest.raises(RegistryInvalid) as caught:
        registry.load(write(tmp_path, text))
    assert fault in str(caught.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(RegistryInvalid, match="absent"):
        registry.load(tmp_path / "absent.csv")


def test_what_is_saved_is_what_was_loaded(tmp_path):
    shipped = registry.load()
    registry.save(shipped.feeds, tmp_path / "deep" / "feeds.csv")
    assert registry.load(tmp_path / "deep" / "feeds.csv").feeds == shipped.feeds


def test_the_shipped_file_is_written_as_save_writes_it(tmp_path):
    registry.save(registry.load().feeds, tmp_path / "feeds.csv")
    assert (tmp_path / "feeds.csv").read_text(encoding="utf-8") == registry.SHIPPED.read_text(encoding="utf-8")
