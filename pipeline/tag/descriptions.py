"""Noun groups that stand for a party without naming it: le régime, ce dernier, son voisin, il.

Belongs here: finding them. Does not belong here: whom they stand for (`focus`).
"""

from __future__ import annotations

from pipeline.tag.actors import ARMED
from pipeline.tag.folding import fold
from pipeline.tag.groups import Actor, Sentence
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.prepositions import preposition


def descriptions(s: Sentence, lexicon: Lexicon) -> None:
    taken = {i for a in s.actors for i in range(a.start, a.end)}
    for i, word in enumerate(s.lower):
        if i in taken or (i in s.covered and s.covered[i].entry.kind in ("actor", "materiel")):
            continue
        folded = fold(word)
        before = s.lower[i - 1] if i else ""
        two = s.lower[i - 2] if i > 1 else ""
        if word in ("il", "elle", "ils", "elles") and s.deps[i].startswith("nsubj"):
            s.actors.append(Actor(i, i + 1, i, None, "description", description="pronoun", noun=folded))
            continue
        if word in ("lui", "elle", "eux", "elles") and s.lower[i + 1 : i + 2] == ["qui"]:
            s.actors.append(Actor(i, i + 1, i, None, "description", description="pronoun", noun=folded))
            continue
        if folded in ("celui-ci", "celle-ci", "ceux-ci", "celles-ci"):
            s.actors.append(
                Actor(i, i + 1, i, None, "description", preposition(s, i)[0], description="last", noun=folded)
            )
            continue
        if folded in ("nord", "sud") and before in ("le", "au", "du") and s.doc[i].text[0].isupper():
            s.actors.append(
                Actor(i, i + 1, i, None, "description", preposition(s, i)[0], description="korea", noun=folded)
            )
            continue
        if folded in ("dernier", "derniere", "derniers", "dernieres") and before in ("ce", "cette", "ces"):
            if i + 1 < len(s.lower) and s.pos[i + 1] == "NOUN":
                continue
            s.actors.append(
                Actor(i - 1, i + 1, i, None, "description", preposition(s, i)[0], description="last", noun=folded)
            )
            continue
        classes = lexicon.descriptions.get(folded)
        if not classes or s.pos[i] not in ("NOUN", "PROPN", "ADJ"):
            continue
        possessive = before in ("son", "sa", "ses", "leur", "leurs") or (
            two in ("son", "sa", "ses", "leur", "leurs") and s.pos[i - 1] == "ADJ"
        )
        definite = before in ("le", "la", "l'", "les", "au", "aux", "du", "ce", "cet", "cette", "ces", "des") or (
            two in ("le", "la", "les", "ce", "cette", "au", "du", "aux") and s.pos[i - 1] == "ADJ"
        )
        sort = None
        if possessive and "partner" in classes:
            sort = "partner"
            if folded == "voisin" and s.lower[i + 1 : i + 3] in (["du", "nord"], ["du", "sud"]):
                s.actors.append(
                    Actor(
                        i, i + 3, i, None, "description", preposition(s, i)[0], description="korea", noun=s.lower[i + 2]
                    )
                )
                continue
        elif possessive and folded in (
            "pays",
            "gouvernement",
            "armee",
            "ministre",
            "ministere",
            "president",
            "capitale",
            "diplomatie",
        ):
            sort = "own"
        elif definite and "state" in classes:
            sort = "state"
        elif folded in ARMED and (definite or before == "des") and folded not in ("groupe", "groupes"):
            sort = "armed"
        elif definite and "group" in classes:
            sort = "group"
        elif definite and "firm" in classes:
            sort = "firm"
        elif definite and folded in ("allie", "voisin"):
            sort = "partner"
        if sort:
            s.actors.append(
                Actor(i, i + 1, i, None, "description", preposition(s, i)[0], description=sort, noun=folded)
            )
