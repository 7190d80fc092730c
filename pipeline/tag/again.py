"""Events that lean on an earlier one: the same deal again, one more lot, the same commitment, what comes in exchange.

Belongs here: drafts whose parties or materiel the sentence takes from the story. Does not belong here: drafts that
stand by themselves (`resolve`).
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.tag.drafts import Draft
from pipeline.tag.focus import Focus
from pipeline.tag.frames import Candidate
from pipeline.tag.parties import named_ids
from pipeline.tag.status import Reading
from pipeline.tag.supplied import materiel_of


def in_exchange(
    focus: Focus, candidate: Candidate, reading: Reading, giver: str, recipients: list[str], made: list[Draft]
) -> list[Draft]:
    """« échanger des munitions contre des technologies russes »: what comes back.

    What goes is a draft too where the story has not yet told it.
    """
    s, t = candidate.sentence, candidate.trigger
    against = next((k for k in range(t.token, len(s.lower)) if s.lower[k] == "contre"), None)
    if against is None:
        return []
    returned = [m for m in s.materials if m.start > against and not m.anaphoric]
    given = [m for m in s.materials if t.token < m.start < against and not m.anaphoric]
    origin = next((m.origin for m in returned if m.origin), None)
    named = next((a.id for a in s.actors if a.start > against and a.id and a.sort != "body" and a.id != giver), None)
    other = (
        origin
        or named
        or (recipients[0] if recipients else None)
        or focus.other(s, t.token, giver, [d for d in made if d.supplier == giver], recipient=True)
    )
    found = []
    if returned:
        categories = tuple(dict.fromkeys(c for m in returned for c in m.categories))
        found.append(
            Draft(candidate, reading, other, giver, categories, tuple(w for m in returned for w in m.terms), 5.0)
        )
    if given and not any((d.supplier, d.recipient) == (giver, other) for d in made):
        categories = tuple(dict.fromkeys(c for m in given for c in m.categories))
        found.append(Draft(candidate, reading, giver, other, categories, tuple(w for m in given for w in m.terms), 5.0))
    return found


def deal_again(focus: Focus, candidate: Candidate, reading: Reading, made: list[Draft]) -> list[Draft]:
    """« Le contrat, signé en 2022 », « des discussions sont en cours avec la Thaïlande »: the materiel is known."""
    s, t = candidate.sentence, candidate.trigger
    last = next((d for d in reversed(made) if s.order - d.order <= 2 and d.supplier and d.recipient), None)
    before = s.lower[t.token - 1] if t.token else ""
    if last is None or t.predicate.lemma in ("accord", "marché", "convention", "protocole", "arrangement"):
        return []
    named = [
        focus.resolve(s, a, None, [])
        for a in (*candidate.suppliers, *candidate.recipients)
        if a.prep in ("avec", "entre", "")
    ]
    others = [n for n in named if n and n not in (last.supplier, last.recipient)]
    if others and t.frame == "talk":
        return [
            Draft(
                candidate, reading, last.supplier, others[0], last.materiel, (), 3.0, inferred=("supplier", "materiel")
            )
        ]
    if before in ("le", "ce", "la") and t.predicate.lemma in ("contrat", "commande") and not others:
        return [
            Draft(
                candidate,
                reading,
                last.supplier,
                last.recipient,
                last.materiel,
                (),
                3.0,
                inferred=("supplier", "recipient", "materiel"),
            )
        ]
    return []


def same_again(focus: Focus, candidate: Candidate, reading: Reading, made: list[Draft]) -> list[Draft]:
    """« Les Pays-Bas ont pris le même engagement », « l'Espagne envisage de se joindre au mouvement »."""
    last = next((d for d in reversed(made) if candidate.sentence.order - d.order <= 3 and d.supplier), None)
    if last is None:
        return []
    suppliers = [
        i for i in named_ids(focus, candidate.sentence, candidate.suppliers, last.recipient, []) if i != last.supplier
    ]
    return [
        Draft(candidate, reading, i, last.recipient, last.materiel, (), 4.0, inferred=("recipient", "materiel"))
        for i in suppliers
    ]


def extended(focus: Focus, candidate: Candidate, reading: Reading, made: list[Draft]) -> list[Draft]:
    """One more lot of the same supply: « à cela s'ajouteraient des obus »."""
    last = next((d for d in reversed(made) if candidate.sentence.order - d.order <= 1), None)
    materiel, terms, inferred = materiel_of(focus, candidate)
    if candidate.trigger.frame == "inventory":
        last = next(
            (
                d
                for d in reversed(made)
                if d.reading.status == "intercepted" and candidate.sentence.order - d.order <= 2
            ),
            None,
        )
    if last is None or not materiel or inferred or not any(m.sort != "soft" for m in candidate.materials):
        return []
    status = "pledged" if candidate.trigger.tense == "fut" else last.reading.status
    same = replace(reading, status=status, alleged=last.reading.alleged or reading.alleged)
    named = (
        named_ids(focus, candidate.sentence, candidate.suppliers, last.recipient, [])
        if candidate.trigger.frame == "extend"
        else []
    )
    if named and named[0] != last.supplier:
        return [
            Draft(
                candidate,
                replace(reading, status="pledged"),
                named[0],
                last.recipient,
                materiel,
                terms,
                4.0,
                inferred=("recipient",),
            )
        ]
    together = [d for d in made if d.candidate is last.candidate] or [last]
    return [
        Draft(
            candidate,
            same,
            d.supplier,
            d.recipient,
            materiel,
            terms,
            d.points,
            inferred=("supplier", "recipient"),
        )
        for d in together
    ]
