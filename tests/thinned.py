"""Long lists of cases, thinned out for the normal suite; `./run test-long` plays those that it leaves out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest


def thinned(cases: Iterable[Any], every: int = 2) -> list[Any]:
    """The first case and every so many further stay; the others are long. For one name in `parametrize`."""
    return [
        case if n % every == 0 else pytest.param(case, marks=pytest.mark.long) for n, case in enumerate(cases)
    ]
