"""A parsed sentence with its groups: who is named, what materiel, governed by which preposition.

Belongs here: reading spaCy's parse together with the mentions, coordination. Does not belong here: who supplies whom
(`frames`), what a description stands for (`focus`).
"""

from __future__ import annotations

from pipeline.tag import words
from pipeline.tag.actors import actors, armed
from pipeline.tag.descriptions import descriptions
from pipeline.tag.groups import Sentence
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.materiel import materials


def read(sentence: Sentence, lexicon: Lexicon) -> Sentence:
    """Fill a sentence that has its doc and mentions."""
    doc = sentence.doc
    sentence.lower = [t.text.lower() for t in doc]
    sentence.heads = [t.head.i for t in doc]
    sentence.deps = [t.dep_ for t in doc]
    sentence.pos = [t.pos_ for t in doc]
    sentence.offsets = [t.idx for t in doc]
    sentence.children = [[] for _ in doc]
    for i, h in enumerate(sentence.heads):
        if h != i:
            sentence.children[h].append(i)
    sentence.finite = [
        p in ("VERB", "AUX") and "Fin" in t.morph.get("VerbForm", []) for t, p in zip(doc, sentence.pos, strict=True)
    ]
    running, marks = 0, []
    for i, word in enumerate(sentence.lower):
        marks.append(running)
        if (word in words.MARKERS and not (word in ("s'", "si") and sentence.pos[i] == "PRON")) or (
            sentence.finite[i] and not _auxiliary_of_next(sentence, i)
        ):
            running += 1
    marks.append(running)
    sentence.marks = marks
    _cover(sentence)
    materials(sentence)
    actors(sentence, lexicon)
    armed(sentence, lexicon)
    descriptions(sentence, lexicon)
    sentence.actors.sort(key=lambda a: a.start)
    _built_in(sentence)
    _chain_actors(sentence)
    _chain_materials(sentence)
    return sentence


def _auxiliary_of_next(s: Sentence, i: int) -> bool:
    return s.pos[i] == "AUX" and i + 1 < len(s.lower)


def _cover(s: Sentence) -> None:
    """Token -> mention."""
    position = 0
    tokens = s.offsets
    count = len(tokens)
    for mention in s.mentions:
        while position < count and tokens[position] + len(s.lower[position]) <= mention.start - s.start:
            position += 1
        at = position
        while at < count and tokens[at] < mention.end - s.start:
            s.covered[at] = mention
            at += 1


def _chain_actors(s: Sentence) -> None:
    loose: list[int] = []
    for position in range(1, len(s.actors)):
        one, other = s.actors[position - 1], s.actors[position]
        between = s.lower[one.end : other.start]
        if (
            not between
            or len(between) > 6
            or one.end > other.start
            or one.prep in ("selon", "contre", "malgré", "sans")
        ):
            continue
        joined = any(w in (",", "et", "ou", "comme", "puis", "mais") for w in between)
        plain = all(
            w
            in (
                ",",
                "et",
                "ou",
                "comme",
                "puis",
                "aussi",
                "ainsi",
                "que",
                "mais",
                "également",
                "«",
                "»",
                "d'autre",
                "surtout",
                "ni",
                "notamment",
            )
            or s.pos[one.end + k] in ("DET", "ADJ")
            or w in ("le", "la", "les", "l'", "à", "au", "aux", "de", "du", "des", "d'", "par", "en")
            for k, w in enumerate(between)
        )
        if (
            not any(w in ("et", "ou", "comme", "ni", "puis", "mais") for w in between)
            and one.prep not in ("", "entre", "avec", "par", "de")
            and not other.prep
        ):
            continue
        if joined and plain and (not other.prep or other.prep == one.prep or one.prep in ("entre",)):
            other.chain = position - 1
            if not any(w in ("et", "ou", "comme", "ni", "puis", "mais") for w in between):
                loose.append(position)
    # A comma alone joins only inside an enumeration: one that ends in « et », or that repeats its preposition.
    for position in reversed(loose):
        following = s.actors[position + 1] if position + 1 < len(s.actors) else None
        if not (following is not None and following.chain == position) and not s.actors[position].prep:
            s.actors[position].chain = None


def _chain_materials(s: Sentence) -> None:
    for position in range(1, len(s.materials)):
        one, other = s.materials[position - 1], s.materials[position]
        between = s.lower[one.end : other.start]
        if not between or len(between) > 11:
            continue
        if any(s.finite[k] for k in range(one.end, other.start)) or any(
            w in (";", ":", "qui", "que", "contre", "pour", "par") for w in between
        ):
            continue
        if any(w in (",", "et", "ou", "dont", "ainsi", "dont", "soit", "—", "--") for w in between) and not any(
            s.pos[k] == "VERB" for k in range(one.end, other.start)
        ):
            other.chain = position - 1


def _built_in(s: Sentence) -> None:
    """« des patrouilleurs construits en Israël »: where it is made is the materiel's origin."""
    for actor in s.actors:
        if actor.id is None or actor.prep not in ("en", "à") or actor.start < 2:
            continue
        if not s.lower[actor.start - 2].startswith(words.BUILT) and not s.lower[actor.start - 3].startswith(
            words.BUILT
        ):
            continue
        before = [m for m in s.materials if m.end <= actor.start and actor.start - m.end <= 5 and not m.anaphoric]
        if before:
            before[-1].made = before[-1].made or before[-1].origin is None
            before[-1].origin = before[-1].origin or actor.id
            actor.prep = "made"
