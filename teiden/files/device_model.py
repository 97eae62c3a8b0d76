"""The devices of a site file as pydantic reads them: UPSes, arrays, servers, switches.

Attributes are called like those of `sequencer.site`, keys (their aliases) as the operator writes them.
Defaults stand in the dataclasses and are only repeated for the reader.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from sequencer import site as inside
from teiden.files.contact_model import (
    WHERE,
    ArrayCommandEntry,
    BmcEntry,
    NutEntry,
    ServerCommandEntry,
    WakeEntry,
)
from teiden.files.contact_types import AnyPath, HostKey, HostOrNamed
from teiden.files.field_types import (
    Address,
    Duration,
    Entry,
    Host,
    Label,
    Mac,
    Name,
    Percent,
    Port,
    Positive,
    Reference,
    Secret,
    SnmpVersion,
    Word,
    given,
    needed,
)
from teiden.files.units import written_s

_UPS = inside.Ups("", 1, "", 0.0)
_SERVER = inside.Server("", inside.ServerRole.LINKED, ())


class SnmpEntry(Entry):
    mib: Literal["apc", "rfc1628"] = given("mib", "Which tables the card answers.", "apc")
    version: SnmpVersion = given("version", "SNMP version.", 3)
    port: Port = given("port", "UDP port of the card.", 161)
    user: Label = given("user", "SNMPv3 user, or the community of versions 1 and 2c if it is no secret.")
    secret: Secret = given("secret", f"Where the pass phrase or the community stands, never itself: {WHERE}.")
    auth: Literal["sha1", "sha256", "sha384", "sha512"] = given(
        "auth", "How version 3 knows the user. Without it sha1 with `mib: apc`, else sha256."
    )
    privacy: Literal["aes128", "aes256"] = given("privacy", "How version 3 encrypts.", "aes128")
    privacy_secret: Secret = given(
        "privacy_secret", f"Where the pass phrase of the encryption stands: {WHERE}; else it is `secret`."
    )
    allow_insecure: bool = given(
        "allow_insecure",
        "Commands may go out in plain text: versions 1 and 2c are only read without it (SEC-1).",
        False,
    )
    outlet_group: Annotated[int, Field(ge=1)] = given(
        "outlet_group", "The outlet group that feeds the loads. Without it the whole UPS is switched."
    )


class WarmUpEntry(Entry):
    warm_up_rank: Annotated[int, Field(ge=1)] = given(
        "rank", "Warm-UP 順位: low numbers are switched on first (R6-21).", 1
    )
    warm_up_time_s: Duration = given(
        "time",
        "Warm-UP 時間: lead before the servers in scheduled running, a multiple of 360s (R6-22).",
        "0s",
    )


class UpsSettings(Entry):
    """What may stand at one UPS or, for all of them, in `ups_defaults`."""

    feed: Reference = given("feed", "The feed that gives it mains: one of `feeds`.")
    confirm_s: Duration = given(
        "confirm", "電源異常確認時間: mains must be away this long before it counts as an outage (R6-10)."
    )
    timing: Literal["legacy", "lcd", "rfc1628"] = given(
        "timing",
        "legacy: off after shutdown_delay + low_battery_runtime + 120s; else after power_off_delay.",
        "legacy",
    )
    shutdown_delay_s: Duration = given(
        "shutdown_delay",
        "電源切断猶予時間: from an OFF to the loss of output.",
        written_s(_UPS.shutdown_delay_s),
    )
    low_battery_runtime_s: Duration = given(
        "low_battery_runtime",
        "LowBattery検出後の動作可能時間: what is left when low battery is raised.",
        written_s(_UPS.low_battery_runtime_s),
    )
    power_off_delay_s: Duration = given(
        "power_off_delay",
        "Only lcd and rfc1628: the outlet group's delay, or the delay asked for.",
        written_s(_UPS.power_off_delay_s),
    )
    reboot_on_restore: bool = given(
        "reboot_on_restore",
        "電源異常回復時にリブートする: it comes back by itself (R6-19).",
        _UPS.reboot_on_restore,
    )
    return_delay_s: Duration = given(
        "return_delay", "From mains back to output on.", written_s(_UPS.return_delay_s)
    )
    min_return_charge_pct: Percent = given(
        "min_return_charge", "Charge below which the output stays off.", "0%"
    )
    off: Literal["with_shutdown", "after_halt"] = given(
        "off",
        "The delayed OFF is armed with the shutdown request (R10-27), or after all loads have halted.",
        "with_shutdown",
    )
    immediate_off_honours_grace: bool = given(
        "immediate_off_honours_grace",
        "Old cards wait shutdown_delay even for an immediate OFF.",
        _UPS.immediate_off_honours_grace,
    )
    runtime_s: Positive = given(
        "runtime", "Battery runtime at full load that the site counts on (data sheet, or measured)."
    )
    warm_up: WarmUpEntry = given("warm_up", "Order and lead of switching on.")
    snmp: SnmpEntry = given("snmp", "How its card is reached.")


class UpsEntry(UpsSettings):
    number: Annotated[int, Field(ge=1)] = needed(
        "number", "Its number in drawings and commands, e.g. 1 for ①."
    )
    card: Host = given("card", "Address of its SNMP card.")
    nut: NutEntry = given("nut", "It is known to a NUT server: instead of `snmp`.")
    label: Label = given("label", "What people call it, in any script.")


class PartEntry(Entry):
    upses: list[Reference] = needed("upses", "The UPSes that feed it; any one keeps it alive.")


class ArrayEntry(Entry):
    role: Literal["control", "linked"] = needed(
        "role", "control: the cluster's own disk, never flushed; linked: flushed before it is cut."
    )
    controllers: PartEntry = needed("controllers", "What feeds the controllers; they are cut first.")
    enclosures: PartEntry = needed(
        "enclosures", "What feeds the disk enclosures; they are switched on first."
    )
    address: Address = given("address", "Where it is asked to flush.")
    command: ArrayCommandEntry = given(
        "command", "Programs that ask it. Without them the line protocol on `linkage.port` does."
    )
    secret: Secret = given("secret", f"Where the word of the line protocol stands, if it has one: {WHERE}.")
    mounts: list[AnyPath] = given(
        "mounts",
        "Mount points and block devices that are this array's on a control node, [] for none: nothing that "
        "the service needs may lie there (S30).",
    )
    label: Label = given("label", "What people call it, in any script.")


class ShutdownEntry(Entry):
    shutdown_by: Literal["ssh", "redfish", "command", "cluster"] = given(
        "by",
        "cluster: its OS stops with the cluster; ssh: it is told; redfish: by its `bmc`; "
        "command: by `command.shutdown`.",
        _SERVER.shutdown_by,
    )
    shutdown_host: HostOrNamed = given(
        "host", "Where it is told to shut down; else its `address`. `{name}` stands for its name."
    )
    port: Port = given("port", "TCP port of SSH.", 22)
    user: Label = given("user", "Who logs in by SSH.", "teiden")
    key: AnyPath = given(
        "key", "Path of the private key, on every control node; `{name}` stands for the server's name."
    )
    host_key: HostKey = given(
        "host_key", "The server's own key: a line of `ssh-keyscan` without the host (SEC-7)."
    )
    system: Literal["linux", "windows"] = given("system", "What shuts down.", "linux")
    shutdown_limit_s: Positive = given(
        "limit", "It is halted after this at the latest, else forced.", written_s(_SERVER.shutdown_limit_s)
    )


class JobEntry(Entry):
    """A program that a server runs; no shell reads it."""

    name: Name = needed("name", "What events call it.")
    run: Annotated[list[Word], Field(min_length=1)] = needed(
        "run", "The program and its arguments: [backup, --flush]."
    )
    limit_s: Positive = given(
        "limit",
        "Past it nobody waits for the job any more.",
        written_s(inside.Job("", ()).limit_s),
    )


class JobsEntry(Entry):
    start: list[JobEntry] = given("start", "When it has started, one after the other (R2-06).")
    stop: list[JobEntry] = given(
        "stop",
        "Before its system stops, one after the other; their limits add to the shutdown limit (R2-07).",
    )


class ServerSettings(Entry):
    """What may stand at one server or, for all of them, in `server_defaults`."""

    minimum_supplies: Annotated[int, Field(ge=1)] = given(
        "minimum_supplies",
        "It runs while this many of its UPSes give power (X-04).",
        _SERVER.minimum_supplies,
    )
    ac_link: Literal["boot", "stay_off", "last_state"] = given(
        "ac_link", "What it does when its power comes back (BIOS).", _SERVER.ac_link.value
    )
    shutdown: ShutdownEntry = given("shutdown", "How, and in what time, its OS is shut down.")
    bmc: BmcEntry = given("bmc", "Its management controller.")
    wake: WakeEntry = given("wake", "Where its wake-up packet goes.")
    command: ServerCommandEntry = given("command", "Programs; each wins over the other ways.")
    jobs: JobsEntry = given("jobs", "What it runs when it has started and before it stops.")


class ServerEntry(ServerSettings):
    role: Literal["control", "linked", "pool"] = needed(
        "role", "control: a cluster node; linked: stopped and started by it; pool: never started."
    )
    upses: list[Reference] = needed("upses", "The UPSes of its power supplies.")
    arrays: list[Reference] = given("arrays", "The arrays it uses; it is halted before they are flushed.")
    address: Address = given("address", "Its own address.")
    mac: Mac = given("mac", "Woken over the LAN by this address.")
    label: Label = given("label", "What people call it, in any script.")


class SwitchEntry(Entry):
    upses: list[Reference] = needed("upses", "The UPSes of its power supplies.")
    kind: Literal["lan", "fc"] = given(
        "kind", "lan: without it no card answers; fc: without it no server reaches its array.", "lan"
    )
    minimum_supplies: Annotated[int, Field(ge=1)] = given(
        "minimum_supplies", "It runs while this many of its UPSes give power.", 1
    )
