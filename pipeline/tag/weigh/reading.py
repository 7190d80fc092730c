"""One parsed story as the model looks at it: predicates, the grammar's events, who is named where.

Belongs here: what is worked out once per story. Does not belong here: numbers made of it (`features`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from pipeline.tag import fit, frames, resolve, status, triggers
from pipeline.tag.drafts import Draft
from pipeline.tag.focus import Focus
from pipeline.tag.frames import Candidate
from pipeline.tag.gate import Mention
from pipeline.tag.groups import Actor, Materials, Sentence
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.status import Reading
from pipeline.tag.triggers import Trigger

PARTIES = 9
"""Parties that a sentence is asked about: those it names, those before it, those of the title."""
REACH = 3
"""Sentences before, whose parties may be meant."""
WINDOW = 4
"""Sentences to each side that count as the story around one: a long article is read as several short ones."""


@dataclass(frozen=True, slots=True)
class Named:
    """A party in a sentence: a noun group of it, or None for a clitic and for a demonym on predicate or materiel."""

    group: Actor | None
    how: str
    """`named`, `description`, `clitic`, `adjective`, `origin`."""


@dataclass(frozen=True, slots=True)
class Predication:
    """A predicate with what the grammar makes of it."""

    trigger: Trigger
    candidate: Candidate
    reading: Reading


def soft(group: Materials) -> bool:
    """Whether the materiel is an everyday word or stands for another group."""
    return group.sort == "soft" or group.anaphoric


class StoryReading:
    """All of it. Sentences are those that were parsed, the title with `order` 0 first."""

    def __init__(self, sentences: list[Sentence], mentions: list[Mention], lexicon: Lexicon) -> None:
        self.sentences = sentences
        self.mentions = mentions
        """Of the whole story, also of sentences that were not parsed."""
        self.lexicon = lexicon
        self.focus = Focus(sentences, lexicon)
        self.predications: dict[int, list[Predication]] = {}
        self._owners: dict[int, set[int]] = {}
        for s in sentences:
            here = triggers.find(s, lexicon)
            owners = self._owners[s.order] = {t.token for t in here}
            self.predications[s.order] = [
                Predication(t, frames.fill(s, t, owners, lexicon), status.read(s, t, lexicon)) for t in here
            ]
        found = [(p.candidate, p.reading) for s in sentences for p in self.predications[s.order]]
        self.drafts: list[Draft] = resolve.drafts(self.focus, found, lexicon)
        self.named = {s.order: self._named(s) for s in sentences}
        """Sentence order -> party -> where the sentence names it."""
        self.ranked = sorted(self.focus.weights, key=lambda party: -self.focus.weights[party])
        self._fits: dict[tuple[int, int, int], tuple[float, float]] = {}
        self._drafts: dict[int, tuple[list[Draft], list[Draft]]] = {}

    def _named(self, s: Sentence) -> dict[str, list[Named]]:
        found: defaultdict[str, list[Named]] = defaultdict(list)
        for group in s.actors:
            if group.sort == "body":
                continue
            if group.id:
                found[group.id].append(Named(group, "named"))
            elif party := self.focus.resolve(s, group, None, []):
                found[party].append(Named(group, "description"))
        for p in self.predications[s.order]:
            if p.trigger.pronoun:
                supplier = p.candidate.suppliers[0].id if p.candidate.suppliers else None
                if party := self.focus.pronoun(s, p.trigger.token, p.trigger.pronoun, supplier):
                    found[party].append(Named(None, "clitic"))
            if adjective := s.adjective_of.get(p.trigger.token):
                found[adjective].append(Named(None, "adjective"))
        for materiel in s.materials:
            if materiel.origin:
                found[materiel.origin].append(Named(None, "origin"))
        return dict(found)

    def parties(self, s: Sentence) -> list[str]:
        """The parties that a sentence may mean, those that it names first."""
        near = [party for one in self.earlier(s) if s.order - one.order <= REACH for party in self.named[one.order]]
        wanted = [*self.named[s.order], *self.focus.title[:2], *self.ranked[:2], *near, *self.focus.title, *self.ranked]
        return list(dict.fromkeys(wanted))[:PARTIES]

    def earlier(self, s: Sentence) -> list[Sentence]:
        """The sentences before, the nearest first and the title last."""
        return sorted((one for one in self.sentences if one.order < s.order), key=lambda one: -one.order)

    def around(self, s: Sentence) -> list[Sentence]:
        """The sentences of the window, without the title."""
        return [one for one in self.sentences if one.order and abs(one.order - s.order) <= WINDOW]

    def drafts_of(self, s: Sentence) -> tuple[list[Draft], list[Draft]]:
        """The grammar's events told in this sentence, and those told around it or in the title."""
        if s.order not in self._drafts:
            here = [draft for draft in self.drafts if draft.order == s.order]
            around = {0, *(one.order for one in self.around(s))} - {s.order}
            self._drafts[s.order] = here, [draft for draft in self.drafts if draft.order in around]
        return self._drafts[s.order]

    def fits(self, s: Sentence, trigger: Trigger, group: Actor) -> tuple[float, float]:
        """The grammar's points of a group as supplier and as recipient of a predicate."""
        key = (s.order, trigger.token, id(group))
        if key not in self._fits:
            self._fits[key] = fit.fits(s, trigger, group, self.lexicon, self._owners[s.order])
        return self._fits[key]

    def best(self, s: Sentence, supplier: str | None, recipient: str | None) -> tuple[float, Predication | None]:
        """The predicate that fits two parties best, with its points; (-1, None) in a sentence without one."""
        best, found = -1.0, None
        named = self.named[s.order]
        ours = [one.group for one in named.get(supplier or "", ()) if one.group is not None]
        theirs = [one.group for one in named.get(recipient or "", ()) if one.group is not None]
        for p in self.predications[s.order]:
            points = max((self.fits(s, p.trigger, group)[0] for group in ours), default=0.0)
            points += max((self.fits(s, p.trigger, group)[1] for group in theirs), default=0.0)
            points += 0.5 * bool(p.candidate.materials)
            if points > best:
                best, found = points, p
        return best, found
