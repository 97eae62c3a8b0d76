"""What one poll of a UPS card tells, in the words of any table; every field may be unknown."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Settings:
    """How the card itself is set, as it tells. None: it has no such setting, or says nonsense."""

    shutdown_delay_s: float | None = None
    """From the end of its warnings to the loss of output; `legacy`: part of the sum of R10-06."""
    power_off_delay_s: float | None = None
    """The whole delay of UPSes with outlet groups (`lcd`)."""
    low_battery_runtime_s: float | None = None
    return_delay_s: float | None = None
    min_return_charge_pct: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """None is "the card does not say", never "fine"."""

    model: str | None = None
    firmware: str | None = None
    mains: bool | None = None
    """The input is good, as far as the UPS itself is concerned."""
    output_on: bool | None = None
    on_battery: bool | None = None
    """An outage: the battery feeds the output, and not because a test makes it."""
    low_battery: bool | None = None
    off_armed: bool | None = None
    """An OFF counts down."""
    falls_in_s: float | None = None
    """What is left of the countdown, where a card tells it."""
    charge_pct: float | None = None
    runtime_s: float | None = None
    load_pct: float | None = None
    """The phase that carries most."""
    input_v: float | None = None
    uptime_s: float | None = None
    """Since the card started."""
    comm_ok: bool | None = None
    """False: the card no longer hears its UPS, and all else is stale."""
    settings: Settings = field(default_factory=Settings)
    odd: tuple[str, ...] = ()
    """What the card says that cannot be meant, in words."""
