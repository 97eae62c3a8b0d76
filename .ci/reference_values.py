"""How the reference writes the value of a key: its kind, the words it may be, or the mapping it leads to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from teiden.files import contact_types, field_types, offsets, story_model, units

Schema = Mapping[str, Any]
REF = "#/$defs/"


@dataclass(frozen=True)
class Kind:
    name: str
    pattern: str
    examples: str
    remark: str


DAYS = "`daily`, `mon-fri`, `mon,wed`, `2026-12-24`, `holidays`"
NAMES = "Letters, digits, _ and -, a letter first; no word of the story language."

KINDS = (
    Kind(
        "duration",
        units.DURATION,
        "`930s`, `5m`, `1h30m`, `250ms`",
        "Units ms, s, m, h, d; a bare number is an error.",
    ),
    Kind("offset", offsets.OFFSET, "`90s`, `-5m`", "A duration with a sign: ahead, or behind."),
    Kind("size", units.SIZE, "`12GiB`", "B, KiB, MiB, GiB, TiB."),
    Kind("rate", units.RATE, "`64MiB/s`", "A size a second."),
    Kind("power", units.POWER, "`300W`, `1.2kW`", ""),
    Kind("percentage", units.PERCENT, "`15%`", "From 0% to 100%."),
    Kind("temperature", units.TEMPERATURE, "`25C`", "Degrees Celsius."),
    Kind("time of day", units.CLOCK, "`22:00`, `22:39:59`", "In the site's time zone; no quotes needed."),
    Kind("days", field_types.DAYS, DAYS, "Several separated by commas."),
    Kind(
        "dates",
        field_types.SPAN,
        "`2026-12-24`, `2026-12-29..2027-01-03`",
        "A day, or a span with both its ends.",
    ),
    Kind("country", field_types.COUNTRY, "`JP`, `DE-BY`", "ISO code of a country, or of a part of one."),
    Kind("name", field_types.NAME, "`ups1`, `control-2`", NAMES),
    Kind("MAC address", field_types.MAC, '`"02:00:5e:00:05:01"`', "In quotes."),
    Kind(
        "secret",
        field_types.SECRET,
        "`cred:snmp`, `file:/etc/snmp`, `env:TEIDEN_SNMP`",
        "Where it stands; never the secret itself.",
    ),
    Kind("path", contact_types.PATH, "`/etc/teiden/ca.pem`", "From the root, on every control node."),
    Kind("host key", contact_types.HOST_KEY, "`ssh-ed25519 AAAA...`", "As `ssh-keyscan` prints it."),
    Kind("mail address", contact_types.MAIL, "`operators@example.net`", ""),
    Kind("version", field_types.SSC_VERSION, '`"2.1"`', ""),
    Kind("date and time", story_model.STARTED, "`2026-11-20 14:00`", "In the site's time zone."),
    Kind(
        "requirement",
        story_model.REQUIREMENT,
        "`R6-13`, `S3`",
        "Id of a requirement, a fault or a safety rule.",
    ),
    Kind("invariant", r"[A-Z][0-9]{1,2}", "`S1`, `L2`", "The id of an [invariant](invariants.md)."),
    Kind("tag", story_model.TAG, "`slow`", "Small letters, digits, _ and -."),
)
BY_PATTERN = {kind.pattern: kind for kind in KINDS}


def kinds_table(schema: Schema) -> Iterator[str]:
    """The kinds of values that this file has."""
    used = {kind.name for kind in _kinds_in(schema)}
    yield from ("", "## Kinds of values", "", "| kind | written | remark |", "|---|---|---|")
    yield from (f"| {kind.name} | {kind.examples} | {kind.remark} |" for kind in KINDS if kind.name in used)


def _kinds_in(part: Any) -> Iterator[Kind]:
    if isinstance(part, dict):
        if isinstance(part.get("pattern"), str) and (kind := kind_of(part["pattern"])):
            yield kind
        if "patternProperties" in part:
            yield BY_PATTERN[field_types.NAME]
        for inner in part.values():
            yield from _kinds_in(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _kinds_in(inner)


def kind_of(pattern: str) -> Kind | None:
    """A story's pattern is the value's, or a text with a parameter in braces."""
    bare = pattern.removeprefix("^").removesuffix("$")
    varied = f"|.*{story_model.PLACEHOLDER}.*)"
    if bare.endswith(varied):
        bare = bare.removeprefix("(").removesuffix(varied)
    return BY_PATTERN.get(bare)


def written(part: Schema, anchors: Mapping[str, str]) -> str:
    """The value of a key in a cell of a table."""
    if name := ref(part):
        return f"[mapping](#{anchors[name]})"
    if "anyOf" in part:
        return either(list(dict.fromkeys(written(p, anchors) for p in choices(part))))
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return either([f"`{value}`" for value in part["enum"]])
    kind = part.get("type")
    if kind == "array":
        return _list(part, anchors)
    if kind == "object":
        return _mapping(part, anchors)
    return _scalar(part)


def either(words: list[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def choices(part: Schema) -> list[Schema]:
    """What a value may be, without the parameter in braces that it may be in every story."""
    return [p for p in part["anyOf"] if p.get("pattern") != f"^{story_model.PLACEHOLDER}$"]


def _list(part: Schema, anchors: Mapping[str, str]) -> str:
    items = part.get("items") or {}
    inner = written(items, anchors) if items else "value"
    return f"list of {inner}" if " or " not in inner else f"list: {inner}"


def _mapping(part: Schema, anchors: Mapping[str, str]) -> str:
    inner = next(values_of(part), None)
    return f"`NAME:` {written(inner, anchors)}" if inner else "any keys"


def values_of(part: Schema) -> Iterator[Schema]:
    """What stands behind the names of a mapping."""
    yield from part.get("patternProperties", {}).values()
    if isinstance(part.get("additionalProperties"), dict):
        yield part["additionalProperties"]


def _scalar(part: Schema) -> str:
    if "pattern" in part:
        kind = kind_of(part["pattern"])
        return kind.name if kind else f"text like `{part['examples'][0]}`" if "examples" in part else "text"
    words = {"boolean": "`true` or `false`", "integer": "whole number", "number": "number", "null": "`null`"}
    word = words.get(str(part.get("type")), "text")
    if "minimum" in part and "maximum" in part:
        return f"{word}, {part['minimum']} to {part['maximum']}"
    if "minimum" in part:
        return f"{word} from {part['minimum']}"
    return f"{word} like `{part['examples'][0]}`" if "examples" in part else word


def ref(part: Schema) -> str:
    """What a `$ref` leads to; nothing where there is none."""
    return str(part.get("$ref", "")).removeprefix(REF)
