"""The site file as pydantic reads it: every key, its kind, and the sentence an editor shows.

Attributes are called like those of `sequencer.site`, keys (their aliases) as the operator writes them.
Defaults stand in the dataclasses and are only repeated for the reader.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from sequencer import site as inside
from teiden.files.contact_model import LiveEntry, ManagerEntry
from teiden.files.device_model import (
    ArrayEntry,
    ServerEntry,
    ServerSettings,
    SwitchEntry,
    UpsEntry,
    UpsSettings,
)
from teiden.files.field_types import (
    Address,
    Duration,
    Entry,
    Name,
    Port,
    Positive,
    Reference,
    SscVersion,
    TimeZone,
    given,
    needed,
)
from teiden.files.room_model import RoomEntry
from teiden.files.schedule_model import CalendarEntry, LanWatchEntry, ScheduleEntry
from teiden.files.units import written_s

SCHEMA = "teiden/site/1"
POLLING, LINKAGE, START = inside.Polling(), inside.Linkage(), inside.Start()


class PollingEntry(Entry):
    on_line_s: Positive = given(
        "on_line", "Period of looking while the mains are there.", written_s(POLLING.on_line_s)
    )
    on_battery_s: Positive = given("on_battery", "Period while on battery.", written_s(POLLING.on_battery_s))
    timeout_s: Positive = given(
        "timeout", "A request without an answer is given up after this.", written_s(POLLING.timeout_s)
    )


class LinkageEntry(Entry):
    """Common to all linked arrays (R6-43)."""

    port: Port = given("port", "TCP port of the flush service (R6-41).", LINKAGE.port)
    flush_limit_s: Positive = given(
        "flush_limit",
        "キャッシュフラッシュのタイムアウト. Default 300s with product ver2.1, 1200s before (R6-42, R6-48).",
    )
    flush_order: Literal["serial", "parallel"] = given(
        "flush_order", "Several arrays one after the other, or at once.", "serial"
    )
    seen_off_limit_s: Duration = given(
        "seen_off_limit",
        "Servers' UPSes not seen off this long after they should be: flush anyway, with an alarm.",
        written_s(LINKAGE.seen_off_limit_s),
    )


class ClusterEntry(Entry):
    name: Name = needed("name", "The cluster's name (R12-09: up to 15 letters and digits).")
    nodes: Annotated[list[Reference], Field(min_length=1)] = needed(
        "nodes", "Its control servers; the first commands while no cluster runs."
    )
    shutdown_limit_s: Positive = needed("shutdown_limit", "タイムアウト時間: after it the OS is forced.")
    floating_ip: Address = given("floating_ip", "The address that moves with the commander.")
    broadcast: Address = given("broadcast", "Where nodes call each other.", "255.255.255.255")
    port: Port = given("port", "UDP port of these calls.", 4000)
    management_port: Port = given("management_port", "Of the management endpoint.", 26102)
    linked: bool = given("linked", "Cluster linkage is on at every node (R7-01).", True)
    stop_at_outage: bool = given(
        "stop_at_outage", "The cluster as a whole stops before its nodes do (R7-02).", True
    )
    ac_mode: bool = given(
        "ac_mode",
        "`clpacmode enable` was run: the cluster manager's own shutdowns and reboots reach us (R7-08).",
        True,
    )
    manager: ManagerEntry = given("manager", "How its manager is asked, on each node.")


class StartEntry(Entry):
    """When, in what steps and for how long at most things are switched on again."""

    auto: bool = given(
        "auto",
        "false: after an outage everything stays off until the operator's button (R10-03).",
        START.auto,
    )
    mains_stable_s: Duration = given(
        "mains_stable",
        "Mains must be back this long before anything is switched on.",
        written_s(START.mains_stable_s),
    )
    ready_hold_s: Duration = given(
        "ready_hold", "An array must stay ready this long.", written_s(START.ready_hold_s)
    )
    gap_s: Duration = given("gap", "Between two servers' UPSes (R10-26).", written_s(START.gap_s))
    first_look_limit_s: Positive = given(
        "first_look_limit",
        "A node that boots waits this long for a fresh view of every UPS.",
        written_s(START.first_look_limit_s),
    )
    peer_limit_s: Positive = given(
        "peer_limit",
        "While no cluster runs, a peer silent this long no longer holds the command.",
        written_s(START.peer_limit_s),
    )
    switch_on_limit_s: Positive = given(
        "switch_on_limit", "From ON to the UPS's output.", written_s(START.switch_on_limit_s)
    )
    array_limit_s: Positive = given(
        "array_limit",
        "From power to ready; some arrays charge cache batteries first (A8).",
        written_s(START.array_limit_s),
    )
    cluster_limit_s: Positive = given(
        "cluster_limit", "From the restart request to a running cluster.", written_s(START.cluster_limit_s)
    )
    server_limit_s: Positive = given(
        "server_limit", "From power to a server that is up.", written_s(START.server_limit_s)
    )
    skew_limit_s: Positive = given(
        "skew_limit", "Clocks that differ by more raise an alarm (R12-02).", written_s(START.skew_limit_s)
    )
    wake_after_s: Duration = given(
        "wake_after",
        "A server with power that does not boot by itself this long is woken over the LAN (R9-35).",
        written_s(START.wake_after_s),
    )


class GroupEntry(Entry):
    """A power-control group as the console shows it; any further key is a group below it."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, GroupEntry]

    power: list[Reference] = given("power", "電源装置: the UPSes of its servers.")
    devices: list[Reference] = given("devices", "連動装置: the UPSes of peripherals, as a disk array.")
    servers: list[Reference] = given("servers", "制御端末 and 連動端末: its servers.")
    groups: dict[str, GroupEntry] = given(
        "groups", "Groups below this one, by name in any script; they may also stand without this key."
    )


class SiteEntry(Entry):
    """A site: what feeds what, who uses which array, and every limit."""

    schema_: Literal["teiden/site/1"] = needed("schema", "First key of the file: what it is.")
    name: Name = needed("site", "The site's name.")
    product: Literal["ver1.0", "ver1.02", "ver2.1"] = given(
        "product", "Generation of the power-control product: limits and defaults.", "ver2.1"
    )
    ssc: SscVersion = given(
        "ssc", "Version of SigmaSystemCenter on the control nodes, to check that the product fits it (R1-05)."
    )
    time_zone: TimeZone = given("time_zone", "IANA name; schedules and logs use it.", "UTC")
    feeds: Annotated[list[Name], Field(min_length=1)] = needed(
        "feeds", "Where mains come from, e.g. [utility], or [a_feed, b_feed]."
    )
    polling: PollingEntry = given("polling", "How often every device is looked at.")
    ups_defaults: UpsSettings = given("ups_defaults", "Settings of every UPS that says nothing else.")
    upses: Annotated[dict[Name, UpsEntry], Field(min_length=1)] = needed("upses", "Every UPS by its name.")
    linkage: LinkageEntry = given("linkage", "How the linked arrays are flushed.")
    arrays: dict[Name, ArrayEntry] = given("arrays", "Every disk array by its name.")
    server_defaults: ServerSettings = given(
        "server_defaults", "Settings of every server that says nothing else."
    )
    servers: Annotated[dict[Name, ServerEntry], Field(min_length=1)] = needed(
        "servers", "Every server by its name."
    )
    cluster: ClusterEntry = needed("cluster", "The control nodes and the one that commands.")
    switches: dict[Name, SwitchEntry] = given("switches", "LAN and FC switches, with what feeds them.")
    control_stop: Literal["hold", "document"] = given(
        "control_stop",
        "hold: the control side waits for a flush while its battery allows; "
        "document: it stops at its confirm time (R10-02).",
        "hold",
    )
    force_before_s: Duration = given(
        "force_before", "A load still up this long before its UPS falls is forced off.", "60s"
    )
    start: StartEntry = given("start", "Conditions and limits of the way up.")
    groups: dict[str, GroupEntry] = given(
        "groups", "The power-control groups as the console shows them, in any script."
    )
    schedules: dict[Name, ScheduleEntry] = given(
        "schedules", "運転スケジュール: when which servers go off and come back."
    )
    calendar: CalendarEntry = given("calendar", "Which days `holidays` means in a schedule.")
    lan_watch: LanWatchEntry = given("lan_watch", "Whom the off-cause `lan` of a schedule listens for.")
    live: LiveEntry = given("live", "What only live mode needs; the pretend room ignores it.")
    room: RoomEntry = given(
        "model", "What only the pretend room needs: typical times, never limits. Live mode ignores it."
    )
