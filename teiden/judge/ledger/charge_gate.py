"""Whether a battery holds enough for a full stop, so that what it feeds may be started (S17)."""

from __future__ import annotations

from sequencer import timing
from sequencer.site import Site
from teiden.judge.history import History

TOLERANCE_PCT = 1.0
"""Cards tell whole points of charge."""


class ChargeGate:
    def __init__(self, site: Site, history: History) -> None:
        self.site = site
        self.charges = history.charges
        self._need_pct: dict[str, float] = {}

    def need_pct(self, ups: str) -> float:
        """What `timing.return_charge_pct` asks for; worked out once per UPS."""
        need_pct = self._need_pct.get(ups)
        if need_pct is None:
            need_pct = self._need_pct[ups] = timing.return_charge_pct(self.site, self.site.upses[ups])
        return need_pct

    def allows(self, ups: str, t: float) -> bool | None:
        """None: the stream does not say what the battery held at this time."""
        charge_pct = self.charges.charge_pct(ups, t)
        if charge_pct is not None:
            return charge_pct >= 100.0 or charge_pct >= self.need_pct(ups) - TOLERANCE_PCT
        last_pct = self.charges.last_pct(ups, t)
        # After its last point a battery on mains has only gained.
        return True if last_pct is not None and last_pct >= self.need_pct(ups) - TOLERANCE_PCT else None

    def open_since_s(self, ups: str, t: float) -> float | None:
        """Since when it has held enough without a break; None: it does not, or nobody can tell."""
        if self.charges.always_full(ups):
            return float("-inf")
        return self.charges.at_least_since_s(ups, self.need_pct(ups), t)
