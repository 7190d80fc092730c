"""The briefing as one HTML page or as Markdown.

Belongs here: the templates' words for dates, numbers and links. Does not belong here: what is told (`collect`).

The HTML needs nothing else: no script, no font, no image from elsewhere. Everything that comes from the web is escaped,
and a link that is not http(s) is no link.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from babel.dates import format_date, format_datetime
from markupsafe import Markup

from pipeline import french
from pipeline.brief import figures
from pipeline.brief.collect import Briefing, Report

if TYPE_CHECKING:
    from jinja2 import Environment

NARROW = "\u202f"
"""Narrow no-break space: before ; : ! ? and inside guillemets, as French wants it."""

FEMININE = {"copie", "nouvelle", "paire", "source"}
"""Of the nouns that are counted on the page."""


@dataclass(frozen=True, slots=True)
class _Notes:
    """The links of the page, numbered in the order in which they first stand: paper has no hyperlinks."""

    urls: dict[str, int]

    def number(self, url: str) -> int:
        return self.urls.setdefault(url, len(self.urls) + 1)


def html(briefing: Briefing, zone: tzinfo) -> str:
    """The page. Instants are shown in `zone`."""
    new = {dyad.code for dyad in briefing.dyads if dyad.new}
    return (
        _environment(zone, page=True)
        .get_template("brief.html.j2")
        .render(
            b=briefing,
            notes=_Notes({}),
            timeline=Markup(figures.timeline(briefing.days)),
            flows=Markup(figures.flows(briefing.flows, new)),
            statuses=[s for s in french.STATUS if any(day[s] for day in briefing.days.values())],
            **_words(briefing, zone),
        )
    )


def markdown(briefing: Briefing, zone: tzinfo) -> str:
    """The same facts as CommonMark, without the pictures."""
    text = _environment(zone, page=False).get_template("brief.md.j2").render(b=briefing, **_words(briefing, zone))
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def _words(briefing: Briefing, zone: tzinfo) -> dict[str, object]:
    return {
        "period": _period(briefing.since.astimezone(zone), briefing.until.astimezone(zone)),
        "new_dyads": [dyad for dyad in briefing.dyads if dyad.new],
        "pairs": [dyad for dyad in briefing.dyads if "?" not in dyad.code],
        "told": [dyad for dyad in briefing.dyads if "?" not in dyad.code],
        "anonymous": [dyad for dyad in briefing.dyads if "?" in dyad.code],
        "status_label": french.STATUS,
        "rule_label": french.RULE,
        "feed_label": french.FEED_STATE,
        "related_label": french.SEED_RELATION,
    }


def _environment(zone: tzinfo, *, page: bool) -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("pipeline.brief"),
        autoescape=page,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": lambda at: _day(at.astimezone(zone)),
        "moment": lambda at: format_datetime(at.astimezone(zone), "d MMMM y 'à' HH 'h' mm", locale="fr"),
        "dyad": french.dyad,
        "party": french.party,
        "materiel": _materiel,
        "amount": _amount,
        "count": count,
        "link": _http,
        "host": lambda url: (urlsplit(url).hostname or "").removeprefix("www."),
        "typo": typographic,
        "md": _markdown,
        "mdlink": _markdown_link,
    }
    return environment


def count(number: int, one: str, many: str | None = None) -> str:
    """`3, paire` -> 3 paires; `0, article` -> aucun article; a plural that is not made by an s is given."""
    if not number:
        return f"aucune {one}" if one.split()[0] in FEMININE else f"aucun {one}"
    return f"{french.number(number)}{NARROW}{one if abs(number) < 2 else many or one + 's'}"


def typographic(text: str) -> str:
    """Apostrophes curled; spaces before high punctuation and inside guillemets narrow and fixed."""
    text = text.replace("'", "’")
    text = re.sub(r"[ \u00a0\u202f]+([;:!?»])", rf"{NARROW}\1", text)
    return re.sub(r"«[ \u00a0\u202f]*", f"«{NARROW}", text)


def _period(since: datetime, until: datetime) -> str:
    """`du 15 au 22 novembre 2026`, without repeating what both ends share."""
    if since.date() == until.date():
        return f"le {_day(since)} {since.year}"
    if (since.year, since.month) == (until.year, until.month):
        start = _day(since).split(" ")[0]
    else:
        start = _day(since) if since.year == until.year else f"{_day(since)} {since.year}"
    return f"du {start} au {_day(until)} {until.year}"


def _day(at: datetime) -> str:
    """`1er novembre`, `22 novembre`."""
    return re.sub(r"^1 ", "1er ", format_date(at, "d MMMM", locale="fr"))


def _materiel(codes: Sequence[str]) -> str:
    return ", ".join(french.MATERIEL.get(code, code) for code in codes)


def _amount(report: Report) -> str:
    """`300 000 obus, 2,5 milliards €`, or nothing."""
    event = report.event
    said = []
    if event.quantity:
        said.append(french.quantity(event.quantity.value, event.quantity.unit))
    if event.value:
        said.append(french.money(event.value.amount, event.value.currency))
    return ", ".join(said)


def _http(url: str) -> str:
    """The URL, or nothing when following it would do something else than open a page."""
    return url if url.lower().startswith(("http://", "https://")) else ""


def _markdown(text: str) -> str:
    """Text from the web as Markdown that says just this text: on one line, no markup, no HTML."""
    flat = " ".join(text.split())
    return re.sub(r"([\\`*_\[\]<>#|~&])", r"\\\1", flat)


def _markdown_link(url: str) -> str:
    """A link's target in angle brackets, which only `<`, `>` and line ends could leave."""
    safe = _http(url)
    return "<" + re.sub(r"[<>\s\\]", lambda m: f"%{ord(m[0]):02X}", safe) + ">" if safe else "<>"
