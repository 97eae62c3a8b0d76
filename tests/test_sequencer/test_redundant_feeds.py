"""Two feeds, everything on both: one UPS that nobody can tell, or that falls too soon, strands nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.journal import Kind, Row
from sequencer.power_on import on_to_stay
from sequencer.site import ArrayRole
from sequencer.timing import CARD_REBOOT_S
from teiden.files.site_file import SiteFile, load_site
from tests.excused import holds
from tests.hands import HandRoom
from tests.tale import Tale
from tests.worlds import fault, lost, out, play

SITES = Path(__file__).resolve().parents[2] / "scenarios" / "sites"
LONG_S = 8 * 3600.0


def dark(file: SiteFile, *happenings: object, until_s: float = LONG_S) -> Tale:
    """Every feed away for two hours."""
    away = [out(0, 7200, feed) for feed in file.site.feeds]
    return play(*away, *happenings, site=file.site, model=file.model, until_s=until_s)  # type: ignore[arg-type]


def test_u2_l3_nodes_stay_up_while_one_of_their_two_upses_cannot_be_told_to_go_off(
    two_feeds: SiteFile,
) -> None:
    """Told to ups2 alone they would halt, keep the power of ups1, and never boot again."""
    tale = dark(two_feeds, fault("card_silent", "ups1", 300, 1500))
    holds(tale, "card_silent")
    assert ("L3", "ssccluster") in tale.alarms()
    tale.before("cluster.stopped ssccluster", "alarm.raised ssccluster rule=L3", "server.halted control1")
    assert tale.at("command.sent control1 command=shutdown") > 1500
    tale.never("server.crashed *")


def test_u8_s1_s29_a_delay_that_is_too_short_alone_is_none_where_the_other_ups_carries_on(
    two_feeds: SiteFile,
) -> None:
    tale = dark(two_feeds, fault("delay_rounded", "ups1", amount=30.0))
    holds(tale, "delay_rounded")
    tale.before("ups.output_off ups1", "server.halted control1", "ups.output_off ups2")
    tale.never("server.crashed *", "command.refused ups1")


def test_u8_s1_both_too_short_are_not_told_and_the_nodes_stay_up(two_feeds: SiteFile) -> None:
    tale = dark(two_feeds, *(fault("delay_rounded", ups) for ups in ("ups1", "ups2")), until_s=2000)
    assert ("L3", "ssccluster") in tale.alarms()
    tale.never("command.sent control1 command=shutdown", "command.sent ups1 command=off")


@pytest.mark.parametrize("ups", ["ups5", "ups6"])
def test_u2_r10_19_a_disk_waits_loudly_for_the_ups_whose_card_is_silent_and_goes_on_when_it_answers(
    two_feeds: SiteFile, ups: str
) -> None:
    """Silent and off it may as well have no mains (S7, S11)."""
    tale = dark(two_feeds, fault("card_silent", ups, 1000, 9000))
    holds(tale, "card_silent")
    assert 7200 < tale.at(f"alarm.raised {ups} rule=U2") < 9000
    assert 9000 < tale.at("array.ready linkeddisk") < tale.at("incident.closed *")


@pytest.mark.parametrize("ups", ["ups1", "ups3", "ups5", "ups6", "ups7"])
def test_u2_l1_x_04_nobody_waits_for_a_dead_card_under_whom_all_live_on_their_other_feed(
    two_feeds: SiteFile, ups: str
) -> None:
    """The incident stayed open for ever (two-feeds, crowded seed 9201569): a dead card hears no ON either."""
    away = out(1800, 7959, "bfeed")
    tale = play(
        away, fault("card_silent", ups, 1800), site=two_feeds.site, model=two_feeds.model, until_s=LONG_S
    )
    holds(tale)
    assert tale.at("incident.closed twofeeds") < LONG_S / 2


@pytest.mark.parametrize(
    ("why", "is_on"),
    [
        ("", True),
        ("silent for a moment", False),
        ("no mains there", False),
        ("the other is silent", False),
        ("it was off", False),
        ("it counted down", False),
        ("it was told to go off", False),
    ],
)
def test_u2_r10_19_it_is_waited_for_while_it_may_answer_yet_or_somebody_may_need_it(
    two_feeds: SiteFile, why: str, *, is_on: bool
) -> None:
    room = HandRoom(two_feeds.site)
    for view in room.run.mains.values():
        view.on_line_since_s = -1000.0
    if why == "it was off":
        room.upses["ups5"].show(output_on=False)
    elif why == "it counted down":
        room.upses["ups5"].show(off_armed=True)
    elif why == "it was told to go off":
        details = {"falls_in_s": 10.0}
        room.run.hear(Row(Kind.OFF_ARMED, "ups5", 0, "control2/1", 0.0, details))
    room.until(1)
    room.upses["ups5"].fall_silent()
    if why == "no mains there":
        room.upses["ups7"].lose_mains()
    elif why == "the other is silent":
        room.upses["ups6"].fall_silent()
    room.until(CARD_REBOOT_S - 10 if why == "silent for a moment" else CARD_REBOOT_S + 10)
    assert on_to_stay(room.run, room.site.upses["ups5"]) is is_on


def test_u2_x_04_one_that_a_disk_lives_on_now_that_the_other_is_off_is_on(two_feeds: SiteFile) -> None:
    room = HandRoom(two_feeds.site)
    for view in room.run.mains.values():
        view.on_line_since_s = -1000.0
    room.upses["ups5"].fall_silent()
    room.upses["ups6"].show(output_on=False)
    room.until(CARD_REBOOT_S + 10)
    assert on_to_stay(room.run, room.site.upses["ups5"])
    room.arrays["linkeddisk"].fall_silent()
    assert not on_to_stay(room.run, room.site.upses["ups5"])


def test_u2_no_alarm_of_a_card_whose_feed_has_no_mains_either(two_feeds: SiteFile) -> None:
    tale = play(
        out(0, 7200, "afeed"), lost(0, "bfeed"), site=two_feeds.site, model=two_feeds.model, until_s=LONG_S
    )
    tale.never("ups.output_on ups5", "alarm.raised ups6 rule=U2")


@pytest.mark.parametrize("name", ["off_ignored", "card_silent_on_battery"])
def test_s4_enclosures_stay_on_while_the_array_answers_by_controllers_that_did_not_go(name: str) -> None:
    file = load_site(SITES / "separate-enclosures.yaml")
    linked = next(a for a in file.site.arrays.values() if a.role is ArrayRole.LINKED)
    (controllers,), (enclosures,) = linked.controllers, linked.enclosures
    tale = dark(file, fault(name, controllers, -60, 7320))
    holds(tale, name)
    tale.never(f"command.sent {enclosures} command=off")
    tale.before("array.flushed linkeddisk", f"command.refused {enclosures} rule=S4")


def test_c5_s18_enclosures_are_cut_though_the_journals_fell_with_their_controllers() -> None:
    """They lie on that array: from then on nothing is kept, and it answers nobody that it is flushed."""
    file = load_site(SITES / "separate-enclosures.yaml")
    tale = dark(file, fault("journal_on_array", "linkeddisk", -60))
    tale.before("array.flushed linkeddisk", "ups.output_off ups4", "ups.output_off ups8")
    assert tale.at("ups.output_off ups8") < tale.at("ups.output_off ups4") + 30
    tale.never("ups.exhausted ups8", "array.lost_data *", "alarm.raised ups8 rule=S30")


@pytest.mark.parametrize("enclosures", ["ups7", "ups8"])
def test_p13_s6_controllers_wait_for_enclosures_that_do_not_go_on(enclosures: str) -> None:
    """Asked again and again, for it may be mended; and somebody is told."""
    file = load_site(SITES / "separate-enclosures.yaml")
    array = next(a for a in file.site.arrays.values() if enclosures in a.enclosures)
    (controllers,) = array.controllers
    tale = dark(file, fault("ups_fails", enclosures, 960, 9000))
    holds(tale, "ups_fails")
    tale.before(f"alarm.raised {enclosures} rule=L3", f"ups.output_on {enclosures}")
    tale.before(f"ups.output_on {enclosures}", f"command.sent {controllers} command=on")
    tale.before(f"command.sent {controllers} command=on", f"array.ready {array.name}")
    assert 9000 <= tale.at(f"ups.output_on {enclosures}") < 9500


def test_u16_s18_a_silent_card_holds_up_no_other_control_disk() -> None:
    file = load_site(SITES / "five-control-disks.yaml")
    tale = dark(file, fault("card_silent_on_battery", "ups3", 960, 7320))
    holds(tale, "card_silent_on_battery")
    for ups in ("ups4", "ups5", "ups6", "ups7"):
        assert tale.at(f"ups.off_armed {ups}") < tale.at("server.halted control1")


def test_u2_l3_nodes_that_stayed_up_start_the_cluster_when_the_mains_return(two_feeds: SiteFile) -> None:
    away = [out(0, 1800, feed) for feed in two_feeds.site.feeds]
    dead = fault("card_silent", "ups1", 300)
    tale = play(*away, dead, site=two_feeds.site, model=two_feeds.model, until_s=LONG_S)
    holds(tale, "card_silent")
    tale.before("cluster.stopped ssccluster", "cluster.running ssccluster", "incident.closed *")
    tale.never("server.halted control1", "server.halted control2", "server.crashed *")


def test_s27_l3_nodes_stay_up_while_somebody_holds_one_of_their_two_upses(two_feeds: SiteFile) -> None:
    tale = dark(two_feeds, fault("ups_in_maintenance", "ups1", -60, 1500))
    holds(tale, "ups_in_maintenance")
    assert tale.at("command.sent control1 command=shutdown") > 1500
    tale.never("server.crashed *")
