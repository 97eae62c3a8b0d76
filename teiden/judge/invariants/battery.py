"""S18, L2: the batteries last until the sequence is through."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import takewhile
from math import inf

from sequencer import timing
from sequencer.events import Event
from sequencer.site import ServerRole
from teiden.judge.invariants.came_back_low import is_by, never_had_enough, nobody_could_stay
from teiden.judge.invariants.carried import alone_since_s, was_carried
from teiden.judge.invariants.invariant import TICK_S, Invariant, Look
from teiden.judge.invariants.left_on import no_journal_would_tell, nobody_would_come_back
from teiden.judge.ledger.floors import at_floor, held_enough
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.ledger.room import Room
from teiden.judge.words import names
from teiden.language.say import later, t


class S18(Invariant):
    """No battery is empty before the sequence has switched its UPS off.

    `runtime >= remaining critical path`, judged by its outcome: a `ups.exhausted` while the output is still
    on, armed or not. What is lost by it is L2's matter. Not broken: a UPS whose end takes the power from
    nobody (X-04: the other feed carries on) who is not halted, and that no outage brings down which was
    confirmed while it held more than its own stop needs, or whose loads all have mains by another; nor one
    that no such outage brings down, and of whose loads each had mains by others (X-04) until it held no more
    than that: as long as these had them nobody had to tell it, and then it was too late (P4); one that
    came back by itself, or by a hand, and lost its mains again before it held what its own stop needs (P4: no
    start of ours was too early, and what is left is used at once); so did one that was told to come on though
    its charge could not be learned, as an alarm said while it was off (U18); so did one that held what a
    start asks for (S17), and no more than its own stop needs by what it drew: a hand had booted a pool server
    on it, which nobody of ours starts (H6, O1); so did one whose battery went in an outage
    that nobody was there to see, or that its card, silent since before that, told nobody while others on its
    feed had mains (S12, U2), or in which others carried all that hangs on it (X-04), and that held no more
    whenever they went since; a linked array's that held no more than that when somebody booted a server which
    uses it (H6, O1: no other stop and flush are in it), or whose own stop was not over yet when the nodes had
    to go for one of theirs that had come back, or was, so low, as an alarm said (S5, S18; P4), or whose disk
    a cluster uses that hangs at its stop (C11); and one that lost its mains, or the last of the others that
    carried whom it feeds theirs (X-04), or whose test began with them there (P12), while no control node was
    at work, asleep or its service dead, or less than a poll, or than its confirm time if one came back,
    before the last of them was on its way down, and of whom the first has been at work since only when it
    held no more than that (R10-14: nobody to tell it). Nobody is at work who boots onto power that counts
    down. Nor is a UPS of the control side whose nodes stay up, with an alarm, for another of theirs is dark
    that has lost its own mains alone, or that who says so has not heard since he was booted with his power
    on: that may as well be on, its card dead, and halted they would not come back (L3, ADR 0019). Nor one
    that is left on, as an alarm says, by who commands with a broken journal and does not see down all that
    hangs on it (S30, C5).
    """

    id = "S18"
    sentence = later("every battery lasts until its UPS has been switched off")

    def watches(self) -> Mapping[str, Look]:
        return {"ups.exhausted": self._empty, "ups.output_off": self._falls}

    def _falls(self, event: Event) -> None:
        self.put_to_test += 1

    def _empty(self, event: Event) -> None:
        power, ups = self.room.power, event.subject
        fell = power.fell.get(ups)
        # A fall of this very instant is how the battery's end shows, whichever was told first.
        by_end = fell is not None and fell.t == event.t and power.cause(fell) != "command"
        if (
            (not power.output[ups] and not by_end)
            or self._needs_nobody(event)
            or nothing_could_be_done(self.room, ups, event.t)
            or is_at_rest(self.room, ups, event.t)
        ):
            return
        armed, told = power.counting_down(ups, event.t), power.told_off.get(ups)
        if armed is not None:
            why = t("its OFF would have come at {time}", time=self.at(power.armed[ups][1]))
        elif told is not None:
            why = t("it had been told to go off at {time} and had not", time=self.at(told.t))
        else:
            why = t("it had not been told to go off")
        text = t("{ups} was empty at {time}; {why}", ups=ups, time=self.at(event.t), why=why)
        self.broken(event.t, ups, text, armed or told, event)

    def _needs_nobody(self, event: Event) -> bool:
        """Who is up there has another feed, and no outage brings it down; or that other one has mains."""
        power, ups = self.room.power, event.subject
        took = power.fall(event) if power.output[ups] else power.took[ups]
        os = self.room.machines.os
        up = [s for s in took.servers if os[s.name] != "halted"]
        if took.arrays or up:
            loads = [(s.upses, s.minimum_supplies) for s in up]
            loads += [(part, 1) for a in took.arrays for part in (a.controllers, a.enclosures) if ups in part]
            return not self._was_brought_down(ups) and all(self._was_left(ups, *load) for load in loads)
        return not self._was_brought_down(ups) or self._others_have_mains(ups)

    def _was_left(self, ups: str, upses: tuple[str, ...], needed: int) -> bool:
        """Without mains itself, by the others, when it held no more than its own stop needs."""
        lost_s = (self._carried_until_s(u) for u in upses if u != ups)
        left_s = [ALWAYS, *sorted(lost_s)][-needed] if len(upses) > needed else ALWAYS
        return left_s > self.room.power.mains_lost_s.get(ups, inf) and at_floor(self.room, ups, left_s)

    def _carried_until_s(self, ups: str) -> float:
        """It had its mains until then; what is off carries nobody, whatever mains it has."""
        power = self.room.power
        lost_s, fell = power.mains_lost_s.get(ups, ALWAYS), power.fell.get(ups)
        if power.output[ups]:
            return lost_s
        return ALWAYS if fell is None else min(lost_s, fell.t)

    def _was_brought_down(self, ups: str) -> bool:
        """By outages that were confirmed while it held more than its own stop needs: in time."""
        confirmed = self.room.incident.confirmed
        late = {out for out, told in confirmed.items() if at_floor(self.room, ups, told.t)}
        return self.room.causes.without(late).failing(ups)

    def _others_have_mains(self, ups: str) -> bool:
        wiring, power = self.room.wiring, self.room.power
        on_mains = {u for u, since_s in power.mains_since.items() if since_s is not None and power.output[u]}
        servers = (sum(u in on_mains for u in s.upses) >= s.minimum_supplies for s in wiring.servers_on[ups])
        parts = (p for a in wiring.arrays_on[ups] for p in (a.controllers, a.enclosures))
        return all(servers) and not any(on_mains.isdisjoint(part) for part in parts)


class L2(Invariant):
    """In an outage that stays confirmed, everything in scope is down before its battery ends.

    `<>_{deadline} down(scope)`, judged by its failure: a system that loses its power while it runs, or an
    array that loses data, because a battery ended: always; because a UPS gave up: while an incident is open.
    What a commanded cut does is S1's and S2's matter. A system that crashes with its power on has lost no
    power. Not broken: what the battery of a UPS takes that lost its mains while every control node slept or
    was shut down, or a poll before, and none has been up since (R10-14: nobody to tell it), or was tested
    then (P12); nor of one that came on with less than its own stop needs, or feeds a pool server that it has
    not enough for (P4, H6, see S18); nor a system that was booted when no node was at work any more, and none
    has been since, or not before that battery held no more than its stop needs (H6); nor what hangs on a UPS
    whose card was silent from when its mains went, or its test began (P12), or from before anybody was at
    work again, until it held no more than its stop needs, with others on its feed that had theirs, or had
    them back, in time, or hung on that and on another that ended, too, and has not told since that it is off
    (S12); nor a control disk at rest, nor what the nodes' UPSes take while these stay up for another one that
    is dark, nor what is left on for a broken journal (see S18).
    """

    id = "L2"
    sentence = later("everything in scope is down before its battery ends")

    def watches(self) -> Mapping[str, Look]:
        return {"server.crashed": self._crashed, "array.lost_data": self._lost}

    def _crashed(self, event: Event) -> None:
        server = self.site.servers.get(event.subject)
        if server is not None:
            self._judge(event, server.upses, self.room.power.fed(server), t("lost power while running"))

    def _lost(self, event: Event) -> None:
        array = self.site.arrays.get(event.subject)
        if array is not None:
            self._judge(event, array.upses, self.room.power.array_fed(array), t("lost the data in its cache"))

    def _judge(self, event: Event, upses: tuple[str, ...], fed: bool, did: str) -> None:
        self.put_to_test += 1
        power = self.room.power
        fell = self._falls_now(upses, event.t) if fed else self._last_fall(upses)
        if fell is None and event.details.get("cause") != "exhausted":
            return  # something else brought it down
        cause = event.details.get("cause")
        if cause not in ("command", "exhausted", "fault"):
            cause = power.cause(fell) if fell is not None else ""
        in_incident = self.room.incident.began_s is not None
        if nobody_has_seen_it_boot(self.room, event):
            return
        if fell is not None and self._could_not_be_kept(event, fell.subject):
            return
        if cause == "exhausted" or (cause == "fault" and in_incident):
            ups = fell.subject if fell is not None else names(upses)
            why = t("the battery of {ups} was empty", ups=ups)
            if cause == "fault":
                why = t("{ups} failed", ups=ups)
            text = t(
                "{name} {did} at {time}: {why}", name=event.subject, did=did, time=self.at(event.t), why=why
            )
            self.broken(event.t, event.subject, text, fell, event)

    def _could_not_be_kept(self, event: Event, ups: str) -> bool:
        feeds = (ups, *self._empty_beside(event.subject, ups))
        untold = any(nobody_told_of_it(self.room, feed, event.t) for feed in feeds)
        if untold or nothing_could_be_done(self.room, ups, event.t):
            return True
        if nobody_came_in_time(self.room, event, ups):
            return True
        return event.subject in self.site.arrays and is_at_rest(self.room, ups, event.t)

    def _empty_beside(self, device: str, ups: str) -> set[str]:
        """Others that could have carried it for this one, until their batteries ended (X-04), and whose cards
        have not told that they are off since, when this one held more than its own stop needs."""
        server, array, power = self.site.servers.get(device), self.site.arrays.get(device), self.room.power
        parts = [server.upses] if server is not None else []
        parts += [array.controllers, array.enclosures] if array is not None else []
        off = {u for part in parts if ups in part for u in part if not power.output[u]}
        ended = {u: power.fell[u] for u in off if u in power.fell}
        return {u for u, e in ended.items() if power.cause(e) == "exhausted" and not self._told(u, e, ups)}

    def _told(self, off: str, fell: Event, ups: str) -> bool:
        answers = self.room.history.of("card.answering", since_s=fell.t)
        return any(m.event.subject == off and not at_floor(self.room, ups, m.event.t) for m in answers)

    def _last_fall(self, upses: tuple[str, ...]) -> Event | None:
        falls = [fell for u in upses if (fell := self.room.power.fell.get(u))]
        return max(falls, key=lambda fell: fell.t, default=None)

    def _falls_now(self, upses: tuple[str, ...], at_s: float) -> Event | None:
        """A fall of this very instant that is told after the crash it causes."""
        falls = self.room.history.of("ups.output_off", since_s=at_s)
        return next((m.event for m in falls if m.event.t == at_s and m.event.subject in upses), None)


def is_at_rest(room: Room, ups: str, at_s: float) -> bool:
    """Nobody uses the control arrays that it feeds, and the nodes stay for others, or have just gone: for
    arrays that are still fed, or servers that are not down yet."""
    floors_s = timing.disks_floors_s(room.site)
    machines, causes = room.machines, room.causes
    if ups not in floors_s or machines.cluster != "stopped":
        return False
    since_s = at_s - floors_s[ups]
    if machines.node_up_since is None and machines.node_was_up_s < since_s:
        return False
    arrays = (
        causes.array(array) and (room.power.array_fed(array) or room.caches.since[array.name] >= since_s)
        for array in room.wiring.linked_arrays
    )
    servers = (
        causes.linked(server) and (machines.running(server) or machines.since[server.name] >= since_s)
        for server in room.site.linked_servers
    )
    return any(arrays) or any(servers)


def nothing_could_be_done(room: Room, ups: str, at_s: float) -> bool:
    """In time: it never had what its stop needs; nobody was there, or could stay; its array was used anew;
    its nodes stay up for another one; or it must not be told."""
    return (
        never_had_enough(room, ups)
        or nobody_could_stay(room, ups)
        or was_overdrawn(room, ups)
        or was_drained_unseen(room, ups)
        or nobody_was_there(room, ups)
        or was_used_too_late(room, ups, at_s)
        or nobody_would_come_back(room, ups)
        or no_journal_would_tell(room, ups, at_s)
    )


def nobody_has_seen_it_boot(room: Room, crash: Event) -> bool:
    """It was booted when no node was at work any more, nor has been since (H6)."""
    machines = room.machines
    return machines.at_work_since is None and machines.was_at_work_s <= booted_s(room, crash)


def nobody_came_in_time(room: Room, crash: Event, ups: str) -> bool:
    """It was booted when no node was at work, and its battery held no more than its own stop needs when its
    mains were away and somebody had come since (H6). What is charged by then is the next outage's matter."""
    machines, lost_s = room.machines, room.power.drains_since_s(ups)
    came_s = machines.came_to_work_s
    if lost_s is None or not machines.left_before_s <= booted_s(room, crash) < came_s:
        return False
    return at_floor(room, ups, max(came_s, lost_s))


def booted_s(room: Room, crash: Event) -> float:
    boots = [m.event.t for m in room.history.of("server.booting") if m.event.subject == crash.subject]
    return max((t for t in boots if t <= crash.t), default=ALWAYS)


def nobody_told_of_it(room: Room, ups: str, at_s: float) -> bool:
    """It was silent when its mains went, or its test began (P12), or a poll later, or while nobody was there
    yet who could hear it, and until it held no more than its own stop needs; and another on its feed has had
    them since before that: silence alone is no outage, and one that is silent is back with those of its feed
    who tell (S12, U2, U16).
    """
    power, lost_s = room.power, room.power.drains_since_s(ups)
    if lost_s is None:
        return False
    polled_s, silent_s = lost_s + room.site.polling.on_line_s, power.silent_since.get(ups, ALWAYS)
    if silent_s > polled_s and room.machines.at_work_in(polled_s, silent_s):
        return False
    heard_s = power.answering_since[ups]
    if heard_s is not None and heard_s < at_s and not at_floor(room, ups, heard_s):
        return False
    others = (power.mains_since[u] for u in room.wiring.upses_on[room.site.upses[ups].feed] if u != ups)
    told_s = min((since_s for since_s in others if since_s is not None), default=inf)
    return told_s <= lost_s or held_enough(room, ups, told_s)


def nobody_was_there(room: Room, ups: str) -> bool:
    """No service has been at work on a control node since it lost its mains, or those did that carried all
    that hangs on it (X-04): nobody can have told it anything (R10-14), or since a test of its battery began,
    with its mains there (P12); nor since a poll after that: the last of them was on its way down before it
    can have seen it. Or who was the first came when no more was left than its own stop needs, and whoever was
    there before went before its outage could be confirmed.
    Who boots on power that is about to fall goes down again at once, and counts for nobody.
    """
    machines, lost_s = room.machines, room.power.drains_since_s(ups)
    if lost_s is None:
        return False
    lost_s = max(lost_s, alone_since_s(room, ups))
    seen_s, came_s = lost_s + room.site.polling.on_line_s, machines.came_to_work_s
    if machines.at_work_since is None and machines.was_at_work_s < seen_s:
        return True
    confirmed_s = max(seen_s, lost_s + room.site.upses[ups].confirm_s)
    return lost_s < came_s and machines.left_before_s < confirmed_s and at_floor(room, ups, came_s)


def was_drained_unseen(room: Room, ups: str) -> bool:
    """It lost its mains with less than its own stop needs: the rest had gone one of the times before, when
    nobody was at work from its beginning to its end (R10-14, P4), or nobody told it, or others carried all
    that hangs on it (X-04), and it held no more whenever they went since then. Who has come since, rebooted
    or not, could do nothing about that, but tell it before he goes again.
    """
    power, machines, told = room.power, room.machines, room.power.told_off.get(ups)
    if machines.at_work_since is None and (told is None or told.t < power.mains_lost_s.get(ups, ALWAYS)):
        return False
    spells = power.was_away[ups][::-1]
    lost_s = [power.mains_lost_s.get(ups, ALWAYS), *(began_s for began_s, _ in spells)]
    since = takewhile(lambda spell: at_floor(room, ups, spell[0]), zip(lost_s, spells, strict=False))
    seen_s = room.site.polling.on_line_s - TICK_S
    return any(
        not machines.at_work_in(began_s + seen_s, ended_s + TICK_S)
        or was_away_untold(room, ups, began_s, ended_s)
        or was_carried(room, ups, began_s, ended_s)
        for _, (began_s, ended_s) in since
    )


def was_away_untold(room: Room, ups: str, began_s: float, ended_s: float) -> bool:
    """Its card is silent since before that, and another on its feed had mains all the while: silence alone is
    no outage (S12, U2)."""
    power = room.power
    if power.answering_since[ups] is not None or power.silent_since[ups] > began_s:
        return False
    feed = room.wiring.upses_on[room.site.upses[ups].feed]
    return any(power.had_mains(u, began_s, ended_s) for u in feed)


def was_used_too_late(room: Room, ups: str, at_s: float) -> bool:
    """It feeds a linked array, and a server that uses this has booted when it held no more than its own stop.

    Nobody here starts anything on such a battery (S17). Whoever did so has used up what it had for the next
    stop and the flush after that (H6, O1). Also while its mains were back, or before they were, if it held no
    more yet whenever they went anew (P3, P4): until then it had less, if no test has drained it.
    """
    power = room.power
    lost_s = power.mains_lost_s.get(ups)
    if lost_s is None or ups not in room.wiring.linked_array_upses:
        return False
    away = [*power.was_away[ups], (lost_s, inf)]
    users = {s.name for array in room.wiring.arrays_on[ups] for s in room.wiring.users_of[array.name]}
    events = (m.event for m in room.history.of("server.booting", since_s=power.tested_s.get(ups, ALWAYS)))
    boots_s = (e.t for e in events if e.t <= at_s and e.subject in users)
    moments = ([max(t, began_s) for began_s, ended_s in away if t < ended_s] for t in boots_s)
    return any(all(at_floor(room, ups, t) for t in each) for each in moments)


def was_overdrawn(room: Room, ups: str) -> bool:
    """It lost its mains with the charge that a start asks for (S17), which by what it drew was no more than
    its own stop needs: a pool server ran on it. Nobody of ours starts one (R6-32), and the runtime that the
    site states is of those that are started: who boots one by hand takes that time (H6, O1)."""
    lost_s = room.power.mains_lost_s.get(ups)
    if lost_s is None or not at_floor(room, ups, lost_s):
        return False
    charge_pct = room.history.charges.last_pct(ups, lost_s) or 0.0
    if charge_pct < timing.return_charge_pct(room.site, room.site.upses[ups]):
        return False
    pool = {s.name for s in room.wiring.servers_on[ups] if s.role is ServerRole.POOL}
    return any(_was_running(room, server, lost_s) for server in pool)


def _was_running(room: Room, server: str, at_s: float) -> bool:
    """Booted by then, and not gone down since."""
    last_s = {
        name: max((e.t for m in room.history.of(name) if is_by(e := m.event, server, at_s)), default=ALWAYS)
        for name in ("server.booting", "server.halted")
    }
    return last_s["server.booting"] > last_s["server.halted"]
