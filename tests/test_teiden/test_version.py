"""`teiden version`: what it says is what is installed; its bill of materials is one that others read."""

from __future__ import annotations

import json
import platform
from importlib.metadata import Distribution, distributions, version
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from teiden.cli import main
from teiden.sbom import bill, normal

PURL = "^pkg:(pypi|generic)/[a-z0-9][a-z0-9.-]*@[^@ ]+$"
LICENCE = {
    "oneOf": [
        {"required": ["expression"], "properties": {"expression": {"type": "string"}}, "maxProperties": 1},
        {
            "required": ["license"],
            "maxProperties": 1,
            "properties": {"license": {"oneOf": [{"required": ["id"]}, {"required": ["name"]}]}},
        },
    ]
}
COMPONENT = {
    "type": "object",
    "required": ["type", "name"],
    "additionalProperties": False,
    "properties": {
        "type": {"enum": ["application", "framework", "library", "platform", "operating-system", "file"]},
        "bom-ref": {"type": "string", "minLength": 1},
        "name": {"type": "string", "minLength": 1},
        "version": {"type": "string", "maxLength": 1024},
        "purl": {"type": "string", "pattern": PURL},
        "licenses": {"type": "array", "items": LICENCE},
        "hashes": {
            "type": "array",
            "items": {
                "required": ["alg", "content"],
                "properties": {"alg": {"const": "SHA-256"}, "content": {"pattern": "^[a-f0-9]{64}$"}},
            },
        },
        "properties": {"type": "array", "items": {"required": ["name"]}},
    },
}
SCHEMA = {
    "type": "object",
    "required": ["bomFormat", "specVersion"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"const": "https://cyclonedx.org/schema/bom-1.6.schema.json"},
        "bomFormat": {"const": "CycloneDX"},
        "specVersion": {"const": "1.6"},
        "serialNumber": {
            "pattern": "^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
        },
        "version": {"type": "integer", "minimum": 1},
        "metadata": {"type": "object", "properties": {"component": COMPONENT}, "additionalProperties": False},
        "components": {"type": "array", "items": COMPONENT, "uniqueItems": True},
        "dependencies": {
            "type": "array",
            "uniqueItems": True,
            "items": {
                "required": ["ref"],
                "properties": {"dependsOn": {"type": "array", "uniqueItems": True}},
            },
        },
    },
}
"""What CycloneDX 1.6 asks of the parts that a bill of ours has."""


@pytest.fixture(scope="module")
def printed() -> dict[str, Any]:
    result = CliRunner().invoke(main, ["version", "--sbom"])
    assert result.exit_code == 0
    said: dict[str, Any] = json.loads(result.stdout)
    return said


def test_the_bill_has_what_cyclonedx_asks_for(printed: dict[str, Any]) -> None:
    jsonschema.validate(printed, SCHEMA)


def test_every_package_is_in_it_once_with_its_version(printed: dict[str, Any]) -> None:
    components = [printed["metadata"]["component"], *printed["components"]]
    found = {one["name"]: one["version"] for one in components}
    assert len(found) == len(components)
    names = {normal(one.metadata["Name"]) for one in distributions()}
    assert set(found) == names | {"python"}
    assert {"simpy", "pydantic", "click"} <= set(found)
    assert found["simpy"] == version("simpy")
    assert found["python"] == platform.python_version()


def test_every_link_leads_to_a_component(printed: dict[str, Any]) -> None:
    components = [printed["metadata"]["component"], *printed["components"]]
    refs = [one["bom-ref"] for one in components]
    assert len(set(refs)) == len(refs)
    linked = {ref for link in printed["dependencies"] for ref in (link["ref"], *link["dependsOn"])}
    assert linked <= set(refs)
    (ours,) = [link for link in printed["dependencies"] if link["ref"].startswith("pkg:pypi/teiden@")]
    assert any(ref.startswith("pkg:pypi/simpy@") for ref in ours["dependsOn"])


def test_the_same_packages_give_the_same_bill() -> None:
    assert bill() == bill()


def installed(folder: Path, metadata: str, record: str | None = None) -> Distribution:
    info = folder / f"thing{len(list(folder.iterdir()))}-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(metadata, encoding="utf-8")
    if record is not None:
        (info / "RECORD").write_text(record, encoding="utf-8")
    return Distribution.at(info)


@pytest.mark.parametrize(
    ("told", "licences"),
    [
        ("License-Expression: MIT OR Apache-2.0", [{"expression": "MIT OR Apache-2.0"}]),
        ("License: BSD", [{"license": {"name": "BSD"}}]),
        (
            "License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License",
            [{"license": {"name": "MIT License"}}],
        ),
        ("License: " + "long " * 100, None),
        ("Summary: nothing said", None),
    ],
)
def test_a_licence_is_what_the_package_says_itself(tmp_path: Path, told: str, licences: object) -> None:
    one = installed(tmp_path, f"Metadata-Version: 2.1\nName: Some_Thing\nVersion: 1.0+local\n{told}\n")
    (_, component) = bill([one])["components"]
    assert component.get("licenses") == licences
    assert component["purl"] == "pkg:pypi/some-thing@1.0%2Blocal"
    assert "hashes" not in component


def test_the_hash_is_that_of_the_packages_own_record(tmp_path: Path) -> None:
    metadata = "Metadata-Version: 2.1\nName: a\nVersion: 1\n"
    (_, one) = bill([installed(tmp_path, metadata, "a.py,,\n")])["components"]
    (_, other) = bill([installed(tmp_path, metadata, "b.py,,\n")])["components"]
    assert one["hashes"] != other["hashes"]
    assert one["properties"] == [{"name": "teiden:hash-of", "value": "RECORD"}]


def test_version_says_teiden_python_and_the_packages() -> None:
    lines = CliRunner().invoke(main, ["version"]).stdout.splitlines()
    assert lines[0] == f"teiden {version('teiden')}"
    assert lines[1].startswith(f"Python {platform.python_version()} ")
    assert f"  simpy {version('simpy')}" in lines
    assert not [line for line in lines if "mypy" in line]


def test_the_option_says_the_version_alone() -> None:
    assert CliRunner().invoke(main, ["--version"]).stdout == f"teiden {version('teiden')}\n"
