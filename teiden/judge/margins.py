"""How close it was: the numbers that an engineer asks for after a run, beside those of the plan."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sequencer import timing
from teiden.judge.history import History
from teiden.judge.ledger.room import Room
from teiden.judge.margin import Margin
from teiden.judge.night_margins import night_margins
from teiden.language.say import t


@dataclass(frozen=True, slots=True)
class Margins:
    margins: tuple[Margin, ...]
    lowest_charge: dict[str, float]
    """By UPS, per cent, from the loss of mains on."""

    def get(self, key: str) -> Margin | None:
        return next((margin for margin in self.margins if margin.key == key), None)

    def properties(self) -> dict[str, float]:
        """`margin.linked_stop_s`, `lowest_charge.ups1_pct`."""
        return {
            **{f"margin.{margin.key}": round(margin.value_s, 3) for margin in self.margins},
            **{f"lowest_charge.{ups}_pct": round(pct, 1) for ups, pct in self.lowest_charge.items()},
        }


def margins(history: History, room: Room) -> Margins:
    """Those that this run has: without a control stop there is no margin before it."""
    found = (*_linked_stop(history, room), *_halted_before_off(history, room), *_flushes(history, room))
    found = (*found, *_restore(history), *night_margins(history, room))
    return Margins(found, dict(_lowest(history, room)))


def _linked_stop(history: History, room: Room) -> Iterator[Margin]:
    """From the last cut of a linked array to the first control stop; negative: the wrong way round.

    The smallest over all outages of the run. A night is none: `night_margins`.
    """
    site, upses = room.site, room.wiring.linked_array_upses
    cuts = [m.event.t for m in history.of("ups.output_off") if m.event.subject in upses]
    stops = [m.event.t for m in history.of("cluster.stopping")]
    sent = [m.event for m in history.of("command.sent")]
    restarts = [event.t for event in sent if event.details.get("command") == "restart"]
    left = []
    for lost_s, until_s in _outages(history):
        here = [at_s for at_s in cuts if lost_s <= at_s < until_s]
        stop = next((s for s in stops if lost_s <= s < until_s and not _follows(s, restarts)), None)
        if here and stop is not None:
            left.append(stop - max(here))
    if left:
        plan_s = timing.control_confirm_s(site) - timing.linked_stop_s(site)
        yield Margin("linked_stop_s", t("linked disk cut -> control stop"), min(left), plan_s)


def _follows(at_s: float, restarts: list[float]) -> bool:
    """A cluster stops for its restart too: that is the way up."""
    return any(0 <= at_s - asked < 1.0 for asked in restarts)


def _outages(history: History) -> list[tuple[float, float]]:
    """From each loss of mains that found them present everywhere to the incident's end or the next."""
    begins: list[float] = []
    out: set[str] = set()
    changes = sorted([*history.of("mains.lost"), *history.of("mains.restored")], key=lambda m: m.place)
    for moment in changes:
        if moment.event.name == "mains.lost":
            if not out:
                begins.append(moment.event.t)
            out.add(moment.event.subject)
        else:
            out.discard(moment.event.subject)
    if not begins and not history.tells("mains.lost"):  # a live room tells only what it made of them
        first = history.first("outage.confirmed")
        begins = [first.t] if first else []
    closes = [m.event.t for m in history.of("incident.closed")]
    ends = [*begins, float("inf")][1:]
    closed = [next((t for t in closes if t > begin), float("inf")) for begin in begins]
    return [(begin, min(end, close)) for begin, end, close in zip(begins, ends, closed, strict=True)]


def _halted_before_off(history: History, room: Room) -> Iterator[Margin]:
    """How long the last system on a servers' UPS had been halted when its output fell by command."""
    site, wiring = room.site, room.wiring
    halted_s: dict[str, float] = {}
    left = []
    falls = [*history.of("ups.output_off"), *history.of("server.halted")]
    for moment in sorted(falls, key=lambda m: m.place):
        event = moment.event
        if event.name == "server.halted":
            halted_s[event.subject] = event.t
        elif event.subject in wiring.server_upses and event.details.get("cause", "command") == "command":
            names = [s.name for s in wiring.servers_on[event.subject]]
            times = [halted_s[name] for name in names if name in halted_s]
            left += [event.t - max(times)] if times else []
    if left:
        plans = [
            timing.stop_off_s(site, site.upses[u]) - max(s.shutdown_limit_s for s in wiring.servers_on[u])
            for u in wiring.server_upses
        ]
        yield Margin("halted_before_off_s", t("servers halted -> output off"), min(left), min(plans))


def _flushes(history: History, room: Room) -> Iterator[Margin]:
    """The longest flush of each linked array, answered or given up."""
    limit_s = room.site.linkage.flush_limit_s
    began_s: dict[str, float] = {}
    took_s: dict[str, float] = {}
    ends = (*history.of("array.flushed"), *history.of("array.flush_timed_out"))
    for moment in sorted((*history.of("array.flushing"), *ends), key=lambda m: m.place):
        event = moment.event
        if event.name == "array.flushing":
            began_s.setdefault(event.subject, event.t)
        elif (began := began_s.pop(event.subject, None)) is not None:
            took_s[event.subject] = max(took_s.get(event.subject, 0.0), event.t - began)
    for array in room.wiring.linked_arrays:
        if array.name in took_s:
            name = array.name
            yield Margin(f"flush.{name}_s", t("{name} flush", name=name), took_s[name], limit_s=limit_s)


def _restore(history: History) -> Iterator[Margin]:
    """From the last return of mains to the end of the incident; the longest of the run."""
    back_s: float | None = None
    took = []
    changes = [*history.of("mains.restored"), *history.of("incident.closed")]
    for moment in sorted(changes, key=lambda m: m.place):
        if moment.event.name == "mains.restored":
            back_s = moment.event.t
        elif back_s is not None:
            took.append(moment.event.t - back_s)
            back_s = None
    if took:
        yield Margin("restore_s", t("mains back -> incident closed"), max(took))


def _lowest(history: History, room: Room) -> Iterator[tuple[str, float]]:
    for ups in room.site.upses:
        lowest_pct = history.charges.lowest_pct(ups, history.zero_s)
        if lowest_pct is not None:
            yield ups, lowest_pct
