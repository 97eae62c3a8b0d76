"""What a hand on a button excuses: only what nobody could have called back (S16)."""

from __future__ import annotations

import pytest

from sequencer.events import Event, Source
from sim.story import Booted, Managed, Manager, Pressed
from teiden.explore.people import unexcused
from teiden.judge.invariants.invariant import Breach
from tests.worlds import reference_site

TOLD = Event(1000.0, "command.sent", "ups4", "control1", Source.SEEN, {"command": "off"})


@pytest.mark.parametrize(("rule", "subject"), [("S1", "rack1"), ("S2", "linkeddisk")])
def test_who_boots_after_the_off_was_told_is_excused_and_before_it_a_look_would_have_told(
    rule: str, subject: str
) -> None:
    breach = Breach(rule, 1180.0, subject, "", (TOLD,))
    site = reference_site()

    assert list(unexcused([breach], [Booted(1000.0, "rack1")], site)) == []
    assert list(unexcused([breach], [Booted(999.0, "rack1")], site)) == [breach]
    assert list(unexcused([breach], [Booted(1200.0, "rack1")], site)) == [breach]
    untold = Breach(rule, 1180.0, subject, "")
    assert list(unexcused([untold], [Booted(1000.0, "rack1")], site)) == [untold]


def test_s2_who_presses_the_button_of_servers_power_is_excused_as_who_boots_them_and_no_further() -> None:
    """control2 boots while its disk's UPS counts down already."""
    site = reference_site()
    breach = Breach("S2", 1180.0, "controldisk", "", (TOLD,))
    assert list(unexcused([breach], [Pressed(1000.0, "ups2")], site)) == []
    assert list(unexcused([breach], [Pressed(999.0, "ups2")], site)) == [breach]
    assert list(unexcused([breach], [Pressed(1000.0, "ups5")], site)) == [breach], "other disks"
    for rule, subject in (("S1", "control2"), ("S8", "rack1"), ("S17", "linkeddisk")):
        other = Breach(rule, 1180.0, subject, "", (TOLD,))
        assert list(unexcused([other], [Pressed(1000.0, "ups5")], site)) == [other]
    own = Breach("S8", 1180.0, "blade1", "", (TOLD,))
    assert list(unexcused([own], [Pressed(1000.0, "ups5")], site)) == []


@pytest.mark.parametrize(
    ("rule", "subject", "excused"),
    [
        ("S18", "ups3", True),
        ("S18", "ups1", True),
        ("L2", "controldisk", True),
        ("S18", "ups2", False),
        ("S18", "ups4", False),
        ("L2", "control1", False),
        ("L2", "linkeddisk", False),
    ],
)
def test_s18_l2_a_node_that_is_rebooted_tells_its_own_power_nothing_while_it_is_away_and_no_longer(
    rule: str, subject: str, excused: bool
) -> None:
    site = reference_site()
    node = site.servers["control1"]
    deed = Managed(1000.0, Manager.REBOOT, "control1")
    last_s = 1000.0 + node.stop_limit_s + site.start.server_limit_s
    for at_s, within in ((999.0, False), (1000.0, True), (last_s, True), (last_s + 1, False)):
        breach = Breach(rule, at_s, subject, "")
        assert list(unexcused([breach], [deed], site)) == ([] if excused and within else [breach])


@pytest.mark.parametrize("of", ["ssccluster", "control2"])
def test_s18_l2_who_shuts_the_last_node_down_has_nobody_to_tell_the_others_until_one_is_up(of: str) -> None:
    """R10-14: the cluster's manager asks nobody, also in mid-outage."""
    site, deed = reference_site(), Managed(1000.0, Manager.SHUTDOWN, of)
    told = [(1120.0, "shutting_down"), (1180.0, "halted"), (3000.0, "up")]
    nodes = ("control1", "control2")
    events = [Event(t, f"server.{what}", node, "room", Source.FACT) for t, what in told for node in nodes]
    for rule, subject, at_s, excused in (
        ("S18", "ups4", 2100.0, True),
        ("L2", "linkeddisk", 2100.0, True),
        ("S2", "linkeddisk", 2100.0, False),
        ("S18", "ups4", 1100.0, False),
        ("S18", "ups4", 3000.0, False),
    ):
        breach = Breach(rule, at_s, subject, "")
        assert list(unexcused([breach], [deed], site, events)) == ([] if excused else [breach])
        assert list(unexcused([breach], [deed], site)) == [breach], "nobody was seen to go"


@pytest.mark.parametrize(
    ("subject", "at_s", "excused"),
    [("ups2", 1000.0, True), ("ups2", 1120.0, True), ("ups2", 1121.0, False), ("ups1", 1000.0, False)],
)
def test_s5_the_ups_of_a_node_that_its_manager_shuts_down_goes_with_it_and_no_other(
    subject: str, at_s: float, excused: bool
) -> None:
    """Whatever of the linked side is not down yet: nobody has asked. It would not come back else."""
    site = reference_site()
    breach = Breach("S5", at_s, subject, "")
    deed = Managed(1000.0, Manager.SHUTDOWN, "control2")
    assert site.servers["control2"].stop_limit_s == 120.0
    assert (list(unexcused([breach], [deed], site)) == []) is excused
    cluster = Managed(1000.0, Manager.SHUTDOWN, "ssccluster")
    assert list(unexcused([breach], [cluster], site)) == [breach]
