"""Who and what a story is about at a point of the text.

Belongs here: the order and weight of the named, and what a pronoun or description stands for. Does not belong here:
events (`resolve`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pipeline.tag import words
from pipeline.tag.actors import armed_kind
from pipeline.tag.folding import fold
from pipeline.tag.groups import Actor, Materials, Sentence
from pipeline.tag.lexicon import Lexicon

Dyad = tuple[str | None, str | None]


class Focus:
    """The actors and materiel that the parsed sentences of one story name, in order."""

    def __init__(self, sentences: list[Sentence], lexicon: Lexicon) -> None:
        self.sentences = sentences
        self.lexicon = lexicon
        self.named: list[tuple[int, int, Actor, float]] = []
        """(sentence order, token, actor, weight): speakers and places weigh less."""
        self.counts: Counter[str] = Counter()
        self.title: list[str] = []
        self.united_nations = any(a.id == "UN" for s in sentences for a in s.actors)
        self.weights: dict[str, float] = {}
        for s in sentences:
            for a in s.actors:
                if a.id is None or a.sort == "body":
                    continue
                subject = s.deps[a.head].startswith("nsubj") and not a.prep
                weight = (
                    0.3
                    if a.weak or speaks(s, a, lexicon) or a.prep in ("dans", "near", "via", "sur")
                    else 1.5
                    if subject
                    else 1.0
                )
                self.named.append((s.order, a.start, a, weight))
                self.counts[a.id] += 1
                self.weights[a.id] = self.weights.get(a.id, 0.0) + weight
                if s.order == 0 and a.id not in self.title and not speaks(s, a, lexicon):
                    self.title.append(a.id)

    def before(self, s: Sentence, token: int) -> list[Actor]:
        """Named actors before a token, nearest first."""
        return [a for order, start, a, _ in reversed(self.named) if (order, start) < (s.order, token)]

    def ranked(self, s: Sentence, token: int, exclude: set[str | None], states_only: bool = False) -> list[str]:
        """Who is in focus, most first: how often named, in the title, how near."""
        points: dict[str, float] = {}
        for one, weight in self.weights.items():
            points[one] = min(weight, 4.0) + (3.0 if one in self.title else 0.0)
        for order, start, actor, weight in self.named:
            if (order, start) < (s.order, token) and actor.id is not None:
                gap = s.order - order
                if gap <= 1:
                    points[actor.id] = points.get(actor.id, 0.0) + weight * (1.0 if gap else 1.4)
        kinds = {a.id: a.sort for _, _, a, _ in self.named}
        chosen = [i for i in points if i not in exclude and not (states_only and kinds[i] in ("group",))]
        return sorted(chosen, key=lambda i: -points[i])

    def resolve(self, s: Sentence, actor: Actor, other: str | None, dyads: Sequence[Dyad]) -> str | None:
        """Whom a group stands for; `other` is the other party, where known."""
        if actor.id is not None:
            return actor.id
        before = self.before(s, actor.start)
        kind = actor.description
        if kind == "last":
            return next((a.id for a in before if a.id != other and not a.weak), None)
        if kind == "korea":
            both = self.counts["KP"] + self.counts["KR"]
            return ("KP" if actor.noun == "nord" else "KR") if both else None
        if kind == "own":
            return next((a.id for a in before if not a.prep or a.sort in ("person", "institution")), None)
        if kind == "partner":
            for one, two in reversed(dyads):
                if other is not None and other in (one, two) and one and two:
                    return two if one == other else one
            owner = other or next((a.id for a in before if not a.weak), None)
            ranked = self.ranked(s, actor.start, {owner})
            if actor.noun == "voisin":
                beside = self.lexicon.neighbours.get(owner or "", frozenset())
                ranked = [r for r in ranked if r in beside] or ranked
            return ranked[0] if ranked else None
        if kind == "armed":
            last = next((a.id for a in before if a.sort == "group" and a.id != other), None)
            if last is not None:
                return last
            letter = armed_kind(actor.noun)
            for state in self.ranked(s, actor.start, {other}, states_only=True):
                found = self.lexicon.armed.get((letter, state)) or self.lexicon.armed.get(("*", state))
                if found:
                    return found
            return None
        if kind == "group":
            return next((a.id for a in before if a.sort == "group" and a.id != other), None)
        if kind == "firm":
            firm = next((a.id for a in before if a.sort == "firm" and a.id != other), None)
            if firm is None:
                firm = next(
                    (
                        m.origin or m.maker
                        for one in reversed(self.sentences)
                        if one.order <= s.order
                        for m in one.materials
                        if m.origin or m.maker
                    ),
                    None,
                )
            return firm
        if kind in ("state", "pronoun"):
            subject = self._subject(s, actor, other)
            if subject is not None and kind == "pronoun":
                return subject
            ranked = self.ranked(s, actor.start, {other}, states_only=kind == "state")
            allowed = self.lexicon.regimes.get(actor.noun)
            if allowed is not None:
                ranked = [r for r in ranked if r in allowed]
            return ranked[0] if ranked else None
        return None

    def _subject(self, s: Sentence, actor: Actor, other: str | None) -> str | None:
        """The subject of the sentence before, or of an earlier clause of this one."""
        for one in reversed(self.sentences):
            if one.order > s.order or s.order - one.order > 1:
                continue
            for a in one.actors:
                if (
                    a.id
                    and a.sort != "body"
                    and a.id != other
                    and not a.prep
                    and (one.order < s.order or a.start < actor.start)
                ) and (one.deps[a.head].startswith("nsubj") or a.start <= 1):
                    return a.id
        return None

    def subject_before(self, s: Sentence, exclude: set[str]) -> str | None:
        """The state that is the subject of the very sentence before."""
        one = next((one for one in self.sentences if one.order == s.order - 1 and one.order > 0), None)
        if one is None:
            return None
        return next(
            (
                a.id
                for a in one.actors
                if a.id
                and a.id not in exclude
                and a.sort in ("name", "city", "institution", "force", "group")
                and not a.prep
                and one.deps[a.head] == "nsubj"
                and one.deps[one.heads[a.head]] == "ROOT"
            ),
            None,
        )

    def pronoun(self, s: Sentence, token: int, word: str, supplier: str | None) -> str | None:
        """Whom a clitic lui, leur or y stands for."""
        before = [a for a in self.before(s, token) if a.id != supplier and a.sort != "firm"]
        if word == "y":
            places = [a for a in before if a.sort in ("name", "city", "demonym", "institution")]
            return places[0].id if places else None
        near = [a for a in before if not a.weak]
        if not near:
            return None
        ranked = self.ranked(s, token, {supplier})
        recent = {a.id for a in near[:4]}
        return next((i for i in ranked if i in recent), near[0].id)

    def materiel(self, s: Sentence, token: int, like: tuple[str, ...], whole: bool = False) -> list[Materials]:
        """The last specific materiel before a token, of these categories where given; `whole`: its enumeration."""
        for soft in (False, True):
            for one in reversed(self.sentences):
                if one.order > s.order:
                    continue
                for group in reversed(one.materials):
                    if one.order == s.order and group.start >= token:
                        continue
                    if group.anaphoric or (group.sort == "soft") != soft or not group.categories:
                        continue
                    if not like or set(like) & set(group.categories):
                        return enumeration(one, group) if whole else [group]
        return []

    def origin(self, categories: Sequence[str], exclude: set[str | None]) -> str | None:
        """The demonym that the story gives elsewhere to such materiel: les F-16 belges."""
        for s in self.sentences:
            for group in s.materials:
                if group.origin and group.origin not in exclude and set(group.categories) & set(categories):
                    return group.origin
        return None

    def place(self, s: Sentence, exclude: set[str | None]) -> str | None:
        """The state on whose soil the sentence is: dans le nord-ouest de l'Ukraine."""
        return next(
            (
                a.id
                for a in s.actors
                if a.id not in exclude and a.prep in ("de", "en", "dans", "near") and a.sort in ("name", "city")
            ),
            None,
        )

    def announcer(self, s: Sentence, recipient: str | None) -> str | None:
        """A party that announces what it gives itself: « ont été remis à X, a annoncé le Pentagone »."""
        for a in s.actors:
            if a.id in (None, recipient) or a.sort in ("body", "group") or a.prep:
                continue
            head = s.heads[a.head]
            near = s.lower[max(0, a.start - 4) : a.start] if a.start else []
            if s.lower[head] in words.ANNOUNCES or any(w in words.ANNOUNCES for w in near):
                return a.id
        return None

    def lost_carrier(self) -> int | None:
        """The first sentence, after the title, where a carrying aircraft, ship or convoy is destroyed."""
        for s in self.sentences:
            low = [fold(w) for w in s.lower]
            if (
                s.order
                and any(w in words.STRIKES for w in s.lower)
                and any(w.startswith(words.CARGO_CRAFT) for w in low)
            ):
                return s.order
        return None

    def speakers(self, s: Sentence) -> list[str]:
        """Who says « nous » in a quotation: the parties named after it in the sentence."""
        closed = max((k for k, w in enumerate(s.lower) if w in ("»", '"', "”")), default=0)
        found = [a.id for a in s.actors if a.id and a.sort != "body" and a.start > closed > 0]
        return list(dict.fromkeys(found)) if len(set(found)) == 1 else []

    def denial_in_title(self) -> bool:
        """Whether the title itself is a denial: nie, dément, balaie les accusations, « sans fondement »."""
        title = " ".join(self.sentences[0].lower) if self.sentences and self.sentences[0].order == 0 else ""
        return any(w in title for w in words.DENIES)

    def other(self, s: Sentence, token: int, party: str | None, full: Sequence[Any], recipient: bool) -> str | None:
        """The story's other party: who already stands in that place, else who is in focus."""
        standing = Counter(d.recipient if recipient else d.supplier for d in full)
        for one, _count in standing.most_common():
            if one != party:
                return str(one)
        ranked = self.ranked(s, token, {party})
        return ranked[0] if ranked else None


def enumeration(s: Sentence, group: Materials) -> list[Materials]:
    """All groups that are coordinated with this one."""

    def root(one: Materials) -> Materials:
        while one.chain is not None:
            one = s.materials[one.chain]
        return one

    return [g for g in s.materials if root(g) is root(group) and not g.anaphoric]


def speaks(s: Sentence, a: Actor, lexicon: Lexicon) -> bool:
    """Whether the actor is only the one who says so."""
    if a.prep == "selon":
        return True
    head = s.heads[a.head]
    if s.deps[a.head].startswith("nsubj") or s.deps[a.head] in ("obj", "obl:agent", "obl:mod"):
        return s.lower[head] in lexicon.speech or any(
            s.lower[k] in lexicon.speech for k in range(max(0, a.start - 3), a.start) if s.pos[k] == "VERB"
        )
    return False
