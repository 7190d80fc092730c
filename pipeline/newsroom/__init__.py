"""The sample newsroom: fictional French-language outlets on loopback, for demonstrations and tests.

    articles   what is written: the files of `stories/`; `invented`: made up in any number
    outlets    who publishes: `outlets.yaml`
    pages      articles as web pages: `templates/pages/`, `furniture.yaml`
    feeds      articles as RSS, Atom and RDF: `templates/feeds/`
    desk       what is out, and what each path shows
    answers    what a server does right; `trouble`: what can go wrong, by name
    server     sockets
    room       `Newsroom`: ports, requests, what is broken
    process    `NewsroomProcess`: a newsroom in a process of its own, driven over a port (`control`)
    synthetic  `SyntheticNewsroom`: a thousand light feeds for measurements

Everything in it is made up: outlets, by-lines and events. See `docs/newsroom.md`.
"""

from __future__ import annotations

from pipeline.newsroom.articles import Article, article, library
from pipeline.newsroom.outlets import Outlet, outlets
from pipeline.newsroom.pages import Published
from pipeline.newsroom.process import NewsroomProcess
from pipeline.newsroom.room import Logged, Newsroom
from pipeline.newsroom.synthetic import SyntheticNewsroom

__all__ = [
    "Article", "Logged", "Newsroom", "NewsroomProcess", "Outlet", "Published", "SyntheticNewsroom", "article",
    "library", "outlets",
]  # fmt: skip
