"""One date string, one moment."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from pipeline.extract import dates

PARIS = ZoneInfo("Europe/Paris")


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc]


INSTANTS = [
    ("2024-11-22T07:22:44+01:00", utc(2024, 11, 22, 6, 22, 44)),
    ("2024-11-22T06:22:44Z", utc(2024, 11, 22, 6, 22, 44)),
    ("2024-11-22T06:22:44.123456Z", utc(2024, 11, 22, 6, 22, 44)),
    ("2024-11-22 07:22:44+0100", utc(2024, 11, 22, 6, 22, 44)),
    ("2024-11-22T07:22+01", utc(2024, 11, 22, 6, 22)),
    ("2024-11-22T07:22:44+01:00[Europe/Paris]", utc(2024, 11, 22, 6, 22, 44)),
    ("20241122T072244+0100", utc(2024, 11, 22, 6, 22, 44)),
    ("2024/11/22 07:22", utc(2024, 11, 22, 6, 22)),
    ("2024-11-22T07:22:44", utc(2024, 11, 22, 6, 22, 44)),  # no zone: the outlet's, winter
    ("2024-07-18T08:01:58", utc(2024, 7, 18, 6, 1, 58)),  # no zone: the outlet's, summer
    ("2024-10-27T02:30:00", utc(2024, 10, 27, 0, 30)),  # twice that night: the first, still summer time
    ("2024-03-31T02:30:00", utc(2024, 3, 31, 1, 30)),  # never that night: read as winter time
    ("Fri, 22 Nov 2024 07:22:44 +0100", utc(2024, 11, 22, 6, 22, 44)),
    ("Fri, 22 Nov 2024 06:22:44 GMT", utc(2024, 11, 22, 6, 22, 44)),
    ("1732256564", utc(2024, 11, 22, 6, 22, 44)),
    ("1732256564000", utc(2024, 11, 22, 6, 22, 44)),
    ("Publié le 12 mars 2024 à 14h05", utc(2024, 3, 12, 13, 5)),
    ("publié le 12 mars 2024 à 14 h 05", utc(2024, 3, 12, 13, 5)),
    ("Publié le 12/03/2024 à 14:05", utc(2024, 3, 12, 13, 5)),
    ("12.03.2024 | 14:05", utc(2024, 3, 12, 13, 5)),
    ("vendredi 22 novembre 2024 - 07h22", utc(2024, 11, 22, 6, 22)),
    ("le 1er août 2024, 9h00", utc(2024, 8, 1, 7, 0)),
    ("22 nov. 2024 à 7h22", utc(2024, 11, 22, 6, 22)),
    ("4 févr. 2024 18:30", utc(2024, 2, 4, 17, 30)),
]


@pytest.mark.parametrize(("text", "expected"), INSTANTS, ids=[text for text, _ in INSTANTS])
def test_an_instant_is_read_with_its_zone_or_the_outlets(text: str, expected: datetime) -> None:
    assert dates.parse(text, PARIS) == dates.Moment(expected, "instant")


DAYS = [
    ("2024-11-22", utc(2024, 11, 21, 23)),
    ("20241122", utc(2024, 11, 21, 23)),
    ("22 novembre 2024", utc(2024, 11, 21, 23)),
    ("22/11/2024", utc(2024, 11, 21, 23)),
    ("2024-11-22T00:00:00", utc(2024, 11, 21, 23)),  # what systems write that know only the day
    ("2024-11-22T00:00:00+01:00", utc(2024, 11, 21, 23)),
    ("mardi 1er octobre 2024", utc(2024, 9, 30, 22)),
]


@pytest.mark.parametrize(("text", "expected"), DAYS, ids=[text for text, _ in DAYS])
def test_a_day_is_the_outlets_day_and_says_that_it_is_one(text: str, expected: datetime) -> None:
    assert dates.parse(text, PARIS) == dates.Moment(expected, "day")


@pytest.mark.parametrize(
    "text",
    ["", "hier", "il y a 3 heures", "2024-13-45", "31 février 2024", "n/a", "14h05", "2024", "mars 2024", "12 mars",
     "99/99/2024", "x" * 500],
)  # fmt: skip
def test_what_is_no_date_gives_none(text: str) -> None:
    assert dates.parse(text, PARIS) is None


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://x.fr/2024/11/22/titre_12.html", (2024, 11, 22)),
        ("https://x.fr/2024/3/2/titre/", (2024, 3, 2)),
        ("https://x.fr/monde/titre-20241122", (2024, 11, 22)),
        ("https://x.fr/monde/2024-11-22/titre.php", (2024, 11, 22)),
        ("https://x.fr/article/2024/11/22/guerre-1914-1918_6.html", (2024, 11, 22)),
        ("https://x.fr/2024/11/titre", None),
        ("https://x.fr/depeche/20998877", None),
        ("https://x.fr/titre-123456789", None),
        ("https://x.fr/titre?d=2024-11-22", None),
    ],
)
def test_the_day_in_a_url(url: str, day: tuple[int, int, int] | None) -> None:
    moment = dates.of_url(url, ZoneInfo("UTC"))
    assert moment == (dates.Moment(utc(*day), "day") if day else None)


def test_dakar_has_no_summer_time() -> None:
    assert dates.parse("18 juillet 2024 à 8h01", ZoneInfo("Africa/Dakar")) == dates.Moment(utc(2024, 7, 18, 8, 1))
