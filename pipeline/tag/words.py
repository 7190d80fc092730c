"""Closed classes of French words that the grammar of supply looks at.

Belongs here: function words and small sets of forms, as they are written, lower case. Does not belong here: anything
with a meaning of its own for supply (`lexicon/*.tsv`).
"""

from __future__ import annotations

ANAPHORIC: dict[str, str | None] = {
    "appareil": None, "engin": None, "exemplaire": None, "unité": None, "lot": None, "système": None,
    "modèle": None, "pièce": None, "projectile": "ammunition", "dispositif": None, "cargaison": None,
    "chargement": None, "batterie": None, "arme": None, "avion": "aircraft", "missile": "missiles",
    "conteneur": None, "matériel": None, "équipement": None, "bâtiment": "naval", "navire": "naval",
    "blindé": "armoured-vehicles", "char": "armoured-vehicles", "munition": "ammunition", "machine": None,
    "stock": None, "véhicule": None, "vecteur": None, "tout": None, "ensemble": None, "bombe": "ammunition",
    "marchandise": None, "chasseur": "aircraft", "drone": "drones", "intercepteur": "air-defence",
    "obus": "ammunition", "frégate": "naval", "sous-marin": "naval", "hélicoptère": "aircraft",
    "patrouilleur": "naval", "bateau": "naval",
}  # fmt: skip

ANNOUNCES = frozenset((
    "annonce", "annoncent", "annoncé", "confirmé", "indiqué", "promis", "précisé", "savoir",
))  # fmt: skip

AWAITS = frozenset((
    "accueillir", "attendre", "demander", "espérer", "exiger", "fêter", "négocier", "obtenir", "recevoir",
    "remercier", "réclamer", "saluer", "solliciter", "souhaiter",
))  # fmt: skip

BAN = frozenset((
    "embargo", "interdiction", "interdire", "interdit", "interdite", "interdites", "interdits", "prohibé",
    "prohibée", "prohibées", "prohibés", "proscrit", "proscrite",
))  # fmt: skip

BE = frozenset((
    "est", "furent", "fut", "sera", "seraient", "serait", "seront", "soient", "soit", "sont", "étaient", "était",
    "étant", "été", "être",
))  # fmt: skip

BOTH = frozenset((
    "conclu", "convenu", "discussions", "discutaient", "discutent", "discuté", "envisagent", "examinent",
    "négociaient", "négociations", "négocient", "négocié", "pourparlers", "signé", "étudient", "évoquent", "évoqué",
))  # fmt: skip

CARGO = frozenset((
    "cargaison", "cargaisons", "chargement", "chargements", "conteneur", "conteneurs", "convoi", "convois", "dépôt",
    "dépôts", "entrepôt", "entrepôts", "envoi", "envois", "expédition", "expéditions", "filière", "livraison",
    "livraisons", "lot", "lots",
))  # fmt: skip

CARRIERS = frozenset((
    "camion", "camions", "cargaison", "cargaisons", "convoi", "convois", "dépôt", "dépôts", "entrepôt", "entrepôts",
    "hangar", "hangars", "navire",
))  # fmt: skip

CARGO_CRAFT = (
    "iliouchine",
    "il-76",
    "c-130",
    "c-17",
    "antonov",
    "an-124",
    "a400m",
    "avion-cargo",
    "cargo",
    "convoi",
    "navire",
)

CLITICS = frozenset(("lui", "leur", "que", "qu'", "y"))

CURRENCIES = frozenset((
    "euros", "dollars", "livres", "couronnes", "francs", "roubles", "yuans", "yens", "wons", "zlotys", "roupies",
    "shekels", "dirhams", "riyals", "€", "$",
))  # fmt: skip

COMPLEX = frozenset((
    "ainsi", "aussi", "bien", "déjà", "en", "encore", "jamais", "l'", "la", "le", "les", "leur", "lui", "m'", "n'",
    "ne", "outre", "pas", "plus", "s'", "se", "y", "été",
))  # fmt: skip

COMPLEX_WITH_DE: dict[str, str] = {
    "auprès": "aupres", "destination": "dest", "provenance": "orig", "profit": "dest", "faveur": "dest",
    "compte": "dest", "direction": "dest", "intention": "dest", "bénéfice": "dest", "mains": "dest",
    "disposition": "dest", "part": "orig", "partir": "orig", "venu": "orig", "venue": "orig", "venus": "orig",
    "venues": "orig", "issu": "orig", "issus": "orig", "issue": "orig", "issues": "orig", "parti": "orig",
    "partie": "orig", "partis": "orig", "parties": "orig", "sortis": "orig", "sorties": "orig",
    "originaire": "orig", "service": "dest", "côtés": "avec", "sein": "dans", "bord": "dans", "travers": "via",
    "face": "contre", "copie": "copy", "copies": "copy", "réplique": "copy", "répliques": "copy", "dérivé": "copy",
    "dérivés": "copy", "clone": "copy", "cousin": "copy", "rival": "copy", "équivalent": "copy", "lieu": "contre",
    "dépit": "malgré", "encontre": "contre", "aide": "avec", "côté": "dans", "fabrication": "made",
    "conception": "design", "origine": "orig", "territoire": "dans", "frontière": "near", "large": "near",
    "égard": "contre", "frontières": "near", "au-dessus": "dans", "hors": "orig", "arrivé": "orig",
    "arrivés": "orig", "arrivées": "orig", "arrivée": "orig", "adresse": "dest",
}  # fmt: skip

CONDITIONAL = frozenset((
    "auraient", "aurait", "seraient", "serait",
))  # fmt: skip

DENIES = (
    "sans fondement", "dément", " nie ", " nient ", "réfute", "récuse", "se défend d", "balaie",
    "rejette les accusations", "conteste", "absurde", "fausses", "infondé", "mensong", "fable", "calomni",
)  # fmt: skip

COPIES = frozenset(
    ("copie", "copies", "réplique", "répliques", "clone", "clones", "dérivé", "dérivés", "inspiré", "inspirés")
)

FUTURE = frozenset((
    "aura", "auront", "sera", "seront",
))  # fmt: skip

HAVE = frozenset((
    "a", "ai", "aient", "ait", "aura", "aurons", "avez", "avons",
    "auraient", "aurait", "auront", "avaient", "avait", "avoir", "ayant", "eurent",
    "eut", "ont",
))  # fmt: skip

HIT = frozenset((
    "attaqué", "attaquée", "bombardé", "bombardée", "bombardés", "ciblé", "ciblée", "détruisent", "frappent",
    "frappé", "frappée", "frappés", "visé", "visée", "visés",
))  # fmt: skip

INTRANSITIVE = frozenset((
    "aboutir", "affluer", "aller", "arriver", "atterrir", "partir", "parvenir", "repartir",
))  # fmt: skip

LIFTED = frozenset((
    "assoupli", "assouplissement", "assouplit", "expire", "expiré", "leva", "levait", "lever", "levé", "levée",
    "levés", "lève",
))  # fmt: skip

MARKERS = frozenset((
    "(", ")", ":", ";", "afin", "alors", "car", "dont", "laquelle", "lequel", "lesquelles", "lesquels", "lorsqu'",
    "lorsque", "mais", "où", "parce", "puisqu'", "puisque", "qu'", "quand", "que", "qui", "s'", "si", "tandis", "–",
    "—",
))  # fmt: skip

NONE = frozenset((
    "aucun", "aucune", "guère", "jamais", "ni", "nul", "nulle", "pas", "personne", "plus", "point", "rien",
))  # fmt: skip

NUMBER_WORDS = frozenset((
    "cent", "cents", "cinq", "cinquante", "deux", "dix", "douze", "huit", "mille", "neuf", "onze", "plusieurs",
    "quarante", "quatorze", "quatre", "quelques", "quinze", "seize", "sept", "six", "soixante", "treize", "trente",
    "trois", "un", "une", "vingt",
))  # fmt: skip

PARTITIVES = frozenset((
    "appareil", "appareils", "avion", "avions", "bataillon", "batterie", "batteries", "caisse", "caisses", "canon",
    "canons", "cargaison", "cargaisons", "centaine", "centaines", "char", "chargement", "chargements", "chars",
    "chasseur", "chasseurs", "cinquantaine", "composant", "composants", "conteneur", "conteneurs", "convoi",
    "convois", "dizaine", "dizaines", "douzaine", "drone", "drones", "engin", "engins", "ensemble", "envoi",
    "envois", "escadrille", "escadron", "escadrons", "essentiel", "exemplaire", "exemplaires", "flotte", "kit",
    "kits", "liste", "livraison", "livraisons", "lot", "lots", "majorité", "millier", "milliers", "million",
    "millions", "missile", "missiles", "modèle", "modèles", "moitié", "munition", "munitions", "nombre", "obus",
    "palette", "palettes", "paquet", "partie", "pièce", "pièces", "plupart", "quantité", "quantités", "quarantaine",
    "quinzaine", "reliquat", "reste", "régiment", "soixantaine", "stock", "stocks", "système", "systèmes", "série",
    "séries", "tonne", "tonnes", "totalité", "tranche", "trentaine", "type", "types", "unité", "unités", "variante",
    "version", "versions", "vingtaine", "wagon", "wagons", "élément", "éléments",
))  # fmt: skip

SIMPLE_PREPOSITIONS: dict[str, str] = {
    "à": "à", "a": "à", "au": "à", "aux": "à", "de": "de", "d'": "de", "du": "de", "des": "de", "en": "en",
    "vers": "vers", "pour": "pour", "par": "par", "chez": "chez", "avec": "avec", "entre": "entre",
    "contre": "contre", "dans": "dans", "depuis": "orig", "sur": "sur", "selon": "selon", "sous": "sous",
    "sans": "sans", "via": "via", "devant": "devant", "après": "après", "avant": "avant", "malgré": "malgré",
    "hors": "hors", "parmi": "parmi", "envers": "pour",
}  # fmt: skip

STORES = frozenset(("arsenal", "arsenaux"))

STRIKES = frozenset((
    "anéanti", "anéantis", "cendres", "détruire", "détruit", "détruite", "détruites", "détruits", "incendié",
    "incendiés", "intercepté", "interceptées", "interceptés", "pulvérisé", "pulvérisée", "pulvérisés", "saisi",
    "saisie", "saisies", "saisis",
))  # fmt: skip

UNNAMED = frozenset((
    "acheteurs", "alliés", "belligérants", "civils", "clients", "combattants", "factions", "gouvernements",
    "groupe", "groupes", "milices", "monde", "partenaires", "particuliers", "parties", "pays", "rebelles",
    "régimes", "terroristes", "trafiquants", "étranger",
))  # fmt: skip

VESSELS = frozenset((
    "avion", "aéroport", "bateau", "bateaux", "bord", "boutre", "cache", "caches", "cachette", "caisse", "caisses",
    "camion", "camions", "cargaison", "cargo", "chalutier", "colis", "conteneur", "conteneurs", "convoi", "douanes",
    "douaniers", "embarcation", "frontière", "navire", "navires", "palettes", "port", "remorque", "soute", "soutes",
    "valise", "voilier", "véhicule",
))  # fmt: skip

LIFTING = frozenset((
    "amod", "appos", "conj", "dep", "fixed", "flat:name", "nmod", "nsubj", "obj", "obl:arg", "obl:mod",
))  # fmt: skip
"""Dependencies over which a partitive takes the function of its noun."""

BUILT = ("construit", "fabriqué", "produit", "assemblé", "conçu")
"""Beginnings of participles of making."""

SUPPORTED = frozenset((
    "autorisation", "aval", "commande", "contrat", "demande", "licence", "livraison", "offre", "promesse",
))  # fmt: skip
"""Nouns that make a verb before them a mere support: recevoir commande, donner son accord."""

FOUND = frozenset((
    "apparaître", "finir", "identifier", "passer", "repérer", "retrouver", "se_retrouver", "tomber",
))  # fmt: skip
"""Verbs that make a transfer only with « aux mains de »."""
