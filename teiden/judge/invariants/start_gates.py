"""S16, S17: no start against an OFF that counts down, none into the next outage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sequencer import timing
from sequencer.events import Event
from sequencer.watch import ASKED_AGAIN
from teiden.judge.invariants.invariant import LATENCY_S, TICK_S, Invariant, Look
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.words import names, seconds
from teiden.language.retell import retold
from teiden.language.say import later, said, t

SEEN_GONE = ("ups.on_battery", "ups.on_line", "card.silent")
"""What a node tells that has seen the mains go, or missed to see it; at its first look it tells nothing."""


class S16(Invariant):
    """Once an OFF is armed nothing of what the UPS feeds is started until its output is off.

    `armed(u) -> not start(loads(u))`. Starts: ON of the UPS itself; the wake or start of a server or an
    array on it; start or restart of the cluster while the UPS of a node counts down that it starts: one that
    is halted stays so (R9-23). An OFF whose end has passed without a fall was dropped by the UPS and arms
    nothing any more.
    """

    id = "S16"
    sentence = later("nothing is started on a UPS whose OFF is counting down")

    def watches(self) -> Mapping[str, Look]:
        return {f"command.sent {command}": self._starts for command in ("on", "wake", "start", "restart")}

    def _starts(self, event: Event) -> None:
        self.put_to_test += 1
        power = self.room.power
        for ups in self._feeds(event.subject):
            armed = power.counting_down(ups, event.t)
            if armed is not None:
                name = event.subject
                text = t(
                    "{command} of {name} at {time}, armed to go off since {armed}",
                    command=retold(str(event.details.get("command", "start"))),
                    name=name if ups == name else t("{name} on {ups}", name=name, ups=ups),
                    time=self.at(event.t),
                    armed=self.at(armed.t),
                )
                self.broken(event.t, event.subject, text, armed, event)
                return

    def _feeds(self, subject: str) -> Iterable[str]:
        site = self.site
        if subject in site.upses:
            return (subject,)
        if subject in site.servers:
            return site.servers[subject].upses
        if subject in site.arrays:
            return site.arrays[subject].upses
        started = (node for node in site.control_nodes if self.room.machines.running(node))
        return [ups for node in started for ups in node.upses] if subject == site.cluster.name else ()


class S17(Invariant):
    """A start only with mains that are stable and charge for a full stop.

    `start -> budget(feeds) >= T_down * m`. Judged at the ON of a UPS and at the wake of a server, for as many
    of its UPSes as it needs supplies (X-04): what one more of a redundant pair lacks dooms nobody. Charge:
    the room's own, in a straight line between two `ups.charge`, against `timing.return_charge_pct` less one
    point. Mains: since `mains_stable`; those of a linked array are S7's; where they went between two polls of
    who commands, or while he lost one and asked again at once (N3, U16), so that he could not see it, or in
    the second before the command, since before that. A UPS that comes back by itself is not commanded and not
    judged. `override` in the command's details: the operator took it upon himself.
    """

    id = "S17"
    sentence = later("a start needs stable mains and charge for a full stop")

    def watches(self) -> Mapping[str, Look]:
        return {"command.sent on": self._starts, "command.sent wake": self._starts}

    def _starts(self, event: Event) -> None:
        if event.details.get("override"):
            return
        server = self.site.servers.get(event.subject)
        upses = server.upses if server is not None else (event.subject,)
        self.put_to_test += 1
        lacking = [lacks for ups in upses if (lacks := self._lacks(ups, event))]
        missing = [words for lacks in lacking for words in lacks]
        spare = max(0, len(upses) - server.minimum_supplies) if server is not None else 0
        if len(lacking) > spare:
            on = later("{name} was switched on at {time}, but {missing}")
            woken = later("{name} was woken at {time}, but {missing}")
            did = on if server is None else woken
            text = said(did, name=event.subject, time=self.at(event.t), missing=names(missing))
            self.broken(event.t, event.subject, text, event)

    def _lacks(self, ups: str, start: Event) -> list[str]:
        """What one UPS lacks for a start of what it feeds, in words."""
        if ups not in self.site.upses:
            return []
        gate, at_s = self.room.gate, start.t
        missing = [] if ups in self.room.wiring.linked_array_upses else self._mains(ups, start)
        if gate.allows(ups, at_s) is False:
            has, need = f"{gate.charges.charge_pct(ups, at_s):.0f} %", f"{gate.need_pct(ups):.0f} %"
            missing.append(t("{ups} held {has} and needs {need}", ups=ups, has=has, need=need))
        return missing

    def _mains(self, ups: str, start: Event) -> list[str]:
        at_s, stable_s = start.t, self.site.start.mains_stable_s
        power, away = self.room.power, list(self.room.power.was_away.get(ups, ()))
        since_s, lost_s = power.mains_since[ups], power.mains_lost_s.get(ups)
        first_s = ALWAYS if away else power.mains_before_s.get(ups)
        while lost_s is not None and self._went_unseen(ups, lost_s, since_s, start):
            lost_s, since_s = away.pop() if away else (None, first_s)
        if since_s is None:
            return [t("{ups} had no mains", ups=ups)]
        if at_s - since_s < stable_s - TICK_S:
            had, need = seconds(at_s - since_s), seconds(stable_s)
            return [t("{ups} had mains for {time} only, not {need}", ups=ups, time=had, need=need)]
        return []

    def _went_unseen(self, ups: str, lost_s: float, since_s: float | None, start: Event) -> bool:
        """They went then for less than a poll takes to come round, and came back before this node saw it; or
        have gone since the look that it asks for was on its way. Who began to look since knows nothing of how
        long they have been there, and who has told that they are back has seen them gone."""
        till_s, unseen_s = (start.t, LATENCY_S) if since_s is None else (since_s, self.site.polling.on_line_s)
        if self.room.cards.life_began_s(start.by, start.t) > lost_s:
            return False
        events = (e for e in self.room.history.events if lost_s <= e.t <= start.t and e.by == start.by)
        seen = [e for e in events if e.subject == ups and e.name in SEEN_GONE]
        if since_s is not None and self._answers_at_once(seen):
            return till_s - lost_s < self._lost_poll_s
        return till_s - lost_s < unseen_s and not seen

    def _answers_at_once(self, seen: list[Event]) -> bool:
        """Its card was silent once for this node, no longer than it takes to ask it again (N3, U16), and told
        then that its mains are there: by all that he knows they have been (`sequencer/watch.py`)."""
        polling = self.site.polling
        again_s = self._lost_poll_s - polling.stale_after_s(polling.on_line_s)
        names = [event.name for event in seen]
        return names == ["card.silent", "ups.on_line"] and seen[1].t - seen[0].t <= again_s + LATENCY_S

    @property
    def _lost_poll_s(self) -> float:
        polling = self.site.polling
        return polling.stale_after_s(polling.on_line_s) + ASKED_AGAIN * timing.silent_look_s(self.site)
