"""The places of a frame: how well an actor or a materiel group fits supplier, recipient or what is supplied.

Belongs here: reading the place of a group relative to a predicate, and its points. Does not belong here: choosing
(`frames`). A place is filled by evidence added up: dependency path, preposition, side and distance, less the clause
marks in between; so a wrong attachment of the parser costs points and not the event.
"""

from __future__ import annotations

from pipeline.tag.lexicon import Lexicon
from pipeline.tag.sentence import PARTITIVES, Actor, Materials, Sentence
from pipeline.tag.triggers import BE, Trigger

_STANDING = {"firm": (1.2, -2.5), "group": (-0.5, 0.6)}
_RELATIVE_TO = frozenset(("auquel", "auxquels", "auxquelles", "laquelle"))


def chain_root(groups: list[Actor], group: Actor) -> Actor:
    """The first group of a coordination."""
    while group.chain is not None:
        group = groups[group.chain]
    return group


def chain_of(groups: list[Actor], group: Actor) -> list[Actor]:
    """All groups coordinated with this one, itself included, in order."""
    root = chain_root(groups, group)
    return [g for g in groups if chain_root(groups, g) is root]


def controller(s: Sentence, t: Trigger, lexicon: Lexicon) -> tuple[int, str] | None:
    """The nearest governing verb that decides whose act an infinitive is, and which of its arguments does it."""
    if t.voice == "noun" or not t.infinitive:
        return None
    for ancestor in [*s.ancestors(t.token, 2), *(k for k in range(t.first - 1, max(-1, t.first - 8), -1) if verbal(s, k, lexicon))]:
        for lemma in lexicon.verbs.get(s.lower[ancestor], {}):
            governor = lexicon.governors.get((lemma, "V"))
            if governor is not None and governor.control == "object" and ancestor < t.token:
                passive = any(s.lower[k] in BE for k in range(max(0, ancestor - 4), ancestor))
                return ancestor, "subject" if passive else "object"
    return None


def verbal(s: Sentence, token: int, lexicon: Lexicon) -> bool:
    """A verb, or what the parser took for a noun right after a name: l'Ukraine presse Washington de…"""
    if s.pos[token] == "VERB":
        return True
    before = s.covered.get(token - 1)
    return s.pos[token] in ("NOUN", "PROPN", "ADV", "ADJ") and before is not None and before.entry.kind == "actor" and s.lower[token] in lexicon.verbs


def place(s: Sentence, t: Trigger, actor: Actor, lexicon: Lexicon) -> tuple[str, float]:
    """Which place the grammar gives this actor, and how far up it had to look (0: the parse says so itself)."""
    base = chain_root(s.actors, actor)
    token, head = t.token, base.head
    span = range(base.start, base.end)
    governor, dep = s.heads[head], s.deps[head]
    far = 9.0
    if base.prep in ("à", "en") and base.start <= 2 and s.lower[base.end : base.end + 1] == [","] and token > base.end:
        return "other", far  # « À Moscou, on promet… »: where it is said
    if base.prep == "par":
        if governor == token or head in t.domain:
            return "par", 0.0 if governor == token else far
        return ("gpar", 1.0) if governor in s.ancestors(token, 3) else ("par", far)
    if not base.prep:
        if base.start > token and base.start - token <= 2 and t.voice == "active" and not any(s.deps[c].startswith("nsubj") and c < token for c in s.children[token]):
            if relative_pronoun(s, t, ("que", "qu'")) is not None:
                return "subj", 0.0  # « que lui a vendu Moscou »
        if governor in (token, t.shared) and dep.startswith("nsubj"):
            return "subj", 0.0
        if governor == token and dep in ("obj", "iobj"):
            return "obj", 0.0
        if s.deps[token] in ("acl", "amod") and s.heads[token] in span and t.voice == "passive":
            return "subj", 0.0
    if _relative(s, t, span):
        return "subj", 0.0
    if s.deps[token] == "acl:relcl" and s.heads[token] in span and any(s.lower[c] in _RELATIVE_TO for c in s.children[token]):
        return "à", 0.0
    control = controller(s, t, lexicon)
    if control is not None:
        verb, argument = control
        if argument == "object" and verb < head < token and base.prep in ("", "à", "de", "contre", "par") and s.crossings(verb, head) <= 1:
            return "gobj", 0.0
        if argument == "subject" and governor == verb and dep.startswith("nsubj"):
            return "gobj", 0.0
        if governor == verb and dep.startswith("nsubj"):
            return ("gsubj", 1.0) if s.lower[verb].startswith("perm") else ("other", far)
    if not base.prep:
        found = _governing(s, t, base, lexicon)
        if found is not None:
            return found
        if s.pos[governor] == "VERB" and governor != token and dep in ("obj", "iobj") and (t.voice == "noun" or governor not in s.ancestors(token, 5)):
            return "other", far
        return ("before" if base.end <= t.first else "after"), far
    return base.prep, 0.0 if governor == token else far


def _relative(s: Sentence, t: Trigger, span: range) -> bool:
    """Whether a « qui » just after the group is the subject of the predicate."""
    if s.deps[t.token] == "acl:relcl" and s.heads[t.token] in span and any(s.lower[c] == "qui" for c in s.children[t.token]):
        return True
    who = relative_pronoun(s, t, ("qui",))
    return who is not None and who - 1 - (s.lower[who - 1] == ",") in span


def relative_pronoun(s: Sentence, t: Trigger, which: tuple[str, ...]) -> int | None:
    """The relative pronoun whose clause the predicate heads, by position: no other finite verb between."""
    for k in range(t.first - 1, max(0, t.first - 12), -1):
        if s.lower[k] in which:
            return k
        if (s.finite[k] and k not in s.ancestors(t.token, 3) and s.pos[k] != "AUX") or s.lower[k] in (";", ":", "qui", "que", "dont"):
            return None
    return None


def _governing(s: Sentence, t: Trigger, base: Actor, lexicon: Lexicon) -> tuple[str, float] | None:
    """Subject or object of a verb above the predicate."""
    climbing = t.token
    steps = 0
    relative = False
    for ancestor in s.ancestors(t.token, 5):
        relation = s.deps[climbing]
        if relation == "acl:relcl" and ancestor in range(base.start, base.end) and not relative:
            if any(s.lower[c] == "qui" for c in s.children[climbing]):
                return "gsubj", float(steps)
        if relation in ("ccomp", "parataxis", "acl:relcl", "conj") and s.lower[ancestor] in lexicon.speech and (t.tense not in ("inf", "") or relation in ("ccomp", "parataxis")):
            return None
        if relation in ("acl:relcl", "parataxis") or (relation == "ccomp" and t.tense not in ("inf", "presp", "")):
            relative = True
        for child in s.children[ancestor]:
            if child == base.head and s.deps[child].startswith("nsubj"):
                return ("msubj" if relative else "gsubj"), float(steps)
            if child == base.head and s.deps[child] in ("obj", "iobj") and t.tense == "inf" and steps == 0 and relation in ("xcomp", "ccomp"):
                return "gobj", float(steps)
        climbing = ancestor
        steps += 1
    return None


_AWAITS = frozenset("attendre espérer obtenir saluer remercier recevoir réclamer demander solliciter exiger souhaiter accueillir fêter négocier".split())


def _awaits(s: Sentence, t: Trigger, lexicon: Lexicon) -> bool:
    """Whether the verb above is what a recipient does: attend la livraison de, réclame l'envoi de."""
    return any(_AWAITS & set(lexicon.verbs.get(s.lower[a], ())) or s.lower[a].startswith(("attend", "fêt", "salu", "remerci", "esp")) for a in s.ancestors(t.token, 2))


def _nested(s: Sentence, t: Trigger, token: int, owners: set[int]) -> bool:
    """Whether a predicate inside this one's domain is nearer: la livraison de Su-35 commandés à la Russie."""
    nearest = next((a for a in s.ancestors(token, 6) if a in owners or a == t.token), None)
    return nearest is not None and nearest != t.token and t.token in s.ancestors(nearest, 6)


def fits(s: Sentence, t: Trigger, actor: Actor, lexicon: Lexicon, owners: set[int]) -> tuple[float, float]:
    """Points of this actor as supplier and as recipient of this predicate."""
    if actor.sort == "body":
        return 0.0, 0.0
    name, steps = place(s, t, actor, lexicon)
    supplier, recipient = lexicon.places.get(t.places, {}).get(name, (0.0, 0.0))
    if name == "gsubj" and t.frame in ("give", "lot", "move") and t.voice == "noun" and _awaits(s, t, lexicon):
        supplier, recipient = 0.0, 3.2
    if name == "de" and t.predicate.lemma in ("prendre chemin", "prendre route", "prendre direction"):
        supplier, recipient = 0.0, 4.0
    if t.predicate.lemma == "quitter" and name in ("obj", "after"):
        supplier, recipient = 4.0, 0.0
    if (actor.sort == "firm" or actor.description == "firm") and t.frame == "receive" and t.voice == "noun" and name in ("gsubj", "before", "gpar"):
        supplier, recipient = 3.5, 0.0
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
        if asked in s.ancestors(t.token, 3) and any(lexicon.governors.get((m, "V")) is not None and lexicon.governors[(m, "V")].control == "object" for m in lexicon.verbs.get(s.lower[asked], ())):
            supplier, recipient = 4.0, 0.0  # « demande à X d'accélérer les livraisons »
    if name == "dans" and t.predicate.lemma == "débarquer":
        recipient += 3.0
    elif actor.weak:
        bonus -= 1.6
    if not direct and name in ("à", "en", "vers", "pour", "dest", "dans") and actor.end <= t.first and t.voice != "passive":
        bonus -= 0.8
    if name == "de" and not inside:
        bonus -= 1.0
    if _nested(s, t, actor.head, owners):
        bonus -= 2.2
    elif actor.prep and s.heads[actor.head] in owners and s.heads[actor.head] != t.token and s.heads[actor.head] not in s.ancestors(t.token, 3):
        bonus -= 2.5
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
        if group.prep in ("de", "dans", "à", "par", "sur", "avec") and not partitive and t.voice != "noun" and dep.startswith("obl") and t.frame not in ("equip", "receive", "request", "extend") and " " not in t.predicate.lemma:
            points = -2.5  # débarquées d'un navire: the carrier
    elif s.deps[token] in ("acl", "acl:relcl", "amod") and (s.heads[token] in tops or group.start <= s.heads[token] < group.end):
        points, crossings, own = 3.5, 0, True
    elif any(s.heads[k] == t.shared and s.deps[k].startswith("nsubj") for k in tops) and t.shared is not None:
        points, crossings, own = 3.5, 0, True
    elif group.head in t.domain:
        points, own = 2.0, True
    elif (t.frame == "move" or t.voice == "passive") and s.deps[token] == "xcomp" and any(s.deps[k].startswith("nsubj") and s.heads[k] == s.heads[token] for k in tops):
        points, crossings, own = 3.0, 0, True
    elif t.voice == "noun" and s.deps[token] not in ("conj",) and any(s.deps[k].startswith("nsubj") and s.heads[k] in s.ancestors(token, 2) for k in tops):
        points, crossings, own = 2.8, 0, True
    elif any(s.heads[token] == k for k in tops):
        points, own = 1.5, True
    if group.start <= token < group.end:
        return 5.0
    if own and _nested(s, t, group.top, owners):
        points, own = points - 3.0, False
    if not own:
        which = relative_pronoun(s, t, ("que", "qu'") if t.voice == "active" and t.frame != "move" else ("qui",))
        if which is not None and which - 8 <= group.end <= which and t.voice != "noun" and not any(s.pos[k] in ("VERB", "AUX") for k in range(group.end, which)):
            points, crossings, own = points + 3.5, 0, True
    if points < 3.0 and points > -2.0 and _surface_object(s, t, group):
        points, crossings, own = max(points, 0.0) + 2.6, 0, True
    if t.voice == "noun" and not own and group.prep == "de" and 3 < group.start - token <= 9 and not any(s.pos[k] in ("VERB", "AUX") for k in range(token + 1, group.start)):
        points, own = points + 1.6, True
    if t.voice == "noun" and s.heads[group.top] == s.heads[token] and group.start > token and s.heads[token] != token:
        points, own = points + 1.6, True
    if t.voice == "active" and any(s.lower[k] == ":" for k in range(token + 1, group.start)):
        points -= 4.0
    if t.frame in ("extend", "inventory") and group.anaphoric:
        points -= 3.0
    if group.prep == "de" and t.voice == "passive" and group.end <= t.first and group.start > 1 and s.pos[group.start - 2] == "VERB":
        points -= 2.5  # « assortis de missiles »
    if group.prep == "copy":
        points -= 5.0
    if t.frame == "equip" and group.prep not in ("de", "en") and not group.chain and (t.voice != "noun"):
        points -= 4.0
    if t.frame == "give" and t.voice == "active" and any(s.heads[k] == token and s.deps[k] == "nsubj" for k in tops) and group.end <= token:
        points -= 6.0
    if t.frame == "move" and t.voice == "active" and group.start > token and not any(s.heads[k] == token and s.deps[k].startswith("nsubj") for k in tops):
        points -= 4.0
    if t.frame in ("seize", "move", "dest") and group.sort == "soft" and group.categories == ("naval",):
        points -= 6.0
    if t.voice == "noun" and group.start > token and group.prep in ("à", "sur", "pour") and s.lower[token + 1 : token + 2] != [] and any(w in ("relatif", "relative", "portant", "porte", "portent", "concernant", "visant", "pour") for w in s.lower[token + 1 : group.start]):
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
    return points - 0.07 * distance - 1.0 * crossings


def _crossings(s: Sentence, t: Trigger, token: int) -> int:
    """Clause marks between, the predicate's own modals and governors left out."""
    low, high = min(token, t.token), max(token, t.token)
    own = sum(1 for a in s.ancestors(t.token, 3) if low < a < high and s.finite[a] and s.deps[t.token] in ("xcomp", "ccomp", "obj"))
    return max(0, s.crossings(token, t.token) - own)


def _surface_object(s: Sentence, t: Trigger, group: Materials) -> bool:
    """Whether position alone makes the group the object of an active verb, or the subject of a passive one."""
    if t.voice == "active" and t.frame in ("give", "receive", "request", "stop", "seize", "make", "extend", "inventory"):
        if group.start <= t.token or not (group.prep == "" or s.lower[group.start - 1] in ("des", "du", "d'", "de")):
            return False
        if group.prep not in ("", "de"):
            return False
        between = range(t.token + 1, group.start)
        if any(s.pos[k] == "VERB" or s.lower[k] in (":", ";", "«", "contre", "pour", "afin", "que", "qu'", "qui") for k in between):
            return False
        first = next((k for k in between if s.pos[k] in ("NOUN", "PROPN") and k not in s.covered), None)
        return first is None or s.lower[group.start - 1] != "de" or s.lower[first] in PARTITIVES or s.pos[first] == "NUM"
    if t.frame in ("equip", "deprive") and group.start > t.token and group.prep in ("en", "de"):
        return not any(s.pos[k] == "VERB" or s.lower[k] in (":", ";", "qui", "que") for k in range(t.token + 1, group.start))
    if " " in t.predicate.lemma and t.voice == "active" and group.start > t.token and group.prep == "de":
        return not any(s.pos[k] == "VERB" or s.lower[k] in (":", ";", "qui", "que") for k in range(t.token + 1, group.start))
    if t.voice == "passive" and group.end <= t.first and group.prep in ("", "de", "made"):
        return not any(s.finite[k] and s.pos[k] == "VERB" and k not in s.ancestors(t.token, 2) for k in range(group.end, t.first)) and not any(
            s.lower[k] in (":", ";", "«", "qui", "que") for k in range(group.end, t.first)
        )
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
