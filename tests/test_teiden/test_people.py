"""What a hand on a button excuses: only what nobody could have called back (S16)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.events import Event, Source
from sequencer.requests import Wish
from sim.faults.hands import AT_ONCE_S
from sim.story import Asked, Booted, Happening, Managed, Manager, Pressed
from teiden.explore.people import unexcused
from teiden.judge.invariants.invariant import Breach
from teiden.judge.invariants.standing import followed_s
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


@pytest.mark.parametrize("deed", [Pressed(1000.0, "ups5"), Booted(1000.0, "blade1")])
def test_s8_a_finger_starts_what_boots_at_once_and_not_what_is_started_later(deed: Happening) -> None:
    site = reference_site()
    for at_s, excused in ((1000.0, True), (1000.0 + AT_ONCE_S, True), (1000.1 + AT_ONCE_S, False)):
        breach = Breach("S8", at_s, "blade1", "")
        assert list(unexcused([breach], [deed], site)) == ([] if excused else [breach])


def test_s28_whom_a_finger_has_booted_nobody_else_may_start_for_that() -> None:
    """What a hand does S28 does not judge: only what we start."""
    woken = Breach("S28", 1005.0, "rackpool", "")
    assert list(unexcused([woken], [Booted(1000.0, "rackpool")], reference_site())) == [woken]


@pytest.mark.parametrize(("rule", "subject"), [("S1", "control1"), ("S2", "controldisk")])
def test_s1_s2_a_reboot_excuses_what_happens_while_it_lasts(rule: str, subject: str) -> None:
    site = reference_site()
    deed = Managed(1000.0, Manager.REBOOT, "control1")
    last_s = 1000.0 + site.servers["control1"].stop_limit_s + site.start.server_limit_s
    for at_s, excused in ((last_s, True), (last_s + 0.1, False)):
        breach = Breach(rule, at_s, subject, "", (TOLD,))
        assert list(unexcused([breach], [deed], site)) == ([] if excused else [breach])


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


HALTED_S = 1060.0


def of_ups3(*more: Event, at_s: float, of: str = "ups3", rule: str = "S18") -> bool:
    """Whether it is excused that its battery ran empty, after the manager has rebooted control1."""
    site, deed = reference_site(), Managed(1000.0, Manager.REBOOT, "control1")
    lost = [Event(200.0, "ups.on_battery", ups, "room", Source.FACT) for ups in ("ups1", "ups3")]
    halted = Event(HALTED_S, "server.halted", "control1", "room", Source.FACT)
    run = sorted([*lost, halted, *more], key=lambda e: e.t)
    return not list(unexcused([Breach(rule, at_s, of, "")], [deed], site, run))


@pytest.mark.parametrize(("rule", "of"), [("S18", "ups3"), ("L2", "controldisk"), ("S18", "ups1")])
def test_s18_l2_the_other_node_that_is_there_follows_a_node_that_is_rebooted(rule: str, of: str) -> None:
    """control2 is up all the time, and tells nobody anything."""
    followed = HALTED_S + followed_s(reference_site())
    assert of_ups3(at_s=followed - 1.0, of=of, rule=rule)
    assert not of_ups3(at_s=followed, of=of, rule=rule)
    stop = Event(1300.0, "command.sent", "ssccluster", "control2", Source.SEEN, {"command": "stop"})
    assert of_ups3(stop, at_s=1400.0, of=of, rule=rule), "it was late by that"
    assert not of_ups3(replace(stop, t=199.0), at_s=1400.0, of=of, rule=rule), "of an outage before"
    assert not of_ups3(replace(stop, t=1401.0), at_s=1400.0, of=of, rule=rule)
    assert not of_ups3(replace(stop, subject="blade1"), at_s=1400.0, of=of, rule=rule)
    back = Event(1250.0, "ups.on_line", of, "room", Source.FACT)
    if of.startswith("ups"):
        assert of_ups3(back, at_s=1400.0, of=of, rule=rule), "there was nothing to tell it"


@pytest.mark.parametrize("name", ["shutting_down", "halted", "crashed", "forced"])
def test_s18_nobody_follows_it_where_the_other_is_down_or_has_only_just_come_up(name: str) -> None:
    down = Event(900.0, f"server.{name}", "control2", "room", Source.FACT)
    up_s = 1400.0 - followed_s(reference_site())
    up = Event(up_s, "server.up", "control2", "room", Source.FACT)
    assert of_ups3(down, at_s=1400.0)
    assert of_ups3(down, replace(up, t=up_s + 1.0), at_s=1400.0)
    assert not of_ups3(down, up, at_s=1400.0)
    assert not of_ups3(replace(down, t=1401.0), at_s=1400.0)
    assert not of_ups3(replace(down, source=Source.SEEN), at_s=1400.0)


@pytest.mark.parametrize("of", ["ssccluster", "control2"])
def test_s18_l2_who_shuts_the_last_node_down_has_nobody_to_tell_the_others_until_one_is_up(of: str) -> None:
    """R10-14: the cluster's manager asks nobody, also in mid-outage. Whoever is up again looks first."""
    site, deed = reference_site(), Managed(1000.0, Manager.SHUTDOWN, of)
    look_s = site.start.first_look_limit_s
    told = [(1120.0, "shutting_down"), (1180.0, "halted"), (3000.0, "up")]
    nodes = ("control1", "control2")
    events = [Event(t, f"server.{what}", node, "room", Source.FACT) for t, what in told for node in nodes]
    for rule, subject, at_s, excused in (
        ("S18", "ups4", 2100.0, True),
        ("L2", "linkeddisk", 2100.0, True),
        ("S2", "linkeddisk", 2100.0, False),
        ("S18", "ups4", 1100.0, False),
        ("S18", "ups4", 2999.9 + look_s, True),
        ("S18", "ups4", 3000.0 + look_s, False),
        ("L3", "control1", 2100.0, of == "control2"),  # whom the last one was to wake
        ("L3", "control1", 3000.0 + look_s, False),
        ("L3", "linkeddisk", 2100.0, False),
    ):
        breach = Breach(rule, at_s, subject, "")
        assert list(unexcused([breach], [deed], site, events)) == ([] if excused else [breach])
        assert list(unexcused([breach], [deed], site)) == [breach], "nobody was seen to go"


@pytest.mark.parametrize(
    ("at_s", "excused"), [(1179.0, False), (1180.0, True), (2319.0, True), (2321.0, False)]
)
def test_s18_l2_so_it_is_while_the_manager_reboots_all_of_them_and_no_longer(
    at_s: float, excused: bool
) -> None:
    """Cluster limit, system limit, boot limit: 300 + 120 + 900 s."""
    site, deed = reference_site(), Managed(1000.0, Manager.REBOOT, "ssccluster")
    nodes = ("control1", "control2")
    told = [(1120.0, "shutting_down"), (1180.0, "halted"), (1180.0, "booting")]
    events = [Event(t, f"server.{what}", node, "room", Source.FACT) for t, what in told for node in nodes]
    breach = Breach("S18", at_s, "ups4", "")
    assert list(unexcused([breach], [deed], site, events)) == ([] if excused else [breach])
    up = Event(1420.0, "server.up", "control1", "room", Source.FACT)
    later = Breach("S18", max(at_s, 1420.1 + site.start.first_look_limit_s), "ups4", "")
    assert list(unexcused([later], [deed], site, [*events, up])) == [later]


@pytest.mark.parametrize(
    ("rule", "subject", "told_s", "at_s", "excused"),
    [
        ("S1", "control1", 999.0, 1300.0, True),
        ("S1", "control2", 999.0, 1180.0, True),
        ("S1", "control1", 999.0, 1179.0, False),  # one of them is up
        ("S1", "control1", 1001.0, 1300.0, False),  # by whoever knew of the reboot
        ("S1", "control1", 999.0, 2321.0, False),
        ("S1", "rack1", 999.0, 1300.0, False),
        ("S2", "controldisk", 999.0, 1300.0, False),
    ],
)
def test_s1_r2_08_who_is_at_its_boot_when_the_manager_reboots_all_nodes_is_forced_by_nobody(
    rule: str, subject: str, told_s: float, at_s: float, excused: bool
) -> None:
    """It let nobody shut it down before, and its UPS had been told to go off (H3, S16)."""
    site, deed = reference_site(), Managed(1000.0, Manager.REBOOT, "ssccluster")
    told = [(1120.0, "shutting_down"), (1180.0, "halted"), (1180.0, "booting")]
    events = [down(t, what, node) for t, what in told for node in ("control1", "control2")]
    off = Event(told_s, "command.sent", "ups1", "control1", Source.SEEN, {"command": "off"})
    breach = Breach(rule, at_s, subject, "", (off,))
    assert list(unexcused([breach], [deed], site, events)) == ([] if excused else [breach])
    assert list(unexcused([breach], [deed], site)) == [breach], "nobody was seen to go"


@pytest.mark.parametrize(
    ("node", "since_up_s", "excused"),
    [
        ("control1", 29.9, True),
        ("control1", 30.1, False),
        ("control2", 119.9, True),
        ("control2", 120.1, False),
    ],
)
def test_s18_s13_who_boots_second_by_its_number_listens_for_the_first_before_it_tells_anybody(
    node: str, since_up_s: float, excused: bool
) -> None:
    site, deed = reference_site(), Managed(1000.0, Manager.REBOOT, "ssccluster")
    told = [(1120.0, "shutting_down"), (1180.0, "halted"), (1180.0, "booting")]
    nodes = ("control1", "control2")
    events = [Event(t, f"server.{what}", name, "room", Source.FACT) for t, what in told for name in nodes]
    events += [Event(1420.0, "server.up", node, "room", Source.FACT)]
    breach = Breach("S18", 1420.0 + since_up_s, "ups4", "")
    assert list(unexcused([breach], [deed], site, events)) == ([] if excused else [breach])
    seen = Event(1430.0, "server.up", "control1", "control2", Source.SEEN)
    later = Event(1600.0, "server.up", "control1", "room", Source.FACT)
    assert list(unexcused([breach], [deed], site, [*events, seen, later])) == ([] if excused else [breach])


@pytest.mark.parametrize(
    ("rule", "subject", "since_up_s", "excused"),
    [
        ("S18", "ups3", 30.0 + 179.9, True),
        ("S18", "ups3", 30.0 + 180.1, False),
        ("S18", "ups1", 30.0 + 419.9, True),
        ("S18", "ups1", 30.0 + 420.1, False),
        ("L2", "controldisk", 30.0 + 119.9, True),
        ("L2", "controldisk", 30.0 + 120.1, False),
        ("L2", "rack1", 30.0 + 179.9, True),
        ("L2", "rack1", 30.0 + 180.1, False),
        ("L3", "control2", 30.1, False),
    ],
)
def test_s18_l2_who_is_up_again_too_late_for_an_off_to_end_before_a_battery_does_is_there_in_vain(
    rule: str, subject: str, since_up_s: float, excused: bool
) -> None:
    site, deed = reference_site(), Managed(1000.0, Manager.SHUTDOWN, "control2")
    told = [(1120.0, "shutting_down"), (1180.0, "halted")]
    events = [down(t, what, node) for t, what in told for node in ("control1", "control2")]
    events += [Event(3000.0, "server.up", "control1", "room", Source.FACT)]
    breach = Breach(rule, 3000.0 + since_up_s, subject, "")
    assert list(unexcused([breach], [deed], site, events)) == ([] if excused else [breach])


FLUSH = Event(640.0, "command.sent", "linkeddisk", "control1", Source.SEEN, {"command": "flush"})


def heard(t: float, name: str, subject: str = "ups6", by: str = "control1") -> Event:
    return Event(t, name, subject, by, Source.SEEN if by != "room" else Source.FACT, {})


@pytest.mark.parametrize(
    ("told", "excused"),
    [
        ([heard(400.0, "card.silent")], True),
        ([heard(400.0, "card.silent"), heard(603.0, "server.booting", "rack1", "room")], True),
        ([heard(400.0, "card.silent"), heard(603.0, "server.booting", "rack1", "control2")], True),
        ([heard(400.0, "card.silent"), heard(650.0, "card.answering")], True),
        ([], False),
        ([heard(610.0, "card.silent")], False),
        ([heard(400.0, "card.silent", by="control2")], False),
        ([heard(400.0, "card.silent", "ups5")], False),
        ([heard(400.0, "card.silent"), heard(500.0, "card.answering")], False),
        ([heard(400.0, "card.silent"), heard(610.0, "card.answering"), heard(620.0, "card.silent")], False),
        ([heard(400.0, "card.silent"), heard(603.0, "server.booting", "rack1")], False),
    ],
)
def test_s3_a_button_that_whoever_flushes_cannot_know_of_is_excused(told: list[Event], excused: bool) -> None:
    """By all that it knows that UPS is off, as it was told."""
    site = reference_site()
    breach = Breach("S3", 640.0, "linkeddisk", "", (FLUSH,))
    assert (list(unexcused([breach], [Pressed(602.0, "ups6")], site, told)) == []) is excused


def test_s3_nor_is_another_rule_another_disk_or_a_flush_before_it() -> None:
    site, told = reference_site(), [heard(400.0, "card.silent"), heard(400.0, "card.silent", "ups2")]
    for breach, deed in (
        (Breach("S2", 640.0, "linkeddisk", "", (FLUSH,)), Pressed(602.0, "ups6")),
        (Breach("S3", 640.0, "linkeddisk", "", (FLUSH,)), Pressed(602.0, "ups2")),
        (Breach("S3", 640.0, "linkeddisk", "", (FLUSH,)), Booted(602.0, "rack1")),
        (Breach("S3", 640.0, "linkeddisk", "", (FLUSH,)), Pressed(650.0, "ups6")),
        (Breach("S3", 640.0, "linkeddisk", ""), Pressed(602.0, "ups6")),
    ):
        assert list(unexcused([breach], [deed], site, told)) == [breach]


def test_s27_s1_who_is_held_after_his_off_was_told_is_excused_and_before_it_nobody_need_have_told_it() -> (
    None
):
    """He hangs on his way down; nobody may force him, nor call the OFF back."""
    site = reference_site()
    breach = Breach("S1", 1180.0, "rack1", "", (TOLD,))
    assert list(unexcused([breach], [Asked(1000.0, Wish.HOLD, ("rack1",))], site)) == []
    assert list(unexcused([breach], [Asked(999.0, Wish.HOLD, ("rack1",))], site)) == [breach]
    assert list(unexcused([breach], [Asked(1000.0, Wish.HOLD, ("rack2",))], site)) == [breach]


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


def down(t: float, what: str, name: str) -> Event:
    return Event(t, f"server.{what}", name, "room", Source.FACT)


@pytest.mark.parametrize("of", ["ssccluster", "control1"])
@pytest.mark.parametrize(
    ("began_s", "gone_s", "fell_s", "excused"),
    [
        (1000.0, 1060.0, 1500.0, True),
        (1000.0, 1179.9, 1180.0, True),
        (1000.0, 1180.0, 1500.0, False),  # its time was over, and a node was there to force it
        (1000.0, 1060.0, 1179.9, False),  # it fell in its time
        (1061.0, 1060.0, 1500.0, False),  # it did not go down yet
    ],
)
def test_s1_c12_who_goes_down_in_his_time_is_not_forced_when_somebody_shuts_the_last_node_down(
    of: str, began_s: float, gone_s: float, fell_s: float, excused: bool
) -> None:
    """He hangs, and nobody is left to see that; who does not is down before his power falls."""
    site = reference_site()
    assert site.servers["rack1"].stop_limit_s == 180.0
    run = [
        down(900.0, "shutting_down", "control2"),
        down(950.0, "halted", "control2"),
        down(began_s, "shutting_down", "rack1"),
        down(1010.0, "shutting_down", "control1"),
        down(gone_s, "halted", "control1"),
        down(fell_s + 1, "shutting_down", "rack1"),
    ]
    run.sort(key=lambda event: event.t)
    breach, deed = Breach("S1", fell_s, "rack1", ""), Managed(1010.0, Manager.SHUTDOWN, of)
    assert (list(unexcused([breach], [deed], site, run)) == []) is excused
    seen = [Event(e.t, e.name, e.subject, "control1", Source.SEEN) for e in run if e.subject == "rack1"]
    assert list(unexcused([breach], [deed], site, [e for e in run if e.subject != "rack1"] + seen)) == [
        breach
    ]
    ours = Event(1005.0, "command.sent", "control1", "control1", Source.SEEN, {"command": "shutdown"})
    assert list(unexcused([breach], [deed], site, sorted([*run, ours], key=lambda e: e.t))) == [breach]
    other = Breach("S1", fell_s, "rack2", "")
    assert list(unexcused([other], [deed], site, run)) == [other], "it was not going down"
