"""From candidates in sentences to parties: descriptions, pronouns, and what the rest of the story says.

Belongs here: the story's focus, resolving what is not named, filling a missing party from the story's own dyads.
Does not belong here: grammar inside a sentence (`frames`), merging repeats (`merge`).

Everything here is within reach: the same sentence, the sentences before it, the title, the other events of the story.
"""

from __future__ import annotations

from pipeline.tag import quantity, words
from pipeline.tag.again import deal_again, extended, in_exchange, same_again
from pipeline.tag.captures import captures
from pipeline.tag.complete import bare, complete, denials, repeats, share, stands, title_last
from pipeline.tag.drafts import VAGUE, Draft
from pipeline.tag.focus import Focus
from pipeline.tag.folding import fold
from pipeline.tag.frames import Candidate
from pipeline.tag.gleaned import gleaned, more_of_it
from pipeline.tag.lexicon import Lexicon
from pipeline.tag.parties import OUTSIDE, banned, bought_for, directed, domestic, named_ids, with_clitic
from pipeline.tag.places import relative_pronoun
from pipeline.tag.seizures import seizures, struck
from pipeline.tag.status import Reading
from pipeline.tag.supplied import materiel_of


def drafts(focus: Focus, found: list[tuple[Candidate, Reading]], lexicon: Lexicon) -> list[Draft]:
    """Parties and materiel for every candidate that can be an event."""
    made: list[Draft] = []
    claimed = {id(m) for c, _ in found if c.suppliers or c.recipients for m in c.materials}
    for candidate, reading in found:
        if candidate.trigger.hypothetical or reading.status == "none":
            continue
        if candidate.trigger.frame == "same":
            made += same_again(focus, candidate, reading, made)
        elif candidate.trigger.frame in ("extend", "inventory"):
            made += extended(focus, candidate, reading, made)
        else:
            made += _drafts_of(focus, candidate, reading, made, claimed, lexicon)
    for draft in made:
        draft.quantity = next(
            (q for m in draft.candidate.materials if (q := quantity.counted(draft.candidate.sentence, m))), None
        )
    share(made)
    struck(made, focus.lost_carrier())
    made = seizures(captures(focus, made, found))
    complete(focus, made)
    made = [d for d in made if stands(d)]
    made = [d for d in made if not bare(d, made)]
    made = [d for d in made if not repeats(d, made)]
    denials(focus, made)
    return title_last(made)


def _drafts_of(
    focus: Focus, candidate: Candidate, reading: Reading, made: list[Draft], claimed: set[int], lexicon: Lexicon
) -> list[Draft]:
    s, t = candidate.sentence, candidate.trigger
    dyads = [(d.supplier, d.recipient) for d in made]
    materiel, terms, inferred = materiel_of(focus, candidate)
    if not materiel:
        materiel, terms, inferred = gleaned(focus, candidate, claimed)
    if not materiel and t.places == "deal/any":
        return deal_again(focus, candidate, reading, made)
    if not materiel:
        return []
    suppliers = named_ids(focus, s, candidate.suppliers, None, dyads)
    recipients = named_ids(focus, s, candidate.recipients, suppliers[0] if suppliers else None, dyads)
    if (
        any(a.description == "own" for a in candidate.suppliers)
        and suppliers
        and suppliers == named_ids(focus, s, candidate.recipients, None, dyads)
    ):
        return []
    if t.frame == "receive" and t.tense == "pp" and not candidate.suppliers and not candidate.recipients:
        return []
    if candidate.suppliers and (not suppliers or suppliers == recipients) and recipients:
        suppliers = named_ids(focus, s, candidate.suppliers, recipients[0], dyads)
    if t.places == "deal/any" and suppliers and not recipients:
        maker = next((m.origin or m.maker for m in candidate.materials if m.origin or m.maker), None)
        firm = candidate.suppliers[0].sort == "firm" or candidate.suppliers[0].description == "firm"
        if not firm and maker != suppliers[0]:
            suppliers, recipients = [], suppliers
    if candidate.undirected and suppliers and recipients:
        suppliers, recipients = directed(suppliers[0], recipients[0], candidate, made, lexicon)
    if len(suppliers) == 2 and not recipients and t.voice == "noun" and {*reading.because} & words.BOTH:
        suppliers, recipients = directed(suppliers[0], suppliers[1], candidate, made, lexicon)
    if t.predicate.lemma in ("charger", "embarquer") and all(a.description for a in candidate.suppliers):
        suppliers = []  # who loads owns nothing of it
    elif t.predicate.lemma == "charger" and not recipients and t.voice == "active":
        suppliers, recipients = [], suppliers  # « un cargo saoudien vient charger des armes »
    if not suppliers and t.frame == "give" and "nous" in s.lower[max(0, t.first - 2) : t.first + 1]:
        suppliers = [i for i in focus.speakers(s) if i not in recipients][:1]
    suppliers, recipients = bought_for(candidate, suppliers, recipients)
    suppliers, recipients = with_clitic(focus, candidate, suppliers, recipients, made)
    origin = next((m.origin for m in candidate.materials if m.origin), None)
    if t.predicate.lemma == "charger" and t.voice == "passive":
        return []  # loaded is not yet given
    makers = {m.origin or m.maker for m in candidate.materials}
    if t.frame == "receive" and not suppliers and len(makers) == 1 and makers <= set(recipients):
        return []  # « la DGA commande 109 Caesar »
    if t.frame == "receive" and domestic(s, lexicon):
        return []
    part = more_of_it(candidate)
    if t.frame == "move" and not (suppliers or recipients or part):
        return []
    if (
        t.predicate.lemma in ("quitter", "venir", "provenir")
        and not recipients
        and t.tense != "pp"
        and not any(d.reading.status == "intercepted" for d in made)
    ):
        return []
    if t.predicate.lemma in ("trouver", "découvrir", "dissimuler", "cacher") and not any(
        w in words.VESSELS for w in s.lower
    ):
        return []
    held = any(a.prep in ("dest", "chez", "vers") for a in candidate.recipients)
    if t.predicate.lemma in words.FOUND and not held:
        return []  # only « aux mains de X » makes it a transfer
    if t.predicate.lemma == "quitter" and inferred and t.tense == "presp":
        return []
    if t.predicate.lemma == "payer" and relative_pronoun(s, t, ("que", "qu'")) is not None:
        return []  # « que Bagdad voudrait payer en pétrole »: for its own
    if t.frame == "make" and inferred:
        return []
    if t.frame == "receive" and t.tense == "inf" and not recipients and t.voice == "active":
        return []
    strong = t.voice == "passive" and not t.predicate.weak
    if (
        inferred
        and not (suppliers or recipients or t.pronoun or strong or part)
        and t.voice != "noun"
        and t.frame != "seize"
    ):
        return []
    if t.frame == "lot" and inferred:
        return []
    if t.predicate.lemma in ("trafic", "contrebande", "remise", "soutien", "aide", "assistance") and inferred:
        return []
    if t.frame == "move" and terms and all(fold(w).startswith(words.CARGO_CRAFT) for w in terms):
        return []  # the carrier
    if (
        t.frame == "move"
        and materiel == ("naval",)
        and any(
            w.startswith(("porte-avions", "destroyer", "navire", "bâtiment", "frégate", "sous-marin")) for w in terms
        )
    ):
        return []  # a fleet on its way is no transfer
    if banned(focus, reading, t) and not recipients and not t.pronoun:
        return []
    if not origin and inferred and not suppliers and not OUTSIDE.search(s.text):
        whole = focus.materiel(s, t.token, tuple(m for m in materiel if m not in VAGUE))
        origin = next(
            (m.origin or m.maker for m in whole if (m.origin or m.maker) and focus.counts[m.origin or m.maker or ""]),
            None,
        )
    if not suppliers and origin and origin not in recipients:
        suppliers = [origin]
    points = candidate.supplier_points + candidate.recipient_points
    places = ("materiel",) if inferred else ()
    if t.predicate.lemma in ("échanger", "troquer") and suppliers:
        back = in_exchange(focus, candidate, reading, suppliers[0], recipients, made)
        if back:
            return back
    return [
        Draft(candidate, reading, supplier, recipient, materiel, terms, points, inferred=places)
        for supplier in one_or_none(suppliers)
        for recipient in one_or_none(recipients)
        if supplier is None or supplier != recipient
    ]


def one_or_none(found: list[str]) -> list[str | None]:
    """The parties found, or one unknown."""
    return [*found] or [None]
