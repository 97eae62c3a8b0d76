"""What a hold excuses, and until when (O2, S27)."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.events import Event, Source
from sequencer.requests import Wish
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.story import Asked, FaultChange
from teiden.explore.people import unexcused
from teiden.files.site_file import load_site
from teiden.judge.alone import whole_stop_s
from teiden.judge.excuses import judged
from teiden.judge.invariants.invariant import Breach
from teiden.judge.invariants.stages import stages
from teiden.judge.wiring import Wiring
from tests.worlds import reference_site

SITES = Path(__file__).resolve().parents[2] / "scenarios" / "sites"


def heard(t: float, name: str, subject: str = "ups6", by: str = "control1") -> Event:
    return Event(t, name, subject, by, Source.SEEN if by != "room" else Source.FACT, {})


@pytest.mark.parametrize(("rule", "subject"), [("S18", "ups4"), ("S18", "ups6"), ("L2", "linkeddisk")])
def test_o2_a_hold_excuses_until_it_has_ended_and_a_whole_stop_has_had_its_time(
    rule: str, subject: str
) -> None:
    site = reference_site()
    held, other = Asked(1000.0, Wish.HOLD, ("rack1",), "me"), Asked(1500.0, Wish.RELEASE, ("rack2",), "me")
    free = Asked(2000.0, Wish.RELEASE, ("rack1",), "me")
    last_s = 2000.0 + whole_stop_s(site)
    for at_s, excused in ((999.0, False), (2000.0, True), (last_s, True), (last_s + 0.1, False)):
        breach = Breach(rule, at_s, subject, "")
        assert list(unexcused([breach], [held, other, free], site)) == ([] if excused else [breach])
        assert not list(unexcused([breach], [held, other], site)) or at_s < 1000.0, "he is held yet"


@pytest.mark.parametrize(
    ("held", "rule", "subject", "excused"),
    [
        ("rack1", "L2", "rack1", True),
        ("rack1", "L2", "rack2", False),
        ("rack1", "S18", "ups3", False),
        ("ups6", "L2", "rack1", False),
        ("ups4", "L2", "linkeddisk", False),
        ("linkeddisk", "L2", "linkeddisk", True),
        ("control1", "L2", "controldisk", True),
    ],
)
def test_o2_l2_who_is_held_loses_what_he_has_and_nobody_beside_him(
    held: str, rule: str, subject: str, excused: bool
) -> None:
    """The others on his UPS are shut down, a UPS's array is flushed, and the control side goes in time."""
    breach = Breach(rule, 2000.0, subject, "")
    deed = Asked(1000.0, Wish.HOLD, (held,), "me")
    assert list(unexcused([breach], [deed], reference_site())) == ([] if excused else [breach])


@pytest.mark.parametrize(
    ("name", "held", "subject", "excused"),
    [
        ("two-feeds", "control1", "control2", True),
        ("two-feeds", "control1", "rack1", False),
        ("two-feeds", "rack1", "rack2", False),
        ("reference", "control1", "control2", False),
    ],
)
def test_o2_l3_a_node_that_shares_its_power_with_one_that_is_held_is_not_told_to_come_back(
    name: str, held: str, subject: str, excused: bool
) -> None:
    """It is halted with its power on, until who is up has the mains of their disk and wakes it."""
    site = load_site(SITES / f"{name}.yaml").site
    deeds = [Asked(1000.0, Wish.HOLD, (held,), "me"), Asked(2000.0, Wish.RELEASE, (held,), "me")]
    free = heard(2000.0, "hold.released", held)
    for at_s, within in ((1999.0, True), (2000.0 + whole_stop_s(site) + 1.0, False)):
        breach = Breach("L3", at_s, subject, "")
        for went_s, then in ((1500.0, True), (900.0, False)):
            run = [
                heard(went_s, "server.shutting_down", subject, "room"),
                heard(1000.0, "hold.set", held),
                heard(950.0, "ups.on_battery", "ups3", "room"),
                free,
            ]
            told = sorted(run, key=lambda event: event.t)
            expected = [] if excused and within and then else [breach]
            assert list(unexcused([breach], deeds, site, told)) == expected


def test_o2_l3_but_only_for_as_long_as_their_disk_lacks_its_mains() -> None:
    """A hold that nobody ends excused for good that who is up does not wake him."""
    site = load_site(SITES / "two-feeds.yaml").site
    back_s, deed = 1500.0, Asked(1000.0, Wish.HOLD, ("control1",), "me")
    late_s = back_s + stages(site, Wiring(site)).nodes_s
    went = heard(1100.0, "server.shutting_down", "control2", "room")
    lost, back = heard(950.0, "ups.on_battery", "ups3", "room"), heard(back_s, "ups.on_line", "ups3", "room")
    other = heard(960.0, "ups.on_battery", "ups7", "room")

    def counts(t: float, *events: Event) -> bool:
        breach = Breach("L3", t, "control2", "")
        run = sorted((went, other, *events), key=lambda event: event.t)
        return list(unexcused([breach], [deed], site, run)) == [breach]

    assert not counts(late_s - 1, lost, back)
    assert counts(late_s, lost, back)
    assert not counts(9e4, lost), "it lacks them yet"
    assert counts(9e4), "it always had them"
    assert not counts(late_s, lost, back, heard(late_s - 1, "ups.on_battery", "ups4", "room")), "lost again"
    assert counts(late_s, lost, back, heard(late_s, "ups.on_battery", "ups4", "room")), "when he was late"
    assert counts(9e4, heard(950.0, "ups.on_battery", "ups3")), "as somebody says"


def test_o2_whose_release_no_node_was_up_to_hear_is_held_until_one_hears_another() -> None:
    site = reference_site()
    deeds = [
        Asked(1000.0, Wish.HOLD, ("ups3",), "me"),
        Asked(2000.0, Wish.RELEASE, ("ups3",), "me"),
        Asked(9000.0, Wish.RELEASE, ("ups3",), "me"),
    ]
    breach = Breach("S18", 8000.0, "ups3", "")
    held = [heard(1000.0, "hold.set", "ups3")]
    assert list(unexcused([breach], deeds, site, held)) == []
    assert list(unexcused([breach], deeds, site, [*held, heard(9000.1, "hold.released", "ups3")])) == []
    assert list(unexcused([breach], deeds, site, [*held, heard(2000.1, "hold.released", "ups3")])) == [breach]
    assert list(unexcused([breach], deeds, site, [heard(999.0, "hold.set", "ups3")])) == [breach], "another"
    assert list(unexcused([breach], deeds, site, [heard(1000.0, "hold.set", "ups4")])) == [breach], "unheard"
    late = Breach("S18", 9001.0 + whole_stop_s(site), "ups3", "")
    assert list(unexcused([late], deeds, site, [*held, heard(9000.1, "hold.released", "ups3")])) == [late]
    early = heard(1500.0, "hold.released", "ups3")
    assert list(unexcused([breach], deeds, site, [*held, early])) == [], "that was of something else"


@pytest.mark.parametrize(
    ("subject", "ours", "counts"), [("rack1", False, False), ("rack1", True, True), ("rack2", False, True)]
)
def test_c12_o2_s1_nobody_may_stop_who_is_held_whatever_another_has_told_his_ups(
    subject: str, ours: bool, counts: bool
) -> None:
    """It was told when he was held already, and its countdown was long (seed 73492, crowded)."""
    site, fell = reference_site(), heard(2000.0, "ups.output_off", by="room")
    off = Event(1500.0, "command.sent", "ups6", "control1", Source.SEEN, {"command": "off"})
    breach = Breach("S1", 2000.0, subject, "", (*([off] if ours else []), fell))
    deed = Asked(1000.0, Wish.HOLD, ("rack1",), "me")
    assert bool(list(unexcused([breach], [deed], site))) is counts
    held = FaultChange(1000.0, named("server_in_maintenance"), "rack1")
    assert bool(judged([breach], [], [held], site)[1]) is counts


@pytest.mark.parametrize(
    ("who", "disk", "told_s", "counts"),
    [
        ("control2", "controldisk", 999.0, False),
        ("control2", "controldisk", 1001.0, True),
        ("control2", "linkeddisk", 999.0, True),
        ("rack1", "linkeddisk", 999.0, False),
        ("rack1", "controldisk", 999.0, True),
    ],
)
def test_o2_s2_nobody_forces_who_is_held_before_the_off_falls_that_his_disk_was_told_before(
    who: str, disk: str, told_s: float, counts: bool
) -> None:
    """He lets nobody in, and was to force himself shortly before that (H3, seed 56696)."""
    site = reference_site()
    off = Event(told_s, "command.sent", "ups3", "control2", Source.SEEN, {"command": "off"})
    breach = Breach("S2", 1180.0, disk, "", (off,))
    assert bool(list(unexcused([breach], [Asked(1000.0, Wish.HOLD, (who,), "me")], site))) is counts
    held = FaultChange(1000.0, named("server_in_maintenance"), who)
    assert bool(judged([breach], [], [held], site)[1]) is counts


@pytest.mark.parametrize(
    ("away_s", "back_s", "left_s", "so"),
    [
        (1100.0, 2000.0, 200.0, True),
        (1100.0, 2000.0, 1400.0, False),
        (900.0, 2000.0, 200.0, False),
        (1100.0, 2600.0, 200.0, False),
    ],
)
def test_o2_s27_what_a_battery_has_given_for_who_was_held_it_has_not_for_the_next_outage(
    site: Site, away_s: float, back_s: float, left_s: float, so: bool
) -> None:
    """It held less than its own stop needs, long after he was released (P4, 86061)."""
    deeds = [Asked(1000.0, Wish.HOLD, ("rack1",), "me"), Asked(2500.0, Wish.RELEASE, ("rack1",), "me")]
    told = (away_s, "on_battery", 1300.0), (back_s, "on_line", None), (9000.0, "on_battery", left_s)
    run = [
        event
        for t, name, runtime_s in told
        for event in (
            Event(t, f"ups.{name}", "ups4", "room", Source.FACT, {}),
            Event(t, "ups.charge", "ups4", "room", Source.FACT, {"charge_pct": 10.0, "runtime_s": runtime_s}),
        )
    ]
    for rule, subject in (("S18", "ups4"), ("L2", "linkeddisk")):
        breach = Breach(rule, 9300.0, subject, "")
        assert (not list(unexcused([breach], deeds, site, run))) is so
