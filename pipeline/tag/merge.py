"""One event per distinct supply: drafts that repeat one another become one event with all its evidence.

Belongs here: when two drafts are the same supply. Does not belong here: finding or resolving them.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.tag.drafts import VAGUE, Draft


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
            longer = _longer(match, draft)
            if longer is not None:
                match.materiel = list(longer)
                match.drafts.append(draft)
                continue
            # A vague word alone adds nothing to a specific one; in an enumeration (munitions et matériel) it does.
            before, after = set(match.materiel), set(draft.materiel)
            if after <= VAGUE and not before <= VAGUE:
                pass
            elif before <= VAGUE and not after <= VAGUE:
                match.materiel = list(draft.materiel)
            else:
                match.materiel = list(dict.fromkeys([*match.materiel, *draft.materiel]))
        match.drafts.append(draft)
    return found


def _longer(supply: Supply, draft: Draft) -> tuple[str, ...] | None:
    """The categories of the more precise name where only the words agree."""
    if set(supply.materiel) & set(draft.materiel) or not _same_word(supply, draft):
        return None
    before = max((len(t) for d in supply.drafts for t in d.terms), default=0)
    return draft.materiel if max(map(len, draft.terms), default=0) > before else tuple(supply.materiel)


def _same(supply: Supply, draft: Draft) -> bool:
    if (supply.supplier, supply.recipient, supply.status) != (draft.supplier, draft.recipient, draft.reading.status):
        return False
    one, other = set(supply.materiel), set(draft.materiel)
    counts = {d.quantity.value for d in supply.drafts if d.quantity is not None}
    if (
        draft.quantity is not None
        and counts
        and draft.quantity.value not in counts
        and draft.order > 0
        and all(d.order > 0 for d in supply.drafts)
    ):
        return False  # another lot
    return bool(one & other) or one <= VAGUE or other <= VAGUE or _same_word(supply, draft)


def _same_word(supply: Supply, draft: Draft) -> bool:
    """« ses canons » in the title, « des canons antiaériens » in the text: the shorter name is the same thing."""
    terms = [t.lower() for d in supply.drafts for t in d.terms]
    return any(
        a == b or a.startswith(b + " ") or b.startswith(a + " ")
        for a in terms
        for b in (t.lower() for t in draft.terms)
    )
