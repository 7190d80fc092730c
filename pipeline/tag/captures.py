"""What a story says was taken or lost on its way, read over neighbouring sentences.

Belongs here: sentences that tell a capture or the loss of a carrier, and whom the sentences around say it was for.
Does not belong here: drafts that a seizing predicate makes by itself (`seizures`).
"""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.tag.drafts import VAGUE, Draft
from pipeline.tag.focus import Focus
from pipeline.tag.folding import fold
from pipeline.tag.frames import Candidate
from pipeline.tag.groups import Materials, Sentence
from pipeline.tag.parties import named_ids
from pipeline.tag.status import Reading

_TAKEN = re.compile(
    r"\bsaisi(?:e|s|es|r|t|ssent|rent|ssait|ssant)?\b"
    r"(?! (?:par (?:la|le|l'|une?) (?:ligue|ong|association|opposition)\b"
    r"|le (?:tribunal|conseil)\b|la (?:justice|cour)\b))|\barraison|\bconfisqu|\bintercept[eai]|\bcaptur[ea]"
    r"|\bcoup de filet|\bmis(?:e|es)? sous (?:scelles|sequestre|main de justice)"
    r"|\b(?:mis|mettre|met|mettent|mirent|fait) (?:la )?main (?:sur|basse)"
)
_FOUND = re.compile(
    r"\b(?:a|ont|avait|avaient|avoir|ete) (?:\w+ ){0,2}trouve(?!\w* preneur)|\btrouvee?s? a bord|\bdecouver"
    r"|\bimmobilis|\bstopp"
    r"|\bprises?\b|\bretenue?s?\b.{0,40}\bdouan|\bdeniche|\bdebusqu|\bderout|\btomb\w+ (?:sur|dessus)|\bexhum"
    r"|\bmis(?:e|es)? au jour"
    r"|\bn'(?:est|ira|iront|a)\b.{0,30}\bplus loin|\bn'a pas depasse"
)
"""Taken only where the sentence also names what carries, or the customs."""
_CARRIER = re.compile(
    r"\b(?:navires?|bateaux?|boutres?|cargos?|vraquiers?|voiliers?|chalutiers?|petroliers?|porte-conteneurs"
    r"|embarcations?"
    r"|pirogues?|felouques?|camions?|semi-remorques?|remorques?|fourgons?|wagons?|trains?|conteneurs?"
    r"|caisses?|palettes?"
    r"|colis|valises?|bagages?|soutes?|cales?|convois?|caravanes?|cargaisons?|chargements?|avions?-cargos?|douan\w+"
    r"|garde-cotes?|poste-frontiere|aeroport|double fond|equipage|abordage|pavillon|filiere|contrebande|trafiqua\w+"
    r"|passeurs?|port de)\b"
)
_LOST = re.compile(
    r"\bfrapp(?:e|ee|es|ees)\b|\bdetruits?\b|\bdetruites?\b|\baneanti|\bpulverise|\ben cendres|\ben fumee|\bpar le fond"
    r"|\bcoulee?s?\b|\bbrulee?s?\b|\bincendiee?s?\b|\bbombardee?s?\b|\babattus?\b|\babattue?s?\b|\brasee?s?\b"
    r"|\bvolatilise|\beventre"
)
_WAY = re.compile(
    r"\b(?:cargos?|convois?|cargaisons?|chargements?|livraisons?|conteneurs?|caisses?|navires? marchands?"
    r"|trains?|wagons?"
    r"|avions?-cargos?|avions? de transport|camions?|caravanes?|a quai|(?:dans|sur) (?:le|un) port|gare|terminal"
    r"|entrepots?|depots?|hangars?|iliouchine|il-76|antonov|arrivages?|envois?|expeditions?)\b"
)
"""What is on its way: a strike on anything else is war."""
_HELD = re.compile(
    r"\ba (?:son |leur )?bord\b|\brenferm|\bconten[au]|\bcontien|\bcales?\b|\bsoutes?\b|\bsous des\b|\bs'entass"
    r"|\bdissimul|\bcache|\btransport|\bparmi\b"
)
_COVER = re.compile(r"\bsur le papier|\bofficiellement|\ben apparence|\bpour la galerie|\bsoi-disant|\bpretend")
"""A destination that is only declared."""
_AGAIN = re.compile(r"\b(?:les |l'|en )(?:a|ont|avait|avaient)\b")
"""What was taken has been named before."""
_HIDDEN = re.compile(
    r"\b(?:destinataires?|destination|acheteurs?|receptionnaires?)\b.{0,40}"
    r"(?:\bpas\b|\binconnu|\bignor|\bmystere|\banonyme|\breste a\b|\btaire\b)"
)
_HABIT = re.compile(
    r"\bplusieurs reprises|\bregulierement|\bsouvent\b|\bchaque (?:mois|semaine|annee)|\bfrequemment|\bmultipli"
)
"""What happens again and again is no event."""
_OWED = frozenset(
    (
        "devait",
        "devaient",
        "dû",
        "devant",
        "attendu",
        "attendue",
        "attendus",
        "attendues",
        "destiné",
        "destinés",
        "destinée",
    )
)
_MEANT = frozenset(("dest", "move", "give", "lot", "receive", "equip"))
_SURE = 4.0
"""Points of a supplier that a place of departure does not overrule."""
_REACH = (0, 1, -1, 2, -2)
"""Sentences around the capture, nearest first."""
_FLYING = frozenset(("aircraft", "drones", "missiles", "air-defence", "artillery"))

Found = list[tuple[Candidate, Reading]]


def captures(focus: Focus, made: list[Draft], found: Found) -> list[Draft]:
    """Drafts with what was taken told as taken: whom it was meant for may stand a sentence before or after."""
    near = {s.order: s for s in focus.sentences if s.order > 0}
    for s in sorted(near.values(), key=lambda one: one.order):
        kind = told(s)
        if kind is None:
            continue
        around = [near[s.order + step] for step in _REACH if s.order + step in near]
        cargo = _cargo(focus, s, near)
        meant = next((d for one in around for d in made if d.candidate.sentence is one and _on_its_way(d, s)), None)
        if meant is None:
            draft = _new(focus, s, around, cargo, made, found)
            if draft is not None and not _known(draft, made):
                made = [*made, draft]
            continue
        start = _ends(focus, around, cargo, made, found)[0]
        guessed = meant.supplier is not None and meant.candidate.supplier_points < _SURE
        if meant.supplier in _captors(s) and meant.candidate.sentence is not s:
            meant.supplier = None
        if (meant.supplier is None or guessed) and start not in (None, meant.recipient):
            meant.supplier = start
        own = meant.reading.status == "intercepted"
        if not own:
            meant.reading = replace(meant.reading, status="intercepted", because=(*meant.reading.because, kind))
        if cargo and not own and set(meant.materiel) <= VAGUE:
            meant.materiel = tuple(dict.fromkeys(c for m in cargo for c in m.categories))
    return made


def carries(s: Sentence) -> bool:
    """Whether the sentence names what carries a lot, or the customs."""
    return _CARRIER.search(fold(s.text)) is not None


def told(s: Sentence) -> str | None:
    """The word that tells a capture, or the loss of what was on its way; None in any other sentence."""
    text = fold(s.text)
    taken = _TAKEN.search(text)
    carrier = _CARRIER.search(text)
    if taken is None and carrier is not None:
        taken = _FOUND.search(text)
    if taken is not None and (carrier is not None or not _in_flight(s)):
        return taken.group()
    lost = _LOST.search(text)
    return lost.group() if lost is not None and _WAY.search(text) else None


def _in_flight(s: Sentence) -> bool:
    """« ont intercepté des missiles »: shot down, not taken."""
    return any(m.categories and set(m.categories) <= _FLYING for m in s.materials)


def _on_its_way(draft: Draft, s: Sentence) -> bool:
    """Whether this draft tells whom the captured lot was for."""
    if (
        draft.frame not in _MEANT
        or draft.recipient is None
        or draft.reading.status not in ("pledged", "delivered", "intercepted")
    ):
        return False
    t = draft.candidate.trigger
    if draft.reading.status == "intercepted" or draft.frame == "dest":
        return True
    words = draft.candidate.sentence.lower
    if t.tense == "inf" and draft.reading.status == "pledged":
        return any(w in _OWED for w in words[max(0, t.first - 6) : t.first])
    return t.tense == "impf" or (draft.candidate.sentence is s and t.tense == "pp")


def _cargo(focus: Focus, s: Sentence, near: dict[int, Sentence]) -> list[Materials]:
    """What the lot held: the materiel of the capture's sentence, else of the next that opens the hold, else before."""
    after, before = near.get(s.order + 1), near.get(s.order - 1)
    title = next((one for one in focus.sentences if one.order == 0), None)
    opened = after if after is not None and _HELD.search(fold(after.text)) else None
    summed = title if title is not None and told(title) is not None else None
    searched = (
        (s, before, summed, near.get(s.order - 2))
        if _AGAIN.search(fold(s.text))
        else (s, opened, summed, before, after, near.get(s.order - 2))
    )
    for one in searched:
        held = [] if one is None else [m for m in one.materials if _holds(one, m)]
        if held:
            return [m for m in held if m.categories != ("naval",)] or held
    return []


def _holds(s: Sentence, m: Materials) -> bool:
    """Whether this can have been in the hold: neither what struck, nor what only stands for something."""
    struck = _LOST.search(fold(s.text)) is not None and s.deps[m.top] == "nsubj"
    if m.categories == ("naval",) and m.sort == "soft":
        return False
    return bool(m.categories) and not m.anaphoric and m.prep not in ("par", "contre") and not struck


def _new(
    focus: Focus, s: Sentence, around: list[Sentence], cargo: list[Materials], made: list[Draft], found: Found
) -> Draft | None:
    """A capture that no predicate of its own told: parties from the places of direction around it."""
    here = [(c, r) for c, r in found if c.sentence is s and not c.trigger.hypothetical]
    if not here or not cargo or not carries(s) or _HABIT.search(fold(s.text)):
        return None
    candidate, reading = next(((c, r) for c, r in here if c.trigger.frame in ("seize", "destroy")), here[0])
    if any(d.candidate.sentence is s and d.reading.status == "intercepted" and d.recipient for d in made):
        return None
    if any(_HIDDEN.search(fold(one.text)) for one in around):
        return None
    supplier, recipient = _ends(focus, around, cargo, made, found)
    if recipient is None:
        sources, ends = {d.supplier for d in made if d.supplier}, {d.recipient for d in made if d.recipient}
        held = any(d.reading.status in ("halted", "denied") for d in made)
        if len(sources) > 1 or len(ends) != 1 or held or not any(m in cargo for m in s.materials):
            return None
        supplier, recipient = next(iter(sources), None), next(iter(ends))
        if recipient in _captors(s):
            return None
    if recipient == supplier:
        return None
    return Draft(
        candidate,
        replace(reading, status="intercepted"),
        supplier,
        recipient,
        tuple(dict.fromkeys(c for m in cargo for c in m.categories)),
        tuple(dict.fromkeys(t for m in cargo for t in m.terms)),
        candidate.supplier_points,
    )


def _ends(
    focus: Focus, around: list[Sentence], cargo: list[Materials], made: list[Draft], found: Found
) -> tuple[str | None, str | None]:
    """Where the lot came from and where it went, by the places of direction around the capture."""
    dyads = [(d.supplier, d.recipient) for d in made]
    arrived = [id(a) for c, r in found for a in c.recipients if r.status == "delivered" and c.trigger.tense == "past"]
    supplier = recipient = None
    for one in around:
        if _COVER.search(fold(one.text)):
            continue
        named = [a for a in one.actors if a.sort != "body" and not a.weak and id(a) not in arrived]
        ends = [a for a in named if a.prep in ("dest", "vers", "chez")]
        armed = [a for a in named if a.description == "armed" and ends and a.start > ends[0].end]
        recipient = recipient or next(iter(named_ids(focus, one, [*armed, *ends], supplier, dyads)), None)
        starts = [a for a in named if a.prep == "orig"]
        supplier = supplier or next(iter(named_ids(focus, one, starts, recipient, dyads)), None)
    return supplier or next((m.origin for m in cargo if m.origin and m.origin != recipient), None), recipient


def _captors(s: Sentence) -> set[str | None]:
    """Who took it: neither its sender nor, without a word of it, its receiver."""
    return {a.id for a in s.actors if a.prep == "par" or (s.deps[a.head].startswith("nsubj") and not a.prep)}


def _known(draft: Draft, made: list[Draft]) -> bool:
    return any(
        (d.recipient, d.reading.status) == (draft.recipient, "intercepted")
        and (d.supplier == draft.supplier or draft.supplier is None)
        and abs(d.order - draft.order) <= 2
        for d in made
    )
