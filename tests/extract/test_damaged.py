"""A damaged page gives a story or a reason, never an exception, and text in its final form."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipeline.extract import extract
from pipeline.records import Skipped, Story
from tests.extract.making import FEED, NOW, PUBLISHER, entry, page

PAGES = sorted((Path(__file__).parent / "pages").glob("*.html"))
SHARDS = [
    b"<", b">", b'"', b"&#x0;", b"&#31;", b"\x00", b"</p>", b"<script>", b"{", b"null", b"<!--", b"<table>", b"\xff",
    b"<html>", b"9999999999999", "é".encode(), b"<![CDATA[",
]  # fmt: skip


def damage(content: bytes, chance: random.Random) -> bytes:
    """Bytes changed, cut, moved and put in, in some or in many places."""
    body = bytearray(content)
    for _ in range(chance.choice([1, 5, 50, 300])):
        at = chance.randrange(len(body))
        match chance.randrange(4):
            case 0:
                body[at] = chance.randrange(256)
            case 1:
                del body[at : at + chance.randrange(1, 200)]
            case 2:
                body[at:at] = chance.choice(SHARDS)
            case _:
                other = chance.randrange(len(body))
                body[at:at] = body[other : other + chance.randrange(1, 300)]
        if not body:
            break
    return bytes(body)


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_whatever_is_broken_in_a_page(path: Path) -> None:
    chance = random.Random(path.stem)
    content = path.read_bytes()
    stories = 0
    for _ in range(60):
        broken = damage(content, chance)
        carried = broken[:2000].decode("utf-8", "replace") if chance.random() < 0.3 else None
        made = extract(page(broken), entry(content=carried), FEED, PUBLISHER, now=NOW)
        if isinstance(made, Story):
            stories += 1
            assert made.text == "\n".join(" ".join(line.split()) for line in made.text.split("\n") if line.strip())
            made.model_dump_json()
        else:
            assert isinstance(made, Skipped)
    assert stories > 20, "most damage is small"
