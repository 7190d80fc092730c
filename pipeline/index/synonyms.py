"""Names of the same thing, for searching: from the tagger's gazetteers, and from `equivalents.txt`.

A state is its names, its seats of power and its demonyms (Corée du Nord = RPDC = Pyongyang = nord-coréen); a bloc or an
armed group is its names. The people who speak for it are left out, and so is a form that two groups claim.

They are used twice. `veille search` reads them itself, when it makes a query (`index.query`). And they stand inline in
the search analyzer `fr_search`, for Kibana and every other client; `veille index synonyms` renews them there without
reindexing, because texts are indexed without them.

Belongs here: the groups, and the analyzer's rules. Does not belong here: the gazetteers (`tag`), stemming.
"""

from __future__ import annotations

import copy
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

FILTER = "fr_synonyms"

MOST_FORMS = 16
"""Forms of a group: each is a clause of a query, and the lists give the usual ones first."""

ARTICLES = frozenset(
    ["l", "d", "c", "j", "m", "n", "s", "t", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu", "presqu", "entr"]
)
TOKEN = re.compile(r"[^\W_]+(?:['.](?=[^\W_])[^\W_]+|(?<=\d),\d+)*")
MODEL = re.compile(r"\b([A-Za-z]{1,4})-([0-9]+)")
APOSTROPHES = str.maketrans(dict.fromkeys("’‘ʼ′＇", "'"))


@dataclass(frozen=True, slots=True)
class Group:
    """Forms that stand for the same thing, as people write them."""

    id: str
    forms: tuple[str, ...]

    @property
    def telling(self) -> tuple[str, ...]:
        """The forms without those that have another one in them: who looks for `Wagner` finds `groupe Wagner`."""
        words = {form: f" {' '.join(tokens(form))} " for form in self.forms}
        return tuple(f for f in words if not any(words[o] in words[f] for o in words if o is not f))


@cache
def groups() -> tuple[Group, ...]:
    """All groups with two forms or more; no form is in two of them."""
    merged = _with_equivalents([*_states(), *_actors(), *_spellings()])
    claims = Counter(words for group in merged for words in {tokens(form) for form in group.forms})
    kept = []
    for group in merged:
        forms: dict[tuple[str, ...], str] = {}
        for form in group.forms:
            if claims[tokens(form)] == 1 and not form.lower().startswith(("l'", "les ")):
                forms.setdefault(tokens(form), form)
        if len(forms) > 1:
            kept.append(Group(group.id, tuple(forms.values())[:MOST_FORMS]))
    return tuple(kept)


def actor(text: str) -> str | None:
    """The id of a party from its id (`KP`, `hezbollah`) or one of its names; None for an unknown or ambiguous one."""
    parties = [*_states(), *_actors()]
    for group in parties:
        if text.lower() == group.id.lower():
            return group.id
    words = tokens(text)
    named = {group.id for group in parties if words in map(tokens, group.forms)}
    return named.pop() if len(named) == 1 else None


def rules() -> list[str]:
    """The groups as synonym rules in Solr's format: `corée du nord, coree du nord, rpdc, nord coréen, nord coréens`.

    The filter stands before stop words and stemming, since a rule must not lose a word of a name, so the rules have
    what stemming would have found: plurals, feminines, and the forms without accents.
    """
    return [", ".join(dict.fromkeys(words for form in group.forms for words in _inflected(form))) for group in groups()]


def renew(client: Elasticsearch, index: str) -> bool:
    """Put the rules as they are now into an index's search analyzer; False when they stand there already, or when the
    index has no French text.

    Texts are indexed without synonyms, so nothing is indexed again. The index is closed and opened by the engine, which
    takes a moment, because analyzers are read when it opens.
    """
    settings = client.indices.get_settings(index=index)[index]["settings"]["index"]
    standing = settings.get("analysis", {}).get("filter", {}).get(FILTER)
    wanted = rules()
    if standing is None or standing["synonyms"] == wanted:
        return False
    renewed = {"analysis": {"filter": {FILTER: {"type": standing["type"], "synonyms": wanted}}}}
    client.indices.put_settings(index=index, settings=renewed, reopen=True)
    client.cluster.health(index=index, wait_for_status="yellow", timeout="30s")
    return True


def _inflected(form: str) -> list[str]:
    from pipeline.tag import inflect

    forms = [form]
    if " " not in form and form[:1].islower():
        head, hyphen, last = form.rpartition("-")
        forms = [f"{head}{hyphen}{word}" for word in inflect.demonym_forms(last)]
    elif form[:1].islower():
        forms = [form, inflect.plural_group(form)]
    lowered = [" ".join(without_article(surface.lower()) for surface in surfaces(f)) for f in forms]
    return [words for line in lowered for words in (line, " ".join(folded(word) for word in line.split()))]


def into(analysis: dict[str, Any]) -> dict[str, Any]:
    """This analysis chain with the rules in its synonym filter."""
    filled = copy.deepcopy(analysis)
    filled["filter"][FILTER]["synonyms"] = rules()
    return filled


def surfaces(text: str) -> list[str]:
    """The words of a text as the tokenizer of the index has them, as written; models (`F-16`) in one piece."""
    return TOKEN.findall(MODEL.sub(r"\1\2", text.translate(APOSTROPHES)))


def folded(surface: str) -> str:
    """A word as the index's exact analyzer has it: no case, no accents, no elided article, no dots."""
    plain = unicodedata.normalize("NFD", surface.lower().replace("œ", "oe").replace("æ", "ae"))
    bare = "".join(c for c in plain if not unicodedata.combining(c))
    return without_article(bare)


def without_article(surface: str) -> str:
    """A lower-case word without its elided article, and without dots and commas (`o.n.u`, `7,62`)."""
    article, apostrophe, rest = surface.partition("'")
    kept = rest if apostrophe and article in ARTICLES else surface
    return kept.replace(".", "").replace(",", "")


def tokens(text: str) -> tuple[str, ...]:
    """The folded words of a text."""
    return tuple(folded(surface) for surface in surfaces(text))


def _states() -> list[Group]:
    found = []
    for code, names, demonyms, seats, _people in _table("states.tsv", 5):
        # The columns' first forms are the usual ones. Further on stand works, bases and towns that mean the state in a
        # story of arms, and something else to who searches for them.
        adjectives = [d.partition("/")[0] for d in demonyms[:3] if not d.endswith("o")]
        forms = [*names[:3], *seats[:5], *adjectives]
        found.append(Group(code[0], tuple(form.partition(" (")[0] for form in forms)))
    return found


def _actors() -> list[Group]:
    return [
        Group(id_[0], tuple(form.partition(" (")[0] for form in forms if not _person(form, forms)))
        for id_, (kind,), forms in _table("actors.tsv", 3)
        if kind in ("bloc", "group")
    ]


def _person(form: str, forms: list[str]) -> bool:
    """Whether a form is somebody's name: given name and surname, of which the list has the surname alone as well."""

    def full(long: str, short: str) -> bool:
        given = long.removesuffix(f" {short}")
        return given != long and all(part[:1].isupper() for part in given.replace("-", " ").split())

    return any(full(form, other) or full(other, form) for other in forms)


def _spellings() -> list[Group]:
    """Named systems that are written in one word or in two: `PzH 2000`, `PzH2000`."""
    same: dict[str, dict[tuple[str, ...], str]] = {}
    for _categories, (strength,), _origin, forms in _table("materiel.tsv", 4):
        if strength == "named":
            for form in forms:
                same.setdefault("".join(tokens(form)), {}).setdefault(tokens(form), form)
    return [Group(key, tuple(forms.values())) for key, forms in same.items() if len(forms) > 1]


def _with_equivalents(groups: list[Group]) -> list[Group]:
    """These and the lines of `equivalents.txt`; a line that shares a form with a group adds its others to it."""
    lines = (resources.files(__package__) / "equivalents.txt").read_text(encoding="utf-8").splitlines()
    together = list(groups)
    for line in lines:
        if not line or line.startswith("#"):
            continue
        forms = tuple(form.strip() for form in line.split(","))
        words = {tokens(form) for form in forms}
        for number, group in enumerate(together):
            if words & {tokens(form) for form in group.forms}:
                together[number] = Group(group.id, (*group.forms[:1], *forms, *group.forms[1:]))
                break
        else:
            together.append(Group(forms[0], forms))
    return together


def _table(name: str, columns: int) -> list[list[list[str]]]:
    """The rows of a gazetteer: cells apart by tabs, values by `|`, `-` for none."""
    text = (resources.files("pipeline") / "tag" / "lexicon" / name).read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert all(len(row) == columns for row in rows), f"{name} has other columns than {columns}"
    return [[[] if cell == "-" else cell.split("|") for cell in row] for row in rows]
