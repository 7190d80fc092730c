"""Web pages of the outlets: templates filled in.

The furniture around the article (menus, adverts, related links, comments, consent banner, scripts) is what makes the
extraction realistic work: a page weighs what the page of a French newspaper weighs, and most of it is not the article.

Belongs here: articles to HTML. Does not belong here: feeds (`feeds`), addresses and states (`room`).
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

import jinja2
import yaml

from pipeline.newsroom import dates
from pipeline.newsroom.articles import Article, Version
from pipeline.newsroom.outlets import Outlet, number_of


@dataclass(frozen=True, slots=True)
class Published:
    """An article that is out: where, since when, in which version."""

    article: Article
    outlet: Outlet
    url: str
    published_at: datetime
    modified_at: datetime
    revision: int = 0
    """Index of the version on show."""
    withdrawn: bool = False

    @property
    def id(self) -> str:
        return self.article.id

    @property
    def version(self) -> Version:
        return self.article.versions[self.revision]

    @property
    def number(self) -> int:
        return number_of(self.article)


@cache
def environment() -> jinja2.Environment:
    """The templates. Escaping is on for all of them; undefined names are errors."""
    made = jinja2.Environment(
        loader=jinja2.PackageLoader("pipeline.newsroom", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["french"] = dates.french
    made.filters["iso"] = dates.iso
    made.filters["iso_without_zone"] = dates.iso_without_zone
    made.filters["day"] = dates.day
    made.filters["rfc822"] = dates.rfc822
    made.filters["two_digit_year"] = dates.two_digit_year
    made.filters["json"] = lambda value: json.dumps(value, ensure_ascii=False)
    return made


@cache
def furniture() -> dict[str, Any]:
    """What stands around articles: headlines of other days, readers' comments, menus, banner texts."""
    source = (resources.files("pipeline.newsroom") / "furniture.yaml").read_text("utf-8")
    loaded = yaml.safe_load(source)
    assert isinstance(loaded, dict)
    return loaded


def article_page(shown: Published, others: Sequence[Published], *, edition: int = 0) -> str:
    """The page of an article. `edition` changes adverts, counters, comments and related links, never the article."""
    chance = random.Random(f"{shown.id} {edition}")
    name = {"consent-wall": "consent_wall.html", "soft-404": "soft_404.html"}.get(
        shown.article.page, shown.outlet.template
    )
    return (
        environment()
        .get_template(f"pages/{name}")
        .render(
            shown=shown,
            article=shown.article,
            version=shown.version,
            outlet=shown.outlet,
            zone=shown.outlet.timezone,
            root=shown.url.split("/", 3)[2],
            **_around(shown, others, chance, edition),
        )
    )


def front_page(outlet: Outlet, root: str, shown: Sequence[Published]) -> str:
    """The outlet's home page: its headlines, and links to its feeds."""
    return environment().get_template("pages/front.html").render(outlet=outlet, root=root, shown=shown)


def _around(shown: Published, others: Sequence[Published], chance: random.Random, edition: int) -> dict[str, Any]:
    stock = furniture()
    headlines = list(stock["headlines"])
    comments = list(stock["comments"])
    chance.shuffle(headlines)
    chance.shuffle(comments)
    neighbours = [other for other in others if other.id != shown.id and not other.withdrawn]
    return {
        "stock": stock,
        "edition": edition,
        "headlines": headlines,
        "comments": comments[: chance.randint(6, 14)],
        "related": chance.sample(neighbours, min(6, len(neighbours))),
        "views": chance.randint(800, 60_000),
        "advert": chance.randint(10_000_000, 99_999_999),
    }
