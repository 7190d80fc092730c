"""A parsed sentence with its groups: who is named, what materiel, governed by which preposition.

Belongs here: reading spaCy's parse together with the mentions, noun groups, prepositions, coordination. Does not
belong here: who supplies whom (`frames`), what a description stands for (`resolve`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pipeline.tag.folding import fold
from pipeline.tag.gate import Mention
from pipeline.tag.lexicon import Lexicon

if TYPE_CHECKING:
    from spacy.tokens import Doc

SIMPLE_PREPOSITIONS = {
    "à": "à", "a": "à", "au": "à", "aux": "à", "de": "de", "d'": "de", "du": "de", "des": "de", "en": "en", "vers": "vers",
    "pour": "pour", "par": "par", "chez": "chez", "avec": "avec", "entre": "entre", "contre": "contre", "dans": "dans",
    "depuis": "orig", "sur": "sur", "selon": "selon", "sous": "sous", "sans": "sans", "via": "via", "devant": "devant",
    "après": "après", "avant": "avant", "malgré": "malgré", "hors": "hors", "parmi": "parmi", "envers": "pour",
}  # fmt: skip
COMPLEX_WITH_DE = {
    "auprès": "aupres", "destination": "dest", "provenance": "orig", "profit": "dest", "faveur": "dest", "compte": "dest",
    "direction": "dest", "intention": "dest", "bénéfice": "dest", "mains": "dest", "disposition": "dest", "part": "orig",
    "partir": "orig", "venu": "orig", "venue": "orig", "venus": "orig", "venues": "orig", "issu": "orig", "issus": "orig",
    "issue": "orig", "issues": "orig", "parti": "orig", "partie": "orig", "partis": "orig", "parties": "orig", "sortis": "orig", "sorties": "orig",
    "originaire": "orig", "service": "dest", "côtés": "avec", "sein": "dans", "bord": "dans", "travers": "via",
    "face": "contre", "copie": "copy", "copies": "copy", "réplique": "copy", "répliques": "copy", "dérivé": "copy", "dérivés": "copy", "clone": "copy", "cousin": "copy", "rival": "copy", "équivalent": "copy", "lieu": "contre", "dépit": "malgré", "encontre": "contre", "aide": "avec", "côté": "dans", "fabrication": "made",
    "conception": "design", "origine": "orig", "territoire": "dans", "frontière": "near", "large": "near", "égard": "contre", "frontières": "near", "au-dessus": "dans", "hors": "orig", "arrivé": "orig", "arrivés": "orig", "arrivées": "orig", "arrivée": "orig", "adresse": "dest",
}  # fmt: skip
MARKERS = frozenset(
    "qui que qu' dont où lequel laquelle lesquels lesquelles si s' quand lorsque lorsqu' puisque puisqu' car mais alors tandis parce afin ; : — – ( )".split()
)
PARTITIVES = frozenset(
    "lot lots cargaison cargaisons chargement chargements conteneur conteneurs millier milliers centaine centaines dizaine dizaines million millions "
    "palette palettes caisse caisses série séries batterie batteries exemplaire exemplaires quantité quantités douzaine vingtaine trentaine quarantaine "
    "cinquantaine soixantaine système systèmes pièce pièces type types flotte escadron escadrons stock stocks tonnes tonne livraison livraisons wagon wagons "
    "unité unités éléments élément kits kit composants composant envoi envois convoi convois partie reste totalité plupart majorité ensemble modèle modèles "
    "version versions variante paquet tranche batteries escadrille régiment bataillon missile missiles appareil appareils engin engins avion avions chasseur chasseurs char chars drone drones "
    "munition munitions obus canon canons quinzaine moitié reliquat nombre liste essentiel".split()
)
ANAPHORIC = {
    "appareil": None, "engin": None, "exemplaire": None, "unité": None, "lot": None, "système": None, "modèle": None, "pièce": None, "projectile": "ammunition",
    "dispositif": None, "cargaison": None, "chargement": None, "batterie": None, "arme": None, "avion": "aircraft", "missile": "missiles", "conteneur": None,
    "matériel": None, "équipement": None, "bâtiment": "naval", "navire": "naval", "blindé": "armoured-vehicles", "char": "armoured-vehicles", "munition": "ammunition",
    "machine": None, "stock": None, "véhicule": None, "vecteur": None, "tout": None, "ensemble": None, "bombe": "ammunition",
    "marchandise": None, "chasseur": "aircraft", "drone": "drones",
    "intercepteur": "air-defence", "obus": "ammunition", "frégate": "naval", "sous-marin": "naval", "hélicoptère": "aircraft", "patrouilleur": "naval", "bateau": "naval",
}  # fmt: skip
_NUMBER_WORDS = frozenset(
    "un une deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize vingt trente quarante cinquante soixante cent cents mille plusieurs quelques".split()
)


_DESIGNATION = re.compile(r"(?=.*\d)[A-Z]{1,4}-?\d{1,4}[A-Za-z]{0,3}$")
"""A system that the lexicon does not know: MD-530F."""


@dataclass(slots=True)
class Actor:
    """A noun group that names a possible party."""

    start: int
    end: int
    """Tokens."""
    head: int
    id: str | None
    """None until a description is resolved."""
    sort: str
    prep: str = ""
    description: str | None = None
    """`partner`, `state`, `group`, `firm`, `last`, `pronoun` where the group must be resolved; its folded noun is in `noun`."""
    noun: str = ""
    weak: bool = False
    """A complement of an everyday noun: the port of Nampo, the war in Ukraine."""
    chain: int | None = None
    """Index of the group that this one is coordinated with."""


@dataclass(slots=True)
class Materials:
    """A noun group of materiel."""

    start: int
    end: int
    head: int
    top: int
    """Head after partitives: the lot in `un lot de bombes`."""
    categories: tuple[str, ...]
    sort: str
    terms: tuple[str, ...]
    origin: str | None = None
    """Demonym or `de fabrication`."""
    maker: str | None = None
    """Where the named system comes from, by the lexicon."""
    anaphoric: bool = False
    chain: int | None = None
    prep: str = ""


@dataclass(slots=True)
class Sentence:
    """One sentence, parsed. Token lists are parallel."""

    field: Literal["title", "text"]
    start: int
    end: int
    """Characters in the field."""
    text: str
    order: int
    """Position in the story; the title is 0."""
    doc: Doc
    mentions: list[Mention]
    lower: list[str] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    deps: list[str] = field(default_factory=list)
    pos: list[str] = field(default_factory=list)
    offsets: list[int] = field(default_factory=list)
    children: list[list[int]] = field(default_factory=list)
    finite: list[bool] = field(default_factory=list)
    marks: list[int] = field(default_factory=list)
    """Running count of clause marks before each token."""
    actors: list[Actor] = field(default_factory=list)
    materials: list[Materials] = field(default_factory=list)
    adjective_of: dict[int, str] = field(default_factory=dict)
    """Noun token -> actor id of the demonym that qualifies it (livraisons américaines)."""
    covered: dict[int, Mention] = field(default_factory=dict)

    def words(self, start: int, end: int) -> str:
        """The characters of these tokens."""
        last = self.doc[end - 1]
        return self.text[self.offsets[start] : last.idx + len(last.text)]

    def crossings(self, one: int, other: int) -> int:
        """Clause marks strictly between two tokens."""
        low, high = min(one, other), max(one, other)
        return self.marks[high] - self.marks[low + 1] if high > low else 0

    def ancestors(self, token: int, limit: int = 6) -> list[int]:
        """Heads upward, nearest first."""
        found: list[int] = []
        while self.heads[token] != token and len(found) < limit:
            token = self.heads[token]
            found.append(token)
        return found


def read(sentence: Sentence, lexicon: Lexicon) -> Sentence:
    """Fill a sentence that has its doc and mentions."""
    doc = sentence.doc
    sentence.lower = [t.text.lower() for t in doc]
    sentence.heads = [t.head.i for t in doc]
    sentence.deps = [t.dep_ for t in doc]
    sentence.pos = [t.pos_ for t in doc]
    sentence.offsets = [t.idx for t in doc]
    sentence.children = [[] for _ in doc]
    for i, h in enumerate(sentence.heads):
        if h != i:
            sentence.children[h].append(i)
    sentence.finite = [
        p in ("VERB", "AUX") and "Fin" in t.morph.get("VerbForm", []) for t, p in zip(doc, sentence.pos, strict=True)
    ]
    running, marks = 0, []
    for i, word in enumerate(sentence.lower):
        marks.append(running)
        if word in MARKERS and not (word in ("s'", "si") and sentence.pos[i] == "PRON"):
            running += 1
        elif sentence.finite[i] and not _auxiliary_of_next(sentence, i):
            running += 1
    marks.append(running)
    sentence.marks = marks
    _cover(sentence)
    _materials(sentence)
    _actors(sentence, lexicon)
    _armed(sentence, lexicon)
    _descriptions(sentence, lexicon)
    sentence.actors.sort(key=lambda a: a.start)
    _chain_actors(sentence)
    _chain_materials(sentence)
    return sentence


def _auxiliary_of_next(s: Sentence, i: int) -> bool:
    return s.pos[i] == "AUX" and i + 1 < len(s.lower)


def _cover(s: Sentence) -> None:
    """Token -> mention."""
    position = 0
    tokens = s.offsets
    count = len(tokens)
    for mention in s.mentions:
        while position < count and tokens[position] + len(s.lower[position]) <= mention.start - s.start:
            position += 1
        at = position
        while at < count and tokens[at] < mention.end - s.start:
            s.covered[at] = mention
            at += 1


def _span(s: Sentence, i: int) -> tuple[int, int]:
    """Token span of the mention that covers token i."""
    mention, start, end = s.covered[i], i, i + 1
    while start and s.covered.get(start - 1) is mention:
        start -= 1
    while end < len(s.lower) and s.covered.get(end) is mention:
        end += 1
    return start, end


def _head(s: Sentence, start: int, end: int) -> int:
    for i in range(start, end):
        if not start <= s.heads[i] < end and s.pos[i] not in ("ADP", "DET", "PUNCT"):
            return i
    return start


def preposition(s: Sentence, start: int) -> tuple[str, int]:
    """The preposition that governs the noun group at token `start`, and the first token of the whole group."""
    i = start - 1
    steps = 0
    while i >= 0 and steps < 5:
        word = s.lower[i]
        if word in ("«", '"', "“") or (
            (
                s.pos[i] in ("DET", "ADJ", "NUM")
                or word
                in (
                    "le",
                    "la",
                    "les",
                    "l'",
                    "son",
                    "sa",
                    "ses",
                    "leur",
                    "leurs",
                    "quelque",
                    "plus",
                    "moins",
                    "seul",
                    "seule",
                    "autre",
                    "autres",
                    "un",
                    "une",
                    "deux",
                    "trois",
                    "même",
                )
            )
            and word not in SIMPLE_PREPOSITIONS
            and i not in s.covered
        ):
            i -= 1
            steps += 1
            continue
        break
    if i < 0:
        return "", i + 1
    word = s.lower[i]
    if word == "des" and s.pos[i] == "DET" and i and s.lower[i - 1] in SIMPLE_PREPOSITIONS and s.lower[i - 1] not in ("de", "d'"):
        i -= 1
        word = s.lower[i]
    elif word == "des" and s.pos[i] == "DET" and s.deps[i] == "det":
        return "", i
    if word not in SIMPLE_PREPOSITIONS or s.pos[i] in ("AUX", "VERB"):
        return "", i + 1
    name = SIMPLE_PREPOSITIONS[word]
    if name == "de" and i:
        before = s.lower[i - 1]
        if before in COMPLEX_WITH_DE:
            return COMPLEX_WITH_DE[before], i - 1
        if before == "hors":
            return "orig", i - 1
    if name == "à" and i and s.lower[i - 1] in ("jusqu'", "destiné", "destinée", "destinés", "destinées"):
        return "dest", i - 1
    if name == "à" and i and s.lower[i - 1] in ("grâce", "face", "quant"):
        return {"grâce": "par", "face": "contre", "quant": ""}[s.lower[i - 1]], i - 1
    if name == "par" and i > 1 and s.lower[i + 1 : i + 2] == ["rapport"]:
        return "contre", i
    if name == "de" and i and s.lower[i - 1] == "près":
        return "near", i - 1
    return name, i


def _materials(s: Sentence) -> None:
    seen: set[int] = set()
    for i in range(len(s.lower)):
        mention = s.covered.get(i)
        if mention is None or mention.entry.kind != "materiel" or id(mention) in seen:
            continue
        seen.add(id(mention))
        start, end = _span(s, i)
        entry = mention.entry
        if (
            entry.sort != "named"
            and s.pos[start] in ("VERB", "AUX")
            and end - start == 1
            and s.lower[start] not in ("armes", "arme")
        ):
            continue
        if (
            s.lower[start] in ("arme", "armes")
            and s.pos[start] in ("VERB", "AUX")
            and end - start == 1
            and not (
                start and s.lower[start - 1] in ("d'", "les", "des", "aux", "l'", "leurs", "ses", "ces", "nos", "une")
            )
        ):
            continue
        if end - start == 1 and arms(s, start):
            continue
        group = Materials(
            start, end, _head(s, start, end), 0, tuple(entry.value.split("+")), entry.sort,
            (s.text[mention.start - s.start : mention.end - s.start],), maker=entry.origin,
        )  # fmt: skip
        previous = s.materials[-1] if s.materials else None
        if previous and _adjacent(s, previous.end, start):
            named = previous if previous.sort == "named" else group
            other = group if named is previous else previous
            previous.categories = _joined(named, other)
            previous.terms = (*previous.terms, *group.terms)
            previous.sort = (
                "named"
                if "named" in (previous.sort, group.sort)
                else "hard"
                if "hard" in (previous.sort, group.sort)
                else "soft"
            )
            previous.maker = previous.maker or group.maker
            previous.end = end
            continue
        group.prep = preposition(s, start)[0]
        if group.prep == "de" and start > 1 and s.lower[start - 1] in ("des", "du") and s.pos[start - 2] not in ("NOUN", "PROPN", "ADV"):
            group.prep = ""
        if group.prep == "de" and start > 2 and s.lower[start - 2] == "de" and s.lower[start - 1] in ("l'", "la") and s.pos[start - 3] == "VERB":
            group.prep = ""  # partitive: transférer de l'artillerie
        s.materials.append(group)
    for group in s.materials:
        if group.start and s.lower[group.start - 1] in ("ce", "cet", "ces", "cette", "tels", "telles") and set(group.categories) <= {"weapons", "equipment"}:
            group.anaphoric = True
    for i, word in enumerate(s.lower):
        if i in s.covered and s.covered[i].entry.kind in ("actor", "materiel"):
            continue
        if word in ("eux", "elles") and s.lower[max(0, i - 2) : i] == ["d'", "entre"]:
            s.materials.append(Materials(i, i + 1, i, 0, (), "soft", (), anaphoric=True, prep="de"))
            continue
        if _DESIGNATION.match(s.doc[i].text) and i and (s.pos[i - 1] in ("NUM", "DET", "NOUN") or s.lower[i - 1] in _NUMBER_WORDS):
            s.materials.append(Materials(i, i + 1, i, 0, (), "soft", (s.doc[i].text,), anaphoric=True, prep=preposition(s, i)[0]))
            continue
        singular = (
            word if word in ANAPHORIC else word[:-1] if word.endswith(("s", "x")) and word[:-1] in ANAPHORIC else None
        )
        if singular is None or s.pos[i] in ("VERB", "AUX", "ADP"):
            continue
        before = s.lower[i - 1] if i else ""
        follows = s.lower[i + 1] if i + 1 < len(s.lower) else ""
        if singular in ("tout", "ensemble", "premier") and not (
            before in ("le", "l'", "un", "les") and (singular != "premier") and follows not in ("de", "du", "des", "d'")
        ):
            continue
        if follows in ("de", "d'", "du", "des") and i + 2 in s.covered and s.covered[i + 2].entry.kind == "materiel":
            continue
        if follows in ("de", "d'", "du", "des") and (i + 2 >= len(s.lower) or s.lower[i + 2] not in ("ce", "cette", "type", "ces", "plus")):
            continue
        if before in ("un", "une") and s.deps[i] not in ("obj", "nsubj:pass"):
            continue
        category = ANAPHORIC[singular]
        s.materials.append(
            Materials(
                i, i + 1, i, 0, (category,) if category else (), "soft", (), anaphoric=True, prep=preposition(s, i)[0]
            )
        )
    s.materials.sort(key=lambda m: m.start)
    for group in s.materials:
        group.top = _lift(s, group)


def arms(s: Sentence, i: int) -> bool:
    """« La Turquie arme la Somalie »: the verb, whatever the parser calls it."""
    if s.lower[i] not in ("arme", "équipe") or i == 0 or i + 1 >= len(s.lower):
        return False
    before = s.covered.get(i - 1)
    named = (before is not None and before.entry.kind == "actor") or s.lower[i - 1] in ("qui", "qu'il", "il", "elle", "on")
    return named and (s.lower[i + 1] in ("la", "le", "les", "l'", "ses", "son", "sa", "des", "d'", "secrètement", "aussi", "depuis") or i + 1 in s.covered)


def _joined(named: Materials, other: Materials) -> tuple[str, ...]:
    """Categories of two adjacent mentions: the named system knows better than a soft or vague word."""
    if other.sort == "soft" or other.categories in (("weapons",), ("equipment",)) or named.sort == "named":
        if (
            other.sort == "hard"
            and set(named.categories) & {"missiles", "air-defence"}
            and set(other.categories) <= {"missiles", "air-defence"}
        ):
            return tuple(dict.fromkeys(named.categories + other.categories))
        if (
            other.sort == "hard"
            and other.categories[0] in ("drones", "ammunition", "air-defence", "naval", "artillery")
            and named.categories != other.categories
        ):
            return (
                tuple(dict.fromkeys(other.categories + named.categories))
                if other.categories[0] != "drones"
                else other.categories
            )
        return named.categories
    return tuple(dict.fromkeys(named.categories + other.categories))


def _adjacent(s: Sentence, end: int, start: int) -> bool:
    """Whether only qualifiers stand between two mentions (missiles de croisière russes Kalibr, blindés de type Bastion)."""
    between = s.lower[end:start]
    if len(between) > 4:
        return False
    for offset, word in enumerate(between):
        i = end + offset
        if word in ("de", "type", "classe", "modèle", "la", "famille", "«", "du", "d'", "dits", "dit"):
            if (
                word in ("de", "du", "d'")
                and not (set(between) & {"type", "classe", "modèle", "famille"})
                and len(between) == 1
            ):
                return False
            continue
        if s.pos[i] == "ADJ" or (i in s.covered and s.covered[i].entry.sort in ("demonym", "firm")):
            continue
        return False
    return True


def _lift(s: Sentence, group: Materials) -> int:
    """The head that carries the group's function: the lot in `un lot de bombes`."""
    top = group.head
    for _ in range(4):
        head = s.heads[top]
        if head == top or abs(head - top) > 8:
            break
        if s.lower[head] in PARTITIVES or s.lower[head] in _NUMBER_WORDS or s.pos[head] == "NUM":
            if s.deps[top] in (
                "nmod",
                "obl:arg",
                "obl:mod",
                "flat:name",
                "appos",
                "amod",
                "nsubj",
                "obj",
                "fixed",
                "conj",
                "dep",
            ):
                top = head
                continue
        break
    return top


def _noun_for(s: Sentence, i: int) -> int | None:
    """The noun that an adjective at token i qualifies."""
    head = s.heads[i]
    if (
        head != i
        and s.pos[head] in ("NOUN", "PROPN")
        and s.deps[i] in ("amod", "nmod", "flat:name", "appos", "acl", "flat")
        and -2 <= i - head <= 5
    ):
        return head
    for back in range(i - 1, max(-1, i - 5), -1):
        if s.pos[back] in ("NOUN", "PROPN") or (back in s.covered and s.covered[back].entry.kind == "materiel"):
            return back
        if s.pos[back] not in ("ADJ", "ADV", "CCONJ", "PUNCT", "DET") or s.lower[back] in (",", ".", "«"):
            break
    if i + 1 < len(s.lower) and s.pos[i + 1] == "NOUN":
        return i + 1
    return None


def _actors(s: Sentence, lexicon: Lexicon) -> None:
    seen: set[int] = set()
    capitals = s.text.isupper()
    for i in range(len(s.lower)):
        mention = s.covered.get(i)
        if mention is None or mention.entry.kind != "actor" or id(mention) in seen:
            continue
        seen.add(id(mention))
        start, end = _span(s, i)
        entry = mention.entry
        if entry.sort == "demonym":
            _demonym(s, lexicon, start, end, entry.value, capitals)
            continue
        head = _head(s, start, end)
        prep, first = preposition(s, start)
        group = Actor(start, end, head, entry.value, entry.sort, prep)
        noun = first - 1 if prep in ("de", "en", "à", "dans") else -1
        if prep == "de" and noun >= 0:
            found = _institution_before(s, lexicon, noun)
            if found is not None:
                group.start, group.head = found, found
                classes = lexicon.descriptions.get(fold(s.lower[found]), frozenset())
                if "firm" in classes and "institution" not in classes:
                    group.sort = "firm"
                group.prep = preposition(s, found)[0]
            elif s.pos[noun] == "NOUN" and s.lower[noun] not in lexicon.nouns and noun not in s.covered:
                group.weak, group.noun = True, fold(s.lower[noun])
        elif (
            prep in ("en", "dans", "à")
            and noun >= 0
            and s.pos[noun] == "NOUN"
            and s.lower[noun]
            in (
                "guerre",
                "conflit",
                "invasion",
                "crise",
                "front",
                "combats",
                "visite",
                "déplacement",
                "sommet",
                "réunion",
                "opération",
            )
        ):
            group.weak, group.noun = True, fold(s.lower[noun])
        last = s.actors[-1] if s.actors else None
        if last is not None and last.id == group.id and (group.start < last.end or (last.end >= group.start - 3 and group.prep in ("", "de"))):
            s.actors[-1].end = group.end
            continue
        s.actors.append(group)


def _institution_before(s: Sentence, lexicon: Lexicon, noun: int) -> int | None:
    """The role noun that `de + state` completes: les autorités de Cotonou, le ministre de la Défense de Pologne."""
    for back in range(noun, max(-1, noun - 4), -1):
        word = fold(s.lower[back])
        if "institution" in lexicon.descriptions.get(word, ()) or "firm" in lexicon.descriptions.get(word, ()):
            if s.pos[back] in ("NOUN", "PROPN", "ADJ"):
                return back
        if s.pos[back] not in ("ADJ", "NOUN", "ADP", "DET", "PROPN"):
            return None
    return None


def _demonym(s: Sentence, lexicon: Lexicon, start: int, end: int, actor: str, capitals: bool) -> None:
    written = s.text[s.offsets[start]]
    noun = _noun_for(s, start)
    if start > 1 and s.lower[start - 1] in ("fabrication", "facture", "origine", "conception", "production"):
        if s.lower[start - 1] != "conception":
            for group in s.materials:
                if group.end <= start and start - group.end <= 6 and group.origin is None and not group.anaphoric:
                    group.origin = actor
        return
    if noun is not None and s.lower[noun] in ("air", "terre", "mer", "défense", "révolution", "renseignement", "état-major", "affaires", "gouvernement", "sécurité"):
        found = _institution_before(s, lexicon, noun)
        noun = noun if found is None else found
    before = s.lower[start - 1] if start else ""
    people = (
        written.isupper()
        and not capitals
        and (
            before
            in (
                "les",
                "des",
                "aux",
                "le",
                "la",
                "l'",
                "un",
                "une",
                "d'",
                "de",
                "par",
                "et",
                "ces",
                "ses",
                "nos",
                "que",
                "quelques",
                "chez",
                "leurs",
            )
            or s.pos[start] in ("NOUN", "PROPN")
        )
    )
    if people and not (start == 0 and s.pos[start] == "ADJ" and noun == start + 1):
        prep, _first = preposition(s, start)
        s.actors.append(Actor(start, end, start, actor, "people", prep))
        return
    if noun is None:
        s.actors.append(Actor(start, end, start, actor, "demonym", preposition(s, start)[0], weak=True))
        return
    for group in s.materials:
        if (
            group.start <= noun < group.end
            or group.top == noun
            or (group.end <= start and group.end + 2 >= start and group.head == noun)
        ):
            group.origin = actor
            return
    word = fold(s.lower[noun])
    mention = s.covered.get(noun)
    if mention is not None and mention.entry.kind == "actor":
        return
    classes = lexicon.descriptions.get(word, frozenset())
    if s.lower[noun] in lexicon.nouns and "institution" not in classes:
        s.adjective_of[noun] = actor
        return
    prep, _first = preposition(s, noun)
    low, high = min(noun, start), max(noun + 1, end)
    if "institution" in classes or "firm" in classes or "group" in classes:
        s.actors.append(
            Actor(
                low,
                high,
                noun,
                actor,
                "firm" if "firm" in classes and "institution" not in classes else "institution",
                prep,
                noun=word,
            )
        )
    else:
        s.adjective_of[noun] = actor
        s.actors.append(Actor(low, high, noun, actor, "demonym", prep, weak=True, noun=word))


def _armed(s: Sentence, lexicon: Lexicon) -> None:
    """Armed movements named by what they are and where: rebelles yéménites, milices d'Irak."""
    for i, word in enumerate(s.lower):
        kind = _ARMED.get(fold(word))
        if kind is None or s.pos[i] not in ("NOUN", "PROPN", "ADJ"):
            continue
        if word in ("groupe", "groupes", "cellule", "cellules", "bande", "bandes") and not any(
            w.startswith(("armé", "rebelle", "palestinien", "islamiste", "djihadiste", "criminel")) for w in s.lower[i + 1 : i + 3]
        ):
            continue
        for k in range(i + 1, min(i + 5, len(s.lower))):
            covered = s.covered.get(k)
            place = covered.entry.value if covered is not None and covered.entry.kind == "actor" and covered.entry.sort in ("demonym", "name", "city") else None
            if place is None and s.lower[k] in ("cisjordanie", "gaza"):
                place = s.lower[k].capitalize()
            if place is None:
                if s.pos[k] in ("ADJ", "ADP", "DET", "NOUN", "PROPN", "ADV") and s.lower[k] not in ("à", "vers", "pour", "par", "contre"):
                    continue
                break
            found = lexicon.armed.get((kind, place)) or lexicon.armed.get(("*", place))
            if found is None and kind in "rs" and len(place) == 2:
                found = f"{place.lower()}-rebels"
            if found is not None:
                s.actors = [a for a in s.actors if a.end <= i or a.start > k]
                s.actors.append(Actor(i, k + 1, i, found, "group", preposition(s, i)[0]))
            break


def armed_kind(noun: str) -> str:
    """The class of an armed noun: r, m, g, s, p, or empty."""
    return _ARMED.get(noun, "")


_ARMED = {
    form: letter
    for letter, forms in {
        "r": "rebelle rebelles insurge insurges rebellion insurrection",
        "m": "milice milices milicien miliciens cellule cellules groupes groupe combattants militants activistes",
        "g": "gang gangs bandes bande",
        "s": "separatiste separatistes independantistes",
        "p": "paramilitaire paramilitaires mercenaires",
    }.items()
    for form in forms.split()
}


def _descriptions(s: Sentence, lexicon: Lexicon) -> None:
    taken = {i for a in s.actors for i in range(a.start, a.end)}
    for i, word in enumerate(s.lower):
        if i in taken or (i in s.covered and s.covered[i].entry.kind in ("actor", "materiel")):
            continue
        folded = fold(word)
        before = s.lower[i - 1] if i else ""
        two = s.lower[i - 2] if i > 1 else ""
        if word in ("il", "elle", "ils", "elles") and s.deps[i].startswith("nsubj"):
            s.actors.append(Actor(i, i + 1, i, None, "description", description="pronoun", noun=folded))
            continue
        if word in ("lui", "elle", "eux", "elles") and s.lower[i + 1 : i + 2] == ["qui"]:
            s.actors.append(Actor(i, i + 1, i, None, "description", description="pronoun", noun=folded))
            continue
        if folded in ("celui-ci", "celle-ci", "ceux-ci", "celles-ci"):
            s.actors.append(Actor(i, i + 1, i, None, "description", preposition(s, i)[0], description="last", noun=folded))
            continue
        if folded in ("nord", "sud") and before in ("le", "au", "du") and s.doc[i].text[0].isupper():
            s.actors.append(Actor(i, i + 1, i, None, "description", preposition(s, i)[0], description="korea", noun=folded))
            continue
        if folded in ("dernier", "derniere", "derniers", "dernieres") and before in ("ce", "cette", "ces"):
            if i + 1 < len(s.lower) and s.pos[i + 1] == "NOUN":
                continue
            s.actors.append(
                Actor(i - 1, i + 1, i, None, "description", preposition(s, i)[0], description="last", noun=folded)
            )
            continue
        classes = lexicon.descriptions.get(folded)
        if not classes or s.pos[i] not in ("NOUN", "PROPN", "ADJ"):
            continue
        possessive = before in ("son", "sa", "ses", "leur", "leurs") or (
            two in ("son", "sa", "ses", "leur", "leurs") and s.pos[i - 1] == "ADJ"
        )
        definite = before in ("le", "la", "l'", "les", "au", "aux", "du", "ce", "cet", "cette", "ces", "des") or (
            two in ("le", "la", "les", "ce", "cette", "au", "du", "aux") and s.pos[i - 1] == "ADJ"
        )
        sort = None
        if possessive and "partner" in classes:
            sort = "partner"
            if folded == "voisin" and s.lower[i + 1 : i + 3] in (["du", "nord"], ["du", "sud"]):
                s.actors.append(Actor(i, i + 3, i, None, "description", preposition(s, i)[0], description="korea", noun=s.lower[i + 2]))
                continue
        elif possessive and folded in (
            "pays",
            "gouvernement",
            "armee",
            "ministre",
            "ministere",
            "president",
            "capitale",
            "diplomatie",
        ):
            sort = "own"
        elif definite and "state" in classes:
            sort = "state"
        elif folded in _ARMED and (definite or before == "des") and folded not in ("groupe", "groupes"):
            sort = "armed"
        elif definite and "group" in classes:
            sort = "group"
        elif definite and "firm" in classes:
            sort = "firm"
        elif definite and folded in ("allie", "voisin"):
            sort = "partner"
        if sort:
            s.actors.append(
                Actor(i, i + 1, i, None, "description", preposition(s, i)[0], description=sort, noun=folded)
            )


def _chain_actors(s: Sentence) -> None:
    loose: list[int] = []
    for position in range(1, len(s.actors)):
        one, other = s.actors[position - 1], s.actors[position]
        between = s.lower[one.end : other.start]
        if not between or len(between) > 6 or one.end > other.start or one.prep in ("selon", "contre", "malgré", "sans"):
            continue
        joined = any(w in (",", "et", "ou", "comme", "puis", "mais") for w in between)
        plain = all(
            w
            in (
                ",",
                "et",
                "ou",
                "comme",
                "puis",
                "aussi",
                "ainsi",
                "que",
                "mais",
                "également",
                "«",
                "»",
                "d'autre",
                "surtout",
                "ni",
                "notamment",
            )
            or s.pos[one.end + k] in ("DET", "ADJ")
            or w in ("le", "la", "les", "l'", "à", "au", "aux", "de", "du", "des", "d'", "par", "en")
            for k, w in enumerate(between)
        )
        if not any(w in ("et", "ou", "comme", "ni", "puis", "mais") for w in between) and one.prep not in ("", "entre", "avec", "par", "de") and not other.prep:
            continue
        if joined and plain and (not other.prep or other.prep == one.prep or one.prep in ("entre",)):
            other.chain = position - 1
            if not any(w in ("et", "ou", "comme", "ni", "puis", "mais") for w in between):
                loose.append(position)
    # A comma alone joins only inside an enumeration: one that ends in « et », or that repeats its preposition.
    for position in reversed(loose):
        following = s.actors[position + 1] if position + 1 < len(s.actors) else None
        if not (following is not None and following.chain == position) and not s.actors[position].prep:
            s.actors[position].chain = None


def _chain_materials(s: Sentence) -> None:
    for position in range(1, len(s.materials)):
        one, other = s.materials[position - 1], s.materials[position]
        between = s.lower[one.end : other.start]
        if not between or len(between) > 11:
            continue
        if any(s.finite[k] for k in range(one.end, other.start)) or any(
            w in (";", ":", "qui", "que", "contre", "pour", "par") for w in between
        ):
            continue
        if any(w in (",", "et", "ou", "dont", "ainsi", "dont", "—", "--") for w in between) and not any(
            s.pos[k] == "VERB" for k in range(one.end, other.start)
        ):
            other.chain = position - 1
