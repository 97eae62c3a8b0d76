"""Flags of the runbook: how an outage, or a planned stop, went down and came back. Each has its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from sequencer.events import Event
from teiden.judge.history import History
from teiden.language.say import t
from teiden.plots.moment import Moment
from teiden.plots.outages import Outage, all_in, all_off, in_state, restored
from teiden.plots.planned import planned
from teiden.plots.rows import Bar, Row


def runbook(history: History, rows: Sequence[Row], darks: Sequence[Outage]) -> list[Moment]:
    """The flags of every outage and every planned stop."""
    found: list[Moment] = []
    names = {row.name for row in rows if row.group == "ARRAYS" or row.device.kind == "cluster"}
    sent = [moment.event for moment in history.of("command.sent") if moment.event.subject in names]
    for number, outage in enumerate(darks):
        found += _of_outage(history, _Runbook(rows, outage, history, sent), again=number > 0)
    for plan in planned(history, rows, darks):
        found += _of_plan(_Runbook(rows, plan.window, history, sent))
    return found


def _of_outage(history: History, book: _Runbook, again: bool) -> Iterator[Moment]:
    outage, rows = book.window, book.rows
    mains = t("Mains of {ups}", ups=outage.of) if outage.of else t("Mains")
    lost = t("{mains} lost again", mains=mains) if again else t("{mains} lost", mains=mains)
    yield Moment(outage.lost, lost, 0)
    confirmed = [moment.event.t for moment in history.of("outage.confirmed", since_s=outage.lost)]
    yield from book.first(t("Outage confirmed"), 4, confirmed)
    yield from book.stop()
    dark = all_off(rows, outage)
    if dark is not None:
        yield Moment(dark, t("All off"), 1)
    if outage.returns:
        n = len(outage.returns)
        yield Moment(outage.returns[0], t("{mains} back, lost again {n} times", mains=mains, n=n), 0)
    if outage.back is None:
        return
    back = t("{mains} back for good", mains=mains) if outage.returns else t("{mains} back", mains=mains)
    yield Moment(outage.back, back, 0)
    yield from book.start(outage.back)


def _of_plan(book: _Runbook) -> Iterator[Moment]:
    begun = book.window.lost
    yield from (replace(m, rank=m.rank + 1) for m in book.stop() if m.t > begun + 2.0)
    yield from book.start(begun)


class _Runbook:
    """What one stop and the start after it look like, within their window."""

    def __init__(self, rows: Sequence[Row], window: Outage, history: History, sent: Sequence[Event]) -> None:
        self.rows, self.window, self.history = rows, window, history
        self.servers = [row for row in rows if row.group == "SERVERS"]
        self.nodes = [row for row in rows if row.group == "CONTROL" and row.device.kind != "cluster"]
        self.clusters = [row for row in rows if row.device.kind == "cluster"]
        self.linked = [row for row in rows if row.group == "ARRAYS" and row.device.role != "control"]
        names = {row.name for row in (*self.linked, *self.clusters)}
        self.sent = [e for e in sent if window.lost <= e.t < window.until and e.subject in names]
        self.disk = self.linked[0].name if len(self.linked) == 1 else t("linked disks")
        self.disk_first = self.disk.capitalize() if len(self.linked) > 1 else self.disk

    def first(self, label: str, rank: int, times: Sequence[float]) -> Iterator[Moment]:
        """The first of these times within the window."""
        inside = [t for t in times if self.window.lost <= t < self.window.until]
        if inside:
            yield Moment(min(inside), label, rank)

    def stop(self) -> Iterator[Moment]:
        lost, until = self.window.lost, self.window.until
        yield from self.first(t("Servers stop"), 2, _begins("shutting down", self.servers, self.window))
        yield from self._flush()
        off = all_in(self.linked, "off", lost, until)
        if off is not None and not _lost_data(self.linked, off):
            yield Moment(off, t("{disk} off", disk=self.disk_first), 2)
        yield from self.first(
            t("Control stop"), 1, _begins("shutting down", self.clusters or self.nodes, self.window)
        )

    def _flush(self) -> Iterator[Moment]:
        """It runs; or it is only asked for, again and again."""
        runs = _begins("flushing", self.linked, self.window)
        yield from self.first(t("Flush {disk}", disk=self.disk), 3, runs)
        asked = [e.t for e in self._commands("flush")]
        if asked and not self._answered(asked[0]):
            label = t("Flush of {disk} asked", disk=self.disk)
            if len(asked) > 1:
                label = t("Flush of {disk} asked {n} times", disk=self.disk, n=len(asked))
            yield Moment(asked[0], label, 2)

    def _answered(self, since: float) -> bool:
        """An array with nothing in its cache is flushed at once."""
        found = (
            m for name in ("array.flushing", "array.flushed") for m in self.history.of(name, since_s=since)
        )
        return any(moment.event.t < self.window.until for moment in found)

    def _commands(self, command: str) -> list[Event]:
        return [event for event in self.sent if event.details.get("command") == command]

    def start(self, back: float) -> Iterator[Moment]:
        until = self.window.until
        after_off = [row for row in self.nodes if _was_down(row, self.window)]
        up = all_in(self.nodes, "running", back + 1e-6, until)
        if up is not None and after_off:
            yield Moment(up, t("Control up"), 3)
        asked = [e.t for e in self._commands("restart") if e.t > back]
        yield from self.first(t("Cluster restart"), 4, asked)
        if not asked:
            starts = [at_s for at_s in _begins("starting", self.clusters, self.window) if at_s > back]
            yield from self.first(t("Cluster starts"), 4, starts)
        started = [bar.t0 for row in self.linked for bar in _started(row)]
        ready = [at_s for at_s in started if at_s > back and in_state(self.linked, "running", at_s)]
        yield from self.first(t("{disk} ready", disk=self.disk_first), 3, ready)
        again = restored(self.rows, self.window)
        if again is not None and again > back:
            yield Moment(again, t("All up"), 1)


def _begins(state: str, among: Sequence[Row], window: Outage) -> list[float]:
    bars = (bar for row in among for bar in row.begun(window.lost, window.until))
    return [bar.t0 for bar in bars if bar.state == state and not bar.trouble]


def _was_down(row: Row, window: Outage) -> bool:
    return any(bar.state != "running" and bar.t0 < window.until and bar.t1 > window.lost for bar in row.bars)


def _started(row: Row) -> Iterator[Bar]:
    """A disk that only ends a flush was ready all the time."""
    yield from (b for a, b in pairwise(row.bars) if b.state == "running" and a.state in ("off", "starting"))


def _lost_data(linked: Sequence[Row], off: float) -> bool:
    """Then the flag that says so is enough."""
    return any(bar.trouble and abs(bar.t0 - off) < 1.0 for row in linked for bar in row.bars)
