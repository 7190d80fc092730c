"""The words around a verb: auxiliaries, clitics, negation, the rest of a locution.

Belongs here: reading a verbal complex by position. Does not belong here: which verbs are predicates (`triggers`).
"""

from __future__ import annotations

from pipeline.tag import words
from pipeline.tag.groups import Sentence
from pipeline.tag.lexicon import Lexicon


def mistaken(s: Sentence, i: int, lexicon: Lexicon) -> bool:
    """A finite verb that the parser took for a noun or adjective: right after a name, before an article or a name."""
    tags = frozenset[str]().union(*lexicon.verbs.get(s.lower[i], {"": frozenset[str]()}).values())
    if s.pos[i] not in ("NOUN", "PROPN", "ADJ", "ADV") or not tags & {"pres", "fut", "cond", "impf"} or i == 0:
        return False
    if any(s.deps[c] == "nsubj" for c in s.children[i]) and "pp" not in tags:
        return True
    before = s.covered.get(i - 1)
    if before is None or before.entry.kind != "actor" or before.entry.sort == "demonym":
        return False
    after = s.lower[i + 1] if i + 1 < len(s.lower) else ""
    if s.pos[i] == "ADJ" and "pp" in tags:
        return False
    return after in (
        "le",
        "la",
        "les",
        "l'",
        "des",
        "du",
        "un",
        "une",
        "à",
        "de",
        "d'",
        "ses",
        "son",
        "sa",
        "leurs",
        "deux",
        "trois",
        "au",
        "aux",
    ) or (i + 1 < len(s.lower) and (i + 1 in s.covered or s.lower[i + 1] in lexicon.verbs or s.pos[i + 1] == "NUM"))


def supports(s: Sentence, i: int, lexicon: Lexicon) -> bool:
    """« a reçu commande de », « a obtenu le contrat »: a support verb, the noun is the predicate."""
    for k in range(i + 1, min(i + 5, len(s.lower))):
        if lexicon.nouns.get(s.lower[k]) in words.SUPPORTED or s.lower[k] in ("feu", "accord", "lieu", "priorité"):
            return True
        if s.pos[k] not in ("DET", "ADJ", "NUM", "ADP", "ADV"):
            return False
    return False


def shared_with(s: Sentence, i: int) -> int | None:
    """The first verb of a coordination that this verb continues: seront extraits … et envoyés."""
    continues = s.deps[i] == "conj" and s.pos[s.heads[i]] in ("VERB", "AUX") and s.heads[i] < i
    if continues and not any(s.deps[c].startswith("nsubj") for c in s.children[i]):
        return s.heads[i]
    return None


def left_of(s: Sentence, i: int) -> list[int]:
    """Auxiliaries, clitics and adverbs to the left of a verb."""
    found: list[int] = []
    k = i - 1
    while k >= 0 and len(found) < 7:
        word = s.lower[k]
        article = word in ("la", "le", "les", "l'") and s.deps[k] == "det"
        if (
            word in words.BE
            or word in words.HAVE
            or (word in words.COMPLEX and not article)
            or (s.pos[k] == "ADV" and word not in ("comme", "dément", "nie"))
        ):
            found.append(k)
            k -= 1
        elif (
            word == ","
            and s.lower[max(0, k - 2) : k]
            and s.lower[k - 1] in ("elle", "lui", "eux", "elles")
            and s.lower[k - 2] == ","
        ):
            k -= 3  # « avait, elle, promis »
        else:
            break
    return found


def negated(s: Sentence, first: int, i: int) -> bool:
    if not any(w in ("ne", "n'") for w in s.lower[first:i]):
        return False
    if any(w in ("que", "qu'") for w in s.lower[i + 1 : i + 5]):
        return any(w in ("pas", "jamais", "plus") for w in s.lower[first : i + 1])
    return any(w in words.NONE for w in s.lower[max(0, first - 4) : i + 6])
