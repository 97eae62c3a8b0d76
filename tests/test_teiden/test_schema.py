"""The JSON Schemas that editors use say what the models say, and accept what is shipped."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from teiden.files import yaml_marks
from teiden.files.schema import KINDS, SHIPPED, schema, schema_text

SCENARIOS = Path(__file__).parents[2] / "scenarios"


def value_of(path: Path) -> Any:
    (document,) = yaml_marks.parse(path.read_text(encoding="utf-8"), path.name)
    return document.value


def fields(part: Any, name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that a schema describes."""
    for key, field in part.get("properties", {}).items():
        yield f"{name}.{key}", field
    for key, below in part.get("$defs", {}).items():
        yield from fields(below, key)


@cache
def validator(kind: str) -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(schema(kind))


def faults(kind: str, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator(kind).iter_errors(value)]


@pytest.mark.parametrize("kind", KINDS)
def test_the_shipped_schema_is_the_models(kind: str) -> None:
    shipped = (SHIPPED / f"{kind}.json").read_text(encoding="utf-8")
    assert shipped == schema_text(kind), "write it anew: python -m teiden.files.schema"


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_is_a_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(schema_text(kind)))


@pytest.mark.parametrize("kind", KINDS)
def test_every_key_is_described(kind: str) -> None:
    made = schema(kind)
    for name, field in fields(made, kind):
        described = field if "$ref" not in field else {**made["$defs"][field["$ref"].split("/")[-1]], **field}
        assert described.get("description"), name


def test_every_wait_of_the_site_shows_its_default() -> None:
    start = schema("site")["$defs"]["StartEntry"]["properties"]
    assert all("default" in field and "Default" in field["description"] for field in start.values())
    assert start["mains_stable"]["default"] == "60s"


@pytest.mark.parametrize("path", sorted(SCENARIOS.glob("sites/*.yaml")), ids=lambda path: path.stem)
def test_the_shipped_sites_fit_it(path: Path) -> None:
    assert faults("site", value_of(path)) == []


def test_the_shipped_stories_fit_it() -> None:
    paths = sorted(SCENARIOS.glob("*.yaml"))
    assert len(paths) > 100
    for path in paths:
        for document in yaml_marks.parse(path.read_text(encoding="utf-8"), path.name):
            assert faults("story", document.value) == [], path.name


def test_the_shipped_files_name_their_schema_for_editors() -> None:
    paths = sorted(SCENARIOS.rglob("*.yaml"))
    assert len(paths) > 100
    for path in paths:
        first = path.read_text(encoding="utf-8").splitlines()[0]
        named = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / named).resolve().parent == SHIPPED.resolve(), path.name


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("upses", "ups1", "confirm"), 930),
        (("upses", "ups1", "confirm"), "930"),
        (("upses", "ups1", "confrim"), "930s"),
        (("ups_defaults", "timing"), "legcy"),
        (("upses", "停電"), {"number": 7}),
        (("linkage", "port"), "6001"),
    ],
)
def test_an_editor_flags_what_the_loader_refuses(path: tuple[str, ...], wrong: object) -> None:
    value = value_of(SCENARIOS / "sites/reference.yaml")
    inside = value
    for key in path[:-1]:
        inside = inside[key]
    inside[path[-1]] = wrong
    assert len(faults("site", value)) == 1


def test_a_parameter_may_stand_for_a_duration_in_a_story() -> None:
    value = value_of(SCENARIOS / "mains-back-mid-shutdown.yaml")
    value["events"][0]["at"] = "{back}"
    assert faults("story", value) == []
    value["events"][0]["at"] = "600"
    assert len(faults("story", value)) == 1
