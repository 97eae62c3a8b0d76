"""What varies in a story: axes, whose every combination is an item, and distributions, drawn in each run."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from teiden.files.distributions import MIDDLE, Distribution
from teiden.files.document import Document
from teiden.files.set_paths import PathOfKeys, Target
from teiden.files.units import Scalar

MAX_ITEMS = 10_000
Parameters = dict[str, Scalar]


@dataclass(frozen=True, slots=True)
class Parameter:
    """One name in `vary:`: the values of an axis, or a distribution."""

    name: str
    values: tuple[Scalar, ...] = ()
    distribution: Distribution | None = None
    target: Target | None = None
    """The settings of the site that take its value; without one it stands in braces."""


@dataclass(frozen=True, slots=True)
class Draw:
    """What a value is drawn for.

    Its number depends on nothing else: not on the order of the file, nor on what else there is. So two
    stories can be compared on the same draws.
    """

    component: str
    """The parameter, or the device that draws a value of its own."""
    purpose: str
    parameter: str
    """Its name in `vary:`, or that of the event with a chance."""


Chance = Callable[[Draw], float]
"""Where a number in [0, 1) comes from for each draw: the run's counter, or the middle."""


def middle(draw: Draw) -> float:
    """What a story plays by itself, as `teiden run` does."""
    return MIDDLE


@dataclass(frozen=True)
class Variation:
    parameters: tuple[Parameter, ...]

    @cached_property
    def axes(self) -> dict[str, tuple[Scalar, ...]]:
        return {p.name: p.values for p in self.parameters if p.distribution is None}

    @property
    def targets(self) -> bool:
        """Some parameter goes into the site by `set:`."""
        return any(parameter.target is not None for parameter in self.parameters)

    @property
    def grid_size(self) -> int:
        return math.prod(len(values) for values in self.axes.values())

    def grid(self) -> Iterator[Parameters]:
        """One value of each axis for each item; a story without axes is one item without any."""
        for values in itertools.product(*self.axes.values()):
            yield dict(zip(self.axes, values, strict=True))

    def point(self, n: int) -> Parameters:
        """The n-th of them, the last axis changing fastest."""
        chosen: Parameters = {}
        for name, values in reversed(self.axes.items()):
            n, i = divmod(n, len(values))
            chosen[name] = values[i]
        return {name: chosen[name] for name in self.axes}

    def named(self, axes: Parameters, chance: Chance) -> Parameters:
        """The values of all parameters that have one value, in the order of the file."""
        values: Parameters = {}
        for p in self.parameters:
            if p.distribution is None:
                values[p.name] = axes[p.name]
            elif not _several(p):
                values[p.name] = p.distribution.quantile(chance(Draw(p.name, "vary", p.name)))
        return values

    def settings(self, site: Document, named: Parameters, chance: Chance) -> dict[PathOfKeys, Setting]:
        """What `set:` gives to the devices of a site; where two name one setting, the later has it."""
        found: dict[PathOfKeys, Setting] = {}
        for p in self.parameters:
            for device, path in p.target.devices(site) if p.target is not None else ():
                found.pop(path, None)
                if p.distribution is None or not _several(p):
                    found[path] = Setting(p.name, "", named[p.name])
                    continue
                value = p.distribution.quantile(chance(Draw(device, f"vary:{p.name}", p.name)))
                found[path] = Setting(p.name, f"{p.name}.{device}", value)
        return found


@dataclass(frozen=True, slots=True)
class Setting:
    parameter: str
    column: str
    """Of a value that is this device's own, `health.ups1`; empty: the parameter's."""
    value: Scalar


def _several(parameter: Parameter) -> bool:
    return parameter.target is not None and parameter.target.several


def written(value: Scalar) -> str:
    """A parameter's value as it stands in a name or a sentence."""
    return str(value).lower() if isinstance(value, bool) else str(value)
