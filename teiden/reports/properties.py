"""The numbers of one run by name, as JUnit properties and tables carry them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from teiden.rehearsal import Rehearsal


def properties(rehearsal: Rehearsal) -> dict[str, str | int | float]:
    """`seed`, `site_hash`, `margin.linked_stop_s`, `lowest_charge.ups1_pct`: the same for the same run."""
    return {
        "seed": rehearsal.seed,
        "site_hash": rehearsal.story.site_hash,
        **rehearsal.verdict.margins.properties(),
    }
