"""Nodes with their mains do not go again and again for a disk that can only run empty: one whose UPS somebody
holds, or whose OFF would come before they are down. Nor does it end under them (S27, U9, L10, L2, S18)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sequencer import timing
from sequencer.journal import Kind, Row
from sequencer.outlasts import outlast_disks
from sequencer.ports import Os
from sequencer.requests import Wish
from sequencer.site import OffMode, Site
from sequencer.task import Task
from sim.story import Asked
from teiden.files.site_file import load_site
from tests.excused import holds
from tests.hands import HandRoom
from tests.worlds import HOUR_S, fault, out, play, reference_site, with_more, with_settings

SITES = Path(__file__).resolve().parents[2] / "scenarios" / "sites"
HELD = Asked(-60.0, Wish.HOLD, ("ups3",), "me")
LIMIT_S = 120.0
SHORT_S = LIMIT_S - 1
FOLLOWED_S = reference_site().start.peer_limit_s
FLOOR_S = timing.systems_gone_s(reference_site()) + FOLLOWED_S
TOLD = ["ups3 can only run empty; the nodes stay up"]


def hear(room: HandRoom, kind: Kind, name: str, **details: Any) -> None:
    room.run.hear(Row(kind, name, 1, "control1/1", room.run.now, details))


def failed(room: HandRoom, *names: str) -> HandRoom:
    hear(room, Kind.DECLARED, room.site.name, was_running=[])
    for name in names:
        hear(room, Kind.CONFIRMED, name)
        room.upses[name].lose_mains()
    return room


def hold(room: HandRoom, *names: str, held: bool = True) -> HandRoom:
    for name in names:
        hear(room, Kind.HELD, name, held=held, cause=f"{name}{held}", wall_s=room.run.now)
    return room


def short(room: HandRoom) -> HandRoom:
    """What its card makes of an OFF would come before the nodes are down."""
    room.upses["ups3"].show(delayed_off_s=SHORT_S)
    return room


WHY: dict[str, Callable[[HandRoom], HandRoom]] = {"held": lambda room: hold(room, "ups3"), "short": short}


@pytest.fixture(params=list(WHY.values()), ids=list(WHY))
def room(request: pytest.FixtureRequest) -> HandRoom:
    """ups3 is out, and can only run empty."""
    room: HandRoom = request.param(failed(HandRoom(reference_site()), "ups3"))
    return room


def outlasts(room: HandRoom) -> Task:
    return room.run.spawn(outlast_disks(room.run))


def is_over(room: HandRoom, task: Task) -> bool:
    room.until(room.run.now + 5)
    return task.over


def told(room: HandRoom) -> list[str]:
    return [e["text"] for e in room.told("alarm.raised") if e["rule"] == "L2"]


def no_mains(room: HandRoom) -> None:
    for name in ("ups1", "ups2"):
        room.upses[name].lose_mains()


def wanted_down(room: HandRoom) -> None:
    hear(room, Kind.WANTED, "r1", servers=["control1", "control2"], goal="down", wall_s=1.0)


def all_go(room: HandRoom) -> None:
    for node in room.site.cluster.nodes:
        room.servers[node].show(os=Os.SHUTTING_DOWN)


ENDS: dict[str, Callable[[HandRoom], Any]] = {
    "off": lambda room: room.upses["ups3"].show(output_on=False),
    "the nodes' mains go": no_mains,
    "its battery ends": lambda room: room.upses["ups3"].show(runtime_s=FLOOR_S),
    "wanted down": wanted_down,
    "shut down by another": all_go,
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_s18_l2_until_its_battery_ends_or_they_do_not_go_for_it_alone(
    room: HandRoom, end: Callable[[HandRoom], Any]
) -> None:
    task = outlasts(room)
    room.upses["ups3"].show(runtime_s=FLOOR_S + 0.1)
    assert not is_over(room, task)
    assert told(room) == TOLD
    end(room)
    assert is_over(room, task)


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_s18_l2_and_not_at_all_where_that_is_so_already(
    room: HandRoom, end: Callable[[HandRoom], Any]
) -> None:
    end(room)
    assert is_over(room, outlasts(room))


def test_s27_until_it_is_released() -> None:
    room = hold(failed(HandRoom(reference_site()), "ups3"), "ups3")
    task = outlasts(room)
    assert not is_over(room, task)
    hold(room, "ups3", held=False)
    assert is_over(room, task)


@pytest.mark.parametrize("changes", [{"delayed_off_s": LIMIT_S}, {"off_armed": True}])
def test_l2_a_disk_that_is_told_keeps_nobody_up(by_hand: HandRoom, changes: dict[str, float | bool]) -> None:
    short(failed(by_hand, "ups3")).upses["ups3"].show(**changes)
    assert is_over(by_hand, outlasts(by_hand))
    assert told(by_hand) == []


@pytest.mark.parametrize("node", ["control1", "control2"])
def test_u9_it_is_not_told_if_one_of_them_takes_longer(site: Site, node: str) -> None:
    longer = replace(site.servers[node], shutdown_limit_s=LIMIT_S + 1)
    room = failed(HandRoom(replace(site, servers={**site.servers, node: longer})), "ups3")
    room.upses["ups3"].show(delayed_off_s=LIMIT_S)
    assert not is_over(room, outlasts(room))


def test_l2_nor_one_that_goes_off_when_its_nodes_are_down(site: Site) -> None:
    after = HandRoom(with_settings(site, ups3__off=OffMode.AFTER_HALT))
    room = short(failed(after, "ups3"))
    assert is_over(room, outlasts(room))


@pytest.mark.parametrize("at_s", [100, 700])
def test_u2_l2_l10_a_disk_whose_card_is_silent_takes_no_off_and_is_outlasted(at_s: float) -> None:
    """They went at once, were back while its battery lasted, and its cache was lost as that ended."""
    tale = play(out(0, 7200, "ups3"), fault("card_silent", "ups3", at_s), until_s=3 * HOUR_S)
    holds(tale, "card_silent")
    tale.never("array.lost_data controldisk")
    tale.before("server.halted control1", "ups.exhausted ups3", "server.booting control1")


def test_u1_l2_until_it_answers_and_can_be_told(by_hand: HandRoom) -> None:
    failed(by_hand, "ups3").upses["ups3"].fall_silent()
    task = outlasts(by_hand)
    assert not is_over(by_hand, task)
    assert told(by_hand) == TOLD
    by_hand.upses["ups3"].show()
    assert is_over(by_hand, task)


@pytest.mark.parametrize("why", ["it went off", "it counts down", "it was told", "it was never heard"])
def test_s11_u2_a_silent_one_that_goes_off_or_may_last_no_longer_is_not_outlasted(
    by_hand: HandRoom, why: str
) -> None:
    ups = failed(by_hand, "ups3").upses["ups3"]
    if why == "it was told":
        hear(by_hand, Kind.OFF_ARMED, "ups3", falls_in_s=180.0)
    elif why == "it was never heard":
        ups.status = None
    else:
        ups.show(**{"it went off": {"output_on": False}, "it counts down": {"off_armed": True}}[why])
    ups.fall_silent()
    assert is_over(by_hand, outlasts(by_hand))


def test_s18_nor_longer_than_their_own_batteries_wait(room: HandRoom) -> None:
    """Also one of which nothing is heard may have drained."""
    floor_s = timing.systems_floors_s(room.site, room.site.node_upses)["ups2"] + FOLLOWED_S
    room.upses["ups2"].lose_mains()
    room.upses["ups2"].show(runtime_s=floor_s + 12)
    room.upses["ups2"].fall_silent()
    task = outlasts(room)
    assert not is_over(room, task)
    room.upses["ups2"].show(runtime_s=floor_s + 1)
    assert not is_over(room, task)
    room.upses["ups2"].show(runtime_s=floor_s)
    assert is_over(room, task)
    room.upses["ups2"].show(runtime_s=floor_s + 7)
    room.upses["ups2"].fall_silent()
    task = outlasts(room)
    assert not is_over(room, task)
    assert is_over(room, task)


def test_l3_they_wait_no_longer_when_the_disk_has_its_mains_and_others_have_none(room: HandRoom) -> None:
    """Else they would stand there without their cluster as long as those."""
    failed(room, "ups4")
    task = outlasts(room)
    assert not is_over(room, task)
    room.upses["ups3"].regain_mains()
    assert is_over(room, task)


def test_l3_p3_whose_mains_were_there_for_a_moment_only_is_waited_for_again(room: HandRoom) -> None:
    task = outlasts(room)
    assert not is_over(room, task)
    room.upses["ups3"].regain_mains()
    assert not is_over(room, task)
    room.upses["ups3"].lose_mains()
    assert not is_over(room, task)


@pytest.mark.parametrize("why", ["can be told", "is held", "has gone"])
def test_l10_s18_another_disk_that_failed_waits_until_the_first_of_their_batteries_ends(why: str) -> None:
    """Gone for it now, the nodes would be back while the other one is on, and out, and go once more."""
    site = reference_site()
    ups7 = replace(site.upses["ups3"], name="ups7", number=7)
    disk = replace(site.arrays["controldisk"], name="disk2", controllers=("ups7",), enclosures=("ups7",))
    room = hold(failed(HandRoom(with_more(site, ups7, disk)), "ups3", "ups7"), "ups3")
    if why == "is held":
        hold(room, "ups7")
    if why == "has gone":
        hear(room, Kind.OFF_ARMED, "ups7", falls_in_s=180.0, wall_s=0.0)
        room.upses["ups7"].status = None
        room.upses["ups7"].fall_silent()
    task = outlasts(room)
    assert not is_over(room, task)
    if why != "has gone":
        ends_s = (
            FLOOR_S if why == "is held" else timing.systems_floors_s(room.site, [ups7])["ups7"] + FOLLOWED_S
        )
        room.upses["ups7"].show(runtime_s=ends_s + 1)
        assert not is_over(room, task)
        room.upses["ups7"].show(runtime_s=ends_s)
    else:
        room.upses["ups3"].show(runtime_s=FLOOR_S)
    assert is_over(room, task)


def test_u9_l10_of_five_disks_that_are_out_one_that_cannot_be_told_is_waited_for() -> None:
    """The nodes went for the four, and were back while it was on, again and again."""
    file = load_site(SITES / "five-control-disks.yaml")
    losses = [out(0, 3300, f"ups{n}") for n in range(3, 8)]
    tale = play(
        fault("settings_lost", "ups6", -590.0), *losses, site=file.site, model=file.model, until_s=5000
    )
    holds(tale, "settings_lost")
    tale.once("ups.output_off ups1 cause=command")


def ignored(room: HandRoom, **row: Any) -> HandRoom:
    """The nodes have gone for it at 100, were back at 800, and it is on."""
    hear(room, Kind.OFF_ARMED, "ups3", **{"falls_in_s": 180.0, "wall_s": room.run.wall_s() + 100.0} | row)
    room.until(1000.0)
    room.servers["control1"].show(up_s=200.0)
    return room


def test_u5_l10_a_disk_that_has_taken_its_off_and_stays_on_is_outlasted_and_told_again_in_time(
    by_hand: HandRoom,
) -> None:
    room = ignored(failed(by_hand, "ups3"))
    task = outlasts(room)
    assert not is_over(room, task)
    assert told(room) == TOLD
    floor_s = timing.systems_floors_s(room.site, [room.site.upses["ups3"]])["ups3"] + FOLLOWED_S
    room.upses["ups3"].show(runtime_s=floor_s + 1)
    assert not is_over(room, task)
    room.upses["ups3"].show(runtime_s=floor_s)
    assert is_over(room, task)


@pytest.mark.parametrize(("told_off", "looks"), [(True, 1), (False, 0)])
def test_u5_since_when_we_run_is_looked_at_where_a_disk_was_told_before(
    by_hand: HandRoom, told_off: bool, looks: int
) -> None:
    """A life that has only begun has not heard it yet."""
    room = failed(by_hand, "ups3")
    if told_off:
        hear(room, Kind.OFF_ARMED, "ups3", falls_in_s=180.0, wall_s=0.0)
    before = room.servers["control1"].looks
    outlasts(room)
    room.until(5)
    assert room.servers["control1"].looks == before + looks


def test_u5_one_that_was_told_in_the_moment_in_which_we_booted_was_told_before(by_hand: HandRoom) -> None:
    room = ignored(failed(by_hand, "ups3"))
    room.servers["control1"].show(up_s=900.0)
    assert not is_over(room, outlasts(room))


def test_s18_l2_nobody_waits_while_another_disk_that_was_not_told_may_end_at_any_moment() -> None:
    site = reference_site()
    ups7 = replace(site.upses["ups3"], name="ups7", number=7)
    disk = replace(site.arrays["controldisk"], name="disk2", controllers=("ups7",), enclosures=("ups7",))
    room = hold(failed(HandRoom(with_more(site, ups7, disk)), "ups3", "ups7"), "ups3")
    room.upses["ups7"].status = None
    room.upses["ups7"].fall_silent()
    assert is_over(room, outlasts(room))


NOT_IN_VAIN: dict[str, Callable[[HandRoom], Any]] = {
    "we have not gone for it": lambda room: room.servers["control1"].show(up_s=901.0),
    "nobody knows whether we have": lambda room: room.servers["control1"].show(up_s=None),
    "it counts down": lambda room: room.upses["ups3"].show(off_armed=True),
    "it has had its mains": lambda room: setattr(room.run.mains["ups3"], "was_stable_s", 900.0),
}


@pytest.mark.parametrize("why", NOT_IN_VAIN.values(), ids=NOT_IN_VAIN)
def test_u5_s18_not_one_that_may_go_off_as_it_is_told(
    by_hand: HandRoom, why: Callable[[HandRoom], Any]
) -> None:
    room = ignored(failed(by_hand, "ups3"))
    why(room)
    assert is_over(room, outlasts(room))


def test_u5_nor_one_that_another_has_told_it_is_not_known_when(by_hand: HandRoom) -> None:
    room = ignored(failed(by_hand, "ups3"), wall_s=None)
    assert is_over(room, outlasts(room))


PARTS = [(("ups3",), ("ups7",)), (("ups7",), ("ups3",)), (("ups3", "ups7"), ("ups3", "ups7"))]


@pytest.mark.parametrize(("parts", "carried"), [(PARTS[0], False), (PARTS[1], False), (PARTS[2], True)])
@pytest.mark.parametrize("out_too", [(), ("ups7",)])
def test_l10_s18_a_part_of_a_disk_is_outlasted_though_the_rest_can_be_told_but_not_one_that_another_carries(
    parts: tuple[tuple[str, ...], tuple[str, ...]], carried: bool, out_too: tuple[str, ...]
) -> None:
    """The nodes would be back while it is on, and out, and would go again for it, until it is empty."""
    site = reference_site()
    ups7 = replace(site.upses["ups3"], name="ups7", number=7)
    disk = replace(site.arrays["controldisk"], controllers=parts[0], enclosures=parts[1])
    room = hold(failed(HandRoom(with_more(site, ups7, disk)), "ups3", *out_too), "ups3")
    goes = carried and not out_too
    behind = bool(out_too) and parts != PARTS[1]
    task = outlasts(room)
    assert is_over(room, task) is goes
    names = "ups3, ups7" if behind else "ups3"
    assert told(room) == ([] if goes else [f"{names} can only run empty; the nodes stay up"])
    own_s = FLOOR_S if behind else timing.systems_floors_s(room.site, [ups7])["ups7"] + FOLLOWED_S
    room.upses["ups7"].show(runtime_s=own_s + 1)
    assert is_over(room, task) is goes
    room.upses["ups7"].show(runtime_s=own_s)
    assert is_over(room, task) is (goes or bool(out_too)), "it is told, and is to have gone off; or is not"


def test_s27_s4_nor_one_that_is_off_already_though_what_was_to_go_before_it_is_held() -> None:
    site = reference_site()
    ups7 = replace(site.upses["ups3"], name="ups7", number=7)
    disk = replace(site.arrays["controldisk"], controllers=("ups3",), enclosures=("ups7",))
    room = hold(failed(HandRoom(with_more(site, ups7, disk)), "ups3", "ups7"), "ups3")
    room.upses["ups7"].show(output_on=False)
    assert not is_over(room, outlasts(room))
    assert told(room) == TOLD


def test_n5_nor_does_it_end_for_the_silence_of_one_that_had_its_mains() -> None:
    site = reference_site()
    ups7 = replace(site.upses["ups3"], name="ups7", number=7)
    disk = replace(site.arrays["controldisk"], controllers=("ups7",), enclosures=("ups3",))
    room = hold(failed(HandRoom(with_more(site, ups7, disk)), "ups3"), "ups3")
    task = outlasts(room)
    room.upses["ups7"].show(runtime_s=None)
    room.upses["ups7"].fall_silent()
    room.until(1000)
    hear(room, Kind.SEEN_OFF, "ups5")
    assert not is_over(room, task)
