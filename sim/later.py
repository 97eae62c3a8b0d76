"""Do something at a later moment of virtual time. The pretend devices keep no processes of their own."""

from __future__ import annotations

from collections.abc import Callable

import simpy


def after(env: simpy.Environment, delay_s: float, do: Callable[[], object]) -> None:
    """Call `do` after this delay. Whoever may change its mind compares a plan number inside `do`."""

    def happen(_: simpy.Event) -> None:
        do()

    env.timeout(delay_s if delay_s > 0.0 else 0.0).callbacks.append(happen)
