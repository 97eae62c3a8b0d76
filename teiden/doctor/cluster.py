"""Checks of the cluster: its state and nodes, its AC mode and version, its address (R7-08, R13-01)."""

from __future__ import annotations

import re
import socket
from collections.abc import Sequence
from pathlib import PurePath

from realtime.cluster_mode import AcMode, ac_mode
from realtime.clusters.clusterpro import AC_MODE, COMMANDS
from realtime.commands import filled
from sequencer.ports import ClusterState, Unreachable
from teiden.doctor.context import Context
from teiden.doctor.finding import Rows, fail, ok, warn
from teiden.doctor.reach import connects
from teiden.doctor.registry import Kind, check
from teiden.language.say import t

OLDEST = (9, 2)
"""CLUSTERPRO X 1.0 needs 9.02 (CPRO-XW010-01, R13-01)."""
VERSION = re.compile(r"(\d+)\.(\d+)")


@check(
    "cluster.state",
    Kind.CLUSTER,
    "state",
    why="""
    Who holds the cluster commands. If its manager cannot be read, or names other nodes than the site
    file, the nodes command by rank, and the cluster is not seen to stop (R9-03).
    """,
)
async def state(ctx: Context, name: str) -> Rows:
    status = await ctx.cluster()
    if isinstance(status, Unreachable):
        yield fail(status.reason, _do(ctx, status.reason))
    elif status.state is not ClusterState.RUNNING:
        yield warn(t("it is {state}", state=status.state.value), t("look again when it runs"))
    elif status.holder is None:
        yield warn(
            t("running; no single node holds its groups"),
            t("move all groups to one node, or name the one that counts (cluster.manager.group)"),
        )
    else:
        nodes = ", ".join(ctx.site.cluster.nodes)
        yield ok(t("running, held by {holder}; nodes {nodes}", holder=status.holder, nodes=nodes))


def _do(ctx: Context, reason: str) -> str:
    if "no server called" in reason:
        return t("call the nodes in the site file as the cluster does (cluster.nodes)")
    if "no group called" in reason:
        return t("name a group that there is (cluster.manager.group)")
    if ctx.contacts.cluster.rest_url:
        return t("is its REST service on at {url}, with this user?", url=ctx.contacts.cluster.rest_url)
    return t("run its `state` command by hand, as the service's user (CLUSTERPRO: clpstat)")


@check(
    "cluster.ac_mode",
    Kind.CLUSTER,
    "AC mode",
    why="""
    With `clpacmode` enabled the cluster tells the power service of the shutdowns it makes by itself;
    disabled, they look like crashes (R7-08, R12-08).
    """,
)
async def mode(ctx: Context, name: str) -> Rows:
    words = ac_mode_program(ctx)
    if not words:
        return  # another cluster than CLUSTERPRO
    asked = ctx.site.cluster.ac_mode
    ended = await ctx.program(*words)
    told = AcMode.UNKNOWN if ended.code != 0 else ac_mode(ended.output)
    if told is AcMode.UNKNOWN:
        yield warn(
            t("{program} does not tell: {words}", program=PurePath(words[0]).name, words=ended.words),
            t("run it by hand on every node"),
        )
    elif (told is AcMode.ENABLED) is not asked:
        yield fail(
            t("{told}; the site file says ac_mode: {asked}", told=told.value, asked=str(asked).lower()),
            t("`clpacmode enable` on every node, then stop and start the cluster"),
        )
    else:
        yield ok(told.value)


def ac_mode_program(ctx: Context) -> Sequence[str]:
    """Where `clpstat` stands, as the site names it; nothing where `state` is another program."""
    program, *_ = ctx.contacts.cluster.commands.get("state", COMMANDS["state"])
    if PurePath(program).name != COMMANDS["state"][0]:
        return ()
    beside = str(PurePath(program).with_name(AC_MODE[0])) if len(PurePath(program).parts) > 1 else AC_MODE[0]
    return filled([beside], {"name": ctx.site.cluster.name, "node": ctx.me})


@check(
    "cluster.version",
    Kind.CLUSTER,
    "version",
    why="CLUSTERPRO X 1.0 knows the commands that are used here from 9.02 on (CPRO-XW010-01, R13-01).",
)
async def version(ctx: Context, name: str) -> Rows:
    if ctx.emulated or not ac_mode_program(ctx):
        return
    for words in (
        ("rpm", "-q", "--queryformat", "%{VERSION}", "clusterpro"),
        ("dpkg-query", "--show", "--showformat=${Version}", "clusterpro"),
    ):
        ended = await ctx.program(*words)
        found = VERSION.match(ended.output) if ended.code == 0 else None
        if found is not None:
            break
    else:
        return
    told = int(found[1]), int(found[2])
    if told < OLDEST and ctx.site.product.startswith("ver1"):
        yield fail(t("CLUSTERPRO {version}", version=found[0]), t("install its update 9.02 (CPRO-XW010-01)"))
    else:
        yield ok(t("CLUSTERPRO {version}", version=found[0]))


@check(
    "cluster.address",
    Kind.CLUSTER,
    "floating IP",
    why="""
    The floating IP goes where the cluster's services go. If the node that the manager names does not have
    it, consoles and SigmaSystemCenter speak to nobody, or to the wrong node (R5-06).
    """,
)
async def address(ctx: Context, name: str) -> Rows:
    where, status = ctx.site.cluster.floating_ip, await ctx.cluster()
    if not where or ctx.emulated or isinstance(status, Unreachable) or status.holder is None:
        return
    here = is_ours(where)
    if here is (status.holder == ctx.me):
        told = (
            t("{ip} is here", ip=where)
            if here
            else t("{ip} is not here, and {holder} holds it", ip=where, holder=status.holder)
        )
        yield ok(told)
    else:
        yield fail(
            t("{ip} is here, and {holder} holds the cluster", ip=where, holder=status.holder)
            if here
            else t("{ip} is not here, and this node holds the cluster", ip=where),
            t("look at the floating IP resource in the cluster's manager"),
        )


def is_ours(address: str) -> bool:
    """Whether this machine has the address: nobody can bind another one's."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.bind((address, 0))
        except OSError:
            return False
    return True


@check(
    "cluster.management",
    Kind.CLUSTER,
    "SSC",
    why="""
    SigmaSystemCenter is reached at the floating IP by tcp 26102; a program that still says localhost
    reaches it on one node only, and after a failover not at all (R5-06).
    """,
)
async def management(ctx: Context, name: str) -> Rows:
    cluster = ctx.site.cluster
    if not cluster.floating_ip or not ctx.site.ssc or ctx.emulated:
        return
    why_not = await connects(cluster.floating_ip, cluster.management_port, ctx.look_limit_s)
    where = f"{cluster.floating_ip}:{cluster.management_port}"
    if why_not:
        yield warn(
            t("{where}: {why}", where=where, why=why_not),
            t(
                "is SigmaSystemCenter's service running; does the firewall let tcp {port} through?",
                port=cluster.management_port,
            ),
        )
    else:
        yield ok(t("answers at {where}", where=where))
