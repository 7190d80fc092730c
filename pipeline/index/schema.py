"""Mappings and settings from `schemas/`, and the indices and aliases made from them.

A kind (`stories`, `entries`, `feeds`, `alerts`) is reached through its alias `PREFIX-KIND`; behind it stands one
concrete index, `PREFIX-KIND-vN`, where N is the version of the mapping file `schemas/KIND.vN.json`. Where its settings
say `"analysis": "french"`, the chain of `schemas/french.json` is meant.

Belongs here: names and versions of indices. Does not belong here: their documents (`documents`), moving them to a new
version (`migrate`).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from elasticsearch import ApiError, Elasticsearch

from pipeline.errors import EngineRefused
from pipeline.index import synonyms

KINDS = ("stories", "entries", "feeds", "alerts")


@dataclass(frozen=True, slots=True)
class Schema:
    """One version of a kind's index: what is sent to create it."""

    kind: str
    version: int
    settings: dict[str, Any]
    mappings: dict[str, Any]


def alias(prefix: str, kind: str) -> str:
    return f"{prefix}-{kind}"


def concrete(prefix: str, kind: str, version: int, build: int = 1) -> str:
    """`veille-stories-v1`; the second index built with the same version is `veille-stories-v1-2`."""
    return f"{prefix}-{kind}-v{version}" + (f"-{build}" if build > 1 else "")


def version_of(index: str) -> tuple[int, int]:
    """Version and build of a concrete index, from its name."""
    found = re.search(r"-v(\d+)(?:-(\d+))?$", index)
    if found is None:
        raise EngineRefused(f"{index} is not an index of this product's making: its name has no version")
    return int(found[1]), int(found[2] or 1)


@cache
def newest(kind: str) -> Schema:
    """The newest version of this kind that is shipped."""
    folder = resources.files("schemas")
    pattern = re.compile(rf"{kind}\.v(\d+)\.json")
    versions = [int(match[1]) for entry in folder.iterdir() if (match := pattern.fullmatch(entry.name))]
    version = max(versions)
    data = json.loads((folder / f"{kind}.v{version}.json").read_text(encoding="utf-8"))
    settings = data["settings"]
    if named := settings.get("analysis"):
        chain = json.loads((folder / f"{named}.json").read_text(encoding="utf-8"))
        settings = settings | {"analysis": synonyms.into(chain)}
    return Schema(kind, version, settings, data["mappings"])


def behind(client: Elasticsearch, prefix: str, kind: str) -> str | None:
    """The concrete index behind the alias of a kind; None when there is no such alias.

    Raises:
        EngineRefused: the name is an index of its own, or stands for several.
    """
    name = alias(prefix, kind)
    try:
        found = list(client.indices.get_alias(name=name).body)
    except ApiError as error:
        if error.status_code != 404:
            raise
        if client.indices.exists(index=name):
            raise EngineRefused(f"{name} is an index and not an alias: something wrote before bootstrap") from None
        return None
    if len(found) != 1:
        raise EngineRefused(f"the alias {name} stands for {len(found)} indices: {', '.join(sorted(found))}")
    return str(found[0])


def bootstrap(client: Elasticsearch, prefix: str) -> dict[str, str]:
    """Put every kind's index and alias in place; the concrete index of each kind. Idempotent, and safe when two
    processes do it at once.

    An index that stands keeps its version; fields that its mapping file gained since are added to it. What cannot be
    added is a new version, and `veille index migrate` moves to it.
    """
    standing = {}
    for kind in KINDS:
        schema = newest(kind)
        current = behind(client, prefix, kind)
        if current is None:
            current = concrete(prefix, kind, schema.version)
            if not create(client, current, schema, alias(prefix, kind)):
                client.indices.put_alias(index=current, name=alias(prefix, kind), is_write_index=True)
        elif version_of(current)[0] == schema.version and _lacks_fields(client, current, schema):
            client.indices.put_mapping(index=current, properties=schema.mappings["properties"])
        standing[kind] = current
    return standing


def _lacks_fields(client: Elasticsearch, index: str, schema: Schema) -> bool:
    """Whether the mapping file has fields that the index has not.

    Asked first, because the pipeline's own key may read a mapping and not write one: an index in step needs no more.
    """
    standing = client.indices.get_mapping(index=index)[index]["mappings"]
    return not _fields(schema.mappings) <= _fields(standing)


def _fields(mapping: dict[str, Any], above: str = "") -> set[str]:
    """The paths of all fields and multi-fields."""
    paths: set[str] = set()
    for branch in ("properties", "fields"):
        for name, field in mapping.get(branch, {}).items():
            paths |= {above + name} | _fields(field, f"{above}{name}.")
    return paths


def create(client: Elasticsearch, name: str, schema: Schema, under: str | None = None) -> bool:
    """Create a concrete index, under an alias if one is given; False, and nothing done, when it exists."""
    try:
        client.indices.create(
            index=name,
            settings=schema.settings,
            mappings=schema.mappings,
            aliases={under: {"is_write_index": True}} if under else {},
        )
    except ApiError as error:
        if error.error != "resource_already_exists_exception":
            raise
        return False
    return True
