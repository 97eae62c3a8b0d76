"""Whom the fault of a card or a network excuses, for he had not heard (U2, U7, N3): asked of who did it, not
of whoever was told before."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site
from sim.faults.catalogue import named
from sim.story import FaultChange
from teiden.judge.hearing import Hearing
from teiden.judge.invariants.invariant import Breach
from tests.excusing import STRUCK_S, left

AT_S = 200.0
CHANGE = FaultChange(50.0, named("card_silent"), "ups6")


def fact(t: float, name: str, subject: str = "ups6", **details: Any) -> Event:
    return Event(t, name, subject, "room", Source.FACT, details)


def told(t: float, name: str, subject: str = "ups6", by: str = "control1", **details: Any) -> Event:
    return Event(t, name, subject, by, Source.SEEN, details)


HIS = told(AT_S, "command.sent", "linkeddisk", command="flush")
OTHERS = told(150.0, "command.sent", "linkeddisk", by="control2", command="flush")
SILENT = told(90.0, "card.silent")
BUTTON = fact(100.0, "ups.output_on", cause="button")


def breach(subject: str = "ups6") -> Breach:
    return Breach("S3", AT_S, subject, "", (OTHERS, HIS))


@pytest.mark.parametrize(
    ("more", "silent"),
    [
        ((), True),
        ((fact(150, "ups.output_off", "ups5"),), True),
        ((fact(201, "ups.output_off"),), True),
        ((fact(150, "ups.output_off"),), False),
        ((fact(200, "ups.output_on", cause="command"),), False),
        ((fact(200, "ups.output_on", cause="button"),), True),
        ((fact(120, "ups.off_armed", falls_at=200),), True),
        ((fact(120, "ups.off_armed", falls_at=201),), False),
        ((told(150, "ups.off_armed", by="control2", falls_at=900),), True),
        ((told(150, "command.sent", command="off"),), True),
        ((told(150, "ups.on_line"),), False),
        ((told(150, "ups.on_line", by="control2"),), True),
        ((told(150, "server.up", "rack1"),), False),
        ((told(150, "server.up", "blade1"),), True),
        ((told(100, "server.up", "rack1"),), True),
        ((told(200, "server.up", "rack1"),), False),
        ((told(201, "server.up", "rack1"),), True),
        ((told(150, "card.answering"),), False),
    ],
)
def test_s3_u7_who_hears_nothing_since_it_came_on_cannot_know_of_it(
    site: Site, more: tuple[Event, ...], silent: bool
) -> None:
    events = sorted([SILENT, BUTTON, *more, HIS], key=lambda event: event.t)
    assert Hearing(events, site).is_silent(CHANGE, breach()) is silent


def test_s3_u7_of_a_ups_that_has_not_changed_everybody_knows_what_it_does(site: Site) -> None:
    assert not Hearing([SILENT, HIS], site).is_silent(CHANGE, breach())


@pytest.mark.parametrize(("by", "holds"), [("control1", True), ("control2", False)])
def test_it_is_asked_of_who_did_it_last(site: Site, by: str, holds: bool) -> None:
    events = [fact(0, "server.up", "control1"), told(90.0, "card.silent", by=by), HIS]
    heard = Hearing(events, site)
    assert heard.is_unheard(CHANGE, breach()) is holds
    assert heard.is_alone_on_its_feed(breach("ups5")) is holds


@pytest.mark.parametrize(
    ("begun", "opened_s", "holds"),
    [
        ("control1", 150.0, True),
        ("control1", 200.0, True),
        ("control1", 201.0, False),
        ("control2", 150.0, False),
    ],
)
def test_n3_who_has_begun_since_and_heard_no_card_may_know_an_outage(
    site: Site, begun: str, opened_s: float, holds: bool
) -> None:
    events = [
        fact(60, "service.begun", begun),
        told(opened_s, "incident.opened", site.name, by="control2"),
        HIS,
    ]
    assert Hearing(events, site).is_untold(CHANGE, breach()) is holds
    assert not Hearing([*events, told(100, "card.silent")], site).is_untold(CHANGE, breach())


@pytest.mark.parametrize(
    ("change", "silent", "holds"),
    [
        (CHANGE, "ups6", True),
        (CHANGE, "ups5", False),
        (FaultChange(50.0, named("management_down"), "network"), "ups6", True),
        (FaultChange(50.0, named("management_down"), "network"), "ups5", False),
        (FaultChange(50.0, named("management_down"), "network"), "", False),
        (
            FaultChange(50.0, named("card_silent"), "ups3"),
            "ups3",
            True,
        ),  # its disk takes the nodes' UPSes along
    ],
)
def test_n3_it_is_the_card_of_the_breach_that_he_never_heard_of_a_network_as_well(
    site: Site, change: FaultChange, silent: str, holds: bool
) -> None:
    events = [fact(60, "server.up", "control1"), told(90, "card.silent", silent), HIS]
    of = "ups1" if silent == "ups3" else "ups6"
    assert Hearing(events, site).is_unheard(change, breach(of)) is holds


@pytest.mark.parametrize(("silent", "holds"), [("ups4", True), ("ups5", False), ("ups6", False)])
def test_s12_beside_a_ups_stand_the_others_of_its_feed(site: Site, silent: str, holds: bool) -> None:
    other = replace(site.upses["ups6"], feed="other")
    apart = replace(site, upses={**site.upses, "ups6": other})
    assert (
        Hearing([told(90, "card.silent", silent), HIS], apart).is_alone_on_its_feed(breach("ups5")) is holds
    )


def test_n3_who_has_begun_as_it_struck_has_begun_since(site: Site) -> None:
    opened = told(150, "incident.opened", site.name, by="control2")
    for at_s, holds in ((50.0, True), (49.0, False)):
        events = [fact(at_s, "service.begun", "control1"), opened, HIS]
        assert Hearing(events, site).is_untold(CHANGE, breach()) is holds


FEED = tuple(f"ups{n}" for n in range(1, 7))
ON_BATTERY = told(80.0, "ups.on_battery")


@pytest.mark.parametrize(
    ("more", "heard", "drains"),
    [
        ((ON_BATTERY,), (), True),
        ((ON_BATTERY, fact(150, "ups.on_line")), (), True),
        ((), (), False),
        ((ON_BATTERY, told(85, "ups.on_line")), (), False),
        ((ON_BATTERY, told(85, "ups.output_off")), (), False),
        ((ON_BATTERY, told(85, "ups.on_line", "ups5")), (), True),
        ((replace(ON_BATTERY, by="control2"),), (), False),
        ((ON_BATTERY, told(201, "ups.on_line")), (), True),
        ((ON_BATTERY,), ("ups6",), False),
        ((ON_BATTERY,), ("ups1",), False),
    ],
)
def test_s5_u10_n1_what_was_told_on_battery_last_drains_for_who_hears_no_card_of_its_feed(
    site: Site, more: tuple[Event, ...], heard: tuple[str, ...], drains: bool
) -> None:
    """The mains may be back: nobody tells him (seed 12081)."""
    silent = [told(90.0, "card.silent", name) for name in FEED if name not in heard]
    events = sorted([fact(0, "server.up", "control1"), *silent, *more, HIS], key=lambda event: event.t)
    assert Hearing(events, site).drains_as_heard(CHANGE, breach()) is drains


def test_s5_u10_another_life_has_heard_nothing_of_it(site: Site) -> None:
    silent = [told(100.0, "card.silent", name) for name in FEED]
    events = [ON_BATTERY, fact(85, "server.up", "control1"), *silent, HIS]
    assert not Hearing(events, site).drains_as_heard(CHANGE, breach())


@pytest.mark.parametrize("hears", ["", "ups1"])
def test_s5_u10_the_control_side_goes_for_it_when_the_network_is_dead_and_the_mains_are_back(
    site: Site, hears: str
) -> None:
    silent = [told(STRUCK_S + 20, "card.silent", name) for name in FEED if name != hears]
    power = fact(STRUCK_S, "ups.on_battery", "ups1"), fact(STRUCK_S + 50, "ups.on_line", "ups1")
    stop = told(STRUCK_S + 900, "command.sent", "ssccluster", command="stop")
    events = [power[0], told(STRUCK_S + 1, "ups.on_battery", "ups1"), *silent, power[1], stop]
    broken = Breach("S5", stop.t, "ssccluster", "", (stop,))
    counts = left(site, broken, "runtime_unit_wrong", "ups1", *events, ends=False, amount=0.001)
    assert counts is bool(hears)


def test_u10_what_is_no_ups_drains_no_battery(site: Site) -> None:
    silent = [told(90.0, "card.silent", name) for name in FEED]
    heard = Hearing([ON_BATTERY, *silent, HIS], site)
    assert not heard.drains_as_heard(replace(CHANGE, subject="rack1"), breach())


@pytest.mark.parametrize("word", ["", "still heard", "heard again", "silent later", "told nothing of"])
def test_u17_n5_a_card_that_answers_when_he_hears_none_any_more_is_never_heard_either(
    site: Site, word: str
) -> None:
    """Its own fault was over while no network carried that (two-feeds, crowded seed 5700024)."""
    begins, others = fact(0, "server.up", "control1"), [u for u in site.upses if u != "ups6"]
    words = {ups: told(90, "card.silent", ups) for ups in others}
    if word == "silent later":
        words["ups1"] = told(120, "card.silent", "ups1")
    if word in ("still heard", "told nothing of"):
        del words["ups1"]
    more = [told(130, "card.answering", "ups1")] if word == "heard again" else []
    more += [told(80, "card.answering", "ups1")] if word == "still heard" else []
    charges = [fact(-1, "ups.charge", ups) for ups in site.upses]
    dark = [fact(-1, "card.silent", "ups6"), fact(100, "card.answering", "ups6")]
    events = sorted([begins, *charges, *dark, *words.values(), *more, HIS], key=lambda event: event.t)
    assert Hearing(events, site).is_unheard(CHANGE, breach()) is (word == "")


@pytest.mark.parametrize(
    ("told_s", "by", "whom", "since", "holds"),
    [
        (100.0, "control1", "rack1", "", True),
        (160.0, "control1", "rack1", "", False),  # it had answered by then
        (100.0, "control2", "rack1", "", False),
        (100.0, "control1", "bladepool", "", False),  # who does not use that disk
        (100.0, "control1", "rack1", "incident.opened", False),  # that was another stop
        (100.0, "control1", "rack1", "lease.taken", False),
    ],
)
@pytest.mark.parametrize("device", ["linkeddisk", "ups4"])
def test_s31_u17_a_disk_is_flushed_and_cut_when_its_users_were_told_while_its_card_was_never_heard(
    site: Site, device: str, told_s: float, by: str, whom: str, since: str, holds: bool
) -> None:
    """It answers while their OFFs count down, and a stop goes to its end (two-feeds, crowded seed 68076)."""
    change = FaultChange(50.0, named("authentication_fails"), "ups4")
    deed = replace(HIS, subject=device)
    events = [
        fact(0, "server.up", "control1"),
        told(60, "incident.opened", site.name),
        told(90, "card.silent", "ups4"),
        told(told_s, "command.sent", whom, by, command="shutdown"),
        told(150, "card.answering", "ups4"),
        *([told(155, since, site.name)] if since else []),
        deed,
    ]
    events.sort(key=lambda event: event.t)
    of = Breach("S31", AT_S, device, "", (deed,))
    assert Hearing(events, site).is_unheard(change, of) is holds
