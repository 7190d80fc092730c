"""Numbers, ranges and money as French texts write them."""

from __future__ import annotations

import pytest

from pipeline.tag import Tagger, quantity
from pipeline.tag.gate import mentions
from pipeline.tag.lexicon import load


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("12 400 munitions de 35 millimètres", 12400, "munitions"),
        ("entre 300 000 et 500 000 obus", 300_000, "obus"),
        ("2,3 millions d'obus nord-coréens", 2_300_000, "obus"),
        ("une soixantaine de missiles", 60, "missiles"),
        ("plus de mille conteneurs d'obus", 1000, "conteneurs"),
        ("quatorze Leopard 2A6", 14, "Leopard 2A6"),
        ("cent cinquante nouveaux drones", 150, "drones"),
        ("un premier lot de trois Mirage", 3, "Mirage"),
        ("un demi-million d'obus", 500_000, "obus"),
        ("quatre-vingt-dix chars", 90, "chars"),
        ("1.700 chars", 1700, "chars"),
        ("des milliers de drones", None, None),
        ("un char", None, None),
    ],
)
def test_what_is_counted(tagger: Tagger, text: str, value: float | None, unit: str | None) -> None:
    (sentence,) = tagger.parse("", text, [], mentions(text, load()))
    found = next((q for m in sentence.materials if (q := quantity.counted(sentence, m))), None)
    assert (found and found.value, found and found.unit) == (value, unit)


@pytest.mark.parametrize(
    ("text", "amount", "currency"),
    [
        ("Paris vend des chars pour 142 millions d'euros.", 142_000_000, "EUR"),
        ("un contrat d'armement de 1,2 milliard de dollars", 1_200_000_000, "USD"),
        ("des avions pour 5,4 milliards de livres", 5_400_000_000, "GBP"),
        ("des obus à 3.000 euros", 3000, "EUR"),
        ("des livres et des obus", None, None),
    ],
)
def test_what_it_costs(tagger: Tagger, text: str, amount: float | None, currency: str | None) -> None:
    (sentence,) = tagger.parse("", text, [], mentions(text, load()))
    found = quantity.money(sentence)
    assert (found and found.amount, found and found.currency) == (amount, currency)
