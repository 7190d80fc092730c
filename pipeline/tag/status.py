"""The status of a supply predicate: its tense, its voice, its negation and what governs it.

Belongs here: the table from predicate, tense and governors to the seven statuses, and hearsay. Does not belong here:
who the parties are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.tag import words
from pipeline.tag.governors import effects_of, governor_at, negation
from pipeline.tag.groups import Sentence
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.places import relative_pronoun
from pipeline.tag.triggers import Trigger

_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_PAST_YEAR = re.compile(
    rf"\b(?:en|depuis|entre|dans les années) (?:(?:{_MONTHS}) )?(?:19|20)\d\d\b"
    r"|il y a (?:plusieurs|quelques|\w+) (?:années|décennies|ans)"
    r"|d'ordinaire|depuis des années|par le passé|de longue date|naguère|jadis|autrefois",
    re.I,
)


_INTENT = re.compile(
    r"(?:lettres?|déclarations?) d['’]intention|mémorandum d['’]entente|déclaration similaire|accord de principe"
)


_FUTURE_WORDS = re.compile(
    r"\b(?:prochain|prochaine|prochains|prochaines|bientôt|d'ici|demain|à l'avenir|l'an prochain|ensuite|puis"
    r"|dans les (?:jours|semaines|mois)|avant la fin|au début de l'année)\b",
    re.I,
)


_DENIAL = re.compile(r"\b(?:faux|fausse|démen\w+|nie|nient|nié|réfut\w+|récus\w+|contest\w+|infox|mensong\w+)\b", re.I)


_ASKS_WHO = re.compile(r"(?:^|[:,»] ?)(?:qui|que|quoi|quels?|quelles?|comment|combien|pourquoi|d'où|où)\b", re.I)
"""A question that takes the supply for granted: « Qui arme les rebelles ? »"""


_SOUGHT = frozenset(("obtenir", "se_procurer"))
"""In the bare infinitive still wished for: « une priorité : obtenir des Américains les missiles »."""
_LICENCES = frozenset(("licence", "licences", "autorisation", "autorisations", "permis", "agrément"))
_GRANTED = ("accord", "délivr", "octroy", "obten", "reçu", "valid", "sign")
_PARTED = frozenset(("se_défaire de", "se_dessaisir de", "se_séparer de", "se_délester de", "se_départir de"))


@dataclass(frozen=True, slots=True)
class Reading:
    """A status and why."""

    status: str
    alleged: bool = False
    because: tuple[str, ...] = ()
    """The governing words, in the order in which they were found."""


def read(s: Sentence, t: Trigger, lexicon: Lexicon) -> Reading:
    """The status of this predicate in this sentence."""
    found = _read(s, t, lexicon)
    asks = s.order == 0 and s.text.rstrip().endswith("?") and not _ASKS_WHO.search(s.text)
    if asks and found.status in ("pledged", "delivered"):
        return Reading("negotiated", found.alleged, (*found.because, "?"))  # a title that asks
    return found


def _read(s: Sentence, t: Trigger, lexicon: Lexicon) -> Reading:
    effects = effects_of(s, t, lexicon)
    if any(
        " ".join(s.lower[k : k + 2]) in ("voir si", "savoir si", "demande si", "demandent si", "déterminer si")
        for k in range(max(0, t.first - 8), t.first)
    ):
        return Reading("negotiated", t.conditional, tuple(word for _, word, _ in effects))
    because = tuple(dict.fromkeys(word for _, word, _ in effects))
    found = {effect for effect, _, negated in effects if not negated}
    cancelled = {effect for effect, _, negated in effects if negated}
    alleged = t.conditional or "accused" in found
    base = t.predicate.base
    if t.voice == "noun" and s.deps[t.token].startswith("nsubj") and negation(s, s.heads[t.token]):
        return Reading("halted", alleged, because)
    if base in ("delivered", "pledged") and _licence_stopped(s, t, lexicon):
        return Reading("halted", alleged, (*because, "licence"))
    if base == "halted" and t.voice == "noun" and ("fin" in because or any(w in words.LIFTED for w in s.lower)):
        return Reading("pledged", alleged, because)
    if "encore" in s.lower[t.first : t.token] and t.negated:
        return Reading("none", alleged, because)
    if t.negated and "tant" in s.lower[max(0, t.first - 8) : t.first]:
        return Reading("pledged", alleged, because)
    if _INTENT.search(s.text) and base == "pledged" and t.tense != "pp" and "halted" not in found:
        return Reading("negotiated", alleged, because)
    if "denied" in found or ("accused" not in found and "denied" in cancelled):
        return Reading("denied", True, because)
    asked = s.lower[max(0, t.first - 12) : t.first]
    if "question" in asked and any(w in ("pas", "plus", "hors") for w in asked):
        return Reading("halted", alleged, (*because, "question"))  # « pas question de livrer »
    rather = s.lower[max(0, t.first - 4) : t.first]
    if "plutôt" in rather and any(w in ("que", "qu'") for w in rather):
        return Reading("halted", alleged, (*because, "plutôt"))  # « enterrés plutôt que donnés »
    if base == "intercepted":
        return Reading("halted" if t.negated else "intercepted", alleged, because)
    if base == "halted":
        return Reading("pledged" if t.negated else "halted", alleged, because)
    if t.negated:
        if _none_at_all(s, t) and (t.frame != "move" or "rien" in s.lower or _DENIAL.search(s.text)):
            return Reading("denied", True, because)
        if t.frame == "move" and (t.tense == "fut" or "jamais" in s.lower[t.first : t.token]):
            return Reading("halted", alleged, because)  # « ne prendront pas la route de », « n'est jamais parti »
        if t.predicate.frame in ("move", "lot", "extend"):
            return Reading("none", alleged, because)
        ended = "plus" in s.lower[max(0, t.first - 1) : t.token + 2]
        if t.tense in ("past", "pp") and not ended and not (found & {"pledged", "negotiated", "intended"}):
            return Reading("denied", True, because)
        return Reading("halted", alleged, because)
    if "halted" in found and "requested" in found:
        return Reading("none", alleged, because)  # an appeal to stop
    if "halted" in found:
        return Reading("halted", alleged, because)
    if cancelled & {"pledged", "intended", "negotiated"} and not found - {"announced", "accused"}:
        return Reading("halted", alleged, because)
    if "intercepted" in found and t.voice == "noun" and t.frame in ("give", "lot"):
        return Reading("intercepted", alleged, because)
    if "accused" in found:
        return Reading("delivered", True, because)
    if base == "requested" and "pledged" in found:
        return Reading("pledged", alleged, because)
    if base == "requested":
        return Reading("requested", alleged, because)
    if "requested" in found:
        return Reading("requested", alleged, because)
    if base == "negotiated":
        return Reading("negotiated", alleged, because)
    if "negotiated" in found:
        return Reading("negotiated", alleged, because)
    if "halted" in cancelled:
        ceaseless = any(w.startswith(("cess", "arrêt")) for w in because)
        return Reading("delivered" if ceaseless else "pledged", alleged, because)
    if "intended" in found:
        return Reading("requested" if t.predicate.frame == "receive" else "negotiated", alleged, because)
    first = next((effect for effect, _, negated in effects if not negated and effect in ("delivered", "pledged")), None)
    if first == "delivered" and base == "delivered":
        return Reading("delivered", alleged, because)
    if "pledged" in found:
        if t.frame == "move" and any(w in ("devait", "devaient") for w in because) and _kept_back(s, t, lexicon):
            return Reading("halted", alleged, because)
        if any(w.startswith("apprêt") and w.endswith(("rait", "raient")) for w in because):
            return Reading("negotiated", True, because)  # « s'apprêterait à acheter »: nobody has signed
        return Reading("pledged", alleged, because)
    return Reading(_by_tense(s, t, base, found), alleged, because)


def _by_tense(s: Sentence, t: Trigger, base: str, found: set[str]) -> str:
    if t.voice == "noun" or t.predicate.frame in ("deal",):
        if "announced" in found and base == "delivered":
            return "pledged"
        left = s.lower[max(0, t.first - 12) : t.first]
        if any(w in _LICENCES for w in left) and any(w.startswith(_GRANTED) for w in left):
            return "pledged"  # « une licence a été délivrée pour l'envoi de »
        if (
            base == "delivered"
            and _FUTURE_WORDS.search(s.text)
            and t.predicate.frame in ("give", "move")
            and not _past_governor(s, t)
        ):
            return "pledged"
        if t.predicate.lemma in ("vente", "exportation") and s.lower[t.token].endswith("s") and not found:
            return "delivered"
        return base
    if base == "delivered":
        if t.predicate.lemma == "offrir" and t.tense == "impf":
            return "negotiated"  # « qui offrait des F-16 »: an offer, no gift
        if t.tense == "fut" or (t.tense == "pres" and t.predicate.lemma == "acquérir"):
            return "pledged"
        if t.tense == "cond" and not t.hearsay_past and _later_then(s, t):
            return "pledged"
        if t.tense == "cond" and not t.hearsay_past:
            counted = t.predicate.punctual and any(
                s.pos[k] == "NUM" for k in range(t.token + 1, min(t.token + 4, len(s.pos)))
            )
            return "pledged" if counted or _FUTURE_WORDS.search(s.text) else "delivered"
        if t.tense == "inf" and t.voice == "active" and t.predicate.lemma in _SOUGHT:
            return "requested"
        if t.tense == "inf" or (t.infinitive and t.shared is not None):
            start = t.first if t.shared is None else min(t.first, t.shared)
            before = s.lower[max(0, start - 4) : start]
            return "delivered" if "avant" in before or "après" in before else "pledged"
        if t.tense in ("pres", "subj") and any(
            s.lower[k : k + 2] in (["pour", "que"], ["pour", "qu'"], ["afin", "que"], ["afin", "qu'"])
            for k in range(max(0, t.first - 10), t.first)
        ):
            return "pledged"
        if t.tense == "pres" and _FUTURE_WORDS.search(s.text) and t.predicate.punctual:
            return "pledged"
        return "delivered"
    if t.frame == "make" and "delivered" in found and t.tense == "inf":
        return "delivered"  # « aide Moscou à bâtir une usine »
    if (
        base == "pledged"
        and t.tense in ("past", "pp", "pres", "impf", "cond")
        and t.predicate.frame in ("give", "receive")
    ):
        sold = t.predicate.lemma in ("vendre", "acheter", "acquérir", "racheter") or t.predicate.lemma in _PARTED
        relative = (
            (s.deps[t.token] == "acl:relcl" or relative_pronoun(s, t, ("que", "qu'")) is not None)
            and t.tense not in ("pres", "pp")
        ) or any(w in ("avait", "avaient") for w in s.lower[t.first : t.token])
        relative = relative or (t.predicate.lemma in _PARTED and "était" in s.lower[t.first : t.token])
        if (
            t.tense == "cond"
            and not t.hearsay_past
            and t.predicate.lemma in ("vendre", "acheter")
            and not _FUTURE_WORDS.search(s.text)
        ):
            return "delivered"
        if t.hearsay_past and t.predicate.lemma in ("vendre", "acheter", "acquérir"):
            return "delivered"
        if sold and (
            relative
            or _PAST_YEAR.search(s.text)
            or t.tense == "impf"
            or (t.tense == "pres" and t.predicate.lemma == "vendre")
        ):
            return "delivered"
    return base


def _kept_back(s: Sentence, t: Trigger, lexicon: Lexicon) -> bool:
    """« ne chargeront pas les palettes qui devaient prendre la mer »: the main clause holds back the lot."""
    return any(
        {"charger", "embarquer", "livrer", "expédier", "envoyer"} & set(lexicon.verbs.get(s.lower[k], ()))
        and (negation(s, k) or governor_at(s, s.heads[k], lexicon) == "halted")
        for k in range(t.first)
        if s.pos[k] == "VERB"
    )


def _none_at_all(s: Sentence, t: Trigger) -> bool:
    """« aucun obus n'est parti », « ne procure aucune munition »: a denial of what was said, no refusal."""
    if t.tense not in ("past", "pres", "impf") or "plus" in s.lower[t.first : t.token + 2]:
        return False
    around = s.lower[max(0, t.first - 4) : t.token + 3]
    one = any(
        around[k : k + 2] in (["pas", "un"], ["pas", "une"], ["le", "moindre"], ["la", "moindre"])
        for k in range(len(around))
    )
    return one or any(w in ("aucun", "aucune", "rien", "nul", "nulle") for w in around)


def _later_then(s: Sentence, t: Trigger) -> bool:
    """« a répondu qu'elle livrerait »: the future of a past, not hearsay."""
    head = s.heads[t.token]
    said = s.deps[t.token] == "ccomp" and head < t.first and s.pos[head] == "VERB"
    return said and any(w in words.HAVE for w in s.lower[max(0, head - 3) : head])


def _licence_stopped(s: Sentence, t: Trigger, lexicon: Lexicon) -> bool:
    """« a suspendu huit licences permettant à X d'exporter »: the halt reaches over the licence."""
    for k in range(t.first - 1, max(-1, t.first - 12), -1):
        if s.lower[k] in (";", ":", "."):
            return False
        if s.lower[k] in ("licence", "licences", "autorisation", "autorisations", "permis"):
            return any(
                governor_at(s, j, lexicon) == "halted"
                for j in range(max(0, k - 6), k)
                if s.pos[j] in ("VERB", "NOUN", "ADJ")
            )
    return False


def _past_governor(s: Sentence, t: Trigger) -> bool:
    return any(s.finite[a] and "Past" in s.doc[a].morph.get("Tense", []) for a in s.ancestors(t.token, 2))
