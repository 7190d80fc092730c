"""French inflection by rule: plurals, feminines of demonyms, verb forms with their tense.

Belongs here: how a form is made from a dictionary form. Does not belong here: which words matter (the lexicon files).
The rules cover what the lexicons hold, not all of French; a form that a rule does not make is written in the file.
"""

from __future__ import annotations

from collections.abc import Iterator

PREPOSITIONS = frozenset(["à", "au", "aux", "de", "du", "des", "d'", "en", "pour", "par", "sur", "sans", "contre"])
"""The words at which the plural of a noun group stops: chars de combat."""

_PLURAL_ALS = {"naval": "navals", "fatal": "fatals"}
_INVARIABLE = frozenset(
    ("lance", "porte", "garde", "chasse", "sous", "micro", "auto", "hors", "avant", "contre", "super", "semi", "multi")
)
_AIL = {"travail": "travaux"}


def plural(word: str) -> str:
    """The plural of one noun or adjective."""
    lower = word.lower()
    if lower in _INVARIABLE or lower[-1:] in "sxz" or not lower[-1:].isalpha():
        return word
    if lower in _PLURAL_ALS:
        return _PLURAL_ALS[lower]
    if lower in _AIL:
        return _AIL[lower]
    if lower.endswith("al"):
        return word[:-1] + "ux"
    if lower.endswith(("eau", "eu")) and lower != "pneu":
        return word + "x"
    return word + "s"


def plural_group(phrase: str) -> str:
    """The plural of a noun group: every word up to the first preposition or figure (missiles balistiques, chars de combat)."""
    words = phrase.split(" ")
    made: list[str] = []
    for position, word in enumerate(words):
        if word in PREPOSITIONS or word.startswith("d'") or any(c.isdigit() for c in word):
            return " ".join([*made, *words[position:]])
        made.append(_plural_compound(word) if "-" in word else plural(word))
    return " ".join(made)


def feminine(adjective: str) -> str:
    """The regular feminine of a demonym: ukrainien, ukrainienne; turc is irregular and written out in the file."""
    for ending, replacement in (
        ("ien", "ienne"), ("éen", "éenne"), ("eux", "euse"), ("on", "onne"), ("er", "ère"),
    ):  # fmt: skip
        if adjective.endswith(ending):
            return adjective[: -len(ending)] + replacement
    if adjective.endswith("e"):
        return adjective
    return adjective + "e"


def demonym_forms(entry: str) -> tuple[str, ...]:
    """All forms of a demonym written `masculine` or `masculine/feminine`."""
    masculine, _, written = entry.partition("/")
    female = written or feminine(masculine)
    return tuple(dict.fromkeys((masculine, plural(masculine), female, plural(female))))


def _plural_compound(word: str) -> str:
    """machines-outils, sous-marins, porte-avions, avions-radars."""
    first, _, rest = word.partition("-")
    if first.lower() in _INVARIABLE or len(first) < 4:
        return f"{first}-{plural(rest)}"
    return f"{plural(first)}-{plural(rest)}"


# --- verbs ----------------------------------------------------------------------------------------------------

# infinitive: present ×6 | imperfect stem | future stem | past participle | simple past 3rd singular, plural | subjunctive 3rd singular, plural
_IRREGULAR = {
    "aller": "vais vas va allons allez vont|all|ir|allé|alla allèrent|aille aillent",
    "avoir": "ai as a avons avez ont|av|aur|eu|eut eurent|ait aient",
    "être": "suis es est sommes êtes sont|ét|ser|été|fut furent|soit soient",
    "faire": "fais fais fait faisons faites font|fais|fer|fait|fit firent|fasse fassent",
    "pouvoir": "peux peux peut pouvons pouvez peuvent|pouv|pourr|pu|put purent|puisse puissent",
    "devoir": "dois dois doit devons devez doivent|dev|devr|dû|dut durent|doive doivent",
    "vouloir": "veux veux veut voulons voulez veulent|voul|voudr|voulu|voulut voulurent|veuille veuillent",
    "mettre": "mets mets met mettons mettez mettent|mett|mettr|mis|mit mirent|mette mettent",
    "prendre": "prends prends prend prenons prenez prennent|pren|prendr|pris|prit prirent|prenne prennent",
    "venir": "viens viens vient venons venez viennent|ven|viendr|venu|vint vinrent|vienne viennent",
    "tenir": "tiens tiens tient tenons tenez tiennent|ten|tiendr|tenu|tint tinrent|tienne tiennent",
    "recevoir": "reçois reçois reçoit recevons recevez reçoivent|recev|recevr|reçu|reçut reçurent|reçoive reçoivent",
    "percevoir": "perçois perçois perçoit percevons percevez perçoivent|percev|percevr|perçu|perçut perçurent|perçoive perçoivent",
    "acquérir": "acquiers acquiers acquiert acquérons acquérez acquièrent|acquér|acquerr|acquis|acquit acquirent|acquière acquièrent",
    "offrir": "offre offres offre offrons offrez offrent|offr|offrir|offert|offrit offrirent|offre offrent",
    "envoyer": "envoie envoies envoie envoyons envoyez envoient|envoy|enverr|envoyé|envoya envoyèrent|envoie envoient",
    "introduire": "introduis introduis introduit introduisons introduisez introduisent|introduis|introduir|introduit|introduisit introduisirent|introduise introduisent",
    "détruire": "détruis détruis détruit détruisons détruisez détruisent|détruis|détruir|détruit|détruisit détruisirent|détruise détruisent",
    "interdire": "interdis interdis interdit interdisons interdisez interdisent|interdis|interdir|interdit|interdit interdirent|interdise interdisent",
    "partir": "pars pars part partons partez partent|part|partir|parti|partit partirent|parte partent",
    "repartir": "repars repars repart repartons repartez repartent|repart|repartir|reparti|repartit repartirent|reparte repartent",
    "servir": "sers sers sert servons servez servent|serv|servir|servi|servit servirent|serve servent",
    "démentir": "démens démens dément démentons démentez démentent|dément|démentir|démenti|démentit démentirent|démente démentent",
    "consentir": "consens consens consent consentons consentez consentent|consent|consentir|consenti|consentit consentirent|consente consentent",
    "exclure": "exclus exclus exclut excluons excluez excluent|exclu|exclur|exclu|exclut exclurent|exclue excluent",
    "conclure": "conclus conclus conclut concluons concluez concluent|conclu|conclur|conclu|conclut conclurent|conclue concluent",
    "voir": "vois vois voit voyons voyez voient|voy|verr|vu|vit virent|voie voient",
    "prévoir": "prévois prévois prévoit prévoyons prévoyez prévoient|prévoy|prévoir|prévu|prévit prévirent|prévoie prévoient",
    "pourvoir": "pourvois pourvois pourvoit pourvoyons pourvoyez pourvoient|pourvoy|pourvoir|pourvu|pourvut pourvurent|pourvoie pourvoient",
    "découvrir": "découvre découvres découvre découvrons découvrez découvrent|découvr|découvrir|découvert|découvrit découvrirent|découvre découvrent",
    "poursuivre": "poursuis poursuis poursuit poursuivons poursuivez poursuivent|poursuiv|poursuivr|poursuivi|poursuivit poursuivirent|poursuive poursuivent",
    "résoudre": "résous résous résout résolvons résolvez résolvent|résolv|résoudr|résolu|résolut résolurent|résolve résolvent",
    "proscrire": "proscris proscris proscrit proscrivons proscrivez proscrivent|proscriv|proscrir|proscrit|proscrivit proscrivirent|proscrive proscrivent",
    "rompre": "romps romps rompt rompons rompez rompent|romp|rompr|rompu|rompit rompirent|rompe rompent",
    "restreindre": "restreins restreins restreint restreignons restreignez restreignent|restreign|restreindr|restreint|restreignit restreignirent|restreigne restreignent",
    "savoir": "sais sais sait savons savez savent|sav|saur|su|sut surent|sache sachent",
    "écrire": "écris écris écrit écrivons écrivez écrivent|écriv|écrir|écrit|écrivit écrivirent|écrive écrivent",
    "croire": "crois crois croit croyons croyez croient|croy|croir|cru|crut crurent|croie croient",
    "apparaître": "apparais apparais apparaît apparaissons apparaissez apparaissent|apparaiss|apparaîtr|apparu|apparut apparurent|apparaisse apparaissent",
    "reconnaître": "reconnais reconnais reconnaît reconnaissons reconnaissez reconnaissent|reconnaiss|reconnaîtr|reconnu|reconnut reconnurent|reconnaisse reconnaissent",
    "craindre": "crains crains craint craignons craignez craignent|craign|craindr|craint|craignit craignirent|craigne craignent",
    "comprendre": "comprends comprends comprend comprenons comprenez comprennent|compren|comprendr|compris|comprit comprirent|comprenne comprennent",
    "inclure": "inclus inclus inclut incluons incluez incluent|inclu|inclur|inclus|inclut inclurent|inclue incluent",
    "contenir": "contiens contiens contient contenons contenez contiennent|conten|contiendr|contenu|contint continrent|contienne contiennent",
    "construire": "construis construis construit construisons construisez construisent|construis|construir|construit|construisit construisirent|construise construisent",
    "produire": "produis produis produit produisons produisez produisent|produis|produir|produit|produisit produisirent|produise produisent",
    "coproduire": "coproduis coproduis coproduit coproduisons coproduisez coproduisent|coproduis|coproduir|coproduit|coproduisit coproduisirent|coproduise coproduisent",
    "ouvrir": "ouvre ouvres ouvre ouvrons ouvrez ouvrent|ouvr|ouvrir|ouvert|ouvrit ouvrirent|ouvre ouvrent",
    "joindre": "joins joins joint joignons joignez joignent|joign|joindr|joint|joignit joignirent|joigne joignent",
    "rejoindre": "rejoins rejoins rejoint rejoignons rejoignez rejoignent|rejoign|rejoindr|rejoint|rejoignit rejoignirent|rejoigne rejoignent",
    "éconduire": "éconduis éconduis éconduit éconduisons éconduisez éconduisent|éconduis|éconduir|éconduit|éconduisit éconduisirent|éconduise éconduisent",
    "extraire": "extrais extrais extrait extrayons extrayez extraient|extray|extrair|extrait|extrait extraient|extraie extraient",
    "accueillir": "accueille accueilles accueille accueillons accueillez accueillent|accueill|accueiller|accueilli|accueillit accueillirent|accueille accueillent",
    "jeter": "jette jettes jette jetons jetez jettent|jet|jetter|jeté|jeta jetèrent|jette jettent",
    "dire": "dis dis dit disons dites disent|dis|dir|dit|dit dirent|dise disent",
}  # fmt: skip
_PREFIXED = {
    "remettre": ("re", "mettre"), "promettre": ("pro", "mettre"), "transmettre": ("trans", "mettre"), "permettre": ("per", "mettre"),
    "parvenir": ("par", "venir"), "convenir": ("con", "venir"), "provenir": ("pro", "venir"), "obtenir": ("ob", "tenir"),
    "retenir": ("re", "tenir"), "abstenir": ("abs", "tenir"), "reprendre": ("re", "prendre"), "détenir": ("dé", "tenir"),
    "prévenir": ("pré", "venir"), "soutenir": ("sou", "tenir"), "admettre": ("ad", "mettre"), "maintenir": ("main", "tenir"), "entreprendre": ("entre", "prendre"),
}  # fmt: skip
_SUBJUNCTIVE_SHARED = ("ions", "iez")


def conjugate(infinitive: str) -> dict[str, frozenset[str]]:
    """Every simple form of a verb and what it can be.

    Tags: `inf`, `pres`, `impf`, `past` (simple past), `fut`, `cond`, `subj`, `pp` (past participle), `presp`.
    """
    forms: dict[str, set[str]] = {}
    for form, tag in _forms(infinitive):
        forms.setdefault(form, set()).add(tag)
    return {form: frozenset(tags) for form, tags in forms.items()}


def _forms(infinitive: str) -> Iterator[tuple[str, str]]:
    yield infinitive, "inf"
    if infinitive in _IRREGULAR or (infinitive in _PREFIXED and _PREFIXED[infinitive][1]):
        prefix, base = _PREFIXED.get(infinitive, ("", infinitive))
        present, imperfect, future, participle, past, subjunctive = _IRREGULAR[base].split("|")
        yield from ((prefix + f, "pres") for f in present.split())
        yield from ((prefix + f, "past") for f in past.split())
        yield from ((prefix + f, "subj") for f in subjunctive.split())
        yield from _common(prefix + imperfect, prefix + future, prefix + participle)
    elif infinitive.endswith("er"):
        yield from _first_group(infinitive)
    elif infinitive.endswith("ir"):
        stem = infinitive[:-1]
        yield from ((stem + e, "pres") for e in ("s", "t", "ssons", "ssez", "ssent"))
        yield from ((stem[:-1] + e, "past") for e in ("it", "irent"))
        yield from ((stem + e, "subj") for e in ("sse", "ssent"))
        yield from _common(stem + "ss", infinitive, stem)
    elif infinitive.endswith("re"):
        stem = infinitive[:-2]
        yield from ((stem + e, "pres") for e in ("s", "", "ons", "ez", "ent"))
        yield from ((stem + e, "past") for e in ("it", "irent"))
        yield from ((stem + e, "subj") for e in ("e", "ent"))
        yield from _common(stem, infinitive[:-1], stem + "u")
    else:  # pragma: no cover
        raise ValueError(f"no rule conjugates {infinitive}")


def _common(imperfect: str, future: str, participle: str) -> Iterator[tuple[str, str]]:
    yield from ((imperfect + e, "impf") for e in ("ais", "ait", "ions", "iez", "aient"))
    yield from ((future + e, "fut") for e in ("ai", "as", "a", "ons", "ez", "ont"))
    yield from ((future + e, "cond") for e in ("ais", "ait", "ions", "iez", "aient"))
    yield imperfect + "ant", "presp"
    masculine = participle
    if participle == "dû":
        yield from (("dû", "pp"), ("due", "pp"), ("dus", "pp"), ("dues", "pp"))
        return
    plural_masculine = masculine if masculine[-1] in "sx" else masculine + "s"
    yield from ((f, "pp") for f in (masculine, masculine + "e", plural_masculine, masculine + "es"))


def _first_group(infinitive: str) -> Iterator[tuple[str, str]]:
    stem = infinitive[:-2]
    before_a = stem + "e" if stem.endswith("g") else stem[:-1] + "ç" if stem.endswith("c") else stem
    closed = _closed(stem)
    for strong in closed:
        yield from ((strong + e, "pres") for e in ("e", "es", "ent"))
        yield from ((strong + e, "subj") for e in ("e", "es", "ent"))
    yield from ((f, "pres") for f in (before_a + "ons", stem + "ez"))
    yield from ((f, "past") for f in (before_a + "a", stem + "èrent", before_a + "ai"))
    yield from ((before_a + e, "impf") for e in ("ais", "ait", "aient"))
    yield from ((stem + e, "impf") for e in ("ions", "iez"))
    yield before_a + "ant", "presp"
    for future in {infinitive} | {strong + "er" for strong in closed}:
        yield from ((future + e, "fut") for e in ("ai", "as", "a", "ons", "ez", "ont"))
        yield from ((future + e, "cond") for e in ("ais", "ait", "ions", "iez", "aient"))
    yield from ((stem + e, "pp") for e in ("é", "ée", "és", "ées"))


def _closed(stem: str) -> tuple[str, ...]:
    """The stem before a mute ending: achèt-, cèd-, envoi-, or unchanged."""
    if stem.endswith(("oy", "uy")):
        return (stem[:-1] + "i",)
    if stem.endswith("ay"):
        return (stem[:-1] + "i", stem)
    if len(stem) > 2 and stem[-1] not in "aeiouéèy" and stem[-2] in "eé" and stem[-1] not in "ç":
        if stem.endswith(("ell", "ett")):
            return (stem,)
        if stem[-2] == "e" and stem[-1] in "lt" and not stem.endswith(("achet", "gel")):
            return (stem + stem[-1], stem[:-2] + "è" + stem[-1])
        return (stem[:-2] + "è" + stem[-1], stem)
    if len(stem) > 3 and stem[-3] == "é" and stem[-2:] in ("gn", "gl", "gr", "br"):
        return (stem[:-3] + "è" + stem[-2:], stem)
    return (stem,)
