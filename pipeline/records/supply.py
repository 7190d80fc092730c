"""Supply events, and what the tagger says of a story (design, section 4).

Belongs here: who, what, whom, in which state, and the evidence. Does not belong here: finding them (`tag`).
"""

from __future__ import annotations

from typing import Literal

from pipeline.records.base import Record

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
