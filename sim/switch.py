"""A pretend LAN or FC switch: it works while it has power, and a LAN switch carries the requests."""

from __future__ import annotations

from collections.abc import Callable

from sequencer.site import Switch as SwitchSettings
from sim.network import Lan
from sim.supply import Supplies


class Switch:
    """`lan` is None for an FC switch, of which the room knows only what it draws."""

    def __init__(
        self,
        settings: SwitchSettings,
        supplies: Supplies,
        watts: float,
        lan: Lan | None,
        load_changed: Callable[[tuple[str, ...]], None],
    ) -> None:
        self.name = settings.name
        self._settings = settings
        self._supplies = supplies
        self._watts = watts
        self._lan = lan
        self._load_changed = load_changed
        self._dead = False
        self._carry()

    def die(self, dead: bool) -> None:
        """Fault N1: it carries nothing, whatever its power does."""
        self._dead = dead
        self._carry()

    def _carry(self) -> None:
        if self._lan is not None:
            powered = self._supplies.live >= self._settings.minimum_supplies
            self._lan.switch_power(self.name, powered and not self._dead)

    def supply_changed(self) -> None:
        self._carry()
        self._load_changed(self._supplies.upses)

    def watts_from(self, ups: str) -> float:
        return self._supplies.share(ups, self._watts)

    def full_watts_from(self, ups: str) -> float:
        return self._supplies.full_share(ups, self._watts)
