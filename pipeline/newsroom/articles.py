"""The articles of the sample newsroom: files of `stories/`, read into frozen records.

An article is a Markdown file: YAML front matter, then paragraphs separated by blank lines, `## ` for a crosshead,
`> ` for a quotation, `@copy ID 1-4` for paragraphs taken over from another article. `NAME.v2.md` is the second version
of `NAME.md`: its front matter changes what it names, its text replaces the text.

Belongs here: the format of the files, and its strict reading. Does not belong here: mark-up (`pages`), feeds (`feeds`)
or when an article is out (`room`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import cache
from importlib import resources
from typing import Any, Literal, get_args

import yaml

from pipeline.records import EntryState, Materiel, SkipReason, Status

PageKind = Literal[
    "article",
    "paywalled",
    "no-text",
    "dead-link",
    "live",
    "video",
    "audio",
    "consent-wall",
    "soft-404",
    "pdf",
    "members",
]
BlockKind = Literal["p", "h2", "quote"]

# libyaml's loader is ten times as fast; PyYAML comes without it on some platforms.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_EVENT = re.compile(r"(\S+) > (\S+) ([a-z]+) ([a-z+-]+)( alleged)?")
_ACTOR = re.compile(r"[A-Z]{2}|NATO|[a-z0-9]+(-[a-z0-9]+)*|\?")
_COPY = re.compile(r"@copy ([\w-]+) (\d+)-(\d+)")
_AGE = re.compile(r"(?:(\d+)d)? ?(?:(\d+)h)? ?(?:(\d+)m)?")


class ArticleInvalid(ValueError):
    """A file of `stories/` that does not say what it should; the message names the file."""


@dataclass(frozen=True, slots=True)
class GoldEvent:
    """A supply event that the text states, in the scheme of the labelled set; an unknown party is None."""

    supplier: str | None
    recipient: str | None
    status: Status
    materiel: tuple[Materiel, ...]
    alleged: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    kind: BlockKind
    text: str


@dataclass(frozen=True, slots=True)
class Version:
    """What an article says at one moment."""

    title: str
    summary: str
    blocks: tuple[Block, ...]
    supply: bool = False
    """Whether it is military supply in the sense of the labelled set."""
    events: tuple[GoldEvent, ...] = ()

    @property
    def text(self) -> str:
        """All paragraphs, one a line."""
        return "\n".join(block.text for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Article:
    """One article of one outlet, in one or more versions."""

    id: str
    outlet: str
    section: str
    versions: tuple[Version, ...]
    age: timedelta = timedelta()
    """How long before the opening of the newsroom it was published."""
    held: bool = False
    """Kept back at the opening, for a test or a demonstration to publish."""
    page: PageKind = "article"
    language: str = "fr"
    authors: tuple[str, ...] = ()
    agency: str | None = None
    keywords: tuple[str, ...] = ()
    copy_of: str | None = None
    outcome: EntryState = EntryState.INDEXED
    """What ought to become of it in the ledger."""
    reasons: tuple[SkipReason, ...] = ()
    """The skip reasons that would be right, where it ought to be skipped."""
    source: str = "own"
    """`own`, or the id of the labelled item (bench) whose text it has or begins with."""
    words: int = field(default=0, compare=False)

    @property
    def slug(self) -> str:
        """The id without the outlet, as it stands in the article's URL."""
        return self.id.removeprefix(f"{self.outlet}-")


def article(
    id: str,
    outlet: str,
    title: str,
    paragraphs: tuple[str, ...] | list[str],
    *,
    summary: str = "",
    section: str = "international",
    **more: Any,
) -> Article:
    """An article made in a test or by hand, with one version; `more` are fields of `Article`."""
    blocks = tuple(Block("p", paragraph) for paragraph in paragraphs)
    version = Version(title, summary or paragraphs[0], blocks)
    return Article(id, outlet, section, (version,), **more)


@cache
def library() -> dict[str, Article]:
    """All articles of the package, by id.

    Raises:
        ArticleInvalid: a file cannot be read, or names what does not exist.
    """
    folder = resources.files("pipeline.newsroom") / "stories"
    files = {entry.name.removesuffix(".md"): entry for entry in folder.iterdir() if entry.name.endswith(".md")}
    sources = {name: _split(name, entry.read_text("utf-8")) for name, entry in files.items()}
    articles: dict[str, Article] = {}
    # Originals first: a copy takes paragraphs from them.
    for name in sorted(sources, key=lambda name: (".v" in name, "copy_of" in sources[name][0], name)):
        head, body = sources[name]
        try:
            if ".v" in name:
                first = articles[name.partition(".v")[0]]
                articles[first.id] = replace(
                    first, versions=(*first.versions, _version(head, body, articles, first.versions[-1]))
                )
            else:
                articles[name] = _article(name, head, body, articles)
        except (KeyError, ValueError, TypeError) as error:
            raise ArticleInvalid(f"{name}.md: {error!r}") from error
    return dict(sorted(articles.items()))


def _split(name: str, source: str) -> tuple[dict[str, Any], str]:
    parts = source.split("---\n", 2)
    if len(parts) != 3 or parts[0]:
        raise ArticleInvalid(f"{name}.md: no front matter")
    head = yaml.load(parts[1], Loader=_LOADER)
    if not isinstance(head, dict):
        raise ArticleInvalid(f"{name}.md: the front matter is no mapping")
    return head, parts[2]


def _article(name: str, head: dict[str, Any], body: str, known: dict[str, Article]) -> Article:
    head = dict(head)
    version = _version(
        {key: head.pop(key) for key in ("title", "summary", "supply", "events") if key in head}, body, known
    )
    page = head.pop("page", "article")
    if page not in get_args(PageKind):
        raise ValueError(f"page: {page}")
    reasons = tuple(SkipReason(reason) for reason in head.pop("reasons", ()))
    made = Article(
        id=name,
        outlet=head.pop("outlet"),
        section=head.pop("section"),
        versions=(version,),
        age=_age(str(head.pop("age"))),
        held=head.pop("held", False),
        page=page,
        language=head.pop("language", "fr"),
        authors=tuple(head.pop("authors", ())),
        agency=head.pop("agency", None),
        keywords=tuple(head.pop("keywords", ())),
        copy_of=head.pop("copy_of", None),
        outcome=EntryState.SKIPPED if reasons else EntryState.INDEXED,
        reasons=reasons,
        source=head.pop("source", "own"),
        words=len(version.text.split()),
    )
    if head:
        raise ValueError(f"unknown fields {sorted(head)}")
    if not name.startswith(f"{made.outlet}-"):
        raise ValueError("the file's name begins with the outlet's id")
    return made


def _version(head: dict[str, Any], body: str, known: dict[str, Article], before: Version | None = None) -> Version:
    unknown = set(head) - {"title", "summary", "supply", "events"}
    if unknown:
        raise ValueError(f"unknown fields {sorted(unknown)}")
    events = tuple(_event(line) for line in head["events"]) if "events" in head else before.events if before else ()
    made = Version(
        title=head["title"] if "title" in head or not before else before.title,
        summary=head["summary"] if "summary" in head or not before else before.summary,
        blocks=tuple(_blocks(body, known)) or (before.blocks if before else ()),
        supply=head.get("supply", before.supply if before else bool(events)),
        events=events,
    )
    if made.supply != bool(made.events):
        raise ValueError("supply without events, or events without supply")
    return made


def _blocks(body: str, known: dict[str, Article]) -> list[Block]:
    blocks: list[Block] = []
    for chunk in re.split(r"\n\s*\n", body.strip()):
        text = " ".join(chunk.split())
        if copied := _COPY.fullmatch(text):
            first, last = int(copied[2]), int(copied[3])
            blocks.extend(known[copied[1]].versions[0].blocks[first - 1 : last])
        elif text.startswith("## "):
            blocks.append(Block("h2", text[3:]))
        elif text.startswith("> "):
            blocks.append(Block("quote", text[2:].replace(" > ", " ")))
        elif text:
            blocks.append(Block("p", text))
    return blocks


def _event(line: str) -> GoldEvent:
    match = _EVENT.fullmatch(line)
    if not match or not _ACTOR.fullmatch(match[1]) or not _ACTOR.fullmatch(match[2]):
        raise ValueError(f"event: {line!r} is not `KP > RU delivered ammunition+missiles [alleged]`")
    materiel = tuple(match[4].split("+"))
    if match[3] not in get_args(Status) or not set(materiel) <= set(get_args(Materiel)):
        raise ValueError(f"event: {line!r} has an unknown status or materiel")
    supplier, recipient = (None if actor == "?" else actor for actor in (match[1], match[2]))
    return GoldEvent(supplier, recipient, match[3], materiel, bool(match[5]))  # type: ignore[arg-type]


def _age(text: str) -> timedelta:
    match = _AGE.fullmatch(text)
    if not match or not any(match.groups()):
        raise ValueError(f"age: {text!r} is not `2d 3h 40m`")
    days, hours, minutes = (int(part or 0) for part in match.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)
