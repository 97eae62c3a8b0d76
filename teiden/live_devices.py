"""Every device of a scene as a line with a bar or a light, side by side as far as the terminal is wide."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from teiden.language.retell import retold
from teiden.language.say import t
from teiden.narration.words import duration
from teiden.plan.columns import width
from teiden.scene import Scene
from teiden.states import Device

MOST = 12
"""Of a kind; more are counted by their state."""
BAR = 10
LIGHTS = {
    "up": ("●", "green"),
    "running": ("●", "green"),
    "ready": ("●", "green"),
    "on line": ("●", "green"),
    "flushed": ("●", "cyan"),
    "flushing": ("◐", "bold yellow"),
    "booting": ("◐", "yellow"),
    "starting": ("◐", "yellow"),
    "shutting down": ("◐", "yellow"),
    "stopping": ("◐", "yellow"),
    "on battery": ("◐", "yellow"),
    "low battery": ("●", "bold red"),
    "crashed": ("✖", "bold red"),
    "lost data": ("✖", "bold red"),
    "exhausted": ("✖", "bold red"),
    "empty": ("✖", "bold red"),
    "forced": ("✖", "red"),
}
DARK = ("○", "dim")


def columns(scene: Scene) -> RenderableType:
    """UPSes; arrays and the control side; servers."""
    of = {kind: [d for d in scene.devices.values() if d.kind == kind] for kind in ("ups", "array", "server")}
    control = [d for d in scene.devices.values() if d.kind in ("cluster", "node")]
    blocks: list[RenderableType] = [
        _block(t("UPS"), _upses(of["ups"], scene)),
        Group(
            _block(t("ARRAYS"), _lights(of["array"], scene)),
            "",
            _block(t("CONTROL"), _lights(control, scene)),
        ),
        _block(t("SERVERS"), _lights(of["server"], scene)),
    ]
    return Columns(blocks, padding=(0, 2))


def _block(title: str, lines: RenderableType) -> RenderableType:
    return Group(Text(title, style="bold dim"), lines)


def _upses(upses: list[Device], scene: Scene) -> RenderableType:
    if len(upses) > MOST:
        return _counted(upses, scene)
    table = _grid(4)
    for ups in upses:
        word = scene.word(ups)
        charge = scene.charge_pct(ups.name)
        pct = f"{charge:.0f} %" if charge is not None else ""
        said = _said(_word(ups, scene), word, 13)
        table.add_row(ups.name, _bar(charge, word), Text(pct, justify="right"), said)
    return table


def _bar(charge_pct: float | None, word: str) -> Text:
    full = round(BAR * (charge_pct or 0.0) / 100)
    style = "dim" if word == "off" else LIGHTS.get(word, DARK)[1]
    return Text("█" * full, style=style) + Text("░" * (BAR - full), style="dim")


def _word(ups: Device, scene: Scene) -> str:
    """`off in 123 s` while an OFF counts down."""
    word, left_s = scene.word(ups), scene.off_in_s(ups.name)
    return retold(word) if left_s is None or word == "off" else t("off in {n} s", n=f"{left_s:.0f}")


def _lights(devices: list[Device], scene: Scene) -> RenderableType:
    if len(devices) > MOST:
        return _counted(devices, scene)
    table = _grid(3)
    for device in devices:
        word = scene.word(device)
        light, style = LIGHTS.get(word, DARK)
        table.add_row(
            Text(light, style=style),
            device.name,
            _said(f"{retold(word)} {_since(device, word, scene)}", word, 19),
        )
    return table


def _since(device: Device, word: str, scene: Scene) -> str:
    """How long something has been going on."""
    if LIGHTS.get(word, DARK)[0] != "◐":
        return ""
    aspect = {"array": "cache" if word == "flushing" else "service", "cluster": "cluster"}.get(
        device.kind, "os"
    )
    return duration(scene.since_s(device.name, aspect))


def _said(text: str, word: str, wide: int) -> Text:
    """As wide as the longest may be, so that nothing moves while it changes."""
    known = text.strip() or t("unknown")
    return Text(known + " " * (wide - width(known)), style=LIGHTS.get(word, DARK)[1])


def _counted(devices: Iterable[Device], scene: Scene) -> RenderableType:
    table = _grid(3)
    for word, n in Counter(scene.word(device) for device in devices).most_common():
        light, style = LIGHTS.get(word, DARK)
        table.add_row(Text(light, style=style), Text(str(n), justify="right"), _said(retold(word), word, 19))
    return table


def _grid(columns: int) -> Table:
    table = Table.grid(padding=(0, 1))
    for _ in range(columns):
        table.add_column(no_wrap=True)
    return table
