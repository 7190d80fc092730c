"""What an outlet's pages need beyond the general rules, as data: `overrides.toml`.

Belongs here: reading that file and finding the rules of a host. Does not belong here: applying them (`body`).
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from urllib.parse import urlsplit

from pipeline.errors import InputInvalid


@dataclass(frozen=True, slots=True)
class Override:
    """Selectors of one outlet, CSS."""

    body: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


NONE = Override()


def read(text: str) -> dict[str, Override]:
    """The overrides of a TOML text, by host or registrable domain.

    Raises:
        InputInvalid: an unknown key, a value that is no list of selectors.
    """
    found: dict[str, Override] = {}
    for host, table in tomllib.loads(text).items():
        unknown = set(table) - {"body", "lead", "remove"}
        if unknown:
            raise InputInvalid(f"overrides: {host}: unknown key {sorted(unknown)[0]}")
        if not all(isinstance(value, list) and all(isinstance(v, str) for v in value) for value in table.values()):
            raise InputInvalid(f"overrides: {host}: selectors must be a list of strings")
        found[host] = Override(**{key: tuple(value) for key, value in table.items()})
    return found


@cache
def shipped() -> dict[str, Override]:
    return read(resources.files("pipeline.extract").joinpath("overrides.toml").read_text("utf-8"))


def for_url(url: str, overrides: dict[str, Override] | None = None) -> Override:
    """The rules for a page: those of its host, else of a domain above it, else none."""
    rules = shipped() if overrides is None else overrides
    labels = (urlsplit(url).hostname or "").split(".")
    return next((rules[name] for i in range(len(labels)) if (name := ".".join(labels[i:])) in rules), NONE)
