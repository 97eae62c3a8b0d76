"""Checks of a server from outside: its state and by which way, its halt, its clock, how it is woken."""

from __future__ import annotations

from ipaddress import ip_address
from pathlib import Path
from statistics import median

from realtime.contacts import ServerContact
from realtime.unreached import Unreached
from sequencer.ports import Os, Unreachable
from sequencer.site import ServerRole
from teiden.doctor.amounts import seconds
from teiden.doctor.context import Context
from teiden.doctor.finding import Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import later, said, t

EVERYWHERE = "255.255.255.255"

STATES = {
    Os.UP: later("up"),
    Os.HALTED: later("halted"),
    Os.BOOTING: later("booting"),
    Os.SHUTTING_DOWN: later("shutting down"),
}


def ways_of(ctx: Context, name: str) -> str:
    """By what it is seen, in the order in which its driver asks."""
    contact = ctx.contacts.servers.get(name, ServerContact())
    ways = []
    if name in ctx.peers:
        ways.append(t("its service"))
    if contact.command is not None and "state" in contact.command.commands:
        ways.append(t("a program"))
    else:
        ways += [t("its controller")] * (contact.bmc is not None) + [t("its SSH port")] * (
            contact.ssh is not None
        )
    return t(", ").join(ways) or t("nothing")


@check(
    "server.state",
    Kind.SERVER,
    "state",
    why="""
    A server whose state nobody can tell is waited for to its limit in an outage, and then cut running:
    its shutdown is asked for, and nobody sees whether it comes (S1, S2).
    """,
)
async def state(ctx: Context, name: str) -> Rows:
    if name == ctx.me:
        yield ok(t("this node"))
        return
    status = await ctx.server(name)
    if isinstance(status, Unreachable):
        driver = ctx.machines.servers[name]
        do = (
            t("mend what it says, then look again")
            if isinstance(driver, Unreached)
            else t("is it on? else check address, network and rights of: {ways}", ways=ways_of(ctx, name))
        )
        yield fail(status.reason, do)
        return
    words = t("{state}, by {ways}", state=said(STATES[status.os]), ways=ways_of(ctx, name))
    never_started = ctx.site.servers[name].role is ServerRole.POOL
    if status.os is Os.UP or (status.os is Os.HALTED and never_started):
        yield ok(words)
    else:
        yield warn(words, t("look again when it is up: what only a running system tells was not looked at"))


@check(
    "server.seen_halted",
    Kind.SERVER,
    "seen to halt",
    why="""
    A server that no longer answers may have halted, or hang while it still writes. Only its controller,
    or a program that asks something outside of it, knows; without one its array is flushed at the limit
    (LIVE-1).
    """,
)
async def seen_to_halt(ctx: Context, name: str) -> Rows:
    contact = ctx.contacts.servers.get(name, ServerContact())
    asks = contact.command is not None and "state" in contact.command.commands
    if contact.bmc is None and not asks:
        yield warn(
            t("nobody would see that it has halted"),
            t("give it a bmc, or a command: state, in the site file"),
        )


@check(
    "server.clock",
    Kind.SERVER,
    "clock",
    why="""
    Schedules are kept by the nodes' clocks, and logs of several machines are only read together when
    theirs agree. Past start.skew_limit the running service raises an alarm (R12-02).
    """,
)
async def clock(ctx: Context, name: str) -> Rows:
    skew_s = await _skew_s(ctx, name)
    if skew_s is None:
        return
    limit_s = ctx.site.start.skew_limit_s
    words = t("{skew:+.1f} s against ours, limit {limit}", skew=skew_s, limit=seconds(limit_s))
    if abs(skew_s) > limit_s:
        yield fail(words, t("let both follow the same time server"))
    else:
        yield ok(words)


async def _skew_s(ctx: Context, name: str) -> float | None:
    """In an emulated room, whose clock is its own: against the other servers'."""
    if name == ctx.me:
        return None
    status = await ctx.server(name)
    if isinstance(status, Unreachable) or status.clock_s is None:
        return None
    if not ctx.emulated:
        return status.clock_s - ctx.server_seen_at_s[name]
    seen = [await ctx.server(other) for other in ctx.site.servers if other != ctx.me]
    clocks_s = [s.clock_s for s in seen if not isinstance(s, Unreachable) and s.clock_s is not None]
    return status.clock_s - median(clocks_s)


@check(
    "server.wake",
    Kind.SERVER,
    "woken by",
    why="""
    A wake-up packet is broadcast, and a router lets none through by itself: sent to the broadcast address
    of a network where this node is not, it wakes nobody, and no receipt would ever say so (SEC-20,
    R9-35).
    """,
)
async def wake(ctx: Context, name: str) -> Rows:
    contact = ctx.contacts.servers.get(name, ServerContact())
    if contact.wake is None or ctx.emulated:
        return
    where, ours = contact.wake.broadcast, broadcasts(ctx.machine.routes)
    words = t("{mac} by a packet to {where}", mac=contact.wake.mac, where=where)
    if where in ours or (where == EVERYWHERE and len(ours) == 1):
        yield ok(words)
    elif where == EVERYWHERE:
        yield warn(
            words,
            t(
                "it leaves by one interface only; name the network's own: {known}",
                known=", ".join(sorted(ours)),
            ),
        )
    else:
        yield warn(
            t("{words}, which is no broadcast of this node's networks", words=words),
            t("see that the routers let it through, or name one of {known}", known=", ".join(sorted(ours))),
        )


def broadcasts(routes: str) -> set[str]:
    """Those of this machine's networks, from the kernel's table of routes; loopback left out."""
    found: set[str] = set()
    last = ""
    try:
        lines = Path(routes).read_text(encoding="ascii").splitlines()
    except OSError:
        return found
    for line in lines:
        words = line.split()
        if len(words) >= 2 and words[0] in ("|--", "+--"):
            last = words[1].partition("/")[0]
        elif "BROADCAST" in words and "link" in words and not last.endswith(".0"):
            found.add(last)
    return {where for where in found if not ip_address(where).is_loopback}
