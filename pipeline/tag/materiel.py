"""Noun groups of materiel in a parsed sentence.

Belongs here: terms and named systems side by side, partitives, what only refers back. Does not belong here: what is
supplied (`fit`).
"""

from __future__ import annotations

import re

from pipeline.tag import words
from pipeline.tag.groups import Materials, Sentence
from pipeline.tag.prepositions import preposition

_DESIGNATION = re.compile(r"(?=.*\d)[A-Z]{1,4}-?\d{1,4}[A-Za-z]{0,3}$")


def span(s: Sentence, i: int) -> tuple[int, int]:
    """Token span of the mention that covers token i."""
    mention, start, end = s.covered[i], i, i + 1
    while start and s.covered.get(start - 1) is mention:
        start -= 1
    while end < len(s.lower) and s.covered.get(end) is mention:
        end += 1
    return start, end


def head_of(s: Sentence, start: int, end: int) -> int:
    for i in range(start, end):
        if not start <= s.heads[i] < end and s.pos[i] not in ("ADP", "DET", "PUNCT"):
            return i
    return start


def materials(s: Sentence) -> None:
    seen: set[int] = set()
    for i in range(len(s.lower)):
        mention = s.covered.get(i)
        if mention is None or mention.entry.kind != "materiel" or id(mention) in seen:
            continue
        seen.add(id(mention))
        start, end = span(s, i)
        entry = mention.entry
        if (
            entry.sort != "named"
            and s.pos[start] in ("VERB", "AUX")
            and end - start == 1
            and s.lower[start] not in ("armes", "arme")
        ):
            continue
        if (
            s.lower[start] in ("arme", "armes")
            and s.pos[start] in ("VERB", "AUX")
            and end - start == 1
            and not (
                start and s.lower[start - 1] in ("d'", "les", "des", "aux", "l'", "leurs", "ses", "ces", "nos", "une")
            )
        ):
            continue
        if end - start == 1 and arms(s, start):
            continue
        group = Materials(
            start, end, head_of(s, start, end), 0, tuple(entry.value.split("+")), entry.sort,
            (s.text[mention.start - s.start : mention.end - s.start],), maker=entry.origin,
        )  # fmt: skip
        previous = s.materials[-1] if s.materials else None
        if previous and _adjacent(s, previous.end, start):
            named = previous if previous.sort == "named" else group
            other = group if named is previous else previous
            previous.categories = _joined(named, other)
            previous.terms = (*previous.terms, *group.terms)
            previous.sort = (
                "named"
                if "named" in (previous.sort, group.sort)
                else "hard"
                if "hard" in (previous.sort, group.sort)
                else "soft"
            )
            previous.maker = previous.maker or group.maker
            previous.end = end
            continue
        group.prep = _governed(s, start)
        s.materials.append(group)
    for group in s.materials:
        if (
            group.start
            and s.lower[group.start - 1] in ("ce", "cet", "ces", "cette", "tels", "telles")
            and set(group.categories) <= {"weapons", "equipment"}
        ):
            group.anaphoric = True
    for i, word in enumerate(s.lower):
        if i in s.covered and s.covered[i].entry.kind in ("actor", "materiel"):
            continue
        if word in ("ceux", "celles", "celui", "celle") and any(
            "Part" in s.doc[k].morph.get("VerbForm", []) for k in range(i + 1, min(i + 3, len(s.lower)))
        ):
            s.materials.append(Materials(i, i + 1, i, 0, (), "soft", (), anaphoric=True))
            continue
        if word in ("eux", "elles") and s.lower[max(0, i - 2) : i] == ["d'", "entre"]:
            s.materials.append(Materials(i, i + 1, i, 0, (), "soft", (), anaphoric=True, prep="de"))
            continue
        if (
            _DESIGNATION.match(s.doc[i].text)
            and i
            and not any(m.start == i + 1 or (m.end <= i <= m.end + 2 and s.lower[i - 1] == "type") for m in s.materials)
            and (s.pos[i - 1] in ("NUM", "DET", "NOUN") or s.lower[i - 1] in words.NUMBER_WORDS)
        ):
            s.materials.append(
                Materials(i, i + 1, i, 0, (), "soft", (s.doc[i].text,), anaphoric=True, prep=preposition(s, i)[0])
            )
            continue
        singular = (
            word
            if word in words.ANAPHORIC
            else word[:-1]
            if word.endswith(("s", "x")) and word[:-1] in words.ANAPHORIC
            else None
        )
        if singular is None or s.pos[i] in ("VERB", "AUX", "ADP"):
            continue
        before = s.lower[i - 1] if i else ""
        follows = s.lower[i + 1] if i + 1 < len(s.lower) else ""
        if singular in ("tout", "ensemble", "premier") and not (
            before in ("le", "l'", "un", "les") and (singular != "premier") and follows not in ("de", "du", "des", "d'")
        ):
            continue
        carried = next((m for m in s.materials if m.start == i + 1 and not m.anaphoric), None)
        if carried is not None:  # « des batteries Patriot »: one group, governed as the first word is
            carried.start = i
            carried.prep = _governed(s, i)
            continue
        if follows in ("de", "d'", "du", "des") and i + 2 in s.covered and s.covered[i + 2].entry.kind == "materiel":
            continue
        if follows in ("de", "d'", "du", "des") and (
            i + 2 >= len(s.lower) or s.lower[i + 2] not in ("ce", "cette", "type", "ces", "plus")
        ):
            continue
        if before in ("un", "une") and s.deps[i] not in ("obj", "nsubj:pass"):
            continue
        category = words.ANAPHORIC[singular]
        s.materials.append(
            Materials(
                i, i + 1, i, 0, (category,) if category else (), "soft", (), anaphoric=True, prep=preposition(s, i)[0]
            )
        )
    s.materials.sort(key=lambda m: m.start)
    for group in s.materials:
        group.top = _lift(s, group)


def arms(s: Sentence, i: int) -> bool:
    """« La Turquie arme la Somalie »: the verb, whatever the parser calls it."""
    if s.lower[i] not in ("arme", "équipe") or i == 0 or i + 1 >= len(s.lower):
        return False
    before = s.covered.get(i - 1)
    named = (before is not None and before.entry.kind == "actor") or s.lower[i - 1] in (
        "qui",
        "qu'il",
        "il",
        "elle",
        "on",
    )
    return named and (
        s.lower[i + 1] in ("la", "le", "les", "l'", "ses", "son", "sa", "des", "d'", "secrètement", "aussi", "depuis")
        or i + 1 in s.covered
    )


def _governed(s: Sentence, start: int) -> str:
    """The preposition of a materiel group; a partitive article (des, du, de l') after a verb is none."""
    found = preposition(s, start)[0]
    if found != "de" or start < 2:
        return found
    if s.lower[start - 1] in ("des", "du") and s.pos[start - 2] not in ("NOUN", "PROPN", "ADV"):
        return ""
    if start > 2 and s.lower[start - 2] == "de" and s.lower[start - 1] in ("l'", "la") and s.pos[start - 3] == "VERB":
        return ""  # transférer de l'artillerie
    return found


def _joined(named: Materials, other: Materials) -> tuple[str, ...]:
    """Categories of two adjacent mentions: the named system knows better than a soft or vague word."""
    if other.sort == "soft" or other.categories in (("weapons",), ("equipment",)) or named.sort == "named":
        if (
            other.sort == "hard"
            and set(named.categories) & {"missiles", "air-defence"}
            and set(other.categories) <= {"missiles", "air-defence"}
        ):
            return tuple(dict.fromkeys(named.categories + other.categories))
        if (
            other.sort == "hard"
            and other.categories[0] in ("drones", "ammunition", "air-defence", "naval", "artillery")
            and named.categories != other.categories
        ):
            return (
                tuple(dict.fromkeys(other.categories + named.categories))
                if other.categories[0] != "drones"
                else other.categories
            )
        return named.categories
    return tuple(dict.fromkeys(named.categories + other.categories))


def _adjacent(s: Sentence, end: int, start: int) -> bool:
    """Whether only qualifiers stand between two mentions: missiles de croisière russes Kalibr."""
    between = s.lower[end:start]
    if len(between) > 4:
        return False
    for offset, word in enumerate(between):
        i = end + offset
        if word in ("de", "type", "classe", "modèle", "la", "famille", "«", "du", "d'", "dits", "dit"):
            if (
                word in ("de", "du", "d'")
                and not (set(between) & {"type", "classe", "modèle", "famille"})
                and len(between) == 1
            ):
                return False
            continue
        if s.pos[i] == "ADJ" or (i in s.covered and s.covered[i].entry.sort in ("demonym", "firm")):
            continue
        return False
    return True


def _lift(s: Sentence, group: Materials) -> int:
    """The head that carries the group's function: the lot in `un lot de bombes`."""
    top = group.head
    for _ in range(4):
        head = s.heads[top]
        if head == top or abs(head - top) > 8:
            break
        carries = s.lower[head] in words.PARTITIVES or s.lower[head] in words.NUMBER_WORDS or s.pos[head] == "NUM"
        if not carries or s.deps[top] not in words.LIFTING:
            break
        top = head
    return top
