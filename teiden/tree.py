"""The power-control groups as the operator's console shows them: groups, slots, devices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sequencer.site import Group, Server, ServerRole, Site, Ups
from teiden.language.say import t

if TYPE_CHECKING:
    from rich.tree import Tree

STYLES = {"group": "bold", "slot": "dim", "ups": "cyan", "server": "", "pool": "dim", "lost": "yellow"}


@dataclass(frozen=True, slots=True)
class Branch:
    text: str
    kind: str = "group"
    below: tuple[Branch, ...] = ()


def render(site: Site, *, terminal: bool = False) -> Tree | str:
    """The tree for rich on a terminal; plain text where it is piped."""
    branch = tree_of(site)
    return _as_rich(branch) if terminal else "\n".join(_as_text(branch))


def tree_of(site: Site) -> Branch:
    """The site's groups below `network`, where the console hangs them; last, what is in none of them."""
    groups = groups_of(site)
    root = t("network ({site})", site=site.name)
    if not site.groups:
        root = t("{root}, the site file names no groups: as wired", root=root)
    branches = [_group(site, group) for group in groups]
    lost = in_no_group(site, groups)
    if lost:
        branches.append(Branch(t("in no group"), "lost", tuple(_device(site, name) for name in lost)))
    return Branch(root, "group", tuple(branches))


def groups_of(site: Site) -> tuple[Group, ...]:
    """Those of the site file, or what the wiring suggests."""
    return site.groups or _by_wiring(site)


def _group(site: Site, group: Group) -> Branch:
    """Groups of control nodes hang below that slot, as in the console (R6-02), others directly.

    The four slots of every group are those of the AC Management Console (R6-05).
    """
    of_control = [g for g in group.groups if _is_control(site, g)]
    others = [g for g in group.groups if g not in of_control]
    servers = [site.servers[name] for name in group.servers]
    nodes = [s for s in servers if s.role is ServerRole.CONTROL]
    linked = [s for s in servers if s.role is not ServerRole.CONTROL]
    below = [
        *_slot(t("power unit"), [_ups(site.upses[name]) for name in group.power]),
        *_slot(t("peripheral"), [_ups(site.upses[name]) for name in group.devices]),
        *_slot(t("control node"), [_server(s) for s in nodes] + [_group(site, g) for g in of_control]),
        *_slot(t("linked server"), [_server(s) for s in linked]),
        *(_group(site, g) for g in others),
    ]
    return Branch(group.name, "group", tuple(below))


def _slot(name: str, held: list[Branch]) -> list[Branch]:
    return [Branch(name, "slot", tuple(held))] if held else []


def _is_control(site: Site, group: Group) -> bool:
    """The group, or one below it, holds a control node."""
    nodes = any(site.servers[name].role is ServerRole.CONTROL for name in group.servers)
    return nodes or any(_is_control(site, below) for below in group.groups)


def _device(site: Site, name: str) -> Branch:
    return _ups(site.upses[name]) if name in site.upses else _server(site.servers[name])


def _ups(ups: Ups) -> Branch:
    told = [ups.label, t("UPS {n}", n=ups.number), t("confirm {n} s", n=f"{ups.confirm_s:g}")]
    return Branch(f"{ups.name}  {', '.join(filter(None, told))}", "ups")


def _server(server: Server) -> Branch:
    pool = server.role is ServerRole.POOL
    told = ", ".join(filter(None, [server.label, t("pool server") if pool else ""]))
    return Branch(f"{server.name}  {told}".rstrip(), "pool" if pool else "server")


def in_no_group(site: Site, groups: tuple[Group, ...]) -> list[str]:
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
