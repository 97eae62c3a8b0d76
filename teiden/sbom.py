"""What is really installed beside Teiden, as a bill of materials (CycloneDX, JSON)."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import uuid
from collections.abc import Iterable
from importlib.metadata import Distribution, distributions
from typing import Any

SPEC = "1.6"
OURS = "teiden"
OF = "https://cyclonedx.org/schema/bom-1.6.schema.json"
MAX_LICENCE = 100
"""Some packages put the whole text of a licence where its name belongs."""


def bill(found: Iterable[Distribution] | None = None) -> dict[str, Any]:
    """The bill of this environment. The same packages give the same bill: it holds no time."""
    packages = _once(distributions() if found is None else found)
    ours = packages.pop(OURS, None)
    components = [_component(name, one) for name, one in sorted(packages.items())]
    refs = {name: _purl(name, one.version) for name, one in packages.items()}
    links = [_links(name, one, refs) for name, one in sorted(packages.items())]
    metadata: dict[str, Any] = {}
    if ours is not None:
        metadata["component"] = _component(OURS, ours) | {"type": "application"}
        links.insert(0, _links(OURS, ours, refs | {OURS: _purl(OURS, ours.version)}))
    body = {"metadata": metadata, "components": [_python(), *components], "dependencies": links}
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(body, sort_keys=True))
    head = {
        "$schema": OF,
        "bomFormat": "CycloneDX",
        "specVersion": SPEC,
        "serialNumber": f"urn:uuid:{serial}",
    }
    return head | {"version": 1} | body


def normal(name: str) -> str:
    """A package's name as indexes compare it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _once(found: Iterable[Distribution]) -> dict[str, Distribution]:
    """Each package by its name; the first is the one that is imported. A folder without a name is none."""
    packages: dict[str, Distribution] = {}
    for one in found:
        if names := one.metadata.get_all("Name"):
            packages.setdefault(normal(names[0]), one)
    return packages


def _python() -> dict[str, Any]:
    version = platform.python_version()
    ref = f"pkg:generic/python@{version}"
    return {"type": "platform", "bom-ref": ref, "name": "python", "version": version, "purl": ref}


def _component(name: str, one: Distribution) -> dict[str, Any]:
    ref = _purl(name, one.version)
    component: dict[str, Any] = {
        "type": "library",
        "bom-ref": ref,
        "name": name,
        "version": one.version,
        "purl": ref,
    }
    if licences := _licences(one):
        component["licenses"] = licences
    if record := one.read_text("RECORD"):
        digest = hashlib.sha256(record.encode("utf-8")).hexdigest()
        component["hashes"] = [{"alg": "SHA-256", "content": digest}]
        component["properties"] = [{"name": "teiden:hash-of", "value": "RECORD"}]
    return component


def _purl(name: str, version: str) -> str:
    return f"pkg:pypi/{name}@{version.replace('+', '%2B')}"


def _licences(one: Distribution) -> list[dict[str, Any]]:
    """As its own metadata says it: an expression (PEP 639), else a short name, else its classifiers."""
    told = one.metadata
    if expressions := told.get_all("License-Expression"):
        return [{"expression": expressions[0]}]
    short = "".join(told.get_all("License") or ()).strip()
    if short and short != "UNKNOWN" and len(short) <= MAX_LICENCE and "\n" not in short:
        return [{"license": {"name": short}}]
    classifiers = told.get_all("Classifier") or []
    names = [line.rpartition(" :: ")[2] for line in classifiers if line.startswith("License :: ")]
    return [{"license": {"name": name}} for name in dict.fromkeys(names)]


def _links(name: str, one: Distribution, refs: dict[str, str]) -> dict[str, Any]:
    """What it needs and what is here; of Teiden also what its extras need, of others not."""
    needs = set()
    for line in one.requires or ():
        if "extra ==" in line.replace("extra==", "extra ==") and name != OURS:
            continue
        wanted = normal(re.split(r"[^A-Za-z0-9._-]", line.strip())[0])
        if wanted in refs and wanted != name:
            needs.add(refs[wanted])
    return {"ref": _purl(name, one.version), "dependsOn": sorted(needs)}
