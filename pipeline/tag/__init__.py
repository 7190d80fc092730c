"""Military supply: who supplies what to whom, with the sentence that says so (design, section 4).

Belongs here: the lexicons, the French grammar of supply, evidence, the decision. Does not belong here: fetching,
storing, or relating stories. `folding`, `inflect` and `lexicon` are words; `gate` says what is worth parsing;
`sentence`, `frames` and `status` are grammar; `resolve` and `merge` are the story; `decide` is the answer.
"""

from __future__ import annotations

from pipeline.tag.tagger import Tagger, identity, tagged

__all__ = ["Tagger", "identity", "tagged"]
