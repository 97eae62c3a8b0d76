"""In which order, and after which time, everything may be started: S6, S7, S8."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.site import Array, ArrayRole
from tests.told_well import CALM


def second_disk(outage: Any, rank: int = 2) -> Any:
    """ups4 has this warm-up rank, and a second linked disk on ups7 and ups8 has the lowest."""
    site = outage.site
    more = {n: replace(site.upses["ups4"], name=n, feed="utility") for n in ("ups7", "ups8")}
    upses = {**site.upses, **more, "ups4": replace(site.upses["ups4"], warm_up_rank=rank)}
    disk = Array("seconddisk", ArrayRole.LINKED, ("ups7",), ("ups8",))
    off = [f"647 room ups.output_off {ups} cause=command" for ups in ("ups7", "ups8")]
    charge = [f"7200 room ups.charge {ups} charge_pct=100" for ups in ("ups7", "ups8")]
    return outage.at_site(upses=upses, arrays={**site.arrays, "seconddisk": disk}).plus(*off, *charge)


def s7(telling: Any) -> str:
    breaches = [b for b in telling.result("S7").breaches if b.subject == "ups4"]
    return breaches[0].text.partition(", but ")[2] if breaches else ""


def test_S7_a_lower_rank_of_another_disk_comes_first_unless_it_cannot(outage: Any) -> None:
    """Mains of both its UPSes for a minute, and charge: then nothing keeps it off."""
    could = second_disk(outage)
    assert s7(could) == "ups7 of a lower warm-up rank was off and ups8 of a lower warm-up rank was off"
    assert s7(second_disk(outage, rank=1)) == "", "not a lower one"
    no_mains = could.plus("8000 room mains.lost ups8")
    assert s7(no_mains) == ""
    assert s7(no_mains.plus("8015 room mains.restored ups8")), "back for 61 s"
    assert s7(no_mains.plus("8016 room mains.restored ups8")), "for 60 s"
    assert s7(no_mains.plus("8016.1 room mains.restored ups8")) == ""
    empty = could.without("room ups.charge ups8").plus(
        "7200 room ups.charge ups8 charge_pct=1", "9000 room ups.charge ups8 charge_pct=2"
    )
    assert s7(empty) == ""
    on = could.plus(*(f"8070 room ups.output_on {ups} cause=return" for ups in ("ups7", "ups8")))
    assert s7(on) == ""


def test_S7_within_its_own_disk_the_lower_rank_comes_first_whatever_it_waits_for(outage: Any) -> None:
    site = outage.site
    ups7 = replace(site.upses["ups4"], name="ups7")
    disk = replace(site.arrays["linkeddisk"], enclosures=("ups7",))
    upses = {**site.upses, "ups7": ups7, "ups4": replace(site.upses["ups4"], warm_up_rank=2)}
    telling = outage.at_site(upses=upses, arrays={**site.arrays, "linkeddisk": disk})
    telling = telling.plus("647 room ups.output_off ups7 cause=command", "8000 room mains.lost ups7")
    assert s7(telling) == "ups7 had no mains and ups7 of a lower warm-up rank was off"


@pytest.mark.parametrize(("for_s", "stable"), [(60.0, True), (59.9, False)])
def test_S7_stable_is_a_minute(tell: Any, for_s: float, stable: bool) -> None:
    telling = tell(CALM).plus(
        "0 room mains.lost ups4",
        "100 room mains.restored ups4",
        f"{100 + for_s} control1 command.sent ups4 command=on",
    )
    assert (telling.result("S7").breaches == ()) is stable


@pytest.mark.parametrize(("for_s", "held"), [(10.0, True), (9.9, False)])
def test_S8_held_is_ready_for_ten_seconds(outage: Any, for_s: float, held: bool) -> None:
    telling = outage.moved("array.ready linkeddisk", 8266 - for_s)
    assert (telling.result("S8").breaches == ()) is held


def test_S8_one_start_is_told_once_and_the_next_one_again(outage: Any) -> None:
    early = outage.moved("array.ready linkeddisk", 8262).without("server.up rack", "server.booting rack")
    early = early.without("8276 ")
    told = [(b.t - 600, b.subject) for b in early.result("S8").breaches]
    assert told == [(8266, "blade1"), (8266, "blade2")], "at the ON; their boot is the same start"
    gone = early.plus(
        "8400 room array.off linkeddisk",
        "8401 room server.booting blade1",
        "8402 room server.booting blade1",
    )
    times = [b.t - 600 for b in gone.result("S8").breaches if b.subject == "blade1"]
    assert times == [8266, 8401, 8402]
    woken = early.plus("8400 room array.off linkeddisk", "8401 control1 command.sent blade1 command=wake")
    again = woken.plus("8402 room server.booting blade1")
    assert [b.t - 600 for b in again.result("S8").breaches if b.subject == "blade1"] == [8266, 8401]
    assert "blade1 was woken at 8401 s, but linkeddisk was off" in [
        b.text for b in again.result("S8").breaches
    ]


def test_S8_who_restarts_boots_though_its_disk_has_gone_since_it_was_told(tell: Any) -> None:
    told, gone = "10 control1 command.sent rack1 command=restart", "60 room array.off linkeddisk"
    stops = ("11 room server.shutting_down rack1", "100 room server.halted rack1")
    boots = "100 room server.booting rack1"

    def broken(*lines: str) -> bool:
        return bool(tell(CALM).plus(*lines).result("S8").breaches)

    assert not broken(told, *stops, gone, boots)
    assert broken(*stops, gone, boots), "by a hand"
    assert broken(gone.replace("60", "5"), told, *stops, boots), "it had gone before"
    assert broken(told, *stops, gone, boots, "200 room server.halted rack1", boots.replace("100", "201"))
    power = "90 room ups.output_off ups6 cause=fault", "100 room ups.output_on ups6 cause=return"
    assert broken(told, *stops, gone, *power, boots), "with its power"
    assert not broken(told, *stops, gone, *(line.replace("ups6", "ups5") for line in power), boots)
    cluster = "12 control1 command.sent ssccluster command=restart"
    assert not broken(told, cluster, *stops, gone, boots)


def test_S8_what_boots_and_what_is_no_server(outage: Any) -> None:
    by_hand = outage.plus("8100 room server.booting rack1").result("S8").breaches
    assert [b.text for b in by_hand] == ["rack1 booted at 8100 s, but linkeddisk was starting"]
    before = outage.result("S8").put_to_test
    disk = outage.plus("8100 control1 command.sent linkeddisk command=wake")
    assert disk.result("S8").put_to_test == before
    assert outage.plus("8100 control1 command.sent control2 command=wake").result("S8").put_to_test == before


def test_S6_a_servers_ups_waits_for_the_cluster_as_its_disk_does(outage: Any) -> None:
    early = outage.moved("8266 control1 command.sent ups5", 8050)
    assert "ups5 was switched on at 8050 s, but ssccluster was starting" in [
        b.text for b in early.result("S6").breaches
    ]


def test_S6_the_start_and_the_wake_of_others_are_not_its_matter(outage: Any) -> None:
    before = outage.result("S6").put_to_test
    for what in (
        "blade1 command=restart",
        "control2 command=wake",
        "bladepool command=wake",
        "linkeddisk command=wake",
    ):
        assert outage.plus(f"7550 control1 command.sent {what}").result("S6").put_to_test == before, what
    assert (
        outage.plus("8300 control1 command.sent blade1 command=wake").result("S6").put_to_test == before + 1
    )


def test_S6_a_control_ups_of_a_lower_rank_that_is_on_is_waited_for_no_longer(outage: Any) -> None:
    site = outage.site
    ups8 = replace(site.upses["ups3"], name="ups8")
    upses = {**site.upses, "ups3": replace(site.upses["ups3"], warm_up_rank=2), "ups8": ups8}
    disk = Array("controldisk2", ArrayRole.CONTROL, ("ups8",), ("ups8",))
    telling = outage.at_site(upses=upses, arrays={**site.arrays, "controldisk2": disk})
    assert telling.result("S6").breaches == (), "it never went off"
    off = telling.plus("1203 room ups.output_off ups8 cause=command")
    assert "ups8 of a lower warm-up rank was off" in off.breach("S6")
    assert off.plus("7400 room ups.output_on ups8 cause=return").result("S6").breaches == ()
    gone, ready = "1203 room array.off controldisk2", "{} room array.ready controldisk2"
    on_s = next(float(line.split()[0]) for line in off.lines if "command.sent ups3 command=on" in line)
    assert off.plus(gone, ready.format(on_s - 1)).result("S6").breaches == (), "mixed cables (U19)"
    assert off.plus(gone, ready.format(on_s + 1)).result("S6").breaches, "it was not ready yet"
    assert off.plus(gone, "7000 room array.starting controldisk2").result("S6").breaches


EMPTY = ("800 room ups.exhausted ups6", "800 room ups.output_off ups6 cause=exhausted")
BOOTS = "8100 room server.booting rack1"
"""Its disk is starting yet."""


def test_S8_who_boots_with_a_ups_that_was_empty_and_came_back_by_itself_is_nobodys_start(outage: Any) -> None:
    """Somebody's ON is one, and a boot at another time, and so is what comes back of itself after an OFF."""
    came = "8100 room ups.output_on ups6 cause=return"
    empty = outage.without("room ups.output_off ups6").plus(*EMPTY)
    assert empty.plus(came, BOOTS).result("S8").breaches == ()
    assert empty.plus(came.replace("return", "command"), BOOTS).result("S8").breaches
    assert empty.plus(came.replace("8100", "8099"), BOOTS).result("S8").breaches
    assert outage.plus(came, BOOTS).result("S8").breaches, "it was told to go off"
    never = outage.without("room ups.output_off ups6").plus(came, BOOTS)
    assert never.result("S8").breaches, "it never was off"


def test_S8_x04_one_of_its_feeds_that_came_back_by_itself_is_enough(outage: Any) -> None:
    two = replace(outage.site.servers["rack1"], upses=("ups5", "ups6"))
    fed = outage.at_site(servers={**outage.site.servers, "rack1": two}).without("room ups.output_off ups6")
    came = fed.plus(*EMPTY, "8100 room ups.output_on ups6 cause=return", BOOTS)
    assert came.result("S8").breaches == ()
    assert came.without(BOOTS).plus("8101 room server.booting rack1").result("S8").breaches
