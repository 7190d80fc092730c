"""Search-time synonyms, from the tagger's gazetteers, inline in the search analyzer."""

from __future__ import annotations

import copy
from typing import Any

FILTER = "fr_synonyms"


def rules() -> list[str]:
    """Synonym rules in Solr format: `corée du nord, pyongyang, rpdc`."""
    return []


def into(analysis: dict[str, Any]) -> dict[str, Any]:
    """This analysis chain with the rules in its synonym filter, or without the filter when there are no rules."""
    filled = copy.deepcopy(analysis)
    if found := rules():
        filled["filter"][FILTER]["synonyms"] = found
        return filled
    del filled["filter"][FILTER]
    for analyzer in filled["analyzer"].values():
        analyzer["filter"] = [name for name in analyzer["filter"] if name != FILTER]
    return filled
