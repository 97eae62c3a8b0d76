"""Every name a story may use: the site's devices, their roles, and what can happen to which of them."""

from __future__ import annotations

from collections.abc import Mapping

from sequencer.events import NAMES
from sequencer.site import ArrayRole, ServerRole, Site

KINDS_OF: Mapping[str, tuple[str, ...]] = {
    "run": ("site",),
    "mains": ("feed", "UPS"),
    "ups": ("UPS",),
    "card": ("UPS",),
    "outage": ("UPS",),
    "server": ("server",),
    "cluster": ("cluster",),
    "array": ("array",),
    "incident": ("site",),
    "lease": ("site",),
    "journal": ("site", "UPS", "array", "server", "cluster"),
    "schedule": ("schedule", "site"),
    "clock": ("server",),
    "host": ("host",),
    "job": ("server",),
}
"""What the subject of an event is, by the first word of its name; of all others any device may be."""

ANY_DEVICE = ("UPS", "array", "server", "cluster", "switch", "feed", "site")

ROLES_OF: Mapping[str, tuple[str, ...]] = {
    "feed": ("feed",),
    "UPS": ("ups",),
    "array": ("linked", "control", "array"),
    "server": ("linked", "control", "pool", "server", "node"),
}
"""Which `every ROLE` fits which kind. `every linked` means servers, but arrays in `array.` events."""


def prefix(event: str) -> str:
    return event.partition(".")[0]


class Names:
    """The names of one site."""

    def __init__(self, site: Site) -> None:
        servers = site.servers.values()
        self.of_kind: dict[str, tuple[str, ...]] = {
            "site": (site.name,),
            "feed": site.feeds,
            "UPS": tuple(site.upses),
            "array": tuple(site.arrays),
            "server": tuple(site.servers),
            "cluster": (site.cluster.name,),
            "switch": tuple(site.switches),
            "schedule": tuple(site.schedules),
            "host": site.lan_watch.hosts,
        }
        self._in_role: dict[tuple[str, str], tuple[str, ...]] = {
            ("feed", "feed"): site.feeds,
            ("UPS", "ups"): tuple(site.upses),
            ("array", "array"): tuple(site.arrays),
            ("array", "linked"): tuple(a.name for a in site.arrays.values() if a.role is ArrayRole.LINKED),
            ("array", "control"): tuple(a.name for a in site.arrays.values() if a.role is ArrayRole.CONTROL),
            ("server", "server"): tuple(site.servers),
            ("server", "linked"): tuple(s.name for s in servers if s.role is ServerRole.LINKED),
            ("server", "control"): tuple(s.name for s in servers if s.role is ServerRole.CONTROL),
            ("server", "pool"): tuple(s.name for s in servers if s.role is ServerRole.POOL),
            ("server", "node"): site.cluster.nodes,
        }

    def kinds(self, event: str) -> tuple[str, ...]:
        """What the subject of this event may be."""
        return KINDS_OF.get(prefix(event), ANY_DEVICE)

    def kind(self, name: str) -> str:
        """What a name is in this site; empty: nothing."""
        return next((kind for kind, names in self.of_kind.items() if name in names), "")

    def subjects(self, event: str) -> tuple[str, ...]:
        """Everything this event can happen to."""
        return tuple(name for kind in self.kinds(event) for name in self.of_kind[kind])

    def roles(self, event: str) -> tuple[str, ...]:
        """Which `every ROLE` this event takes."""
        kinds = self.kinds(event)
        return tuple(dict.fromkeys(role for kind in _preferred(kinds) for role in ROLES_OF.get(kind, ())))

    def each(self, event: str, role: str) -> tuple[str, ...]:
        """The names that `every ROLE` stands for in this event."""
        for kind in _preferred(self.kinds(event)):
            if role in ROLES_OF.get(kind, ()):
                return self._in_role[kind, role]
        return ()

    def known_event(self, event: str) -> bool:
        return event in NAMES


def _preferred(kinds: tuple[str, ...]) -> tuple[str, ...]:
    """Servers first: `command.sent every linked` means the linked servers."""
    return tuple(sorted(kinds, key=lambda kind: kind != "server"))
