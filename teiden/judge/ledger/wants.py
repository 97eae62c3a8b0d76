"""What schedules and requests want of each server, as the stream tells it, and whether it came about.

The last word about a server counts: the later instant, and of two at the same instant the one that wants it
up. A control node that was stopped and is up again, by its UPS's timer or by a hand, is wanted up from then
on, and with it everybody whom the same word had stopped, as far as it knows: those as if it had ended when it
was told, for what was said of them since goes on (T7). Not so one that is booted onto power that counts down
still: it can only go down again. Nor one that goes down while nobody who is up has heard that word, which has
not stopped it (C2). Nor one that restarts, whoever told it to (R2-08), or that went down when its power had
been told to come back with the mains (T7): that word has not stopped it, and what was wanted of it is still
to come. Whose battery ends while all stop by that word has been stopped by it, if that stop has come to its
end when it is up again. So has who was on his way down for an outage, if his power has been told since that
word not to come back with the mains; or if he has heard it, and says at his boot that it stopped him.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import timedelta
from math import nextafter

from sequencer import calendar
from sequencer.events import Event
from sequencer.journal import LATER_S, Goal
from sequencer.requests import Wish
from sequencer.schedules import Cause, Combine, Schedule
from sequencer.site import ServerRole, Site
from sequencer.slept import THEN
from teiden.judge.history import History
from teiden.judge.ledger.goings import Goings
from teiden.judge.ledger.heard import Heard
from teiden.judge.ledger.hold import Hand, Hands
from teiden.judge.ledger.power import ALWAYS, Fold, Power
from teiden.judge.ledger.want import Want, order
from teiden.judge.wiring import Wiring

DAY = timedelta(days=1)
WISHES = {
    Wish.POWER_OFF.value: Goal.DOWN,
    Wish.POWER_ON.value: Goal.UP,
    Wish.CLUSTER_SHUTDOWN.value: Goal.DOWN,
    Wish.SERVER_SHUTDOWN.value: Goal.DOWN,
}
"""Of what the cluster's manager reboots, nothing is wanted of us."""
BY_HAND = (Wish.HOLD.value, Wish.RELEASE.value)
BY_MANAGER = (Wish.CLUSTER_SHUTDOWN.value, Wish.SERVER_SHUTDOWN.value)
"""The cluster's manager has begun that stop when it tells us."""


class Wants:
    def __init__(self, site: Site, history: History, wiring: Wiring, power: Power, spread: Heard) -> None:
        self.site = site
        self._power = power
        self._spread = spread
        self._start_at = history.start_at
        self._nodes, self._disk_upses = wiring.nodes, wiring.control_array_upses
        self._everybody = [s.name for s in site.servers.values() if s.role is not ServerRole.POOL]
        self.of: dict[str, Want] = {}
        """By server: the last word."""
        self.words: defaultdict[str, list[Want]] = defaultdict(list)
        """By server: every word there was."""
        self.told_n: defaultdict[str, int] = defaultdict(int)
        """By server: how many words there were about it."""
        self.start_asked: Event | None = None
        """The last request to start everything."""
        self.hands = Hands()
        self._goals: defaultdict[str, list[tuple[float, Goal]]] = defaultdict(list)
        self._heard: set[str] = set()
        self._goings = Goings(site, wiring, power)
        self._went_down: dict[str, tuple[float, bool]] = {}
        """By server that is wanted down: when it last went down, and whether it had been down before that."""
        self._astray: dict[str, Want] = {}
        """By server that is up as it is wanted though its own UPSes give it no power: by which word."""
        self._fell: dict[str, Want] = {}
        """By server that crashed unstopped, and is not to return with the mains: its last word then."""
        self._on_its_way: dict[str, tuple[Want, float]] = {}
        """By node that heard on its way down, for good, that it is wanted so: by which word, and when it was
        down. It says itself at its boot whether that has stopped it."""
        self._restarts_by_s: dict[str, float] = {}
        """By node that said since its last word that it only boots again: by when it has begun to, as far as
        its system's uptime tells; it may have crashed in that, and be booted by hand (C2)."""
        self._down_by: dict[str, Want] = {}
        """By node that has gone down as wanted: by which word."""
        self._skew_s: defaultdict[str, float] = defaultdict(float, history.skew_s)
        self._ended = [e for e in history.told if THEN in e.subject and e.details.get("kind") == "wanted"]
        """Rows in which a node that has booted says that the word which had stopped it is over."""

    def folds(self) -> Mapping[str, Fold]:
        return {
            "schedule.fired": self._fired,
            "request.accepted": self._accepted,
            "hold.set": self._hold,
            "hold.released": self._hold,
            "clock.stepped": self._stepped,
            **self._goings.folds,
            "journal.committed restarts": self._notes_restart,
            "server.shutting_down": self._goes_down,
            "server.halted": self._is_down,
            "server.forced": self._is_forced,
            "server.crashed": self._is_down,
            "server.booting": self._boots,
            "server.up": self._is_up,
            "ups.output_on": self._gives_power,
        }

    # Questions

    def goal(self, server: str) -> Goal | None:
        want = self.of.get(server)
        return None if want is None else want.goal

    def down(self, server: str) -> bool:
        want = self.of.get(server)
        return want is not None and want.goal is Goal.DOWN

    def goal_at(self, server: str, t: float) -> Goal | None:
        """What was wanted of it then."""
        return next((goal for told_s, goal in reversed(self._goals[server]) if told_s <= t), None)

    def told(self) -> Iterator[Event]:
        """Everything that has told a word."""
        yield from {id(want.event): want.event for words in self.words.values() for want in words}.values()

    def known(self, server: str, can_know: Callable[[Event], bool]) -> Want | None:
        """The last word about it that somebody can know; of a boot, who can know what it ended too."""
        words = [w for w in self.words[server] if can_know(w.event) and can_know(w.ends or w.event)]
        return max(words, key=order, default=None)

    def last_known(
        self, server: str, can_know: Callable[[Event], bool], is_told: Callable[[Event], bool]
    ) -> list[Want]:
        """Which words may be the last one about it that somebody knows: none that is older than one that he
        has surely been told, `is_told`; a later one he has heard, perhaps, `can_know`."""
        told = self.known(server, is_told)
        words = (w for w in self.words[server] if can_know(w.event) and can_know(w.ends or w.event))
        return [w for w in words if told is None or w is told or order(w) > order(told)]

    def taken_back(self, server: str) -> list[Want]:
        """The words that want it up since one that did not, in order; none where the last one does not, or
        none ever did."""
        words = sorted(self.words[server], key=order)
        others = [n for n, want in enumerate(words) if want.goal is not Goal.UP]
        return words[others[-1] + 1 :] if others else []

    def clock_s(self, t: float, by: str) -> float:
        """What the clock of this node shows, as seconds since the start of the run."""
        return t + self._skew_s[by]

    # Folding

    def _fired(self, event: Event) -> None:
        goal = GOALS.get(str(event.details.get("goal")))
        if goal is None:
            return
        cause = str(event.details.get("id", ""))
        at_s = self._instant_s(event, cause)
        for server in _listed(event.details.get("servers")):
            self._want(server, Want(goal, event, cause, at_s))

    def _instant_s(self, event: Event, cause: str) -> float:
        """As the calendar has it; where only the LAN's silence decides, and where there is none, as told."""
        late_s = event.details.get("late_s")
        told_s = self.clock_s(event.t, event.by) - (late_s if isinstance(late_s, int | float) else 0.0)
        schedule = self.site.schedules.get(event.subject)
        if schedule is None or self._start_at is None or waits_for_lan(schedule):
            return told_s
        about = self._start_at + timedelta(seconds=told_s)
        found = calendar.instants(self.site, schedule, about - DAY, about + DAY)
        return next(((i.at - self._start_at).total_seconds() for i in found if i.id == cause), told_s)

    def _accepted(self, event: Event) -> None:
        wish, cause = str(event.details.get("wish")), str(event.details.get("id", ""))
        named = _listed(event.details.get("of"))
        if wish in BY_HAND:
            self.hands.told(cause, named, event.by)
        if wish not in WISHES or cause in self._heard:
            return
        self._heard.add(cause)
        if wish == Wish.POWER_ON.value and not named:
            self.start_asked = event
        meant = tuple(named or self._meant(wish))
        at_s = self._counts_from_s(event, meant)
        for server in meant:
            begun = wish in BY_MANAGER and self._goings.for_good(server, event.t)
            self._want(server, Want(WISHES[wish], event, cause, at_s, begun=begun))

    def _hold(self, event: Event) -> None:
        self.hands.of[event.subject].append(Hand(event, self._counts_from_s(event, [event.subject])))

    def _counts_from_s(self, event: Event, meant: Sequence[str]) -> float:
        """By the clock of the node that hears it; if that is behind, after the last word that it can know.

        Of what is wanted of these, and of who holds them, the later word.
        """

        def can_know(word: Event) -> bool:
            return self._spread.can_know(event.by, word, event.t)

        clock_s = self.clock_s(event.t, event.by)
        wanted = (self.known(server, can_know) for server in meant)
        known_s = [want.at_s for want in wanted if want is not None]
        known_s += [hand.at_s for name in meant for hand in self.hands.of[name] if can_know(hand.event)]
        return max([clock_s, *(at_s + LATER_S for at_s in known_s if at_s > clock_s)])

    def _after_known_s(self, clock_s: float, meant: Sequence[str]) -> float:
        """If that clock is behind, after what was said of these before (T4)."""
        known_s = [self.of[server].at_s for server in meant if server in self.of]
        return max([clock_s, *(at_s + LATER_S for at_s in known_s if at_s > clock_s)])

    def _meant(self, wish: str) -> Iterator[str]:
        """Nobody is named: the nodes by the cluster's manager, else everybody who can be switched."""
        yield from self.site.cluster.nodes if wish == Wish.CLUSTER_SHUTDOWN.value else self._everybody

    def _want(self, server: str, want: Want) -> None:
        if server not in self.site.servers:
            return
        want.ahead_s = self._skew_s[want.event.by]
        want.begun = want.begun or (want.goal is Goal.DOWN and self._stops_for_good(server, want))
        self.told_n[server] += 1
        self._restarts_by_s.pop(server, None)
        self.words[server].append(want)
        known = self.of.get(server)
        if known is None or order(known) < order(want):
            self.of[server] = want
            self._goals[server].append((want.event.t, want.goal))

    def _stops_for_good(self, server: str, want: Want) -> bool:
        """An earlier word stops it just now, this one keeps it down."""
        known = self.of.get(server)
        begun = known is not None and known.goal is Goal.DOWN and known.begun
        return begun and self._goings.for_good(server, want.event.t)

    def _stepped(self, event: Event) -> None:
        self._skew_s[event.subject] += float(event.details.get("by_s") or 0.0)

    def _notes_restart(self, event: Event) -> None:
        limit_s = self.site.servers[event.subject].stop_limit_s + self.site.start.server_limit_s
        self._restarts_by_s[event.subject] = event.t + limit_s

    def _goes_down(self, event: Event) -> None:
        self._goings.under_way.add(event.subject)
        want = self.of.get(event.subject)
        if want is not None:
            self._stops_by(want, event)

    def _stops_by(self, want: Want, event: Event) -> None:
        if want.begun or event.subject in self._goings.restarting:
            return
        known = self._spread.known_since_s(want.event, nextafter(event.t, 0.0)) is not None
        want.begun = known and not self._goings.returns_with_mains(event.subject, want.event.t)

    def _is_forced(self, event: Event) -> None:
        """One that hangs, and does not even begin to stop, is stopped so; any other has been told before."""
        if event.subject not in self._goings.under_way:
            self._goes_down(event)
        self._is_down(event)

    def _is_down(self, event: Event) -> None:
        want, goings = self.of.get(event.subject), self._goings
        if want is not None and want.goal is Goal.DOWN and goings.kept_down(event.subject, want.event.t):
            self._stops_by(want, event)
        elif want is not None and goings.goes_on_for_good(event.subject, want, self._spread):
            self._on_its_way[event.subject] = want, event.t
        if want is not None and goings.goes_for_another_cause(event.subject, want.event.t):
            want.begun &= want.reached  # its power was told a moment after it
        goings.under_way.discard(event.subject)
        self._astray.pop(event.subject, None)
        if event.subject in self._nodes:
            goings.down.add(event.subject)
        if want is not None and want.goal is Goal.DOWN and want.begun:
            self._down_by[event.subject] = want
            self._went_down[event.subject] = event.t, want.reached
            want.reached, want.ahead_s = True, self._skew_s[want.event.by]
        elif want is not None and self._loses_its_own_power(event):
            self._fell[event.subject] = want

    def _loses_its_own_power(self, event: Event) -> bool:
        """It crashes, and is not to boot with its mains. Not for a UPS that feeds it by a mistake (U19): who
        boots then knows nothing of such an end."""
        if event.name != "server.crashed" or self._goings.returns_with_mains(event.subject):
            return False
        return event.details.get("cause") != "power" or not self._has_power(event.subject)

    def _boots(self, event: Event) -> None:
        """In the same instant in which it was down: it restarts."""
        want = self.of.get(event.subject)
        self._goings.down.discard(event.subject)
        if self._on_its_way.get(event.subject, (None, ALWAYS))[1] == event.t:
            self._on_its_way.pop(event.subject)
        if event.t <= self._restarts_by_s.get(event.subject, ALWAYS):
            self._fell.pop(event.subject, None)
        down_s, reached = self._went_down.pop(event.subject, (None, False))
        if down_s == event.t:
            self._down_by.pop(event.subject, None)
        if want is not None and want.goal is Goal.DOWN and down_s == event.t:
            want.begun = want.reached = reached
        elif want is not None and want.goal is Goal.REBOOT:
            want.begun = True

    def _is_up(self, event: Event) -> None:
        self._goings.restarting.discard(event.subject)
        want, node = self.of.get(event.subject), event.subject in self._nodes
        if want is None:
            return
        ended, fell = self._down_by.pop(event.subject, None), self._fell.pop(event.subject, None)
        going, _ = self._on_its_way.pop(event.subject, (None, 0.0))
        if over := node and ended is not None and self._is_over(want, ended, event):
            self._is_woken(event, ended)
        if want.goal is not Goal.DOWN:
            comes = want.goal is Goal.UP and not self._is_doomed(event)
            if comes and not self._has_power(event.subject):
                self._astray[event.subject], comes = want, False
            if want.begun and not want.reached:
                want.restarted = event
            want.reached = want.reached or comes or want.begun
        elif node and not over:
            word = self._known_at_boot(event, ended) or want
            came = fell is word and self._has_come_to_its_end(event.subject, word, event.t)
            word.begun = word.begun or came or (going is word and any(self._said_by(event, word.cause)))
            self._is_woken(event, word)

    def _is_over(self, want: Want, ended: Want, boot: Event) -> bool:
        """A boot ends the word by which that node is down though another word is about it since: another has
        woken before, by another word; or only who is down has heard that it is wanted up (C2). Whose boot has
        ended the same one did so for all: what was wanted since then counts, by his clock (T4).
        And so it does, if a node says so, unless it has heard that it is wanted up by somebody who knew: then
        the others stay down (S28)."""
        heard = self._spread.can_know(boot.subject, want.event, boot.t)
        by_another = want.ends is not None and want.cause != ended.cause
        if by_another or (want.goal is Goal.UP and not heard):
            return True
        knew = want.ends is not None or self._spread.can_know(want.event.by, ended.event, want.event.t)
        answered = heard and knew and want.goal is not Goal.DOWN
        return not answered and next(self._said_by(boot, ended.cause), None) is not None

    def _has_come_to_its_end(self, node: str, word: Want, at_s: float) -> bool:
        """A stop in which this one crashed: the others are down, or woken since; or a control disk has lost
        its power since it was told. Not while somebody holds this one, as far as it can know: nobody could
        stop it then."""
        if self.hands.holds(node, lambda hand: self._spread.can_know(node, hand, at_s)):
            return False
        others, power = self._nodes - {node}, self._power
        wanted = (self.of[other] for other in others if other in self.of)
        woken = any(want.ends is not None and want.at_s > word.at_s for want in wanted)
        fell = (power.fell.get(u) for u in self._disk_upses if not power.output[u])
        went = any(e is not None and e.t >= word.event.t for e in fell)
        return woken or went or self._goings.are_down(others)

    def _is_woken(self, event: Event, want: Want) -> None:
        """With it everybody whom the word has stopped that had stopped it. It itself also where a word that
        it has not heard wants it down by now: by the clocks its boot came after that."""
        if want.begun and not self._is_doomed(event):
            of = self.of.items()
            stopped = [s for s, other in of if other.cause == want.cause and other.goal is Goal.DOWN]
            now_s = self.clock_s(event.t, self._speaker(event, want.cause))
            at_s = self._after_known_s(now_s, [name for name in stopped if name in self._nodes])
            for server in dict.fromkeys((event.subject, *stopped)):
                counts_s = at_s if server in self._nodes else self.of[server].at_s + LATER_S
                self._want(server, Want(Goal.UP, event, want.cause, counts_s, ends=want.ends or want.event))
            self.of[event.subject].reached = True

    def _speaker(self, boot: Event, cause: str) -> str:
        """Of nodes that boot at once one says for all that this word is over; his clock counts (T4)."""
        return next(self._said_by(boot, cause), boot.subject)

    def _said_by(self, boot: Event, cause: str) -> Iterator[str]:
        """Who says at this boot that this word is over."""
        by_s = boot.t + self.site.start.first_look_limit_s
        return (e.by for e in self._ended if e.subject.startswith(cause + THEN) and boot.t <= e.t <= by_s)

    def _known_at_boot(self, event: Event, ended: Want | None) -> Want | None:
        """The word that stopped it, or a later one that it knows: not what only who is down has heard."""
        known = self.known(event.subject, lambda word: self._spread.can_know(event.subject, word, event.t))
        down = [want for want in (ended, known) if want is not None and want.goal is Goal.DOWN]
        return max(down, key=order, default=None)

    def _gives_power(self, event: Event) -> None:
        for server in list(self._astray):
            if self._has_power(server):
                self._astray.pop(server).reached = True

    def _has_power(self, name: str) -> bool:
        """From its own UPSes. Of one that has none nobody knows."""
        server = self.site.servers[name]
        return not server.upses or self._power.fed(server)

    def _is_doomed(self, event: Event) -> bool:
        return self._power.counts_down_under(self.site.servers[event.subject], event.t)


GOALS = {goal.value: goal for goal in Goal}


def waits_for_lan(schedule: Schedule) -> bool:
    """Its off comes when its time has come and the LAN is silent too."""
    return Cause.LAN in schedule.off_by and schedule.off_when is Combine.ALL


def _listed(names: object) -> list[str]:
    return [name for name in str(names or "").split(", ") if name]
