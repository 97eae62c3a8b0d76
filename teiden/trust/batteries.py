"""Batteries as they were seen against the model that the site is proved with: unknown stays unknown.

The model says how long a battery lasts with everything on it at full power. A discharge that was seen says
how much charge went in how long, before anything was shut down. Charges are told in whole percent, so a
short discharge says little; how little stands beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median

from sequencer.site import Site
from sim.battery import Battery
from sim.model import Model, UpsModel
from teiden.trust.samples import EVERY_S, Sample

FULL_PCT = 99.5
LEAST_DROP_PCT = 3.0
"""Of a smaller drop nothing is said: it is hardly more than the rounding."""
ROUNDING_PCT = 1.0
APART_S = 3 * EVERY_S
"""Readings further apart than this are of different discharges."""
SHORT = -0.10
"""Lasts a tenth less than the model says: worth a word before anybody relies on it."""


@dataclass(frozen=True, slots=True)
class Discharge:
    """From the first to the last look at it."""

    at_s: float
    for_s: float
    drop_pct: float

    @property
    def full_s(self) -> float:
        """How long a full one would have lasted."""
        return self.for_s / self.drop_pct * 100.0

    @property
    def within(self) -> float:
        """How far off that may be, as a fraction, since charges are rounded."""
        return ROUNDING_PCT / self.drop_pct


@dataclass(frozen=True, slots=True)
class BatterySeen:
    ups: str
    model_s: float | None
    """From full to empty by the model; None: neither `runtime` nor a curve is stated."""
    told_s: float | None
    """What its card tells when it is full, on mains: the median; None: it was not seen so."""
    discharges: tuple[Discharge, ...]

    @property
    def longest(self) -> Discharge | None:
        """The deepest, which says most."""
        return max(self.discharges, key=lambda one: one.drop_pct, default=None)

    @property
    def told_off(self) -> float | None:
        return _off(self.told_s, self.model_s)

    @property
    def seen_off(self) -> float | None:
        """0.12: it lasts 12 % longer than the model says."""
        return _off(self.longest.full_s if self.longest is not None else None, self.model_s)

    @property
    def short(self) -> bool:
        """It lasts less than the model says, whatever the rounding did."""
        seen = self.seen_off
        if seen is not None and self.longest is not None:
            return (1.0 + seen) * (1.0 + self.longest.within) - 1.0 < SHORT
        return self.told_off is not None and self.told_off < SHORT


def _off(seen_s: float | None, model_s: float | None) -> float | None:
    return seen_s / model_s - 1.0 if seen_s is not None and model_s else None


@dataclass(slots=True)
class _Ups:
    last: Sample | None = None
    begun: tuple[float, float] | None = None
    """Instant and charge at which the present discharge was first known."""
    until: tuple[float, float] | None = None
    told: list[float] = field(default_factory=list)
    discharges: list[Discharge] = field(default_factory=list)


@dataclass(slots=True)
class Batteries:
    """Give it every sample, the oldest first.

    `losses`: when each UPS was seen to lose its mains; `sent_s`: when commands went out: loads go after them.
    """

    losses: Mapping[str, list[float]]
    sent_s: list[float]
    _upses: dict[str, _Ups] = field(default_factory=dict)

    def take(self, sample: Sample) -> None:
        ups = self._upses.setdefault(sample.ups, _Ups())
        if sample.on_battery and sample.charge_pct is not None:
            self._on_battery(ups, sample, sample.charge_pct)
        else:
            _close(ups)
            full = sample.charge_pct is not None and sample.charge_pct >= FULL_PCT
            if sample.on_battery is False and full and sample.runtime_s is not None:
                ups.told.append(sample.runtime_s)
        ups.last = sample

    def _on_battery(self, ups: _Ups, sample: Sample, charge_pct: float) -> None:
        if ups.last is not None and sample.at_s - ups.last.at_s > APART_S:
            _close(ups)
            ups.last = None
        if ups.begun is None:
            ups.begun = self._begun(ups.last, sample, charge_pct)
        if not any(ups.begun[0] <= s < sample.at_s for s in self.sent_s):
            ups.until = (sample.at_s, charge_pct)

    def _begun(self, before: Sample | None, sample: Sample, charge_pct: float) -> tuple[float, float]:
        """With the charge it had on mains, if the moment of the loss is known."""
        if before is not None and before.on_battery is False and before.charge_pct is not None:
            for lost_s in self.losses.get(sample.ups, ()):
                if before.at_s <= lost_s <= sample.at_s:
                    return lost_s, before.charge_pct
        return sample.at_s, charge_pct

    def seen(self, site: Site, model: Model) -> list[BatterySeen]:
        """Of every UPS of the site, as it lists them."""
        found = []
        for name in site.upses:
            ups = self._upses.get(name, _Ups())
            _close(ups)
            told_s = median(ups.told) if ups.told else None
            found.append(BatterySeen(name, modelled_s(site, model, name), told_s, tuple(ups.discharges)))
        return found


def modelled_s(site: Site, model: Model, ups: str) -> float | None:
    """From full to empty with everything on it at full power; None where nobody has stated it."""
    stated = model.upses.get(ups, UpsModel())
    default = UpsModel()
    known = site.upses[ups].runtime_s is not None or stated.curve or stated.runtime_s != default.runtime_s
    return Battery(stated).full_runtime_s(1.0) if known else None


def losses(upses: Iterable[tuple[float, str]]) -> dict[str, list[float]]:
    found: dict[str, list[float]] = {}
    for at_s, ups in upses:
        found.setdefault(ups, []).append(at_s)
    return found


def _close(ups: _Ups) -> None:
    begun, until = ups.begun, ups.until
    ups.begun = ups.until = None
    if begun is not None and until is not None and begun[1] - until[1] >= LEAST_DROP_PCT:
        ups.discharges.append(Discharge(begun[0], until[0] - begun[0], begun[1] - until[1]))
