"""JSON Schema of site and story files; `python -m teiden.files.schema` writes the shipped ones anew."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SHIPPED = Path(__file__).with_name("schema")
KINDS = ("site", "story")


def schema(kind: str) -> dict[str, Any]:
    """The schema of `site` or `story` files, from the models that read them."""
    from pydantic import BaseModel

    from teiden.files.site_model import SiteEntry
    from teiden.files.story_model import StoryEntry

    models: dict[str, type[BaseModel]] = {"site": SiteEntry, "story": StoryEntry}
    made = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Teiden {kind} file",
        **models[kind].model_json_schema(by_alias=True),
    }
    made["title"] = f"Teiden {kind} file"
    for part in _parts(made):
        _tidy(part)
    return made


def schema_text(kind: str) -> str:
    """As it is shipped and printed."""
    return json.dumps(schema(kind), indent=2, ensure_ascii=False) + "\n"


def _parts(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _parts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _parts(inner)


def _tidy(part: dict[str, Any]) -> None:
    """Without titles that repeat the key and defaults that stand for `not given`; unknown keys refused."""
    if "default" in part and part["default"] is None:
        del part["default"]
    if isinstance(part.get("title"), str) and not part["title"].startswith("Teiden"):
        del part["title"]
    if "patternProperties" in part:
        part.pop("propertyNames", None)
        part["additionalProperties"] = False


if __name__ == "__main__":
    SHIPPED.mkdir(exist_ok=True)
    for kind in KINDS:
        (SHIPPED / f"{kind}.json").write_text(schema_text(kind), encoding="utf-8")
