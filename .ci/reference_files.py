"""The reference of site and story files: every key and where it may stand, from the models' JSON Schema."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from reference_values import Schema, choices, kinds_table, ref, values_of, written

SITES = ("reference", "two-feeds", "separate-enclosures")
"""Where examples of the site file come from, the best known first."""
DEFAULT = re.compile(r" ?Default:? (.+)\.$")


@dataclass(frozen=True)
class Place:
    """A kind of mapping, and one place where it stands: `upses.NAME`, `expect.when[]`."""

    path: str
    name: str
    """What the schema calls it."""


Example = Callable[[str], Iterator[str]]
"""Lines for the section of a path."""


SITE_HEAD = """\
# The site file

One file describes a site, for the pretend room and for the real one: every key, what it means, and what
counts when it is left out. `teiden init` writes a small site to begin with,
[reference.yaml](../../scenarios/sites/reference.yaml) is a whole one, and `teiden schema site` prints this
page as a JSON Schema, so that an editor completes and checks while one types.

Above `model:` stand limits, which you promise and every check uses. `model:` holds what usually happens;
only a pretend room reads it, and nothing in it makes `teiden check` green."""

STORY_HEAD = """\
# The story file

A story says what happens to a site, and what must be true. Several may stand in one file, separated by
`---`. Events are named as in [Events](events.md). Besides what a story expects, every
[invariant](invariants.md) is judged. `teiden schema story` prints this page as a JSON Schema.

This is [site-outage.yaml](../../scenarios/site-outage.yaml):"""


# The two pages -------------------------------------------------------------------------------------------


def site_page(root: Path) -> Iterator[str]:
    from teiden.files.schema import schema

    site = schema("site")
    yield from SITE_HEAD.splitlines()
    yield from kinds_table(site)
    yield from sections(site, "Keys of the site", lambda path: site_example(root, path))


def story_page(root: Path) -> Iterator[str]:
    from teiden.files.schema import schema

    story = schema("story")
    yield from STORY_HEAD.splitlines()
    yield from fenced(text(root / "scenarios" / "site-outage.yaml").splitlines()[1:])
    yield from kinds_table(story)
    yield from sections(story, "Keys of the story", lambda path: story_example(root, path))
    yield from faults_table(root)


# Sections ------------------------------------------------------------------------------------------------


def sections(schema: Schema, title: str, example: Example) -> Iterator[str]:
    """The top of the file, then each kind of mapping where it first stands."""
    found = list(places(schema, schema, ""))
    where: dict[str, list[str]] = {}
    for place in found:
        where.setdefault(place.name, []).append(place.path)
    anchors = {name: anchor(paths[0]) for name, paths in where.items()}
    yield from ("", f"## {title}", *table(schema, schema, schema["properties"], anchors))
    for name, paths in where.items():
        below = schema["$defs"][name]
        yield from ("", f"## `{paths[0]}`")
        if "description" in below:
            yield from ("", below["description"])
        if len(paths) > 1:
            yield from ("", f"The same keys stand under {listed(f'`{path}`' for path in paths[1:])}.")
        other = contained(schema, name, list(where))
        own = {k: v for k, v in below["properties"].items() if not other or k not in _keys(schema, other)}
        yield from table(schema, below, own, anchors)
        if other:
            yield from (
                "",
                f"And every key of [`{where[other][0]}`](#{anchors[other]}); what stands here wins.",
            )
        yield from example(paths[0])


def places(schema: Schema, part: Schema, path: str, inside: tuple[str, ...] = ()) -> Iterator[Place]:
    """Every mapping below, in the order of the file; a kind inside itself is not entered again."""
    for key, value in part.get("properties", {}).items():
        below = f"{path}.{key}" if path else key
        for name, suffix in leads_to(value):
            if name in inside:
                continue
            yield Place(below + suffix, name)
            yield from places(schema, schema["$defs"][name], below + suffix, (*inside, name))


def leads_to(value: Schema) -> Iterator[tuple[str, str]]:
    """The kinds of mapping that a key's value is or holds, and what its path goes on with."""
    if name := ref(value):
        yield name, ""
    for choice in choices(value) if "anyOf" in value else ():
        yield from leads_to(choice)
    if isinstance(value.get("items"), dict):
        yield from ((name, f"[]{suffix}") for name, suffix in leads_to(value["items"]))
    for inner in values_of(value):
        yield from ((name, f".NAME{suffix}") for name, suffix in leads_to(inner))


def contained(schema: Schema, name: str, others: list[str]) -> str:
    """The largest kind of mapping all of whose keys this one has too: a UPS has those of the defaults."""
    keys = _keys(schema, name)
    inside = [
        other
        for other in others
        if other != name and len(_keys(schema, other)) > 3 and _keys(schema, other).items() < keys.items()
    ]
    return max(inside, key=lambda other: len(_keys(schema, other)), default="")


def _keys(schema: Schema, name: str) -> dict[str, str]:
    return {key: repr(value) for key, value in schema["$defs"][name]["properties"].items()}


def table(
    schema: Schema, part: Schema, keys: Mapping[str, Schema], anchors: Mapping[str, str]
) -> Iterator[str]:
    yield from ("", "| key | value | default | meaning |", "|---|---|---|---|")
    for key, value in keys.items():
        means, default = told(value, schema, required=key in part.get("required", ()))
        yield f"| `{key}` | {cell(written(value, anchors))} | {cell(default)} | {cell(means)} |"


def told(value: Schema, schema: Schema, *, required: bool) -> tuple[str, str]:
    """What a key means, and what counts when it is left out."""
    of_kind = schema["$defs"][ref(value)] if ref(value) else {}
    means = value.get("description") or of_kind.get("description", "")
    if required:
        return means, "required"
    found = DEFAULT.search(means)
    if not found:
        return means, ""
    stated = f"`{found[1]}`" if "default" in value else found[1]
    return means[: found.start()], stated


def cell(content: str) -> str:
    return content.replace("|", "\\|").replace("<", "\\<")


def anchor(path: str) -> str:
    """As a Git host and the site call a heading."""
    return re.sub(r"[^\w-]", "", path).lower()


def listed(words: Iterator[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last


# Examples ------------------------------------------------------------------------------------------------


def site_example(root: Path, path: str) -> Iterator[str]:
    """How a key of the top stands in one of the sites; else in a story that sets it `with:`."""
    key = path.removesuffix(".NAME")
    if "." in key:
        return
    for name in SITES:
        lines = block(text(root / "scenarios" / "sites" / f"{name}.yaml"), key)
        if lines:
            yield from ("", f"From [{name}.yaml](../../scenarios/sites/{name}.yaml):", *fenced(lines))
            return
    for story in stories(root):
        line = next((line[2:] for line in text(story).splitlines() if line.startswith(f"  {key}: ")), None)
        if line is not None:
            yield from (
                "",
                f"From the `with:` of [{story.name}](../../scenarios/{story.name}):",
                *fenced([line]),
            )
            return


def block(content: str, key: str) -> list[str]:
    """The lines of a key at the top, up to the next one."""
    found = re.search(rf"^{key}:.*(?:\n(?:[ ].*)?)*", content, re.MULTILINE)
    return found[0].rstrip().splitlines() if found else []


def story_example(root: Path, path: str) -> Iterator[str]:
    """Of the events one of each sort, from the stories that play them."""
    if path != "events[]":
        return
    from teiden.files.story_events import KINDS

    yield from ("", "An event is one of these; `at` stands in each.")
    yield from ("", "| event | further keys | example | from |", "|---|---|---|---|")
    for kind, (keys, _) in KINDS.items():
        example, story = next(played(root, rf"\{{at: [^}}]*?\b{kind}: .*?\}}(?=\s|$)"), ("", ""))
        further = ", ".join(f"`{key}`" for key in keys)
        code = f"`{cell(example)}`" if example else ""
        yield f"| `{kind}` | {further} | {code} | {story} |"


def faults_table(root: Path) -> Iterator[str]:
    from sim.faults import catalogue

    yield from (
        "",
        "## Faults",
        "",
        "A story names a fault by its name or by its id. *Excuses*: what nobody could keep while",
        "it is there, or after it has struck.",
        "",
        "| `fault:` | id | `subject:` | `amount:` | what is wrong | excuses | played in |",
        "|---|---|---|---|---|---|---|",
    )
    for fault in catalogue.ALL:
        names = rf"({fault.name}|{'|'.join(fault.ids)})"
        _, story = next(played(root, rf"fault: {names}\b"), ("", ""))
        amount = "" if fault.amount is None else f"{fault.amount.says}, `{fault.amount.unit.value}`"
        excuses = "; ".join(f"{e.rule} of {e.reach.value}: {e.why}" for e in fault.excuses)
        cells = (f"`{fault.name}`", ", ".join(fault.ids), fault.of.value, amount, fault.says, excuses, story)
        yield f"| {' | '.join(cell(text) if '](' not in text else text for text in cells)} |"


def played(root: Path, pattern: str) -> Iterator[tuple[str, str]]:
    """What matches, and a link to the story in which it stands."""
    for path in stories(root):
        if found := re.search(pattern, text(path)):
            yield found[0], f"[{path.stem}](../../scenarios/{path.name})"


def stories(root: Path) -> list[Path]:
    """The plain outage first: what it shows is shown by it."""
    paths = sorted((root / "scenarios").glob("*.yaml"))
    return sorted(paths, key=lambda path: path.name != "site-outage.yaml")


def fenced(lines: list[str]) -> list[str]:
    return ["", "```yaml", *lines, "```"]


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
