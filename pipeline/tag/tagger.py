"""The tagger: a story in, its supply events and the decision out.

Belongs here: the order of the steps and the one loaded model. Does not belong here: any of the steps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from importlib.resources import files
from itertools import islice
from typing import TYPE_CHECKING, Any

from pipeline.records import Story, TaggerVersion, Tagging
from pipeline.tag import decide, gate, groups, lexicon, merge, sentence
from pipeline.tag.folding import plain, sentences
from pipeline.tag.weigh import choose, encoder
from pipeline.tag.weigh import model as weighing
from pipeline.tag.weigh.model import Model
from pipeline.tag.weigh.reading import StoryReading

if TYPE_CHECKING:
    from spacy.language import Language

VERSION = "6"
"""Of the code; `identity` adds what is learned and the lexicons."""
LEARNED = (weighing.FILE, encoder.NETWORK, encoder.TOKENS)
MODEL = "fr_core_news_md"


class Tagger:
    """Lexicons and model, loaded once per process by `load`."""

    def __init__(self, nlp: Language, words: lexicon.Lexicon, model: Model | None = None) -> None:
        self._nlp = nlp
        self._lexicon = words
        self._given = model

    @cached_property
    def _model(self) -> Model:
        return self._given or weighing.load()

    @classmethod
    def load(cls) -> Tagger:
        """The tagger of this process.

        Raises:
            LexiconInvalid: a lexicon file cannot be understood.
        """
        return _load()

    def tag(self, title: str, text: str) -> Tagging:
        """The supply events of one story. Offsets of evidence count characters in `title` or `text` as given."""
        return next(self.tag_many([(title, text)]))

    def tag_many(self, pairs: Iterable[tuple[str, str]]) -> Iterator[Tagging]:
        """Tag stories one after the other."""
        for title, text in pairs:
            story = self.understand(title, text)
            if story is None:
                yield decide.nothing(identity())
            else:
                supplies = merge.merge(choose.drafts(story, self._model))
                yield decide.decide(title, text, supplies, story.mentions, self._lexicon, identity())

    def understand(self, title: str, text: str) -> StoryReading | None:
        """What the grammar makes of one story; None when the gate says no."""
        in_title = gate.mentions(title, self._lexicon)
        in_text = gate.mentions(text, self._lexicon)
        if not gate.passes([*in_title, *in_text]):
            return None
        return self._reading(title, text, in_title, in_text)

    def understand_sentence(self, text: str) -> StoryReading:
        """What the grammar makes of a single sentence, whatever the gate would say of it (fitting)."""
        return self._reading("", text, [], gate.mentions(text, self._lexicon))

    def _reading(
        self, title: str, text: str, in_title: list[gate.Mention], in_text: list[gate.Mention]
    ) -> StoryReading:
        return StoryReading(self.parse(title, text, in_title, in_text), [*in_title, *in_text], self._lexicon)

    def vocabulary(self, count: int) -> list[str]:
        """The most frequent words that the parser has a vector for (fitting)."""
        return [self._nlp.vocab.strings[key] for key in islice(self._nlp.vocab.vectors, count)]

    def parse(
        self, title: str, text: str, in_title: list[gate.Mention], in_text: list[gate.Mention]
    ) -> list[groups.Sentence]:
        """The sentences worth parsing, the title first, with their groups."""
        spans: list[tuple[int, int, int, str, list[gate.Mention]]] = []
        if title.strip():
            spans.append((0, 0, len(title), _title(title, in_title), in_title))
        position = 0
        for order, (start, end) in enumerate(sentences(text), start=1):
            here: list[gate.Mention] = []
            while position < len(in_text) and in_text[position].start < end:
                if in_text[position].start >= start:
                    here.append(in_text[position])
                position += 1
            if _worth(here):
                spans.append((order, start, end, plain(text[start:end]), here))
        docs = self._nlp.pipe([piece for _, _, _, piece, _ in spans], batch_size=32)
        parsed = []
        for (order, start, end, piece, here), doc in zip(spans, docs, strict=True):
            one = groups.Sentence("text" if order else "title", start, end, piece, order, doc, here)
            parsed.append(sentence.read(one, self._lexicon))
        return parsed


def tagged(story: Story) -> Story:
    """The story with what the tagger of this process says of it."""
    return story.tagged(Tagger.load().tag(story.title, story.text))


def _worth(here: list[gate.Mention]) -> bool:
    """Whether a sentence is worth parsing: it names something that an event could need."""
    kinds = {m.entry.kind for m in here}
    return "actor" in kinds or "materiel" in kinds or "predicate" in kinds


def _title(title: str, found: list[gate.Mention]) -> str:
    """The title as the parser likes it: a title in capitals is written small, its names with their capital."""
    written = plain(title)
    letters = [c for c in written if c.isalpha()]
    if not letters or sum(c.isupper() for c in letters) < 0.7 * len(letters):
        return written
    small = list(written.lower())
    if len(small) != len(written):
        return written
    for mention in found:
        if mention.entry.cased:
            small[mention.start] = written[mention.start]
    return "".join(small[:1]).upper() + "".join(small[1:])


@lru_cache(maxsize=1)
def identity() -> TaggerVersion:
    """Which tagger this is: the same one gives the same answer to the same text."""
    digest = hashlib.sha256()
    for name in LEARNED:
        digest.update((files("pipeline.tag.weigh") / name).read_bytes())
    return TaggerVersion(version=f"{VERSION}.{digest.hexdigest()[:8]}", lexicon_digest=lexicon.lexicon_digest())


@lru_cache(maxsize=1)
def _load() -> Tagger:
    import spacy

    # The attribute ruler of this model copies parts of speech to tags, which nobody reads.
    nlp: Any = spacy.load(MODEL, exclude=["ner", "lemmatizer", "senter", "attribute_ruler"])
    return Tagger(nlp, lexicon.load())
