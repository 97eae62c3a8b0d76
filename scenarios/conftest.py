"""Site files that `teiden check` finds fault with, on purpose: they fail here, or something has changed."""

from __future__ import annotations

import pytest

KNOWN = {
    "sites/hall.yaml": "R1-07: the product links 10 arrays; the hall has 38, to see how far the room carries",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for file, why in KNOWN.items():
            if item.nodeid.endswith(f"scenarios/{file}::check"):
                item.add_marker(pytest.mark.xfail(reason=why, strict=True))
