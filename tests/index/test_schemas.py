"""Records, JSON Schemas and mappings say the same, and the engine keeps what it is given."""

from __future__ import annotations

import types
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import jsonschema
import pytest

from pipeline.errors import EngineRefused
from pipeline.index import KINDS, Store
from pipeline.index.contract import FOLDER, MODELS, json_schema, rendered
from pipeline.index.schema import bootstrap, newest
from pipeline.records import Record
from pipeline.settings import Settings
from tests.index.samples import entry, story

FITTING = {
    str: {"keyword", "text"},
    bool: {"boolean"},
    int: {"integer", "long"},
    float: {"float", "double"},
    datetime: {"date"},
}


def core(annotation: Any) -> Any:
    """The type of one value of a field: without None, Annotated and tuple."""
    if get_origin(annotation) is Annotated:
        return core(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return core(next(option for option in get_args(annotation) if option is not type(None)))
    if get_origin(annotation) is tuple:
        return core(get_args(annotation)[0])
    if get_origin(annotation) is Literal or (isinstance(annotation, type) and issubclass(annotation, StrEnum)):
        return str
    return annotation


def misfits(model: type[Record], properties: dict[str, Any], path: str = "") -> list[str]:
    """Where a mapping and a record differ."""
    found = [f"{path}{name} is not mapped" for name in model.model_fields.keys() - properties.keys()]
    found += [f"{path}{name} is mapped and no field" for name in properties.keys() - model.model_fields.keys()]
    for name, field in model.model_fields.items():
        mapped = properties.get(name)
        if mapped is None or mapped.get("enabled") is False:
            continue
        kind = core(field.annotation)
        if isinstance(kind, type) and issubclass(kind, Record):
            found += misfits(kind, mapped.get("properties", {}), f"{path}{name}.")
        elif mapped.get("type") not in FITTING[kind]:
            found.append(f"{path}{name} is {kind.__name__} and mapped as {mapped.get('type')}")
    return found


def filled(model: type[Record], number: int = 1) -> dict[str, Any]:
    """A value for every field, none of them left out."""
    return {name: _value(field.annotation, number) for name, field in model.model_fields.items()}


def _value(annotation: Any, number: int) -> Any:
    if get_origin(annotation) is tuple:
        return [_value(get_args(annotation)[0], number), _value(get_args(annotation)[0], number + 1)]
    if get_origin(annotation) in (Union, types.UnionType, Annotated):
        return _value(next(o for o in get_args(annotation) if o is not type(None)), number)
    if get_origin(annotation) is Literal:
        return get_args(annotation)[number % len(get_args(annotation))]
    if issubclass(annotation, StrEnum):
        return list(annotation)[number % len(annotation)]
    if issubclass(annotation, Record):
        return filled(annotation, number)
    if annotation is datetime:
        return datetime(2026, 11, number, 12, 30, 15, 250_000, tzinfo=UTC)
    return {str: f"Été {number}", bool: True, int: number, float: number + 0.25}[annotation]


@pytest.mark.parametrize("kind", KINDS)
def test_the_mapping_has_every_field_of_the_record_in_a_fitting_type(kind: str) -> None:
    schema = newest(kind)

    assert misfits(MODELS[kind], schema.mappings["properties"]) == []
    assert schema.mappings["dynamic"] == "strict"


@pytest.mark.parametrize("kind", KINDS)
def test_the_json_schema_beside_the_mapping_is_the_records(kind: str) -> None:
    """Else: python -m pipeline.index.contract"""
    assert (FOLDER / f"{kind}.schema.json").read_text(encoding="utf-8") == rendered(kind)


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_with_every_field_fits_the_json_schema_and_one_more_does_not(kind: str) -> None:
    document = MODELS[kind].model_validate(filled(MODELS[kind])).model_dump(mode="json")
    jsonschema.validate(document, json_schema(kind))

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(document | {"unknown": 1}, json_schema(kind))


@pytest.mark.engine
@pytest.mark.parametrize("kind", KINDS)
def test_the_engine_takes_and_gives_back_a_document_with_every_field(store: Store, kind: str) -> None:
    record = MODELS[kind].model_validate(filled(MODELS[kind]) | {"id": "full"})
    documents = getattr(store, "entries" if kind == "entries" else f"_{kind}")

    assert documents.put([record]).failed == {}
    assert documents.get(["full"]) == {"full": record}


@pytest.mark.engine
def test_a_field_that_is_not_mapped_is_refused_by_name_and_the_others_are_written(store: Store) -> None:
    report = store._stories._bulk(
        iter(
            [
                store._stories._operation("index", story("good")),
                store._stories._operation("index", story("bad"))._replace(body='{"unknown": 1}'),
            ]
        )
    )

    assert (report.ok, list(report.failed)) == (1, [story("bad").id])
    assert "unknown" in report.failed[story("bad").id]


@pytest.mark.engine
def test_bootstrap_again_changes_nothing_and_adds_a_field_that_the_mapping_gained(store: Store) -> None:
    before = store.index_of("stories")
    assert bootstrap(store.client, store.prefix)["stories"] == before
    store.client.indices.put_mapping(index=before, properties={"later": {"type": "keyword"}})

    assert store.bootstrap(plant_seeds=False)["stories"] == before


@pytest.mark.engine
def test_writing_before_bootstrap_is_refused_and_makes_no_index(settings: Settings) -> None:
    with Store.open(settings) as store:
        with pytest.raises(EngineRefused, match="bootstrap first"):
            store.entries.put([entry("x")])
        assert not store.client.indices.exists(index=f"{settings.index_prefix}-entries")


@pytest.mark.engine
def test_two_writers_of_one_story_do_not_overwrite_each_other(store: Store) -> None:
    store.put_stories([story("x", "Un")])
    read = store.versioned_story(story("x").id)
    assert read is not None

    assert store.update_story(story("x", "Deux"), read[1])
    assert not store.update_story(story("x", "Trois"), read[1])
    assert not store.update_story(story("x", "Quatre"), None), "it exists"
    assert store.story(story("x").id) == story("x", "Deux")


@pytest.mark.engine
def test_the_shipped_seed_is_planted_once_and_tagged(store: Store) -> None:
    first = store.bootstrap()["seeds"]
    written = store.versioned_stories(list(first))
    assert store.bootstrap()["seeds"] == first

    (seed,) = store.stories(list(first)).values()
    assert (seed.kind, seed.military_supply) == ("seed", True)
    assert "KP→RU" in seed.supply.dyads
    assert store.versioned_stories(list(first)) == written, "what stands as it should is not written again"
