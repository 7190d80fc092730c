"""Which sense of a verb is meant where a verb has several: aller + infinitive, vouloir des chars, débarquer.

Belongs here: telling by the words around it whether a verb is a predicate of supply, and of which frame. Does not
belong here: its form (`triggers`), its status (`status`).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.tag.groups import Sentence
from pipeline.tag.lexicon import Lexicon, Predicate

if TYPE_CHECKING:
    from pipeline.tag.triggers import Trigger

_WANTS = frozenset(("vouloir", "espérer", "souhaiter", "désirer", "ambitionner", "attendre", "négocier"))
_CUSTOMS = ("douan", "frontière", "port", "quai", "bord", "escale", "licence", "otage", "gare", "entrepôt", "hangar")
_AWARDS = frozenset(("attribuer", "adjuger", "octroyer"))
_CONTRACTS = frozenset(("marché", "marchés", "contrat", "contrats", "commande", "commandes"))
_IDIOMS: dict[str, frozenset[str]] = {
    "livrer": frozenset(("bataille", "combat", "combats", "guerre", "duel", "analyse", "témoignage", "verdict")),
    "céder": frozenset(("place", "pas", "terrain", "pression", "panique", "tentation", "chantage", "fauteuil")),
    "donner": frozenset(("raison", "jour", "mort", "naissance", "assaut", "ordre", "ton", "exemple", "rendez-vous")),
    "prêter": frozenset(("main", "attention", "serment", "concours", "oreille", "allégeance")),
    "remettre": frozenset(("état", "marche", "cause", "question", "plat", "niveau", "ordre", "selle", "sujet")),
    "offrir": frozenset(("résistance", "spectacle", "visage", "refuge", "asile", "voyage")),
    "vendre": frozenset(("mèche", "peau")),
    "recevoir": frozenset(("ordre", "visite", "accueil", "homologue", "ambassadeur", "éloges")),
    "partager": frozenset(("avis", "frontière", "analyse", "vidéo", "images", "constat")),
    "tomber": frozenset(("accord", "panne", "ruine")),
    "passer": frozenset(("acte", "attaque", "offensive", "action")),
}
"""Words that make another thing of a verb: livrer bataille, céder la place, remettre en état."""
_BE_ABLE = ("être", "pouvoir")


def meant(s: Sentence, t: Trigger, lemma: str, lexicon: Lexicon) -> Predicate | None:
    """The predicate that this verb is here; none where it is something else."""
    i, voice = t.token, t.voice
    if lemma == "réserver" and t.tense == "pp":
        return None  # « les kits réservés à Kiev »: what becomes of them is said elsewhere
    if lemma == "aller" and _followed_by_infinitive(s, i, lexicon):
        return None
    if lemma == "emboîter" and "pas" not in s.lower[i + 1 : i + 4]:
        return None
    if lemma == "venir" and s.lower[i + 1 : i + 2] not in (["de"], ["d'"], ["du"], ["des"]):
        return None
    if lemma == "venir" and any("inf" in tags for tags in lexicon.verbs.get(s.lower[i + 2], {}).values()):
        return None  # « vient de débloquer »
    if lemma == "passer" and t.tense == "pp" and s.lower[s.heads[i]] in _CONTRACTS:
        return None  # « les commandes passées en 2022 »
    if any(w in _IDIOMS.get(lemma, ()) for w in s.lower[i + 1 : i + 4]):
        return None
    if lemma == "trouver" and s.lower[max(0, i - 2) : i] == ["on", "y"]:
        return lexicon.predicates[("comprendre", "V")]  # « on y trouve »: what it holds
    if lemma in ("demander", "attendre") and "tant" in s.lower[i + 1 : i + 3]:
        return None  # « n'en demandait pas tant »
    if lemma == "attendre" and voice == "passive":
        seized = any(m.anaphoric and m.end <= i for m in s.materials)
        kin = "destiner" if seized else "arriver"
        return replace(lexicon.predicates[(kin, "V")], lemma=lemma, base="pledged")  # « attendus à Haïfa »
    if lemma in _AWARDS and any(w in _CONTRACTS for w in s.lower):
        return replace(lexicon.predicates[("acheter", "V")], lemma=lemma)  # « les marchés attribués à X »
    if lemma in _WANTS and not (voice == "active" and _takes_materiel(s, i)):
        return None
    if lemma == "débarquer" and voice == "active" and _comes_by_itself(s, i):
        return replace(lexicon.predicates[("arriver", "V")], lemma=lemma)  # « le reliquat débarquera »
    if lemma == "retenir" and voice == "active" and not any(w.startswith(_CUSTOMS) for w in s.lower):
        return replace(lexicon.predicates[("choisir", "V")], lemma=lemma)  # « ont retenu l'Atmos »
    return t.predicate


def _followed_by_infinitive(s: Sentence, i: int, lexicon: Lexicon) -> bool:
    ahead = range(i + 1, min(i + 5, len(s.lower)))
    if any(s.lower[k] in _BE_ABLE for k in ahead[:3]):
        return True
    return any("inf" in tags for k in ahead if not s.finite[k] for tags in lexicon.verbs.get(s.lower[k], {}).values())


def _takes_materiel(s: Sentence, i: int) -> bool:
    """Whether materiel is the object: nothing but articles, figures and partitives lie between."""
    if s.deps[i] == "acl:relcl":
        return False
    return any(
        0 < m.start - i <= 6
        and m.prep in ("", "de")
        and not any(s.pos[k] in ("VERB", "AUX", "SCONJ", "PRON", "PUNCT") for k in range(i + 1, m.start))
        and not any(s.lower[k] in ("en", "à", "sur", "avec", "pour", "par") for k in range(i + 1, m.start))
        for m in s.materials
    )


def _comes_by_itself(s: Sentence, i: int) -> bool:
    """Whether the subject is what comes: « le reliquat débarquera », and nobody unloads it."""
    if any(s.deps[c] == "obj" for c in s.children[i]):
        return False
    subjects = [c for c in s.children[i] if s.deps[c].startswith("nsubj")]
    return bool(subjects) and not any(a.start <= c < a.end for c in subjects for a in s.actors)
