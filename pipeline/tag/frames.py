"""The frames of supply: a predicate, and who fills its places.

Belongs here: finding predicates in a parsed sentence, their voice and tense, and scoring every actor and materiel
group for the places supplier, recipient and materiel. Does not belong here: the status (`status`), what pronouns and
descriptions stand for (`resolve`).

A place is filled by evidence added up: the dependency path where the parse has one, the preposition, the side and the
distance, less the clause marks in between. So a wrong attachment of the parser costs points and not the event.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.tag.lexicon import Lexicon, Predicate
from pipeline.tag.sentence import Actor, Materials, Sentence

_BE = frozenset("est sont était étaient sera seront serait seraient été être soit soient fut furent étant".split())
_HAVE = frozenset(
    "a ont avait avaient aura auront aurait auraient avoir ayant ait aient eut eurent ai avons avez aurions".split()
)
_CONDITIONAL = frozenset("aurait auraient serait seraient".split())
_FUTURE = frozenset("sera seront aura auront".split())
_INTRANSITIVE = frozenset(
    ("parvenir", "arriver", "partir", "repartir", "aller", "entrer", "affluer", "aboutir", "atterrir")
)

# frame and voice -> slot -> (points as supplier, points as recipient)
_GIVE_TO = {
    "à": (0.0, 4.0),
    "dest": (0.0, 4.5),
    "vers": (0.0, 4.0),
    "pour": (0.0, 2.5),
    "en": (0.0, 2.8),
    "aupres": (0.0, 1.0),
    "dans": (0.0, 0.8),
}
SLOTS: dict[str, dict[str, tuple[float, float]]] = {
    "give/active": {**_GIVE_TO, "subj": (5.0, 0.0), "gsubj": (4.0, 0.0), "gobj": (4.5, 0.0), "before": (2.5, 0.0), "orig": (2.5, 0.0), "par": (3.0, 0.0)},
    "give/passive": {**_GIVE_TO, "par": (5.5, 0.0), "orig": (2.5, 0.0), "made": (1.0, 0.0), "de": (1.5, 0.0)},
    "give/noun": {**_GIVE_TO, "par": (5.5, 0.0), "adj": (4.5, 0.0), "de": (2.8, 0.0), "orig": (3.5, 0.0), "gsubj": (2.8, 0.0), "gpar": (2.5, 0.0), "before": (0.8, 0.0), "entre": (1.0, 1.0)},
    "equip/active": {"subj": (5.0, 0.0), "gsubj": (4.0, 0.0), "gobj": (4.5, 0.0), "before": (2.5, 0.0), "obj": (0.0, 5.0), "after": (0.0, 3.0)},
    "equip/passive": {"subj": (0.0, 5.0), "par": (5.5, 0.0), "before": (0.0, 2.5)},
    "equip/noun": {"de": (0.0, 2.5), "par": (5.0, 0.0), "gsubj": (2.5, 0.0)},
    "receive/active": {"subj": (0.0, 5.0), "gsubj": (0.0, 4.0), "gobj": (0.0, 3.5), "before": (0.0, 2.5), "aupres": (5.5, 0.0), "de": (3.5, 0.0), "à": (4.0, 0.0), "orig": (4.5, 0.0), "en": (2.0, 0.0), "dans": (1.0, 0.0), "chez": (4.0, 0.0), "pour": (0.0, 1.0), "dest": (0.0, 2.0)},
    "receive/passive": {"par": (0.0, 5.5), "aupres": (5.5, 0.0), "à": (4.0, 0.0), "de": (2.5, 0.0), "orig": (4.0, 0.0), "en": (2.0, 0.0), "chez": (4.0, 0.0), "pour": (0.0, 2.0), "dest": (0.0, 2.0)},
    "receive/noun": {"par": (0.0, 5.5), "adj": (0.0, 4.0), "aupres": (5.5, 0.0), "à": (4.0, 0.0), "orig": (4.0, 0.0), "de": (0.5, 2.0), "gsubj": (0.0, 3.5), "gpar": (0.0, 2.5), "pour": (0.0, 3.0), "dest": (0.0, 2.5), "before": (0.0, 1.0)},
    "request/active": {"subj": (0.0, 5.0), "gsubj": (0.0, 4.0), "before": (0.0, 2.5), "à": (4.0, 0.0), "aupres": (5.0, 0.0), "de": (2.5, 0.0)},
    "request/passive": {"par": (0.0, 5.0), "à": (4.0, 0.0), "aupres": (5.0, 0.0), "de": (1.5, 0.0)},
    "request/noun": {"de": (0.0, 3.0), "adj": (0.0, 4.0), "par": (0.0, 4.0), "à": (3.0, 0.0), "aupres": (4.0, 0.0), "gsubj": (0.0, 2.0)},
    "move/active": {"vers": (0.0, 4.5), "dest": (0.0, 4.5), "pour": (0.0, 3.5), "à": (0.0, 3.0), "en": (0.0, 3.0), "obj": (0.0, 4.0), "de": (2.8, 0.0), "orig": (4.5, 0.0), "dans": (0.0, 1.5), "subj": (0.5, 0.0)},
    "move/noun": {"en": (0.0, 3.0), "à": (0.0, 2.5), "orig": (4.0, 0.0), "dans": (0.0, 1.0), "chez": (0.0, 2.0)},
    "dest/any": {"à": (0.0, 5.0), "dest": (0.0, 5.0), "par": (5.0, 0.0), "subj": (4.5, 0.0), "gsubj": (2.0, 0.0), "before": (1.5, 0.0), "pour": (0.0, 3.0)},
    "seize/any": {"orig": (5.0, 0.0), "de": (1.5, 0.0), "made": (3.0, 0.0), "dest": (0.0, 5.0), "vers": (0.0, 4.5), "pour": (0.0, 3.5), "à": (0.0, 1.5)},
    "stop/any": {"à": (0.0, 3.5), "dest": (0.0, 4.5), "vers": (0.0, 4.0), "pour": (0.0, 3.5), "contre": (0.0, 3.0), "en": (0.0, 1.5), "subj": (3.0, 0.0), "gsubj": (2.5, 0.0), "par": (3.0, 0.0), "adj": (3.0, 0.0), "sur": (0.0, 1.0), "before": (1.2, 0.0)},
    "deal/any": {"avec": (2.2, 2.2), "entre": (2.5, 2.5), "subj": (2.0, 2.0), "gsubj": (2.0, 2.0), "adj": (1.5, 1.5), "pour": (0.0, 3.0), "à": (1.0, 2.0), "dest": (0.0, 3.0), "de": (1.0, 1.0), "par": (1.5, 1.5), "aupres": (3.0, 0.0), "before": (1.0, 1.0), "vers": (0.0, 3.0)},
    "lot/noun": {"orig": (5.0, 0.0), "adj": (4.5, 0.0), "de": (2.5, 0.0), "dest": (0.0, 5.0), "vers": (0.0, 4.5), "pour": (0.0, 3.5), "à": (0.0, 2.5), "par": (3.5, 0.0), "en": (0.0, 1.5)},
}  # fmt: skip
_STANDING = {"firm": (1.2, -2.5), "group": (-0.5, 0.6), "people": (0.0, 0.0)}


@dataclass(slots=True)
class Trigger:
    """A predicate at a token."""

    token: int
    predicate: Predicate
    voice: str
    """active, passive, noun or any."""
    tense: str
    """inf, pres, impf, past, fut, cond, subj, pp, presp, or empty for a noun."""
    conditional: bool = False
    negated: bool = False
    hearsay_past: bool = False
    """A past conditional: aurait livré."""
    first: int = 0
    """First token of the verbal complex."""
    domain: frozenset[int] = frozenset()
    pronoun: str = ""
    """Clitic that stands for the recipient: lui, leur, y."""
    object_pronoun: str = ""
    """Clitic or relative that stands for the materiel."""

    @property
    def key(self) -> str:
        frame = self.predicate.frame
        if f"{frame}/any" in SLOTS:
            return f"{frame}/any"
        if frame == "move" and self.voice == "passive":
            return "move/active"
        if frame == "destroy":
            return "seize/any"
        if frame == "talk":
            return "deal/any"
        return f"{frame}/{self.voice}"


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
    pair: tuple[Actor, Actor] | None = None
    """Two parties of a deal whose direction the sentence does not say."""


def triggers(s: Sentence, lexicon: Lexicon) -> list[Trigger]:
    """Every predicate of the sentence."""
    found: list[Trigger] = []
    for i, word in enumerate(s.lower):
        covered = s.covered.get(i)
        if covered is not None and covered.entry.kind in ("actor", "materiel"):
            continue
        trigger = _verb(s, i, word, lexicon) or _noun(s, i, word, lexicon)
        if trigger is not None:
            trigger.domain = _domain(s, trigger)
            found.append(trigger)
    return found


def _verb(s: Sentence, i: int, word: str, lexicon: Lexicon) -> Trigger | None:
    lemmas = lexicon.verbs.get(word)
    if not lemmas or s.pos[i] not in ("VERB", "AUX", "ADJ", "NOUN", "PROPN"):
        return None
    if s.pos[i] in ("NOUN", "PROPN") and (
        word in lexicon.nouns or not any("pp" in t or "cond" in t or "fut" in t for t in lemmas.values())
    ):
        return None
    left, first = _complex(s, i)
    reflexive = any(s.lower[k] in ("se", "s'") for k in left)
    for lemma, tags in lemmas.items():
        predicate = None
        if reflexive:
            predicate = lexicon.predicates.get((f"se_{lemma}", "V"))
            if predicate is None and "pp" not in tags:
                # « se livrer », « s'envoyer »: another verb; the passive sense (se vendre) is rare enough
                continue
        else:
            predicate = lexicon.predicates.get((lemma, "V"))
        if predicate is None:
            continue
        if s.pos[i] == "ADJ" and "pp" not in tags:
            continue
        auxiliaries = [s.lower[k] for k in left if s.lower[k] in _BE or s.lower[k] in _HAVE]
        if auxiliaries and "pp" in tags:
            passive = any(a in _BE for a in auxiliaries) and not reflexive and lemma not in _INTRANSITIVE
            tense = (
                "cond"
                if any(a in _CONDITIONAL for a in auxiliaries)
                else "fut"
                if any(a in _FUTURE for a in auxiliaries)
                else "past"
            )
            if "être" in auxiliaries and len(auxiliaries) == 1:
                tense = "inf"
            past_conditional = tense == "cond" and ("été" in auxiliaries or any(a in _HAVE for a in auxiliaries))
            trigger = Trigger(
                i, predicate, "passive" if passive else "active", tense, tense == "cond", hearsay_past=past_conditional
            )
        elif "pp" in tags and (tags == {"pp"} or s.pos[i] == "ADJ" or s.deps[i] in ("acl", "amod") or not s.finite[i]):
            trigger = Trigger(i, predicate, "active" if lemma in _INTRANSITIVE else "passive", "pp")
        else:
            tense = next(
                (t for t in ("inf", "cond", "fut", "impf", "pres", "presp", "past", "subj") if t in tags), "pres"
            )
            trigger = Trigger(i, predicate, "active", tense, tense == "cond")
        trigger.first = first
        trigger.negated = _negated(s, first, i)
        for k in left:
            if s.lower[k] in ("lui", "leur", "y"):
                trigger.pronoun = s.lower[k]
            if s.lower[k] in ("les", "l'", "la", "le", "en"):
                trigger.object_pronoun = s.lower[k]
        return trigger
    return None


_COMPLEX = frozenset(
    "ne n' pas plus jamais se s' lui leur y en les l' la le nous vous me m' déjà aussi bien ainsi encore même notamment récemment également toujours finalement secrètement effectivement été".split()
)


def _complex(s: Sentence, i: int) -> tuple[list[int], int]:
    """Auxiliaries, clitics and adverbs to the left of a verb."""
    left: list[int] = []
    k = i - 1
    while k >= 0 and len(left) < 7:
        word = s.lower[k]
        if (
            word in _BE
            or word in _HAVE
            or (
                word in _COMPLEX
                and not (
                    word in ("la", "le", "les", "l'") and s.pos[k] == "DET" and s.deps[k] == "det" and s.heads[k] != i
                )
            )
        ):
            left.append(k)
        elif s.pos[k] == "ADV" and word not in ("comme",):
            left.append(k)
        else:
            break
        k -= 1
    return left, min([i, *left])


def _negated(s: Sentence, first: int, i: int) -> bool:
    low = max(0, first - 1)
    window = s.lower[low : i + 4]
    if not any(w in ("ne", "n'") for w in s.lower[low:i]):
        return False
    if "que" in s.lower[i + 1 : i + 5] or "qu'" in s.lower[i + 1 : i + 5]:
        return any(w in ("pas", "jamais", "plus") for w in s.lower[low : i + 1])
    return any(w in ("pas", "jamais", "plus", "rien", "aucun", "aucune", "point", "guère") for w in window) or any(
        w in ("aucun", "aucune", "rien", "nul", "nulle") for w in s.lower[max(0, first - 4) : i + 6]
    )


def _noun(s: Sentence, i: int, word: str, lexicon: Lexicon) -> Trigger | None:
    lemma = lexicon.nouns.get(word)
    if lemma is None and i + 2 < len(s.lower):
        for length in (3, 2):
            lemma = lexicon.nouns.get(" ".join(s.lower[i : i + length]).replace("' ", "'"))
            if lemma:
                break
    if lemma is None or s.pos[i] in ("VERB", "AUX", "ADP", "ADV"):
        return None
    predicate = lexicon.predicates.get((lemma, "N"))
    if predicate is None:
        return None
    return Trigger(i, predicate, "noun", "", first=i)


_BARRIERS = frozenset(("acl:relcl", "advcl", "ccomp", "parataxis", "csubj"))


def _domain(s: Sentence, trigger: Trigger) -> frozenset[int]:
    found: set[int] = set()
    todo = [trigger.token]
    while todo:
        token = todo.pop()
        found.add(token)
        for child in s.children[token]:
            if s.deps[child] in _BARRIERS or (s.deps[child] == "conj" and s.pos[child] == "VERB"):
                continue
            todo.append(child)
    return frozenset(found)


def chain_root(groups: list[Actor], group: Actor) -> Actor:
    while group.chain is not None:
        group = groups[group.chain]
    return group


def chain_of(groups: list[Actor], group: Actor) -> list[Actor]:
    """All groups coordinated with this one, itself included, in order."""
    root = chain_root(groups, group)
    return [g for g in groups if chain_root(groups, g) is root]


def slot(s: Sentence, t: Trigger, actor: Actor) -> tuple[str, bool]:
    """Which place the grammar gives this actor, and whether the parse says so itself."""
    base = chain_root(s.actors, actor)
    token = t.token
    span = range(base.start, base.end)
    head, dep = base.head, s.deps[base.head]
    governor = s.heads[head]
    if base.prep == "par" and (governor == token or head in t.domain):
        return "par", governor == token
    if governor == token and dep.startswith("nsubj") and not base.prep:
        return "subj", True
    if governor == token and dep in ("obj", "iobj") and not base.prep:
        return "obj", True
    relative = s.deps[token] == "acl:relcl" and s.heads[token] in span
    if relative and any(s.lower[c] == "qui" for c in s.children[token]):
        return "subj", True
    if relative and any(s.lower[c] in ("auquel", "auxquels", "auxquelles") for c in s.children[token]):
        return "à", True
    if s.deps[token] in ("acl", "amod") and s.heads[token] in span and t.voice == "passive":
        return "subj", True
    if not base.prep:
        climbing = token
        for ancestor in s.ancestors(token, 4):
            relation = s.deps[climbing]
            if relation in ("acl:relcl", "parataxis"):
                if (
                    relation == "acl:relcl"
                    and ancestor in span
                    and any(s.lower[c] == "qui" for c in s.children[climbing])
                ):
                    return "gsubj", True
                break
            if relation == "ccomp" and not _infinitival(s, t):
                break
            for child in s.children[ancestor]:
                if child == head and s.deps[child].startswith("nsubj"):
                    return "gsubj", True
                if child == head and s.deps[child] in ("obj", "iobj", "obl:arg") and t.tense == "inf":
                    return "gobj", True
            climbing = ancestor
    elif (
        base.prep == "à"
        and t.tense == "inf"
        and governor in s.ancestors(token, 2)
        and s.lower[governor] != s.lower[token]
    ):
        if head < token and s.pos[governor] == "VERB":
            return "gobj", True
    if base.prep == "par" and governor in s.ancestors(token, 3):
        return "gpar", True
    if base.prep:
        return base.prep, governor == token
    return ("before" if base.end <= t.first else "after"), False


def _infinitival(s: Sentence, t: Trigger) -> bool:
    return t.tense in ("inf", "presp")


def fits(s: Sentence, t: Trigger, actor: Actor) -> tuple[float, float]:
    """Points of this actor as supplier and as recipient of this predicate."""
    if actor.sort == "body":
        return 0.0, 0.0
    name, direct = slot(s, t, actor)
    table = SLOTS.get(t.key, {})
    supplier, recipient = table.get(name, (0.0, 0.0))
    if t.predicate.lemma == "quitter" and name in ("obj", "after"):
        supplier, recipient = 4.0, 0.0
    if not supplier and not recipient:
        return 0.0, 0.0
    distance = min(abs(actor.start - t.token), abs(actor.end - 1 - t.token))
    inside = actor.head in t.domain
    crossings = 0 if direct else s.crossings(actor.head, t.token) - (1 if s.finite[t.token] else 0) * 0
    bonus = (1.0 if direct else 0.0) + (0.8 if inside else 0.0) - 0.06 * distance - 1.1 * max(0, crossings)
    if actor.weak:
        bonus -= 1.6
    if (
        not direct
        and name in ("à", "en", "vers", "pour", "dest", "dans")
        and actor.end <= t.first
        and t.voice != "passive"
    ):
        bonus -= 0.8
    if name == "de" and not inside:
        bonus -= 1.0
    extra = _STANDING.get(actor.sort, (0.0, 0.0))
    return (supplier + bonus + extra[0] if supplier else 0.0), (recipient + bonus + extra[1] if recipient else 0.0)


def material_points(s: Sentence, t: Trigger, group: Materials) -> float:
    """How well a materiel group fits as what is supplied."""
    token = t.token
    tops = {group.top, group.head}
    points = 0.0
    distance = min(abs(group.start - token), abs(group.end - 1 - token))
    crossings = s.crossings(group.head, token)
    direct = any(s.heads[k] == token for k in tops)
    if direct:
        dep = next(s.deps[k] for k in (group.top, group.head) if s.heads[k] == token)
        points += (
            3.5 if dep in ("obj", "nsubj:pass", "nsubj", "obl:arg", "nmod", "obl:mod", "appos", "obl:agent") else 2.0
        )
        crossings = 0
    if s.deps[token] in ("acl", "acl:relcl", "amod") and (
        s.heads[token] in tops or group.start <= s.heads[token] < group.end
    ):
        points += 3.5
        crossings = 0
    elif group.head in t.domain:
        points += 2.0
    elif any(s.heads[token] == k for k in tops):
        points += 1.5
    if t.predicate.frame in ("give", "receive", "request", "seize", "destroy", "stop", "lot") and group.start > token:
        points += 1.0
    if t.voice == "passive" and group.end <= t.first:
        points += 1.0
    if t.predicate.frame == "move" and t.voice != "noun" and group.end <= t.first:
        points += 1.5
    if t.voice == "noun" and group.start - token in (2, 3) and s.lower[token + 1] in ("de", "d'", "des", "du"):
        points += 2.0
    if group.prep in ("contre", "avec", "sur", "après", "sous") and not direct:
        points -= 2.0
    if group.prep in ("pour", "par") and t.predicate.frame not in ("talk", "deal", "receive", "request"):
        points -= 1.0
    if group.sort == "soft":
        points -= 0.4
    if group.anaphoric:
        points -= 0.4
    return points - 0.07 * distance - 1.0 * crossings


def _owned_by_other(s: Sentence, t: Trigger, group: Materials, owners: set[int]) -> bool:
    """Whether the materiel belongs to another verb: abattre des drones, visé par un missile."""
    token = group.top
    for ancestor in s.ancestors(token, 5):
        if ancestor == t.token:
            return False
        if s.pos[ancestor] == "VERB" or ancestor in owners:
            return (
                t.token not in s.ancestors(ancestor, 6)
                and ancestor not in s.ancestors(t.token, 4)
                or (ancestor in owners and ancestor not in s.ancestors(t.token, 4))
            )
    return False


def fill(s: Sentence, t: Trigger, owners: set[int]) -> Candidate:
    """The predicate with the best filler of each place."""
    candidate = Candidate(s, t, rule=f"{t.key}:{t.predicate.lemma}")
    scored = []
    for group in s.materials:
        if group.chain is not None and not group.anaphoric:
            continue
        points = material_points(s, t, group)
        if _owned_by_other(s, t, group, owners):
            points -= 2.5
        scored.append((points, group))
    scored.sort(key=lambda p: -p[0])
    floor = 1.6 if t.predicate.weak else 0.9
    if scored and scored[0][0] >= floor:
        candidate.materials = _materials_chain(s, scored[0][1])
    points = [(a, *fits(s, t, a)) for a in s.actors]
    best: tuple[float, Actor | None, Actor | None, float, float] = (0.0, None, None, 0.0, 0.0)
    suppliers = [(a, p) for a, p, _ in points if p >= 1.0] or []
    recipients = [(a, r) for a, _, r in points if r >= 1.0] or []
    for a, p in [*suppliers, (None, 0.0)]:
        for b, r in [*recipients, (None, 0.0)]:
            if a is not None and b is not None:
                if a is b or (a.id is not None and a.id == b.id):
                    continue
                if chain_root(s.actors, a) is chain_root(s.actors, b) and t.key != "deal/any":
                    continue
            if p + r > best[0]:
                best = (p + r, a, b, p, r)
    _, one, other, candidate.supplier_points, candidate.recipient_points = best
    if one is not None:
        candidate.suppliers = chain_of(s.actors, one) if t.key != "deal/any" else [one]
    if other is not None:
        candidate.recipients = chain_of(s.actors, other) if t.key != "deal/any" else [other]
    if t.key == "deal/any" and one is not None and other is not None and not _directed(one, other, candidate):
        candidate.pair = (one, other)
    return candidate


def _directed(one: Actor, other: Actor, candidate: Candidate) -> bool:
    """Whether a deal says who supplies: a firm, or a beneficiary with pour."""
    return one.sort == "firm" or other.prep in ("pour", "dest", "vers") or one.prep == "aupres"


def _materials_chain(s: Sentence, group: Materials) -> list[Materials]:
    position = s.materials.index(group)
    chosen = [group]
    for later in s.materials[position + 1 :]:
        if later.chain is None or s.materials[later.chain] not in chosen:
            break
        chosen.append(later)
    return chosen
