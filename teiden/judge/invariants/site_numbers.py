"""S19, S20: the numbers of the site itself, on which every outage of it rests."""

from __future__ import annotations

from itertools import pairwise

from sequencer import timing
from sequencer.site import FlushOrder
from teiden.judge.invariants.invariant import Invariant
from teiden.judge.words import names, seconds
from teiden.language.say import later, t


class S19(Invariant):
    """The confirm times of the site are in their order.

    `confirm(K) equal & confirm(K) > confirm(A_K) > confirm(h) > confirm(a)`: 930, 900, 60 and 30 s in the
    document. Judged by the site's own numbers, whatever happens in the run; `teiden check` asks the same of
    it (R6-11, R6-12). A story that plays a site of another order names S19 in its `breaks:`. Not applicable
    where all UPSes are of one kind.
    """

    id = "S19"
    sentence = later("the confirm times fall from the control nodes to the linked arrays")

    def end(self, t_s: float) -> None:
        wiring, upses = self.room.wiring, self.site.upses
        classes = (
            wiring.node_upses,
            wiring.control_array_upses,
            wiring.server_upses,
            wiring.linked_array_upses,
        )
        present = [self._in_order(kind) for kind in classes if kind]
        if len(present) < 2:
            self.not_applicable = t("there is nothing that could confirm before something else")
            return
        self.put_to_test = 1
        nodes = self._in_order(wiring.node_upses)
        if nodes and upses[nodes[0]].confirm_s != upses[nodes[-1]].confirm_s:
            self._wrong(nodes[-1], nodes[0], together=True)
        for above, below in pairwise(present):
            if upses[above[0]].confirm_s <= upses[below[-1]].confirm_s:
                self._wrong(above[0], below[-1], together=False)

    def _in_order(self, kind: frozenset[str]) -> list[str]:
        """As the site names them, the first to confirm first."""
        return sorted((u for u in self.site.upses if u in kind), key=lambda u: self.site.upses[u].confirm_s)

    def _wrong(self, ups: str, other: str, *, together: bool) -> None:
        upses = self.site.upses
        values = {
            "ups": ups,
            "other": other,
            "ups_s": seconds(upses[ups].confirm_s),
            "other_s": seconds(upses[other].confirm_s),
        }
        if together:
            text = t(
                "{ups} confirms after {ups_s}, {other} after {other_s}; they must confirm together", **values
            )
        else:
            text = t("{ups} confirms after {ups_s}, not later than {other} after {other_s}", **values)
        self.broken(self.room.history.start_s, ups, text)


class S20(Invariant):
    """The control side's smallest confirm time covers the whole stop of the linked side.

    `confirm(K) >= confirm(a) + offdelay(h) + N x flush_limit`: 900 >= 30 + 420 + 300 in the document; N is
    the number of linked arrays where they are flushed one after the other. Judged by the site's own numbers,
    as `teiden check` does (R6-14). Whether `control_stop: hold` makes up for it is not asked here; a story
    that plays such a site names S20 in its `breaks:`.
    """

    id = "S20"
    sentence = later("the control side outlives the stop of the linked side")

    def end(self, t_s: float) -> None:
        site, wiring = self.site, self.room.wiring
        if not wiring.linked_arrays or not wiring.control_upses:
            self.not_applicable = t("there is no linked array, or nothing that would have to outlive it")
            return
        self.put_to_test = 1
        array_upses = [site.upses[u] for u in sorted(wiring.linked_array_upses)]
        flushes = len(wiring.linked_arrays) if site.linkage.flush_order is FlushOrder.SERIAL else 1
        parts_s = (
            min(u.confirm_s for u in array_upses),
            max((timing.stop_off_s(site, site.upses[u]) for u in wiring.server_upses), default=0.0),
            flushes * site.linkage.flush_limit_s,
            max(timing.immediate_off_s(u) for u in array_upses),
        )
        first = min((site.upses[u] for u in sorted(wiring.control_upses)), key=lambda u: u.confirm_s)
        if first.confirm_s < sum(parts_s):
            text = t(
                "{ups} confirms after {confirm}; the stop of {arrays} may take {need}",
                ups=first.name,
                confirm=seconds(first.confirm_s),
                arrays=names(a.name for a in wiring.linked_arrays),
                need=seconds(sum(parts_s)),
            )
            self.broken(self.room.history.start_s, first.name, text)
