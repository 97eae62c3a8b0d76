"""The power-control groups with every device in them as it was last seen: the tree of the console."""

from __future__ import annotations

from dataclasses import dataclass

from realtime.status import ArrayView, ServerView, Status, UpsView
from sequencer.site import Group, ServerRole, Site
from teiden.language.retell import retold
from teiden.language.say import t
from teiden.narration.words import duration
from teiden.status.picture import BAD, GOOD, ups_because, ups_state
from teiden.tree import groups_of, in_no_group

TONES = {GOOD: "good", BAD: "bad", "dim": "off"}
"""Of the words that `teiden status` colours; what is none of these is odd."""
SERVER_TONES = {"up": "good", "halted": "off"}
ARRAY_TONES = {"ready": "good", "fault": "bad"}
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class Device:
    """One row. Numbers are words already; `?` is what nobody knows."""

    kind: str
    """`ups`, `server` or `array`."""
    name: str
    label: str
    state: str
    tone: str
    """`good`, `odd`, `bad` or `off`."""
    because: str = ""
    age: str = ""
    fresh: bool = False
    charge_pct: float | None = None
    charge: str = ""
    runtime: str = ""
    load: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """A group."""

    name: str
    devices: tuple[Device, ...]
    below: tuple[Node, ...]
    path: str
    """Its place in the tree, `0/2/1`; names need not be unique."""

    @property
    def has_servers(self) -> bool:
        own = any(device.kind == "server" for device in self.devices)
        return own or any(node.has_servers for node in self.below)


def tree(site: Site, status: Status, older_s: float) -> tuple[Node, ...]:
    """`older_s`: since the status was told; every age in it is that much greater."""
    looks = _Looks(site, status, older_s)
    groups = groups_of(site)
    nodes = [looks.node(group, str(place)) for place, group in enumerate(groups)]
    if lost := in_no_group(site, groups):
        nodes.append(Node(t("in no group"), tuple(looks.device(name) for name in lost), (), str(len(groups))))
    return tuple(nodes)


def group_at(site: Site, path: str) -> Group | None:
    """The group at this place of the tree; None: there is none."""
    groups: tuple[Group, ...] = groups_of(site)
    found: Group | None = None
    for step in path.split("/"):
        if not step.isascii() or not step.isdigit() or int(step) >= len(groups):
            return None
        found = groups[int(step)]
        groups = found.groups
    return found


def ups_row(site: Site, view: UpsView, older_s: float) -> Device:
    state, tone = ups_state(view)
    return Device(
        "ups",
        view.name,
        view.label or site.upses[view.name].label,
        state,
        TONES.get(tone, "odd"),
        ups_because(view),
        _age(view.age_s, older_s),
        view.fresh,
        view.charge_pct,
        UNKNOWN if view.charge_pct is None else f"{view.charge_pct:.0f} %",
        UNKNOWN if view.runtime_s is None else duration(view.runtime_s),
        UNKNOWN if view.load_pct is None else f"{view.load_pct:.0f} %",
    )


class _Looks:
    def __init__(self, site: Site, status: Status, older_s: float) -> None:
        self._site = site
        self._older_s = older_s
        self._upses = {view.name: view for view in status.upses}
        self._servers = {view.name: view for view in status.servers}
        self._arrays = {view.name: view for view in status.arrays}

    def node(self, group: Group, path: str) -> Node:
        upses = (*group.power, *group.devices)
        arrays = [a.name for a in self._site.arrays.values() if a.upses and a.upses[0] in upses]
        devices = tuple(self.device(name) for name in (*upses, *arrays, *group.servers))
        below = tuple(self.node(one, f"{path}/{place}") for place, one in enumerate(group.groups))
        return Node(group.name, devices, below, path)

    def device(self, name: str) -> Device:
        site = self._site
        if name in site.upses:
            return ups_row(site, self._upses.get(name, UpsView(name)), self._older_s)
        if name in site.arrays:
            return self._array(self._arrays.get(name, ArrayView(name)))
        return self._server(self._servers.get(name, ServerView(name)))

    def _server(self, view: ServerView) -> Device:
        server = self._site.servers[view.name]
        label = t("pool server") if server.role is ServerRole.POOL and not server.label else server.label
        state, tone = _told(view.os, view.fresh, SERVER_TONES)
        age = _age(view.age_s, self._older_s)
        return Device("server", view.name, view.label or label, state, tone, view.words, age, view.fresh)

    def _array(self, view: ArrayView) -> Device:
        state, tone = _told(view.service, view.fresh, ARRAY_TONES)
        if view.fresh and view.flush == "under way":
            state, tone = t("flushing"), "odd"
        if view.fresh and view.flush == "done":
            state, tone = t("flushed"), "off"
        label = view.label or self._site.arrays[view.name].label
        age = _age(view.age_s, self._older_s)
        return Device("array", view.name, label, state, tone, view.words, age, view.fresh)


def _told(word: str | None, fresh: bool, tones: dict[str, str]) -> tuple[str, str]:
    if not fresh:
        return t("NOT HEARD"), "bad"
    return (t("unknown"), "odd") if word is None else (retold(word), tones.get(word, "odd"))


def _age(age_s: float | None, older_s: float) -> str:
    return t("never heard") if age_s is None else t("{duration} ago", duration=duration(age_s + older_s))
