"""Writes the site file of a hall: racks of one UPS and five servers, disks flushed one after the other."""

from __future__ import annotations


def hall(upses: int, *, arrays: int, runtime: str = "20m") -> str:
    """Two nodes, their disk, the linked disks, and server UPSes up to this many in all."""
    first = 4 + arrays
    disks, servers = range(4, first), range(first, upses + 1)
    return "\n".join([
        "schema: teiden/site/1",
        "site: hall",
        "time_zone: Asia/Tokyo",
        "feeds: [utility]",
        f"ups_defaults: {{feed: utility, shutdown_delay: 180s, runtime: {runtime}}}",
        "upses:",
        *(f"  ups{n}: {{number: {n}, card: 10.0.0.{n}, confirm: 930s, runtime: 60m}}" for n in (1, 2)),
        "  ups3: {number: 3, card: 10.0.0.3, confirm: 900s, runtime: 45m}",
        *(f"  ups{n}: {{number: {n}, card: 10.0.0.{n}, confirm: 30s, runtime: 25m}}" for n in disks),
        *(f"  ups{n}: {{number: {n}, card: 10.0.0.{n}, confirm: 60s}}" for n in servers),
        "arrays:",
        "  nodedisk:",
        "    {role: control, address: 10.1.0.1, enclosures: {upses: [ups3]}, controllers: {upses: [ups3]}}",
        *(
            f"  disk{n}: {{role: linked, address: 10.1.0.{n}, "
            f"enclosures: {{upses: [ups{n}]}}, controllers: {{upses: [ups{n}]}}}}"
            for n in disks
        ),
        "servers:",
        *(
            f"  node{n}: {{role: control, upses: [ups{n}], arrays: [nodedisk], address: 10.2.0.{n}, "
            "shutdown: {by: cluster, limit: 120s}}"
            for n in (1, 2)
        ),
        *(
            f"  s{n}n{k}: {{role: linked, upses: [ups{n}], arrays: [disk{4 + n % arrays}], "
            f'mac: "02:00:00:00:{n:02x}:{k:02x}", shutdown: {{limit: 180s}}}}'
            for n in servers
            for k in range(5)
        ),
        "cluster: {name: hallcluster, nodes: [node1, node2], floating_ip: 10.2.0.9, shutdown_limit: 5m}",
        "switches:",
        "  lan1: {upses: [ups1, ups2]}",
        "",
    ])  # fmt: skip
