"""What NUT's files say, as they say it: UPSes, users, monitors, timers. No secret is kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from teiden.files.source import Place
from teiden.importing.draft import Draft
from teiden.importing.kinds import Kind
from teiden.importing.nut_words import Line, lines
from teiden.importing.text import Text
from teiden.language.say import t


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


SECRETS = ("community", "secname", "authpassword", "privpassword", "password", "authpasswd", "privpasswd")
USED = (
    *("driver", "port", "desc", "mibs", "snmp_version", "seclevel", "authprotocol", "privprotocol"),
    *("offdelay", "ondelay", "override.battery.runtime.low", "default.battery.runtime.low"),
)
NOT_NEEDED = _words(
    """
    pollfreq pollinterval pollonly maxretry retrydelay maxstartdelay serial vendorid productid product
    vendor bus busport device sdorder nolock ignorelb lowbatt user group chroot driverpath snmp_retries
    snmp_timeout subdriver explore synchronous debug_min notransferoids cable upstype sdtype langid_fix
    novendor runtimecal norating
    """
)
"""Of ups.conf: how NUT itself works, or what Teiden observes by itself."""
OF_UPSMON = ("MONITOR", "MINSUPPLIES", "SHUTDOWNCMD", "POWERDOWNFLAG", "FINALDELAY", "HOSTSYNC")
NOT_NEEDED_OF_UPSMON = _words(
    """
    NOTIFYCMD NOTIFYMSG NOTIFYFLAG POLLFREQ POLLFREQALERT DEADTIME RBWARNTIME NOCOMMWARNTIME RUN_AS_USER
    CERTPATH CERTIDENT CERTHOST CERTVERIFY FORCESSL DEBUG_MIN OFFDURATION OVERDURATION OBLBDURATION
    SHUTDOWNEXIT ALARMCRITICAL
    """
)
NOT_NEEDED_OF_UPSD = _words(
    """
    MAXAGE MAXCONN STATEPATH CERTFILE CERTPATH CERTIDENT CERTREQUEST TRACKINGDELAY ALLOW_NO_DEVICE
    ALLOW_NOT_ALL_LISTENERS DISABLE_WEAK_SSL DEBUG_MIN
    """
)


@dataclass(slots=True)
class Said:
    """A value and where it stands; of a secret only the place."""

    value: str
    place: Place


@dataclass(slots=True)
class NutUps:
    """A section of ups.conf."""

    name: str
    place: Place
    machine: str
    """Where this ups.conf belongs, if the person has said so."""
    says: dict[str, Said] = field(default_factory=dict)

    def get(self, key: str) -> str:
        return self.says[key].value if key in self.says else ""


@dataclass(slots=True)
class Monitor:
    """A line MONITOR: which UPS, on which upsd, and how many supplies of this machine it feeds."""

    ups: str
    host: str
    port: int | None
    power: int
    place: Place


@dataclass(slots=True)
class Machine:
    """An upsmon.conf: one server."""

    name: str
    """Empty: the person has not said which machine it is of."""
    place: Place
    monitors: list[Monitor] = field(default_factory=list)
    says: dict[str, Said] = field(default_factory=dict)


@dataclass(slots=True)
class Timer:
    """`AT ONBATT ups START-TIMER name seconds` of upssched.conf."""

    ups: str
    seconds: str
    place: Place


@dataclass(slots=True)
class Nut:
    """Everything that its files say."""

    upses: list[NutUps] = field(default_factory=list)
    users: dict[str, Said] = field(default_factory=dict)
    """By name: what they may, `instcmds` and `actions`."""
    machines: list[Machine] = field(default_factory=list)
    timers: list[Timer] = field(default_factory=list)
    listens: list[Said] = field(default_factory=list)


def read(kind: Kind, text: Text, machine: str, nut: Nut, draft: Draft) -> None:
    """Add what one file says; `machine` is its name, if the person has given one."""
    readers = {
        Kind.UPS_CONF: _ups_conf,
        Kind.UPSD_CONF: _upsd_conf,
        Kind.UPSD_USERS: _upsd_users,
        Kind.UPSMON_CONF: _upsmon_conf,
        Kind.UPSSCHED_CONF: _upssched_conf,
    }
    readers[kind](lines(text, draft), text, machine, nut, draft)


def _ups_conf(found: Iterable[Line], text: Text, machine: str, nut: Nut, draft: Draft) -> None:
    for line in found:
        if line.first.startswith("["):
            _section(line, machine, nut, draft)
            continue
        key, value = line.setting
        if not _is_known(line, key, draft) or not line.section or not nut.upses:
            continue
        place = line.place() if key in SECRETS else line.place(len(line.words) - 1)
        nut.upses[-1].says[key] = Said("" if key in SECRETS else value, place)


def _section(line: Line, machine: str, nut: Nut, draft: Draft) -> None:
    if not line.section or "]" not in line.text.lines[line.number - 1]:
        draft.wrong(
            line.place(), t("a section has no name in brackets"), t("e.g. {example}", example="[ups1]")
        )
    for ups in nut.upses:
        if ups.name == line.section and ups.machine == machine and ups.place.file == line.text.file:
            message = t("{what} stands twice", what=f"[{line.section}]")
            draft.wrong(line.place(), message, t("{place} is the first", place=ups.place))
    nut.upses.append(NutUps(line.section, line.place(), machine))


def _is_known(line: Line, key: str, draft: Draft) -> bool:
    if key in USED or key in SECRETS:
        return True
    if key not in NOT_NEEDED and not key.startswith(("override.", "default.")):
        draft.strange(line.place(), t("the setting {key} is not understood", key=key))
    return False


def _upsd_conf(found: Iterable[Line], text: Text, machine: str, nut: Nut, draft: Draft) -> None:
    for line in found:
        if line.first == "LISTEN" and line.arg(1):
            nut.listens.append(Said(line.arg(1), line.place(1)))
        elif line.first not in NOT_NEEDED_OF_UPSD:
            draft.strange(line.place(), t("the setting {key} is not understood", key=line.first))


def _upsd_users(found: Iterable[Line], text: Text, machine: str, nut: Nut, draft: Draft) -> None:
    for line in found:
        if line.first.startswith("["):
            nut.users.setdefault(line.section, Said("", line.place()))
            continue
        key, value = line.setting
        if key not in ("password", "actions", "instcmds", "upsmon", "allowfrom"):
            draft.strange(line.place(), t("the setting {key} is not understood", key=key))
        elif key in ("actions", "instcmds") and line.section in nut.users:
            user = nut.users[line.section]
            user.value = f"{user.value} {key}={value}".strip()


def _upsmon_conf(found: Iterable[Line], text: Text, machine: str, nut: Nut, draft: Draft) -> None:
    server = Machine(machine, Place(text.file))
    nut.machines.append(server)
    for line in found:
        if line.first == "MONITOR":
            if monitor := _monitor(line, draft):
                server.monitors.append(monitor)
        elif line.first in OF_UPSMON:
            if line.arg(1):
                server.says[line.first] = Said(line.arg(1), line.place(1))
            else:
                draft.wrong(line.place(), t("{key} needs a value", key=line.first))
        elif line.first not in NOT_NEEDED_OF_UPSMON:
            draft.strange(line.place(), t("the setting {key} is not understood", key=line.first))


def _monitor(line: Line, draft: Draft) -> Monitor | None:
    system, power = line.arg(1), line.arg(2)
    name, _, where = system.partition("@")
    host, port = _endpoint(where)
    example = t("e.g. {example}", example="MONITOR ups1@localhost 1 upsmon ... primary")
    if not name or port == 0:
        draft.wrong(line.place(1), t("MONITOR takes the name of a UPS and of its host"), example)
        return None
    if not power.isascii() or not power.isdigit() or len(power) > 3:
        draft.wrong(line.place(2), t("MONITOR takes a power value, a whole number"), example)
        return None
    return Monitor(name, host, port, int(power), line.place(2))


def _endpoint(where: str) -> tuple[str, int | None]:
    """Host and port of what stands behind the @; 0 for a port that is none."""
    if where.startswith("["):
        host, _, rest = where[1:].partition("]")
        port = rest.removeprefix(":")
    else:
        host, _, port = where.partition(":")
    if not port:
        return host or "localhost", None
    usable = port.isascii() and port.isdigit() and len(port) < 6 and 1 <= int(port) <= 65535
    return host or "localhost", int(port) if usable else 0


def _upssched_conf(found: Iterable[Line], text: Text, machine: str, nut: Nut, draft: Draft) -> None:
    for line in found:
        if line.first != "AT":
            if line.first not in ("CMDSCRIPT", "PIPEFN", "LOCKFN", "DEBUG_MIN"):
                draft.strange(line.place(), t("the setting {key} is not understood", key=line.first))
        elif line.arg(1) == "ONBATT" and line.arg(3) == "START-TIMER":
            seconds = line.arg(5)
            if seconds.isascii() and seconds.isdigit() and 0 < len(seconds) < 7:
                nut.timers.append(Timer(line.arg(2).partition("@")[0], seconds, line.place(5)))
            else:
                draft.wrong(line.place(5), t("START-TIMER takes a name and seconds"))
