"""Who hangs on which UPS: the site's power and data paths, looked up in one step."""

from __future__ import annotations

from collections import defaultdict

from sequencer.site import Array, ArrayRole, Server, ServerRole, Site


class Wiring:
    """Built once for a judgement; a site of a thousand devices must not be searched at each event."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.nodes = frozenset(site.cluster.nodes)
        self.linked_arrays = tuple(a for a in site.arrays.values() if a.role is ArrayRole.LINKED)
        self.control_arrays = tuple(a for a in site.arrays.values() if a.role is ArrayRole.CONTROL)
        self.servers_on: defaultdict[str, list[Server]] = defaultdict(list)
        self.arrays_on: defaultdict[str, list[Array]] = defaultdict(list)
        self.upses_on: defaultdict[str, list[str]] = defaultdict(list)
        """By feed."""
        self.users_of: defaultdict[str, list[Server]] = defaultdict(list)
        """By array; of a linked array these are the linked servers, of a control array the nodes."""
        for server in site.servers.values():
            for ups in server.upses:
                self.servers_on[ups].append(server)
            for array in server.arrays:
                self.users_of[array].append(server)
        for array_ in site.arrays.values():
            for ups in array_.upses:
                self.arrays_on[ups].append(array_)
        for ups_ in site.upses.values():
            self.upses_on[ups_.feed].append(ups_.name)
        self.node_upses = frozenset(u for name in site.cluster.nodes for u in site.servers[name].upses)
        self.linked_array_upses = frozenset(u for a in self.linked_arrays for u in a.upses)
        self.control_array_upses = (
            frozenset(u for a in self.control_arrays for u in a.upses) - self.node_upses
        )
        self.control_upses = self.node_upses | self.control_array_upses
        """Everything that goes last (①②③ of the document)."""
        self.server_upses = (
            frozenset(u for s in site.servers.values() if s.role is not ServerRole.CONTROL for u in s.upses)
            - self.control_upses
            - self.linked_array_upses
        )

    def server_upses_of(self, array: Array) -> list[str]:
        """The servers' UPSes that must be seen off before this array is flushed (S3)."""
        return list(
            dict.fromkeys(u for s in self.users_of[array.name] for u in s.upses if u in self.server_upses)
        )
