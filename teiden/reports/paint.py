"""The palette of pictures as a page needs it: variables of its style sheet, and patterns for the hatches."""

from __future__ import annotations

from dataclasses import dataclass

from teiden.plots.palette import ALARM, COMMAND, DARK_MAINS, GOOD, HAND, HELD, LOOKS, SERIES


@dataclass(frozen=True, slots=True)
class Hatch:
    """A pattern of this many pixels a side; `path` is drawn with strokes."""

    state: str
    size: int
    path: str


LINES = {
    "\\": (8, "M-2,-2L10,10M-2,6L2,10M6,-2L10,2"),
    "/": (7, "M-2,9L9,-2M-2,2L2,-2M5,9L9,5"),
    ".": (6, "M1.5,1.5h.1M4.5,4.5h.1"),
    "-": (5, "M0,2.5H5"),
}
"""By what a picture calls them."""


def slug(state: str) -> str:
    """`on battery` as a class of a style sheet."""
    return state.replace(" ", "-")


def hatches() -> list[Hatch]:
    return [Hatch(slug(state), *LINES[look.hatch[0]]) for state, look in LOOKS.items() if look.hatch]


def variables() -> str:
    """The light scheme; what differs in the dark one stands in the style sheet."""
    named = {
        "alarm": ALARM,
        "good": GOOD,
        "command": COMMAND,
        "dark-mains": DARK_MAINS,
        "held": HELD,
        "hand": HAND,
        **{f"line-{number}": colour for number, colour in enumerate(SERIES)},
    }
    for state, look in LOOKS.items():
        named |= {slug(state): look.fill, f"{slug(state)}-ink": look.ink, f"{slug(state)}-lines": look.lines}
    return ":root{" + "".join(f"--{name}:{value};" for name, value in named.items()) + "}\n"


def rules() -> str:
    """One rule for each state: the bar, and the text on it."""
    plain = "".join(
        f".s-{slug(state)}{{fill:var(--{slug(state)})}}" for state, look in LOOKS.items() if not look.hatch
    )
    texts = "".join(f".on-{slug(state)}{{fill:var(--{slug(state)}-ink)}}" for state in LOOKS)
    hatched = "".join(
        f".h-{h.state} rect{{fill:var(--{h.state})}}.h-{h.state} path{{stroke:var(--{h.state}-lines)}}"
        f".halo.on-{h.state}{{stroke:var(--{h.state})}}"
        for h in hatches()
    )
    lines = "".join(
        f".c{n}{{stroke:var(--line-{n})}}.n{n}{{fill:var(--line-{n})}}" for n in range(len(SERIES))
    )
    return f"{plain}\n{texts}\n{hatched}\n{lines}\n"
