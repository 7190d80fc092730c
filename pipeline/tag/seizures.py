"""What was taken or destroyed on its way: shipments, what they held, for whom they were meant.

Belongs here: drafts that a seizure or a strike changes. Does not belong here: other completions (`complete`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.tag import words
from pipeline.tag.drafts import Draft
from pipeline.tag.folding import fold


def seizures(made: list[Draft]) -> list[Draft]:
    """What was seized was meant for someone: `destiné à` and undelivered promises beside a seizure belong to it."""
    seized = [d for d in made if d.reading.status == "intercepted"]
    if not seized:
        return [
            d
            for d in made
            if d.frame != "dest" or (d.supplier and d.recipient and d.candidate.trigger.voice == "active")
        ]
    kept = []
    for draft in made:
        near = min(seized, key=lambda d: abs(d.order - draft.order))
        if (
            draft.frame in ("dest", "move", "give", "lot")
            and draft.reading.status in ("pledged", "delivered")
            and draft not in seized
        ):
            together = near.candidate.sentence is draft.candidate.sentence and draft.candidate.trigger.tense in (
                "impf",
                "inf",
                "pp",
            )
            coming = draft.frame == "move" and draft.candidate.trigger.predicate.lemma in (
                "venir",
                "provenir",
                "partir",
                "aboutir",
            )
            meant = (
                together
                or draft.frame == "dest"
                or coming
                or (draft.candidate.trigger.tense in ("inf", "pp") and draft.reading.status == "pledged")
            )
            if meant and abs(draft.order - near.order) <= 3:
                draft.reading = replace(draft.reading, status="intercepted")
                for one in seized:
                    if (
                        one.frame in ("seize", "destroy")
                        and one.recipient is None
                        and draft.recipient
                        and (one.supplier in (None, draft.supplier) or draft.supplier is None)
                    ):
                        one.recipient = draft.recipient
                        one.supplier = one.supplier or draft.supplier
                        draft.supplier = draft.supplier or one.supplier
        repeated = (
            "materiel" in draft.inferred
            and draft.reading.status == "delivered"
            and (draft.supplier, draft.recipient) == (near.supplier, near.recipient)
        )
        if not repeated:
            kept.append(draft)
    return kept


def struck(made: list[Draft], lost: int | None) -> None:
    """« des armes livrées par X ont été détruites »: what the sentence reports is the loss.

    `lost`: the order of the last sentence that says that a carrier was destroyed.
    """
    for draft in made:
        carried = draft.candidate.trigger.predicate.lemma in (
            "transporter",
            "convoyer",
            "acheminer",
            "apporter",
        ) and draft.candidate.trigger.tense in ("impf", "pres")
        if (
            (draft.candidate.trigger.tense == "pp" or carried)
            and draft.reading.status == "delivered"
            and draft.frame == "give"
        ):
            tokens = draft.candidate.sentence.lower
            if draft.candidate.trigger.tense != "pp" and lost is not None and 0 <= draft.order - lost <= 1:
                draft.reading = replace(draft.reading, status="intercepted")  # « l'appareil détruit apportait… »
                continue
            if any(w in words.STRIKES for w in tokens) or (
                any(w in words.HIT for w in tokens) and any(w in words.CARRIERS for w in tokens)
            ):
                draft.reading = replace(draft.reading, status="intercepted")


_FLYING = frozenset(("aircraft", "drones", "missiles", "naval"))
_SHOT = re.compile(
    r"\bdefenses? (?:anti)?aerienne|\bdca\b|\b(?:lances?|lancees?|tires?|tirees?) (?:par|depuis|contre|vers|sur|de)\b"
    r"|\ben vol\b|\bdans le ciel\b|\bau-dessus d|\babattu"
)
"""A sentence of fighting: what is intercepted there was fired."""


def shot_down(draft: Draft) -> bool:
    """« des chasseurs ont intercepté des avions »: nothing was on its way to anyone."""
    if draft.frame not in ("seize", "destroy") or not set(draft.materiel) <= _FLYING:
        return False
    if _SHOT.search(fold(draft.candidate.sentence.text)):
        return True
    expressed = draft.candidate.recipients or any(a.sort != "origin" for a in draft.candidate.suppliers)
    return (
        draft.candidate.trigger.predicate.lemma
        in ("intercepter", "détruire", "anéantir", "frapper", "bombarder", "viser")
        and not expressed
    )
