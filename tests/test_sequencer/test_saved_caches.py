"""A cache that its battery could not save is flushed while the mains are back and nobody uses it (P4)."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from sequencer.journal import Kind, Row
from sequencer.ports import Flush, Os, Service
from sequencer.requests import Wish
from sequencer.saved import save_cache
from sequencer.task import Task
from sim.story import Asked, Booted, Happening
from tests.excused import holds
from tests.hands import HandRoom
from tests.tale import Tale
from tests.worlds import HOUR_S, LINKED, NODES, fault, out, play, reference_model

FLUSH = "command.sent linkeddisk command=flush"


def turned(*more: Iterable[Happening] | Happening, charge_pct: float = 8.0) -> Tale:
    """The linked disk's mains are away for a minute, and its servers go; what is left in its battery is less
    than a flush takes, and they wait two hours for its charge."""
    model = reference_model(ups4__charge_pct=charge_pct)
    return play(out(0, 60, "ups4"), *more, until_s=6 * HOUR_S, model=model)


def test_p4_l2_s18_when_the_mains_go_again_it_has_been_flushed() -> None:
    tale = turned(out(650, 3000))
    holds(tale)
    tale.never("array.lost_data linkeddisk", "ups.exhausted ups4")
    assert tale.at("array.flushed linkeddisk") < 650
    assert tale.at("server.up rack1") > 3000


def test_p4_it_is_told_aloud_until_it_is_done_and_everybody_is_up_in_the_end() -> None:
    tale = turned()
    holds(tale)
    assert tale.alarms() == [("S18", "linkeddisk")]
    tale.before(FLUSH, "array.flushed linkeddisk", "alarm.cleared linkeddisk", "server.up rack1")
    tale.once(FLUSH)


def test_what_its_battery_can_save_is_left_as_it_is() -> None:
    tale = turned(charge_pct=100.0)
    holds(tale)
    tale.never(FLUSH)


def test_s27_what_somebody_holds_is_left_to_him() -> None:
    held = (Asked(s, wish, ("linkeddisk",), "me") for s, wish in ((300, Wish.HOLD), (9000, Wish.RELEASE)))
    tale = turned(held)
    holds(tale)
    tale.never(FLUSH)


@pytest.mark.parametrize(
    ("name", "of", "to_s"),
    [
        ("flush_never_ends", ("linkeddisk",), 5000),
        ("written_after_flush", ("linkeddisk",), 5000),
        ("off_ignored", ("ups5",), 4000),
        ("service_dies", NODES, 530),
    ],
)
def test_s3_a2_a4_u5_c1_it_is_asked_once_and_holds_up_nobody(
    name: str, of: tuple[str, ...], to_s: float
) -> None:
    """Whoever hangs on a UPS that stays on has halted; and the next life finds it flushing."""
    from_s = 500 if name == "service_dies" else 0
    tale = turned(*(fault(name, device, from_s, to_s) for device in of))
    holds(tale, name)
    tale.once(FLUSH)
    assert tale.at("server.up rack1") < 2.3 * HOUR_S


def test_h6_whom_a_hand_boots_under_its_flush_overtakes_it() -> None:
    tale = turned(Booted(440, "rack1"), fault("off_ignored", "ups6", 0, 4000))
    holds(tale, "off_ignored")
    tale.once(FLUSH)


@pytest.fixture
def back(by_hand: HandRoom) -> HandRoom:
    """The mains are there, ups4 is nearly empty, and nobody has halted yet."""
    by_hand.upses["ups4"].show(charge_pct=5.0)
    return by_hand


def saves(room: HandRoom) -> Task:
    task = room.run.spawn(save_cache(room.run, room.site.arrays["linkeddisk"]))
    room.until(room.run.now + 1)
    return task


def test_s3_while_its_mains_are_away_it_is_left_to_their_outage(back: HandRoom) -> None:
    """A word had brought its users down, and was taken back before the outage counted (C9; seed 19436)."""
    disk, ups4 = back.arrays["linkeddisk"], back.upses["ups4"]
    ups4.lose_mains()
    for name in LINKED:
        back.servers[name].show(os=Os.HALTED)
    saves(back)
    assert not disk.sent
    ups4.regain_mains()
    back.until(back.run.now + 10)
    assert disk.sent == ["flush"]


def test_s3_it_waits_until_each_of_its_users_is_seen_down(back: HandRoom) -> None:
    """Halted; or without power, as his UPS says at last: this life may have begun after he went."""
    disk = back.arrays["linkeddisk"]
    saves(back)
    for name in ("blade1", "blade2", "rack1"):
        back.servers[name].show(os=Os.HALTED)
    back.servers["rack2"].fall_silent()
    back.until(back.run.now + 10)
    assert not disk.sent
    back.upses["ups6"].show(output_on=False)
    back.until(back.run.now + 10)
    assert disk.sent == ["flush"]


def test_s25_it_waits_until_it_is_ready(back: HandRoom) -> None:
    disk = back.arrays["linkeddisk"]
    disk.show(service=Service.STARTING)
    for name in LINKED:
        back.servers[name].show(os=Os.HALTED)
    saves(back)
    assert not disk.sent
    disk.show(service=Service.READY)
    back.until(back.run.now + 10)
    assert disk.sent == ["flush"]


def test_what_is_off_has_nothing_to_be_saved(back: HandRoom) -> None:
    """It would be ready later, with a cache that nobody has written to yet (U18)."""
    back.arrays["linkeddisk"].fall_silent()
    back.upses["ups4"].show(output_on=False)
    assert saves(back).over


@pytest.mark.parametrize("flush", [Flush.DONE, Flush.UNDER_WAY])
def test_s15_what_is_flushed_or_is_at_it_is_not_asked_again(back: HandRoom, flush: Flush) -> None:
    back.arrays["linkeddisk"].show(flush=flush)
    for name in LINKED:
        back.servers[name].show(os=Os.HALTED)
    assert saves(back).over
    assert not back.arrays["linkeddisk"].sent


@pytest.mark.parametrize("told", ["nothing", "charged", "booted"])
def test_s11_n3_a_last_word_is_asked_again_before_it_is_flushed(back: HandRoom, told: str) -> None:
    """All were silent, and the disk is heard first (crowded seed 5560287): ups4 has its charge by now, or a
    hand has switched ups5 on."""
    ups4, ups5 = back.upses["ups4"], back.upses["ups5"]
    back.run.hear(Row(Kind.OFF_ARMED, "ups5", 1, back.run.life, 0.0, {"falls_in_s": 0.0}))
    ups5.show(output_on=False)
    for name in (*LINKED, "bladepool"):
        back.servers[name].show(os=Os.HALTED)
    for silent in (ups4, ups5, *(back.servers[name] for name in ("blade1", "blade2", "bladepool"))):
        silent.fall_silent()
    back.until(100)
    if told == "charged":
        ups4.after(0.5, lambda: ups4.show(charge_pct=100.0))
    elif told == "booted":
        ups5.after(0.5, lambda: ups5.show(output_on=True))
    saves(back)
    back.until(back.run.now + 10)
    assert back.arrays["linkeddisk"].sent == (["flush"] if told == "nothing" else [])
