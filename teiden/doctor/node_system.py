"""Checks of this node's system: its time, its service, and who else would switch UPSes (R12-02, R12-04)."""

from __future__ import annotations

from pathlib import Path

from teiden.doctor.context import Context
from teiden.doctor.finding import Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import t

UNIT = "teiden.service"
RIVALS = {
    "apcupsd": "apcupsd",
    "upsmon": "NUT upsmon",
    "pbeagent": "PowerChute Business Edition",
    "PowerChute": "PowerChute",
    "pcns": "PowerChute Network Shutdown",
    "upsmanager": "ESMPRO/UPSManager",
}
"""Names of processes, and what they belong to. R12-04 names UPSManager and PowerChute."""


@check(
    "node.time",
    Kind.NODE,
    "time",
    why="""
    Scheduled running switches by the clock of the nodes. A clock that nobody sets drifts by seconds a
    day, and by minutes over a year (R12-02).
    """,
)
async def time_is_set(ctx: Context, name: str) -> Rows:
    ended = await ctx.program("timedatectl", "show", "--property=NTPSynchronized", "--value")
    told = ended.output.strip()
    if ended.code == 0 and told == "yes":
        yield ok(t("synchronised"))
    elif ended.code == 0 and told == "no":
        yield warn(t("its clock is not synchronised"), t("set a time server (chrony, systemd-timesyncd)"))
    else:
        yield warn(
            t("timedatectl does not tell: {words}", words=ended.words),
            t("see by hand that its clock is kept"),
        )


@check(
    "node.service",
    Kind.NODE,
    "service",
    why="A service that is not enabled is not there after the very power cut it is meant for.",
)
async def service(ctx: Context, name: str) -> Rows:
    if ctx.emulated:
        return
    words = ("systemctl", "show", UNIT, "--property=LoadState,UnitFileState,ActiveState")
    ended = await ctx.program(*words)
    told = dict(line.partition("=")[::2] for line in ended.output.splitlines())
    if ended.code != 0 or not told:
        yield warn(
            t("systemctl does not tell: {words}", words=ended.words),
            t("see that something starts `teiden live` at boot"),
        )
    elif told.get("LoadState") != "loaded":
        yield warn(
            t("{unit} is not installed", unit=UNIT),
            t("install packaging/teiden.service (docs/howto/service.md)"),
        )
    elif told.get("UnitFileState") != "enabled":
        yield warn(t("{unit} does not start at boot", unit=UNIT), t("systemctl enable {unit}", unit=UNIT))
    elif told.get("ActiveState") != "active":
        yield warn(
            t("{unit} is enabled, and does not run now", unit=UNIT), t("systemctl start {unit}", unit=UNIT)
        )
    else:
        yield ok(t("{unit} is enabled and runs", unit=UNIT))


@check(
    "node.rivals",
    Kind.NODE,
    "alone",
    why="""
    Two programs that watch the same UPSes shut down twice, and each at its own time. UPSManager and
    PowerChute must not run on the machines of the site (R12-04).
    """,
)
async def alone(ctx: Context, name: str) -> Rows:
    if ctx.emulated:
        return
    found = {
        what
        for process in processes(ctx.machine.processes)
        for word, what in RIVALS.items()
        if process.lower().startswith(word.lower())
    }
    for what in sorted(found):
        yield fail(
            t("{program} runs here", program=what),
            t("stop and remove it: this site is switched by one program"),
        )
    if not found:
        yield ok(t("no other program here that switches UPSes"))


def processes(proc: str) -> set[str]:
    """Names of what runs, as the kernel tells them; none where there is no /proc."""
    found = set()
    for path in Path(proc).glob("[0-9]*/comm"):
        try:
            found.add(path.read_text(encoding="utf-8", errors="replace").strip())
        except OSError:
            continue  # it has ended
    return found
