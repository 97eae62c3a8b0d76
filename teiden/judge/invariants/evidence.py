"""S10, S11, S12: what a node must have seen before it calls it an outage, or starts anything."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from sequencer.events import Event
from sequencer.site import Ups
from sequencer.watch import LASTS_NO_LONGER
from teiden.judge.invariants.invariant import LATENCY_S, TICK_S, Invariant, Look
from teiden.judge.ledger.floors import at_floor
from teiden.judge.ledger.minds import Mind, View
from teiden.judge.ledger.power import ALWAYS
from teiden.judge.words import seconds
from teiden.language.retell import retold
from teiden.language.say import later, t

SUPPLIES = ("ups.on_battery", "ups.on_line", "ups.output_off")
LOW, EMPTY = "ups.low_battery", "ups.exhausted"


class _Confirmations(Invariant):
    """Hears of every outage that counts from now on, once: as a node says it, or as it writes it down."""

    def hears(self) -> Mapping[str, Look]:
        return {"outage.confirmed": self._told, "journal.committed confirmed": self._written}

    def _told(self, event: Event) -> None:
        ups, mind = self.site.upses.get(event.subject), self.room.minds.of.get(event.by)
        if ups is not None and mind is not None:
            self.judge(event, ups, mind)

    def _written(self, event: Event) -> None:
        """One that takes over has timed it for itself, and writes down what it never said."""
        if event.subject not in self.room.minds.confirmed:
            self._told(event)

    def judge(self, event: Event, ups: Ups, mind: Mind) -> None:
        raise NotImplementedError

    def siblings_since_s(self, ups: Ups, mind: Mind) -> float | None:
        """Since when somebody else on its feed has been on battery for this node, by his last word; None:
        nobody was, or all who answer there have mains again.

        Minus infinity: one of them may have been so at its first look, of which nothing is told.
        """
        others = self.others_on_its_feed(ups, mind)
        began = any(view.unknown or self.told_it_late(name, view) for name, view in others.items())
        if began or self.began_on_it(others):
            return ALWAYS
        since = (view.ran_on_s for view in others.values())
        return min((at_s for at_s in since if at_s is not None), default=None)

    def others_on_its_feed(self, ups: Ups, mind: Mind) -> dict[str, View]:
        return {name: mind.upses[name] for name in self.room.wiring.upses_on[ups.feed] if name != ups.name}

    def began_on_it(self, others: Mapping[str, View]) -> bool:
        """Of those that have fallen silent since this node's first look, and told nothing in between."""
        dark = [n for n, view in others.items() if view.silent_since_s is not None and not view.told_supply]
        return bool(dark) and all(self.fell_silent_on_it(name, others[name]) for name in dark)

    def fell_silent_on_it(self, ups: str, view: View) -> bool:
        """Nothing was ever told of its supply, and when it fell silent that was its battery."""
        silent_s = None if view.told_supply else view.silent_since_s
        return silent_s is not None and self.was_on_battery(ups, silent_s)

    def fell_unseen_on_it(self, ups: str, view: View) -> bool:
        """Nothing was told of its supply before its output went, and that was its battery; nor has it been
        seen on mains since."""
        fell = self.room.power.fell.get(ups) if view.began_unseen else None
        return fell is not None and self.was_on_battery(ups, fell.t - TICK_S)

    def told_it_late(self, ups: str, view: View) -> bool:
        """Its battery is the first that was told, after a silence: it was on that when it fell silent."""
        late_s = view.silent_before_s if view.began_unseen and view.ran_on_s is not None else None
        return late_s is not None and self.was_on_battery(ups, late_s)

    def was_on_battery(self, ups: str, at_s: float) -> bool:
        """What fed its output then."""
        return self.was_told(ups, at_s, *SUPPLIES) == SUPPLIES[0]

    def stayed_on_battery(self, ups: str, from_s: float, to_s: float) -> bool:
        """It was on it then; and until the other time on its mains for no longer than nobody may notice."""
        if not self.was_on_battery(ups, from_s):
            return False
        told = sorted(m for name in SUPPLIES for m in self.room.history.of(name, since_s=from_s))
        its = [m.event for m in told if m.event.is_fact and m.event.subject == ups and m.event.t < to_s]
        spells = pairwise([*((e.t, e.name) for e in its), (to_s, "")])
        seen_s = self.site.polling.stale_after_s(self.site.polling.on_line_s)
        return all(end_s - t <= seen_s for (t, name), (end_s, _) in spells if name == SUPPLIES[1])

    def was_told(self, ups: str, at_s: float, *names: str) -> str | None:
        """Which of these the room told of it last by then."""
        facts = (m for name in names for m in self.room.history.of(name) if m.event.is_fact)
        before = (m for m in facts if m.event.subject == ups and m.event.t <= at_s)
        last = max(before, default=None, key=lambda m: m.place)
        return None if last is None else last.event.name


class S10(_Confirmations):
    """An outage counts only after its UPS was seen on battery, without a break, for its confirm time.

    `cause=outage -> onbatt|confirm(u)`, by what the node that confirms it said it saw. Mains seen in
    between begin it anew. Silence neither resets nor ends it; a UPS that is silent, or was until it told
    that it is on battery, counts from when somebody else on its feed was seen on battery (U16), also where
    that one has fallen silent or been switched off since it told it. A low battery, seen while on battery,
    counts at once (X-02), and so does one whose runtime covers only the stop that it causes: outages in a
    row, or mains that come and go, have used the rest, and what is left is not for waiting (P3, P4, S18).
    That is judged by what the battery holds, where the stream tells it; it may have run empty before whoever
    takes the command writes down what he timed, or last for longer again, since a node on it has halted.
    What a node saw at its first look after its boot nobody tells: then its own word for it, the
    `first_seen` of the outage, but not before that boot, nor does a row tell it, where the room's truth says
    whether it was low; where its battery is the
    first that is told of its supply, perhaps after a silence, or that it is off, only if it was on that then,
    and has been since; another of its feed, when that fell silent.
    Whose output went while it was on that counts from then on, whatever the others of its feed had.
    """

    id = "S10"
    sentence = later("an outage counts only after the whole confirm time on battery")

    def judge(self, event: Event, ups: Ups, mind: Mind) -> None:
        view = mind.upses[ups.name]
        first_s = event.details.get("first_seen")
        since_s = view.battery_since_s
        if since_s is None and view.silent_since_s is not None:
            on_it = self.fell_silent_on_it(ups.name, view)
            since_s = ALWAYS if on_it else self.siblings_since_s(ups, mind)
            if since_s is None:
                return  # S12
            its_own_s = view.ran_on_s if view.fell_since_s is None else view.fell_since_s
            since_s = since_s if its_own_s is None else min(since_s, its_own_s)
        elif since_s is None and view.on_line:
            self.put_to_test += 1
            text = t(
                "{node} confirmed the outage of {ups} at {time}, and saw it on mains",
                node=event.by,
                ups=ups.name,
                time=self.at(event.t),
            )
            self.broken(event.t, ups.name, text, event)
            return
        elif since_s is not None and view.silent_before_s is not None:  # it told it as soon as it answered
            # Who came later changes nothing; but of one that has told it at this node's first look alone
            # nobody knows whether that was before.
            told_s, others = view.others_since_s, self.others_on_its_feed(ups, mind)
            if told_s is None or self.began_on_it(others) or self.first_seen_on_it(event, others):
                told_s = self.siblings_since_s(ups, mind)
            others_s = float(first_s) if told_s == ALWAYS and first_s is not None else told_s
            since_s = since_s if others_s is None else min(since_s, max(others_s, view.silent_before_s))
        at_first_s = max(mind.born_s, ALWAYS if first_s is None else float(first_s))
        since_s = ALWAYS if since_s is None else since_s
        since_s = at_first_s if since_s == ALWAYS else since_s
        looked_s = max(at_first_s, self.room.history.start_s)  # also who has been there all the time
        early = self._is_early(event, ups, since_s) and not view.low
        saw_first = early and view.began_unseen and looked_s < since_s
        if saw_first and self.stayed_on_battery(ups.name, looked_s, since_s):
            since_s, early = looked_s, self._is_early(event, ups, looked_s)
        self.put_to_test += 1
        lasted_s = event.t - since_s
        low_at_first = early and not view.told and self._was_low(event, ups)
        if early and not low_at_first and not self._has_no_time(event, ups):
            text = t(
                "{node} confirmed the outage of {ups} at {time}, after {lasted} of its {confirm}",
                node=event.by,
                ups=ups.name,
                time=self.at(event.t),
                lasted=seconds(lasted_s),
                confirm=seconds(ups.confirm_s),
            )
            self.broken(event.t, ups.name, text, event)

    def first_seen_on_it(self, confirmed: Event, others: Mapping[str, View]) -> bool:
        """Somebody answers of whom this node has never told from what he lives: he was on battery when it
        saw the outage first, as it says, and has been since."""
        first_s = confirmed.details.get("first_seen")
        unsaid = [name for name, view in others.items() if view.unknown and not view.told_supply]
        return first_s is not None and any(
            self.stayed_on_battery(name, float(first_s), confirmed.t) for name in unsaid
        )

    @staticmethod
    def _is_early(confirmed: Event, ups: Ups, since_s: float) -> bool:
        return confirmed.t - since_s < ups.confirm_s - LATENCY_S

    def _was_low(self, event: Event, ups: Ups) -> bool:
        """By its word; a row does not give one: there the room's truth counts."""
        if "because" in event.details:
            return str(event.details["because"]).startswith("low battery")
        return self.was_told(ups.name, event.t, LOW, *SUPPLIES) == LOW

    def _has_no_time(self, event: Event, ups: Ups) -> bool:
        """It lasts for its own stop only; or has run empty by now, and held no more than that before."""
        if self.was_told(ups.name, event.t, EMPTY, *SUPPLIES[:2]) == EMPTY:
            return True
        if self.room.history.charges.runtime_s(ups.name, event.t) is None:
            return str(event.details.get("because", "")).startswith(LASTS_NO_LONGER)
        timed_s = (event.t, float(event.details.get("first_seen", event.t)))
        return any(at_floor(self.room, ups.name, at_s) for at_s in timed_s)


class S12(_Confirmations):
    """A UPS that falls silent with its mains there is not in an outage because of that.

    `silent(u) & last(u) = mains -> confirmed(u) only if somebody else on its feed is on battery`. Judged at
    each confirmation of a silent UPS, by what the confirming node saw; who was on battery when he fell silent
    too, or was switched off, counts while nobody of them who answers has mains. With its last word from the
    battery the confirm time goes on (S10), and also when that has ended since, and its output with it: a node
    that takes the command writes down what it timed before. What its card told at the node's first look after
    its boot, and nothing since until it went off or fell silent, nobody tells: there the room's truth counts.
    That nothing is stopped without an outage or another cause is S9's.
    """

    id = "S12"
    sentence = later("silence alone is no outage")

    def judge(self, event: Event, ups: Ups, mind: Mind) -> None:
        view = mind.upses[ups.name]
        if view.silent_since_s is None:
            return
        self.put_to_test += 1
        on_battery = view.battery_since_s is not None or view.fell_since_s is not None
        on_battery = on_battery or self.fell_silent_on_it(ups.name, view)
        on_battery = on_battery or self.fell_unseen_on_it(ups.name, view)
        if not on_battery and self.siblings_since_s(ups, mind) is None:
            text = t(
                "{node} confirmed the outage of {ups} at {time}; it had been silent since {silent}, "
                "and nobody on its feed was on battery",
                node=event.by,
                ups=ups.name,
                time=self.at(event.t),
                silent=self.at(view.silent_since_s),
            )
            self.broken(event.t, ups.name, text, event)


STARTS = ("on", "wake", "start", "restart")


class S11(Invariant):
    """Unknown is unknown: nothing is started on a reading that is stale, or that there never was.

    `guard(x) -> fresh obs(x)`. Judged at ON, wake, start and restart, by the `age_s` that the command
    carries: of the oldest reading that its guard needs (the UPS; the node; the arrays that must be ready).
    Fresh: two polls and a time-out at the most. And no UPS is switched on whose card has fallen silent for
    the node that does it. What a stop must have seen is judged by its outcome (S2, S3).
    """

    id = "S11"
    sentence = later("nothing is started on a reading that is not fresh")

    def hears(self) -> Mapping[str, Look]:
        return {f"command.sent {command}": self._sent for command in STARTS}

    def _sent(self, event: Event) -> None:
        age_s, polling = event.details.get("age_s"), self.site.polling
        mind = self.room.minds.of.get(event.by)
        silent = mind is not None and mind.upses[event.subject].silent_since_s is not None
        ups = event.subject in self.site.upses
        told = "epoch" in event.details  # a stream that tells the one tells the other, where there was one
        if age_s is None and not (ups and (silent or told)):
            return
        self.put_to_test += 1
        limit_s = polling.stale_after_s(max(polling.on_line_s, polling.on_battery_s))
        if age_s is None:
            why = t("which it had never heard")
        elif float(age_s) > limit_s + TICK_S:
            why = t(
                "by a reading {age} old; it is stale after {limit}",
                age=seconds(age_s),
                limit=seconds(limit_s),
            )
        elif silent:
            why = t("whose card was silent")
        else:
            return
        text = t(
            "{node} sent {command} to {name} at {time}, {why}",
            node=event.by,
            command=retold(str(event.details.get("command"))),
            name=event.subject,
            time=self.at(event.t),
            why=why,
        )
        self.broken(event.t, event.subject, text, event)
