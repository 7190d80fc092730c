"""Which language a text is in.

Belongs here: telling French from everything else, without guessing on short texts. Does not belong here: what is done
with a text in another language (`refusals`).
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_DISTINCTIVE = """
    les des du aux où dont dans sous avec est sont été avait était cette ces elle ils elles nous vous pas leur leurs
    mais selon après depuis aussi très même être chez
"""
_SHARED = """
    le la l un une de d au et ou que qu qui sur pour par sans a ont ce cet se s il on ne n plus son sa ses comme avant
    entre vers y en si tout tous
"""
DISTINCTIVE = frozenset(_DISTINCTIVE.split())
"""Function words of French that are hardly another language's."""
FUNCTION_WORDS = DISTINCTIVE | frozenset(_SHARED.split())
"""All of them; of these `la`, `que`, `se`, `a` are other Romance languages' too."""

ENOUGH = 200
"""Characters from which a text is classified; a shorter one has the language it declares, or French."""
SURE = 0.99
"""Probability from which the classifier is believed against a text with some French in it."""
SAMPLE = 2_000
"""Characters that are looked at."""
CANDIDATES = (
    "fr", "en", "es", "it", "de", "nl", "pt", "ar", "ru", "uk", "ro", "ca", "oc", "br", "tr", "pl", "zh", "fa", "he",
    "el", "sv", "mg", "sw", "ht", "rw", "lb", "eu", "hu", "cs", "ja", "ko",
)  # fmt: skip
"""Languages that the watched outlets print, and those near French; fewer candidates, fewer wild guesses."""

_WORDS = re.compile(r"[^\W\d_]+")


def language_of(text: str, declared: str | None) -> str:
    """ISO 639-1 code of a text.

    Function words settle what is plainly French, at a fraction of the classifier's cost and without its half second of
    loading; py3langid, restricted to `CANDIDATES`, decides the rest.
    """
    function, distinctive = _french_shares(text)
    if len(text) < ENOUGH:
        return declared if declared and distinctive == 0 else "fr"
    if function >= 0.3 and distinctive >= 0.04:
        return "fr"
    label, probability = _classifier().classify(text[:SAMPLE])
    # Lists, tables and names have few function words; a classifier that is not sure must not lose a story.
    if probability < SURE and distinctive > 0:
        return "fr"
    return str(label)


def _french_shares(text: str) -> tuple[float, float]:
    """Shares of function words and of distinctive ones among the words of the sample."""
    words = [word.lower() for word in _WORDS.findall(text[:SAMPLE])]
    if not words:
        return 0.0, 0.0
    function = sum(word in FUNCTION_WORDS for word in words)
    return function / len(words), sum(word in DISTINCTIVE for word in words) / len(words)


@cache
def _classifier() -> Any:
    # Imported here: the model takes half a second to load, and few pages need it.
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(CANDIDATES))
    return identifier
