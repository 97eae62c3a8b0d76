"""Checks of where this node keeps its journal, its events and its sockets (S30, A10, C5)."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from realtime.contacts import places
from realtime.journal.ballast import BYTES
from realtime.journal.disk import NoDisk, refuse_unfit
from teiden.doctor.context import Context
from teiden.doctor.finding import Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import t
from teiden.plan.arithmetic import names

ENOUGH_BYTES = 256 * 1024 * 1024
"""Ballast, journal and the events of some outages, with room to spare."""


@check(
    "node.journal",
    Kind.NODE,
    "journal's disk",
    why="""
    What a node must remember over its own death stands in the journal. On an array of the site, on the
    network or in memory it goes when the power goes; the service refuses to start there (S30, A10).
    """,
)
async def journal(ctx: Context, name: str) -> Rows:
    path = ctx.contacts.live.journal
    try:
        refuse_unfit(path, places(ctx.contacts), mounts=ctx.machine.mounts, sysfs=ctx.machine.sysfs)
    except NoDisk as why:
        if ctx.emulated:
            yield warn(str(why), t("in a rehearsal it may lie anywhere; on the real node it may not"))
        else:
            yield fail(str(why), t("name another path in the site file (live.journal)"))
        return
    unsaid = [] if ctx.emulated else [name for name in ctx.site.arrays if name not in ctx.contacts.mounts]
    if unsaid:
        yield warn(
            t("{path}; nobody says what of {arrays} is mounted here", path=path, arrays=names(unsaid)),
            t("name it in the site file, [] for nothing: arrays.{array}.mounts", array=unsaid[0]),
        )
    else:
        yield ok(path)


@check(
    "node.space",
    Kind.NODE,
    "free space",
    why="""
    A full disk drives the service into safe mode: it still shuts servers down and flushes, and starts
    nothing (C5). 16 MB of ballast give it one last breath.
    """,
)
async def space(ctx: Context, name: str) -> Rows:
    folder = nearest(Path(ctx.contacts.live.journal).parent)
    free = shutil.disk_usage(folder).free
    words = t("{mb:,.0f} MB free at {folder}", mb=free / 1e6, folder=folder)
    if free < 2 * BYTES:
        yield fail(words, t("make room, or put the journal elsewhere (live.journal)"))
    elif free < ENOUGH_BYTES:
        yield warn(words, t("make room: it should have {mb:,.0f} MB", mb=ENOUGH_BYTES / 1e6))
    else:
        yield ok(words)


def nearest(folder: Path) -> Path:
    """The folder, or the first one above it that is there."""
    return next((path for path in (folder, *folder.parents) if os.path.isdir(path)), Path("/"))


@check(
    "node.folders",
    Kind.NODE,
    "its folders",
    why="""
    Who can write the journal can make the service believe anything, and who can write the socket's folder
    can take its place and be told what the operator asks (SEC-14).
    """,
)
async def folders(ctx: Context, name: str) -> Rows:
    live, wrong, missing = ctx.contacts.live, [], False
    for path in dict.fromkeys(str(Path(p).parent) for p in (live.journal, live.socket, live.stop_file)):
        if not os.path.isdir(path):
            if path == str(Path(live.journal).parent):
                missing = True
                yield warn(
                    t("{folder} is not there", folder=path), t("the service's unit makes it at its start")
                )
        elif stat.S_IMODE(os.stat(path).st_mode) & stat.S_IWOTH:
            wrong.append(path)
    for path in wrong:
        yield fail(t("everybody may write into {folder}", folder=path), t("chmod o-w {folder}", folder=path))
    journal = live.journal
    if os.path.exists(journal) and stat.S_IMODE(os.stat(journal).st_mode) & 0o022:
        yield fail(t("others may write {path}", path=journal), t("chmod go-w {path}", path=journal))
    elif not wrong and not missing:
        yield ok(t("nobody else may write into them"))
