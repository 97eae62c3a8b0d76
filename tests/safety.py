"""A second judge, only for tests: what a run did wrong, from the room's facts and the nodes' commands.

Written without looking at `teiden/judge`, which reads the stream that users see. This one may look
at the site and at the devices as they are when the run ends.
"""

from __future__ import annotations

from collections.abc import Iterator

from sequencer.events import Event
from sequencer.ports import ClusterState
from sequencer.site import ArrayRole, ControlStop, ServerRole, Site
from sequencer.watch import LASTS_NO_LONGER
from sim.server import State
from tests.tale import FACTS, Tale

RUNNING = ("up", "shutting down")


class Watcher:
    """Plays a stream once and notes every offence as `rule: what`."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.offences: list[str] = []
        self.mains = dict.fromkeys((*site.feeds, *site.upses), True)
        self.mains_since = dict.fromkeys((*site.feeds, *site.upses), -1e9)
        self.has_cause = False
        """Mains were lost, a schedule has fired, or somebody has asked for something (S9)."""
        self.fired: set[tuple[str, str]] = set()
        self.held: set[str] = set()
        self.output = dict.fromkeys(site.upses, True)
        self.armed: dict[str, Event] = {}
        self.os = {s.name: "halted" if s.role is ServerRole.POOL else "up" for s in site.servers.values()}
        self.array = dict.fromkeys(site.arrays, "ready")
        self.ready_since = dict.fromkeys(site.arrays, -1e9)
        self.flush_over: set[str] = set()
        self.cluster = "running"
        self.cluster_asked_at: float | None = None
        self.commander: dict[str, bool] = {}
        self.stalled: set[str] = set()
        self.declared_out: set[str] = set()
        """Nodes whose service does nothing: another may take the command meanwhile."""
        self.floor_alarm = False
        self.not_off_alarm: set[str] = set()
        self.emergency: set[str] = set()
        """Arrays whose battery could not wait (X-02)."""
        self.given_up: set[str] = set()
        self.last_cut = ("", -1e9)

    def watch(self, tale: Tale) -> list[str]:
        for event in tale.events:
            if event.is_fact == (event.name in FACTS):
                for offence in self.look(event):
                    self.offences.append(f"{offence} ({event.t - tale.zero_s:.1f} s)")
        return self.offences

    def look(self, e: Event) -> Iterator[str]:
        handler = getattr(self, "on_" + e.name.replace(".", "_"), None)
        if handler is not None:
            yield from handler(e) or ()

    # Facts

    def on_mains_lost(self, e: Event) -> None:
        self.mains[e.subject] = False
        self.has_cause = True

    def on_schedule_fired(self, e: Event) -> Iterator[str]:
        self.has_cause = True
        # Of a node that was down when the other one fired it, nobody can ask that it knows.
        if (e.details["id"], e.by) in self.fired:
            yield f"S35 {e.details['id']} fires again on {e.by}"
        self.fired.add((str(e.details["id"]), e.by))

    def on_request_accepted(self, e: Event) -> None:
        self.has_cause = True

    def on_hold_set(self, e: Event) -> None:
        self.held.add(e.subject)

    def on_hold_released(self, e: Event) -> None:
        self.held.discard(e.subject)

    def on_mains_restored(self, e: Event) -> None:
        self.mains[e.subject], self.mains_since[e.subject] = True, e.t

    def has_mains(self, ups: str, for_s: float = 0.0, now: float = 0.0) -> bool:
        feed = self.site.upses[ups].feed
        good = self.mains[ups] and self.mains[feed]
        return good and now - max(self.mains_since[ups], self.mains_since[feed]) >= for_s - 0.01

    def on_ups_off_armed(self, e: Event) -> Iterator[str]:
        if e.subject in self.armed and e.t > self.armed[e.subject].t:
            yield f"S15 an OFF of {e.subject} was sent again while it counted down"
        self.armed[e.subject] = e

    def on_ups_output_off(self, e: Event) -> Iterator[str]:
        self.output[e.subject] = False
        self.armed.pop(e.subject, None)
        if e.details.get("cause") != "command":
            return
        self.last_cut = (e.subject, e.t)
        for array in self.site.arrays.values():
            controllers = [u for u in array.controllers if u not in array.enclosures]
            dark = not any(self.output[u] for u in array.enclosures)
            if dark and e.subject in array.enclosures and any(self.output[u] for u in controllers):
                yield f"S4 the enclosures of {array.name} fell before its controllers"

    def on_ups_low_battery(self, e: Event) -> None:
        if e.subject in [u.name for u in (*self.site.node_upses, *self.site.control_array_upses)]:
            self.floor_alarm = True

    on_ups_exhausted = on_ups_low_battery

    def on_ups_output_on(self, e: Event) -> None:
        self.output[e.subject] = True

    def on_server_crashed(self, e: Event) -> Iterator[str]:
        self.os[e.subject] = "crashed"
        self.commander.pop(e.subject, None)
        if e.details.get("cause") == "power" and self.last_cut[1] == e.t:
            yield f"S1 {e.subject} lost its power to a command while its system ran"

    def on_server_halted(self, e: Event) -> None:
        self.os[e.subject] = "halted"
        self.commander.pop(e.subject, None)

    def on_server_shutting_down(self, e: Event) -> None:
        self.os[e.subject] = "shutting down"

    def on_server_booting(self, e: Event) -> Iterator[str]:
        self.os[e.subject] = "booting"
        self.commander.pop(e.subject, None)
        server = self.site.servers[e.subject]
        if server.role is ServerRole.POOL:
            yield f"S28 the pool server {e.subject} boots"

    def on_server_up(self, e: Event) -> None:
        self.os[e.subject] = "up"

    def on_array_flushing(self, e: Event) -> Iterator[str]:
        array = self.site.arrays[e.subject]
        if array.role is ArrayRole.CONTROL:
            yield f"S32 {e.subject} is flushed"
        for server in self.site.users_of(e.subject):
            held = server.name in self.held and e.subject in self.emergency
            if self.os[server.name] in RUNNING and not held:
                yield f"S3 {e.subject} is flushed while {server.name} is {self.os[server.name]}"
        for ups in self.site.server_upses_of(e.subject):
            excused = ups.name in self.not_off_alarm or e.subject in self.emergency
            if self.output[ups.name] and not excused:
                yield f"S3 {e.subject} is flushed while {ups.name} is on"

    def on_array_flushed(self, e: Event) -> None:
        self.flush_over.add(e.subject)

    def on_array_dirty(self, e: Event) -> None:
        self.flush_over.discard(e.subject)

    def on_array_flush_timed_out(self, e: Event) -> None:
        self.flush_over.add(e.subject)

    def on_array_lost_data(self, e: Event) -> Iterator[str]:
        if self.last_cut[1] == e.t and e.subject not in self.flush_over:
            yield f"S2 {e.subject} was cut before it was flushed"

    def on_array_ready(self, e: Event) -> None:
        self.array[e.subject], self.ready_since[e.subject] = "ready", e.t

    def on_array_starting(self, e: Event) -> None:
        self.array[e.subject] = "starting"

    def on_array_off(self, e: Event) -> None:
        self.array[e.subject] = "off"
        self.flush_over.discard(e.subject)

    def on_cluster_running(self, e: Event) -> None:
        """Whom it gives its group to commands; one that hangs cannot say that it does not any more (C7)."""
        self.cluster = "running"
        if holder := e.details.get("holder"):
            self.declared_out |= set(self.commander) - {str(holder)}
            self.declared_out.discard(str(holder))

    def on_cluster_stopped(self, e: Event) -> None:
        self.cluster = "stopped"

    def on_cluster_starting(self, e: Event) -> None:
        self.cluster = "starting"

    def on_cluster_stopping(self, e: Event) -> None:
        self.cluster, self.cluster_asked_at = "stopping", e.t

    def on_cluster_forced(self, e: Event) -> Iterator[str]:
        limit_s = self.site.cluster.shutdown_limit_s
        if self.cluster_asked_at is not None and e.t < self.cluster_asked_at + limit_s - 1:
            yield "S26 the cluster was forced before its limit"

    def on_outage_confirmed(self, e: Event) -> Iterator[str]:
        lasted_s = e.t - float(e.details["first_seen"])
        early = lasted_s < self.site.upses[e.subject].confirm_s - 0.01
        if early and not str(e.details["because"]).startswith(("low battery", LASTS_NO_LONGER)):
            yield f"S10 {e.subject} is confirmed after {lasted_s:g} s"

    # Who commands

    def on_lease_taken(self, e: Event) -> Iterator[str]:
        for stopped in (self.stalled | self.declared_out) - {e.by}:
            self.commander.pop(stopped, None)  # from here on it must take the command anew
        others = [n for n in self.commander if n != e.by]
        if others:
            yield f"S13 {e.by} takes the command while {others[0]} has it"
        self.commander[e.by] = True
        self.declared_out.discard(e.by)

    def on_cluster_failed_over(self, e: Event) -> None:
        """The cluster has given the command to another; one that hangs cannot say that it lost it (C7)."""
        self.declared_out.add(str(e.details["was"]))
        self.declared_out.discard(str(e.details["holder"]))

    def on_lease_lost(self, e: Event) -> None:
        self.commander.pop(e.by, None)

    def on_service_died(self, e: Event) -> None:
        """Who begins anew takes the command anew."""
        self.commander.pop(e.subject, None)
        self.stalled.discard(e.subject)

    def on_service_stalled(self, e: Event) -> None:
        self.stalled.add(e.subject)

    def on_clock_gap(self, e: Event) -> None:
        self.stalled.discard(e.by)

    def on_alarm_raised(self, e: Event) -> None:
        if e.details.get("rule") == "S5":
            self.floor_alarm = True
        if e.details.get("rule") == "S18":
            self.emergency.add(e.subject)
        if e.details.get("rule") == "S3":
            self.not_off_alarm.add(e.subject)
        self.given_up.add(e.subject)

    # Commands

    def feeds_alone(self, ups: str, node: str) -> bool:
        """A node may always stop itself, and the UPS of its own that feeds nobody else."""
        loads = [server.name for server in self.site.servers.values() if ups in server.upses]
        return loads == [node] and not any(ups in array.upses for array in self.site.arrays.values())

    def on_command_sent(self, e: Event) -> Iterator[str]:
        itself = e.subject == e.by and e.details["command"] in ("shutdown", "force")
        own_ups = e.details["command"] == "off" and self.feeds_alone(e.subject, e.by)
        if e.by not in self.commander and not (itself or own_ups):
            yield f"S13 {e.by} sends {e.details['command']} to {e.subject} and has no command"
        if e.subject in self.held:
            yield f"S27 {e.by} sends {e.details['command']} to {e.subject}, which is held"
        yield from getattr(self, "sent_" + str(e.details["command"]), lambda _: ())(e) or ()

    def sent_shutdown(self, e: Event) -> Iterator[str]:
        if not (self.has_cause or self.is_about_to_fall(e.subject)):
            yield f"S9 {e.subject} is shut down, and nothing has happened"

    def is_about_to_fall(self, server: str) -> bool:
        """Its power counts down, or that of disks it uses: somebody else has told it to go (C12)."""
        found = self.site.servers[server]
        disks = (ups for name in found.arrays for ups in self.site.arrays[name].upses)
        return any(ups in self.armed for ups in (*found.upses, *disks))

    def sent_off(self, e: Event) -> Iterator[str]:
        ups = e.subject
        if not self.has_cause:
            yield f"S9 {ups} is told to go off, and nothing has happened"
        if ups in self.armed:
            yield f"S15 OFF sent to {ups}, which is armed"
        for array in self.site.arrays_on(ups):
            fed = self.output[ups] and self.array[array.name] != "off"
            if array.role is ArrayRole.LINKED and fed and array.name not in self.flush_over:
                yield f"S2 {ups} is cut, but {array.name} is neither flushed nor given up"

    def sent_stop(self, e: Event) -> Iterator[str]:
        if self.floor_alarm or self.site.control_stop is ControlStop.DOCUMENT:
            return
        for array in self.site.linked_arrays:
            on = [u for u in array.upses if self.output[u]]
            dying = (
                on and self.array[array.name] == "ready" and not any(self.has_mains(u, 0.0, e.t) for u in on)
            )
            if dying and not self.given_up.intersection((*on, array.name)):
                yield f"S5 the cluster is stopped while {array.name} is on"

    def sent_on(self, e: Event) -> Iterator[str]:
        ups, stable_s = e.subject, self.site.start.mains_stable_s
        if not self.has_mains(ups, stable_s, e.t):
            yield f"S7 {ups} is switched on without stable mains"
        if ups in self.armed and self.output[ups]:
            yield f"S16 {ups} is switched on while an OFF counts down"
        for array in self.site.arrays_on(ups):
            if array.role is ArrayRole.LINKED:
                if self.cluster != "running":
                    yield f"S6 {ups} of {array.name} is switched on while the cluster is {self.cluster}"
                if any(not self.has_mains(u, stable_s, e.t) for u in array.upses):
                    yield f"S7 {array.name} is started while not all its UPSes have stable mains"
            lower = [u for u in array.enclosures if u != ups and not self.output[u]]
            if ups not in array.enclosures and len(lower) == len(array.enclosures):
                yield f"S6 {ups} of the controllers of {array.name} goes on before its enclosures"
        servers = [s for s in self.site.servers_on(ups) if s.role is ServerRole.LINKED]
        for name in sorted({a for s in servers for a in s.arrays}):
            yield from self.too_early(e, name)

    def sent_wake(self, e: Event) -> Iterator[str]:
        if self.site.servers[e.subject].role is ServerRole.CONTROL:
            return
        for name in self.site.servers[e.subject].arrays:
            yield from self.too_early(e, name)

    def too_early(self, e: Event, array: str) -> Iterator[str]:
        held_s = e.t - self.ready_since[array]
        if self.array[array] != "ready" or held_s < self.site.start.ready_hold_s - 0.01:
            yield f"S8 {e.subject} is started while {array} is {self.array[array]} for {held_s:.0f} s"

    def sent_restart(self, e: Event) -> Iterator[str]:
        for array in self.site.control_arrays:
            if self.array[array.name] != "ready":
                yield f"S6 the cluster is restarted while {array.name} is {self.array[array.name]}"


def unsafe(tale: Tale) -> list[str]:
    """Every rule of safety that the run broke, with what happened and when."""
    return Watcher(tale.room.site).watch(tale)


def stranded(tale: Tale, *, but: tuple[str, ...] = ()) -> list[str]:
    """What ran before and does not run at the end (L1, L3); and an incident that was never closed."""
    room = tale.room
    left = []
    for name, server in room.servers.items():
        wanted = State.HALTED if server.settings.role is ServerRole.POOL else State.UP
        if server.state is not wanted and name not in but:
            left.append(f"{name} is {server.state.value}")
    left += [f"{name} is off" for name, ups in room.upses.items() if not ups.output and name not in but]
    left += [f"{name} is not ready" for name, a in room.arrays.items() if not a.ready and name not in but]
    if room.cluster.state is not ClusterState.RUNNING and room.cluster.name not in but:
        left.append(f"the cluster is {room.cluster.state.value}")
    open_ = sum(
        {"incident.opened": 1, "incident.closed": -1}.get(e.name, 0) for e in tale.events if not e.is_fact
    )
    if open_ > 0 and "incident" not in but:
        left.append("the incident is open")
    return left


def well(tale: Tale, *, but: tuple[str, ...] = ()) -> None:
    """Safe all along, and everything that ran is up again."""
    wrong = unsafe(tale) + stranded(tale, but=but)
    assert not wrong, "\n".join(wrong) + f"\n\n{tale}"
