"""`veille tag`, `veille explain`, `veille evaluate`: the tagger on files.

Belongs here: JSON Lines in and out, showing an explanation. Does not belong here: any of the tagging.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from pipeline.errors import EngineRefused, InputInvalid

if TYPE_CHECKING:
    from pipeline.settings import Settings


def register(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this module."""
    tag = commands.add_parser("tag", help="tag stories: JSON Lines {id, title, text} in, one JSON line out for each")
    tag.add_argument(
        "file", nargs="?", default="-", metavar="FILE", help="JSON Lines; - or nothing reads standard input"
    )
    tag.set_defaults(run=run_tag)
    explain = commands.add_parser("explain", help="why a story is, or is not, military supply")
    explain.add_argument(
        "story",
        metavar="FILE_OR_STORY_ID",
        help="a text file (first line: title), a JSON story, or the id of an indexed story",
    )
    explain.add_argument("--json", action="store_true", help="the tagging as JSON")
    explain.set_defaults(run=run_explain)
    evaluate = commands.add_parser("evaluate", help="precision, recall and F1 of the tagger on a labelled file")
    evaluate.add_argument("file", metavar="FILE.jsonl")
    evaluate.add_argument("--json", action="store_true", help="the figures as JSON")
    evaluate.add_argument("--no-errors", action="store_true", help="leave out the list of errors")
    evaluate.set_defaults(run=run_evaluate)


def run_tag(args: argparse.Namespace, settings: Settings) -> int:
    """Tag every line; a line that cannot be read is named on standard error and the others go on."""
    from pipeline.tag import Tagger

    tagger = Tagger.load()
    bad = 0
    with _opened(args.file) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                story = _story(line)
            except ValueError as error:
                bad += 1
                print(f"veille: line {number}: {error}", file=sys.stderr)
                continue
            tagging = tagger.tag(story["title"], story["text"])
            answer = {"id": story["id"], "military_supply": tagging.military_supply, "score": tagging.score}
            rest = tagging.model_dump(mode="json", exclude={"military_supply", "score"})
            print(json.dumps({**answer, **rest}, ensure_ascii=False), flush=True)
    if bad:
        print(f"veille: {bad} {'line' if bad == 1 else 'lines'} could not be read", file=sys.stderr)
    return 1 if bad else 0


def _story(line: str) -> dict[str, Any]:
    try:
        story = json.loads(line)
    except json.JSONDecodeError as error:
        raise ValueError(f"not JSON: {error.msg}") from None
    except RecursionError:
        raise ValueError("not JSON: nested too deep") from None
    if not isinstance(story, dict):
        raise ValueError("not a JSON object")
    for key in ("title", "text"):
        if story.get(key) is None:
            story[key] = ""
        if not isinstance(story[key], str):
            raise ValueError(f"`{key}` is not a text")
        # Half a surrogate pair is legal in JSON and cannot be written out again.
        story[key] = story[key].encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if "id" not in story:
        raise ValueError("no `id`")
    if not story["title"] and not story["text"]:
        raise ValueError("neither `title` nor `text`")
    return story


class _opened:
    """A file, or standard input for `-`; undecodable bytes are replaced, so that one line does not stop the others."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._file: TextIO | None = None

    def __enter__(self) -> Iterator[str]:
        if self._name == "-":
            sys.stdin.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
            return iter(sys.stdin)
        try:
            self._file = open(self._name, encoding="utf-8", errors="replace")
        except OSError as error:
            raise InputInvalid(error.strerror or "cannot be read", url=self._name) from None
        return iter(self._file)

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()


def run_explain(args: argparse.Namespace, settings: Settings) -> int:
    """Tag one story and show why."""
    from pipeline.tag import Tagger
    from pipeline.tag.explain import show

    title, text = _text_of(args.story, settings)
    tagging = Tagger.load().tag(title, text)
    if args.json:
        print(json.dumps(tagging.model_dump(mode="json"), ensure_ascii=False, indent=2))
    else:
        show(title, text, tagging)
    return 0


def _text_of(name: str, settings: Settings) -> tuple[str, str]:
    """Title and text of a file or of an indexed story."""
    path = Path(name)
    if path.is_file():
        try:
            raw = path.read_text(encoding="utf-8")
        except OSError as error:
            raise InputInvalid(error.strerror or "cannot be read", url=name) from None
        except UnicodeDecodeError:
            raise InputInvalid("no text in UTF-8", url=name) from None
        if not raw.strip():
            raise InputInvalid("nothing in it", url=name)
        if raw.lstrip().startswith("{"):
            try:
                story = _story(raw if path.suffix != ".jsonl" else raw.splitlines()[0])
            except ValueError as error:
                if "`id`" not in str(error):
                    raise InputInvalid(str(error), url=name) from None
                story = json.loads(raw)
            return story["title"], story["text"]
        title, _, text = raw.partition("\n")
        return title.strip(), text.strip("\n")
    from pipeline.index import Store

    store = Store.open(settings)
    try:
        story_found = store.story(name)
    except EngineRefused as error:
        if "index_not_found" not in str(error):
            raise
        story_found = None  # nothing was ever indexed here
    finally:
        store.close()
    if story_found is None:
        raise InputInvalid("neither a file nor the id of an indexed story", url=name)
    return story_found.title, story_found.text


def run_evaluate(args: argparse.Namespace, settings: Settings) -> int:
    """Measure the tagger on labelled items."""
    from pipeline.tag import Tagger
    from pipeline.tag import evaluate as measure

    items = []
    with _opened(args.file) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                item = _story(line)
                if not isinstance(item.get("events"), list) or "relevant" not in item:
                    raise ValueError("no `relevant` and `events`")
            except ValueError as error:
                raise InputInvalid(f"line {number}: {error}", url=args.file) from None
            items.append(item)
    if not items:
        raise InputInvalid("no items to measure", url=args.file)
    tagger = Tagger.load()
    answers = [t.model_dump() for t in tagger.tag_many((i["title"], i["text"]) for i in items)]
    report = measure.evaluate(items, answers)
    if args.json:
        print(json.dumps(measure.figures(report), ensure_ascii=False, indent=2))
    else:
        print("\n".join(measure.lines(report, errors=not args.no_errors)))
    return 0
