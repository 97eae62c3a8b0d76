"""The power-control groups as the operator's console shows them: groups, slots, devices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sequencer.site import Group, Server, ServerRole, Site, Ups

if TYPE_CHECKING:
    from rich.tree import Tree

SLOTS = {
    "en": {
        "power": "power unit",
        "devices": "peripheral",
        "control": "control node",
        "linked": "linked server",
    },
    "ja": {"power": "電源装置", "devices": "連動装置", "control": "制御端末", "linked": "連動端末"},
}
"""The four slots of every group in the AC Management Console (R6-05)."""

WORDS = {
    "en": {
        "number": "UPS {0}",
        "confirm": "confirm {0:g} s",
        "pool": "pool server",
        "none": "in no group",
        "wired": "the site file names no groups: as wired",
    },
    "ja": {
        "number": "UPS {0}",
        "confirm": "電源異常確認時間 {0:g} 秒",
        "pool": "プールサーバ",
        "none": "グループなし",
        "wired": "サイトファイルに groups がないため配線のとおり",
    },
}
STYLES = {"group": "bold", "slot": "dim", "ups": "cyan", "server": "", "pool": "dim", "lost": "yellow"}


@dataclass(frozen=True, slots=True)
class Branch:
    text: str
    kind: str = "group"
    below: tuple[Branch, ...] = ()


def render(site: Site, *, terminal: bool = False, lang: str = "en") -> Tree | str:
    """The tree for rich on a terminal; plain text where it is piped."""
    branch = tree_of(site, lang)
    return _as_rich(branch) if terminal else "\n".join(_as_text(branch))


def tree_of(site: Site, lang: str = "en") -> Branch:
    """The site's groups below `network`, where the console hangs them; last, what is in none of them."""
    groups = site.groups or _by_wiring(site)
    root = f"network ({site.name})" + ("" if site.groups else f", {WORDS[lang]['wired']}")
    branches = [_group(site, group, lang) for group in groups]
    lost = _in_no_group(site, groups)
    if lost:
        branches.append(
            Branch(WORDS[lang]["none"], "lost", tuple(_device(site, name, lang) for name in lost))
        )
    return Branch(root, "group", tuple(branches))


def _group(site: Site, group: Group, lang: str) -> Branch:
    """Groups of control nodes hang below that slot, as in the console (R6-02), others directly."""
    words = SLOTS[lang]
    of_control = [g for g in group.groups if _is_control(site, g)]
    others = [g for g in group.groups if g not in of_control]
    servers = [site.servers[name] for name in group.servers]
    nodes = [s for s in servers if s.role is ServerRole.CONTROL]
    linked = [s for s in servers if s.role is not ServerRole.CONTROL]
    below = [
        *_slot(words["power"], [_ups(site.upses[name], lang) for name in group.power]),
        *_slot(words["devices"], [_ups(site.upses[name], lang) for name in group.devices]),
        *_slot(
            words["control"], [_server(s, lang) for s in nodes] + [_group(site, g, lang) for g in of_control]
        ),
        *_slot(words["linked"], [_server(s, lang) for s in linked]),
        *(_group(site, g, lang) for g in others),
    ]
    return Branch(group.name, "group", tuple(below))


def _slot(name: str, held: list[Branch]) -> list[Branch]:
    return [Branch(name, "slot", tuple(held))] if held else []


def _is_control(site: Site, group: Group) -> bool:
    """The group, or one below it, holds a control node."""
    nodes = any(site.servers[name].role is ServerRole.CONTROL for name in group.servers)
    return nodes or any(_is_control(site, below) for below in group.groups)


def _device(site: Site, name: str, lang: str) -> Branch:
    return _ups(site.upses[name], lang) if name in site.upses else _server(site.servers[name], lang)


def _ups(ups: Ups, lang: str) -> Branch:
    words = WORDS[lang]
    told = [ups.label, words["number"].format(ups.number), words["confirm"].format(ups.confirm_s)]
    return Branch(f"{ups.name}  {', '.join(filter(None, told))}", "ups")


def _server(server: Server, lang: str) -> Branch:
    pool = server.role is ServerRole.POOL
    told = ", ".join(filter(None, [server.label, WORDS[lang]["pool"] if pool else ""]))
    return Branch(f"{server.name}  {told}".rstrip(), "pool" if pool else "server")


def _in_no_group(site: Site, groups: tuple[Group, ...]) -> list[str]:
    placed = {name for group in groups for name in _members(group)}
    return [name for name in (*site.upses, *site.servers) if name not in placed]


def _members(group: Group) -> Iterator[str]:
    yield from (*group.power, *group.devices, *group.servers)
    for below in group.groups:
        yield from _members(below)


def _by_wiring(site: Site) -> tuple[Group, ...]:
    """What the wiring suggests, for a site file without groups: the cluster, then each linked array."""
    nodes = tuple(_of_ups(site, ups, ServerRole.CONTROL) for ups in site.node_upses)
    control = tuple(u.name for u in site.control_array_upses)
    groups = [Group(site.cluster.name, devices=control, groups=nodes)]
    placed = {name for group in groups for name in _members(group)}
    for array in site.linked_arrays:
        upses = [u for u in site.server_upses_of(array.name) if u.name not in placed]
        below = tuple(_of_ups(site, ups, ServerRole.LINKED, ServerRole.POOL) for ups in upses)
        devices = tuple(name for name in array.upses if name not in placed)
        groups.append(Group(array.label or array.name, devices=devices, groups=below))
        placed |= set(_members(groups[-1]))
    return tuple(groups)


def _of_ups(site: Site, ups: Ups, *roles: ServerRole) -> Group:
    """The UPS with the servers whose first supply it feeds."""
    servers = tuple(s.name for s in site.servers_on(ups.name) if s.role in roles and s.upses[0] == ups.name)
    return Group(ups.label or ups.name, power=(ups.name,), servers=servers)


def _as_text(branch: Branch) -> Iterator[str]:
    yield branch.text
    for n, below in enumerate(branch.below):
        first, rest = ("└── ", "    ") if n == len(branch.below) - 1 else ("├── ", "│   ")
        for i, line in enumerate(_as_text(below)):
            yield (rest if i else first) + line


def _as_rich(branch: Branch) -> Tree:
    from rich.text import Text
    from rich.tree import Tree

    def grow(parent: Tree, branches: tuple[Branch, ...]) -> None:
        for below in branches:
            grow(parent.add(Text(below.text, style=STYLES[below.kind])), below.below)

    root = Tree(Text(branch.text, style=STYLES[branch.kind]))
    grow(root, branch.below)
    return root
