"""How well a materiel group fits as what is supplied, in points.

Belongs here: adding up the evidence for one group and one predicate. Does not belong here: the same for actors
(`fit`), choosing among groups (`frames`).
"""

from __future__ import annotations

from pipeline.tag import words
from pipeline.tag.fit import crossings, nested
from pipeline.tag.groups import Materials, Sentence
from pipeline.tag.places import relative_pronoun
from pipeline.tag.triggers import Trigger


def material_points(s: Sentence, t: Trigger, group: Materials, owners: set[int]) -> float:
    """How well a materiel group fits as what is supplied."""
    token = t.token
    tops = {group.top, group.head}
    distance = min(abs(group.start - token), abs(group.end - 1 - token))
    between = crossings(s, t, group.head)
    points = 0.0
    own = False
    if any(s.heads[k] == token for k in tops):
        points, between, own = 3.5, 0, True
        dep = next(s.deps[k] for k in (group.top, group.head) if s.heads[k] == token)
        partitive = s.lower[group.start - 1] in ("des", "du") if group.start else False
        if (
            group.prep in ("de", "dans", "à", "par", "sur", "avec")
            and not partitive
            and t.voice != "noun"
            and dep.startswith("obl")
            and t.frame not in ("equip", "receive", "request", "extend")
            and " " not in t.predicate.lemma
            and not _worth(s, t, group)
        ):
            points = -2.5  # débarquées d'un navire: the carrier
    elif (
        s.deps[token] in ("acl", "acl:relcl", "amod")
        and (s.heads[token] in tops or group.start <= s.heads[token] < group.end)
    ) or (any(s.heads[k] == t.shared and s.deps[k].startswith("nsubj") for k in tops) and t.shared is not None):
        points, between, own = 3.5, 0, True
    elif group.head in t.domain:
        points, own = 2.0, True
    elif (
        (t.frame == "move" or t.voice == "passive")
        and s.deps[token] == "xcomp"
        and any(s.deps[k].startswith("nsubj") and s.heads[k] == s.heads[token] for k in tops)
    ):
        points, between, own = 3.0, 0, True
    elif (
        t.voice == "noun"
        and s.deps[token] not in ("conj",)
        and any(s.deps[k].startswith("nsubj") and s.heads[k] in s.ancestors(token, 2) for k in tops)
    ):
        points, between, own = 2.8, 0, True
    elif any(s.heads[token] == k for k in tops):
        points, own = 1.5, True
    if group.start <= token < group.end:
        return 5.0
    if own and nested(s, t, group.top, owners):
        points, own = points - 3.0, False
    if not own:
        which = relative_pronoun(s, t, ("que", "qu'") if t.voice == "active" and t.frame != "move" else ("qui",))
        if (
            which is not None
            and which - 8 <= group.end <= which
            and t.voice != "noun"
            and not any(s.pos[k] in ("VERB", "AUX") for k in range(group.end, which))
        ):
            points, between, own = points + 3.5, 0, True
    if points < 3.0 and points > -2.0 and _surface_object(s, t, group):
        points, between, own = max(points, 0.0) + 2.6, 0, True
    if (
        t.voice == "noun"
        and not own
        and group.prep == "de"
        and 3 < group.start - token <= 9
        and not any(s.pos[k] in ("VERB", "AUX") for k in range(token + 1, group.start))
    ):
        points, own = points + 1.6, True
    if t.voice == "noun" and s.heads[group.top] == s.heads[token] and group.start > token and s.heads[token] != token:
        points, own = points + 1.6, True
    if t.voice == "active" and any(s.lower[k] == ":" for k in range(token + 1, group.start)):
        points -= 4.0
    if t.frame in ("extend", "inventory") and group.anaphoric:
        points -= 3.0
    if (
        group.prep == "de"
        and t.voice == "passive"
        and group.end <= t.first
        and group.start > 1
        and s.pos[group.start - 2] == "VERB"
    ):
        points -= 2.5  # « assortis de missiles »
    if group.prep == "copy":
        points -= 5.0
    if t.frame == "equip" and group.prep == "en" and t.voice == "active":
        points += 1.5  # « alimenter en puces les fabricants de drones »
    if t.frame == "equip" and group.prep not in ("de", "en") and not group.chain and (t.voice != "noun"):
        points -= 4.0
    if group.start > token and _own_subject(s, t, tops):
        points -= 3.0
    if t.frame in ("equip", "deprive") and group.end <= t.first:
        points -= 5.0
    if t.predicate.lemma == "signer" and group.end <= token:
        points -= 5.0
    if (
        t.frame in ("give", "stop", "seize", "receive", "request", "destroy")
        and t.voice == "active"
        and any(s.heads[k] == token and s.deps[k] == "nsubj" for k in tops)
        and group.end <= token
    ):
        points -= 6.0
    if (
        t.frame == "move"
        and t.voice == "active"
        and group.start > token
        and not any(s.heads[k] == token and s.deps[k].startswith("nsubj") for k in tops)
    ):
        points -= 4.0
    if (
        t.frame in ("seize", "move", "dest")
        and group.sort == "soft"
        and group.categories in (("naval",), ("aircraft",))
    ):
        points -= 6.0
    if (
        t.voice == "noun"
        and group.start > token
        and group.prep in ("à", "sur", "pour")
        and s.lower[token + 1 : token + 2] != []
        and any(
            w in ("relatif", "relative", "portant", "porte", "portent", "concernant", "visant", "pour")
            for w in s.lower[token + 1 : group.start]
        )
    ):
        points += 3.0
    if t.frame in ("give", "receive", "request", "seize", "destroy", "stop", "lot") and group.start > token:
        points += 1.0
    if t.voice == "passive" and group.end <= t.first:
        points += 1.0
    if t.frame == "move" and t.voice != "noun" and group.end <= t.first:
        points += 1.5
    if t.voice == "noun" and group.start - token in (2, 3) and s.lower[token + 1] in ("de", "d'", "des", "du"):
        points += 2.0
    if group.prep in ("contre", "avec", "sur", "après", "sous") and points < 3:
        points -= 2.0
    if group.prep in ("pour", "par") and t.frame not in ("talk", "deal", "receive", "request"):
        points -= 1.0
    if not own and _owned_by_other(s, t, group, owners):
        points -= 2.5
    if group.sort == "soft" or group.anaphoric:
        points -= 0.4
    if group.prep in ("de", "dans", "orig") and s.lower[group.head] in words.STORES:
        points -= 3.0  # « une cartouche des arsenaux vénézuéliens »: where it lies
    return points - 0.07 * distance - 1.0 * between


def _own_subject(s: Sentence, t: Trigger, tops: set[int]) -> bool:
    """Whether a passive has a subject that is something else: « aucun détail n'a été donné sur le matériel »."""
    if t.voice != "passive" or t.frame in ("equip", "deprive", "dest"):
        return False
    subjects = [c for c in s.children[t.token] if s.deps[c].startswith("nsubj")]
    return any(
        c not in tops
        and s.pos[c] == "NOUN"
        and s.lower[c] not in words.PARTITIVES
        and not any(m.start <= c < m.end for m in s.materials)
        for c in subjects
    )


def _surface_object(s: Sentence, t: Trigger, group: Materials) -> bool:
    """Whether position alone makes the group the object of an active verb, or the subject of a passive one."""
    if t.voice == "active" and t.frame in (
        "give",
        "receive",
        "request",
        "stop",
        "seize",
        "make",
        "extend",
        "inventory",
    ):
        if group.start <= t.token or not (group.prep == "" or s.lower[group.start - 1] in ("des", "du", "d'", "de")):
            return False
        if group.prep not in ("", "de"):
            return False
        between = range(t.token + 1, group.start)
        if _worth(s, t, group):
            return True
        if any(
            s.pos[k] == "VERB" or s.lower[k] in (":", ";", "«", "contre", "pour", "afin", "que", "qu'", "qui")
            for k in between
        ):
            return False
        first = next((k for k in between if s.pos[k] in ("NOUN", "PROPN") and k not in s.covered), None)
        return (
            first is None
            or s.lower[group.start - 1] != "de"
            or s.lower[first] in words.PARTITIVES
            or s.pos[first] == "NUM"
        )
    if t.frame in ("equip", "deprive") and group.start > t.token and group.prep in ("en", "de"):
        return not any(
            s.pos[k] == "VERB" or s.lower[k] in (":", ";", "qui", "que") for k in range(t.token + 1, group.start)
        )
    if " " in t.predicate.lemma and t.voice == "active" and group.start > t.token and group.prep == "de":
        return not any(
            s.pos[k] == "VERB" or s.lower[k] in (":", ";", "qui", "que") for k in range(t.token + 1, group.start)
        )
    if t.voice == "passive" and group.end <= t.first and group.prep in ("", "de", "made"):
        return not any(
            s.finite[k] and s.pos[k] == "VERB" and k not in s.ancestors(t.token, 2) for k in range(group.end, t.first)
        ) and not any(s.lower[k] in (":", ";", "«", "qui", "que") for k in range(group.end, t.first))
    return False


def _worth(s: Sentence, t: Trigger, group: Materials) -> bool:
    """« écoulé pour 42 millions d'euros d'obus », « donner pour 200 millions de dollars d'équipements »."""
    before = s.lower[max(t.token + 1, group.start - 4) : group.start]
    money = any(w in words.CURRENCIES for w in before)
    return money and "pour" in s.lower[t.token + 1 : group.start] and group.start - t.token <= 16


def _owned_by_other(s: Sentence, t: Trigger, group: Materials, owners: set[int]) -> bool:
    """Whether the materiel belongs to another verb or predicate: abattre des drones, visé par un missile."""
    above = s.ancestors(t.token, 4)
    for ancestor in s.ancestors(group.top, 5):
        if ancestor == t.token:
            return False
        if s.pos[ancestor] == "VERB" or ancestor in owners:
            return ancestor not in above
    return False
