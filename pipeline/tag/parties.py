"""Who the parties of a candidate are, beyond what its groups say.

Belongs here: resolving lists of groups, the direction of a deal, a state and its own industry, bans on everyone. Does
not belong here: what a pronoun stands for (`focus`).
"""

from __future__ import annotations

import re

from pipeline.tag import words
from pipeline.tag.drafts import Draft
from pipeline.tag.focus import Focus
from pipeline.tag.folding import fold
from pipeline.tag.frames import Candidate
from pipeline.tag.groups import Actor, Sentence
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.status import Reading
from pipeline.tag.triggers import Trigger

OUTSIDE = re.compile(
    r"de l'extérieur|forces? extérieures?|de pays tiers|provenance inconnue|origine inconnue|sans en préciser l'origine"
    r"|dont le nom n'a pas été|donateur anonyme"
)


def named_ids(
    focus: Focus, s: Sentence, actors: list[Actor], other: str | None, dyads: list[tuple[str | None, str | None]]
) -> list[str]:
    found: list[str] = []
    for actor in actors:
        one = focus.resolve(s, actor, other, dyads)
        if one and one not in found and one != other:
            found.append(one)
    return found


def directed(
    one: str, other: str, candidate: Candidate, made: list[Draft], lexicon: Lexicon
) -> tuple[list[str], list[str]]:
    """Who sells in a deal of two: as the materiel, the story's other events or the world's trade have it."""
    for group in candidate.materials:
        for maker in (group.origin, group.maker):
            if maker == one:
                return [one], [other]
            if maker == other:
                return [other], [one]
    for draft in made:
        if (draft.supplier, draft.recipient) == (one, other):
            return [one], [other]
        if (draft.supplier, draft.recipient) == (other, one):
            return [other], [one]
    rank = {code: position for position, code in enumerate(lexicon.exporters)}
    if rank.get(one, 99) <= rank.get(other, 99):
        return [one], [other]
    return [other], [one]


def domestic(s: Sentence, lexicon: Lexicon) -> bool:
    """« auprès de ses industriels »: a state and its own industry."""
    return any(
        word in ("ses", "son", "sa", "leurs") and "firm" in lexicon.descriptions.get(fold(after), ())
        for word, after in zip(s.lower, s.lower[1:], strict=False)
    )


def banned(focus: Focus, reading: Reading, trigger: Trigger) -> bool:
    """Whether the text speaks of a ban on all suppliers: an embargo of the United Nations."""
    said = {*reading.because, trigger.predicate.lemma}
    return reading.status == "halted" and focus.united_nations and bool(said & words.BAN)


def bought_for(candidate: Candidate, suppliers: list[str], recipients: list[str]) -> tuple[list[str], list[str]]:
    """« X achète des armes pour Y »: X pays and so supplies."""
    s, t = candidate.sentence, candidate.trigger
    if t.places != "receive/active" or suppliers or len(recipients) != 1:
        return suppliers, recipients
    for a in s.actors:
        if (
            a.start > t.token
            and a.prep in ("pour", "dest")
            and a.head in t.domain
            and a.id not in (None, recipients[0])
            and a.sort in ("name", "city", "group", "institution", "force")
        ):
            return recipients, [str(a.id)]
    return suppliers, recipients


_IN_RETURN = re.compile(r"\b[Ee]n (?:échange|contrepartie|retour|paiement)\b")


def with_clitic(
    focus: Focus, candidate: Candidate, suppliers: list[str], recipients: list[str], made: list[Draft]
) -> tuple[list[str], list[str]]:
    """Parties with the one that a clitic stands for: lui livrer (recipient), lui acheter (supplier)."""
    s, t = candidate.sentence, candidate.trigger
    if not t.pronoun:
        return suppliers, recipients
    recent = [d for d in reversed(made) if 0 < s.order - d.order <= 2]
    if t.frame == "receive":
        if suppliers or t.pronoun == "y":
            return suppliers, recipients
        taken = recipients[0] if recipients else None
        known = next((d.supplier for d in recent if d.supplier), None)
        named = known if known and known != taken else focus.pronoun(s, t.first, t.pronoun, taken)
        return ([named] if named else []), recipients
    if recipients:
        return suppliers, recipients
    giver = next((d.supplier for d in recent if d.supplier), None)
    if giver and giver not in suppliers and _IN_RETURN.search(s.text):
        return suppliers, [giver]
    subject = focus.subject_before(s, set(suppliers))
    if subject is not None and not any(d.order == s.order - 1 for d in made):
        return suppliers, [subject]  # « Bakou ne reste pas inerte. Le Pakistan lui céderait… »
    known = next((d.recipient for d in recent if d.recipient and d.recipient not in suppliers), None)
    named = known or focus.pronoun(s, t.first, t.pronoun, suppliers[0] if suppliers else None)
    return suppliers, ([named] if named else [])
