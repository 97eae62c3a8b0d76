"""The guards of a force that is no emergency: for each the case it allows, and each reason it refuses."""

from __future__ import annotations

import pytest

from sequencer import guards
from sequencer.guards import Refusal
from sequencer.ports import Os, Seen, ServerStatus
from sequencer.site import Site

GOING = Seen(ServerStatus(Os.SHUTTING_DOWN), 100.0, True)
UP = Seen(ServerStatus(Os.UP), 100.0, True)
BOOTING = Seen(ServerStatus(Os.BOOTING), 100.0, True)
SILENT: Seen[ServerStatus] = Seen(None, 100.0, False)
NOTHING: Seen[ServerStatus] = Seen(None, 100.0, True)


def stuck(
    site: Site, seen: Seen[ServerStatus] = GOING, *, goes_up: bool = True, now_s: float = 280.0
) -> Refusal | None:
    rack1 = site.servers["rack1"]
    return guards.force_stuck(rack1, seen, goes_up=goes_up, now_s=now_s, past_limit_s=280.0)


def test_h1_s26_what_hangs_on_its_way_down_is_forced_at_its_limit(site: Site) -> None:
    assert stuck(site) is None


def test_s26_not_a_moment_before_it(site: Site) -> None:
    assert stuck(site, now_s=279.0) == Refusal("S26", "rack1 may take 1 s more")


def test_s9_not_if_nobody_wants_it_up(site: Site) -> None:
    assert stuck(site, goes_up=False) == Refusal("S9", "nobody wants rack1 up")


@pytest.mark.parametrize("seen", [UP, SILENT, NOTHING, Seen(GOING.status, 100.0, False)])
def test_s11_not_if_it_is_not_seen_at_it(site: Site, seen: Seen[ServerStatus]) -> None:
    assert stuck(site, seen) == Refusal("S11", "rack1 is not seen going down")


def test_h3_a_node_that_refused_up_to_its_limit_is_forced(site: Site) -> None:
    assert guards.force_refusing(site.servers["control2"], UP, given_up=True, watches_itself=True) is None


@pytest.mark.parametrize("watches_itself", [True, False])
def test_h9_so_is_one_that_is_stuck_at_its_boot(site: Site, watches_itself: bool) -> None:
    node = site.servers["control2"]
    assert guards.force_refusing(node, BOOTING, given_up=True, watches_itself=watches_itself) is None


def test_s26_not_before_its_limit(site: Site) -> None:
    refusal = guards.force_refusing(site.servers["control2"], UP, given_up=False, watches_itself=True)
    assert refusal == Refusal("S26", "the limit of control2 is not over")


@pytest.mark.parametrize(
    "seen", [GOING, SILENT, NOTHING, Seen(UP.status, 100.0, False), Seen(BOOTING.status, 100.0, False)]
)
def test_s11_not_if_it_is_not_seen_up(site: Site, seen: Seen[ServerStatus]) -> None:
    refusal = guards.force_refusing(site.servers["control2"], seen, given_up=True, watches_itself=True)
    assert refusal == Refusal("S11", "control2 is not seen up")


def test_c7_one_that_hangs_with_its_service_is_forced_on_its_way_down(site: Site) -> None:
    node = site.servers["control2"]
    assert guards.force_refusing(node, GOING, given_up=True, watches_itself=False) is None


@pytest.mark.parametrize("seen", [SILENT, NOTHING, Seen(GOING.status, 100.0, False)])
def test_s11_one_whose_service_is_silent_too_must_be_seen_at_something(
    site: Site, seen: Seen[ServerStatus]
) -> None:
    refusal = guards.force_refusing(site.servers["control2"], seen, given_up=True, watches_itself=False)
    assert refusal == Refusal("S11", "control2 is not seen up")
