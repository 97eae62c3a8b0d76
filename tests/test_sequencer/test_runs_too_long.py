"""Who runs past his limit on power that is to be off is forced while there is somebody to do it (S1, S2)."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sequencer.array_off import flush_and_cut
from sequencer.force import force_before_the_cut, force_before_we_go, force_who_would_write
from sequencer.journal import Kind, Row
from sequencer.left_to_force import left_to_be_forced
from sequencer.ports import Os
from sequencer.scope import Scope
from sequencer.site import Site
from sequencer.systems import stop_system
from sim.story import Asked, Booted, Managed, Manager, Wish
from teiden.files.site_file import load_site
from tests.hands import HandRoom
from tests.worlds import LINKED, fault, out, play

SITES = Path(__file__).resolve().parents[2] / "scenarios" / "sites"


def forced_at(room: HandRoom, name: str) -> list[float]:
    return [round(e["t"], 1) for e in room.told("command.sent", name) if e["command"] == "force"]


@pytest.mark.parametrize(
    ("given_up", "os", "falls", "silent", "left"),
    [
        (True, Os.UP, True, False, True),
        (True, Os.BOOTING, True, False, True),
        (True, Os.SHUTTING_DOWN, True, False, True),
        (True, Os.HALTED, True, False, False),
        (True, Os.UP, False, False, False),
        (True, Os.UP, True, True, False),
        (False, Os.SHUTTING_DOWN, True, False, False),
    ],
    ids=["refuses", "boots", "hangs", "is down", "keeps its power", "is not seen", "its limit is not over"],
)
def test_s1_who_was_given_up_on_power_that_counts_down_is_to_be_forced_before_we_go(
    by_hand: HandRoom, given_up: bool, os: Os, falls: bool, silent: bool, left: bool
) -> None:
    run, rack1 = by_hand.run, by_hand.servers["rack1"]
    rack1.show(os=os)
    by_hand.upses["ups6"].show(off_armed=falls)
    if given_up:
        run.given_up.add("rack1")
    if silent:
        rack1.fall_silent()
    assert [s.name for s in left_to_be_forced(run)] == ["rack1"] * left
    for server in left_to_be_forced(run):
        run.spawn(force_before_we_go(run, server))
    by_hand.until(1)
    assert forced_at(by_hand, "rack1") == [0.0] * left


@pytest.mark.parametrize(
    ("given_up", "os", "silent", "told", "hold", "left"),
    [
        (True, Os.UP, True, True, False, True),
        (True, Os.SHUTTING_DOWN, True, True, False, True),
        (True, Os.HALTED, True, True, False, True),
        (False, Os.HALTED, True, True, False, True),
        (False, Os.HALTED, False, True, False, False),
        (True, Os.UP, True, False, False, False),
        (True, Os.UP, False, True, False, False),
        (True, Os.UP, True, True, True, False),
        (False, Os.UP, True, True, False, False),
    ],
    ids=[
        "ran",
        "went",
        "was down",
        "went down",
        "is down",
        "keeps its power",
        "is heard",
        "is held",
        "its limit is not over",
    ],
)
@pytest.mark.parametrize(("name", "ups"), [("rack1", "ups6"), ("control2", "ups2")])
def test_s1_s11_so_is_who_is_silent_on_power_that_we_have_told_to_go(
    by_hand: HandRoom,
    name: str,
    ups: str,
    given_up: bool,
    os: Os,
    silent: bool,
    told: bool,
    hold: bool,
    left: bool,
) -> None:
    """On a network that answers nobody in time: a hand has booted it, and its card does not tell either (N3).
    Heard again, it is forced when its card says that it counts down."""
    run, server = by_hand.run, by_hand.servers[name]
    server.show(os=os)
    if given_up:
        run.given_up.add(name)
    if silent:
        server.fall_silent()
    if told:
        run.hear(Row(Kind.OFF_ARMED, ups, 0, run.life, 0.0, {"falls_in_s": 420.0, "wall_s": run.wall_s()}))
    if hold:
        details = {"held": True, "cause": "a request", "wall_s": 1.0}
        run.hear(Row(Kind.HELD, name, 0, "control1/1", 0.0, details))
    assert [s.name for s in left_to_be_forced(run)] == [name] * left
    for server_left in left_to_be_forced(run):
        run.spawn(force_before_we_go(run, server_left))
    by_hand.until(4)
    assert len(forced_at(by_hand, name)) == left


def test_s1_x04_nor_is_who_has_another_feed_than_what_we_have_told(site: Site) -> None:
    two = replace(site.servers["rack1"], upses=("ups5", "ups6"))
    room = HandRoom(replace(site, servers={**site.servers, "rack1": two}))
    run = room.run
    run.given_up.add("rack1")
    room.servers["rack1"].fall_silent()
    for ups, left in (("ups5", []), ("ups6", ["rack1"])):
        run.hear(Row(Kind.OFF_ARMED, ups, 0, run.life, 0.0, {"falls_in_s": 420.0, "wall_s": run.wall_s()}))
        assert [s.name for s in left_to_be_forced(run)] == left


@pytest.mark.parametrize(("given_up", "left"), [(True, ["control2"]), (False, [])])
def test_s1_h9_so_is_another_node_that_was_given_up_at_its_boot(
    by_hand: HandRoom, given_up: bool, left: list[str]
) -> None:
    """One that comes up goes by itself."""
    run = by_hand.run
    for node, ups in (("control1", "ups1"), ("control2", "ups2")):
        by_hand.servers[node].show(os=Os.BOOTING)
        by_hand.upses[ups].show(off_armed=True)
    if given_up:
        run.given_up |= {"control1", "control2"}
    assert [server.name for server in left_to_be_forced(run)] == left


@pytest.mark.parametrize(
    ("os", "out", "in_scope", "held", "left"),
    [
        (Os.BOOTING, True, True, "ups6", True),
        (Os.BOOTING, True, True, "rack1", False),
        (Os.BOOTING, True, False, "ups6", False),
        (Os.BOOTING, False, True, "ups6", False),
        (Os.UP, True, True, "ups6", False),
    ],
    ids=["it boots", "in somebody's hands", "it is to stay", "it has mains", "it can be told"],
)
def test_s27_l2_who_boots_on_a_battery_that_somebody_holds_is_forced_before_we_go(
    by_hand: HandRoom, os: Os, out: bool, in_scope: bool, held: str, left: bool
) -> None:
    """It lets nobody in before it is up, and nobody is left to tell it then."""
    run = by_hand.run
    run.hear(Row(Kind.HELD, held, 0, "control1/1", 0.0, {"held": True, "cause": "a request", "wall_s": 1.0}))
    run.scope = Scope(servers=frozenset({"rack1"} if in_scope else ()))
    by_hand.servers["rack1"].show(os=os)
    if out:
        by_hand.upses["ups6"].lose_mains()
    assert [s.name for s in left_to_be_forced(run)] == ["rack1"] * left


@pytest.mark.parametrize(
    ("given_up", "settled", "held", "forced"),
    [
        (True, True, False, [0.0]),
        (True, False, False, []),
        (True, True, True, []),
        (False, True, False, []),
    ],
    ids=["late", "its power may fall yet", "in somebody's hands", "its limit is not over"],
)
def test_s2_who_runs_past_his_limit_on_power_that_should_be_off_is_forced_before_his_disks_are_flushed(
    by_hand: HandRoom, given_up: bool, settled: bool, held: bool, forced: list[float]
) -> None:
    run = by_hand.run
    if given_up:
        run.given_up.add("rack1")
    if settled:
        run.settled.add("ups6")
    if held:
        details = {"held": True, "cause": "a request", "wall_s": 1.0}
        run.hear(Row(Kind.HELD, "rack1", 0, "control1/1", 0.0, details))
    run.spawn(force_who_would_write(run, by_hand.site.arrays["linkeddisk"]))
    by_hand.until(1)
    assert forced_at(by_hand, "rack1") == forced


def test_s2_o1_who_is_heard_to_run_only_while_another_is_forced_is_forced_after_him(
    by_hand: HandRoom,
) -> None:
    """A hand has switched on both; of the second the next poll told, and he came up under the flush."""
    run, both = by_hand.run, {name: by_hand.servers[name] for name in ("blade1", "blade2")}
    run.given_up.update(both)
    run.settled.add("ups5")
    both["blade1"].show(os=Os.BOOTING)
    both["blade1"].fall_silent()
    both["blade2"].show(os=Os.BOOTING)
    both["blade1"].after(1.0, lambda: both["blade1"].show(os=Os.BOOTING))
    for blade in both.values():
        blade.after(2.0, lambda blade=blade: blade.show(os=Os.HALTED) if blade.sent else None)
    both["blade1"].after(4.0, lambda: both["blade1"].show(os=Os.HALTED))
    task = run.spawn(force_who_would_write(run, by_hand.site.arrays["linkeddisk"]))
    by_hand.until(10)
    assert [blade.sent for blade in both.values()] == [["force"], ["force"]]
    assert task.over


@pytest.mark.parametrize(("os", "flushes"), [(Os.SHUTTING_DOWN, False), (Os.HALTED, True)])
def test_s2_s3_who_goes_down_yet_on_power_that_was_given_up_is_waited_for(
    by_hand: HandRoom, os: Os, flushes: bool
) -> None:
    """It was booted by hand, and told to go down again; its UPS did not take its OFF."""
    run, disk = by_hand.run, by_hand.arrays["linkeddisk"]
    for ups in by_hand.upses.values():
        ups.lose_mains()
    run.hear(Row(Kind.DECLARED, "reference", 1, "control1/1", 0.0, {"was_running": list(LINKED)}))
    run.hear(*(Row(Kind.CONFIRMED, name, 1, "control1/1", 0.0) for name in by_hand.site.upses))
    run.scope = Scope(servers=frozenset(LINKED), arrays=frozenset({"linkeddisk"}))
    run.settled.update(("ups5", "ups6"))
    run.given_up.add("ups5")
    for name in LINKED:
        by_hand.servers[name].show(os=Os.HALTED)
    by_hand.servers["blade2"].show(os=os)
    run.spawn(flush_and_cut(run, by_hand.site.arrays["linkeddisk"]))
    by_hand.until(60)
    assert disk.sent == ["flush"] * flushes
    by_hand.servers["blade2"].show(os=Os.HALTED)
    by_hand.until(70)
    assert disk.sent[:1] == ["flush"]


def test_h1_s1_who_goes_down_already_has_no_new_limit_when_the_runbook_is_entered_anew() -> None:
    """The cluster's manager shuts the nodes down, a new word; they were gone before that limit ended."""
    tale = play(
        fault("server_hangs", "rack2", -600.0),
        out(0, 3600),
        Managed(60.0, Manager.SHUTDOWN, "ssccluster"),
        until_s=1200,
    )
    tale.near("alarm.raised rack2 rule=H1", tale.at("server.shutting_down rack2") + 180.0)
    tale.before("server.forced rack2", "server.halted control1", "ups.output_off ups6")
    tale.never("server.crashed *")


@pytest.mark.parametrize(
    ("between", "given_up_s"), [(Os.SHUTTING_DOWN, 200.0), (Os.UP, 380.0), (Os.HALTED, None)]
)
def test_h1_but_who_has_been_seen_otherwise_since_has(
    by_hand: HandRoom, between: Os, given_up_s: float | None
) -> None:
    """The first page is closed at 100 s, the second one begins at 200 s; the limit is 180 s."""
    run, rack1 = by_hand.run, by_hand.servers["rack1"]
    run.scope = Scope(servers=frozenset({"rack1"}))
    rack1.show(os=Os.SHUTTING_DOWN)
    page = run.spawn(stop_system(run, by_hand.site.servers["rack1"]))
    by_hand.until(100)
    page.close()
    run.on_their_way.clear()
    by_hand.until(200)
    rack1.show(os=between)
    run.spawn(stop_system(run, by_hand.site.servers["rack1"]))
    by_hand.until(201)
    rack1.show(os=Os.SHUTTING_DOWN)
    by_hand.until(500)
    told = by_hand.told("alarm.raised", "rack1")
    assert [(round(e["t"]), e["text"]) for e in told] == (
        [] if given_up_s is None else [(given_up_s, "rack1 is not halted after 180 s")]
    )


def test_s27_h6_l2_who_takes_more_from_a_held_battery_than_was_reckoned_with_is_forced_before_it_ends(
    by_hand: HandRoom,
) -> None:
    """It had told what was left of it before he began to boot (two-arrays, 64139)."""
    run, ups6, held = by_hand.run, by_hand.upses["ups6"], {"held": True, "cause": "r1", "wall_s": 1.0}
    run.hear(Row(Kind.HELD, "rack2", 0, "control1/1", 0.0, held))
    by_hand.servers["rack1"].show(os=Os.BOOTING)
    ups6.show(mains=False, on_battery=True, charge_pct=3.0, runtime_s=236.0)
    run.spawn(force_before_the_cut(run, by_hand.site.servers["rack1"]))
    by_hand.until(1)
    ups6.show(runtime_s=105.0)
    by_hand.until(40)
    assert forced_at(by_hand, "rack1") == []
    ups6.show(runtime_s=64.0)
    by_hand.until(42)
    assert forced_at(by_hand, "rack1") == [40.0]


def test_s27_h6_l2_so_is_who_boots_a_moment_after_his_battery_was_polled() -> None:
    file = load_site(SITES / "two-arrays.yaml")
    held, mains = Asked(-30.0, Wish.HOLD, ("rack2",), "me"), out(0, 12_000, "ups6")
    alone = play(held, mains, site=file.site, model=file.model, until_s=9000)
    boots = Booted(alone.at("ups.exhausted ups6") - 235.0, "rack1")
    tale = play(held, mains, boots, site=file.site, model=file.model, until_s=9000, seed=5)
    assert tale.at("server.booting rack1") < tale.at("server.forced rack1") < tale.at("ups.exhausted ups6")
    tale.never("server.crashed rack1")
