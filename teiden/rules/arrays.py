"""Rules of the disk arrays and of the linkage that flushes them."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from realtime.contacts import Contacts
from sequencer import timing
from sequencer.site import Array, ArrayRole, ControlStop, ServerRole, Site
from teiden.language.say import t
from teiden.plan.arithmetic import amount, names
from teiden.products import PRODUCTS
from teiden.rules.finding import Broken, Change, Found, Margin, Remedy, Severity
from teiden.rules.registry import contact_rule, rule


@rule(
    "R6-25",
    Severity.ERROR,
    "the control disk is not linked",
    why="""
    The link function flushes a disk after its users have stopped. The control disk's users are the
    control nodes, which do the flushing; so it is never flushed (S32). A linked server on it would lose
    what it wrote last; a control node on a linked disk would lose its disk long before it stops.
    """,
    also=("R1-06", "S32", "A10", "S30"),
)
def control_disk_is_not_linked(site: Site) -> Iterator[Found]:
    for server in site.servers.values():
        for name in server.arrays:
            array = site.arrays[name]
            path = ("servers", server.name, "arrays")
            if server.role is ServerRole.CONTROL and array.role is ArrayRole.LINKED:
                yield Broken(
                    t(
                        "control node {server} uses {name}, which is flushed and cut before it",
                        server=server.name,
                        name=name,
                    ),
                    path,
                )
            if server.role is not ServerRole.CONTROL and array.role is ArrayRole.CONTROL:
                yield Broken(
                    t(
                        "{server} uses {name}, a control array: those are never flushed",
                        server=server.name,
                        name=name,
                    ),
                    path,
                )


@rule(
    "R1-07",
    Severity.ERROR,
    "no more linked arrays than the product can link",
    why="""
    Ver.2.1 links up to 10 arrays, Ver.1.0x one. The product does not know of any further one:
    it would lose its power unflushed.
    """,
)
def not_too_many_linked_arrays(site: Site) -> Iterator[Found]:
    most = PRODUCTS[site.product].linked_arrays
    margin = Margin(
        t("linked arrays fit the product"),
        amount(len(site.linked_arrays), t("linked arrays")),
        amount(most, site.product),
        site.product,
        unit="arrays",
        headline=False,
    )
    yield margin
    if margin.short:
        yield Broken(
            t(
                "{count} linked arrays, {product} links {most}",
                count=len(site.linked_arrays),
                product=site.product,
                most=most,
            ),
            ("arrays", site.linked_arrays[most].name),
            margin,
        )


@contact_rule(
    "R6-40",
    Severity.ERROR,
    "every array has an address of its own",
    why="""
    The flush is asked for at the array's address. Two arrays with one address: one of them is never
    flushed, and if one of the two is a control array, it is linked by accident. Without an address
    nobody can be asked, and the cut comes after the whole flush limit with the cache still dirty. An
    array that is asked by a program of its own (`command`) needs none.
    """,
    also=("R1-06", "R10-13", "A3"),
)
def arrays_have_their_own_address(site: Site, contacts: Contacts) -> Iterator[Found]:
    at: dict[str, list[str]] = defaultdict(list)
    for array in site.arrays.values():
        if array.address:
            at[array.address].append(array.name)
        elif array.role is ArrayRole.LINKED and array.name not in contacts.arrays:
            yield Broken(
                t("{array} has no address; nobody can ask it to flush", array=array.name),
                ("arrays", array.name, "address"),
                severity=Severity.WARNING,
            )
    for address, who in at.items():
        if len(who) > 1:
            yield Broken(
                t("{who} have the same address, {address}", who=names(who), address=address),
                ("arrays", who[-1], "address"),
            )


@rule(
    "R6-20",
    Severity.ERROR,
    "disk UPSes of one side restart alike",
    why="""
    With several peripheral UPSes on one side, some that come back and some that do not leave an array
    without its enclosures or its controllers, and everything above it waits for ever.
    """,
)
def disk_upses_restart_alike(site: Site) -> Iterator[Found]:
    for side, upses in ((t("control"), site.control_array_upses), (t("linked"), site.linked_array_upses)):
        off = [u.name for u in upses if not u.reboot_on_restore]
        if off and len(off) < len(upses):
            on = [u.name for u in upses if u.reboot_on_restore]
            changes = tuple(Change(("upses", name, "reboot_on_restore"), True) for name in off)
            yield Broken(
                t(
                    "of the {side} disks' UPSes {on} restart when the mains return, {off} do not",
                    side=side,
                    on=names(on),
                    off=names(off),
                ),
                ("upses", off[0], "reboot_on_restore"),
                remedies=(Remedy(changes),),
            )


@rule(
    "R6-22",
    Severity.ERROR,
    "warm-up times are multiples of 360 s",
    why="""
    A scheduled start is a sleep that the card counts in tenths of an hour. Another value is rounded by
    the card, and a disk that wakes late holds its servers up.
    """,
    also=("R10-56",),
)
def warm_up_is_a_multiple_of_six_minutes(site: Site) -> Iterator[Found]:
    for ups in site.upses.values():
        if ups.warm_up_time_s % timing.SLEEP_STEP_S:
            path = ("upses", ups.name, "warm_up", "time")
            up_s = math.ceil(ups.warm_up_time_s / timing.SLEEP_STEP_S) * timing.SLEEP_STEP_S
            yield Broken(
                t(
                    "{ups} warm-up time {time_s:g} s is no multiple of 360 s",
                    ups=ups.name,
                    time_s=ups.warm_up_time_s,
                ),
                path,
                remedies=(Remedy((Change(path, up_s),)),),
            )


@rule(
    "R10-28",
    Severity.ERROR,
    "enclosures have a lower warm-up rank than their controllers",
    why="""
    Low ranks are switched on first. A controller that comes up before its disk enclosures does not find
    its disks and reports a broken array, so enclosures go first (R10-18); at the cut it is the other
    way round.
    """,
    also=("R10-18", "R6-21"),
)
def enclosures_start_first(site: Site) -> Iterator[Found]:
    for array in site.arrays.values():
        ranks = {u: site.upses[u].warm_up_rank for u in array.upses}
        # One that feeds both goes on with the enclosures; the controllers' own may then have its rank.
        least = {u: ranks[u] + (u not in array.controllers) for u in array.enclosures}
        last = max(least.values(), default=0)
        early = [u for u in array.controllers_alone if ranks[u] < last]
        if early:
            enclosures = [u for u in array.enclosures if least[u] > min(ranks[u] for u in early)]
            changes = tuple(Change(("upses", u, "warm_up", "rank"), last) for u in early)
            yield Broken(
                t(
                    "{array}: the controllers' {early} (rank {rank}) are not switched on "
                    "after the enclosures' {enclosures} (rank {last})",
                    array=array.name,
                    early=names(early),
                    rank=site.upses[early[0]].warm_up_rank,
                    enclosures=names(enclosures),
                    last=max(ranks[u] for u in enclosures),
                ),
                ("upses", early[0], "warm_up", "rank"),
                remedies=(Remedy(changes),),
            )


@rule(
    "R10-21",
    Severity.NOTE,
    "the flush limit is not below the product's own",
    why="""
    The limit is the array's, not ours: its manual says how long a full cache takes. 300 s is what
    Ver.2.1 comes with, 1200 s Ver.1.0x. A shorter one is fine if the manual says so; past it the disk
    is cut, flushed or not.
    """,
    also=("R6-42", "R6-48"),
)
def flush_limit_is_the_arrays(site: Site) -> Iterator[Found]:
    default_s = PRODUCTS[site.product].flush_limit_s
    if site.linked_arrays and site.linkage.flush_limit_s < default_s:
        yield Broken(
            t(
                "flush_limit {limit_s:g} s is below the {default_s:g} s of {product}; "
                "only if the array's manual allows it",
                limit_s=site.linkage.flush_limit_s,
                default_s=default_s,
                product=site.product,
            ),
            ("linkage", "flush_limit"),
        )


@rule(
    "S5",
    Severity.NOTE,
    "the control side waits for the linked side",
    why="""
    `control_stop: hold` keeps the cluster up past its confirm time while a linked disk is not settled
    and the control batteries still cover the control stop. `document` stops at the confirm time
    regardless, as the reference product does: then only the numbers of R6-14 protect the linked disk.
    """,
)
def control_side_waits(site: Site) -> Iterator[Found]:
    if site.control_stop is ControlStop.DOCUMENT and site.linked_arrays:
        yield Broken(t("control_stop: document does not wait for a flush that still runs"), ("control_stop",))


@rule(
    "R6-03",
    Severity.WARNING,
    "every linked array has servers that use it",
    why="""
    An array is flushed when everybody who uses it is off. If nobody is stated, it is flushed and cut at
    its confirm time, under whoever does use it. Servers without an array are fine.
    """,
)
def linked_arrays_have_users(site: Site) -> Iterator[Found]:
    for array in site.linked_arrays:
        if not _linked_users(site, array):
            yield Broken(t("no linked server uses {array}", array=array.name), ("arrays", array.name))


def _linked_users(site: Site, array: Array) -> list[str]:
    return [s.name for s in site.users_of(array.name) if s.role is ServerRole.LINKED]
