"""The words that govern a supply predicate: promettre de, refuser de, la suspension de.

Belongs here: finding them above, beside and left of the predicate, and whether they are negated. Does not belong
here: what status they give together (`status`).
"""

from __future__ import annotations

from pipeline.tag import words
from pipeline.tag.groups import Sentence
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.triggers import Trigger

_CLIMB = frozenset(
    (
        "xcomp",
        "obj",
        "obl:arg",
        "obl:mod",
        "nmod",
        "nsubj:pass",
        "nsubj",
        "acl",
        "ccomp",
        "obl:agent",
        "iobj",
        "appos",
        "dep",
        "advcl",
        "conj",
        "ROOT",
    )
)


_TIMES = frozenset((
    "année", "an", "mois", "semaine", "printemps", "été", "automne", "hiver", "trimestre", "semestre", "décennie",
    "journée", "guerre", "mandat", "siècle", "janvier", "février", "mars", "avril", "mai", "juin", "juillet",
    "août", "septembre", "octobre", "novembre", "décembre",
))  # fmt: skip


_CHARGES = ("accusation", "allégation", "affirmation", "assertion", "information", "soupçon", "insinuation")


_OVER_ALL = frozenset(("accused", "denied"))
"""Effects that reach over a participle that only describes: des chars fournis par X."""


def effects_of(s: Sentence, t: Trigger, lexicon: Lexicon) -> list[tuple[str, str, bool]]:
    """Effect, word and negation of every governor of the predicate."""
    found = _effects(s, t, lexicon)
    if t.tense == "pp" and s.deps[t.token] in ("acl", "amod") and t.frame in ("give", "receive", "equip"):
        noun = s.heads[t.token]
        above = lexicon.verbs.get(s.lower[s.heads[noun]], {})
        if not any((lemma, "V") in lexicon.predicates for lemma in above):
            return [e for e in found if e[0] in _OVER_ALL]
    return found


def _effects(s: Sentence, t: Trigger, lexicon: Lexicon) -> list[tuple[str, str, bool]]:
    found: list[tuple[str, str, bool]] = []
    seen: set[int] = {t.token}

    def consider(token: int) -> None:
        if token in seen:
            return
        seen.add(token)
        governor = governor_at(s, token, lexicon)
        if governor is not None:
            negated = negation(s, token) or (
                governor == "halted" and any(w in words.LIFTED for w in s.lower[max(0, token - 4) : token])
            )
            found.append((governor, s.lower[token], negated))

    climbing = t.token
    for ancestor in s.ancestors(t.token, 4):
        relation = s.deps[climbing]
        if relation == "acl:relcl" and _turned_away(s, ancestor, lexicon):
            found.append(("halted", s.lower[s.heads[ancestor]], False))
        if relation in ("acl:relcl", "parataxis") or relation not in _CLIMB:
            break
        if relation == "ccomp" and t.tense not in ("inf", "subj", "") and not _reports(s, ancestor, lexicon):
            break
        if relation == "advcl":
            break
        if (
            relation == "conj"
            and s.pos[ancestor] == "VERB"
            and s.pos[climbing] == "VERB"
            and (t.tense != "inf" or s.finite[climbing])
        ):
            break
        consider(ancestor)
        if t.voice == "noun" or s.pos[climbing] == "NOUN":
            for child in s.children[ancestor]:
                if s.pos[child] == "AUX" or s.deps[child] == "amod":
                    continue
        climbing = ancestor
    for child in s.children[t.token]:
        if s.deps[child] in ("amod", "acl") and child > t.token - 2 and s.crossings(child, t.token) == 0:
            consider(child)
    # shallow: a governor just left of the complex, no clause mark between
    k, steps = t.first - 1, 0
    while k >= 0 and steps < 9:
        covered = s.covered.get(k)
        named = covered is not None and covered.entry.kind == "actor"
        if s.lower[k] in (",", ";", ":", "qui", "que", "dont", ".", "»", "mais") or (
            named and t.voice != "noun" and not t.infinitive
        ):
            break
        # « le cercle restreint des pays dotés »: an adjective governs nothing, unless the parser means a verb by it
        before_k = s.covered.get(k - 1)
        verb = before_k is not None and before_k.entry.kind == "actor"
        loose = s.pos[k] == "ADJ" and s.lower[k] not in lexicon.adjectives and not verb
        if s.pos[k] in ("VERB", "AUX", "NOUN", "ADJ", "PROPN", "ADV") and k not in seen and not named and not loose:
            before = len(found)
            consider(k)
            if len(found) > before or s.pos[k] == "VERB":
                break
        k -= 1
        steps += 1
    if t.voice == "noun":
        # "livraisons suspendues", "la livraison ... a été suspendue": nearest participle or verb right of it
        for k in range(t.token + 1, min(len(s.lower), t.token + 25)):
            if s.lower[k] in (";", ":", "qui", "que", "dont") or s.crossings(t.token, k) > 1:
                break
            if s.pos[k] in ("VERB", "ADJ") and s.heads[k] == t.token and k not in seen:
                consider(k)
        if not any(effect in ("halted", "intercepted", "denied") for effect, _, _ in found):
            for k in range(t.token + 1, min(len(s.lower), t.token + 9)):
                if s.lower[k] in (";", ":", "qui", "que", "dont", ",") or s.finite[k]:
                    break
                if (
                    s.pos[k] in ("VERB", "ADJ")
                    and k not in seen
                    and any("pp" in tags for tags in lexicon.verbs.get(s.lower[k], {}).values())
                ):
                    if governor_at(s, k, lexicon) in ("halted", "intercepted") and s.lower[k] not in (
                        "visé",
                        "frappé",
                        "gardé",
                    ):
                        consider(k)
                    break
        for ancestor in s.ancestors(t.token, 1):
            if s.deps[t.token].startswith("nsubj"):
                for child in s.children[ancestor]:
                    if s.deps[child] in ("obl:arg", "obl:mod", "obj") and s.pos[child] == "NOUN":
                        consider(child)
                        for grandchild in s.children[child]:
                            if s.pos[grandchild] == "NOUN":
                                consider(grandchild)
    return found


def _turned_away(s: Sentence, antecedent: int, lexicon: Lexicon) -> bool:
    """« a éconduit X, qui souhaitait faire parvenir à Y »."""
    verb = s.heads[antecedent]
    if s.deps[antecedent] not in ("obj", "conj", "nmod") or s.pos[verb] != "VERB":
        verb = s.heads[verb]
    return any(lemma in ("éconduire", "débouter", "rembarrer") for lemma in lexicon.verbs.get(s.lower[verb], {}))


def _reports(s: Sentence, token: int, lexicon: Lexicon) -> bool:
    effect = governor_at(s, token, lexicon)
    return effect in ("accused", "denied", "negotiated", "requested", "halted", "intended")


def governor_at(s: Sentence, token: int, lexicon: Lexicon) -> str | None:
    word = s.lower[token]
    before = s.covered.get(token - 1)
    verbal = (
        s.pos[token] in ("NOUN", "PROPN", "ADV")
        and before is not None
        and before.entry.kind == "actor"
        and word in lexicon.verbs
    )
    if s.pos[token] in ("VERB", "AUX", "ADJ") or verbal:
        lemmas = lexicon.verbs.get(word, {})
        for lemma in lemmas:
            governor = lexicon.governors.get((lemma, "V"))
            if governor is None:
                continue
            if lemma == "aller" and not any(
                s.pos[c] == "VERB" and "Inf" in s.doc[c].morph.get("VerbForm", []) for c in s.children[token]
            ):
                continue
            if (
                lemma == "venir"
                and "de" not in s.lower[token + 1 : token + 2]
                and "d'" not in s.lower[token + 1 : token + 2]
            ):
                continue
            if (
                lemma == "défendre"
                and "se" not in s.lower[max(0, token - 2) : token]
                and "s'" not in s.lower[max(0, token - 2) : token]
            ):
                if s.lower[token + 1 : token + 2] in (["à"], ["au"], ["aux"]):
                    return "halted"  # « défend à X de »: forbids
                continue
            if lemma == "rejeter" and any(w.startswith(_CHARGES) for w in s.lower[token + 1 : token + 6]):
                return "denied"
            if lemma == "permettre" and any(
                w in ("a", "ont", "avait", "avaient") for w in s.lower[max(0, token - 2) : token]
            ):
                return "delivered"
            if lemma == "permettre" and s.pos[token] == "VERB" and "Fin" not in s.doc[token].morph.get("VerbForm", []):
                continue
            return governor.effect
    noun = lexicon.nouns.get(word)
    if noun and s.pos[token] in ("NOUN", "PROPN"):
        governor = lexicon.governors.get((noun, "N"))
        if governor is not None and not (noun == "fin" and _of_time(s, token)):
            return governor.effect
    adjective = lexicon.adjectives.get(word)
    if adjective:
        governor = lexicon.governors.get((adjective, "A"))
        if governor is not None:
            return governor.effect
    return None


def _of_time(s: Sentence, token: int) -> bool:
    """« fin 2023 », « d'ici à la fin de l'année »: a date, nothing ends."""
    if s.lower[max(0, token - 1) : token] and s.lower[token - 1].startswith(("pren", "pris", "met", "mis")):
        return False
    after = s.lower[token + 1 : token + 5]
    dated = any(w in _TIMES or w.isdigit() for w in after)
    return dated or not after or after[0] not in ("de", "d'", "du", "des", "à", "au", "aux")


def negation(s: Sentence, token: int) -> bool:
    low = max(0, token - 4)
    window = s.lower[low : token + 3]
    particle = any(w in ("ne", "n'") for w in s.lower[low:token]) and s.crossings(low, token) <= 2
    if particle and s.lower[token].startswith("cess"):
        return True  # « n'a cessé de »
    if not particle:
        return s.lower[max(0, token - 1) : token] == ["non"] or s.lower[max(0, token - 1) : token] == ["pas"]
    return any(
        w in ("pas", "plus", "jamais", "aucun", "aucune", "ni", "guère", "point", "rien", "nul", "personne")
        for w in window
    )
