"""What stands in a picture, for those who test one: its texts, and whether they cover each other."""

from __future__ import annotations

from itertools import combinations

from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.text import Text
from matplotlib.transforms import Bbox


def texts(figure: Figure, gid: str = "") -> list[Text]:
    """Every text of the picture, or those whose gid begins like this."""
    found = [t for t in figure.findobj(Text) if isinstance(t, Text) and t.get_visible() and t.get_text()]
    return [t for t in found if t.get_gid() and str(t.get_gid()).startswith(gid)] if gid else found


def said(figure: Figure, gid: str = "") -> list[str]:
    return [text.get_text() for text in texts(figure, gid)]


def title(figure: Figure) -> str:
    return " ".join(said(figure, "title"))


def patches(figure: Figure, gid: str) -> list[Bbox]:
    """Where the boxes of one kind stand, in inches from the lower left corner."""
    found = [p for p in figure.findobj(Patch) if isinstance(p, Patch) and p.get_gid() == gid]
    inches = figure.dpi_scale_trans.inverted()
    return [Bbox(inches.transform_bbox(p.get_window_extent())) for p in found]


def assert_readable(figure: Figure) -> None:
    """No text leaves the paper, and none that has a gid covers another."""
    figure.draw_without_rendering()
    paper = figure.bbox
    placed = [(text, text.get_window_extent()) for text in texts(figure)]
    for text, box in placed:
        inside = box.x0 >= 0 and box.y0 >= 0 and box.x1 <= paper.x1 and box.y1 <= paper.y1
        assert inside, f"{text.get_text()!r} leaves the paper"
    named = [(text.get_text(), box) for text, box in placed if text.get_gid()]
    for (one, here), (other, there) in combinations(named, 2):
        assert not here.overlaps(there), f"{one!r} covers {other!r}"
