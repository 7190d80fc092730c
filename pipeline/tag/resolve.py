"""From candidates in sentences to parties: descriptions, pronouns, and what the rest of the story says.

Belongs here: the story's focus, resolving what is not named, filling a missing party from the story's own dyads.
Does not belong here: grammar inside a sentence (`frames`), merging repeats (`merge`).

Everything here is within reach: the same sentence, the sentences before it, the title, the other events of the story.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from pipeline.records import Quantity
from pipeline.tag import quantity
from pipeline.tag.focus import Focus
from pipeline.tag.folding import fold
from pipeline.tag.frames import Candidate
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.sentence import Actor, Materials, Sentence
from pipeline.tag.status import Reading
from pipeline.tag.triggers import Trigger

_VESSELS = frozenset("conteneur conteneurs bord navire navires camion camions boutre cargo bateau bateaux caisse caisses véhicule remorque avion valise voilier cargaison cachette cache caches convoi chalutier embarcation colis palettes soute soutes port aéroport frontière douanes douaniers".split())
_OUTSIDE = re.compile(r"de l'extérieur|forces? extérieures?|de pays tiers|provenance inconnue|origine inconnue|sans en préciser l'origine|dont le nom n'a pas été|donateur anonyme")
_BOTH = frozenset("discutent négocient évoquent étudient examinent envisagent négocié discuté évoqué discutaient négociaient signé conclu pourparlers négociations discussions convenu".split())
_BAN = frozenset("embargo interdiction interdire interdit interdite interdits interdites prohibée prohibé prohibées prohibés proscrit proscrite".split())
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

    @property
    def order(self) -> int:
        return self.candidate.sentence.order

    @property
    def frame(self) -> str:
        return self.candidate.trigger.frame


def drafts(focus: Focus, found: list[tuple[Candidate, Reading]], lexicon: Lexicon) -> list[Draft]:
    """Parties and materiel for every candidate that can be an event."""
    made: list[Draft] = []
    for candidate, reading in found:
        if candidate.trigger.hypothetical or reading.status == "none":
            continue
        if candidate.trigger.frame == "same":
            made += _same_again(focus, candidate, reading, made)
        elif candidate.trigger.frame in ("extend", "inventory"):
            made += _extended(focus, candidate, reading, made)
        else:
            made += _drafts_of(focus, candidate, reading, made, lexicon)
    for draft in made:
        draft.quantity = next((q for m in draft.candidate.materials if (q := quantity.counted(draft.candidate.sentence, m))), None)
    _share(made)
    _struck(made)
    made = _seizures(made)
    _complete(focus, made)
    made = [d for d in made if _stands(d)]
    made = [d for d in made if not _repeats(d, made)]
    _denials(focus, made)
    return _title_last(made)


def _drafts_of(focus: Focus, candidate: Candidate, reading: Reading, made: list[Draft], lexicon: Lexicon) -> list[Draft]:
    s, t = candidate.sentence, candidate.trigger
    dyads = [(d.supplier, d.recipient) for d in made]
    materiel, terms, inferred = _materiel(focus, candidate)
    if not materiel and t.places == "deal/any":
        return _deal_again(focus, candidate, reading, made)
    if not materiel:
        return []
    suppliers = _ids(focus, s, candidate.suppliers, None, dyads)
    recipients = _ids(focus, s, candidate.recipients, suppliers[0] if suppliers else None, dyads)
    if any(a.description == "own" for a in candidate.suppliers) and suppliers and suppliers == _ids(focus, s, candidate.recipients, None, dyads):
        return []
    if t.frame == "receive" and t.tense == "pp" and not candidate.suppliers and not candidate.recipients:
        return []
    if candidate.suppliers and (not suppliers or suppliers == recipients) and recipients:
        suppliers = _ids(focus, s, candidate.suppliers, recipients[0], dyads)
    if t.places == "deal/any" and suppliers and not recipients:
        maker = next((m.origin or m.maker for m in candidate.materials if m.origin or m.maker), None)
        firm = candidate.suppliers[0].sort == "firm" or candidate.suppliers[0].description == "firm"
        if not firm and maker != suppliers[0]:
            suppliers, recipients = [], suppliers
    if candidate.undirected and suppliers and recipients:
        suppliers, recipients = _directed(suppliers[0], recipients[0], candidate, made, lexicon)
    if len(suppliers) == 2 and not recipients and t.voice == "noun" and {*reading.because} & _BOTH:
        suppliers, recipients = _directed(suppliers[0], suppliers[1], candidate, made, lexicon)
    if t.pronoun and t.frame == "receive" and t.pronoun != "y" and not suppliers:
        named = focus.pronoun(s, t.first, t.pronoun, recipients[0] if recipients else None)
        suppliers = [named] if named else []
    elif t.pronoun and not recipients and t.frame != "receive":
        last = next((d for d in reversed(made) if 0 < s.order - d.order <= 2 and d.recipient and d.recipient not in suppliers), None)
        named = last.recipient if last is not None else focus.pronoun(s, t.first, t.pronoun, suppliers[0] if suppliers else None)
        recipients = [named] if named else []
    origin = next((m.origin for m in candidate.materials if m.origin), None)
    if t.frame == "receive" and _domestic(s, lexicon):
        return []
    if t.frame == "move" and not (suppliers or recipients):
        return []
    if t.predicate.lemma in ("quitter", "venir", "provenir") and not recipients and t.tense != "pp" and not any(d.reading.status == "intercepted" for d in made):
        return []
    if t.predicate.lemma in ("trouver", "découvrir") and not any(w in _VESSELS for w in s.lower):
        return []
    if t.frame == "make" and inferred:
        return []
    if t.frame == "receive" and t.tense == "inf" and not recipients and t.voice == "active":
        return []
    if inferred and not (suppliers or recipients or t.pronoun) and t.voice != "noun" and t.frame != "seize":
        return []
    if t.frame == "lot" and inferred:
        return []
    if t.predicate.lemma in ("trafic", "contrebande", "remise", "soutien", "aide", "assistance") and inferred:
        return []
    if t.frame == "move" and materiel == ("naval",) and any(w.startswith(("porte-avions", "destroyer", "navire", "bâtiment", "frégate", "sous-marin")) for w in terms):
        return []  # a fleet on its way is no transfer
    if _banned(focus, reading, t) and not recipients and not t.pronoun:
        return []
    if not origin and inferred and not suppliers:
        whole = focus.materiel(s, t.token, tuple(m for m in materiel if m not in VAGUE))
        origin = next((m.origin or m.maker for m in whole if (m.origin or m.maker) and focus.counts[m.origin or m.maker or ""]), None)
    if not suppliers and origin and origin not in recipients:
        suppliers = [origin]
    points = candidate.supplier_points + candidate.recipient_points
    places = ("materiel",) if inferred else ()
    if t.predicate.lemma in ("échanger", "troquer") and suppliers:
        back = _in_exchange(focus, candidate, reading, suppliers[0], recipients, made)
        if back:
            return back
    return [
        Draft(candidate, reading, supplier, recipient, materiel, terms, points, inferred=places)
        for supplier in suppliers or [None]
        for recipient in recipients or [None]
        if supplier is None or supplier != recipient
    ]


def _in_exchange(focus: Focus, candidate: Candidate, reading: Reading, giver: str, recipients: list[str], made: list[Draft]) -> list[Draft]:
    """« échanger des munitions contre des technologies russes »: what comes back, and what goes where the story has not yet told it."""
    s, t = candidate.sentence, candidate.trigger
    against = next((k for k in range(t.token, len(s.lower)) if s.lower[k] == "contre"), None)
    if against is None:
        return []
    returned = [m for m in s.materials if m.start > against and not m.anaphoric]
    given = [m for m in s.materials if t.token < m.start < against and not m.anaphoric]
    origin = next((m.origin for m in returned if m.origin), None)
    named = next((a.id for a in s.actors if a.start > against and a.id and a.sort != "body" and a.id != giver), None)
    other = origin or named or (recipients[0] if recipients else None) or focus.other(s, t.token, giver, [d for d in made if d.supplier == giver], recipient=True)
    found = []
    if returned:
        categories = tuple(dict.fromkeys(c for m in returned for c in m.categories))
        found.append(Draft(candidate, reading, other, giver, categories, tuple(w for m in returned for w in m.terms), 5.0))
    if given and not any((d.supplier, d.recipient) == (giver, other) for d in made):
        categories = tuple(dict.fromkeys(c for m in given for c in m.categories))
        found.append(Draft(candidate, reading, giver, other, categories, tuple(w for m in given for w in m.terms), 5.0))
    return found


def _materiel(focus: Focus, candidate: Candidate) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
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
            whole = s.lower[group.head] in ("tout", "ensemble", "lot", "cargaison", "chargement", "armes", "équipements", "matériel")
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
    if not any(any(w in term for w in ("composant", "pièce", "moteur", "capteur", "antenne")) for m in candidate.materials for term in m.terms):
        return None
    for group in s.materials:
        if group.start >= last.end and group.start - last.end <= 5 and group.sort != "soft" and any(w in ("pour", "de", "des", "d'") for w in s.lower[last.end : group.start]):
            return group
    return None


def _both_named(candidate: Candidate) -> bool:
    """Both parties are there: « les envois iraniens vers les milices », « un achat à l'Inde »."""
    t = candidate.trigger
    if t.predicate.lemma not in ("livraison", "envoi", "achat", "acquisition", "vente", "commande", "transfert", "fourniture", "contrat", "livrer", "armement"):
        return False
    return t.voice == "noun" and candidate.supplier_points >= 2.5 and candidate.recipient_points >= 2.5


def _pronoun_subject(candidate: Candidate) -> bool:
    """« Il a été remis à… »: the subject of a passive or of a movement is the materiel."""
    s, t = candidate.sentence, candidate.trigger
    if t.voice != "passive" and t.frame != "move":
        return False
    return any(s.lower[c] in ("il", "elle", "ils", "elles", "ceux-ci", "celles-ci") and s.deps[c].startswith("nsubj") for c in s.children[t.token])


def _ids(focus: Focus, s: Sentence, actors: list[Actor], other: str | None, dyads: list[tuple[str | None, str | None]]) -> list[str]:
    found: list[str] = []
    for actor in actors:
        one = focus.resolve(s, actor, other, dyads)
        if one and one not in found and one != other:
            found.append(one)
    return found


def _directed(one: str, other: str, candidate: Candidate, made: list[Draft], lexicon: Lexicon) -> tuple[list[str], list[str]]:
    """Who sells in a deal of two: as the materiel, the story's other events or the world's trade have it."""
    for group in candidate.materials:
        for maker in (group.origin, group.maker):
            if maker == one:
                return [one], [other]
            if maker == other:
                return [other], [one]
    for draft in made:
        if (draft.supplier, draft.recipient) == (one, other):
            return [one], [other]
        if (draft.supplier, draft.recipient) == (other, one):
            return [other], [one]
    rank = {code: position for position, code in enumerate(lexicon.exporters)}
    if rank.get(one, 99) <= rank.get(other, 99):
        return [one], [other]
    return [other], [one]


def _deal_again(focus: Focus, candidate: Candidate, reading: Reading, made: list[Draft]) -> list[Draft]:
    """« Le contrat, signé en 2022 », « des discussions sont en cours avec la Thaïlande »: the materiel is known."""
    s, t = candidate.sentence, candidate.trigger
    last = next((d for d in reversed(made) if s.order - d.order <= 2 and d.supplier and d.recipient), None)
    before = s.lower[t.token - 1] if t.token else ""
    if last is None or t.predicate.lemma in ("accord", "marché", "convention", "protocole", "arrangement"):
        return []
    named = [focus.resolve(s, a, None, []) for a in (*candidate.suppliers, *candidate.recipients) if a.prep in ("avec", "entre", "")]
    others = [n for n in named if n and n not in (last.supplier, last.recipient)]
    if others and t.frame == "talk":
        return [Draft(candidate, reading, last.supplier, others[0], last.materiel, (), 3.0, inferred=("supplier", "materiel"))]
    if before in ("le", "ce", "la") and t.predicate.lemma in ("contrat", "commande") and not others:
        return [Draft(candidate, reading, last.supplier, last.recipient, last.materiel, (), 3.0, inferred=("supplier", "recipient", "materiel"))]
    return []


def _same_again(focus: Focus, candidate: Candidate, reading: Reading, made: list[Draft]) -> list[Draft]:
    """« Les Pays-Bas ont pris le même engagement », « l'Espagne envisage de se joindre au mouvement »."""
    last = next((d for d in reversed(made) if candidate.sentence.order - d.order <= 3 and d.supplier), None)
    if last is None:
        return []
    suppliers = [i for i in _ids(focus, candidate.sentence, candidate.suppliers, last.recipient, []) if i != last.supplier]
    return [Draft(candidate, reading, i, last.recipient, last.materiel, (), 4.0, inferred=("recipient", "materiel")) for i in suppliers]


def _extended(focus: Focus, candidate: Candidate, reading: Reading, made: list[Draft]) -> list[Draft]:
    """« Les appareils seraient accompagnés de missiles », « à cela s'ajouteraient des obus »: one more lot of the same supply."""
    last = next((d for d in reversed(made) if candidate.sentence.order - d.order <= 1), None)
    materiel, terms, inferred = _materiel(focus, candidate)
    if candidate.trigger.frame == "inventory":
        last = next((d for d in reversed(made) if d.reading.status == "intercepted" and candidate.sentence.order - d.order <= 2), None)
    if last is None or not materiel or inferred or not any(m.sort != "soft" for m in candidate.materials):
        return []
    same = replace(reading, status=last.reading.status, alleged=last.reading.alleged or reading.alleged)
    named = _ids(focus, candidate.sentence, candidate.suppliers, last.recipient, []) if candidate.trigger.frame == "extend" else []
    if named and named[0] != last.supplier:
        return [Draft(candidate, replace(reading, status="pledged"), named[0], last.recipient, materiel, terms, 4.0, inferred=("recipient",))]
    return [Draft(candidate, same, last.supplier, last.recipient, materiel, terms, last.points, inferred=("supplier", "recipient"))]


def _share(made: list[Draft]) -> None:
    """Predicates of one sentence that speak of the same lot know each other's parties; a bare lot adds nothing more."""
    for draft in list(made):
        for other in made:
            if other is draft or other.candidate.sentence is not draft.candidate.sentence:
                continue
            same = {id(m) for m in draft.candidate.materials} & {id(m) for m in other.candidate.materials}
            beside = draft.candidate.trigger.tense == "pp" and draft.frame == "move" and "materiel" in draft.inferred and other.reading.status in ("halted", "intercepted")
            if (not same and not beside) or draft not in made:
                continue
            if other.supplier is None and draft.supplier != other.recipient and draft.frame in ("lot", "dest", "give"):
                other.supplier = draft.supplier
            if other.recipient is None and draft.recipient != other.supplier and draft.frame in ("lot", "dest", "give"):
                other.recipient = draft.recipient
            absorbed = draft.candidate.trigger.tense == "pp" and other.reading.status in ("halted", "intercepted", "denied") and draft.reading.status in ("delivered", "pledged")
            if absorbed:
                other.supplier = other.supplier or (draft.supplier if draft.supplier != other.recipient else None)
                other.recipient = other.recipient or (draft.recipient if draft.recipient != other.supplier else None)
                made.remove(draft)
            elif draft.frame in ("lot", "dest") and other.frame not in ("lot", "dest", "extend"):
                made.remove(draft)


def _seizures(made: list[Draft]) -> list[Draft]:
    """What was seized was meant for someone: `destiné à` and undelivered promises beside a seizure belong to it."""
    seized = [d for d in made if d.reading.status == "intercepted"]
    if not seized:
        return [d for d in made if d.frame != "dest" or (d.supplier and d.recipient and d.candidate.trigger.voice == "active")]
    kept = []
    for draft in made:
        near = min(seized, key=lambda d: abs(d.order - draft.order))
        if draft.frame in ("dest", "move", "give", "lot") and draft.reading.status in ("pledged", "delivered") and draft not in seized:
            together = near.candidate.sentence is draft.candidate.sentence and draft.candidate.trigger.tense in ("impf", "inf", "pp")
            coming = draft.frame == "move" and draft.candidate.trigger.predicate.lemma in ("venir", "provenir", "partir", "aboutir")
            meant = together or draft.frame == "dest" or coming or (draft.candidate.trigger.tense in ("inf", "pp") and draft.reading.status == "pledged")
            if meant and abs(draft.order - near.order) <= 3:
                draft.reading = replace(draft.reading, status="intercepted")
                for one in seized:
                    if one.frame in ("seize", "destroy") and one.recipient is None and draft.recipient and (one.supplier in (None, draft.supplier) or draft.supplier is None):
                        one.recipient = draft.recipient
                        one.supplier = one.supplier or draft.supplier
                        draft.supplier = draft.supplier or one.supplier
        repeated = "materiel" in draft.inferred and draft.reading.status == "delivered" and (draft.supplier, draft.recipient) == (near.supplier, near.recipient)
        if not repeated:
            kept.append(draft)
    return kept


def _complete(focus: Focus, made: list[Draft]) -> None:
    """Fill a missing party from the story: its other events, then its title and focus."""
    full = [d for d in made if d.supplier and d.recipient]
    seizure = any(d.reading.status == "intercepted" and d.frame in ("seize", "destroy") for d in made)
    for draft in made:
        candidate = draft.candidate
        if draft.supplier and draft.recipient:
            continue
        if draft.supplier is None and draft.recipient is None:
            near = _nearest(draft, [d for d in full if set(d.materiel) & set(draft.materiel)])
            if near is not None and abs(near.order - draft.order) <= 3:
                draft.supplier, draft.recipient = near.supplier, near.recipient
                draft.inferred = (*draft.inferred, "supplier", "recipient")
        elif draft.recipient is None and not candidate.unnamed:
            near = _nearest(draft, [d for d in full if d.supplier == draft.supplier])
            if near is not None:
                draft.recipient = near.recipient
            elif draft.frame == "destroy" or (draft.frame in ("give", "lot") and draft.reading.status == "intercepted"):
                draft.recipient = focus.place(candidate.sentence, {draft.supplier})
            elif draft.frame != "seize" and not (seizure and draft.reading.status == "intercepted"):
                draft.recipient = focus.other(candidate.sentence, candidate.trigger.token, draft.supplier, [d for d in made if d.recipient and "recipient" not in d.inferred], recipient=True)
            draft.inferred = (*draft.inferred, "recipient")
        elif draft.supplier is None and _OUTSIDE.search(candidate.sentence.text):
            continue
        elif draft.supplier is None and draft.frame == "request" and not any(m.maker for m in candidate.materials) and not any(d.recipient == draft.recipient for d in full):
            continue
        elif draft.supplier is None and not _banned(focus, draft.reading, candidate.trigger):
            near = _nearest(draft, [d for d in full if d.recipient == draft.recipient])
            told = focus.announcer(candidate.sentence, draft.recipient) if near is not None and not draft.reading.alleged and candidate.trigger.voice == "passive" else None
            if near is not None and told is None:
                draft.supplier = near.supplier
            else:
                speaker = None if draft.reading.alleged or draft.frame not in ("give", "make") else focus.announcer(candidate.sentence, draft.recipient)
                maker = speaker or focus.origin(draft.materiel, {draft.recipient}) or next((m.maker for m in candidate.materials if m.maker and m.maker != draft.recipient and focus.counts[m.maker]), None)
                draft.supplier = maker or focus.other(candidate.sentence, candidate.trigger.token, draft.recipient, [d for d in made if d.supplier and "supplier" not in d.inferred], recipient=False)
            draft.inferred = (*draft.inferred, "supplier")


def _domestic(s: Sentence, lexicon: Lexicon) -> bool:
    """« auprès de ses industriels »: a state and its own industry."""
    return any(
        word in ("ses", "son", "sa", "leurs") and "firm" in lexicon.descriptions.get(fold(after), ())
        for word, after in zip(s.lower, s.lower[1:], strict=False)
    )


_HIT = frozenset("visé visée visés frappé frappée frappés bombardé bombardée bombardés ciblé ciblée détruisent frappent attaqué attaquée".split())
_CARGO = frozenset("convoi convois cargaison cargaisons camion camions navire entrepôt entrepôts hangar hangars dépôt dépôts".split())
_STRIKES = frozenset("détruit détruits détruite détruites détruire anéanti anéantis pulvérisé pulvérisée pulvérisés incendié incendiés cendres saisies saisis saisie saisi interceptées interceptés intercepté".split())


def _struck(made: list[Draft]) -> None:
    """« des armes livrées par X ont été détruites »: what the sentence reports is the loss."""
    for draft in made:
        carried = draft.candidate.trigger.predicate.lemma in ("transporter", "convoyer", "acheminer") and draft.candidate.trigger.tense in ("impf", "pres")
        if (draft.candidate.trigger.tense == "pp" or carried) and draft.reading.status == "delivered" and draft.frame == "give":
            words = draft.candidate.sentence.lower
            if any(w in _STRIKES for w in words) or (any(w in _HIT for w in words) and any(w in _CARGO for w in words)):
                draft.reading = replace(draft.reading, status="intercepted")


def _title_last(made: list[Draft]) -> list[Draft]:
    """The title sums up: where the body tells the same two parties and materiel in another status, the body is precise."""
    kept = []
    for draft in made:
        if draft.order == 0 and draft.reading.status in ("pledged", "delivered", "negotiated", "requested"):
            body = [d for d in made if d.order > 0 and (d.supplier, d.recipient) == (draft.supplier, draft.recipient) and (set(d.materiel) & set(draft.materiel) or set(draft.materiel) <= VAGUE)]
            if body and not any(d.reading.status == draft.reading.status for d in body):
                continue
        kept.append(draft)
    return kept


def _denials(focus: Focus, made: list[Draft]) -> None:
    """Where the denial leads, what is denied of the same two parties is denied wherever the story repeats it."""
    denied = {(d.supplier, d.recipient) for d in made if d.reading.status == "denied" and d.order <= 3}
    if focus.denial_in_title():
        denied |= {(d.supplier, d.recipient) for d in made if d.supplier == next(iter(focus.title), None) and d.reading.alleged}
    for draft in made:
        if (draft.supplier, draft.recipient) in denied and draft.reading.status != "denied":
            claimed = draft.reading.alleged or draft.candidate.trigger.negated or draft.order == 0
            if claimed and draft.reading.status in ("delivered", "pledged", "halted"):
                draft.reading = replace(draft.reading, status="denied", alleged=True)


def _banned(focus: Focus, reading: Reading, trigger: Trigger) -> bool:
    """Whether the text speaks of a ban on all suppliers: an embargo of the United Nations."""
    words = {*reading.because, trigger.predicate.lemma}
    return reading.status == "halted" and focus.united_nations and bool(words & _BAN)


def _nearest(draft: Draft, others: list[Draft]) -> Draft | None:
    return min(others, key=lambda d: (abs(d.order - draft.order) - 2 * bool(set(d.materiel) & set(draft.materiel))), default=None)


def _repeats(draft: Draft, made: list[Draft]) -> bool:
    """A vaguer second telling of the same supply: what is inferred adds nothing to a seizure or to the same sentence."""
    for other in made:
        if other is draft or (other.supplier, other.recipient) != (draft.supplier, draft.recipient) or other.reading.status == draft.reading.status:
            continue
        if "materiel" in draft.inferred and "materiel" not in other.inferred and other.reading.status == "intercepted" and draft.reading.status in ("delivered", "pledged"):
            return True
        together = other.candidate.sentence is draft.candidate.sentence and (set(other.materiel) & set(draft.materiel))
        if together and draft.candidate.trigger.tense == "inf" and draft.reading.status == "pledged" and not draft.reading.because and other.reading.status == "delivered":
            return True
    return False


def _stands(draft: Draft) -> bool:
    """Whether a draft has enough to be an event."""
    if _shot_down(draft):
        return False
    if draft.supplier is not None and draft.recipient is not None:
        return "supplier" not in draft.inferred or "recipient" not in draft.inferred or draft.frame != "move"
    if draft.supplier is None and draft.recipient is None:
        return False
    if draft.supplier is None and _OUTSIDE.search(draft.candidate.sentence.text):
        return True
    return draft.reading.status in ("intercepted", "halted") and not draft.candidate.unnamed


_FLYING = frozenset(("aircraft", "drones", "missiles", "naval"))


def _shot_down(draft: Draft) -> bool:
    """« des chasseurs ont intercepté des avions »: nothing was on its way to anyone."""
    if draft.frame not in ("seize", "destroy") or not set(draft.materiel) <= _FLYING:
        return False
    expressed = draft.candidate.recipients or any(a.sort != "origin" for a in draft.candidate.suppliers)
    return draft.candidate.trigger.predicate.lemma in ("intercepter", "détruire", "anéantir", "frapper", "bombarder", "viser") and not expressed


