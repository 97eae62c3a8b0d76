"""Cards and watched hosts that did not answer: how often, and how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from teiden.trust.spans import Span, joined, total_s
from teiden.trust.streams import Piece

KINDS = {"card.silent": ("card", True), "card.answering": ("card", False)} | {
    "host.silent": ("host", True),
    "host.answering": ("host", False),
}


@dataclass(frozen=True, slots=True)
class Silence:
    """Of one device, in the whole time."""

    device: str
    kind: str
    """`card` or `host`."""
    spans: tuple[Span, ...]
    unexplained: tuple[Span, ...]
    """Those that did not begin in an outage: a card dies with its UPS."""
    still: bool
    """It had not answered again by the end, and no outage explains it."""

    @property
    def total_s(self) -> float:
        return total_s(self.spans)

    @property
    def longest_s(self) -> float:
        return max(span.for_s for span in self.spans)


def silences(found: Iterable[Piece], outages: Sequence[Span], window: Span) -> list[Silence]:
    """Two nodes that miss the same device at once count once. Who ends takes his silences with him."""
    spans: dict[tuple[str, str], list[Span]] = {}
    still: dict[tuple[str, str], bool] = {}
    since: dict[tuple[str, str, str], float] = {}
    lives: dict[str, tuple[str, float]] = {}

    def over(kind: str, device: str, node: str, at_s: float) -> None:
        began_s = since.pop((kind, device, node), None)
        if began_s is not None:
            spans.setdefault((device, kind), []).append(Span(began_s, max(at_s, began_s)))

    for piece in sorted(found, key=lambda piece: piece.first_s):
        life, last_s = lives.get(piece.node, (piece.life, piece.first_s))
        if life != piece.life:
            for kind, device, node in [key for key in since if key[2] == piece.node]:
                over(kind, device, node, last_s)
                still[device, kind] = False  # the next life tells it again, if it is
        for instant_s, event in piece.events:
            kind, silent = KINDS.get(event.name, ("", False))
            if not kind:
                continue
            if silent:
                since.setdefault((kind, event.subject, event.by), instant_s)
            else:
                over(kind, event.subject, event.by, instant_s)
            still[event.subject, kind] = silent
        lives[piece.node] = (piece.life, piece.last_s)
    for kind, device, node in list(since):
        over(kind, device, node, lives.get(node, ("", since[kind, device, node]))[1])
    return [
        _silence(device, kind, within, outages, still[device, kind])
        for (device, kind), of in spans.items()
        if (within := _inside(joined(of), window))
    ]


def _inside(spans: list[Span], window: Span) -> list[Span]:
    """A silence that lasts for no time at all is one, too: the last word of a life."""
    cut = [Span(max(span.from_s, window.from_s), min(span.to_s, window.to_s)) for span in spans]
    return [span for span in cut if span.for_s >= 0]


def _silence(device: str, kind: str, spans: list[Span], outages: Sequence[Span], still: bool) -> Silence:
    alone = [span for span in spans if not any(outage.holds(span.from_s) for outage in outages)]
    return Silence(device, kind, tuple(spans), tuple(alone), still and spans[-1] in alone)
