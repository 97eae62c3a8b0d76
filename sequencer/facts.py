"""What the rows of a journal amount to: one life's picture of the incident, and of what lasts beyond it."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable
from dataclasses import replace
from math import inf

from sequencer.journal import LASTING, LATER_S, Armed, Goal, Kind, Row, Want, _sooner


class Facts:
    """What the rows of the last incident say, and what is wanted and held, whatever their order.

    A node that was down when they were written hears them late, from its peer; so every row only
    adds to what is known of its epoch, and rows of an earlier epoch add nothing. Wants and holds
    outlive incidents; there the later wall time counts.
    """

    def __init__(self, upses: Container[str] | None = None) -> None:
        """`upses`: of the site; what an older site file knew besides can neither be seen nor switched."""
        self._upses = upses
        self.epoch, self.declared, self.closed = 0, False, False
        self.wants: dict[str, Want] = {}
        self._wanted: dict[str, dict[str, Want]] = {}
        """All that was wanted of each, by what: when the last word is heard to be older another one is."""
        self.causes: set[str] = set()
        """Ids of the instants and requests that have been heard: each counts once (S35)."""
        self.refused: dict[str, str] = {}
        """Ids of requests that were refused, and why."""
        self.asked_by: dict[str, str] = {}
        """By id of a request: whose it is, where he says so."""
        self.carried_out: set[str] = set()
        """Ids of stops that whoever told them carries out himself, as the cluster's manager does (R2-08)."""
        self.watched_by: dict[str, float] = {}
        """When each node took the command last, by its own wall clock."""
        self.led: dict[str, int] = {}
        """By node: the last incident that it knew of when it took the command, or has opened itself."""
        self.watched_s: float | None = None
        """Wall time up to which schedules were watched; what fired since is in `causes`."""
        self._holds: dict[str, tuple[float, str, bool]] = {}
        self._words: dict[tuple[str, str], float] = {}
        """By word and device: when the first of those who wrote it down by themselves did,"""
        self._after: dict[tuple[str, str], float] = {}
        """and the last that any of them knew of that device by then."""
        self._told_as: dict[tuple[str, float], str] = {}
        """Which word it was, of a server and the time by which one of those wrote it down."""
        self._shut_down: dict[str, tuple[float, bool]] = {}
        """By server: when it was last written down that people have shut it down, or not any more."""
        self._reached: dict[str, set[float]] = {}
        self.stopped_in_boot: dict[str, float] = {}
        """Nodes that have gone by a word in their boot, of which they know nothing: from when that counts."""
        self._restarts: dict[str, float] = {}
        self.restarts_s: float | None = None
        """When this life heard last that the cluster was told to restart, in an incident or in none."""
        self.rebooted_s: float | None = None
        """The same of a node that says it goes down to boot again, as the manager reboots all of them."""
        self.manager_reboots_s: float | None = None
        """When this life heard last that its manager reboots the whole cluster, as a node was told."""
        self.armed: dict[str, Armed] = {}
        self.armed_before: dict[str, Armed] = {}
        """OFFs whose time was over when another outage was declared before the incident was closed, or when
        that UPS was told anew."""
        self.left_open: tuple[int, frozenset[str], frozenset[str]] | None = None
        """An incident that one of a later number has overtaken, of nobody who knew of it; whose, and who had
        run."""
        self._overtaken: tuple[int, frozenset[str], frozenset[str]] | None = None
        """The last that was open then, until somebody tells who knew of it."""
        self._opened: dict[str, int] = {}
        """By node: the last incident that it opened, as far as anybody here has heard."""
        self._empty(0)

    def _begin(self, row: Row, heard_s: float) -> None:
        """What still counts down goes on doing so, whoever asked for it."""
        counting = {ups: armed for ups, armed in self.armed.items() if not armed.is_over(row, heard_s)}
        goes_on = row.epoch > self.epoch and self.open
        self.armed_before = {**self.armed_before, **self.armed} if goes_on else {}
        self.armed = counting
        self._empty(row.epoch)

    def _empty(self, epoch: int) -> None:
        self.epoch = epoch
        self.declared = False
        self.declared_by: set[str] = set()
        """Lives that have opened it: two that do not hear each other may give theirs one number (C9)."""
        self.turned = False
        self.closed = False
        self.was_running: frozenset[str] = frozenset()
        self.confirmed: set[str] = set()
        self.confirmed_s: dict[str, float] = {}
        """And when this life first heard of each,"""
        self.confirmed_by: dict[str, str] = {}
        """and the life that wrote it down first."""
        self.flush_asked: dict[str, float] = {}
        """Arrays, and when this life heard that they were asked."""
        self.flush_settled: set[str] = set()
        self.used_again: set[str] = set()
        """Arrays that somebody has used since they were asked last, and that are to be asked anew (S2)."""
        self.restart_asked: dict[str, float] = {}
        """The cluster, and when this life heard that it was told to restart."""
        self.dark_then = frozenset[str]()
        """UPSes that had gone off before the life booted that told it so, and that it never heard."""
        self.seen_off: set[str] = set()
        """UPSes that some life has seen off in this incident."""
        self.seen_down: set[str] = set()
        """Control nodes that were seen down for good in this incident, and have not commanded since."""
        self.stop = ""
        """A stop of the control side that nobody's outage causes: by which wish or schedule."""
        self.planned = ""
        """Up to which want the planned stop of this epoch goes."""
        self.start_asked = False
        self.jobs: set[tuple[str, str]] = set()
        """Server and job: done, failed or given up."""
        self._sets = {
            Kind.CONFIRMED: self.confirmed,
            Kind.FLUSH_SETTLED: self.flush_settled,
            Kind.SEEN_OFF: self.seen_off,
            Kind.SEEN_DOWN: self.seen_down,
        }
        self._ends = {Kind.LEASE: self.seen_down, Kind.SEEN_ON: self.seen_off}
        """What is not so any more of whom this is told: it is up again, or on."""
        self._asked = {Kind.FLUSH_ASKED: self.flush_asked, Kind.CLUSTER_RESTART_ASKED: self.restart_asked}

    def reached(self, server: str) -> bool:
        """Whether it has been seen as it is wanted; an operator's hand since then is not fought (O1).

        What came about of a word counts as that does: by a clock that is ahead it would be of a later one.
        """
        want = self.wants.get(server)
        return want is None or self._has_come_about(server, want)

    def went_down(self, server: str) -> bool:
        """By the last word about it that has come about, whatever is wanted since."""
        words = self._wanted.get(server, {}).values()
        done = [want for want in words if self._has_come_about(server, want)]
        return bool(done) and max(done, key=lambda want: want.at_s).goal is Goal.DOWN

    def _has_come_about(self, server: str, want: Want) -> bool:
        return any(
            self._words.get((self._told_as.get((server, at_s), ""), server), at_s) >= want.at_s
            for at_s in self._reached.get(server, ())
        )

    def named_by(self, cause: str) -> list[str]:
        """Servers of which this word wants something, or did before a later one."""
        return [name for name, words in self._wanted.items() if cause in words]

    @property
    def knew(self) -> list[str]:
        """What whoever opens or closes an incident says of those that he knows of."""
        return [f"{node}/{epoch}" for node, epoch in sorted(self._opened.items())]

    def later_s(self, wall_s: float, names: Collection[str]) -> float:
        """When a word about these counts from that is heard now: our clock may be behind what is known (T4).

        Their last word was perhaps written by another clock; of wants and holds the later one counts.
        """
        known_s = self.known_s(names)
        return known_s + LATER_S if known_s > wall_s else wall_s

    def known_s(self, names: Collection[str]) -> float:
        """From when the last word about these counts that is known; -inf: there is none."""
        known = [self.wants[name].at_s for name in names if name in self.wants]
        known += [self._holds[name][0] for name in names if name in self._holds]
        known += [self._shut_down[name][0] for name in names if name in self._shut_down]
        return max(known, default=-inf)

    def restarted_s(self, node: str) -> float | None:
        """Wall time of when it went down to boot again, by its own word, since its last want; None: not."""
        want, at_s = self.wants.get(node), self._restarts.get(node)
        return None if want is None or at_s is None or at_s < want.at_s else at_s

    @property
    def held(self) -> frozenset[str]:
        return frozenset(name for name, (_, _, held) in self._holds.items() if held)

    def shut_down(self, server: str) -> bool:
        """So people had left it when it was heard last in no incident."""
        return not self._shut_down.get(server, (0.0, True))[1]

    @property
    def open(self) -> bool:
        return self.declared and not self.closed

    @property
    def down(self) -> bool:
        """The goal of the open incident: down, or up again."""
        return self.open and not self.turned

    @property
    def went_before(self) -> frozenset[str]:
        """UPSes that have gone off, to a life that boots now: told to until the mains return, or for a sleep,
        as we went, or seen off on the way down.

        Halted we had power: had those stayed on that were told so we would not have booted. A restart of the
        cluster boots us all the same, and proves nothing; then it counts what was known to who asked for it.
        """
        if self.restart_asked:
            return self.dark_then
        told = {**self.armed_before, **self.armed}
        returning = frozenset(ups for ups, off in told.items() if off.returns or off.sleeps)
        return returning | self.seen_off if self.down else returning

    def learn(self, rows: Iterable[Row], heard_s: float) -> None:
        for row in rows:
            self.apply(row, heard_s)
            if row.kind in (Kind.LEASE, Kind.DECLARED):
                node = row.life.rpartition("/")[0]
                self.led[node] = max(row.epoch, self.led.get(node, 0))

    def apply(self, row: Row, heard_s: float) -> None:
        """`heard_s` on the clock of this life. A late hearing only makes it wait longer."""
        self._apply_lasting(row)
        self._note_restarts(row, heard_s)
        self._note_left_open(row)
        if row.epoch > self.epoch:
            self._begin(row, heard_s)
        elif row.epoch < self.epoch or self.closed:
            return  # about an incident that is over
        if row.kind is Kind.CONFIRMED and self._upses is not None and row.subject not in self._upses:
            return
        if row.kind is Kind.CONFIRMED:
            self.confirmed_s.setdefault(row.subject, heard_s)
            self.confirmed_by.setdefault(row.subject, row.life)
        if row.kind in self._sets:
            self._sets[row.kind].add(row.subject)
        elif row.kind in self._asked:
            self._asked[row.kind][row.subject] = heard_s
            self.dark_then = frozenset(row.details.get("dark", self.dark_then))
            self.used_again.discard(row.subject)
        elif row.kind in self._ends:
            self._is_back(row)
        else:
            self._apply_to_incident(row, heard_s)

    def _is_back(self, row: Row) -> None:
        self._ends[row.kind].discard(row.subject)
        if (armed := self.armed.get(row.subject)) is not None and "wall_s" in row.details:
            self.armed[row.subject] = replace(armed, back_s=row.details["wall_s"])

    def _note_restarts(self, row: Row, heard_s: float) -> None:
        if row.kind is Kind.CLUSTER_RESTART_ASKED:
            self.restarts_s = heard_s
        elif row.kind is Kind.RESTARTS and row.details.get("all", False):
            self.rebooted_s = heard_s
        elif row.kind is Kind.WANTED and row.details.get("reboots", False):
            self.manager_reboots_s = heard_s

    def _note_left_open(self, row: Row) -> None:
        """Whoever plans a stop knows of no incident that is open, and whoever opens or closes one says which
        he knows of: one that is open here, and not among these, he has not heard of (L1, N2).
        What he has written of that stop, and outlives it, may be heard first."""
        overtakes = row.epoch > self.epoch and self.open
        beside = row.epoch == self.epoch and self.open and row.kind is Kind.CLOSED
        if self._overtaken is None and (overtakes or beside):
            self._overtaken = self.epoch, frozenset(self.declared_by), self.was_running
        if row.kind is Kind.DECLARED:
            self._note_opened(row.life.rpartition("/")[0], row.epoch)
        for node, number in known_to(row).items():  # their own rows may have been thinned out since
            self._note_opened(node, number)
        if self._overtaken is None or row.epoch < self._overtaken[0]:
            return
        epoch, by, _ = self._overtaken
        if row.kind is Kind.CLOSED and row.epoch == epoch:  # another one may have its number (C9)
            ends = by.issubset(row.details.get("opened_by", by))
            self.left_open = self._overtaken = None if ends else self._overtaken
        elif row.kind in (Kind.DECLARED, Kind.CLOSED) and row.epoch > epoch:
            self.left_open = self._overtaken = None if knew_of(row, epoch, by) else self._overtaken
        elif overtakes and row.kind is Kind.PLANNED and by == {row.life}:
            self._overtaken = None  # it was his own: he has closed it, and that word was lost (S28)
        elif overtakes and row.kind in (Kind.PLANNED, *LASTING):
            self.left_open = self._overtaken

    def _note_opened(self, node: str, epoch: int) -> None:
        self._opened[node] = max(epoch, self._opened.get(node, 0))

    def _arms(self, row: Row, heard_s: float) -> None:
        """An OFF. One that fell before it may count yet, as long as nothing tells that this one came."""
        if (fallen := self.armed.get(row.subject)) is not None and fallen.is_over(row, heard_s):
            self.armed_before[row.subject] = fallen
        words = ("returns", "wanted_down", "sleeps")
        returns, down, sleeps = (bool(row.details.get(word, False)) for word in words)
        falls_in_s, wall_s = float(row.details["falls_in_s"]), row.details.get("wall_s")
        after_s = row.details.get("after_s", -inf)
        self.armed[row.subject] = Armed(
            heard_s, falls_in_s, returns, row.life, wall_s, row.at_s, down, sleeps=sleeps, after_s=after_s
        )

    def _apply_to_incident(self, row: Row, heard_s: float) -> None:
        match row.kind:
            case Kind.DECLARED:
                self.declared = True
                self.declared_by.add(row.life)
                self.was_running |= frozenset(row.details["was_running"])
                self.stop = self.stop or row.details.get("stop", "")
            case Kind.RAN:
                self.was_running |= {row.subject}
            case Kind.USED_AGAIN:
                self.used_again.add(row.subject)
                self.flush_asked.pop(row.subject, None)
                self.flush_settled.discard(row.subject)
            case Kind.PLANNED:
                self.planned = row.subject
            case Kind.OFF_ARMED:
                self._arms(row, heard_s)
            case Kind.START_ASKED:
                self.start_asked = True
            case Kind.JOB:
                self.jobs.add((row.subject, row.details["job"]))
            case Kind.TURNED:
                self.turned = True
            case Kind.CLOSED if self.declared_by.issubset(row.details.get("opened_by", self.declared_by)):
                self._begin(row, heard_s)
                self.closed = True
            case _:
                pass  # kept for the record; what follows from it is observed

    def _apply_lasting(self, row: Row) -> None:
        """What is wanted and held does not end with an incident."""
        wall_s = row.details.get("wall_s")
        if wall_s is None:
            return
        match row.kind:
            case Kind.WATCHED:
                self.watched_s = max(wall_s, self.watched_s or wall_s)
                self.watched_by[row.subject] = max(wall_s, self.watched_by.get(row.subject, wall_s))
            case Kind.WANTED:
                self.causes.update((row.subject, *row.details.get("also", ())))
                self.carried_out.update((row.subject,) if row.details.get("carried_out", False) else ())
                known = self.asked_by.get(row.subject, "")
                self.asked_by[row.subject] = max(known, row.details.get("asked_by", ""))
                goal, by = Goal(row.details["goal"]), row.life.rpartition("/")[0]
                for server in row.details["servers"]:
                    self._told_as[server, wall_s] = row.subject
                    said_s = self._first_s(row.subject, server, row)
                    self._want(server, Want(goal, said_s, row.subject, row.epoch, by))
            case Kind.REFUSED:
                self.refused.setdefault(row.subject, row.details["reason"])
            case Kind.REACHED:
                self._reached.setdefault(row.subject, set()).add(wall_s)
                if row.details.get("in_boot"):
                    self.stopped_in_boot[row.subject] = wall_s
            case Kind.RESTARTS:
                self._restarts[row.subject] = max(wall_s, self._restarts.get(row.subject, wall_s))
            case Kind.SHUT_DOWN | Kind.HELD:
                self._note_hands(row, wall_s)
            case _:
                pass

    def _first_s(self, cause: str, device: str, row: Row) -> float:
        """When it counts from: heard once more from a peer whose clock is ahead it is no later than before.

        Else it would count after what has been said since, and a hold that was released would stand (L1). But
        it is later than all that anybody knew who heard it: his clock may be ahead of the other's (T1).
        """
        word, wall_s = (cause, device), row.details["wall_s"]
        after_s = max(row.details.get("after_s", -inf), self._after.get(word, -inf))
        self._after[word] = after_s
        self._words[word] = max(min(wall_s, self._words.get(word, wall_s)), after_s + LATER_S)
        return self._words[word]

    def _note_hands(self, row: Row, wall_s: float) -> None:
        if row.kind is Kind.SHUT_DOWN:
            word = wall_s, not row.details["down"]
            self._shut_down[row.subject] = max(word, self._shut_down.get(row.subject, word))
            return
        cause = row.details["cause"]
        self.causes.add(cause)
        first_s = self._first_s(cause, row.subject, row)
        before_s, before, _ = self._holds.get(row.subject, (first_s, cause, False))
        if first_s >= before_s or before == cause:
            self._holds[row.subject] = (first_s, cause, row.details["held"])

    def _want(self, server: str, want: Want) -> None:
        """One word that two nodes wrote down by themselves counts from when the first of them did (S35).

        Else who is down as it wanted, and was booted by hand since, would be wanted down anew (O1).
        """
        words = self._wanted.setdefault(server, {})
        known = words.get(want.cause)
        if known is not None and known.at_s == want.at_s and _sooner(known) <= _sooner(want):
            return
        words[want.cause] = want
        # Of two at the same instant the one that wants it up counts: nobody stays off.
        may_be_last = (self.wants.get(server, want), want) if known is None else words.values()
        self.wants[server] = max(may_be_last, key=lambda word: (word.at_s, word.goal is Goal.UP))


def knew_of(row: Row, epoch: int, by: Collection[str]) -> bool:
    """Its writer, of that incident of these lives. One of an earlier version does not say."""
    last = known_to(row)
    return "knew" not in row.details or all(last.get(life.rpartition("/")[0], 0) >= epoch for life in by)


def known_to(row: Row) -> dict[str, int]:
    """By node: the last incident of its own that its writer had heard of, if he says so."""
    pairs = (of.rpartition("/") for of in row.details.get("knew", ()))
    return {node: int(number) for node, _, number in pairs}
