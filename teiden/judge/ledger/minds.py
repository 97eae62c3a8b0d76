"""What each control node knows: what it said that it saw, and what it wrote down. No fact enters here.

So the rules that look only at this (K of the reliability notes) judge a live stream as well. A node's
first look at a device is no change and is not told: after its boot nothing is known of what it saw.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from sequencer.events import Event, Source
from sequencer.site import Site
from teiden.judge.ledger.power import ALWAYS, Fold

SCOPES = frozenset(("declared", "planned", "closed"))
"""Rows with which what was written down for an earlier stop is over."""
GOALS = frozenset(("declared", "planned", "wanted", "start_asked"))
"""Rows that say what is wanted: without one nothing is stopped or started."""


@dataclass(slots=True)
class View:
    """One UPS as one node has told it since its boot."""

    battery_since_s: float | None = None
    """On battery by its last word."""
    ran_on_s: float | None = None
    """The same, but who has been switched off since, or fell silent, was on it all the same: until it is seen
    on mains itself, or nobody of its feed who answers is on battery any more. Not where one of these had
    mains by then: it was not out with its feed."""
    others_since_s: float | None = None
    """When it told so: since when somebody else on its feed had been on battery; who has been switched off
    since then, or fell silent, was there all the same."""
    on_line: bool = False
    low: bool = False
    """It has told so, and has not been seen on mains since; its battery may have ended meanwhile."""
    silent_since_s: float | None = None
    silent_before_s: float | None = None
    """It answers again, and has not been seen on mains since it fell silent then."""
    fell_since_s: float | None = None
    """Its output went while it was on battery, and it has not been seen on mains since: since when it was."""
    told: bool = False
    """It has said anything at all,"""
    told_supply: bool = False
    """and from what its output was fed, or that it was off."""
    began_unseen: bool = False
    """That it is on battery, or off, is the first that is told of its supply in this life; since when, or
    from what it lived before, is not."""

    @property
    def unknown(self) -> bool:
        """It answers, and nothing is known of its mains: it is as it was at the first look."""
        return self.silent_since_s is None and self.battery_since_s is None and not self.on_line


@dataclass(slots=True)
class Mind:
    """One life of the service on one node."""

    born_s: float
    upses: defaultdict[str, View] = field(default_factory=lambda: defaultdict(View))
    commands: bool = False
    took_s: float = ALWAYS
    """When it said so last."""
    epoch: int = 0
    """The latest incident that it has told of."""
    safe_mode: Event | None = None
    """Its journal is broken, it said."""
    alarms: list[Event] = field(default_factory=list)
    off_noted_s: dict[str, float] = field(default_factory=dict)
    """By UPS: after how long it goes off, as this node wrote down last."""


class Minds:
    def __init__(self, site: Site, *, deaths_told: bool) -> None:
        """`deaths_told`: the room itself tells when a node's system has ended."""
        self.site = site
        self._deaths_told = deaths_told
        self.of = {name: Mind(ALWAYS) for name in site.cluster.nodes}
        self.confirmed: dict[str, Event] = {}
        """UPSes in an outage that counts, by any node's word, until the incident is closed."""
        self.rows: dict[tuple[str, str], Event] = {}
        """By kind and subject: what somebody wrote down last for the present stop, or as long before it began
        as a look may take: what is to be done by it may be on its way."""
        self.goal: Event | None = None
        """Somebody wrote down, or remembers, what is wanted."""
        self.tells_rows = False
        """A lease was written down: every commander does that first, where there is a journal to tell of."""
        self._folds: Mapping[str, Fold] = {
            "run.started": self._born,
            "server.up": self._up,
            **dict.fromkeys(("server.halted", "server.forced", "server.crashed", "service.died"), self._dies),
            "ups.on_battery": self._on_battery,
            "ups.on_line": self._on_line,
            "ups.low_battery": self._low,
            "ups.output_off": self._output_off,
            "card.silent": self._silent,
            "card.answering": self._answers,
            "outage.confirmed": self._confirmed,
            "incident.closed": self._closed,
            "journal.committed": self._committed,
            "journal.heard": self._heard,
            **dict.fromkeys(("schedule.fired", "request.accepted"), self._wanted),
            "lease.taken": self._takes,
            "lease.lost": self._loses,
            "alarm.raised": self._alarm,
        }

    def folds(self) -> Mapping[str, Fold]:
        return self._folds

    @property
    def commander(self) -> str:
        """Who said last that it commands, and has not said otherwise; '': nobody.

        One that hangs says nothing: whoever has followed it is the commander then (C7).
        """
        commanders = [(mind.took_s, name) for name, mind in self.of.items() if mind.commands]
        return max(commanders)[1] if commanders else ""

    # Lives

    def _born(self, event: Event) -> None:
        if event.by in self.of:
            self.of[event.by] = Mind(event.t)

    def _up(self, event: Event) -> None:
        if event.subject in self.of and event.source is Source.FACT:
            self.of[event.subject] = Mind(event.t)

    def _dies(self, event: Event) -> None:
        """As the room tells it; else another node, for nobody sees himself halted. A system may say that it
        is down while its service goes on with what it was at (H2)."""
        if event.subject not in self.of:
            return
        if event.source is Source.FACT or not (self._deaths_told or event.by == event.subject):
            self.of[event.subject] = Mind(event.t)

    # What they see

    def _view(self, event: Event) -> View:
        mind = self.of.get(event.by)
        view = mind.upses[event.subject] if mind is not None else View()
        view.told = True
        return view

    def _on_battery(self, event: Event) -> None:
        view = self._view(event)
        if view.battery_since_s is None:
            view.battery_since_s, view.began_unseen = event.t, not view.told_supply
            view.others_since_s = self._others_since_s(event)
        view.ran_on_s = event.t if view.ran_on_s is None else view.ran_on_s
        view.on_line, view.told_supply = False, True

    def _others_since_s(self, event: Event) -> float | None:
        mind, ups = self.of.get(event.by), self.site.upses.get(event.subject)
        if mind is None or ups is None:
            return None
        others = (mind.upses[u.name] for u in self.site.upses_on_feed(ups.feed) if u is not ups)
        since = (v.ran_on_s if v.battery_since_s is None else v.battery_since_s for v in others)
        return min((at_s for at_s in since if at_s is not None), default=None)

    def _on_line(self, event: Event) -> None:
        view = self._view(event)
        view.battery_since_s, view.on_line, view.low = None, True, False
        view.silent_before_s, view.told_supply, view.began_unseen = None, True, False
        view.ran_on_s = view.fell_since_s = None
        feed = self._its_feed(event)
        if feed and not [v for v in feed if v.battery_since_s is not None and v.silent_since_s is None]:
            for other in feed:
                other.ran_on_s = None

    def _its_feed(self, event: Event) -> list[View]:
        """This UPS and the others on its feed, as this node has told them; [] of what is neither."""
        mind, ups = self.of.get(event.by), self.site.upses.get(event.subject)
        if mind is None or ups is None:
            return []
        return [mind.upses[u.name] for u in self.site.upses_on_feed(ups.feed)]

    def _goes_out_of_sight(self, event: Event, view: View) -> None:
        """What it told last stays true of its feed, if nobody there who answers has mains."""
        if view.ran_on_s is None:
            return
        if [v for v in self._its_feed(event) if v.on_line and v.silent_since_s is None]:
            view.ran_on_s = None

    def _low(self, event: Event) -> None:
        self._view(event).low = True

    def _output_off(self, event: Event) -> None:
        view = self._view(event)
        view.fell_since_s = view.battery_since_s if view.fell_since_s is None else view.fell_since_s
        view.began_unseen = view.began_unseen or not view.told_supply
        view.battery_since_s, view.on_line, view.told_supply = None, False, True
        self._goes_out_of_sight(event, view)

    def _silent(self, event: Event) -> None:
        view = self._view(event)
        view.silent_since_s = event.t
        self._goes_out_of_sight(event, view)

    def _answers(self, event: Event) -> None:
        view = self._view(event)
        if view.silent_before_s is None:  # else it has fallen silent again and again since (N3)
            view.silent_before_s = view.silent_since_s
        view.silent_since_s = None

    # What they decide and write down

    def _confirmed(self, event: Event) -> None:
        self.confirmed.setdefault(event.subject, event)

    def _closed(self, event: Event) -> None:
        self.confirmed.clear()

    def _committed(self, event: Event) -> None:
        kind = str(event.details.get("kind"))
        self.tells_rows = self.tells_rows or kind == "lease"
        if kind in SCOPES:
            since_s = event.t - self.site.polling.timeout_s
            self.rows = {of: row for of, row in self.rows.items() if row.t >= since_s}
        self.rows[kind, event.subject] = event
        if kind in GOALS:
            self.goal = event
        if kind == "confirmed":
            self._confirmed(event)
        mind = self.of.get(event.by)
        if mind is None:
            return
        mind.safe_mode = None  # it is well again
        mind.epoch = max(mind.epoch, _epoch(event))
        falls_in_s = event.details.get("falls_in_s")
        if kind == "off_armed" and falls_in_s is not None:
            mind.off_noted_s[event.subject] = float(falls_in_s)

    def _heard(self, event: Event) -> None:
        self.goal = event
        if event.by in self.of:
            self.of[event.by].epoch = max(self.of[event.by].epoch, _epoch(event))

    def _wanted(self, event: Event) -> None:
        """By one whose journal is broken: his copy is kept by whoever follows him, though no row is told."""
        mind = self.of.get(event.by)
        if mind is not None and mind.safe_mode is not None:
            self.goal = event

    def _takes(self, event: Event) -> None:
        if event.by in self.of:
            self.of[event.by].commands, self.of[event.by].took_s = True, event.t

    def _loses(self, event: Event) -> None:
        if event.by in self.of:
            self.of[event.by].commands = False

    def _alarm(self, event: Event) -> None:
        mind = self.of.get(event.by)
        if mind is not None:
            mind.alarms.append(event)
            if event.details.get("rule") == "S30" and event.subject == event.by:
                mind.safe_mode = event


def _epoch(event: Event) -> int:
    return int(event.details.get("epoch") or 0)
