"""One life of the sequencer on one node: what it remembers, what it may do, how it waits.

Only `spawn` starts processes of a life, and `end` closes all of them at once. Nothing here decides
anything: the runbooks do (`outage.py`, `restart.py`), and the guards (`guards.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any, TypeVar

import simpy

from sequencer import timing
from sequencer.cluster_view import ClusterView
from sequencer.events import Stream
from sequencer.facts import Facts
from sequencer.guards import Refusal
from sequencer.journal import REACHED, TOPICS, WANTS, Kind, Row
from sequencer.mains_view import MainsView
from sequencer.news import News
from sequencer.pages import Pages
from sequencer.ports import Accepted, Answer, Condition, Looker, Ports, Receipt, Steps
from sequencer.safe_mode import without_a_journal
from sequencer.scope import Scope
from sequencer.site import Site, Ups
from sequencer.standing import cluster_holder, not_proven, stops_itself
from sequencer.task import Family, First, Task
from sequencer.writing import commit, note_idle

T = TypeVar("T")
S = TypeVar("S")

OUTAGE = "outage"
"""What `announce` and `until` are about when an outage is newly confirmed, here or by a peer,"""

TURNS = "turns"
"""and when it may be the turn of another servers' UPS; else they are about a device."""


class Run:
    """A life begins when its node's service starts and ends when the node halts or loses power."""

    def __init__(
        self, env: simpy.Environment, site: Site, me: str, ports: Ports, stream: Stream, life: str
    ) -> None:
        self.env = env
        self.site = site
        self.me = me
        self.ports = ports
        self.life = life
        self.born_s = float(env.now)
        self.wall_ahead_s: float | None = None
        """Of our wall clock before our own, when this life looked first."""
        self.facts = Facts(site.upses)
        self.went_before = frozenset[str]()  # UPSes that had gone off before our boot, as was known then
        self.mains = {name: MainsView() for name in site.upses}
        self.scope = Scope()
        self.commands = False
        """Whether this node is the commander now. Checked before every command (S13, S14)."""
        self.claims = False
        """Whether it is about to be, and says so to its peers."""
        self.by_word = False
        """Whether it commands on the cluster's word; it counts on when the cluster has stopped (S13)."""
        self.superseded = False
        """While we command another node's lease has reached us: ours is over (S14)."""
        self.follower = ""
        """Whose lease that was: though we do not hear it otherwise, it may be at work (N3, S13)."""
        self.heir = ""
        """To whom this life has left the command, our journal being broken (C5);"""
        self.left_s = 0.0  # and when
        self.declined: set[str] = set()  # nodes that did not take it
        self.on_standing: Callable[[], None] = lambda: None
        """Called when either has changed, or our journal is broken."""
        self.permit: Callable[[str, str], Refusal | None] = lambda device, command: None
        """Asked before every command and job: whether anything may be sent at all (X-12, SEC-30)."""
        self.asked_to_stop: set[str] = set()
        """Servers at their stop jobs, or that accepted their shutdown, are down, or are declared lost."""
        self.on_their_way: set[str] = set()
        """The same without those that are still at their jobs: nothing is left to be said to them."""
        self.rebooting: set[str] = set()
        """Servers that we, or the cluster's manager, told to restart and that we have not seen up again."""
        self.cluster = ClusterView()
        self.caught_up = False  # whether this commander has made up for what schedules missed
        self.passed_on: list[Row] = []  # requests that peers were asked, for whoever commands
        self.deciding: set[str] = set()
        """Ids of requests that this life accepts or refuses, or has."""
        self.forcing: set[str] = set()  # servers that a page of the runbook is about to force off
        self.pages = Pages(env)
        self.given_up: set[str] = set()
        """Servers that were not halted at their limit, and UPSes that were not seen off at theirs."""
        self.left_on: set[str] = set()  # UPSes whose OFF no journal keeps, with somebody up on them (S30)
        self.telling_off: set[str] = set()
        """UPSes that a page of the runbook is about to tell to go off; another one waits for it."""
        self.told_off_s: dict[str, float] = {}  # when that was sent last,
        self.told_on_s: dict[str, float] = {}  # and when an ON was
        self.telling_on: set[str] = set()  # UPSes that a page is switching on; another one waits for it
        self.idle_s: dict[str, float] = {}
        """UPSes: when their card said last that nothing counts down, before a peer's OFF of it was heard."""
        self.to_be_told: set[str] = set()
        """UPSes whose OFF stands in the journal already, and has still to be sent."""
        self.noted: set[str] = set()
        """UPSes whose OFF this life has written down before it was time to send it (S30)."""
        self.settled: set[str] = set()
        """UPSes seen off, arrays cut, or given up with an alarm."""
        self.off_beside: set[str] = set()  # UPSes that are off, and share a load with one that is out
        self.used_again: set[str] = set()
        """Arrays of which a user was started by hand since their flush began."""
        self._charges: dict[str, tuple[float, float, float]] = {}
        self._return_charges: dict[str, float] = {}
        self.powered: set[str] = set()
        """UPSes of arrays and servers that are on again, or would not go on."""
        self.held_up: set[str] = set()
        """UPSes that cannot go on yet: no mains, no charge, an array that is not ready."""
        self.ready_since: dict[str, float] = {}
        """Arrays that have been seen ready without a break since."""
        self._stream = stream
        self._tasks: list[Task] = []
        self._family = Family()
        self._news = News(env)
        self._said: set[tuple[str, str]] = set()
        self.over = False

    # Processes

    def spawn(self, steps: Steps[Any]) -> Task:
        """Start these steps beside the present ones, as part of them if they run in a task."""
        assert not self.over, "a life that has ended starts nothing"
        task = Task(self.env, steps, self._family)
        if self._family.running is None:
            self._tasks = [t for t in self._tasks if not t.over]
            self._tasks.append(task)
        task.start()
        return task

    def spawn_apart(self, steps: Steps[Any]) -> None:
        """Beside everything, as part of nothing that is at work; of a life that has ended nothing goes on."""
        if not self.over:
            page, self._family.running = self._family.running, None
            self.spawn(steps)
            self._family.running = page

    def stand(self, *, claims: bool = False, commands: bool = False) -> None:
        """Whether we command, or claim to be about to: our peers see it."""
        self.claims, self.commands, self.superseded, self.by_word = claims, commands, False, False
        self.on_standing()

    def stop(self) -> None:
        """Somebody has stopped us where we are (C7): whatever comes, nothing of this life goes on."""
        self._family.stopped = []

    def go_on(self) -> None:
        """What came meanwhile is worked off one after the other, at what is now."""
        waiting, self._family.stopped = self._family.stopped or [], None
        for resume in waiting:
            self.env.timeout(0).callbacks.append(resume)

    def end(self) -> None:
        """The node is gone: nothing of this life runs, waits or sends from here on."""
        self.over = True
        self.commands = False
        for task in self._tasks:
            task.close()
        self._tasks.clear()

    def together(self, *all_steps: Steps[Any]) -> Steps[None]:
        """Run these side by side; done when all are. The last of them needs no task of its own."""
        tasks = [self.spawn(steps) for steps in all_steps[:-1]]
        if all_steps:
            yield from all_steps[-1]
        for task in tasks:
            if not task.processed:
                yield task

    def race(self, *all_steps: Steps[Any]) -> Steps[int]:
        """Run these side by side until one is done; close the others. Which one it was."""
        tasks = [self.spawn(steps) for steps in all_steps]
        try:
            winner = yield First(self.env, *tasks)
        finally:
            for task in tasks:
                task.close()
        return tasks.index(winner)

    # Waiting

    @property
    def now(self) -> float:
        return float(self.env.now)

    def pause(self, for_s: float) -> Steps[None]:
        if for_s > 0:
            yield self.env.timeout(for_s)

    def announce(self, *about: str) -> None:
        """Something this life knows has changed; whoever waits in `until` looks again. With `about` nothing
        but this: those who wait for news of something else sleep on."""
        self._news.announce(*about)

    def until(self, true: Callable[[], bool], about: str = "") -> Steps[None]:
        """Wait until what this life knows makes it true: looked at whenever there is news (`about` this)."""
        while not true():
            yield self.news(about)

    def until_all(self, names: Collection[str], known: set[str]) -> Steps[None]:
        """Wait until each of these devices is in the set; whoever puts one there announces it."""
        while not known.issuperset(names):
            yield self.news(next(name for name in names if name not in known))

    def wait(self, *answers: simpy.Event, by_s: float | None = None) -> Steps[simpy.Event | None]:
        """Wait for the first of these, or until `by_s`; None when the time has come."""
        if by_s is None and len(answers) == 1:
            if not answers[0].processed:
                yield answers[0]
            return answers[0]
        if by_s is None:
            first: simpy.Event = yield First(self.env, *answers)
            return first
        if by_s <= self.now:
            for answer in answers:
                if answer.processed:
                    return answer
                if isinstance(answer, Answer):
                    answer.withdraw()
            return None
        timer = self.env.timeout(by_s - self.now)
        first = yield First(self.env, *answers, timer)
        return None if first is timer else first

    def until_seen(
        self, port: Looker[S], condition: Condition[S], *, by_s: float | None = None, eager: bool = False
    ) -> Steps[bool]:
        """Wait until a fresh reading meets it, or until `by_s`; whether one has.

        A watcher is answered also when its device falls silent, and that says nothing (S11).
        """
        while True:
            seen = port.seen()
            if seen.fresh and seen.status is not None and condition.met(seen.status):
                return True
            if by_s is not None and self.now >= by_s:
                return False
            yield from self.wait(port.until(condition, eager=eager), by_s=by_s)

    def all_of(self, *answers: simpy.Event) -> Steps[None]:
        """Wait until all of these have answered; they were asked at once."""
        for answer in answers:
            if not answer.processed:
                yield answer

    def news(self, about: str = "") -> simpy.Event:
        """The next announcement (that can concern `about`), to be waited for beside other things."""
        return self._news.next(about)

    def news_when(self, true: Callable[[], bool]) -> Answer[None]:
        """The next announcement of anything by which this is true; hundreds sleep through the rest."""
        return self._news.when(true)

    # Words and memory

    def tell(self, event: str, subject: str, **details: Any) -> None:
        self._stream.seen(self.now, event, subject, self.me, **details)

    def tell_once(self, event: str, subject: str, words: str, **details: Any) -> None:
        """The same only when the words are new: a refusal is not repeated at every look."""
        if (event + subject, words) not in self._said:
            self._said.add((event + subject, words))
            self.tell(event, subject, **details)

    def say_anew(self) -> None:
        """A new outage: what was said in an earlier one does not silence it."""
        self._said.clear()

    def alarm(self, subject: str, text: str, rule: str = "", upses: str = "") -> None:
        """`upses`: those that it is about, where the subject is another device."""
        more = {name: value for name, value in (("rule", rule), ("upses", upses)) if value}
        self.tell_once("alarm.raised", subject, text, text=text, **more)

    def alarm_is_over(self, subject: str, text: str, rule: str) -> None:
        """It is not so any more, and whoever was told hears that; should it be so again, that is news."""
        if ("alarm.raised" + subject, text) in self._said:
            self._said.remove(("alarm.raised" + subject, text))
            self.tell("alarm.cleared", subject, text=text, rule=rule)

    def commit(self, kind: Kind, subject: str, **details: Any) -> Steps[None]:
        """Make a fact durable before acting on it, and copy it to the peers that can be reached."""
        return commit(self, kind, subject, details)

    def hear(self, *rows: Row) -> None:
        """Rows that the peer has committed and copied."""
        note_idle(self, *rows)
        self.learn(*rows)
        self.passed_on += [row for row in rows if row.kind is Kind.ASKED]
        leases = [row.subject for row in rows if row.kind is Kind.LEASE and row.subject != self.me]
        if self.commands and leases:
            self.superseded, self.follower = True, leases[-1]
        reached = [REACHED] if any(row.kind is Kind.REACHED for row in rows) else []
        overtaken = [WANTS] if self.facts.epoch != self.cluster.of_epoch else []
        self.announce(OUTAGE, *reached, *overtaken, *(TOPICS.get(row.kind, row.subject) for row in rows))

    def learn(self, *rows: Row) -> None:
        """Rows of an earlier life of ours, or a peer's. That they are of a later incident is said (S14), or
        of one that is open, and has the number of a stop of ours: we did not know of it (L4)."""
        before, is_open = self.facts.epoch, self.facts.open
        self.facts.learn(rows, self.now)
        for name, view in self.mains.items():
            if view.as_told and not (self.facts.open and name in self.facts.confirmed):
                view.confirmed = view.as_told = False
        if self.now <= self.born_s + self.site.start.first_look_limit_s:
            self.went_before = self.facts.went_before
        if self.facts.epoch > before or self.facts.open > is_open:
            self.tell("journal.heard", self.site.name, epoch=self.facts.epoch)

    # Commands and steps

    def command(
        self,
        device: str,
        command: str,
        ask: Callable[[], Answer[Receipt]],
        guard: Callable[[], Refusal | None],
        *,
        by_s: float | None = None,
        **details: Any,
    ) -> Steps[Receipt]:
        """Pass the guard, send once, say what came back by then. A node may always stop itself (S13)."""
        itself = stops_itself(self, device, command)
        refusal = None if itself else self.not_commander() or not_proven(self, device, command)
        refusal = refusal or self.in_other_hands(device) or guard()
        refusal = refusal or without_a_journal(self, device, command) or self.permit(device, command)
        if refusal is not None:
            self.refused(device, command, refusal)
            return Receipt(Accepted.NO, refusal.reason, sent=False)
        answer = ask()  # first: who dies before it has sent nothing, and has not said so
        self.tell("command.sent", device, command=command, epoch=self.facts.epoch, **details)
        heard = yield from self.wait(answer, by_s=by_s)
        receipt = Receipt(Accepted.UNKNOWN, "no answer in time") if heard is None else (yield from answer)
        if not receipt.ok:
            self.tell("command.failed", device, command=command, reason=receipt.reason)
        return receipt

    def age(self, *ports: Looker[Any]) -> dict[str, float]:
        """`age_s` of the oldest reading a guard needs; {}: it needs none, or there never was one (S11)."""
        readings = [port.seen() for port in ports]
        if not readings or any(seen.status is None for seen in readings):
            return {}
        return {"age_s": round(self.now - min(seen.at_s for seen in readings), 3)}

    def return_charge_pct(self, ups: Ups) -> float:
        """`timing.return_charge_pct`, computed once: it goes through the whole site, which stays as it is."""
        if ups.name not in self._return_charges:
            self._return_charges[ups.name] = timing.return_charge_pct(self.site, ups)
        return self._return_charges[ups.name]

    def charge_eta(self, ups: str, has_pct: float, need_pct: float) -> dict[str, float]:
        """`eta_s` until a battery holds enough, at the rate seen since it was last asked; {} at first."""
        at_s, pct, pct_per_s = self._charges.get(ups, (self.now, has_pct, 0.0))
        if self.now > at_s:
            pct_per_s = (has_pct - pct) / (self.now - at_s)
        self._charges[ups] = (self.now, has_pct, pct_per_s)
        return {"eta_s": round((need_pct - has_pct) / pct_per_s)} if pct_per_s > 0 else {}

    def not_commander(self) -> Refusal | None:
        """S13, S14: asked again before every command, since the group may have moved while we waited."""
        holder = cluster_holder(self)
        if not self.commands or holder not in (None, self.me):
            return Refusal("S13", "this node does not command")
        if self.superseded:
            return Refusal("S14", "another node has taken the command since")
        for name, peer in self.ports.peers.items():
            seen = peer.seen()
            if holder is None and seen.fresh and seen.status is not None and seen.status.commands:
                return Refusal("S13", f"{name} says that it commands")
        return None

    def in_other_hands(self, device: str) -> Refusal | None:
        """S27: what somebody holds receives no command until it is released."""
        return Refusal("S27", f"{device} is held") if device in self.facts.held else None

    def released(self, device: str) -> Steps[None]:
        """Wait until nobody holds this device."""
        while (refusal := self.in_other_hands(device)) is not None:
            words = f"{device} to be released"
            self.tell_once("step.waiting", device, f"held {self.facts.epoch}", step=words, rule=refusal.rule)
            yield self.news()

    def wall_s(self) -> float:
        """What our own wall clock shows, seconds since 1970 UTC."""
        return self.ports.wall.now().timestamp()

    def refused(self, device: str, command: str, refusal: Refusal) -> None:
        self.tell_once(
            "command.refused",
            device,
            f"{command} {refusal.rule} {refusal.reason}",
            command=command,
            rule=refusal.rule,
            reason=refusal.reason,
        )
