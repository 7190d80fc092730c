"""What is seen of each category that a supply may be of, as named numbers, and which of them are chosen.

Belongs here: the description of a category to the trees, the choice. Does not belong here: which word is of which
category (`tag.materiel`), the grammar's own choice (`tag.supplied`), weights (`model`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipeline.tag import goods
from pipeline.tag.drafts import VAGUE, Draft
from pipeline.tag.groups import Materials, Sentence
from pipeline.tag.places import chain_root
from pipeline.tag.weigh.features import Features
from pipeline.tag.weigh.reading import StoryReading, soft

LIKELY = 0.4
"""Probability from which on a category is named; the likeliest one always is."""
_FAR = 9.0
_REFERRING = frozenset(
    """
    appareil appareils arme armement armements armes arsenal avions batterie batteries bâtiment bâtiments bombes caisse
    caisses canons cargaison chargement chasseurs colis commande composants conteneurs contrat engin engins envoi envois
    exemplaires lanceurs licences livraison livraisons lot lots machines marchandise marché matériel matériels missiles
    modèle modules moteurs munitions navire navires obus ogives palettes paquet pièces projectiles puces radars
    roquettes stocks système systèmes tubes unités véhicules
    """.split()  # noqa: SIM905  (a list this long is read as prose)
)
"""Words that may stand for something named before; which category they stand for is learned."""


def describe(reading: StoryReading, s: Sentence, draft: Draft) -> tuple[list[str], list[Features]]:
    """The categories that the story names near a sentence, and what is seen of each for the supply of this draft."""
    own = _by_category(s.materials)
    near = {one.order: _by_category(one.materials) for one in reading.around(s) if one.order != s.order}
    title = _by_category([group for one in reading.sentences if one.order == 0 for group in one.materials])
    often = Counter(category for there in (own, title, *near.values()) for category in there)
    theirs = _given_in_exchange(reading, s, draft, own)
    categories = list(dict.fromkeys([*draft.materiel, *own, *title, *often, *sorted(VAGUE)]))
    categories = [category for category in categories if category in draft.materiel or category not in theirs]
    trigger = draft.candidate.trigger
    whole: Features = {
        f"frame:{trigger.frame}": 1.0,
        f"status:{draft.reading.status}": 1.0,
        "weighed": float(draft.weighed),
        "inferred": float("materiel" in draft.inferred),
        "drafted": float(len(draft.materiel)),
        "drafted.vague": float(VAGUE.issuperset(draft.materiel)),
        "own": float(len(own.keys() - VAGUE)),
        "own.vague": float(len(own.keys() & VAGUE)),
        "often": float(len(often.keys() - VAGUE)),
        "order": min(s.order, 8.0),
    }
    whole |= {f"w:{word}": 1.0 for word in _REFERRING.intersection(s.lower)}
    owners = {p.trigger.token for p in reading.predications[s.order]}
    described = []
    for category in categories:
        found = whole | {
            f"is:{category}": 1.0,
            "vague": float(category in VAGUE),
            "in.draft": float(category in draft.materiel),
            "first.in.draft": float(draft.materiel[:1] == (category,)),
            "in.title": float(category in title),
            "sentences": min(6.0, float(often[category])),
            "share": often[category] / max(1, sum(often.values())),
            "before": _gap(s.order - order for order, there in near.items() if category in there),
            "after": _gap(order - s.order for order, there in near.items() if category in there),
            "hard.before": _gap(s.order - order for order, there in near.items() if _hard(there.get(category, ()))),
        }
        found |= _groups(s, draft, own.get(category, []), owners)
        found |= _told_elsewhere(reading, s, draft, category)
        described.append({name: value for name, value in found.items() if value})
    return categories, described


def _given_in_exchange(
    reading: StoryReading, s: Sentence, draft: Draft, own: Mapping[str, list[Materials]]
) -> set[str]:
    """What the recipient gives in the same sentence: « des obus nord-coréens contre des technologies »."""

    def root(group: Materials) -> int:
        return chain_root(s.materials, group).start

    turned = (draft.recipient, draft.supplier)
    here = [other for other in reading.drafts if other.order == s.order and (other.supplier, other.recipient) == turned]
    made = {root(group) for group in s.materials if draft.recipient and group.origin == draft.recipient}
    theirs = {category for category, groups in own.items() if {root(group) for group in groups} <= made}
    return theirs | {category for other in here for category in other.materiel}


def chosen(categories: Sequence[str], chances: Sequence[float]) -> tuple[str, ...]:
    """The categories that a supply is of, the likeliest first; at least one."""
    ranked = sorted(zip(chances, categories, strict=True), key=lambda one: -one[0])
    return tuple(category for place, (chance, category) in enumerate(ranked) if chance >= LIKELY or place == 0)


def _gap(sentences: Iterable[int]) -> float:
    """To the nearest in this direction."""
    return min((float(gap) for gap in sentences if gap > 0), default=_FAR)


def _hard(groups: Sequence[Materials]) -> bool:
    return any(not soft(group) for group in groups)


def _by_category(groups: Sequence[Materials]) -> Mapping[str, list[Materials]]:
    found: dict[str, list[Materials]] = {}
    for group in groups:
        for category in group.categories:
            found.setdefault(category, []).append(group)
    return found


def _groups(s: Sentence, draft: Draft, groups: Sequence[Materials], owners: set[int]) -> Features:
    """How the sentence names a category, and how well that fits the predicate."""
    if not groups:
        return {}
    trigger = draft.candidate.trigger
    found: Features = {
        "here": float(len(groups)),
        "here.hard": float(sum(not soft(group) for group in groups)),
        "here.named": float(sum(group.sort == "named" for group in groups)),
        "here.anaphoric": float(sum(group.anaphoric for group in groups)),
        "supplied": float(sum(group in draft.candidate.materials for group in groups)),
        "position": min(group.start for group in groups) / max(1, len(s.lower)),
        "first": float(min(group.start for group in groups) == s.materials[0].start),
        "several": float(any(len(group.categories) > 1 for group in groups)),
        "theirs": float(any(group.origin == draft.recipient for group in groups if group.origin)),
        "owned": float(any(group.origin == draft.supplier for group in groups if group.origin)),
        "maker": float(any(group.maker == draft.supplier for group in groups if group.maker)),
        "chained": float(any(group.chain is not None for group in groups)),
    }
    if draft.candidate.rule != "bare":
        found["fit"] = 6.0 + max(goods.material_points(s, trigger, group, owners) for group in groups)
        found["apart"] = float(min(abs(group.head - trigger.token) for group in groups))
        found["follows"] = float(any(group.start > trigger.token for group in groups))
        found["crossings"] = float(min(s.crossings(group.head, trigger.token) for group in groups))
    for group in groups:
        found[f"prep:{group.prep or '-'}"] = 1.0
        found[f"dep:{s.deps[group.top]}"] = 1.0
        found[f"sort:{group.sort}"] = 1.0
    return found


def _told_elsewhere(reading: StoryReading, s: Sentence, draft: Draft, category: str) -> Features:
    """Whether the grammar finds the category supplied in other tellings: between the same parties, the other way round,
    between others."""
    found = {"same.elsewhere": 0.0, "turned": 0.0, "turned.here": 0.0, "others.here": 0.0, "others.elsewhere": 0.0}
    for other in reading.drafts:
        if category in other.materiel:
            place = "here" if other.order == s.order else "elsewhere"
            pair = (other.supplier, other.recipient)
            if pair == (draft.recipient, draft.supplier):
                found["turned"] += 1.0
                found["turned.here"] += place == "here"
            elif pair != (draft.supplier, draft.recipient):
                found[f"others.{place}"] += 1.0
            elif place == "elsewhere":
                found["same.elsewhere"] += 1.0
    return {name: min(3.0, value) for name, value in found.items()}
