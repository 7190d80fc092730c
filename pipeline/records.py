"""What travels between the stages, and what is stored: frozen records, no behaviour beyond their own consistency.

Belongs here: the shape of feeds, entries, pages, stories, supply events, alerts. Does not belong here: how any of
them is made (the stage that gives it), stored (`index`) or shown (`cli`).

Records that are stored are pydantic models, so that JSON Schema and the mapping in `schemas/` can be held against
them; the ones that only travel are plain dataclasses. Instants are aware datetimes in UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict


def _aware(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("an instant needs a zone")
    return value


Instant = Annotated[datetime, AfterValidator(_aware)]
"""A datetime with a zone."""


class Record(BaseModel):
    """A frozen record that refuses unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


# --- registry -------------------------------------------------------------------------------------------------


class Feed(Record):
    """One row of the registry: a feed that is watched, or why it is not."""

    id: str
    name: str
    feed_url: str
    site_url: str
    country: str
    """ISO 3166-1 alpha-2 of the outlet, or `EU` or `UN` for the institutions."""
    kind: str
    category: str
    language: str
    publisher: str
    """Id of the publisher: all feeds of one outlet share it."""
    family: str
    """Id of the group that owns the outlet: outlets of one family do not corroborate each other."""
    timezone: str = "Europe/Paris"
    """IANA zone of local times written without one."""
    confidence: str = "medium"
    terms: str = ""
    enabled: bool = True
    disabled_reason: str | None = None
    min_items_per_week: int = 0
    min_dated_share: float = 0.0
    """Share of items, 0..1, that are expected to carry a date."""
    notes: str = ""


# --- watch ----------------------------------------------------------------------------------------------------


class FeedState(Record):
    """What the watch knows of a feed between two polls; stored in the index `feeds` under the feed's id."""

    id: str
    name: str = ""
    country: str = ""
    kind: str = ""
    publisher: str = ""
    url: str
    """The URL to ask next: the registry's until a 301 or 308 rewrote it."""
    url_history: tuple[str, ...] = ()
    registry_url: str = ""
    """The registry's URL when this state was written: a changed registry row starts over from it."""
    etag: str | None = None
    last_modified: str | None = None
    body_digest: str | None = None
    known_ids: tuple[str, ...] = ()
    """Entry ids of the last body, newest first: what the overlap of the next poll is measured against."""
    state: Literal["new", "healthy", "quiet", "failing", "resting", "gone", "disabled"] = "new"
    problems: tuple[str, ...] = ()
    """Broken expectations and oddities of the last poll, each a short code."""
    last_error: str | None = None
    failures: int = 0
    """Failures in a row."""
    last_status: int | None = None
    last_polled_at: Instant | None = None
    last_success_at: Instant | None = None
    last_new_at: Instant | None = None
    newest_item_at: Instant | None = None
    next_poll_at: Instant | None = None
    interval_seconds: float = 0.0
    items_last_poll: int = 0
    dated_share: float | None = None
    items_per_day: float | None = None
    polls: int = 0
    not_modified: int = 0
    bytes_fetched: int = 0
    entries_seen: int = 0
    hub: str | None = None


# --- ledger ---------------------------------------------------------------------------------------------------


class EntryState(StrEnum):
    """Where an entry stands; `indexed`, `skipped` and `dead` are ends, `queued` and `failed` are not."""

    QUEUED = "queued"
    INDEXED = "indexed"
    SKIPPED = "skipped"
    FAILED = "failed"
    DEAD = "dead"


class Lease(Record):
    """Who works on a queued entry, and until when nobody else may."""

    owner: str
    until: Instant


class Entry(Record):
    """One article as announced by one or more feeds, and what became of it; stored in the index `entries`.

    The id is that of the story it may become: `urls.entry_id(canonical_url)`.
    """

    id: str
    url: str
    """The link to fetch, as the feed gave it, resolved."""
    canonical_url: str
    title: str = ""
    summary: str = ""
    content: str | None = None
    """The article's own HTML, where the feed carries the full text (content:encoded, atom:content)."""
    author: str | None = None
    feeds: tuple[str, ...]
    """Ids of all feeds that carried it, in the order in which they did."""
    guid: str | None = None
    media: Literal["article", "audio", "video", "live"] = "article"
    categories: tuple[str, ...] = ()
    published_at: Instant | None = None
    published_precision: Literal["instant", "day", "unknown"] = "unknown"
    date_problem: str | None = None
    """`future` (clamped), `unparsable`, or none."""
    first_seen_at: Instant
    last_seen_at: Instant
    fingerprint: str = ""
    """Digest of the feed's title, summary and content: a change asks for a refetch."""
    state: EntryState = EntryState.QUEUED
    reason: str | None = None
    """Why it was skipped: a `SkipReason`."""
    error: str | None = None
    """`Name: message` of the error of the last attempt, and None after a success."""
    attempts: int = 0
    next_attempt_at: Instant | None = None
    lease: Lease | None = None
    lost_leases: int = 0
    """How many times whoever worked on it was gone before it ended: not its fault, so no attempt, but bounded too."""
    updated_at: Instant
    finished_at: Instant | None = None
    """When it reached its present end."""
    story_id: str | None = None
    """The story it became: its own id, or that of the page's own canonical URL where they differ."""
    refetches: int = 0
    """How many times a change in the feed sent it back to the queue."""


class SkipReason(StrEnum):
    """Why an entry was not indexed. Every skipped entry has one; they are counted."""

    TOO_SHORT = "too-short"
    BOILERPLATE = "boilerplate"
    CONSENT_WALL = "consent-wall"
    NO_TEXT = "no-text"
    NOT_HTML = "not-html"
    LIVE = "live-page"
    VIDEO = "video-page"
    AUDIO = "audio-page"
    OTHER_LANGUAGE = "other-language"
    GONE = "gone"
    ROBOTS = "robots"
    ADDRESS = "address-refused"
    TOO_LARGE = "too-large"
    BAD_URL = "bad-url"
    UNCHANGED = "unchanged"
    HISTORY = "history"
    """Older than what the first poll of a feed takes on; `veille ledger --retry` does."""
    SAME_STORY = "same-story"
    """The page's own canonical URL is that of another entry, which has the story."""


# --- fetch ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Page:
    """An answer to a GET, body decompressed and within the caps."""

    url: str
    """As asked."""
    final_url: str
    """After redirects."""
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: datetime
    redirects: tuple[tuple[int, str], ...] = ()
    """(status, target URL) of each hop, in order."""
    address: str | None = None
    """IP address that answered, where known."""
    wire_bytes: int = 0
    """Size of the body as it came, still compressed."""

    def header(self, name: str) -> str | None:
        """The first header of this name, compared without case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def content_type(self) -> str:
        return (self.header("content-type") or "").split(";")[0].strip().lower()


# --- archive --------------------------------------------------------------------------------------------------


class ArchivePointer(Record):
    """Where the raw page is: WARC file (relative to the archive), byte offset, `sha256:` payload digest."""

    file: str
    offset: int
    digest: str


# --- extract --------------------------------------------------------------------------------------------------


class Publisher(Record):
    id: str
    name: str
    country: str
    kind: str
    family: str


class Clocks(Record):
    """The four clocks of a story, and where the publication instant comes from."""

    published_at: Instant | None = None
    published_precision: Literal["instant", "day", "unknown"] = "unknown"
    published_provenance: Literal["page", "feed", "url"] | None = None
    published_source: str | None = None
    """The very field that was believed: `json-ld`, `meta`, `microdata`, `time`, `feed`, `url`."""
    published_conflict: str | None = None
    """What the other source said, when feed and page differ: `feed 2024-05-01T08:00:00+02:00`."""
    modified_at: Instant | None = None
    first_seen_at: Instant
    indexed_at: Instant | None = None
    discovery_seconds: float | None = None
    """From publication to the first sight in a feed; None unless the publication is known to the instant."""
    indexing_seconds: float | None = None
    """From the first sight to the index."""
    freshness_seconds: float | None = None
    """From publication to the index: what a reader waits. Numbers, because Kibana cannot subtract two dates."""

    def indexed(self, at: datetime) -> Clocks:
        """These clocks when the story enters the index: the first time counts, a new revision keeps it."""
        if self.indexed_at is not None:
            return self
        seen = max(0.0, (at - self.first_seen_at).total_seconds())
        waits: dict[str, object] = {"indexed_at": at, "indexing_seconds": seen}
        if self.published_at is not None and self.published_precision == "instant":
            found = max(0.0, (self.first_seen_at - self.published_at).total_seconds())
            waits |= {"discovery_seconds": found, "freshness_seconds": found + seen}
        return self.model_copy(update=waits)


class TextStats(Record):
    characters: int
    words: int
    paragraphs: int


class Extraction(Record):
    version: str
    """Of Veille's extraction and trafilatura: `1 trafilatura/2.3.1`."""
    method: Literal["page", "feed", "selector", "text"] = "page"


# --- tag ------------------------------------------------------------------------------------------------------

Materiel = Literal[
    "ammunition", "artillery", "missiles", "air-defence", "armoured-vehicles", "aircraft", "drones", "naval",
    "small-arms", "explosives-mines", "electronics", "technology", "weapons", "equipment",
]  # fmt: skip
Status = Literal["delivered", "pledged", "negotiated", "requested", "denied", "halted", "intercepted"]


class Evidence(Record):
    """The sentence, exact, and where it stands: `text[start:end] == sentence`."""

    sentence: str
    start: int
    end: int
    field: Literal["title", "text"] = "text"
    """Which string the offsets count in."""
    rule: str
    """Id of the grammar rule that fired."""
    triggers: tuple[str, ...] = ()
    """The words that fired it."""


class Source(Record):
    """Who says so."""

    text: str
    actor: str | None = None


class Quantity(Record):
    value: float
    unit: str


class Money(Record):
    amount: float
    currency: str
    """ISO 4217."""


class Plover(Record):
    """The event's class in PLOVER, so that it joins with other event data."""

    event_type: str
    mode: str | None = None


class SupplyEvent(Record):
    """Who supplies what to whom, in which state (design, section 4)."""

    supplier: str | None
    recipient: str | None
    materiel: tuple[Materiel, ...]
    status: Status
    alleged: bool = False
    source: Source | None = None
    quantity: Quantity | None = None
    value: Money | None = None
    evidence: tuple[Evidence, ...]
    systems: tuple[str, ...] = ()
    """Named systems and terms as written: `obus de 155 mm`, `Patriot`."""
    score: float = 1.0
    plover: Plover | None = None

    @property
    def dyad(self) -> str:
        """`KP→RU`; an unknown party is `?`."""
        return f"{self.supplier or '?'}→{self.recipient or '?'}"


class TaggerVersion(Record):
    version: str
    lexicon_digest: str


class Tagging(Record):
    """The tagger's answer for one story."""

    military_supply: bool
    score: float
    events: tuple[SupplyEvent, ...] = ()
    tags: tuple[str, ...] = ()
    """`military-supply`, `defence-industry`, ..."""
    against: tuple[str, ...] = ()
    """What spoke against, each a rule id with its words: `crime: saisie d'armes`."""
    gated: bool = False
    """True when the cheap gate already said no."""
    tagger: TaggerVersion


# --- relate ---------------------------------------------------------------------------------------------------


class SeedNearness(Record):
    """How near a story is to the seed articles, 0..1, and why."""

    similarity: float = 0.0
    """The documented score: text and events together, to the nearest seed."""
    text: float = 0.0
    events: float = 0.0
    nearest: str | None = None
    """Story id of the nearest seed."""
    same_dyad: bool = False
    related: tuple[str, ...] = ()
    """Event relations found: `same-dyad`, `reversed-dyad`, `same-supplier`, `same-recipient`, `same-materiel`."""


class Copies(Record):
    """The group of copies a story belongs to."""

    group: str
    """Id of the group: the id of its first known story."""
    of: str | None = None
    """Story id of the original, None for the original itself and for a story without copies."""
    share: float = 0.0
    """Share of this story's words that stand in passages of the original, 0..1."""
    agency: str | None = None
    """`AFP`, `Reuters`, ... where the text or its authors say so."""
    size: int = 1
    independent_sources: int = 1
    """Outlets of different families in the group whose text is not copied from another member."""
    bands: tuple[str, ...] = ()
    """Lookup keys of the text, for finding candidates."""


# --- story ----------------------------------------------------------------------------------------------------


class Revision(Record):
    """What changed when a story was seen again."""

    revision: int
    at: Instant
    title_before: str | None = None
    text_ratio: float = 1.0
    """Similarity of the two texts, 0..1 (difflib ratio on words)."""
    events_gained: tuple[str, ...] = ()
    events_lost: tuple[str, ...] = ()
    events_altered: tuple[str, ...] = ()
    archive: ArchivePointer | None = None
    """The page before the change."""


class Supply(Record):
    """Flat copies of the events' fields, for Kibana, which cannot chart nested documents."""

    dyads: tuple[str, ...] = ()
    suppliers: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    materiel: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    """The evidence sentences, first of each event."""
    dyad_status: tuple[str, ...] = ()
    """`KP→RU delivered`."""
    alleged: bool = False
    """All events are hearsay."""

    @classmethod
    def of(cls, events: tuple[SupplyEvent, ...]) -> Supply:
        """The flat fields of these events, each value once, in the events' order."""

        def once(values: list[str]) -> tuple[str, ...]:
            return tuple(dict.fromkeys(values))

        return cls(
            dyads=once([e.dyad for e in events]),
            suppliers=once([e.supplier for e in events if e.supplier]),
            recipients=once([e.recipient for e in events if e.recipient]),
            materiel=once([m for e in events for m in e.materiel]),
            status=once([e.status for e in events]),
            systems=once([s for e in events for s in e.systems]),
            sources=once([e.source.text for e in events if e.source]),
            evidence=once([e.evidence[0].sentence for e in events if e.evidence]),
            dyad_status=once([f"{e.dyad} {e.status}" for e in events]),
            alleged=bool(events) and all(e.alleged for e in events),
        )


class Story(Record):
    """An article as indexed (design, section 3); stored in the index `stories`."""

    id: str
    kind: Literal["article", "seed"] = "article"
    url: str
    canonical_url: str
    title: str
    summary: str = ""
    text: str
    language: str = "fr"
    authors: tuple[str, ...] = ()
    """Persons only; agencies are in `agencies`."""
    agencies: tuple[str, ...] = ()
    publisher: Publisher
    feeds: tuple[str, ...] = ()
    section: str | None = None
    keywords: tuple[str, ...] = ()
    image: str | None = None
    clocks: Clocks
    access: Literal["full", "summary", "paywalled"] = "full"
    text_stats: TextStats
    archive: ArchivePointer | None = None
    extraction: Extraction
    revision: int = 1
    history: tuple[Revision, ...] = ()
    military_supply: bool = False
    supply_score: float = 0.0
    supply_events: tuple[SupplyEvent, ...] = ()
    supply: Supply = Supply()
    supply_against: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    tagger: TaggerVersion | None = None
    seed: SeedNearness = SeedNearness()
    copies: Copies | None = None

    def tagged(self, tagging: Tagging) -> Story:
        """This story with the tagger's answer in it."""
        return self.model_copy(
            update={
                "military_supply": tagging.military_supply,
                "supply_score": tagging.score,
                "supply_events": tagging.events,
                "supply": Supply.of(tagging.events),
                "supply_against": tagging.against,
                "tags": tagging.tags,
                "tagger": tagging.tagger,
            }
        )


@dataclass(frozen=True, slots=True)
class Skipped:
    """A page that gives no story, and why."""

    reason: SkipReason
    detail: str = ""


# --- alerts ---------------------------------------------------------------------------------------------------


class Alert(Record):
    """One thing worth telling: an event or its change of status, not an article; stored in the index `alerts`."""

    id: str
    rule: str
    at: Instant
    reason: str
    """One French sentence for a person."""
    story_id: str
    story_title: str
    story_url: str
    publisher: str
    supplier: str | None = None
    recipient: str | None = None
    dyad: str
    materiel: tuple[str, ...] = ()
    status: str
    previous_status: str | None = None
    alleged: bool = False
    evidence: str = ""
    quantity: Quantity | None = None
    value: Money | None = None
    independent_sources: int = 1
    delivered_to: tuple[str, ...] = ()
    """Channels that took it: `webhook`, `rss`."""
