"""L7, L9: the nodes go on watching after an outage, and what they have to say gets out."""

from __future__ import annotations

from collections.abc import Mapping

from sequencer.events import Event
from sequencer.site import Site
from teiden.judge.invariants.invariant import Invariant, Look
from teiden.judge.ledger.room import Room
from teiden.judge.words import seconds
from teiden.language.say import later, t

NOTICE_S = 5.0
"""From the end of a confirm time until it is looked at once more, written down and said."""


def confirmed_s(site: Site, ups: str) -> float:
    """The longest that it may be seen on battery before its outage is confirmed (B7)."""
    polling = site.polling
    return site.upses[ups].confirm_s + polling.stale_after_s(polling.on_line_s) + NOTICE_S


class L7(Invariant):
    """Whatever went before, a UPS that stays on battery for its confirm time is in an outage.

    `[]<> armed`: onbatt(u)|confirm(u) by the commander's own words, without silence in between ->
    `outage.confirmed`, or its row. Judged of every such time, the first and those after an outage that is
    over or was turned round; B7: one stale reading more. The time begins anew with every commander, and
    with the end of an incident.
    """

    id = "L7"
    sentence = later("the next outage is confirmed like the first")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._since: dict[str, float] = {}
        """By UPS: since when the commander has seen it on battery, and nobody has confirmed it."""

    def hears(self) -> Mapping[str, Look]:
        return {
            "ups.on_battery": self._begins,
            **dict.fromkeys(("ups.on_line", "ups.output_off", "card.silent"), self._ends),
            **dict.fromkeys(("outage.confirmed", "journal.committed confirmed"), self._confirmed),
            **dict.fromkeys(("lease.taken", "incident.closed"), self._anew),
            "lease.lost": self._leaves,
            **dict.fromkeys(("server.halted", "server.forced", "server.crashed", "service.died"), self._down),
        }

    def _begins(self, event: Event) -> None:
        minds = self.room.minds
        if event.by == minds.commander and event.subject not in minds.confirmed:
            self._since.setdefault(event.subject, event.t)

    def _ends(self, event: Event) -> None:
        if event.by == self.room.minds.commander:
            self._judge(event.subject, event.t, event)

    def _confirmed(self, event: Event) -> None:
        if event.subject in self._since:
            self.put_to_test += 1
            self._judge(event.subject, event.t, event)

    def _anew(self, event: Event) -> None:
        self._all(event.t, event)
        mind = self.room.minds.of.get(event.by)
        known = self.room.minds.confirmed if event.name == "lease.taken" else {}
        for ups, view in (mind.upses if mind is not None else {}).items():
            if view.battery_since_s is not None and view.silent_since_s is None and ups not in known:
                self._since[ups] = event.t

    def _leaves(self, event: Event) -> None:
        if event.by == self.room.minds.commander:
            self._all(event.t, event)

    def _down(self, event: Event) -> None:
        if event.subject == self.room.minds.commander:
            self._all(event.t, event)

    def end(self, t_s: float) -> None:
        self._all(t_s, None)

    def _all(self, t_s: float, event: Event | None) -> None:
        for ups in list(self._since):
            self._judge(ups, t_s, event)

    def _judge(self, name: str, t_s: float, event: Event | None) -> None:
        since_s, ups = self._since.pop(name, None), self.site.upses.get(name)
        if since_s is None or ups is None:
            return
        if t_s - since_s > confirmed_s(self.site, name):
            self.put_to_test += 1
            text = t(
                "{ups} was seen on battery from {since} to {time}, and its outage was not confirmed; "
                "that takes {confirm}",
                ups=name,
                since=self.at(since_s),
                time=self.at(t_s),
                confirm=seconds(ups.confirm_s),
            )
            self.broken(t_s, name, text, event)


QUEUE_S = 5.0
"""From an alarm until it stands in the outbox."""


class L9(Invariant):
    """Every alarm stands in the outbox, on its way to somebody.

    `alarm -> <>_{B9} queued`: an `alarm.queued` of the same node about the same device within B9. Whether it
    arrives is for the destination to say; until then it stays in the outbox, over a restart too. Not
    applicable where no node has said at its start that it has an outbox: a pretend room has none.
    """

    id = "L9"
    sentence = later("every alarm gets into the outbox")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._with_outbox: set[str] = set()
        self._raised: list[Event] = []

    def hears(self) -> Mapping[str, Look]:
        return {"run.started": self._started, "alarm.raised": self._raise, "alarm.queued": self._queued}

    def _started(self, event: Event) -> None:
        if event.details.get("outbox"):
            self._with_outbox.add(event.by)

    def _raise(self, event: Event) -> None:
        self._lost(event.t)
        if event.by in self._with_outbox:
            self._raised.append(event)

    def _queued(self, event: Event) -> None:
        self._lost(event.t)
        raised = next((a for a in self._raised if (a.by, a.subject) == (event.by, event.subject)), None)
        if raised is not None:
            self.put_to_test += 1
            self._raised.remove(raised)

    def _lost(self, t_s: float) -> None:
        for alarm in [a for a in self._raised if t_s > a.t + QUEUE_S]:
            self._raised.remove(alarm)
            self.put_to_test += 1
            text = t(
                "the alarm about {name} at {time} did not get into the outbox of {node}",
                name=alarm.subject,
                time=self.at(alarm.t),
                node=alarm.by,
            )
            self.broken(alarm.t, alarm.subject, text, alarm)

    def end(self, t_s: float) -> None:
        self._lost(t_s)
        if not self._with_outbox:
            self.not_applicable = t("no node of this run has an outbox")
