"""What a candidate supplies: categories and terms, also where the sentence only refers back.

Belongs here: antecedents of ces engins, les, le lot; components that count as their system. Does not belong here:
which group fits (`fit`).
"""

from __future__ import annotations

from pipeline.tag.drafts import VAGUE
from pipeline.tag.focus import Focus
from pipeline.tag.frames import Candidate
from pipeline.tag.groups import Materials, Sentence


def materiel_of(focus: Focus, candidate: Candidate) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Categories, terms and whether another sentence gave them."""
    s, t = candidate.sentence, candidate.trigger
    categories: list[str] = []
    terms: list[str] = []
    inferred = False
    if candidate.materials and all(m.sort == "soft" and not m.anaphoric for m in candidate.materials):
        served = _served(s, candidate)
        if served is not None:
            return served.categories, served.terms, False
    for group in candidate.materials:
        found = group.categories
        if group.anaphoric:
            whole = s.lower[group.head] in (
                "tout",
                "ensemble",
                "lot",
                "cargaison",
                "chargement",
                "armes",
                "équipements",
                "matériel",
            )
            antecedents = focus.materiel(s, group.start, found, whole)
            if antecedents:
                found, inferred = tuple(c for a in antecedents for c in a.categories), True
        categories += found
        terms += group.terms
    if not categories and not candidate.materials and (t.object_pronoun or _pronoun_subject(candidate)):
        antecedents = focus.materiel(s, t.first, (), whole=True)
        if antecedents and (candidate.suppliers or candidate.recipients or t.pronoun):
            return tuple(dict.fromkeys(c for a in antecedents for c in a.categories)), (), True
    if not categories and not candidate.materials and not candidate.implied and _both_named(candidate):
        antecedents = focus.materiel(s, t.first, (), whole=False)
        return (antecedents[0].categories if antecedents else ("weapons",)), (), True
    if not categories:
        return candidate.implied, (), False
    specific = [c for c in categories if c not in VAGUE]
    if specific and len(candidate.materials) == 1:
        categories = specific
    return tuple(dict.fromkeys(categories)), tuple(dict.fromkeys(terms)), inferred


def _served(s: Sentence, candidate: Candidate) -> Materials | None:
    """Components count as the system that they serve: des pièces de rechange pour F-16."""
    last = candidate.materials[-1]
    if not any(
        any(w in term for w in ("composant", "pièce", "moteur", "capteur", "antenne"))
        for m in candidate.materials
        for term in m.terms
    ):
        return None
    for group in s.materials:
        if (
            group.start >= last.end
            and group.start - last.end <= 5
            and group.sort != "soft"
            and any(w in ("pour", "de", "des", "d'") for w in s.lower[last.end : group.start])
        ):
            return group
    return None


def _both_named(candidate: Candidate) -> bool:
    """Both parties are there: « les envois iraniens vers les milices », « un achat à l'Inde »."""
    t = candidate.trigger
    if t.predicate.lemma not in (
        "livraison",
        "envoi",
        "achat",
        "acquisition",
        "vente",
        "commande",
        "transfert",
        "fourniture",
        "livrer",
        "armement",
    ):
        return False
    return t.voice == "noun" and candidate.supplier_points >= 2.5 and candidate.recipient_points >= 2.5


def _pronoun_subject(candidate: Candidate) -> bool:
    """« Il a été remis à… »: the subject of a passive or of a movement is the materiel."""
    s, t = candidate.sentence, candidate.trigger
    if t.voice != "passive" and t.frame != "move":
        return False
    return any(
        s.lower[c] in ("il", "elle", "ils", "elles", "ceux-ci", "celles-ci") and s.deps[c].startswith("nsubj")
        for c in s.children[t.token]
    )
