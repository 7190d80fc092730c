"""The frames of supply: a predicate with the best filler of each place.

Belongs here: choosing supplier, recipient and materiel inside one sentence. Does not belong here: the points
(`places`), the status (`status`), what pronouns and descriptions stand for (`resolve`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.tag import words
from pipeline.tag.fit import fits
from pipeline.tag.goods import material_points
from pipeline.tag.groups import Actor, Materials, Sentence
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.places import chain_of, chain_root
from pipeline.tag.triggers import Trigger

_NUMBERS = [
    "deux",
    "trois",
    "quatre",
    "cinq",
    "six",
    "sept",
    "huit",
    "neuf",
    "dix",
    "onze",
    "douze",
    "treize",
    "quatorze",
    "quinze",
    "seize",
    "vingt",
    "vingt-quatre",
    "trente",
    "quarante",
    "cinquante",
    "cent",
    "plusieurs",
    "quelques",
    "autant",
    "d'autres",
]


_ORIGIN = {
    "give/active": 1.2, "give/passive": 3.2, "give/noun": 3.6, "receive/active": 2.2, "receive/passive": 2.2,
    "receive/noun": 2.4, "move/active": 3.4, "move/noun": 3.4, "seize/any": 4.5, "lot/noun": 4.2, "stop/any": 3.2,
    "deal/any": 2.2, "request/active": 2.2, "request/noun": 2.2, "dest/any": 2.5,
}  # fmt: skip
"""Points of the materiel's demonym as supplier: less than a named agent, more than a distant subject."""
_LISTS = frozenset(("deal", "talk", "give", "receive", "request", "equip"))
"""Frames whose materiel can stand on the other side of a colon."""
_MADE = 0.5
"""What is left of them where the text only says where it was built."""


@dataclass(slots=True)
class Candidate:
    """A predicate with its places filled as far as the sentence goes."""

    sentence: Sentence
    trigger: Trigger
    suppliers: list[Actor] = field(default_factory=list)
    recipients: list[Actor] = field(default_factory=list)
    materials: list[Materials] = field(default_factory=list)
    supplier_points: float = 0.0
    recipient_points: float = 0.0
    rule: str = ""
    undirected: bool = False
    """A deal whose sentence does not say who supplies whom."""
    unnamed: bool = False
    """The recipient is there without a name: à l'étranger, à des groupes armés."""
    implied: tuple[str, ...] = ()
    """Materiel that the predicate itself says: armer (weapons)."""


def fill(s: Sentence, t: Trigger, owners: set[int], lexicon: Lexicon) -> Candidate:
    """The predicate with the best filler of each place."""
    candidate = Candidate(s, t, rule=f"{t.places}:{t.predicate.lemma}")
    _materials(s, t, owners, candidate)
    points = [(a, *fits(s, t, a, lexicon, owners)) for a in s.actors]
    made = next((m for m in candidate.materials if m.origin is not None), None)
    if made is not None and made.origin is not None:
        points.append(
            (
                Actor(made.start, made.end, made.head, made.origin, "origin"),
                _ORIGIN.get(t.places, 0.0) * (_MADE if made.made and t.frame not in ("seize", "lot", "move") else 1.0),
                0.0,
            )
        )
    tops = {k for m in candidate.materials for k in (m.top, m.head)}
    for named in s.actors:  # « une cargaison réunie par Prague », « des drones produits par l'Iran »
        maker = s.heads[named.head]
        if (
            named.prep == "par"
            and named.sort != "body"
            and maker != t.token
            and maker not in owners
            and s.heads[maker] in tops
            and s.deps[maker] in ("acl", "amod")
        ):
            points.append((named, 3.0, 0.0))
        elif _keeps(s, named, tops) and t.frame in ("give", "move", "lot", "dest", "stop"):
            points.append((named, 4.4, 0.0))  # « que la Bundeswehr garde en dépôt », « ayant appartenu à »
    suppliers: list[tuple[Actor | None, float]] = [(a, p) for a, p, _ in points if p >= 1.0]
    recipients: list[tuple[Actor | None, float]] = [(a, r) for a, _, r in points if r >= 1.0]
    if t.frame == "stop" and any(
        o != t.token and o > t.token and t.token in s.ancestors(o, 2) and s.pos[o] == "VERB" for o in owners
    ):
        candidate.materials = []  # « interdit à X de céder »: it governs, it is no event of its own
        return candidate
    if t.frame == "talk" and any(s.pos[o] == "NOUN" and t.token in s.ancestors(o, 2) for o in owners - {t.token}):
        candidate.materials = []  # « négocie avec X le rachat de »: the noun says who gets what
        return candidate
    best = 0.0
    one: Actor | None = None
    other: Actor | None = None
    for a, p in [*suppliers, (None, 0.0)]:
        for b, r in [*recipients, (None, 0.0)]:
            if a is not None and b is not None and not _different(s, t, a, b):
                continue
            if p + r > best:
                best, one, other = p + r, a, b
                candidate.supplier_points, candidate.recipient_points = p, r
    deal = t.places == "deal/any"
    if one is not None:
        candidate.suppliers = [one] if deal else chain_of(s.actors, one)
    if other is not None:
        candidate.recipients = [other] if deal else chain_of(s.actors, other)
    if deal and one is not None and other is not None:
        candidate.undirected = not (
            one.sort == "firm" or other.prep in ("pour", "dest", "vers") or one.prep == "aupres"
        )
    adjective = s.adjective_of.get(t.token)
    if adjective is not None:
        _adjective(candidate, adjective, lexicon)
    if (
        t.frame == "make"
        and not any("technology" in m.categories for m in candidate.materials)
        and (other is None or other.prep not in ("pour", "dest"))
    ):
        candidate.materials = []
    if not candidate.materials and t.frame in _LISTS and not t.object_pronoun:
        candidate.materials = _listed(s, t, owners)
    candidate.unnamed = other is None and _unnamed(s, t)
    if not candidate.materials:
        candidate.implied = _implied(t, other)
    return candidate


_KEPT = ("gard", "détien", "déten", "possèd", "posséd", "stock", "conserv", "entrepos", "tien", "ten")
"""Beginnings of verbs of having."""


def _keeps(s: Sentence, actor: Actor, tops: set[int]) -> bool:
    """Whether a clause on the materiel says that this actor has it."""
    verb = s.heads[actor.head]
    if s.heads[verb] not in tops or not s.deps[verb].startswith("acl"):
        return False
    word = s.lower[verb]
    belongs = word.startswith("appart") and actor.prep == "à"
    return belongs or (not actor.prep and word.startswith(_KEPT) and s.deps[actor.head].startswith("nsubj"))


def _different(s: Sentence, t: Trigger, a: Actor, b: Actor) -> bool:
    if a is b or (a.id is not None and a.id == b.id):
        return False
    return t.places == "deal/any" or chain_root(s.actors, a) is not chain_root(s.actors, b)


def _adjective(candidate: Candidate, actor: str, lexicon: Lexicon) -> None:
    """A demonym on the predicate noun: livraisons américaines, commande indienne."""
    t = candidate.trigger
    supplier, recipient = lexicon.places.get(t.places, {}).get("adj", (0.0, 0.0))
    named = Actor(t.token, t.token + 1, t.token, actor, "demonym")
    if supplier > candidate.supplier_points and not any(a.id == actor for a in candidate.recipients):
        candidate.suppliers, candidate.supplier_points = [named], supplier
    elif recipient > candidate.recipient_points and not any(a.id == actor for a in candidate.suppliers):
        candidate.recipients, candidate.recipient_points = [named], recipient


def _materials(s: Sentence, t: Trigger, owners: set[int], candidate: Candidate) -> None:
    if (
        t.voice == "active"
        and t.object_pronoun in ("les", "l'", "la", "le")
        and t.frame in ("give", "receive", "request", "seize", "dest")
    ):
        return  # the clitic is the object; what it stands for is `resolve`'s
    if (
        t.object_pronoun == "en"
        and t.voice == "active"
        and (
            s.pos[t.token + 1 : t.token + 2] == ["NUM"] or s.lower[t.token + 1 : t.token + 2] in ([w] for w in _NUMBERS)
        )
    ):
        return  # « en a commandé quatorze »
    scored = []
    for group in s.materials:
        if t.frame == "destroy" and not _cargo(s, group):
            continue
        scored.append((material_points(s, t, group, owners), group))
    scored.sort(key=lambda p: -p[0])
    floor = 1.6 if t.predicate.weak else 0.9
    if scored and scored[0][0] >= floor:
        best = scored[0][1]
        while best.chain is not None and not best.anaphoric:
            best = s.materials[best.chain]
        candidate.materials = _chain(s, best)
        last = candidate.materials[-1]
        if set(last.categories) <= {"weapons", "equipment"} and s.lower[last.end : last.end + 1] == [":"]:
            following = next((m for m in s.materials if 0 < m.start - last.end <= 3 and m.chain is None), None)
            if following is not None:  # « d'armes : missiles, drones… »
                candidate.materials = [*candidate.materials, *_chain(s, following)]


def _listed(s: Sentence, t: Trigger, owners: set[int]) -> list[Materials]:
    """Materiel that a colon sets apart: « un contrat avec X : 180 chars », « Blindés : X approvisionne ainsi Y »."""
    colons = [k for k, w in enumerate(s.lower) if w == ":"]
    for colon in colons:
        if any(t.token < o < colon for o in owners):
            continue  # another predicate is nearer
        after = next((m for m in s.materials if 0 < m.start - colon <= 6 and not m.anaphoric), None)
        if t.token < colon and after is not None and not any(s.finite[k] for k in range(colon, after.start)):
            return _chain(s, after)
        first = next((m for m in s.materials if m.start <= 3 and m.end <= colon and not m.anaphoric), None)
        if t.token > colon and t.voice != "noun" and first is not None and not any(s.finite[k] for k in range(colon)):
            return [m for m in s.materials if m.end <= colon and not m.anaphoric]
    return []


def _cargo(s: Sentence, group: Materials) -> bool:
    return any(s.lower[k] in words.CARGO for k in (group.top, group.head, s.heads[group.head], s.heads[group.top]))


def _chain(s: Sentence, group: Materials) -> list[Materials]:
    chosen = [group]
    for later in s.materials[s.materials.index(group) + 1 :]:
        if later.anaphoric:
            continue
        if any(
            a.start in (chosen[-1].end + 1, chosen[-1].end + 2) and not a.prep and a.end < later.start for a in s.actors
        ):
            break  # « Paris vend un patrouilleur, Brasilia des avions »
        if any(w in words.COPIES for w in s.lower[max(0, later.start - 4) : later.start]):
            continue
        if later.chain is None or not (s.materials[later.chain] in chosen or s.materials[later.chain].anaphoric):
            break
        chosen.append(later)
    return chosen


def _unnamed(s: Sentence, t: Trigger) -> bool:
    """Whether a recipient is expressed that the lexicons cannot name."""
    return any(
        s.lower[k] in words.UNNAMED
        and k > t.token
        and any(s.lower[c] in ("à", "aux", "au", "vers", "pour") for c in s.children[k])
        for k in t.domain
    )


def _implied(t: Trigger, recipient: Actor | None) -> tuple[str, ...]:
    if t.predicate.lemma in ("armer", "réarmer", "surarmer") and recipient is not None:
        return ("weapons",)
    if (
        t.predicate.lemma in ("approvisionnement", "ravitaillement", "armement")
        and recipient is not None
        and recipient.sort == "group"
    ):
        return ("weapons",)
    if (
        t.predicate.lemma in ("équiper", "rééquiper")
        and recipient is not None
        and recipient.sort in ("institution", "force")
    ):
        return ("equipment",)
    return ()
