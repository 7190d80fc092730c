"""What the whole story says of a draft: missing parties, denials, titles that sum up, repeats.

Belongs here: rules over all drafts of a story. Does not belong here: one sentence (`resolve`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.tag.drafts import VAGUE, Draft
from pipeline.tag.focus import Focus
from pipeline.tag.gleaned import more_of_it
from pipeline.tag.parties import OUTSIDE, banned
from pipeline.tag.seizures import shot_down

_AT_WAR = re.compile(
    r"(?:pays|États?|Etats?|nations?|zones?) (?:\w+ )?"
    r"(?:en (?:guerre|conflit)|de (?:guerre|conflit)|engagés? dans un conflit|belligérants?)"
)
"""A refusal to all who fight: the one of the story is meant."""


def share(made: list[Draft]) -> None:
    """Predicates of one sentence that speak of the same lot know each other's parties; a bare lot adds nothing more."""
    for draft in list(made):
        for other in made:
            if other is draft or other.candidate.sentence is not draft.candidate.sentence:
                continue
            same = {id(m) for m in draft.candidate.materials} & {id(m) for m in other.candidate.materials}
            beside = (
                draft.candidate.trigger.tense == "pp"
                and draft.frame == "move"
                and "materiel" in draft.inferred
                and other.reading.status in ("halted", "intercepted")
            )
            if (not same and not beside) or draft not in made:
                continue
            if other.supplier is None and draft.supplier != other.recipient and draft.frame in ("lot", "dest", "give"):
                other.supplier = draft.supplier
            if other.recipient is None and draft.recipient != other.supplier and draft.frame in ("lot", "dest", "give"):
                other.recipient = draft.recipient
            absorbed = (
                draft.candidate.trigger.tense == "pp"
                and other.reading.status in ("halted", "intercepted", "denied")
                and draft.reading.status in ("delivered", "pledged")
            )
            kept = draft.candidate.trigger.predicate.lemma == "promettre" and draft.candidate.trigger.tense == "pp"
            absorbed = absorbed or (kept and other.reading.status == "delivered")
            if absorbed:
                other.supplier = other.supplier or (draft.supplier if draft.supplier != other.recipient else None)
                other.recipient = other.recipient or (draft.recipient if draft.recipient != other.supplier else None)
                made.remove(draft)
            elif draft.frame in ("lot", "dest") and other.frame not in ("lot", "dest", "extend"):
                made.remove(draft)


def complete(focus: Focus, made: list[Draft]) -> None:
    """Fill a missing party from the story: its other events, then its title and focus."""
    full = [d for d in made if d.supplier and d.recipient]
    seizure = any(d.reading.status == "intercepted" and d.frame in ("seize", "destroy") for d in made)
    for draft in made:
        candidate = draft.candidate
        if draft.supplier and draft.recipient:
            continue
        if draft.supplier is None and draft.recipient is None:
            only = len({(d.supplier, d.recipient) for d in full}) == 1
            near = _nearest(draft, [d for d in full if only or set(d.materiel) & set(draft.materiel)])
            if near is not None and abs(near.order - draft.order) <= 3:
                draft.supplier, draft.recipient = near.supplier, near.recipient
                draft.inferred = (*draft.inferred, "supplier", "recipient")
        elif draft.recipient is None and (not candidate.unnamed or _AT_WAR.search(candidate.sentence.text)):
            near = _nearest(draft, [d for d in full if d.supplier == draft.supplier])
            if near is not None:
                draft.recipient = near.recipient
            elif draft.frame == "destroy" or (draft.frame in ("give", "lot") and draft.reading.status == "intercepted"):
                draft.recipient = focus.place(candidate.sentence, {draft.supplier})
            elif draft.frame != "seize" and not (seizure and draft.reading.status == "intercepted"):
                draft.recipient = focus.other(
                    candidate.sentence,
                    candidate.trigger.token,
                    draft.supplier,
                    [d for d in made if d.recipient and "recipient" not in d.inferred and d.order <= draft.order],
                    recipient=True,
                )
            draft.inferred = (*draft.inferred, "recipient")
        elif (draft.supplier is None and OUTSIDE.search(candidate.sentence.text)) or (
            draft.supplier is None
            and draft.frame == "request"
            and not any(m.maker for m in candidate.materials)
            and not any(d.recipient == draft.recipient for d in full)
        ):
            continue
        elif draft.supplier is None and not banned(focus, draft.reading, candidate.trigger):
            near = _nearest(draft, [d for d in full if d.recipient == draft.recipient], focus.title)
            several = len({d.supplier for d in full if d.recipient == draft.recipient}) > 2
            if draft.frame == "receive" and several and near is not None and near.order >= draft.order:
                continue  # a total over many suppliers
            told = (
                focus.announcer(candidate.sentence, draft.recipient)
                if near is not None and not draft.reading.alleged and candidate.trigger.voice == "passive"
                else None
            )
            if near is not None and told is None:
                draft.supplier = near.supplier
            else:
                speaker = (
                    None
                    if draft.reading.alleged or draft.frame not in ("give", "make")
                    else focus.announcer(candidate.sentence, draft.recipient)
                )
                maker = (
                    speaker
                    or focus.origin(draft.materiel, {draft.recipient})
                    or next(
                        (
                            m.maker
                            for m in candidate.materials
                            if m.maker and m.maker != draft.recipient and focus.counts[m.maker]
                        ),
                        None,
                    )
                )
                draft.supplier = maker or focus.other(
                    candidate.sentence,
                    candidate.trigger.token,
                    draft.recipient,
                    [d for d in made if d.supplier and "supplier" not in d.inferred],
                    recipient=False,
                )
            draft.inferred = (*draft.inferred, "supplier")


def title_last(made: list[Draft]) -> list[Draft]:
    """The title sums up: where the body tells the same supply in another status, the body is precise."""
    kept = []
    for draft in made:
        if draft.order == 0 and draft.reading.status in ("pledged", "delivered", "negotiated", "requested"):
            body = [
                d
                for d in made
                if d.order > 0
                and (d.supplier, d.recipient) == (draft.supplier, draft.recipient)
                and (set(d.materiel) & set(draft.materiel) or set(draft.materiel) <= VAGUE)
            ]
            if body and not any(d.reading.status == draft.reading.status for d in body):
                continue
        kept.append(draft)
    return kept


def denials(focus: Focus, made: list[Draft]) -> None:
    """Where the denial leads, what is denied of the same two parties is denied wherever the story repeats it."""
    denied = {(d.supplier, d.recipient) for d in made if d.reading.status == "denied" and d.order <= 3}
    if focus.denial_in_title():
        denied |= {
            (d.supplier, d.recipient) for d in made if d.supplier == next(iter(focus.title), None) and d.reading.alleged
        }
    for draft in made:
        if (draft.supplier, draft.recipient) in denied and draft.reading.status != "denied":
            claimed = draft.reading.alleged or draft.candidate.trigger.negated or draft.order == 0
            claimed = claimed or any(d.order == 0 and d.reading.status == "denied" for d in made)
            if claimed and draft.reading.status in ("delivered", "pledged", "halted"):
                draft.reading = replace(draft.reading, status="denied", alleged=True)


def _nearest(draft: Draft, others: list[Draft], title: Sequence[str] = ()) -> Draft | None:
    """The nearest draft; the same materiel and a supplier of the title count as nearer."""
    return min(
        others,
        key=lambda d: (
            abs(d.order - draft.order) - 2 * bool(set(d.materiel) & set(draft.materiel)) - 2 * (d.supplier in title)
        ),
        default=None,
    )


def bare(draft: Draft, made: list[Draft]) -> bool:
    """Whether neither party is said: both come from elsewhere, so that it can only tell an event of its own again."""
    if not {"supplier", "recipient"} <= set(draft.inferred) or draft.reading.status in ("intercepted", "negotiated"):
        return False
    dyads = {(d.supplier, d.recipient) for d in made if not {"supplier", "recipient"} <= set(d.inferred)}
    if len(dyads) == 1 and draft.order > 0 and more_of_it(draft.candidate):
        return False
    return not any(
        d is not draft
        and not {"supplier", "recipient"} <= set(d.inferred)
        and (d.supplier, d.recipient, d.reading.status) == (draft.supplier, draft.recipient, draft.reading.status)
        for d in made
    )


def repeats(draft: Draft, made: list[Draft]) -> bool:
    """A vaguer second telling: what is inferred adds nothing to a seizure or to the same sentence."""
    trigger = draft.candidate.trigger
    background = draft.candidate.sentence.deps[trigger.token] == "acl:relcl" or "materiel" in draft.inferred
    if draft.reading.status == "requested" and background and trigger.frame == "request":
        pair = (draft.supplier, draft.recipient)
        if any(
            d is not draft and (d.supplier, d.recipient) == pair and set(d.materiel) & set(draft.materiel) for d in made
        ):
            return True  # « les F-16 que Kiev réclame » beside what came of it
    for other in made:
        if (
            other is not draft
            and other.candidate.sentence is draft.candidate.sentence
            and (other.supplier, other.recipient) == (draft.supplier, draft.recipient)
            and draft.reading.status in ("negotiated", "requested")
            and other.reading.status == "halted"
        ):
            return True  # « rêvait de vendre à X ; Berne a dit non »
        if (
            other is draft
            or (other.supplier, other.recipient) != (draft.supplier, draft.recipient)
            or other.reading.status == draft.reading.status
        ):
            continue
        if (
            "materiel" in draft.inferred
            and "materiel" not in other.inferred
            and other.reading.status == "intercepted"
            and draft.reading.status in ("delivered", "pledged")
        ):
            return True
        together = other.candidate.sentence is draft.candidate.sentence and (set(other.materiel) & set(draft.materiel))
        if (
            together
            and draft.candidate.trigger.tense == "inf"
            and draft.reading.status == "pledged"
            and not draft.reading.because
            and other.reading.status == "delivered"
        ):
            return True
    return False


def stands(draft: Draft) -> bool:
    """Whether a draft has enough to be an event."""
    if shot_down(draft):
        return False
    if draft.supplier is not None and draft.recipient is not None:
        return "supplier" not in draft.inferred or "recipient" not in draft.inferred or draft.frame != "move"
    if draft.supplier is None and draft.recipient is None:
        return False
    if draft.supplier is None and OUTSIDE.search(draft.candidate.sentence.text):
        return True
    trigger = draft.candidate.trigger
    if draft.recipient is not None and draft.reading.status == "requested" and trigger.frame == "request":
        return not trigger.predicate.weak and not {"recipient", "materiel"} & set(draft.inferred)
    return draft.reading.status in ("intercepted", "halted") and not draft.candidate.unnamed
