"""The places of a frame: how well an actor or a materiel group fits supplier, recipient or what is supplied.

Belongs here: reading the place of a group relative to a predicate, and its points. Does not belong here: choosing
(`frames`). A place is filled by evidence added up: dependency path, preposition, side and distance, less the clause
marks in between; so a wrong attachment of the parser costs points and not the event.
"""

from __future__ import annotations

from typing import TypeVar

from pipeline.tag import words
from pipeline.tag.groups import Actor, Materials, Sentence
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.triggers import Trigger

Group = TypeVar("Group", Actor, Materials)

_RELATIVE_TO = frozenset(("auquel", "auxquels", "auxquelles", "laquelle"))


def chain_root(groups: list[Group], group: Group) -> Group:
    """The first group of a coordination."""
    while group.chain is not None:
        group = groups[group.chain]
    return group


def chain_of(groups: list[Actor], group: Actor) -> list[Actor]:
    """All groups coordinated with this one, itself included, in order."""
    root = chain_root(groups, group)
    return [g for g in groups if chain_root(groups, g) is root] or [group]


def controller(s: Sentence, t: Trigger, lexicon: Lexicon) -> tuple[int, str] | None:
    """The nearest governing verb that decides whose act an infinitive is, and which of its arguments does it."""
    if t.voice == "noun" or not t.infinitive:
        return None
    for ancestor in [
        *s.ancestors(t.token, 4),
        *(k for k in range(t.first - 1, max(-1, t.first - 11), -1) if verbal(s, k, lexicon)),
    ]:
        if s.lower[ancestor] in ("autorisation", "permission", "droit") and s.pos[s.heads[ancestor]] == "VERB":
            return s.heads[ancestor], "object"  # « a refusé à X l'autorisation de »
        for lemma in lexicon.verbs.get(s.lower[ancestor], {}):
            governor = lexicon.governors.get((lemma, "V"))
            if governor is not None and governor.control == "object" and ancestor < t.token:
                passive = any(s.lower[k] in words.BE for k in range(max(0, ancestor - 4), ancestor))
                return ancestor, "subject" if passive else "object"
    return None


def verbal(s: Sentence, token: int, lexicon: Lexicon) -> bool:
    """A verb, or what the parser took for a noun right after a name: l'Ukraine presse Washington de…"""
    if s.pos[token] == "VERB":
        return True
    before = s.covered.get(token - 1)
    return (
        s.pos[token] in ("NOUN", "PROPN", "ADV", "ADJ")
        and before is not None
        and before.entry.kind == "actor"
        and s.lower[token] in lexicon.verbs
    )


def place(s: Sentence, t: Trigger, actor: Actor, lexicon: Lexicon) -> tuple[str, float]:
    """Which place the grammar gives this actor, and how far up it had to look (0: the parse says so itself)."""
    base = chain_root(s.actors, actor)
    token, head = t.token, base.head
    span = range(base.start, base.end)
    governor, dep = s.heads[head], s.deps[head]
    far = 9.0
    ahead = base.prep in ("à", "en") and base.start <= 2 and s.lower[base.end : base.end + 1] == [","]
    if ahead and base.prep == "à" and base.sort == "person":
        return "à", 0.0  # « À Vladimir Poutine, il demande des missiles »
    if ahead and token > base.end:
        return "other", far  # « À Moscou, on promet… »: where it is said
    if base.prep == "par":
        if governor == token or head in t.domain:
            return "par", 0.0 if governor == token else far
        return ("gpar", 1.0) if governor in s.ancestors(token, 3) else ("par", far)
    if not base.prep:
        if (
            base.start > token
            and base.start - token <= 2
            and t.voice == "active"
            and t.tense != "inf"
            and not any(
                s.deps[c].startswith("nsubj") and c < token and s.lower[c] not in words.CLITICS
                for c in s.children[token]
            )
        ) and relative_pronoun(s, t, ("que", "qu'")) is not None:
            return "subj", 0.0  # « que lui a vendu Moscou »
        if governor in (token, t.shared) and dep.startswith("nsubj"):
            return "subj", 0.0
        if governor == token and dep in ("obj", "iobj"):
            return "obj", 0.0
        if s.deps[token] in ("acl", "amod") and s.heads[token] in span and t.voice == "passive":
            return "subj", 0.0
    if _relative(s, t, span):
        return "subj", 0.0
    whom = relative_pronoun(s, t, ("qui",))
    if whom is not None and s.lower[whom - 1] == "à" and whom - 2 - (s.lower[whom - 2] == ",") in span:
        return "à", 0.0  # « l'armée, à qui ont été remis »
    if (
        s.deps[token] == "acl:relcl"
        and s.heads[token] in span
        and any(s.lower[c] in _RELATIVE_TO for c in s.children[token])
    ):
        return "à", 0.0
    control = controller(s, t, lexicon)
    if control is not None:
        verb, argument = control
        if (
            argument == "object"
            and verb < head < token
            and base.prep in ("", "à", "de", "contre", "par")
            and s.crossings(verb, head) <= 1
        ):
            return "gobj", 0.0
        if argument == "subject" and governor == verb and dep.startswith("nsubj"):
            return "gobj", 0.0
        if governor == verb and dep.startswith("nsubj"):
            return ("gsubj", 1.0) if s.lower[verb].startswith("perm") else ("other", far)
    if not base.prep:
        found = _governing(s, t, base, lexicon)
        if found is not None:
            return found
        if (
            s.pos[governor] == "VERB"
            and governor != token
            and dep in ("obj", "iobj")
            and (t.voice == "noun" or governor not in s.ancestors(token, 5))
            and ":" not in s.lower[governor:head]
        ):
            return "other", far
        return ("before" if base.end <= t.first else "after"), far
    if base.prep == "de":
        held = _held(s, t, governor)
        if held is not None:
            return held
    return base.prep, 0.0 if governor == token else far


_HOLDERS = (
    "plaine", "territoire", "sol", "front", "arsena", "dépôt", "hangar", "entrepôt", "stock", "réserve", "surplus",
    "inventaire", "usine", "atelier", "chantier", "rang", "unité", "brigade", "caserne", "base", "port", "main",
    "parc", "flotte", "escadrille", "soute", "rive", "côte", "garnison", "homme", "soldat", "combattant", "troupe",
)  # fmt: skip
_TO = frozenset(("à", "au", "aux", "vers", "pour", "dans", "chez", "jusqu'à", "jusqu'aux", "jusqu'au"))
_OUT_OF = frozenset(("de", "du", "des", "d'", "depuis", "dans", "sur"))
_TAKEN = ("tir", "retir", "prélev", "puis", "ponctionn", "sort", "extrai", "pris", "issu", "provenan")


def _held(s: Sentence, t: Trigger, noun: int) -> tuple[str, float] | None:
    """The place of who holds a place: « vers les plaines d'Ukraine », « tirés des réserves de l'industrie »."""
    if not s.lower[noun].startswith(_HOLDERS) or s.pos[noun] != "NOUN":
        return None
    case = next((s.lower[c] for c in s.children[noun] if s.deps[c] == "case" and c < noun), "")
    above = s.heads[noun]
    if case in _OUT_OF and s.lower[above].startswith(_TAKEN):
        return "orig", 0.0
    if case in _TO and case != "dans" and above in (t.token, *s.ancestors(t.token, 1)):
        return {"au": "à", "aux": "à"}.get(case, "vers" if case.startswith("jusqu") else case), 0.0
    return None


def _relative(s: Sentence, t: Trigger, span: range) -> bool:
    """Whether a « qui » just after the group is the subject of the predicate."""
    if (
        s.deps[t.token] == "acl:relcl"
        and s.heads[t.token] in span
        and any(s.lower[c] == "qui" for c in s.children[t.token])
    ):
        return True
    who = relative_pronoun(s, t, ("qui",))
    return who is not None and who - 1 - (s.lower[who - 1] == ",") in span


def relative_pronoun(s: Sentence, t: Trigger, which: tuple[str, ...]) -> int | None:
    """The relative pronoun whose clause the predicate heads, by position: no other finite verb between."""
    for k in range(t.first - 1, max(0, t.first - 12), -1):
        if s.lower[k] in which:
            return k
        if (s.finite[k] and k not in s.ancestors(t.token, 3) and s.pos[k] != "AUX") or s.lower[k] in (
            ";",
            ":",
            "qui",
            "que",
            "dont",
        ):
            return None
    return None


def _governing(s: Sentence, t: Trigger, base: Actor, lexicon: Lexicon) -> tuple[str, float] | None:
    """Subject or object of a verb above the predicate."""
    climbing = t.token
    relative = False
    for steps, ancestor in enumerate(s.ancestors(t.token, 5)):
        relation = s.deps[climbing]
        antecedent = relation == "acl:relcl" and ancestor in range(base.start, base.end) and not relative
        if antecedent and any(s.lower[c] == "qui" for c in s.children[climbing]):
            return "gsubj", float(steps)
        if (
            relation in ("ccomp", "parataxis", "acl:relcl", "conj")
            and s.lower[ancestor] in lexicon.speech
            and (t.tense not in ("inf", "") or relation in ("ccomp", "parataxis"))
        ):
            return None
        if relation in ("acl:relcl", "parataxis") or (relation == "ccomp" and t.tense not in ("inf", "presp", "")):
            relative = True
        for child in s.children[ancestor]:
            if child == base.head and s.deps[child].startswith("nsubj"):
                return ("msubj" if relative else "gsubj"), float(steps)
            if (
                child == base.head
                and s.deps[child] in ("obj", "iobj")
                and child < t.token
                and t.tense == "inf"
                and steps == 0
                and relation in ("xcomp", "ccomp")
            ):
                return "gobj", float(steps)
        climbing = ancestor
    return None
