"""One event per distinct supply: drafts that repeat one another become one event with all its evidence.

Belongs here: when two drafts are the same supply. Does not belong here: finding or resolving them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.tag.resolve import Draft

_VAGUE = frozenset(("weapons", "equipment"))


@dataclass
class Supply:
    """One supply with the drafts that tell it."""

    supplier: str | None
    recipient: str | None
    status: str
    materiel: list[str]
    drafts: list[Draft] = field(default_factory=list)


def merge(drafts: list[Draft]) -> list[Supply]:
    """Distinct supplies, in the order in which the story tells them."""
    found: list[Supply] = []
    for draft in drafts:
        match = next((s for s in found if _same(s, draft)), None)
        if match is None:
            match = Supply(draft.supplier, draft.recipient, draft.reading.status, list(draft.materiel))
            found.append(match)
        else:
            specific = [m for m in (*match.materiel, *draft.materiel) if m not in _VAGUE]
            match.materiel = list(dict.fromkeys(specific or [*match.materiel, *draft.materiel]))
        match.drafts.append(draft)
    return found


def _same(supply: Supply, draft: Draft) -> bool:
    if (supply.supplier, supply.recipient, supply.status) != (draft.supplier, draft.recipient, draft.reading.status):
        return False
    one, other = set(supply.materiel), set(draft.materiel)
    return bool(one & other) or one <= _VAGUE or other <= _VAGUE
