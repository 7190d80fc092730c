"""How well an actor or a materiel group fits a place, in points.

Belongs here: adding up the evidence for one group and one predicate: dependency path, preposition, side and distance,
less the clause marks in between; so a wrong attachment of the parser costs points and not the event. Does not belong
here: which place the grammar gives (`places`), choosing among groups (`frames`).
"""

from __future__ import annotations

from pipeline.tag import words
from pipeline.tag.groups import Actor, Materials, Sentence
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.places import place, relative_pronoun
from pipeline.tag.triggers import Trigger

_STANDING = {"firm": (1.2, -2.5), "group": (-0.5, 0.6)}


def _awaits(s: Sentence, t: Trigger, lexicon: Lexicon) -> bool:
    """Whether the verb above is what a recipient does: attend la livraison de, réclame l'envoi de."""
    return any(
        words.AWAITS & set(lexicon.verbs.get(s.lower[a], ()))
        or s.lower[a].startswith(("attend", "fêt", "salu", "remerci", "esp"))
        for a in s.ancestors(t.token, 2)
    )


def _pays(s: Sentence, t: Trigger) -> bool:
    """Whether the verb above pays for what another gets."""
    return any(s.lower[a].startswith(("financ", "pay", "pai")) for a in s.ancestors(t.token, 2))


def _nested(s: Sentence, t: Trigger, token: int, owners: set[int]) -> bool:
    """Whether a predicate inside this one's domain is nearer: la livraison de Su-35 commandés à la Russie."""
    nearest = next((a for a in s.ancestors(token, 6) if a in owners or a == t.token), None)
    return nearest is not None and nearest != t.token and t.token in s.ancestors(nearest, 6)


def fits(s: Sentence, t: Trigger, actor: Actor, lexicon: Lexicon, owners: set[int]) -> tuple[float, float]:
    """Points of this actor as supplier and as recipient of this predicate."""
    if actor.sort == "body":
        return 0.0, 0.0
    name, steps = place(s, t, actor, lexicon)
    table = lexicon.places.get(t.places, {})
    if name == "subj" and name not in table and actor.prep:
        name, steps = actor.prep, 9.0  # a relative clause that is about something else
    supplier, recipient = table.get(name, (0.0, 0.0))
    if name == "gsubj" and t.frame in ("give", "lot", "move") and t.voice == "noun" and _awaits(s, t, lexicon):
        supplier, recipient = 0.0, 3.2
    if name == "de" and t.predicate.lemma.endswith(("prendre chemin", "prendre route", "prendre direction")):
        supplier, recipient = 0.0, 4.0
    if t.frame == "move" and t.voice == "active" and name == "par":
        return 0.0, 0.0  # « arrivées par l'Iran »: the way
    if name == "avec" and t.frame == "give" and t.voice == "noun" and s.heads[actor.head] in s.ancestors(t.token, 2):
        supplier, recipient = 0.0, 3.5  # « a conclu avec X la fourniture de »
    if t.predicate.lemma == "quitter" and name in ("obj", "after"):
        supplier, recipient = 4.0, 0.0
    if (
        (actor.sort == "firm" or actor.description == "firm")
        and t.frame == "receive"
        and t.voice == "noun"
        and name in ("gsubj", "before", "gpar")
    ):
        supplier, recipient = 3.5, 0.0
    if t.frame == "dest" and t.voice == "passive" and name in ("subj", "gsubj", "before"):
        return 0.0, 0.0  # « ils étaient destinés à X »: the subject is the materiel
    if t.frame == "receive" and t.voice == "noun" and name == "gsubj" and _pays(s, t):
        supplier, recipient = 4.0, 0.0  # « a financé l'achat de M pour Y »
    if not supplier and not recipient:
        return 0.0, 0.0
    direct = steps < 9
    firm = actor.sort == "firm" or actor.description == "firm"
    distance = min(abs(actor.start - t.token), abs(actor.end - 1 - t.token))
    inside = actor.head in t.domain
    bonus = (1.0 - 0.6 * steps if direct else -1.1 * _crossings(s, t, actor.head)) + 0.8 * inside - 0.06 * distance
    if name == "à" and t.predicate.lemma in ("réceptionner", "recevoir", "accueillir") and t.voice == "passive":
        supplier, recipient = 0.0, 3.0
    if name == "à" and t.voice == "noun" and recipient and not inside:
        asked = s.heads[actor.head]
        if asked in s.ancestors(t.token, 3) and any(
            lexicon.governors.get((m, "V")) is not None and lexicon.governors[(m, "V")].control == "object"
            for m in lexicon.verbs.get(s.lower[asked], ())
        ):
            supplier, recipient = 4.0, 0.0  # « demande à X d'accélérer les livraisons »
    if t.predicate.lemma == "importer" and name in ("en", "dans", "vers"):
        supplier, recipient = 0.0, 3.5
    if name == "dans" and t.predicate.lemma == "débarquer":
        recipient += 3.0
    elif actor.weak:
        bonus -= 1.6
    ahead = not direct and actor.end <= t.first
    if ahead and name in ("à", "en", "vers", "pour", "dest", "dans") and t.voice != "passive":
        bonus -= 0.8
    if ahead and name == "à" and t.places == "receive/passive":
        bonus -= 3.0  # « présenté au pays les avions…, achetés »
    if name == "de" and not inside:
        bonus -= 1.0
    if _nested(s, t, actor.head, owners):
        bonus -= 3.4
    elif (
        actor.prep
        and s.heads[actor.head] in owners
        and s.heads[actor.head] != t.token
        and s.heads[actor.head] not in s.ancestors(t.token, 3)
    ):
        bonus -= 4.0 if actor.prep == "par" else 2.5
    extra = _STANDING.get("firm" if firm else actor.sort, (0.0, 0.0))
    return (supplier + bonus + extra[0] if supplier else 0.0), (recipient + bonus + extra[1] if recipient else 0.0)


def material_points(s: Sentence, t: Trigger, group: Materials, owners: set[int]) -> float:
    """How well a materiel group fits as what is supplied."""
    token = t.token
    tops = {group.top, group.head}
    distance = min(abs(group.start - token), abs(group.end - 1 - token))
    crossings = _crossings(s, t, group.head)
    points = 0.0
    own = False
    if any(s.heads[k] == token for k in tops):
        points, crossings, own = 3.5, 0, True
        dep = next(s.deps[k] for k in (group.top, group.head) if s.heads[k] == token)
        partitive = s.lower[group.start - 1] in ("des", "du") if group.start else False
        if (
            group.prep in ("de", "dans", "à", "par", "sur", "avec")
            and not partitive
            and t.voice != "noun"
            and dep.startswith("obl")
            and t.frame not in ("equip", "receive", "request", "extend")
            and " " not in t.predicate.lemma
        ):
            points = -2.5  # débarquées d'un navire: the carrier
    elif (
        s.deps[token] in ("acl", "acl:relcl", "amod")
        and (s.heads[token] in tops or group.start <= s.heads[token] < group.end)
    ) or (any(s.heads[k] == t.shared and s.deps[k].startswith("nsubj") for k in tops) and t.shared is not None):
        points, crossings, own = 3.5, 0, True
    elif group.head in t.domain:
        points, own = 2.0, True
    elif (
        (t.frame == "move" or t.voice == "passive")
        and s.deps[token] == "xcomp"
        and any(s.deps[k].startswith("nsubj") and s.heads[k] == s.heads[token] for k in tops)
    ):
        points, crossings, own = 3.0, 0, True
    elif (
        t.voice == "noun"
        and s.deps[token] not in ("conj",)
        and any(s.deps[k].startswith("nsubj") and s.heads[k] in s.ancestors(token, 2) for k in tops)
    ):
        points, crossings, own = 2.8, 0, True
    elif any(s.heads[token] == k for k in tops):
        points, own = 1.5, True
    if group.start <= token < group.end:
        return 5.0
    if own and _nested(s, t, group.top, owners):
        points, own = points - 3.0, False
    if not own:
        which = relative_pronoun(s, t, ("que", "qu'") if t.voice == "active" and t.frame != "move" else ("qui",))
        if (
            which is not None
            and which - 8 <= group.end <= which
            and t.voice != "noun"
            and not any(s.pos[k] in ("VERB", "AUX") for k in range(group.end, which))
        ):
            points, crossings, own = points + 3.5, 0, True
    if points < 3.0 and points > -2.0 and _surface_object(s, t, group):
        points, crossings, own = max(points, 0.0) + 2.6, 0, True
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
    return points - 0.07 * distance - 1.0 * crossings


def _crossings(s: Sentence, t: Trigger, token: int) -> int:
    """Clause marks between, the predicate's own modals and governors left out."""
    low, high = min(token, t.token), max(token, t.token)
    own = sum(
        1
        for a in s.ancestors(t.token, 3)
        if low < a < high and s.finite[a] and s.deps[t.token] in ("xcomp", "ccomp", "obj", "obl:arg", "obl:mod")
    )
    return max(0, s.crossings(token, t.token) - own)


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


def _owned_by_other(s: Sentence, t: Trigger, group: Materials, owners: set[int]) -> bool:
    """Whether the materiel belongs to another verb or predicate: abattre des drones, visé par un missile."""
    above = s.ancestors(t.token, 4)
    for ancestor in s.ancestors(group.top, 5):
        if ancestor == t.token:
            return False
        if s.pos[ancestor] == "VERB" or ancestor in owners:
            return ancestor not in above
    return False
