"""How many examples a property is tried on: a few, the same every time; many, for the long tests.

`TEIDEN_EXAMPLES=5000` tries that many in the long ones, and others each time.
"""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

PATIENT = (HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture)


def few(number: int) -> settings:
    """What every run of the tests and every machine tries alike."""
    return settings(
        max_examples=number,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=PATIENT,
    )


def many(number: int) -> settings:
    wanted = os.environ.get("TEIDEN_EXAMPLES", "")
    return settings(few(number), max_examples=int(wanted or number), derandomize=not wanted, print_blob=True)
