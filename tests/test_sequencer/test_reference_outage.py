"""The reference site rides out two hours without mains: the numbers of the document, and what they cost."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from sequencer.site import Site
from tests.safety import unsafe, well
from tests.tale import Tale
from tests.worlds import LINKED, NODES, lost, out, play, reference_model, reference_site

DEVICES = 18
"""Six UPSes, two arrays, two nodes, four linked and two pool servers, a cluster, a switch."""
EVENTS_PER_DEVICE = 53.0
"""Recorded for the two-hour outage; the goal is 60 (issue 2)."""


def test_it_is_safe_and_everything_that_ran_is_up_again(dark_room: Tale) -> None:
    well(dark_room)


def test_r10_10_the_linked_disk_is_confirmed_at_30_s(dark_room: Tale) -> None:
    dark_room.near("outage.confirmed ups4", 30)


def test_r10_27_the_servers_are_shut_down_and_their_upses_armed_at_once(dark_room: Tale) -> None:
    for name in LINKED:
        dark_room.within(f"command.sent {name} command=shutdown", 1, after="outage.confirmed ups4")
    for ups in ("ups5", "ups6"):
        dark_room.within(f"command.sent {ups} command=off", 1, after="outage.confirmed ups4")


def test_r10_06_the_servers_upses_fall_at_450_s(dark_room: Tale) -> None:
    dark_room.near("ups.output_off ups5", 450)
    dark_room.near("ups.output_off ups6", 450)


def test_r10_01_their_own_confirm_time_at_60_s_changes_nothing(dark_room: Tale) -> None:
    dark_room.near("outage.confirmed ups5", 60)
    dark_room.once("command.sent ups5 command=off", "command.sent blade1 command=shutdown")


def test_s1_every_server_has_halted_before_its_power_falls(dark_room: Tale) -> None:
    for name in LINKED:
        dark_room.before(f"server.halted {name}", "ups.output_off ups5")


def test_s3_r9_31_the_flush_starts_only_after_both_upses_are_seen_off(dark_room: Tale) -> None:
    for ups in ("ups5", "ups6"):
        dark_room.before(f"ups.output_off {ups}", "command.sent linkeddisk command=flush")
        seen = min(e.t for e in dark_room.events if e.name == "ups.output_off" and e.by == "control1")
        assert seen - dark_room.zero_s <= dark_room.at("command.sent linkeddisk command=flush")
    dark_room.within("array.flushing linkeddisk", 10, after="ups.output_off ups6")


def test_r9_32_r10_22_the_linked_disk_is_cut_right_after_its_flush_and_by_760_s(dark_room: Tale) -> None:
    dark_room.within("ups.output_off ups4", 10, after="array.flushed linkeddisk")
    assert dark_room.at("ups.output_off ups4") <= 760


def test_r10_11_the_cluster_stops_at_900_s(dark_room: Tale) -> None:
    dark_room.near("cluster.stopping ssccluster", 900)
    dark_room.once("command.sent ssccluster command=stop")


def test_r10_23_both_nodes_halt_before_their_disk_and_their_own_power_fall(dark_room: Tale) -> None:
    for node in NODES:
        dark_room.before("cluster.stopped ssccluster", f"server.shutting_down {node}")
        dark_room.before(f"server.halted {node}", "ups.output_off ups3", "ups.output_off ups1")
        dark_room.before(f"server.halted {node}", "ups.output_off ups2")


def test_s6_r10_04_the_way_up_goes_nodes_control_disk_cluster_linked_disk_servers(dark_room: Tale) -> None:
    for node in NODES:
        dark_room.before("mains.restored utility", f"server.up {node}", "ups.output_on ups3")
    dark_room.before(
        "ups.output_on ups3", "array.ready controldisk", "command.sent ssccluster command=restart"
    )
    dark_room.before(
        "command.sent ssccluster command=restart", "cluster.running ssccluster", "ups.output_on ups4"
    )
    dark_room.before("array.ready linkeddisk", "ups.output_on ups5")
    for name in LINKED:
        dark_room.before("array.ready linkeddisk", f"server.booting {name}")


def test_r9_23_the_cluster_is_restarted_once(dark_room: Tale) -> None:
    dark_room.once("command.sent ssccluster command=restart")


def test_r10_26_the_servers_upses_go_on_one_after_the_other(dark_room: Tale) -> None:
    gap_s = abs(dark_room.at("ups.output_on ups5") - dark_room.at("ups.output_on ups6"))
    assert 9.9 <= gap_s <= 15


def test_h11_pool_servers_stay_off(dark_room: Tale) -> None:
    dark_room.never("server.booting bladepool", "server.booting rackpool")


def test_nothing_goes_wrong_that_anybody_must_hear_of(dark_room: Tale) -> None:
    dark_room.never("alarm.raised *", "server.crashed *", "array.lost_data *", "server.forced *")


def test_one_incident_is_opened_and_closed(dark_room: Tale) -> None:
    dark_room.once("incident.opened reference", "incident.closed reference")
    dark_room.before("server.up blade1", "incident.closed reference")


def test_p1_a_blip_of_25_s_changes_nothing() -> None:
    tale = play(out(0, 25), until_s=3600)
    tale.never("outage.confirmed *", "command.sent *", "server.shutting_down *", "incident.opened *")
    assert tale.times("outage.cleared ups4")


def test_mains_that_never_come_back_leave_everything_safely_down() -> None:
    tale = play(lost(), until_s=6 * 3600)
    assert not unsafe(tale)
    tale.never("array.lost_data *", "server.crashed *", "ups.exhausted *")
    assert not any(ups.output for ups in tale.room.upses.values())


# What it costs


def test_the_outage_costs_no_more_events_than_recorded(dark_room: Tale) -> None:
    per_device = dark_room.steps / DEVICES
    assert per_device <= EVENTS_PER_DEVICE * 1.05, f"{per_device:.1f} events per device"
    assert per_device <= 60


def test_a_quiet_week_costs_no_events_beyond_the_first_looks(calm_room: Tale) -> None:
    """Two lives begin and look once at everything they watch; after that nothing happens."""
    an_hour = play(until_s=3600)
    assert calm_room.steps == an_hour.steps <= 120


def test_quiet_hours_between_two_blinks_cost_nothing() -> None:
    soon = play(out(0, 5), out(100, 105), until_s=8 * 3600)
    late = play(out(0, 5), out(7 * 3600, 7 * 3600 + 5), until_s=8 * 3600)
    assert abs(late.steps - soon.steps) <= 12, "which polls fall into a blink, and no more"


# Determinism


def test_the_same_seed_gives_the_same_stream_byte_by_byte() -> None:
    model = reference_model(network__loss=0.02)
    one, other = (play(out(0, 1000), until_s=7200, model=model, seed=7).text() for _ in range(2))
    assert one == other


def test_another_seed_gives_another_stream() -> None:
    one, other = (play(out(0, 1000), until_s=7200, seed=seed).text() for seed in (1, 2))
    assert one != other


@pytest.mark.long
def test_the_hash_seed_of_python_changes_nothing() -> None:
    program = (
        "from tests.worlds import *; import hashlib;"
        "t = play(out(0, 1300), fault('node_crashes', 'control1', 500), until_s=9000,"
        " model=reference_model(network__loss=0.05), seed=3);"
        "print(hashlib.sha256(t.text().encode()).hexdigest())"
    )
    root = Path(__file__).resolve().parents[2]
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=root,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        for seed in ("0", "4711")
    }
    assert len(digests) == 1
    assert len(digests.pop()) == len(hashlib.sha256().hexdigest())


# The site file says the same


@pytest.fixture(scope="module")
def from_file() -> tuple[Site, object]:
    from teiden.files.site_file import load_site

    file = load_site(Path(__file__).resolve().parents[2] / "scenarios/sites/reference.yaml")
    return file.site, file.model


def test_the_site_of_these_tests_is_that_of_the_site_file(from_file: tuple[Site, object]) -> None:
    paths = [
        "feeds", "control_stop", "force_before_s", "polling", "linkage", "start",
        *(f"upses.ups{n}.{field}" for n in range(1, 7) for field in (
            "number", "feed", "confirm_s", "timing", "shutdown_delay_s", "low_battery_runtime_s",
            "return_delay_s", "min_return_charge_pct", "runtime_s", "warm_up_rank", "warm_up_time_s", "off")),
        *(f"servers.{name}.{field}" for name in (*LINKED, *NODES, "bladepool", "rackpool") for field in (
            "role", "upses", "arrays", "ac_link", "shutdown_limit_s", "minimum_supplies")),
        *(f"arrays.{name}.{field}" for name in ("controldisk", "linkeddisk") for field in (
            "role", "controllers", "enclosures")),
        "cluster.name", "cluster.nodes", "cluster.shutdown_limit_s", "switches.lan1.upses",
    ]  # fmt: skip
    site = reference_site()
    assert {path: at(from_file[0], path) for path in paths} == {path: at(site, path) for path in paths}


def at(site: object, path: str) -> object:
    for part in path.split("."):
        site = site[part] if isinstance(site, dict) else getattr(site, part)
    return site


def test_the_model_of_these_tests_is_that_of_the_site_file(from_file: tuple[Site, object]) -> None:
    assert from_file[1] == reference_model()
