"""Articles made up in any number, for tests that publish more than the package holds.

Each has words of its own (numbers, places, ships), so that no two are taken for copies, and states one supply event.

Belongs here: the making up. Does not belong here: the written articles (`articles`).
"""

from __future__ import annotations

import random

from pipeline.newsroom.articles import Article, Block, GoldEvent, Version
from pipeline.newsroom.outlets import outlets

_SUPPLIERS = (("la Turquie", "TR"), ("la Corée du Sud", "KR"), ("l'Italie", "IT"), ("la Suède", "SE"), ("l'Inde", "IN"))
_RECIPIENTS = (("au Kenya", "KE"), ("au Pérou", "PE"), ("à l'Ukraine", "UA"), ("au Maroc", "MA"), ("à l'Irak", "IQ"))
_PORTS = ("Alvarada", "Belmonte", "Carasso", "Doroviza", "Estremar", "Falkenau", "Gorodia", "Harmelin", "Istrovo")
_SHIPS = ("Almeria", "Borealis", "Concordia", "Dauphin", "Esperance", "Fulgur", "Galathee", "Halcyon", "Iris", "Junon")
_VOICES = ("un responsable portuaire", "le ministère de la Défense", "une source diplomatique", "le transporteur")
_ASIDES = (
    "Le déchargement a duré {a} heures, sous une pluie fine, et mobilisé {b} dockers.",
    "Les {a} caisses ont été comptées deux fois, puis scellées par {b} agents des douanes.",
    "La route du littoral est restée fermée {a} heures ; {b} camions attendaient à la sortie de la ville.",
    "Une cérémonie de {a} minutes, devant {b} invités, a marqué l'arrivée du navire.",
    "L'équipage, {a} marins, avait quitté son port d'attache il y a {b} jours.",
    "Au conseil municipal, {a} élus sur {b} ont demandé des explications sur la sécurité du site.",
    "Le quai numéro {a} avait été réservé pour {b} jours par l'administration.",
)


def invented(number: int, outlet: str | None = None) -> Article:
    """The article of this number, always the same; outlets take turns where none is named."""
    chance = random.Random(number)
    where = next(one for one in outlets() if one.id == (outlet or outlets()[number % len(outlets())].id))
    supplier, supplier_id = chance.choice(_SUPPLIERS)
    recipient, recipient_id = chance.choice(_RECIPIENTS)
    port, ship, voice = chance.choice(_PORTS), chance.choice(_SHIPS), chance.choice(_VOICES)
    shells, day = chance.randint(1, 90) * 1_000 + number % 1_000, chance.randint(2, 27)
    asides = [aside.format(a=chance.randint(2, 99), b=chance.randint(2, 99)) for aside in chance.sample(_ASIDES, 4)]
    count = f"{shells:,}".replace(",", " ")
    first = (
        f"{supplier[0].upper()}{supplier[1:]} a livré {count} obus de 155 mm {recipient}, a annoncé {voice} "
        f"après l'arrivée du cargo « {ship} {number} » à {port}."
    )
    second = f"{asides[0]} {asides[1]} Le dossier porte la référence {number:06d}-{chance.randint(100, 999)}."
    third = f"{asides[2]} {asides[3]} Le prochain passage du navire est attendu le {day} du mois prochain."
    version = Version(
        title=f"{port} : {count} obus débarqués du « {ship} {number} »",
        summary=first,
        blocks=(Block("p", first), Block("p", second), Block("p", third)),
        supply=True,
        events=(GoldEvent(supplier_id, recipient_id, "delivered", ("ammunition",)),),
    )
    return Article(
        id=f"{where.id}-invente-{number}",
        outlet=where.id,
        section=next(iter(where.sections)),
        versions=(version,),
        keywords=("défense",),
        source="invented",
    )
