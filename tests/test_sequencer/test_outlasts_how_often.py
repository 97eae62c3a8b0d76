"""How often nodes go, in a played outage, for a disk that can only run empty (S27, U5, L10)."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.requests import Wish
from sim.story import Asked
from teiden.files.site_file import load_site
from tests.excused import holds, unexcused
from tests.worlds import fault, out, play

SITES = Path(__file__).resolve().parents[2] / "scenarios" / "sites"


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
