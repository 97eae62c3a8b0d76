"""How often nodes go, in a played outage, for a disk that can only run empty (S27, U5, L10)."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.requests import Wish
from sim.story import Asked
from teiden.files.site_file import load_site
from tests.excused import holds, unexcused
from tests.worlds import HOUR_S, fault, out, play

SITES = Path(__file__).resolve().parents[2] / "scenarios" / "sites"
HELD = Asked(-60.0, Wish.HOLD, ("ups3",), "me")


def test_s27_l10_l2_nodes_go_once_for_a_disk_that_is_held_before_its_battery_ends() -> None:
    """They came back while it lived yet, used it and went again; it ended under them, and lost its data."""
    tale = play(HELD, out(0, 4000, "ups3"), until_s=9000)
    assert [offence.split()[0] for offence in unexcused(tale, ())] == ["S18"], "a hold makes up for that"
    tale.once("ups.output_off ups1 cause=command")
    tale.once("ups.exhausted ups3")
    tale.never("array.lost_data controldisk")
    tale.before("server.halted control1", "ups.exhausted ups3", "server.up control1")


def test_s27_they_go_as_soon_as_it_is_released() -> None:
    tale = play(HELD, out(0, 3000, "ups3"), Asked(1500.0, Wish.RELEASE, ("ups3",), "me"), until_s=6000)
    holds(tale)
    tale.before("cluster.stopped ssccluster", "hold.released ups3", "server.shutting_down control1")
    tale.once("ups.output_off ups1 cause=command")


def test_u9_l2_l10_nodes_that_have_mains_stay_until_a_disk_that_is_not_told_to_go_off_runs_empty() -> None:
    """They came back each time while its battery lasted, and used it as it ended."""
    tale = play(fault("settings_lost", "ups3", -590.0), out(0, 2750, "ups3"), until_s=3 * HOUR_S)
    holds(tale, "settings_lost")
    tale.once("ups.exhausted ups3")
    tale.once("server.halted control1")
    tale.before("server.halted control2", "ups.exhausted ups3", "server.booting control1")


@pytest.mark.parametrize("dies_s", [2430.0, 2550.0])
def test_c2_u8_l2_another_node_follows_in_time_when_the_commander_dies_shortly_before_its_battery_ends(
    dies_s: float,
) -> None:
    """They waited until no more was left than they take to go: who followed was up yet as it ended, and what
    its cache held was lost (five-control-disks, crowded, seed 31134)."""
    rounds = fault("delay_rounded", "ups3", -590.0, amount=0.0)
    tale = play(rounds, out(0, 6000, "ups3"), fault("node_crashes", "control1", dies_s), until_s=3000)
    holds(tale, "delay_rounded", "node_crashes")
    tale.never("array.lost_data controldisk")
    tale.before("server.halted control2", "ups.exhausted ups3")


@pytest.mark.parametrize("why", ["held", "settings_lost"])
def test_l3_the_cluster_is_back_at_once_when_the_disk_has_its_mains_again(why: str) -> None:
    cause = HELD if why == "held" else fault(why, "ups3", -590.0)
    tale = play(cause, out(0, 1500, "ups3"), until_s=HOUR_S)
    holds(tale, *(() if why == "held" else (why,)))
    tale.never("server.halted *")
    assert tale.at("cluster.running ssccluster") < 2000


@pytest.mark.parametrize(
    ("site", "ups", "lost"),
    [("reference", "ups3", ("ups3",)), ("separate-enclosures", "ups7", ("ups3", "ups7"))],
)
def test_u5_l10_nodes_go_twice_for_a_disk_that_takes_its_off_and_stays_on(
    site: str, ups: str, lost: tuple[str, ...]
) -> None:
    """They went every twelve minutes, until its battery was empty."""
    file = load_site(SITES / f"{site}.yaml")
    losses = [out(0, 6000, name) for name in lost]
    tale = play(fault("off_ignored", ups, -590.0), *losses, site=file.site, model=file.model, until_s=8000)
    holds(tale, "off_ignored")
    assert len(tale.all("ups.output_off ups1 cause=command")) == 2
    tale.once(f"ups.exhausted {ups}")


@pytest.mark.parametrize("held", ["ups3", "ups7"])
@pytest.mark.parametrize(
    "mains", [("ups3", "ups7"), ("ups7",), ()], ids=["both", "the enclosures", "its own"]
)
def test_s27_l10_l2_nodes_go_once_for_a_disk_of_which_a_part_is_held(
    held: str, mains: tuple[str, ...]
) -> None:
    """They went four times, and where its controllers were held its cache was lost under them."""
    file = load_site(SITES / "separate-enclosures.yaml")
    lost = mains or (held,)
    losses = [out(0, 8000, name) for name in lost]
    tale = play(
        Asked(-60.0, Wish.HOLD, (held,), "me"), *losses, site=file.site, model=file.model, until_s=5000
    )
    empty = [name for name in lost if held in ("ups3", name)]
    broken = {" ".join(wrong.split()[:2]) for wrong in unexcused(tale, ())}
    assert broken == {f"S18 {name}" for name in empty}, "a hold makes up for those that wait for it"
    tale.once("ups.output_off ups1 cause=command")
    tale.before("server.halted control1", f"ups.exhausted {empty[0]}", "server.up control1")
