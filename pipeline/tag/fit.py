"""How well an actor fits a place, in points.

Belongs here: adding up the evidence for one actor and one predicate: dependency path, preposition, side and distance,
less the clause marks in between; so a wrong attachment of the parser costs points and not the event. Does not belong
here: the same for materiel (`goods`), which place the grammar gives (`places`), choosing among groups (`frames`).
"""

from __future__ import annotations

from pipeline.tag import words
from pipeline.tag.groups import Actor, Sentence
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.places import place
from pipeline.tag.triggers import Trigger

_STANDING = {"firm": (1.2, -2.5), "group": (-0.5, 0.6)}


def _awaits(s: Sentence, t: Trigger, lexicon: Lexicon) -> bool:
    """Whether the verb above is what a recipient does: attend la livraison de, réclame l'envoi de."""
    return any(
        words.AWAITS & set(lexicon.verbs.get(s.lower[a], ()))
        or s.lower[a].startswith(("attend", "fêt", "salu", "remerci", "esp"))
        for a in s.ancestors(t.token, 2)
    )


def _pays(s: Sentence, t: Trigger) -> bool:
    """Whether the verb above pays for what another gets."""
    return any(s.lower[a].startswith(("financ", "pay", "pai")) for a in s.ancestors(t.token, 2))


_WAYS = ("prendre chemin", "prendre route", "prendre direction")
_ASKED = frozenset(("vers", "chez", "auprès", "avec", "à", "porte", "côté", "près", "main", "sonnette", "de"))


def _at_tail(s: Sentence, t: Trigger, actor: Actor, points: tuple[float, float]) -> tuple[float, float]:
    """Who stands right after a locution: « se tourner vers X », « frapper à la porte de X »."""
    if not t.tail or not 0 < actor.start - max(t.tail) <= 4:
        return points
    last = t.predicate.lemma.split()[-1]
    if t.predicate.lemma.endswith(_WAYS):
        return (0.0, 4.5) if actor.prep in ("de", "vers", "dest") else points
    if t.frame in ("receive", "request") and last in _ASKED and actor.prep not in ("par", "pour", "selon", ""):
        return 5.0, 0.0
    if t.frame in ("give", "stop") and last in ("à", "pour", "profit", "vers") and actor.prep != "par":
        return 0.0, 4.5
    if t.frame == "move" and last in ("main", "mains", "rang", "escadrille", "unité", "sol", "tarmac", "front"):
        return (0.0, 4.5) if actor.prep == "de" else points
    return points


def nested(s: Sentence, t: Trigger, token: int, owners: set[int]) -> bool:
    """Whether a predicate inside this one's domain is nearer: la livraison de Su-35 commandés à la Russie."""
    nearest = next((a for a in s.ancestors(token, 6) if a in owners or a == t.token), None)
    return nearest is not None and nearest != t.token and t.token in s.ancestors(nearest, 6)


def fits(s: Sentence, t: Trigger, actor: Actor, lexicon: Lexicon, owners: set[int]) -> tuple[float, float]:
    """Points of this actor as supplier and as recipient of this predicate."""
    if actor.sort == "body":
        return 0.0, 0.0
    name, steps = place(s, t, actor, lexicon)
    table = lexicon.places.get(t.places, {})
    if name == "subj" and name not in table and actor.prep:
        name, steps = actor.prep, 9.0  # a relative clause that is about something else
    supplier, recipient = table.get(name, (0.0, 0.0))
    if name == "gsubj" and t.frame in ("give", "lot", "move") and t.voice == "noun" and _awaits(s, t, lexicon):
        supplier, recipient = 0.0, 3.2
    supplier, recipient = _at_tail(s, t, actor, (supplier, recipient))
    if t.frame == "move" and t.voice == "active" and name == "par":
        return 0.0, 0.0  # « arrivées par l'Iran »: the way
    if name == "avec" and t.frame == "give" and t.voice == "noun" and s.heads[actor.head] in s.ancestors(t.token, 2):
        supplier, recipient = 0.0, 3.5  # « a conclu avec X la fourniture de »
    if t.predicate.lemma == "quitter" and name in ("obj", "after"):
        supplier, recipient = 4.0, 0.0
    if (
        (actor.sort == "firm" or actor.description == "firm")
        and t.frame == "receive"
        and t.voice == "noun"
        and name in ("gsubj", "before", "gpar")
    ):
        supplier, recipient = 3.5, 0.0
    if t.frame == "dest" and t.voice == "passive" and name in ("subj", "gsubj", "before"):
        return 0.0, 0.0  # « ils étaient destinés à X »: the subject is the materiel
    if t.frame == "receive" and t.voice == "noun" and name == "gsubj" and _pays(s, t):
        supplier, recipient = 4.0, 0.0  # « a financé l'achat de M pour Y »
    if not supplier and not recipient:
        return 0.0, 0.0
    direct = steps < 9
    firm = actor.sort == "firm" or actor.description == "firm"
    distance = min(abs(actor.start - t.token), abs(actor.end - 1 - t.token))
    inside = actor.head in t.domain
    bonus = (1.0 - 0.6 * steps if direct else -1.1 * crossings(s, t, actor.head)) + 0.8 * inside - 0.06 * distance
    if name == "à" and t.predicate.lemma in ("réceptionner", "recevoir", "accueillir") and t.voice == "passive":
        supplier, recipient = 0.0, 3.0
    if name == "à" and t.voice == "noun" and recipient and not inside:
        asked = s.heads[actor.head]
        if asked in s.ancestors(t.token, 3) and any(
            lexicon.governors.get((m, "V")) is not None and lexicon.governors[(m, "V")].control == "object"
            for m in lexicon.verbs.get(s.lower[asked], ())
        ):
            supplier, recipient = 4.0, 0.0  # « demande à X d'accélérer les livraisons »
    if t.predicate.lemma == "importer" and name in ("en", "dans", "vers"):
        supplier, recipient = 0.0, 3.5
    if name == "dans" and t.predicate.lemma == "débarquer":
        recipient += 3.0
    elif actor.weak:
        bonus -= 1.6
    ahead = not direct and actor.end <= t.first
    if ahead and name in ("à", "en", "vers", "pour", "dest", "dans") and t.voice != "passive":
        bonus -= 0.8
    if ahead and name == "à" and t.places == "receive/passive":
        bonus -= 3.0  # « présenté au pays les avions…, achetés »
    if name == "de" and not inside:
        bonus -= 1.0
    if nested(s, t, actor.head, owners):
        bonus -= 3.4
    elif (
        actor.prep
        and s.heads[actor.head] in owners
        and s.heads[actor.head] != t.token
        and s.heads[actor.head] not in s.ancestors(t.token, 3)
    ):
        bonus -= 4.0 if actor.prep == "par" else 2.5
    extra = _STANDING.get("firm" if firm else actor.sort, (0.0, 0.0))
    return (supplier + bonus + extra[0] if supplier else 0.0), (recipient + bonus + extra[1] if recipient else 0.0)


def crossings(s: Sentence, t: Trigger, token: int) -> int:
    """Clause marks between, the predicate's own modals and governors left out."""
    low, high = min(token, t.token), max(token, t.token)
    own = sum(
        1
        for a in s.ancestors(t.token, 3)
        if low < a < high and s.finite[a] and s.deps[t.token] in ("xcomp", "ccomp", "obj", "obl:arg", "obl:mod")
    )
    return max(0, s.crossings(token, t.token) - own)
