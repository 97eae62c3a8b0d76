"""A site file's text as written: where each key and value begins and ends, in characters.

`teiden.files` has read the file before and refused whatever is not plain YAML; nothing is checked again here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass
class Written:
    """One value: from its first character to behind its last."""

    start: int
    end: int
    column: int
    text: str = ""
    """Of a scalar, as it is meant."""
    quote: str = ""
    """The quotes of a scalar that has some."""
    pairs: list[tuple[Written, Written]] | None = None
    """Of a mapping."""
    flow: bool = False
    """In braces."""
    alias: bool = False
    """`*name`: it stands elsewhere."""
    anchor: str = ""

    def of(self, key: str) -> Written | None:
        return next((value for name, value in self.pairs or () if name.text == key), None)


@dataclass
class _Reader:
    events: Iterator[Any]
    used: set[str] = field(default_factory=set)
    """Anchors that an alias names."""

    def value(self, event: Any) -> Written:
        start, end = event.start_mark, event.end_mark
        found = Written(start.index, end.index, start.column, anchor=event.anchor or "")
        if isinstance(event, yaml.AliasEvent):
            self.used.add(str(event.anchor))
            found.alias = True
        elif isinstance(event, yaml.ScalarEvent):
            found.text = event.value
            found.quote = event.style if event.style in ("'", '"') else ""
        elif isinstance(event, yaml.MappingStartEvent):
            found.flow = bool(event.flow_style)
            found.pairs = []
            while not isinstance(first := next(self.events), yaml.MappingEndEvent):
                name = self.value(first)
                found.pairs.append((name, self.value(next(self.events))))
            found.end = self._end(found, first, [value for _, value in found.pairs])
        else:
            found.flow = bool(event.flow_style)
            items = []
            while not isinstance(first := next(self.events), yaml.SequenceEndEvent):
                items.append(self.value(first))
            found.end = self._end(found, first, items)
        return found

    @staticmethod
    def _end(found: Written, last: Any, inside: list[Written]) -> int:
        """A block ends with its last value; its end mark stands before the next key, behind comments."""
        return int(last.end_mark.index) if found.flow or not inside else inside[-1].end


def read(text: str) -> tuple[Written, frozenset[str]]:
    """The document's top mapping, and the anchors that are referred to."""
    reader = _Reader(yaml.parse(text, Loader=_PARSER))
    for event in reader.events:
        if isinstance(event, yaml.DocumentStartEvent):
            return reader.value(next(reader.events)), frozenset(reader.used)
    raise AssertionError("a site file has a document; the reader of site files lets no other through")
