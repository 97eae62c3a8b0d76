"""How a stream begins, whichever room it comes from: the devices, what they hang on, the versions."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sequencer
from sequencer import timing
from sequencer.site import Site, Timing, Ups


@cache
def versions() -> dict[str, str]:
    """What can make two runs of one story differ; read once, it takes longer than a story."""
    return {**{name: version(name) for name in ("teiden", "simpy")}, "sequencer": planner()}


@cache
def planner() -> str:
    """Of the sequencer's own source: who has the same one plans alike, in a rehearsal and live (S36)."""
    digest = sha256()
    for path in sorted(Path(sequencer.__path__[0]).glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def devices(site: Site) -> dict[str, dict[str, Any]]:
    """What each subject of the stream is and hangs on, in the order in which a picture shows them."""
    table: dict[str, dict[str, Any]] = {
        feed: {"kind": "feed", "role": "", "group": "FEEDS", "label": ""} for feed in site.feeds
    }
    for ups in site.upses.values():
        about = {"kind": "ups", "role": "", "group": "UPS", "label": ups.label}
        table[ups.name] = {**about, "off_terms_s": off_terms_s(ups)}
    for array in site.arrays.values():
        table[array.name] = _described("array", array.role.value, "ARRAYS", array.label, array.upses)
    for server in (*site.linked_servers, *site.pool_servers):
        hangs_on = server.upses, server.arrays
        table[server.name] = _described("server", server.role.value, "SERVERS", server.label, *hangs_on)
    for node in site.control_nodes:
        table[node.name] = _described("node", "control", "CONTROL", node.label, node.upses, node.arrays)
    table[site.cluster.name] = {"kind": "cluster", "role": "control", "group": "CONTROL", "label": ""}
    for switch in site.switches.values():
        table[switch.name] = _described("switch", switch.kind, "CONTROL", "", switch.upses)
    for address in site.lan_watch.hosts:
        table[address] = {"kind": "host", "role": "", "group": "LAN", "label": ""}
    return table


def _described(
    kind: str, role: str, group: str, label: str, upses: tuple[str, ...], arrays: tuple[str, ...] = ()
) -> dict[str, Any]:
    what = {"kind": kind, "role": role, "group": group, "label": label, "upses": list(upses)}
    return {**what, "arrays": list(arrays)} if arrays else what


def off_terms_s(ups: Ups) -> list[float]:
    """What the delay of a graceful OFF is made of: shutdown delay, low-battery runtime, the card's 2 min."""
    if ups.timing is not Timing.LEGACY:
        return [timing.graceful_off_s(ups)]
    return [ups.shutdown_delay_s, ups.low_battery_runtime_s, timing.LEGACY_EXTRA_S]
