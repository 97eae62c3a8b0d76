"""The `events:` in which somebody does something: clocks, requests, the cluster manager, buttons, hosts."""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.requests import Wish
from sim.story import Asked, Booted, ClockStep, HostChange, Managed, Manager, Pressed
from teiden.files.event_reading import Placed, Reading
from teiden.files.offsets import offset_s
from teiden.files.source import Path
from teiden.files.story_model import DEEDS, GOES, WISHES
from teiden.files.units import UnitError
from teiden.files.wording import listed
from teiden.language.say import t

HELD = (Wish.HOLD.value, Wish.RELEASE.value)
"""Wishes that concern any device; the others concern servers."""


def clock(reading: Reading, path: Path, at_s: float | None) -> Iterator[Placed]:
    where, name = _named(reading, path, "clock")
    if "step" not in reading.story.mapping(*path):
        reading.wrong(where, t("the clock is set by how much?"), t("step: -300s sets it back by 5 min"))
        return
    try:
        by_s = offset_s(reading.story.get(*path, "step"))
    except UnitError:
        return
    if reading.known(where, name, reading.devices("server"), "server") and at_s is not None and by_s:
        yield ClockStep(at_s, str(name), by_s), where


def request(reading: Reading, path: Path, at_s: float | None) -> Iterator[Placed]:
    where, wish = _named(reading, path, "request")
    kind = "device" if wish in HELD else "server"
    of = _of(reading, path, kind)
    if wish in HELD and of == ():
        reading.wrong(where, t("{wish}: of which device?", wish=wish), t("of: NAME, or a list of names"))
        return
    to = reading.story.get(*path, "to")
    nodes = reading.devices("control node")
    asked = to is None or reading.known((*path, "to"), to, nodes, "control node")
    if wish not in WISHES or of is None or not asked or at_s is None:
        return
    by = reading.story.get(*path, "by")
    yield Asked(at_s, Wish(wish), of, str(by or ""), str(to or "")), where


def manager(reading: Reading, path: Path, at_s: float | None) -> Iterator[Placed]:
    where, deed = _named(reading, path, "manager")
    if deed not in DEEDS:
        return
    kind = "cluster" if deed == Manager.START.value else "cluster or control node"
    known = reading.devices(kind)
    if "of" not in reading.story.mapping(*path):
        reading.wrong(where, t("manager {deed}: of what?", deed=deed), f"of: {listed(known)}")
        return
    of = _of(reading, path, kind)
    if of is None or at_s is None:
        return
    if len(of) > 1:
        reading.wrong((*path, "of"), t("one at a time"), t("an event for each"))
        return
    yield Managed(at_s, Manager(deed), of[0]), where


def press(reading: Reading, path: Path, at_s: float | None) -> Iterator[Placed]:
    where, name = _named(reading, path, "press")
    if reading.known(where, name, reading.devices("UPS"), "UPS") and at_s is not None:
        yield Pressed(at_s, str(name)), where


def boot(reading: Reading, path: Path, at_s: float | None) -> Iterator[Placed]:
    where, name = _named(reading, path, "boot")
    if reading.known(where, name, reading.devices("server"), "server") and at_s is not None:
        yield Booted(at_s, str(name)), where


def host(reading: Reading, path: Path, at_s: float | None) -> Iterator[Placed]:
    where, name = _named(reading, path, "host")
    if "goes" not in reading.story.mapping(*path):
        reading.wrong(where, t("does the host go off or on?"), t("goes: off, or goes: on"))
        return
    goes = reading.story.get(*path, "goes")
    known = reading.known(where, name, reading.devices("watched host"), "watched host")
    if known and goes in GOES and at_s is not None:
        yield HostChange(at_s, str(name), answers=goes == "on"), where


def _named(reading: Reading, path: Path, key: str) -> tuple[Path, object]:
    return (*path, key), reading.story.get(*path, key)


def _of(reading: Reading, path: Path, kind: str) -> tuple[str, ...] | None:
    """Everybody who is named, each known; () where nobody is."""
    if "of" not in reading.story.mapping(*path):
        return ()
    of = reading.story.get(*path, "of")
    names = [((*path, "of", i), name) for i, name in enumerate(of)] if isinstance(of, list) else []
    names = names or [((*path, "of"), of)]
    known = reading.devices(kind)
    right = [reading.known(where, name, known, kind) for where, name in names]
    return tuple(str(name) for _, name in names) if all(right) else None
