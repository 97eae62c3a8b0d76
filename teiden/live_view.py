"""A run while it goes on, on a terminal: the virtual clock, every device's state, what happened last.

Playing four hours takes milliseconds: the view opens only when a run takes longer than that, or when
somebody asks to watch one again at a pace that can be followed.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from typing import TYPE_CHECKING

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.padding import Padding
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from sequencer.events import Event, Stream
from teiden.judge.charge import Charges
from teiden.language.say import t
from teiden.live_devices import columns
from teiden.narrate import Row, main_rows
from teiden.narration.row import Importance
from teiden.narration.table import clocks
from teiden.narration.words import duration, whole
from teiden.plan.columns import width
from teiden.scene import Scene

if TYPE_CHECKING:
    from datetime import datetime

    from teiden.rehearsal import Rehearsal
    from teiden.story import Story

PATIENCE_S = 0.3
"""A run that is over by then shows no live view."""
REDRAW_S = 0.1
FRAME_S = 0.05
PACE = 600.0
"""Virtual seconds in a second of watching: a minute of outage takes a tenth of a second."""
LONGEST_S = 0.8
"""Of watching, between two things that happen: nobody watches batteries recharge."""
MOST_ROWS, FEWEST_ROWS = 8, 3
OTHER_LINES = 21
"""What stands above the rows where the devices fill two columns."""


@contextmanager
def following(stream: Stream, story: Story, console: Console | None = None) -> Iterator[None]:
    """Show a run while it is played, if that takes long enough to be seen."""
    scene = Scene()
    live = Live(console=console, auto_refresh=False, transient=True)
    began = drawn = time.monotonic()
    opened = False

    def listen(event: Event) -> None:
        nonlocal drawn, opened
        scene.take(event)
        now = time.monotonic()
        if now - began < PATIENCE_S or now - drawn < REDRAW_S:
            return
        if not opened:
            live.start()
            opened = True
        live.update(picture(scene, story.start, ()), refresh=True)
        drawn = now

    stream.listen(listen)
    try:
        yield
    finally:
        if opened:
            live.stop()


def watch(rehearsal: Rehearsal, console: Console | None = None) -> bool:
    """Show a run that was played already, at a pace that can be followed. False: Ctrl-C."""
    scene = Scene(Charges(e for e in rehearsal.events if e.name == "ups.charge"))
    rows = main_rows(rehearsal.rows)
    times = [row.t for row in rows]
    events = iter(rehearsal.events)
    waiting: Event | None = next(events, None)
    try:
        with Live(console=console, auto_refresh=False, transient=True) as live:
            for at_s in frames(times, rehearsal.past.end_s):
                while waiting is not None and waiting.t <= at_s:
                    scene.take(waiting)
                    waiting = next(events, None)
                scene.t = at_s
                told = rows[: bisect_right(times, at_s)]
                live.update(picture(scene, rehearsal.story.start, told, live.console.height), refresh=True)
                time.sleep(FRAME_S)
            time.sleep(LONGEST_S)
    except KeyboardInterrupt:
        return False
    return True


def frames(times: Sequence[float], end_s: float) -> list[float]:
    """The instants to show: at the pace, but quiet hours pass quickly; the last is the last thing told."""
    stops = sorted({max(0.0, times[0] - 30.0), *times}) if times else [0.0, end_s]
    found = [stops[0]]
    for before, after in pairwise(stops):
        n = min(math.ceil((after - before) / (PACE * FRAME_S)), round(LONGEST_S / FRAME_S))
        found += [before + (after - before) * i / n for i in range(1, n)] + [after]
    return found


# The picture


def picture(scene: Scene, start: datetime, rows: Sequence[Row], high: int = 40) -> RenderableType:
    """`high`: lines of the terminal; a low one shows fewer of the rows."""
    sentence = Text(scene.sentence, style="bold", no_wrap=True, overflow="ellipsis")
    parts: list[RenderableType] = [sentence, _clock(scene, start), "", columns(scene)]
    if rows:
        most = min(MOST_ROWS, max(FEWEST_ROWS, high - OTHER_LINES))
        parts += ["", *_told(rows[-most:], scene.zero_s or 0.0)]
    return Padding(Group(*parts), (1, 2, 0, 2))


def _clock(scene: Scene, start: datetime) -> RenderableType:
    """`14:17:33   453 s  ━━━━━━────────  17 min of 4 h  utility LOST`."""
    after = whole(scene.t - scene.zero_s) if scene.zero_s is not None else ""
    played = t("{now} of {end}", now=duration(scene.t - scene.t % 60), end=duration(scene.until_s))
    line = Table.grid(padding=(0, 2), expand=True)
    line.add_column(no_wrap=True, style="bold cyan")
    line.add_column(no_wrap=True, justify="right", min_width=7)
    line.add_column(ratio=1)
    longest = t("{now} of {end}", now=duration(59 * 60), end=duration(24 * 3600))
    for wide in (width(longest), 12):
        line.add_column(no_wrap=True, min_width=wide)
    bar = ProgressBar(total=scene.until_s or 1.0, completed=scene.t)
    line.add_row(clocks([scene.t], start)[0], after, bar, Text(played, style="dim"), _mains(scene))
    return line


def _mains(scene: Scene) -> Text:
    lost = [d.name for d in scene.devices.values() if scene.state(d.name, "mains") == "lost"]
    if lost:
        return Text(t("{feeds} LOST", feeds=" ".join(lost)), style="bold white on red")
    if scene.incident_open:
        return Text(t("incident open"), style="yellow")
    return Text(t("mains on"), style="green")


STYLES = {Importance.TROUBLE: "bold red", Importance.MAIN: ""}


def _told(rows: Sequence[Row], zero_s: float) -> Iterator[Text]:
    """The newest last, as in the table that follows; a narrow terminal loses reasons first."""
    wide = max(width(row.what) for row in rows)
    for row in rows:
        line = Text(no_wrap=True, overflow="ellipsis")
        line.append(f"{whole(row.t - zero_s):>8}  ", "dim")
        line.append(row.what + " " * (wide - width(row.what)), STYLES.get(row.importance, ""))
        line.append(f"  {row.because}", "dim")
        yield line
