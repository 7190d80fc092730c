"""Predicates of supply in a parsed sentence: voice, tense, negation, clitics.

Belongs here: finding the verb or noun and reading its own form. Does not belong here: who fills its places
(`frames`), what governs it (`status`).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.tag import locutions, senses, words
from pipeline.tag.complexes import left_of, mistaken, negated, shared_with, supports
from pipeline.tag.folding import fold
from pipeline.tag.groups import Sentence
from pipeline.tag.lexicon import Lexicon, Predicate
from pipeline.tag.materiel import arms

_TENSES = ("inf", "cond", "fut", "impf", "pres", "presp", "past", "subj")


_USES = ("utilis", "emprunt", "emplo", "recour", "ser")
_FEARS = ("crain", "redout", "appréhend")
_BARRIERS = frozenset(("acl:relcl", "advcl", "ccomp", "parataxis", "csubj"))


@dataclass(slots=True)
class Trigger:
    """A predicate at a token."""

    token: int
    predicate: Predicate
    voice: str
    """active, passive or noun."""
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
    """Clitic that stands for the materiel: les, l', en."""
    shared: int | None = None
    """Verb whose auxiliary and subject this coordinated one shares."""
    infinitive: bool = False
    """Also a past infinitive: d'avoir livré."""
    hypothetical: bool = False
    """In a clause with si."""
    tail: frozenset[int] = frozenset()
    """Tokens of the other words of a locution."""

    @property
    def frame(self) -> str:
        return self.predicate.frame

    @property
    def places(self) -> str:
        """Key of the table of places."""
        frame = {"destroy": "seize", "talk": "deal"}.get(self.frame, self.frame)
        if frame in ("dest", "seize", "stop", "deal", "extend", "make", "inventory", "same", "deprive"):
            return f"{frame}/any"
        if frame == "move":
            return "move/noun" if self.voice == "noun" else "move/active"
        return f"{frame}/{self.voice}"


def find(s: Sentence, lexicon: Lexicon) -> list[Trigger]:
    """Every predicate of the sentence."""
    found: list[Trigger] = []
    for i, word in enumerate(s.lower):
        covered = s.covered.get(i)
        if (
            covered is not None
            and covered.entry.kind in ("actor", "materiel", "against")
            and not arms(s, i)
            and (covered.entry.kind != "materiel" or word not in ("aide", "assistance", "soutien", "aides"))
        ):
            continue
        trigger = _verb(s, i, word, lexicon) or _noun(s, i, word, lexicon)
        if trigger is None:
            continue
        trigger.domain = _domain(s, trigger)
        trigger.hypothetical = _hypothetical(s, trigger)
        if any(trigger.token == t.token for t in found) or (
            trigger.token == i and any(t.first <= i < t.token for t in found)
        ):
            continue
        found.append(trigger)
    return _without_tails(found)


def _without_tails(found: list[Trigger]) -> list[Trigger]:
    """The words of a locution are no predicates of their own."""
    tails = {k for t in found for k in t.tail}
    return [t for t in found if t.token not in tails or t.tail]


def _verb(s: Sentence, i: int, word: str, lexicon: Lexicon) -> Trigger | None:
    lemmas = lexicon.verbs.get(word)
    if not lemmas or s.pos[i] not in ("VERB", "AUX", "ADJ", "NOUN", "PROPN", "ADV"):
        return None
    left = left_of(s, i)
    auxiliaries = [s.lower[k] for k in left if s.lower[k] in words.BE or s.lower[k] in words.HAVE]
    if not auxiliaries and any("pp" in tags for tags in lemmas.values()):
        apart = _parted(s, i)
        left, auxiliaries = [*left, *apart], [s.lower[k] for k in apart]
    finite = mistaken(s, i, lexicon)
    if s.pos[i] in ("NOUN", "PROPN", "ADV") and not finite:
        infinitive = (
            any("inf" in t for t in lemmas.values())
            and word not in lexicon.nouns
            and i > 0
            and s.lower[i - 1] in ("de", "d'", "à", "pour", "les", "lui", "leur")
        )
        participle = infinitive or any("pp" in t for t in lemmas.values())
        later = any({"cond", "fut"} & t for t in lemmas.values())
        clause = s.deps[i].startswith("acl") and any(s.lower[c] in ("qui", "que", "qu'") for c in s.children[i])
        clause = clause or arms(s, i)
        if not clause and (
            word in lexicon.nouns
            or fold(word) in lexicon.descriptions
            or not (later or infinitive or (participle and auxiliaries))
        ):
            return None
    before = s.lower[i - 1] if i else ""
    if word in ("partie", "parties", "part", "parti", "partis") and (
        s.pos[i] != "VERB" or before in ("une", "la", "leur", "sa", "en", "le", "les", "majeure", "grande", "un")
    ):
        return None
    reflexive = any(s.lower[k] in ("se", "s'") for k in left)
    for lemma, tags in lemmas.items():
        known = None if s.deps[i].startswith("aux") else lexicon.locutions.get(lemma)
        locution = locutions.at(s, i, known, left) if known else None
        if locution is not None:
            trigger = _conjugated(s, i, lemma, tags, locution[0], auxiliaries, reflexive)
            trigger.tail = locution[1]
            trigger.token = next((k for k in sorted(trigger.tail) if lemma == "faire" and s.pos[k] == "VERB"), i)
            trigger.first, trigger.negated = min([i, *left]), negated(s, min([i, *left]), i)
            trigger.pronoun = next((s.lower[k] for k in left if s.lower[k] in ("lui", "leur", "y")), "")
            return trigger
        predicate = lexicon.predicates.get((f"se_{lemma}" if reflexive else lemma, "V"))
        if predicate is None and reflexive and "pp" in tags and not auxiliaries:
            predicate = lexicon.predicates.get((lemma, "V"))
        if predicate is None or (s.pos[i] == "ADJ" and "pp" not in tags and not finite):
            continue
        if predicate.frame in ("receive", "give") and supports(s, i, lexicon):
            return None
        trigger = _conjugated(s, i, lemma, tags, predicate, auxiliaries, reflexive)
        sense = senses.meant(s, trigger, lemma, lexicon)
        if sense is None:
            continue
        trigger.predicate = sense
        if predicate.frame == "equip" and trigger.tense == "pp" and _only_describes(s, i, lemma):
            return None
        trigger.first = min([i, *left])
        trigger.negated = negated(s, trigger.first, i)
        for k in sorted(left):
            if s.lower[k] in ("lui", "leur", "y"):
                trigger.pronoun = s.lower[k]
            elif s.lower[k] in ("les", "l'", "la", "le", "en") and s.lower[k + 1] != "outre":
                trigger.object_pronoun = s.lower[k]
        return trigger
    return None


def _parted(s: Sentence, i: int) -> list[int]:
    """Auxiliaries that the parser ties to a participle over what stands between: ont « presque » réexpédié."""
    return [
        c
        for c in s.children[i]
        if c < i
        and s.deps[c].startswith("aux")
        and (s.lower[c] in words.BE or s.lower[c] in words.HAVE)
        and i - c <= 14
    ]


def _only_describes(s: Sentence, i: int, lemma: str) -> bool:
    """« lourdement armé », « des blindés équipés de radars »: an adjective, no supply."""
    if lemma in ("armer", "réarmer") and "par" not in s.lower[i + 1 : i + 5]:
        return True
    head = s.heads[i]
    return any(m.start <= head < m.end for m in s.materials)


def _conjugated(
    s: Sentence, i: int, lemma: str, tags: frozenset[str], predicate: Predicate, auxiliaries: list[str], reflexive: bool
) -> Trigger:
    shared = None
    if "pp" in tags and not auxiliaries:
        shared = shared_with(s, i)
        if shared is not None:
            auxiliaries = [s.lower[k] for k in left_of(s, shared) if s.lower[k] in words.BE or s.lower[k] in words.HAVE]
    if auxiliaries and "pp" in tags:
        passive = any(a in words.BE for a in auxiliaries) and not reflexive and lemma not in words.INTRANSITIVE
        conditional = any(a in words.CONDITIONAL for a in auxiliaries)
        tense = "cond" if conditional else "fut" if any(a in words.FUTURE for a in auxiliaries) else "past"
        if "être" in auxiliaries and len(auxiliaries) == 1:
            tense = "inf"
        past = conditional and ("été" in auxiliaries or any(a in words.HAVE for a in auxiliaries) or not passive)
        infinitive = "avoir" in auxiliaries or "être" in auxiliaries
        return Trigger(
            i,
            predicate,
            "passive" if passive else "active",
            tense,
            conditional,
            hearsay_past=past,
            shared=shared,
            infinitive=infinitive,
        )
    bare = "pp" in tags and (tags == {"pp"} or s.pos[i] == "ADJ" or s.deps[i] in ("acl", "amod") or not s.finite[i])
    if bare:
        return Trigger(i, predicate, "active" if lemma in words.INTRANSITIVE else "passive", "pp")
    tense = next((t for t in _TENSES if t in tags), "pres")
    return Trigger(i, predicate, "active", tense, tense == "cond", infinitive=tense == "inf", shared=shared_with(s, i))


def _noun(s: Sentence, i: int, word: str, lexicon: Lexicon) -> Trigger | None:
    lemma = next(
        (found for n in (3, 2) if (found := lexicon.nouns.get(" ".join(s.lower[i : i + n]).replace("' ", "'")))),
        lexicon.nouns.get(word),
    )
    if lemma is None or s.pos[i] in ("VERB", "AUX", "ADP", "ADV"):
        return None
    predicate = lexicon.predicates.get((lemma, "N"))
    if (
        s.lower[max(0, i - 3) : i].count("contre")
        and any(w.startswith(("garde", "avert", "prévien", "prévenu", "protest", "manifest")) for w in s.lower[:i])
        and lemma not in ("vente",)
    ):
        return None  # « mise en garde contre l'envoi de »: nothing is stated
    if (
        predicate is None
        or (lemma in ("aide", "assistance", "soutien") and {"titre", "cadre"} & set(s.lower[max(0, i - 5) : i]))
        or (lemma == "prêt" and s.lower[i + 1 : i + 2] in (["à"], ["pour"]))
        or (lemma in ("chemin", "route") and not _way(s, i))
        or (lemma == "déclaration" and "portant" not in s.lower)
    ):
        return None
    return Trigger(i, predicate, "noun", "", first=i)


def _way(s: Sentence, i: int) -> bool:
    """« prendre le chemin de », « en route vers », « faire route vers »."""
    return s.lower[i - 1] == "en" or any(
        w.startswith(("pren", "pris", "fai", "fer", "font"))
        for w in s.lower[max(0, i - 3) : i] + s.lower[max(0, i - 9) : i]
    )


def _domain(s: Sentence, trigger: Trigger) -> frozenset[int]:
    found: set[int] = set()
    todo = [trigger.token]
    while todo:
        token = todo.pop()
        found.add(token)
        todo += [
            c
            for c in s.children[token]
            if s.deps[c] not in _BARRIERS and not (s.deps[c] == "conj" and s.pos[c] == "VERB")
        ]
    return frozenset(found)


def _hypothetical(s: Sentence, trigger: Trigger) -> bool:
    if s.lower[max(0, trigger.first - 2) : trigger.first] == ["de", "quoi"]:
        return True
    if trigger.tense == "inf" and trigger.first <= 1 and s.order > 0:
        return True  # « Fournir des armes à X… »: spoken of, not stated
    for k in range(trigger.first - 1, max(-1, trigger.first - 9), -1):
        once = " ".join(s.lower[max(0, k - 1) : k + 1]) in ("dès que", "tant que", "une fois", "aussitôt que")
        if trigger.tense == "fut" and (once or s.lower[k] in ("lorsque", "lorsqu'", "quand")):
            return True  # « tant que X n'aura pas fourni », « dès que les conteneurs auront touché le sol »
        if s.lower[k] in (",", ";", ":", "."):
            break
    above = s.heads[trigger.token]
    if (
        trigger.tense == "inf"
        and s.lower[above].startswith(_USES)
        and "pour" in s.lower[trigger.first - 1 : trigger.first]
    ):
        users = [c for c in s.children[above] if s.deps[c].startswith("nsubj")]
        if any(s.pos[c] == "NOUN" and not any(a.start <= c < a.end for a in s.actors) for c in users):
            return True  # « que les trafiquants utilisent pour alimenter le pays en armes »
    if trigger.frame == "move" and any(
        s.lower[k].startswith(_FEARS) and s.lower[k + 1 : k + 2] in (["que"], ["qu'"])
        for k in range(max(0, trigger.first - 12), trigger.first)
    ):
        return True  # « craint que ces armes ne tombent entre les mains de »
    for k in range(trigger.first - 1, max(-1, trigger.first - 12), -1):
        if s.lower[k] in (",", ";", ":", "que", "qui", "."):
            return False
        if (s.lower[k] == "si" or (s.lower[k] == "s'" and s.lower[k + 1] in ("il", "ils"))) and (
            k == 0 or s.lower[k - 1] not in ("savoir", "ignore", "demande", "voir", "même")
        ):
            return True
    return False
