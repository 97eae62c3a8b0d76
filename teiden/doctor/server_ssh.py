"""Checks of the way over SSH: the pinned host key, our verbs, and that the key opens nothing else (SEC-7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sequencer.ports import Os, Unreachable
from teiden.doctor.context import Context
from teiden.doctor.finding import Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import t

if TYPE_CHECKING:
    from realtime.servers.ssh import Ssh

FOREIGN = "uname"
"""No verb of ours, and harmless where it is run all the same."""
STATES = ("up", "shutting_down")


async def _reached(ctx: Context, name: str) -> Ssh | None:
    """None: it has no such way, or it is not up, so that it would not answer; its state says that."""
    ways = ctx.ways.get(name)
    if ways is None or ways.ssh is None:
        return None
    status = await ctx.server(name)
    return ways.ssh if not isinstance(status, Unreachable) and status.os is Os.UP else None


@check(
    "server.ssh",
    Kind.SERVER,
    "told over SSH",
    why="""
    Shutdown is asked for over SSH. The host key that is pinned, our key, and the program it is forced to
    must all be in place before the night in which they are needed (SEC-7).
    """,
)
async def told_over_ssh(ctx: Context, name: str) -> Rows:
    ssh = await _reached(ctx, name)
    if ssh is None:
        return
    if is_windows(ctx, name):
        shown = await ssh.clock_s()
        if isinstance(shown, Unreachable):
            yield fail(shown.reason, _do(ctx, name, shown.reason))
        else:
            yield ok(t("Windows: the pinned host key, our key, and a command that runs"))
        return
    said = await ssh.said_to("state")
    if isinstance(said, Unreachable):
        yield fail(said.reason, _do(ctx, name, said.reason))
    elif said[0] in STATES:
        yield ok(t("the pinned host key, our key, and `state` answers {said}", said=said[0]))
    else:
        yield fail(
            t("to `state` it says: {said}", said=said[0][:60] or t("nothing")),
            t("force the key to packaging/teiden-answer (docs/howto/drivers.md)"),
        )


def is_windows(ctx: Context, name: str) -> bool:
    ssh = ctx.contacts.servers[name].ssh
    return ssh is not None and ssh.system == "windows"


def _do(ctx: Context, name: str, reason: str) -> str:
    ssh = ctx.contacts.servers[name].ssh
    assert ssh is not None
    if "host key" in reason:
        return t("compare it with what the server's own console shows; only then pin it in the site file")
    if "let" in reason:
        return t("put the public half of {key} into authorized_keys of {user}", key=ssh.key, user=ssh.user)
    return t("log in by hand: ssh -i {key} {user}@{host} state", key=ssh.key, user=ssh.user, host=ssh.host)


@check(
    "server.forced",
    Kind.SERVER,
    "nothing else",
    why="""
    Whoever gets hold of a control node gets its keys. A key that is forced to one program shuts a server
    down; one that opens a shell hands the server over (SEC-7).
    """,
)
async def nothing_else(ctx: Context, name: str) -> Rows:
    ssh = await _reached(ctx, name)
    if ssh is None or is_windows(ctx, name):
        return
    said = await ssh.said_to(FOREIGN)
    if isinstance(said, Unreachable):
        return  # told_over_ssh says it
    line, code = said
    if line.startswith("refused: "):
        yield ok(t("a command that is none of ours is refused"))
    elif code == 0:
        yield fail(
            t("the key runs any command: `{command}` was answered {said}", command=FOREIGN, said=line[:40]),
            t('write restrict,command="..." before the key in authorized_keys (docs/howto/drivers.md)'),
        )
    else:
        yield warn(
            t("`{command}` is neither run nor refused in our words: {said}", command=FOREIGN, said=line[:60]),
            t("force the key to packaging/teiden-answer (docs/howto/drivers.md)"),
        )
