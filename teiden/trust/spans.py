"""Stretches of time, in seconds since 1970: joined, cut to a window, and what lies between them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Span:
    from_s: float
    to_s: float

    @property
    def for_s(self) -> float:
        return self.to_s - self.from_s

    def holds(self, instant_s: float) -> bool:
        return self.from_s <= instant_s <= self.to_s


def joined(spans: Iterable[Span], *, within_s: float = 0.0) -> list[Span]:
    """In order, without overlaps; what is no further apart than `within_s` is one."""
    found: list[Span] = []
    for span in sorted(spans):
        if found and span.from_s <= found[-1].to_s + within_s:
            found[-1] = Span(found[-1].from_s, max(found[-1].to_s, span.to_s))
        else:
            found.append(span)
    return found


def inside(spans: Iterable[Span], window: Span) -> list[Span]:
    return [
        Span(max(span.from_s, window.from_s), min(span.to_s, window.to_s))
        for span in spans
        if span.to_s > window.from_s and span.from_s < window.to_s
    ]


def between(spans: Sequence[Span], window: Span) -> list[Span]:
    """What of the window none of these holds; they are joined."""
    edges = [window.from_s, *(edge for span in inside(spans, window) for edge in (span.from_s, span.to_s))]
    edges.append(window.to_s)
    return [Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


def total_s(spans: Iterable[Span]) -> float:
    return sum(span.for_s for span in spans)
