"""YAML text to plain values, remembering where each one stands.

Only mappings, sequences, text, whole and decimal numbers, `true`/`false` and `null` come out: `off`,
`14:10`, `0755`, `1_000` and dates stay text, as in YAML 1.2. Refused: a key given twice, tags, merge
keys, aliases that explode, deep nesting, several megabytes, anything that is not UTF-8 text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import yaml

from teiden.files.document import Document, Value
from teiden.files.source import InputError, Path, Place, Problem
from teiden.files.wording import quoted

MAX_DEPTH = 40
"""Levels of nesting; a site of ten nested groups needs 23."""
MAX_ALIASED = 10_000
"""Values that aliases may repeat: a bomb of ten lines makes billions, an honest file some dozens."""

_BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
_CONTROL = re.compile(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)(?:\.[0-9]*(?:[eE][-+]?[0-9]{1,2})?|[eE][-+]?[0-9]{1,2})")
_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}
_PARSER: Any = getattr(yaml, "CLoader", yaml.Loader)
"""The fast parser where PyYAML has it; only its events are used."""
_PLAIN_TAGS = {None, "!", *(f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map"))}


def parse(text: str, file: str) -> list[Document]:
    """Every document of the text. Raises InputError when it is not YAML at all.

    What is wrong but leaves the rest readable (a key given twice, a tag) stands in `Document.problems`,
    so that it is reported together with everything else.
    """
    source = _Source(file, text)
    if control := _CONTROL.search(text):
        message = f"control character U+{ord(control[0]):04X}"
        raise InputError([Problem(source.at(control.start()), message, "remove it")])
    nodes = [node for node in _Composer(source).documents() if not (node.plain and node.value == "")]
    if not nodes:
        raise InputError(
            [Problem(Place(file), "the file is empty", "it has no keys; see the examples in scenarios/")]
        )
    documents = []
    for node in nodes:
        unfolded = _Unfolding(source)
        value = unfolded.value(node, ())
        documents.append(Document(value, file, node.place, unfolded.keys, unfolded.values, unfolded.problems))
    return documents


@dataclass(frozen=True)
class _Source:
    file: str
    text: str

    @cached_property
    def lines(self) -> list[str]:
        return _BREAK.split(self.text)

    def place(self, line: int, col: int, width: int = 1) -> Place:
        """From a mark, which counts from 0."""
        text = self.lines[line] if line < len(self.lines) else ""
        return Place(self.file, line + 1, col + 1, text, max(1, min(width, max(1, len(text) - col))))

    def span(self, start: Any, end: Any) -> Place:
        width = end.column - start.column if end.line == start.line else 10**6
        return self.place(start.line, start.column, width)

    def at(self, position: int) -> Place:
        """From a count of characters."""
        before = _BREAK.split(self.text[:position])
        return self.place(len(before) - 1, len(before[-1]))


@dataclass
class _Node:
    """One value as written; an alias is the same value again, not a copy."""

    place: Place
    value: str | list[_Node] | list[tuple[_Node, _Node]] | None
    plain: bool = False
    """A scalar without quotes, which may be a number, true, false or null."""
    mapping: bool = False
    tag: str | None = None
    alias: _Node | None = None


@dataclass
class _Composer:
    """Parser events to nodes. PyYAML's own composer recurses without a limit."""

    source: _Source
    anchors: dict[str, _Node] = field(default_factory=dict)
    open_anchors: set[str] = field(default_factory=set)

    def documents(self) -> list[_Node]:
        documents: list[_Node] = []
        events = yaml.parse(self.source.text, Loader=_PARSER)
        try:
            for event in events:
                if isinstance(event, yaml.DocumentStartEvent):
                    self.anchors.clear()
                    documents.append(self._node(next(events), events, 0))
        except yaml.MarkedYAMLError as error:
            raise InputError([_syntax_problem(error, self.source)]) from None
        return documents

    def _node(self, event: Any, events: Iterator[Any], depth: int) -> _Node:
        place = self.source.span(event.start_mark, event.end_mark)
        if depth > MAX_DEPTH:
            raise InputError(
                [Problem(place, f"nested more than {MAX_DEPTH} deep", "a site file needs about ten")]
            )
        if isinstance(event, yaml.AliasEvent):
            return self._alias(str(event.anchor), place)
        if event.anchor:
            self.open_anchors.add(event.anchor)
        if isinstance(event, yaml.ScalarEvent):
            node = _Node(place, event.value, plain=not event.style, tag=event.tag)
        elif isinstance(event, yaml.MappingStartEvent):
            pairs = []
            while not isinstance(start := next(events), yaml.MappingEndEvent):
                key = self._node(start, events, depth + 1)
                pairs.append((key, self._node(next(events), events, depth + 1)))
            node = _Node(place, pairs, mapping=True, tag=event.tag)
        else:
            items = []
            while not isinstance(start := next(events), yaml.SequenceEndEvent):
                items.append(self._node(start, events, depth + 1))
            node = _Node(place, items, tag=event.tag)
        if event.anchor:
            self.open_anchors.discard(event.anchor)
            self.anchors[event.anchor] = node
        return node

    def _alias(self, anchor: str, place: Place) -> _Node:
        if anchor in self.open_anchors:
            message, hint = f"alias *{anchor} stands inside the value it names", "write the value out"
            raise InputError([Problem(place, message, hint)])
        if anchor not in self.anchors:
            message, hint = f"no value is named &{anchor} above", "text that begins with * needs quotes"
            raise InputError([Problem(place, message, hint)])
        return _Node(place, None, alias=self.anchors[anchor])


@dataclass
class _Unfolding:
    """Nodes to plain values and the places of keys and values by their path, aliases unfolded."""

    source: _Source
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    aliased: int = 0

    def value(self, node: _Node, path: Path, alias: Place | None = None) -> Value:
        if node.alias is not None:
            alias = alias or node.place
            node = node.alias
            return self.value(node, path, alias)
        if alias is not None:
            self._count(alias)
        self.values[path] = node.place
        if node.tag not in _PLAIN_TAGS:
            tag = str(node.tag).replace("tag:yaml.org,2002:", "!!")
            self.problems.append(
                Problem(node.place, f"tag {quoted(tag)}", "tags are not used here; leave it out")
            )
            return None if isinstance(node.value, str) else {} if node.mapping else []
        if node.mapping:
            return self._mapping(node, path, alias)
        if isinstance(node.value, list):
            items: list[Any] = node.value
            return [self.value(item, (*path, i), alias) for i, item in enumerate(items)]
        text = node.value or ""
        return scalar(text) if node.plain and node.tag is None else text

    def _mapping(self, node: _Node, path: Path, alias: Place | None) -> dict[str, Value]:
        result: dict[str, Value] = {}
        pairs: Any = node.value
        for key_node, value_node in pairs:
            key_node = key_node.alias or key_node
            key = key_node.value
            if not isinstance(key, str):
                message = "a key must be one word or text, not a list or a mapping"
                self.problems.append(
                    Problem(key_node.place, message, "text that begins with { or [ needs quotes")
                )
            elif key == "<<" and key_node.plain:
                message, hint = "merge keys (<<) are not used here", "write the keys out, or use *_defaults"
                self.problems.append(Problem(key_node.place, message, hint))
            elif key in result:
                first = self.keys[*path, key].line
                message, hint = (
                    f"key {quoted(key)} stands twice",
                    f"the first stands on line {first}; keep one",
                )
                self.problems.append(Problem(key_node.place, message, hint))
            else:
                self.keys[*path, key] = key_node.place
                result[key] = self.value(value_node, (*path, key), alias)
        return result

    def _count(self, alias: Place) -> None:
        self.aliased += 1
        if self.aliased > MAX_ALIASED:
            message = f"aliases repeat more than {MAX_ALIASED} values"
            raise InputError([Problem(alias, message, "write the values out; this looks like an alias bomb")])


def scalar(text: str) -> Value:
    """What a word without quotes means."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _syntax_problem(error: yaml.MarkedYAMLError, source: _Source) -> Problem:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return Problem(Place(source.file), f"not YAML: {error.problem}")
    place = source.place(mark.line, mark.column)
    what = error.problem or error.context or "not YAML"
    indent = place.text[: len(place.text) - len(place.text.lstrip())]
    if "\t" in indent:
        tab = source.place(mark.line, indent.index("\t"))
        return Problem(
            tab, "a tab in the indentation", "YAML is indented with spaces only; use two per level"
        )
    for sign, message, hint in _SYNTAX:
        if re.search(sign, what):
            begun = error.context_mark
            opens = (
                begun is not None
                and source.place(begun.line, begun.column).text[begun.column :][:1] in "{[\"'"
            )
            line = (
                f" (opened on line {begun.line + 1})" if begun and opens and begun.line != mark.line else ""
            )
            return Problem(place, message + line, hint)
    return Problem(place, f"not YAML: {what}", "put text with special characters in quotes")


_SYNTAX = (
    (
        "mapping values are not allowed",
        "a second `: ` in one value, or a wrong indentation",
        "put text with a colon and a space in quotes; keys of one mapping stand in one column",
    ),
    (
        "expected ',' or '}'",
        "a { not closed, or a comma missing in it",
        "e.g. {number: 1, confirm: 930s}; text with a colon and a space needs quotes",
    ),
    ("expected ',' or ']'", "a [ not closed, or a comma missing in it", "e.g. [ups1, ups2]"),
    (
        "could not find expected ':'",
        "a key without its colon",
        "write key: value, with a space between",
    ),
    ("unexpected end of stream", "a quote that is not closed", "text in quotes ends with the same quote"),
    (
        "expected (<block end>|key|'-' indicator)",
        "the indentation does not fit the lines above",
        "keys of one mapping, and the dashes of one list, stand in one column",
    ),
    ("cannot start any token", "a value cannot begin with this character", "put the text in quotes"),
)
"""What PyYAML's two parsers complain of, what it means, and what to do."""
