"""As long as others carry all that hangs on a UPS, nobody has to tell it anything: S18, L2 (X-04)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.told_well import CALM

HALTED = ("room server.halted control1", "room server.halted control2")


def on_both(told: Any) -> Any:
    """ups6 feeds the linked disk as well as ups4."""
    site, feeds = told.site, ("ups4", "ups6")
    disk = replace(site.arrays["linkeddisk"], controllers=feeds, enclosures=feeds)
    return told.at_site(arrays={**site.arrays, "linkeddisk": disk})


def drained_beside(tell: Any, *lines: str, runtime_s: int = 100) -> Any:
    """An outage of ups4 alone used its battery up; its mains come back, and go once more."""
    return on_both(
        tell(CALM).plus(
            "0 room mains.lost ups4",
            "30 control1 outage.confirmed ups4",
            "150 room mains.restored ups4",
            "150 room ups.charge ups4 charge_pct=5",
            "200 room mains.lost ups6",
            "230 control1 outage.confirmed ups6",
            "300 room mains.lost ups4",
            f"300 room ups.charge ups4 charge_pct=5 runtime_s={runtime_s}",
            "400 room ups.exhausted ups4",
            "400 room ups.output_off ups4 cause=exhausted",
            *lines,
        )
    )


def breached(told: Any) -> bool:
    return bool(told.result("S18").breaches)


def test_S18_p4_x04_nobody_is_blamed_for_what_an_outage_took_in_which_another_carried_the_disk(
    tell: Any,
) -> None:
    """Nobody had to tell it then, and when the other one went it was too late (two-feeds, seed 7100068)."""
    told = drained_beside(tell)
    assert not breached(told)
    assert breached(drained_beside(tell, runtime_s=1500)), "there was time"
    assert breached(told.moved("mains.lost ups6", 149)), "the other was out, too, before that was over"
    assert not breached(told.moved("mains.lost ups6", 150))
    alone = replace(told.site.arrays["linkeddisk"], controllers=("ups4",))
    arrays = {**told.site.arrays, "linkeddisk": alone}
    assert breached(told.at_site(arrays=arrays)), "it was the only one of the controllers"


def test_S18_x04_one_that_was_off_meanwhile_has_carried_nobody(tell: Any) -> None:
    off = "{} room ups.output_off ups6 cause=fault"
    assert breached(drained_beside(tell, off.format(100)))
    assert not breached(drained_beside(tell, off.format(160)))
    again = "{} room ups.output_on ups6 cause=button"
    assert not breached(drained_beside(tell, off.format(-50), again.format(-10)))
    assert breached(drained_beside(tell, off.format(-50), again.format(10)))


def gone_after(tell: Any, *lines: str, other_s: int = 200, gone_s: int = 100) -> Any:
    """ups4 alone was out when the nodes were told to go, and the mains of the other one went after them."""
    return on_both(
        tell(CALM).plus(
            "0 room mains.lost ups4",
            "30 control1 outage.confirmed ups4",
            *(f"{gone_s} {line}" for line in HALTED),
            f"{other_s} room mains.lost ups6",
            "900 room ups.exhausted ups6",
            "900 room ups.output_off ups6 cause=exhausted",
            "2000 room ups.exhausted ups4",
            "2000 room ups.output_off ups4 cause=exhausted",
            "2000 room array.lost_data linkeddisk",
            *lines,
        )
    )


@pytest.mark.parametrize("rule", ["S18", "L2"])
def test_S18_L2_r10_14_x04_nor_where_the_last_that_carried_it_lost_its_mains_when_no_node_was_at_work(
    tell: Any, rule: str
) -> None:
    """People had sent them to sleep, and until they went another had carried it (two-feeds, 7100376)."""

    def of(told: Any) -> bool:
        return "ups4" in "".join(b.text for b in told.result(rule).breaches)

    assert not of(gone_after(tell))
    assert of(gone_after(tell, other_s=90)), "they have seen both of them out"
    assert of(gone_after(tell).without("server.halted control2")), "one of them was there"
    assert of(gone_after(tell, "500 room server.up control1")), "or has come since"
    fell = "-10 room ups.output_off ups6 cause=fault"
    assert of(gone_after(tell, fell)), "it was off, and carried nobody"
    blinked = gone_after(tell, "80 room mains.lost ups6", "150 room mains.restored ups6")
    assert of(blinked), "they have seen both of them out"
    blinked = gone_after(tell, "-80 room mains.lost ups6", "-50 room mains.restored ups6")
    assert not of(blinked), "that was over before"
    back = gone_after(tell, "1000 room mains.restored ups6")
    assert not of(back)
    assert of(back.moved("mains.lost ups6", 90)), "that it has mains by now changes nothing"
