"""From candidates in sentences to parties: descriptions, pronouns, and what the rest of the story says.

Belongs here: the story's focus, resolving what is not named, filling a missing party from the story's own dyads.
Does not belong here: grammar inside a sentence (`frames`), merging repeats (`merge`).

Everything here is within reach: the same sentence, the sentences before it, the title, the other events of the story.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from pipeline.tag.frames import Candidate, chain_root
from pipeline.tag.sentence import Actor, Materials, Sentence
from pipeline.tag.status import Reading

GENERIC = frozenset(("weapons", "equipment", "technology"))


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
    inferred: tuple[str, ...] = ()
    """Places that another sentence filled: `supplier`, `recipient`, `materiel`."""
    order: int = 0


@dataclass
class Story:
    """What the sentences of one story name, in order."""

    sentences: list[Sentence]
    focus: list[tuple[int, int, Actor]] = field(default_factory=list)
    """(sentence order, token, named actor)."""
    counts: Counter[str] = field(default_factory=Counter)
    title_ids: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, sentences: list[Sentence]) -> Story:
        story = cls(sentences)
        for s in sentences:
            for a in s.actors:
                if a.id is not None and a.sort != "body":
                    story.focus.append((s.order, a.start, a))
                    story.counts[a.id] += 0.5 if a.weak else 1
                    if s.order == 0 and a.id not in story.title_ids:
                        story.title_ids.append(a.id)
        return story

    def before(self, s: Sentence, token: int) -> list[Actor]:
        """Named actors before a token, nearest first."""
        return [a for order, start, a in reversed(self.focus) if (order, start) < (s.order, token)]


def actor_id(
    story: Story, s: Sentence, actor: Actor, other: str | None, dyads: list[tuple[str | None, str | None]]
) -> str | None:
    """Whom a group stands for."""
    if actor.id is not None:
        return actor.id
    before = story.before(s, actor.start)
    kind = actor.description
    if kind == "last":
        return next((a.id for a in before if a.id != other), None)
    if kind == "own":
        subject = next((a for a in before if a.sort in ("person", "institution", "name", "city", "demonym")), None)
        return subject.id if subject else None
    if kind == "partner":
        if other is not None:
            for one, two in reversed(dyads):
                if one == other and two:
                    return two
                if two == other and one:
                    return one
        same = [a.id for a in before if a.id != other]
        return same[0] if same else None
    if kind == "group":
        return next((a.id for a in before if a.sort == "group" and a.id != other), None)
    if kind == "firm":
        firm = next((a for a in before if a.sort == "firm" and a.id != other), None)
        return firm.id if firm else None
    if kind == "state":
        states = [a for a in before if a.sort not in ("group", "firm") and a.id != other]
        return states[0].id if states else None
    return None


def materiel_of(
    story: Story, candidate: Candidate, history: list[Materials]
) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Categories, terms and whether another sentence gave them."""
    categories: list[str] = []
    terms: list[str] = []
    inferred = False
    for group in candidate.materials:
        found = group.categories
        if group.anaphoric:
            antecedent = next(
                (m for m in reversed(history) if _specific(m) and (not found or set(found) & set(m.categories))), None
            )
            if antecedent is not None and antecedent is not group:
                found, inferred = antecedent.categories, True
            elif not found:
                continue
        categories += found
        terms += group.terms
    specific = [c for c in categories if c not in ("weapons", "equipment")]
    if specific and len(candidate.materials) == 1:
        categories = specific
    return tuple(dict.fromkeys(categories)), tuple(dict.fromkeys(terms)), inferred


def _specific(group: Materials) -> bool:
    return not group.anaphoric and bool(group.categories) and group.sort != "soft"


def drafts(story: Story, found: list[tuple[Candidate, Reading]]) -> list[Draft]:
    """Parties and materiel for every candidate that can be an event."""
    made: list[Draft] = []
    dyads: list[tuple[str | None, str | None]] = []
    history: list[Materials] = []
    position = 0
    for candidate, reading in found:
        s, t = candidate.sentence, candidate.trigger
        while position < len(story.sentences) and story.sentences[position].order < s.order:
            history += story.sentences[position].materials
            position += 1
        here = [*history, *(m for m in s.materials if m.start < t.token)]
        materiel, terms, materiel_inferred = materiel_of(story, candidate, here)
        if (
            not materiel
            and not candidate.materials
            and t.object_pronoun
            and (candidate.suppliers or candidate.recipients)
        ):
            antecedent = next((m for m in reversed(here) if _specific(m)), None)
            if antecedent is not None:
                materiel, terms, materiel_inferred = antecedent.categories, antecedent.terms, True
        if not materiel:
            continue
        suppliers = _ids(story, s, candidate.suppliers, None, dyads)
        recipients = _ids(story, s, candidate.recipients, suppliers[0] if suppliers else None, dyads)
        if candidate.suppliers and not suppliers and recipients:
            suppliers = _ids(story, s, candidate.suppliers, recipients[0], dyads)
        inferred: list[str] = ["materiel"] if materiel_inferred else []
        if not recipients and t.pronoun:
            before = [a.id for a in story.before(s, t.first) if a.id not in suppliers and a.sort != "firm"]
            if before and before[0]:
                recipients = [before[0]]
        origin = next((m.origin for m in candidate.materials if m.origin), None)
        if not suppliers and origin and origin not in recipients:
            suppliers = [origin]
        points = candidate.supplier_points + candidate.recipient_points
        for supplier in suppliers or [None]:
            for recipient in recipients or [None]:
                if supplier is not None and supplier == recipient:
                    continue
                made.append(
                    Draft(candidate, reading, supplier, recipient, materiel, terms, points, tuple(inferred), s.order)
                )
                if supplier or recipient:
                    dyads.append((supplier, recipient))
    _complete(story, made)
    return [d for d in made if _stands(d)]


def _ids(
    story: Story, s: Sentence, actors: list[Actor], other: str | None, dyads: list[tuple[str | None, str | None]]
) -> list[str]:
    found: list[str] = []
    for actor in actors:
        one = actor_id(story, s, actor, other, dyads)
        if one and one not in found and one != other:
            found.append(one)
    return found


def _complete(story: Story, made: list[Draft]) -> None:
    """Fill a missing party from the story: its other events, then its title, then who is named most."""
    full = [d for d in made if d.supplier and d.recipient]
    for draft in made:
        if draft.supplier and draft.recipient:
            continue
        if draft.supplier is None and draft.recipient is None:
            near = _nearest(draft, [d for d in full if set(d.materiel) & set(draft.materiel)])
            if near is not None and abs(near.order - draft.order) <= 3:
                draft.supplier, draft.recipient = near.supplier, near.recipient
                draft.inferred = (*draft.inferred, "supplier", "recipient")
        elif draft.recipient is None:
            same = [d for d in full if d.supplier == draft.supplier]
            near = _nearest(draft, same)
            draft.recipient = near.recipient if near is not None else _other(story, draft, draft.supplier, True)
            draft.inferred = (*draft.inferred, "recipient")
        else:
            same = [d for d in full if d.recipient == draft.recipient]
            near = _nearest(draft, same)
            draft.supplier = near.supplier if near is not None else _other(story, draft, draft.recipient, False)
            draft.inferred = (*draft.inferred, "supplier")


def _nearest(draft: Draft, others: list[Draft]) -> Draft | None:
    return min(others, key=lambda d: abs(d.order - draft.order), default=None)


def _other(story: Story, draft: Draft, party: str | None, recipient: bool) -> str | None:
    """The story's other party, where the title or the counts leave one."""
    makers = {m.maker for m in draft.candidate.materials if m.maker}
    if not recipient:
        for maker in makers:
            if maker != party and maker in story.counts:
                return maker
    title = [i for i in story.title_ids if i != party]
    if len(title) == 1:
        return title[0]
    for one, _count in story.counts.most_common():
        if one != party and (not title or one in title):
            return one
    return None


def _stands(draft: Draft) -> bool:
    """Whether a draft has enough to be an event."""
    return draft.supplier is not None or draft.recipient is not None
