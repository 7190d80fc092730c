"""The words of a sentence with parties, materiel and numbers masked, as named features of value one.

Belongs here: features that are words. Does not belong here: what they weigh (`model`).
"""

from __future__ import annotations

from itertools import pairwise

from pipeline.tag.groups import Sentence
from pipeline.tag.weigh.reading import Predication, StoryReading

_STEM = 6
"""Letters of a word that are kept: French inflection is mostly behind them."""
_BEFORE, _AFTER = 7, 4
"""Words around the predicate that count a second time."""
_DEPENDENTS = frozenset(("advmod", "aux", "aux:tense", "aux:pass", "mark", "cop", "neg", "case", "obl:arg", "obl:mod"))
_DEPENDENTS |= {"xcomp", "nsubj", "nsubj:pass"}


def masked(s: Sentence) -> list[str]:
    """One word for each token: ACT for a party, MAT for materiel, NUM for a number, else the stem."""
    kinds = {k: "MAT" for group in s.materials for k in range(group.start, group.end)}
    kinds |= {k: "ACT" for group in s.actors for k in range(group.start, group.end)}
    return [
        kinds.get(k) or ("NUM" if s.pos[k] == "NUM" or word[:1].isdigit() else word[:_STEM])
        for k, word in enumerate(s.lower)
    ]


def sentence_words(words: list[str]) -> dict[str, float]:
    """Words and pairs of words; a name of several tokens counts as one."""
    short = [word for k, word in enumerate(words) if not (k and word in ("ACT", "MAT") and words[k - 1] == word)]
    found = {f"u:{word}": 1.0 for word in short}
    found |= {f"b:{one}_{other}": 1.0 for one, other in pairwise(short)}
    return found


def status_words(reading: StoryReading, s: Sentence, supplier: str | None, recipient: str | None) -> dict[str, float]:
    """What tells the status of a pair in a sentence: its words, those around and above the predicate, the forms of its
    verbs, the title, and what the grammar reads."""
    _, predication = reading.best(s, supplier, recipient)
    words = masked(s)
    found = sentence_words(words)
    found |= _grammar(reading, s, predication, supplier, recipient)
    at = predication.trigger.token if predication is not None else next((m.start for m in s.materials), 0)
    found |= {f"n:{word}": 1.0 for word in words[max(0, at - _BEFORE) : at + _AFTER]}
    found |= {f"V|{form}": 1.0 for k in range(len(words)) if s.pos[k] in ("VERB", "AUX") for form in (_form(s, k),)}
    found |= _above(s, words, predication)
    if reading.sentences[0].order == 0:
        found |= {f"T:{word}": 1.0 for word in masked(reading.sentences[0])}
    return found


def _grammar(
    reading: StoryReading,
    s: Sentence,
    predication: Predication | None,
    supplier: str | None,
    recipient: str | None,
) -> dict[str, float]:
    found: dict[str, float] = {}
    for p in reading.predications[s.order]:
        found[f"read:{p.reading.status}"] = min(2.0, found.get(f"read:{p.reading.status}", 0.0) + 1.0)
        found[f"x:{p.trigger.places}{p.reading.status}"] = 1.0
        found[f"xw:{p.trigger.predicate.lemma}"] = 1.0
        if p.candidate.materials:
            found[f"mread:{p.reading.status}"] = min(2.0, found.get(f"mread:{p.reading.status}", 0.0) + 1.0)
            found[f"xm:{p.trigger.places}{p.reading.status}"] = 1.0
    for draft in reading.drafts_of(s)[0]:
        found[f"d:{draft.reading.status}"] = 0.5
        if (draft.supplier, draft.recipient) == (supplier, recipient):
            found[f"dab:{draft.reading.status}"] = 1.0
    found["s.null"], found["r.null"] = float(supplier is None), float(recipient is None)
    found["first"] = float(s.order == 1)
    if predication is None:
        found["t.none"] = 1.0
        return found
    trigger, read = predication.trigger, predication.reading
    found |= {
        f"t.l:{trigger.predicate.lemma}": 1.0,
        f"t.p:{trigger.places}": 1.0,
        f"t.t:{trigger.tense}{trigger.predicate.base}": 1.0,
        f"t.s:{read.status}": 1.0,
        f"t.b:{trigger.predicate.base}": 1.0,
        "t.negated": float(trigger.negated),
        "t.conditional": float(trigger.conditional),
        "t.hypothetical": float(trigger.hypothetical),
    }
    return found | {f"t.w:{word[:7]}": 1.0 for word in read.because}


def _above(s: Sentence, words: list[str], predication: Predication | None) -> dict[str, float]:
    """The words that govern the predicate and the materiel, and the small words that hang on them."""
    found: dict[str, float] = {}
    chains = [("m", s.ancestors(group.top)) for group in s.materials[:3]]
    if predication is not None:
        token = predication.trigger.token
        chains.append(("t", [token, *s.ancestors(token)]))
    for name, chain in chains:
        for depth, token in enumerate(chain):
            found[f"a{name}:{words[token]}"] = 1.0
            found[f"am:{s.pos[token]}/{_form(s, token)}/{'' if depth else s.deps[token]}"] = 1.0
            for child in s.children[token]:
                if s.deps[child] in _DEPENDENTS:
                    found[f"c:{s.deps[child][:4]}:{words[child]}"] = 1.0
    return found


def _form(s: Sentence, token: int) -> str:
    morph = s.doc[token].morph
    return "/".join(value for name in ("Mood", "Tense", "VerbForm") for value in morph.get(name, []))
