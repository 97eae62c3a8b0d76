"""For whom a linked disk is owed: for the first of its servers that is to be up and has its mains (L3)."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

END_S = 60000.0


def left(outage: Any, *without: str, plus: tuple[str, ...] = ()) -> dict[str, str]:
    """What L3 says of each device, when these lines are taken out and those told."""
    telling = outage.without(*without).plus(*plus).until(END_S)
    return {breach.subject: breach.text for breach in telling.result("L3").breaches}


NO_LINKED_MAINS = ("8300 room mains.lost ups5", "8300 room mains.lost ups6")
NEVER_READY = "array.ready linkeddisk"


def test_L3_a_linked_disk_is_owed_with_the_first_of_its_servers_that_has_mains(outage: Any) -> None:
    """It is there for them: as long as none of them has mains it serves nobody."""
    assert "linkeddisk" not in left(outage, NEVER_READY, plus=NO_LINKED_MAINS)
    assert "linkeddisk" in left(outage, NEVER_READY, plus=NO_LINKED_MAINS[:1])
    racks = (*NO_LINKED_MAINS, "9500 room mains.restored ups6")
    assert "since 9500 s" in left(outage, NEVER_READY, plus=racks)["linkeddisk"]
    both = (*racks, "9400 room mains.restored ups5")
    assert "since 9400 s" in left(outage, NEVER_READY, plus=both)["linkeddisk"]
    off = (f"8200 control1 request.accepted {n} wish=power_off id={n} of={n}" for n in ("rack1", "rack2"))
    assert "linkeddisk" not in left(outage, NEVER_READY, plus=(*racks, *off)), "they are not to be up"


def test_L3_of_one_with_two_feeds_as_many_as_it_needs_count_for_its_disk(outage: Any) -> None:
    servers = {**outage.site.servers, "rack2": replace(outage.site.servers["rack2"], upses=("ups6", "ups3"))}
    fed = left(outage.at_site(servers=servers), NEVER_READY, plus=NO_LINKED_MAINS)
    assert "linkeddisk" in fed
    servers["rack2"] = replace(servers["rack2"], minimum_supplies=2)
    assert "linkeddisk" not in left(outage.at_site(servers=servers), NEVER_READY, plus=NO_LINKED_MAINS)


def test_L3_a_linked_disk_that_no_server_uses_waits_for_nobody(outage: Any) -> None:
    servers = {name: replace(s, arrays=()) for name, s in outage.site.servers.items()}
    assert "linkeddisk" in left(outage.at_site(servers=servers), NEVER_READY, plus=NO_LINKED_MAINS)


def test_L1_L3_who_starts_after_a_held_disk_of_its_own_side_is_owed_as_little_as_that(outage: Any) -> None:
    """The next rank waits for this one strictly (R9-26), and nobody switches on what somebody holds (S27)."""
    site = outage.site
    feed = ("ups5",)
    other = replace(site.arrays["linkeddisk"], name="otherdisk", controllers=feed, enclosures=feed)

    def owed(held: str, **ranks: int) -> bool:
        upses = {u.name: replace(u, warm_up_rank=ranks.get(u.name, 2)) for u in site.upses.values()}
        told = outage.at_site(upses=upses, arrays={**site.arrays, "otherdisk": other})
        told = told.without(NEVER_READY).plus(f"7300 control1 hold.set {held}").until(END_S)
        judged = {rule: [breach.subject for breach in told.result(rule).breaches] for rule in ("L1", "L3")}
        assert ("linkeddisk" in judged["L1"]) is ("linkeddisk" in judged["L3"])
        return "linkeddisk" in judged["L1"]

    assert not owed("otherdisk", ups5=1)
    assert not owed("ups5", ups5=1)
    assert owed("otherdisk"), "they start together"
    assert owed("otherdisk", ups5=3), "it starts first"
    assert owed("controldisk", ups3=1), "the other side has an order of its own"
