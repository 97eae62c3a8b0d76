"""Writes the site file of a large hall: `python scenarios/sites/hall.py > hall.yaml`.

The same numbers give the same bytes. `hall.yaml` beside this file is what it writes when it is asked for
nothing else: 500 linked servers, 40 arrays, 120 UPSes.

The hall is made of rows. A row is one linked array, its UPSes and its servers, one power-control group
below the other. What UPSes are left when every array and every row has one go half to arrays, as a second
supply (or, for so many as `--apart` says, to keep enclosures and controllers apart), and half to rows, where
a third of the servers then draws from two. Feeds alternate, so that no row hangs on one of them. Confirm
times and limits are those of `reference.yaml`, with the arrays flushed in parallel: one after the other, 38
would take over three hours.

Nothing in it is an error or a warning to `teiden check`, except that ver2.1 links ten arrays (R1-07). With
`--arrays 12` it is safe; for 38 linked arrays that product needs several sites.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

CONTROL, CARDS, ARRAYS, HOSTS = 0, 16, 64, 256
"""First nets of the control side, of the UPSes' cards, of the linked arrays and of their servers."""


@dataclass(frozen=True)
class Ups:
    number: int
    feed: str
    confirm_s: int
    runtime_min: int
    label: str
    warm_up_rank: int | None = None
    """Of an array's UPS."""

    @property
    def name(self) -> str:
        return f"ups{self.number:03}"


@dataclass(frozen=True)
class Row:
    """One linked array with the servers that use it."""

    number: int
    controllers: tuple[Ups, ...]
    enclosures: tuple[Ups, ...]
    power: tuple[Ups, ...]
    """UPSes of its servers."""
    servers: int
    pool: int

    @property
    def array(self) -> str:
        return f"disk{self.number:02}"

    @property
    def devices(self) -> tuple[Ups, ...]:
        return tuple(dict.fromkeys((*self.enclosures, *self.controllers)))


@dataclass(frozen=True)
class Hall:
    """How large it is; what stands where follows from it."""

    servers: int = 500
    """Linked ones; nodes and pool servers come on top."""
    arrays: int = 40
    """Linked and control ones."""
    upses: int = 120
    nodes: int = 4
    control_arrays: int = 2
    feeds: int = 2
    pool: int = 10
    apart: int = 0
    """How many of the arrays with two UPSes have one for enclosures and one for controllers."""

    def __post_init__(self) -> None:
        if self.nodes < 2 or self.control_arrays < 1 or self.feeds < 1 or self.pool < 0:
            raise ValueError(
                "a hall needs two control nodes, a control array and a feed, and no less pool than 0"
            )
        if self.arrays <= self.control_arrays:
            raise ValueError(
                f"{self.arrays} arrays: {self.control_arrays} are control arrays, none is left to link"
            )
        least = self.nodes + self.control_arrays + 2 * self.linked_arrays
        if self.upses < least:
            raise ValueError(
                f"{self.upses} UPSes are too few: one for each node, array and row makes {least}"
            )
        rows_upses = self.upses - least + self.linked_arrays - self.second_array_upses
        if self.servers < rows_upses:
            raise ValueError(
                f"{self.servers} servers are too few: {rows_upses} UPSes of the rows would feed nothing"
            )

    @property
    def linked_arrays(self) -> int:
        return self.arrays - self.control_arrays

    @property
    def second_array_upses(self) -> int:
        """How many linked arrays have two UPSes."""
        spare = self.upses - self.nodes - self.control_arrays - 2 * self.linked_arrays
        return min(self.linked_arrays, spare // 2)

    def feed(self, n: int) -> str:
        return f"utility{n % self.feeds + 1}"

    @cached_property
    def node_upses(self) -> tuple[Ups, ...]:
        return tuple(Ups(n + 1, self.feed(n), 930, 60, f"制御端末{n + 1}") for n in range(self.nodes))

    @cached_property
    def control_array_upses(self) -> tuple[Ups, ...]:
        first = self.nodes + 1
        return tuple(
            Ups(first + n, self.feed(n), 900, 45, f"制御端末の共有ディスク{n + 1}", 1)
            for n in range(self.control_arrays)
        )

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        next_ups = self.nodes + self.control_arrays + 1
        rows_upses = self.upses - next_ups + 1 - self.linked_arrays - self.second_array_upses
        rows = []
        second = 0
        for n in range(self.linked_arrays):
            two = _share(self.second_array_upses, n, self.linked_arrays)
            second += two
            apart = bool(two) and second <= self.apart
            devices = [
                Ups(next_ups + i, self.feed(n + i), 30, 25, f"連動ディスク{n + 1}", 2 - i if apart else 1)
                for i in range(1 + two)
            ]
            next_ups += len(devices)
            power = [
                Ups(next_ups + i, self.feed(n + i), 60, 20, f"列{n + 1}サーバ{i + 1}")
                for i in range(_share(rows_upses, n, self.linked_arrays))
            ]
            next_ups += len(power)
            rows.append(
                Row(
                    n + 1,
                    controllers=tuple(devices[:1] if apart else devices),
                    enclosures=tuple(devices[1:] if apart else devices),
                    power=tuple(power),
                    servers=self._servers_before(n + 1) - self._servers_before(n),
                    pool=_share(self.pool, n, self.linked_arrays),
                )
            )
        return tuple(rows)

    def _servers_before(self, row: int) -> int:
        """Servers follow the rows' UPSes, so that every UPS feeds about as many."""
        upses = self.upses - self.nodes - self.control_arrays - self.linked_arrays - self.second_array_upses
        return self.servers * _before(upses, row, self.linked_arrays) // upses


def _share(all_: int, n: int, of: int) -> int:
    """How many of all go to the n-th of so many, spread evenly."""
    return _before(all_, n + 1, of) - _before(all_, n, of)


def _before(all_: int, n: int, of: int) -> int:
    return all_ * n // of


# The file


def text(hall: Hall) -> str:
    """The whole site file."""
    return "\n".join(_lines(hall)) + "\n"


def _lines(hall: Hall) -> Iterator[str]:
    yield "# yaml-language-server: $schema=../../teiden/files/schema/site.json"
    yield "# Written by hall.py beside this file; change that one."
    yield "schema: teiden/site/1"
    yield "site: hall"
    yield "product: ver2.1"
    yield "time_zone: Asia/Tokyo"
    yield f"feeds: {_list(hall.feed(n) for n in range(hall.feeds))}"
    yield "polling: {on_line: 5s, on_battery: 2s}"
    yield ""
    yield "ups_defaults:"
    yield "  timing: legacy"
    yield "  shutdown_delay: 180s"
    yield "  low_battery_runtime: 120s"
    yield "  reboot_on_restore: true"
    yield "  return_delay: 60s"
    yield "  min_return_charge: 15%"
    yield "  snmp: {mib: apc, version: 3, user: teiden, secret: env:TEIDEN_SNMP}"
    yield from _upses(hall)
    yield ""
    yield "linkage: {port: 6001, flush_limit: 300s, flush_order: parallel}"
    yield from _arrays(hall)
    yield from _servers(hall)
    yield from _control(hall)
    yield from _groups(hall)
    yield from _model(hall)


def _upses(hall: Hall) -> Iterator[str]:
    yield ""
    yield "upses:"
    rows = [ups for row in hall.rows for ups in (*sorted(row.devices, key=_number), *row.power)]
    for ups in (*hall.node_upses, *hall.control_array_upses, *rows):
        warm_up = ups.warm_up_rank and f", warm_up: {{rank: {ups.warm_up_rank}, time: 720s}}"
        yield (
            f"  {ups.name}: {{number: {ups.number}, feed: {ups.feed}, card: {_address(CARDS, ups.number)}, "
            f"confirm: {ups.confirm_s}s, runtime: {ups.runtime_min}m{warm_up or ''}, label: {ups.label}}}"
        )


def _arrays(hall: Hall) -> Iterator[str]:
    yield ""
    yield "arrays:"
    for n, ups in enumerate(hall.control_array_upses, 1):
        fed = f"{{upses: [{ups.name}]}}"
        address = _address(CONTROL, 30 + n)
        yield f"  cdisk{n}: {{role: control, address: {address}, enclosures: {fed}, controllers: {fed}}}"
    for row in hall.rows:
        enclosures, controllers = _names(row.enclosures), _names(row.controllers)
        yield (
            f"  {row.array}: {{role: linked, address: {_address(ARRAYS, row.number)}, "
            f"enclosures: {{upses: {enclosures}}}, controllers: {{upses: {controllers}}}}}"
        )


def _servers(hall: Hall) -> Iterator[str]:
    yield ""
    yield "server_defaults: {minimum_supplies: 1, ac_link: boot, shutdown: {by: ssh, limit: 180s}}"
    yield "servers:"
    disks = _list(f"cdisk{n + 1}" for n in range(hall.control_arrays))
    for n, ups in enumerate(hall.node_upses, 1):
        yield (
            f"  control{n}: {{role: control, upses: [{ups.name}], arrays: {disks}, "
            f"address: {_address(CONTROL, 10 + n)}, shutdown: {{by: cluster, limit: 120s}}}}"
        )
    count = 0
    for row in hall.rows:
        for n in range(row.servers):
            count += 1
            mac = ":".join(f"{count:06x}"[i : i + 2] for i in (0, 2, 4))
            yield (
                f"  {_server(row, n)}: {{role: linked, upses: {_names(_supplies(row, n))}, "
                f'arrays: [{row.array}], mac: "02:00:5e:{mac}", '
                f"shutdown: {{host: {_address(HOSTS, count)}}}}}"
            )
        for n in range(row.pool):
            ups = row.power[n % len(row.power)]
            yield f"  {_pool(row, n)}: {{role: pool, upses: [{ups.name}], ac_link: stay_off}}"


def _control(hall: Hall) -> Iterator[str]:
    yield ""
    yield "cluster:"
    yield "  name: hallcluster"
    yield f"  nodes: {_list(f'control{n + 1}' for n in range(hall.nodes))}"
    yield f"  floating_ip: {_address(CONTROL, 10)}"
    yield "  shutdown_limit: 5m"
    yield f"  broadcast: {_address(CONTROL, 255)}"
    yield ""
    yield "switches:"
    for n in range(hall.nodes // 2):
        pair = _names(hall.node_upses[2 * n : 2 * n + 2])
        yield f"  lan{n + 1}: {{upses: {pair}}}"
        yield f"  fc{n + 1}: {{upses: {pair}, kind: fc}}"
    yield ""
    yield "start: {mains_stable: 60s, ready_hold: 10s, gap: 10s}"


def _groups(hall: Hall) -> Iterator[str]:
    yield ""
    yield "groups:"
    yield "  SSC:"
    yield "    SSC_Cluster:"
    yield f"      devices: {_names(hall.control_array_upses)}"
    yield "      groups:"
    for n, ups in enumerate(hall.node_upses, 1):
        yield f"        SSC_SEIGYO_{n}: {{power: [{ups.name}], servers: [control{n}]}}"
    for row in hall.rows:
        names = [_server(row, n) for n in range(row.servers)] + [_pool(row, n) for n in range(row.pool)]
        yield f"    共有ディスク_連動用{row.number}:"
        yield f"      devices: {_names(sorted(row.devices, key=_number))}"
        yield f"      groups: {{列{row.number}: {{power: {_names(row.power)}, servers: {_list(names)}}}}}"


def _model(hall: Hall) -> Iterator[str]:
    yield ""
    yield "model:"
    yield "  servers:"
    yield "    control: {boot: 240s, shutdown: 60s}"
    yield "    linked: {boot: 180s, shutdown: 90s}"
    yield "    pool: {boot: 180s, shutdown: 90s}"
    yield "  arrays:"
    for n in range(hall.control_arrays):
        yield f"    cdisk{n + 1}: {{start: 180s}}"
    for row in hall.rows:
        dirty_gib = 4 + row.number * 7 % 13  # 64 to 256 s to flush
        yield f"    {row.array}: {{start: 180s, dirty: {dirty_gib}GiB, flush_rate: 64MiB/s}}"
    yield "  cluster: {stop: 120s, start: 90s}"
    yield "  network: {latency: 20ms, loss: 0%}"


def _supplies(row: Row, n: int) -> tuple[Ups, ...]:
    """Every third server of a row with several UPSes draws from two of them."""
    first = row.power[n % len(row.power)]
    if len(row.power) == 1 or n % 3:
        return (first,)
    return (first, row.power[(n + 1) % len(row.power)])


def _server(row: Row, n: int) -> str:
    return f"r{row.number:02}s{n + 1:02}"


def _pool(row: Row, n: int) -> str:
    return f"r{row.number:02}pool{n + 1}"


def _address(net: int, n: int) -> str:
    """Within 198.18.0.0/15, which is set aside for benchmarks; nets of 256 are counted from its start."""
    third, fourth = divmod(net * 256 + n, 256)
    return f"198.{18 + third // 256}.{third % 256}.{fourth}"


def _number(ups: Ups) -> int:
    return ups.number


def _names(upses: tuple[Ups, ...] | list[Ups]) -> str:
    return _list(ups.name for ups in upses)


def _list(names: Iterator[str] | list[str]) -> str:
    return f"[{', '.join(names)}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    for name, told in (
        ("servers", "linked servers"),
        ("arrays", "disk arrays, linked and control"),
        ("upses", "UPSes"),
        ("nodes", "control nodes"),
        ("control-arrays", "arrays of the control nodes"),
        ("feeds", "feeds, alternately used"),
        ("pool", "pool servers"),
        ("apart", "arrays with UPSes of their own for enclosures and for controllers"),
    ):
        default = getattr(Hall, name.replace("-", "_"))
        parser.add_argument(f"--{name}", type=int, default=default, metavar="N", help=f"{told} (%(default)s)")
    try:
        written = text(Hall(**vars(parser.parse_args())))
    except ValueError as error:
        parser.error(str(error))
    sys.stdout.buffer.write(written.encode())


if __name__ == "__main__":
    main()
