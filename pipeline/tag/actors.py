"""Noun groups that name a possible party in a parsed sentence.

Belongs here: names, demonyms with the noun they qualify, institutions, armed movements. Does not belong here: groups
that only describe (`descriptions`).
"""

from __future__ import annotations

from pipeline.tag.folding import fold
from pipeline.tag.groups import Actor, Sentence
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.materiel import head_of, span
from pipeline.tag.prepositions import preposition


def _noun_for(s: Sentence, i: int) -> int | None:
    """The noun that an adjective at token i qualifies."""
    head = s.heads[i]
    if (
        head != i
        and s.pos[head] in ("NOUN", "PROPN")
        and s.deps[i] in ("amod", "nmod", "flat:name", "appos", "acl", "flat")
        and -2 <= i - head <= 5
    ):
        return head
    for back in range(i - 1, max(-1, i - 5), -1):
        if s.pos[back] in ("NOUN", "PROPN") or (back in s.covered and s.covered[back].entry.kind == "materiel"):
            return back
        if s.pos[back] not in ("ADJ", "ADV", "CCONJ", "PUNCT", "DET") or s.lower[back] in (",", ".", "«"):
            break
    if i + 1 < len(s.lower) and s.pos[i + 1] == "NOUN":
        return i + 1
    return None


def actors(s: Sentence, lexicon: Lexicon) -> None:
    seen: set[int] = set()
    capitals = s.text.isupper()
    for i in range(len(s.lower)):
        mention = s.covered.get(i)
        if mention is None or mention.entry.kind != "actor" or id(mention) in seen:
            continue
        seen.add(id(mention))
        start, end = span(s, i)
        entry = mention.entry
        if entry.sort == "demonym":
            _demonym(s, lexicon, start, end, entry.value, capitals)
            continue
        head = head_of(s, start, end)
        prep, first = preposition(s, start)
        group = Actor(start, end, head, entry.value, entry.sort, prep)
        noun = first - 1 if prep in ("de", "en", "à", "dans") else -1
        if prep == "de" and noun >= 0:
            found = _institution_before(s, lexicon, noun)
            if found is not None:
                group.start, group.head = found, found
                classes = lexicon.descriptions.get(fold(s.lower[found]), frozenset())
                if "firm" in classes and "institution" not in classes:
                    group.sort = "firm"
                group.prep = preposition(s, found)[0]
            elif s.pos[noun] == "NOUN" and s.lower[noun] not in lexicon.nouns and noun not in s.covered:
                group.weak, group.noun = True, fold(s.lower[noun])
        elif (
            prep in ("en", "dans", "à")
            and noun >= 0
            and s.pos[noun] == "NOUN"
            and s.lower[noun]
            in (
                "guerre",
                "conflit",
                "invasion",
                "crise",
                "front",
                "combats",
                "visite",
                "déplacement",
                "sommet",
                "réunion",
                "opération",
            )
        ):
            group.weak, group.noun = True, fold(s.lower[noun])
        last = s.actors[-1] if s.actors else None
        if entry.sort == "firm" and last is not None and last.end == start and last.sort in ("people", "demonym"):
            s.actors.pop()  # « le français KNDS », « l'italien Fincantieri »: the adjective knows the country
            group.id, group.start, group.prep = last.id, last.start, last.prep
            last = s.actors[-1] if s.actors else None
        if (
            last is not None
            and last.id == group.id
            and (group.start < last.end or (last.end >= group.start - 3 and group.prep in ("", "de")))
        ):
            s.actors[-1].end = group.end
            continue
        s.actors.append(group)


def _institution_before(s: Sentence, lexicon: Lexicon, noun: int) -> int | None:
    """The role noun that `de + state` completes: les autorités de Cotonou, le ministre de la Défense de Pologne."""
    for back in range(noun, max(-1, noun - 4), -1):
        word = fold(s.lower[back])
        classes = lexicon.descriptions.get(word, frozenset())
        if classes & {"institution", "firm"} and s.pos[back] in ("NOUN", "PROPN", "ADJ"):
            return back
        if s.pos[back] not in ("ADJ", "NOUN", "ADP", "DET", "PROPN"):
            return None
    return None


def _demonym(s: Sentence, lexicon: Lexicon, start: int, end: int, actor: str, capitals: bool) -> None:
    written = s.text[s.offsets[start]]
    noun = _noun_for(s, start)
    if start > 1 and s.lower[start - 1] in ("fabrication", "facture", "origine", "conception", "production"):
        if s.lower[start - 1] != "conception":
            for group in s.materials:
                if group.end <= start and start - group.end <= 9 and group.origin is None and not group.anaphoric:
                    group.origin, group.made = actor, True
        return
    if noun is not None and s.lower[noun] in (
        "air",
        "terre",
        "mer",
        "défense",
        "révolution",
        "renseignement",
        "état-major",
        "affaires",
        "gouvernement",
        "sécurité",
    ):
        found = _institution_before(s, lexicon, noun)
        noun = noun if found is None else found
    before = s.lower[start - 1] if start else ""
    people = (
        written.isupper()
        and not capitals
        and (
            before
            in (
                "les",
                "des",
                "aux",
                "le",
                "la",
                "l'",
                "un",
                "une",
                "d'",
                "de",
                "par",
                "et",
                "ces",
                "ses",
                "nos",
                "que",
                "quelques",
                "chez",
                "leurs",
            )
            or s.pos[start] in ("NOUN", "PROPN")
        )
    )
    if people and not (start == 0 and s.pos[start] == "ADJ" and noun == start + 1):
        prep, _first = preposition(s, start)
        s.actors.append(Actor(start, end, start, actor, "people", prep))
        return
    if noun is None:
        s.actors.append(Actor(start, end, start, actor, "demonym", preposition(s, start)[0], weak=True))
        return
    for group in s.materials:
        if (
            group.start <= noun < group.end
            or group.top == noun
            or (group.end <= start and group.end + 2 >= start and group.head == noun)
        ):
            group.origin = actor
            return
    word = fold(s.lower[noun])
    mention = s.covered.get(noun)
    if mention is not None and mention.entry.kind == "actor":
        return
    classes = lexicon.descriptions.get(word, frozenset())
    if s.lower[noun] in lexicon.nouns and "institution" not in classes:
        s.adjective_of[noun] = actor
        return
    prep, _first = preposition(s, noun)
    low, high = min(noun, start), max(noun + 1, end)
    if "institution" in classes or "firm" in classes or "group" in classes:
        s.actors.append(
            Actor(
                low,
                high,
                noun,
                actor,
                "firm" if "firm" in classes and "institution" not in classes else "institution",
                prep,
                noun=word,
            )
        )
    else:
        s.adjective_of[noun] = actor
        s.actors.append(Actor(low, high, noun, actor, "demonym", prep, weak=True, noun=word))


def armed(s: Sentence, lexicon: Lexicon) -> None:
    """Armed movements named by what they are and where: rebelles yéménites, milices d'Irak."""
    for i, word in enumerate(s.lower):
        kind = ARMED.get(fold(word))
        if kind is None or s.pos[i] not in ("NOUN", "PROPN", "ADJ"):
            continue
        if word in ("groupe", "groupes", "cellule", "cellules", "bande", "bandes") and not any(
            w.startswith(("armé", "rebelle", "palestinien", "islamiste", "djihadiste", "criminel"))
            for w in s.lower[i + 1 : i + 3]
        ):
            continue
        for k in range(i + 1, min(i + 5, len(s.lower))):
            covered = s.covered.get(k)
            place = (
                covered.entry.value
                if covered is not None
                and covered.entry.kind == "actor"
                and covered.entry.sort in ("demonym", "name", "city")
                else None
            )
            if place is None and s.lower[k] in ("cisjordanie", "gaza"):
                place = s.lower[k].capitalize()
            if place is None:
                if s.pos[k] in ("ADJ", "ADP", "DET", "NOUN", "PROPN", "ADV") and s.lower[k] not in (
                    "à",
                    "vers",
                    "pour",
                    "par",
                    "contre",
                ):
                    continue
                break
            found = lexicon.armed.get((kind, place)) or lexicon.armed.get(("*", place))
            if found is None and kind in "rs" and len(place) == 2:
                found = f"{place.lower()}-rebels"
            if found is not None:
                s.actors = [a for a in s.actors if a.end <= i or a.start > k]
                s.actors.append(Actor(i, k + 1, i, found, "group", preposition(s, i)[0]))
            break


def armed_kind(noun: str) -> str:
    """The class of an armed noun: r, m, g, s, p, or empty."""
    return ARMED.get(noun, "")


ARMED = {
    form: letter
    for letter, forms in {
        "r": "rebelle rebelles insurge insurges rebellion insurrection",
        "m": "milice milices milicien miliciens cellule cellules groupes groupe combattants militants activistes",
        "g": "gang gangs bandes bande",
        "s": "separatiste separatistes independantistes",
        "p": "paramilitaire paramilitaires mercenaires",
    }.items()
    for form in forms.split()
}
