"""How a battery's real discharges compare with what the site's model says of a new one.

A new battery under that load would have lost so much of its charge in that time; this one lost more. Only a
discharge that is long and deep enough says something, and only where the site states a runtime or a curve
and the card tells its load: unknown stays unknown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from realtime.samples.stretches import Stretch

if TYPE_CHECKING:
    from sim.battery import Battery
    from teiden.files.site_file import SiteFile

LEAST_S = 60
"""Six samples: the ends of a shorter discharge are not known well enough."""
LEAST_DROP = 0.05
"""Of the charge. Cards tell whole percents, and the first minute on load says little of the rest."""
WHOLE = 0.9
"""Of the samples of a discharge must still be kept to reckon with each of them."""
RATED_C = 25.0
ROUNDING = 0.01
"""Half a percent at either end of a discharge."""


@dataclass(frozen=True, slots=True)
class Health:
    ratio: float
    """Of a new battery's runtime at that load; 1: as new."""
    error: float
    """What the rounding of charges alone may make of it."""
    discharges: int


Loads = Sequence[tuple[float, int]]
"""What it carried, as a fraction of full, and in how many samples."""


def health(
    site_file: SiteFile,
    ups: str,
    discharges: Iterable[Stretch],
    loads: Callable[[Stretch], Loads] = lambda one: (),
) -> Health | None:
    """None: nobody knows. `loads`: those of a discharge, as far as its samples are kept; else its mean.

    The mean makes an old battery of a good one whose load fell on the way: half the time at full load
    costs more charge than all the time at half of it.
    """
    if not states_a_battery(site_file, ups):
        return None
    battery = new_battery(site_file, ups)
    expected = lost = 0.0
    n = 0
    for one in discharges:
        drop, carried = _drop(one), _carried(one, loads(one))
        if drop is None or not carried or drop < LEAST_DROP or one.until - one.began < LEAST_S:
            continue
        samples = sum(times for _, times in carried)
        per_s = sum(times / battery.full_runtime_s(load) for load, times in carried) / samples
        expected += (one.until - one.began) * per_s
        lost, n = lost + drop, n + 1
    return Health(expected / lost, expected / lost * n * ROUNDING / lost, n) if n else None


def states_a_battery(site_file: SiteFile, ups: str) -> bool:
    """What the pretend room takes where nothing is said is nobody's battery."""
    model = ("model", "upses", ups)
    stated = any((*model, key) in site_file.document for key in ("runtime", "curve"))
    return stated or site_file.site.upses[ups].runtime_s is not None


def new_battery(site_file: SiteFile, ups: str) -> Battery:
    """As the site's model has it, unaged, warm and full."""
    from sim.battery import Battery
    from sim.model import UpsModel

    model = site_file.model.upses.get(ups, UpsModel())
    return Battery(replace(model, health=1.0, temperature_c=RATED_C, charge_pct=100.0))


def _drop(one: Stretch) -> float | None:
    if one.charge_from is None or one.charge_least is None:
        return None
    return (one.charge_from - one.charge_least) / 1000


def _carried(one: Stretch, loads: Loads) -> Loads:
    """Empty: its card tells no load."""
    if not one.load_times:
        return ()
    whole = sum(times for _, times in loads) >= WHOLE * one.load_times
    return loads if whole else ((one.load_sum / one.load_times / 1000, one.load_times),)
