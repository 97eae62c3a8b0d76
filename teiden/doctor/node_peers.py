"""Checks of the link between the control nodes: certificates, and what the others' services say (SEC-19)."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from realtime.peers.caller import Silent
from realtime.peers.lines import Malformed, Told, told_from
from realtime.peers.link import installed_version
from realtime.peers.tls import paths
from teiden.doctor.amounts import day, seconds
from teiden.doctor.context import Context
from teiden.doctor.finding import Found, Level, Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import t

SOON = timedelta(days=60)
"""Both nodes have to be renewed one after the other; nobody does that in a hurry."""


@check(
    "node.certificates",
    Kind.NODE,
    "certificates",
    why="""
    The nodes agree on who commands over a link that only their own certificates open. The day after one
    ends, each is alone, and both may wait for the other (SEC-19).
    """,
)
async def certificates(ctx: Context, name: str) -> Rows:
    if len(ctx.site.cluster.nodes) < 2:
        return
    if ctx.no_identity:
        yield fail(
            ctx.no_identity, t("`teiden certificates SITE --out DIR` makes them; copy this node's here")
        )
        return
    from teiden.certificates import NotMade, ends

    identity = paths(ctx.contacts.identity, ctx.me)
    try:
        last = min(ends(Path(path)) for path in (identity.ca, identity.certificate))
    except NotMade as why:
        yield fail(str(why), t("`teiden certificates SITE --out DIR` makes them; copy this node's here"))
        return
    left = last - datetime.fromtimestamp(ctx.wall(), UTC)
    words = t("valid until {day}", day=day(last))
    renew = t("`teiden certificates SITE --out DIR --renew`, then copy each node's")
    if left < timedelta(0):
        yield fail(words, renew)
    elif left < SOON:
        yield warn(words, renew)
    else:
        yield ok(words)


@check(
    "node.peers",
    Kind.NODE,
    "other nodes",
    why="""
    A node with another site file may not command, and one of an earlier version is sent no rows: after a
    failover the survivor would not know what was under way (DESIGN: one commander).
    """,
)
async def others(ctx: Context, name: str) -> Rows:
    for node in ctx.site.cluster.nodes:
        if node == ctx.me:
            continue
        peer = ctx.peers.get(node)
        if peer is None:
            if not ctx.no_identity:
                yield fail(
                    t("{node}: the site file does not say where it listens", node=node),
                    t("name its address there (live.peers)"),
                )
            continue
        try:
            told = told_from(await peer.caller.ask({"ask": "status"}))
        except (Silent, Malformed) as why:
            yield fail(
                t("{node}: {why}", node=node, why=why),
                t(
                    "does its service run, does the firewall let the port through, is its certificate"
                    " from the same CA?"
                ),
            )
            continue
        for found in _told(ctx, node, told):
            yield found


def _told(ctx: Context, node: str, told: Told) -> list[Found]:
    rows = []
    if told.site_hash != ctx.site_file.hash:
        rows.append(
            fail(
                t("{node} has another site file", node=node),
                t("copy this one to it and start its service anew"),
            )
        )
    ours = installed_version()
    if told.version != ours:
        rows.append(
            fail(
                t("{node} runs Teiden {theirs}, this node {ours}", node=node, theirs=told.version, ours=ours),
                t("install the same version on both"),
            )
        )
    if told.clock_s is not None and not ctx.emulated:
        skew_s, limit_s = told.clock_s - ctx.wall(), ctx.site.start.skew_limit_s
        if abs(skew_s) > limit_s:
            words = t(
                "the clock of {node} differs by {skew:+.1f} s, limit {limit}",
                node=node,
                skew=skew_s,
                limit=seconds(limit_s),
            )
            rows.append(fail(words, t("let both follow the same time server")))
    if not any(row.level is Level.FAIL for row in rows):
        armed = t("armed") if told.armed else t("watching")
        rows.append(ok(t("{node}: same site file, same version, {armed}", node=node, armed=armed)))
    return rows


@check(
    "node.stop_file",
    Kind.NODE,
    "stop file",
    why="While the emergency-stop file is there, nothing is commanded, not even in an outage (SEC-30).",
)
async def stop_file(ctx: Context, name: str) -> Rows:
    path = ctx.contacts.live.stop_file
    try:
        os.stat(path)
    except PermissionError:
        yield warn(t("{path}: this user may not look", path=path), t("run it as the service's user"))
    except OSError:
        yield ok(t("{path} is not there", path=path))
    else:
        yield fail(t("{path} is there: nothing is commanded", path=path), t("remove it when it has served"))
