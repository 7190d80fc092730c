"""What is seen of a sentence, of a party in a role, and of a pair, as named numbers; what is not named is zero.

Belongs here: the description of a pair to the trees. Does not belong here: words (`wording`), weights (`model`).
"""

from __future__ import annotations

import re

from pipeline.tag.drafts import VAGUE
from pipeline.tag.focus import speaks
from pipeline.tag.groups import Sentence
from pipeline.tag.weigh.reading import Named, StoryReading, soft

Features = dict[str, float]

_FAR = 9.0
_LAST = 60.0
"""Place among the exporters of a state that is not on their list."""
_MONEY = re.compile(r"\b(?:euros?|dollars?|millions?|milliards?)\b")
_HISTORY = re.compile(r"\b1[5-9][0-8]\d\b|années [3-8]0\b|Guerre mondiale|guerre de 14|guerre froide")
_SMALL_WORDS = frozenset(
    """
    il elle ils elles celui-ci celle-ci ceux-ci dernier dernière lui leur y en on nous qui dont son sa ses leurs ce cet
    cette ces autre autres même aussi échange selon après si pas ne plus déjà encore
    """.split()  # noqa: SIM905  (a list this long is read as prose)
)


def of_sentence(reading: StoryReading, s: Sentence) -> Features:
    """What the sentence holds, and the story around it."""
    here, _ = reading.drafts_of(s)
    predications = reading.predications[s.order]
    around = reading.around(s)
    orders = {one.order for one in around}
    title = [one for one in reading.sentences if one.order == 0]
    found: Features = {
        "order": min(s.order, 8.0),
        "sentences": float(len(around)),
        "hard": _hard(s),
        "soft": float(sum(soft(group) for group in s.materials)),
        "named": float(sum(group.sort == "named" for group in s.materials)),
        "vague": float(sum(bool(group.categories) and VAGUE.issuperset(group.categories) for group in s.materials)),
        "predicates": float(len(predications)),
        "strong": float(sum(not p.trigger.predicate.weak for p in predications)),
        "supplied": float(sum(bool(p.candidate.materials) for p in predications)),
        "parties": float(len(reading.named[s.order])),
        "nobody": float(not reading.named[s.order]),
        "words": float(len(s.lower)),
        "quoted": float("«" in s.text),
        "number": float("NUM" in s.pos),
        "money": float(bool(_MONEY.search(s.text))),
        "history": float(bool(_HISTORY.search(s.text))),
        "against": _against(s),
        "unnamed": float(any(p.candidate.unnamed for p in predications)),
        "verbless": float(not any(s.finite)),
        "colon": float(":" in s.lower),
        "semicolon": float(";" in s.lower),
        "grammar": float(len(here)),
        "grammar.points": max((draft.points for draft in here), default=0.0),
        "grammar.inferred": float(sum(bool(draft.inferred) for draft in here)),
        "around.hard": min(10.0, sum(map(_hard, around))),
        "around.predicates": min(12.0, float(sum(len(reading.predications[one.order]) for one in around))),
        "around.against": min(8.0, sum(map(_against, around))),
        "around.grammar": min(6.0, float(sum(draft.order in orders for draft in reading.drafts))),
        "title.hard": sum(map(_hard, title)),
        "title.predicates": float(sum(len(reading.predications[one.order]) for one in title)),
    }
    for p in predications:
        for name in (f"frame:{p.trigger.frame}", f"places:{p.trigger.places}"):
            found[name] = 1.0
        for name in (f"read:{p.reading.status}", *([f"mread:{p.reading.status}"] if p.candidate.materials else [])):
            found[name] = found.get(name, 0.0) + 1.0
    found |= {f"w:{word}": 1.0 for word in _SMALL_WORDS.intersection(s.lower)}
    return found | {f"described:{group.description}": 1.0 for group in s.actors if group.id is None}


def of_role(reading: StoryReading, s: Sentence, party: str | None, role: str) -> Features:
    """What is seen of a party as `s`, supplier, or `r`, recipient."""
    if party is None:
        return {f"{role}.null": 1.0}
    named = reading.named[s.order].get(party, [])
    orders = [
        order for order, there in reading.named.items() if any(one.group is not None for one in there.get(party, ()))
    ]
    _, around = reading.drafts_of(s)
    exporters = reading.lexicon.exporters
    found: Features = {
        "in": float(bool(named)),
        "title": float(party in reading.focus.title),
        "title.first": float(reading.focus.title[:1] == [party]),
        "weight": min(6.0, reading.focus.weights.get(party, 0.0)),
        "rank": min(_FAR, float(reading.ranked.index(party))) if party in reading.ranked else _FAR,
        "exporter": float(exporters.index(party)) if party in exporters else _LAST,
        "movement": float(not (len(party) == 2 and party.isupper()) and party not in ("EU", "NATO")),
        "origin": float(any(group.origin == party for group in s.materials)),
        "maker": float(any(group.maker == party for group in s.materials)),
        "before": float(sum(0 < s.order - order <= 2 for order in orders)),
        "after": float(s.order + 1 in orders),
        "sentences": min(6.0, float(len(orders))),
        "others": float(
            sum(any(one.group for one in there) for who, there in reading.named[s.order].items() if who != party)
        ),
        "alone": float(bool(named) and len(reading.named[s.order]) == 1),
        "gave": min(3.0, float(sum(draft.supplier == party for draft in around))),
        "got": min(3.0, float(sum(draft.recipient == party for draft in around))),
        "gives": float(sum(any(a.id == party for a in p.candidate.suppliers) for p in reading.predications[s.order])),
        "gets": float(sum(any(a.id == party for a in p.candidate.recipients) for p in reading.predications[s.order])),
    }
    if not named:
        past = [order for order, there in reading.named.items() if order < s.order and party in there]
        found["gap"] = min(_FAR, float(s.order - max(past))) if past else _FAR
        found["subject.before"] = float(_subject_before(reading, s, party))
    found |= _groups(reading, s, named)
    return {f"{role}.{name}": value for name, value in found.items() if value}


def of_pair(reading: StoryReading, s: Sentence, supplier: str | None, recipient: str | None) -> Features:
    """What is seen of two parties together."""
    here, around = reading.drafts_of(s)
    found: Features = {}
    for name, drafts in (("here", here), ("around", around)):
        for draft in drafts:
            pair = (draft.supplier, draft.recipient)
            found[f"{name}.same"] = max(found.get(f"{name}.same", 0.0), float(pair == (supplier, recipient)))
            found[f"{name}.turned"] = max(found.get(f"{name}.turned", 0.0), float(pair == (recipient, supplier)))
            found[f"{name}.s"] = max(found.get(f"{name}.s", 0.0), float(pair[0] == supplier))
            found[f"{name}.r"] = max(found.get(f"{name}.r", 0.0), float(pair[1] == recipient))
            found[f"{name}.s.gets"] = max(found.get(f"{name}.s.gets", 0.0), float(pair[1] == supplier))
            found[f"{name}.r.gives"] = max(found.get(f"{name}.r.gives", 0.0), float(pair[0] == recipient))
            if name == "here" and pair == (supplier, recipient):
                found["here.points"] = max(found.get("here.points", 0.0), draft.points)
    ours, theirs = (reading.named[s.order].get(party or "", []) for party in (supplier, recipient))
    found["both"] = float(bool(ours) and bool(theirs))
    found["neither"] = float(not ours and not theirs)
    if ours and theirs and ours[0].group is not None and theirs[0].group is not None:
        found["in.order"] = float(ours[0].group.start < theirs[0].group.start)
        found["apart"] = float(abs(ours[0].group.start - theirs[0].group.start))
    title = reading.focus.title
    if supplier in title and recipient in title:
        found["title.both"] = 1.0
        found["title.in.order"] = float(title.index(str(supplier)) < title.index(str(recipient)))
    if supplier and recipient:
        exporters = reading.lexicon.exporters
        one, other = (float(exporters.index(p)) if p in exporters else _LAST for p in (supplier, recipient))
        found["exporter.less"] = other - one
    found["fit"] = reading.best(s, supplier, recipient)[0]
    return found


def _groups(reading: StoryReading, s: Sentence, named: list[Named]) -> Features:
    """How the sentence names a party, and how well that fits the predicates."""
    found: Features = {}
    gives = gets = 0.0
    for one in named:
        found[f"how:{one.how}"] = 1.0
        group = one.group
        if group is None:
            continue
        head = s.heads[group.head]
        dep = s.deps[group.head]
        for name in (f"sort:{group.sort}", f"prep:{group.prep or '-'}", f"dep:{dep}", f"above:{s.pos[head]}"):
            found[name] = 1.0
        found["weak"] = max(found.get("weak", 0.0), float(group.weak))
        found["speaks"] = max(found.get("speaks", 0.0), float(speaks(s, group, reading.lexicon)))
        found["position"] = min(found.get("position", 1.0), group.start / max(1, len(s.lower)))
        for p in reading.predications[s.order]:
            as_supplier, as_recipient = reading.fits(s, p.trigger, group)
            gives, gets = max(gives, as_supplier), max(gets, as_recipient)
            if head == p.trigger.token:
                found[f"on:{p.trigger.places}:{group.prep or dep}"] = 1.0
        if s.materials:
            distance = float(min(abs(m.start - group.start) for m in s.materials))
            found["from.materiel"] = min(found.get("from.materiel", 99.0), distance)
            found["before.materiel"] = float(group.start < s.materials[0].start)
    found["fit.gives"], found["fit.gets"] = gives, gets
    return found


def _subject_before(reading: StoryReading, s: Sentence, party: str) -> bool:
    """Whether the sentence before has the party as its subject."""
    return any(
        one.group is not None and before.deps[one.group.head].startswith("nsubj")
        for before in reading.sentences
        if before.order == s.order - 1
        for one in reading.named[before.order].get(party, ())
    )


def _hard(s: Sentence) -> float:
    return float(sum(not soft(group) for group in s.materials))


def _against(s: Sentence) -> float:
    return float(sum(mention.entry.kind == "against" for mention in s.mentions))
