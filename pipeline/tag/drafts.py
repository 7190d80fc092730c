"""A draft of an event: a candidate with its parties, before repeats are merged.

Belongs here: the record. Does not belong here: how parties are found (`resolve`, `complete`).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.records import Quantity
from pipeline.tag.frames import Candidate
from pipeline.tag.status import Reading

VAGUE = frozenset(("weapons", "equipment"))


@dataclass(slots=True)
class Draft:
    """An event with parties, before merging."""

    candidate: Candidate
    reading: Reading
    supplier: str | None
    recipient: str | None
    materiel: tuple[str, ...]
    terms: tuple[str, ...]
    points: float
    quantity: Quantity | None = None
    inferred: tuple[str, ...] = ()
    """Places that another sentence filled: `supplier`, `recipient`, `materiel`."""
    chance: float = 0.0
    """Probability that the sentence tells this supply (`weigh`)."""
    sure: float = 0.0
    """The same, of this supply in this status."""
    weighed: bool = False
    """The grammar alone did not find it."""

    @property
    def told_by(self) -> str:
        """The rule, for the evidence: that of the predicate, marked where the model and not the grammar found it."""
        return f"weighed/{self.candidate.rule}" if self.weighed else self.candidate.rule

    @property
    def order(self) -> int:
        return self.candidate.sentence.order

    @property
    def frame(self) -> str:
        return self.candidate.trigger.frame
