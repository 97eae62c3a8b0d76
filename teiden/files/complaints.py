"""What pydantic found wrong, in words and at the place in the file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from teiden.files.document import Document
from teiden.files.source import Path, Problem
from teiden.files.wording import closest, did_you_mean, dotted, listed, quoted
from teiden.language.say import t

SHARED = {
    "port": "port",
    "flush_limit": "flush_limit",
    "timeout": "flush_limit",
    "flush_order": "flush_order",
}
"""Keys that stand under `linkage:` for all arrays, by what people write under one array (R6-43)."""

MOST = 1000
"""Problems told of one document; who has more has another kind of file."""

_EXPECTED = {
    "string_type": ("text", 'text that looks like a number or true stands in quotes, e.g. "3"'),
    "int_type": ("a whole number", "e.g. 3"),
    "float_type": ("a number", "e.g. 1.2"),
    "bool_type": ("true or false", "without quotes"),
    "list_type": ("a list", "e.g. [ups1, ups2]"),
    "dict_type": ("keys with values", "e.g. {key: value}, or indented lines below it"),
    "model_type": ("keys with values", "e.g. {key: value}, or indented lines below it"),
}


def complaints(error: ValidationError, model: type[BaseModel], document: Document) -> list[Problem]:
    """One Problem for each thing that is wrong; a key that is only misspelt is not missing as well."""
    details = error.errors(include_url=False)[:MOST]
    misspelt = {
        (*detail["loc"][:-1], closest(str(detail["loc"][-1]), _keys_at(model, detail["loc"][:-1])))
        for detail in details
        if detail["type"] == "extra_forbidden"
    }
    return [
        _problem(d, model, document) for d in details if d["type"] != "missing" or d["loc"] not in misspelt
    ]


def _problem(detail: ErrorDetails, model: type[BaseModel], document: Document) -> Problem:
    path: Path = detail["loc"]
    kind, context = detail["type"], detail.get("ctx", {})
    if path and path[-1] == "[key]":  # pydantic's mark of a mapping's key
        path = path[:-1]
        return Problem(
            document.key_place(path), context.get("message", detail["msg"]), context.get("hint", "")
        )
    if kind == "extra_forbidden" or (kind == "model_type" and _is_slip(model, path)):
        names = list(_keys_at(model, path[:-1]))
        where = f" in {dotted(path[:-1])}" if path[:-1] else ""
        hint = f"{did_you_mean(str(path[-1]), names)}allowed here: {listed(names)}"
        if len(path) == 3 and path[0] == "arrays" and path[2] in SHARED:
            message = t("one array cannot have a {key} of its own", key=quoted(path[2]))
            hint = t("all linked arrays share linkage.{key} (R6-43)", key=SHARED[path[2]])
            return Problem(document.key_place(path), message, hint)
        return Problem(document.key_place(path), f"unknown key {quoted(path[-1])}{where}", hint)
    if kind == "missing":
        told = _keys_at(model, path[:-1]).get(str(path[-1]), "")
        where = dotted(path[:-1]) or "the file"
        return Problem(document.key_place(path[:-1]), f"{where} needs the key {quoted(path[-1])}", told)
    return Problem(document.place(path), *_about_value(kind, context, detail, path))


def _about_value(kind: str, context: Mapping[str, Any], detail: ErrorDetails, path: Path) -> tuple[str, str]:
    name, value = dotted(path) or "the document", detail["input"]
    if value is None:
        hint = context.get("hint") or _EXPECTED.get(kind, ("", ""))[1]
        return f"{name} has no value", f"give one, or leave the key out; {hint}".removesuffix("; ")
    if kind == "teiden":
        return f"{name}: {context['message']}", context["hint"]
    if kind == "literal_error":
        allowed = [word.strip("'") for word in re.split(r", | or ", context["expected"])]
        return (
            f"{name}: {_shown(value)} is not allowed",
            f"{did_you_mean(str(value), allowed)}one of: {listed(allowed)}",
        )
    if kind in _EXPECTED:
        expected, hint = _EXPECTED[kind]
        return f"{name} takes {expected}, not {_shown(value)}", hint
    if kind == "too_short":
        return f"{name} is empty", "name at least one"
    return f"{name}: {detail['msg'][:1].lower()}{detail['msg'][1:]}", f"it is {_shown(value)}"


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "keys with values"
    return "a list" if isinstance(value, list) else quoted(value)


def _keys_at(model: type[BaseModel], path: Path) -> dict[str, str]:
    """The keys, with their descriptions, that the model allows at a path."""
    return keys_of(_at(model, path))


def keys_of(annotation: Any) -> dict[str, str]:
    """The keys, with their descriptions, of what is annotated as a model; none of anything else."""
    if not _is_model(annotation):
        return {}
    return {str(field.alias): field.description or "" for field in annotation.model_fields.values()}


def _is_slip(model: type[BaseModel], path: Path) -> bool:
    """A key that would be allowed if it held a mapping: a group's slot, misspelt."""
    return (
        bool(path)
        and _extra(_at(model, path[:-1])) is not None
        and path[-1] not in _keys_at(model, path[:-1])
    )


def _at(model: type[BaseModel], path: Path) -> Any:
    annotation: Any = model
    for part in path:
        annotation = below(annotation, part)
    return annotation


def _extra(annotation: Any) -> Any:
    """What further keys of a model hold; None when it has none."""
    if not _is_model(annotation) or annotation.model_config.get("extra") != "allow":
        return None
    return annotation


def below(annotation: Any, part: str | int) -> Any:
    """The annotation of one key or item of an annotated value; None where it has none."""
    if _is_model(annotation):
        for field in annotation.model_fields.values():
            if field.alias == part:
                return _bare(field.annotation)
        return _extra(annotation)
    arguments = get_args(annotation)
    return _bare(arguments[-1]) if get_origin(annotation) in (dict, list) else None


def _bare(annotation: Any) -> Any:
    """Without `Annotated` and `| None`."""
    if hasattr(annotation, "__metadata__"):
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return _bare(next(a for a in get_args(annotation) if a is not type(None)))
    return annotation


def _is_model(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)
