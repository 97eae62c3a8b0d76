"""`teiden measure`: what counts as a duration, what is only longer than one, and what says nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from sequencer.events import Event
from teiden.cli import main
from teiden.measure.following import Following
from teiden.measure.recorded import measured
from teiden.measure.stopwatch import Cut, Kind, Measured
from tests.measuring import SITE, kept, played, seen, told

CLUSTER = "ssccluster"


def teiden(*words: str | Path) -> Result:
    return CliRunner().invoke(main, ["measure", *map(str, words)])


def of(found: list[Measured], kind: Kind, device: str) -> list[tuple[float, Cut | None]]:
    return [(one.took_s, one.cut) for one in found if one.kind is kind and one.device == device]


def sent(t: float, device: str, command: str, by: str = "control1") -> Event:
    return seen(t, "command.sent", device, by, command=command)


# What is only longer than


@pytest.mark.parametrize(
    ("story", "kind", "device", "limit_s", "cut"),
    [
        ("cluster-stop-hangs", Kind.CLUSTER_STOP, CLUSTER, 300.0, Cut.FORCED),
        ("server-hangs", Kind.SERVER_STOP, "blade1", 180.0, Cut.FORCED),
        ("flush-never-ends", Kind.FLUSH, "linkeddisk", 300.0, Cut.TIMED_OUT),
    ],
)
def test_what_did_not_end_within_its_limit_took_longer_than_that(
    story: str, kind: Kind, device: str, limit_s: float, cut: Cut, tmp_path: Path
) -> None:
    ((took_s, why),) = of(measured([kept(played(story), tmp_path)]), kind, device)
    assert why is cut
    assert took_s == pytest.approx(limit_s, abs=0.5)


def test_a_flush_that_ends_after_its_limit_is_known_after_all(tmp_path: Path) -> None:
    events = [
        sent(0, "disk", "flush"),
        seen(300, "array.flush_timed_out", "disk", limit_s=300.0),
        seen(412, "array.flushed", "disk"),
    ]
    assert of(measured([told(tmp_path, events)]), Kind.FLUSH, "disk") == [(412.0, None)]


def test_a_server_that_falls_silent_was_not_seen_to_end(tmp_path: Path) -> None:
    """Silence says nothing: it took longer than until it was last seen at it, and no more is claimed."""
    events = [
        sent(0, "blade1", "shutdown"),
        seen(2, "server.shutting_down", "blade1"),
        seen(900, "lease.taken", "control1"),
    ]
    assert of(measured([told(tmp_path, events)]), Kind.SERVER_STOP, "blade1") == [(2.0, Cut.NOT_SEEN)]


def test_a_service_that_was_away_meanwhile_measures_nothing(tmp_path: Path) -> None:
    events = [
        sent(0, "blade1", "shutdown"),
        seen(90, "clock.gap", "control1", lost_s=60.0, cause="stall"),
        seen(95, "server.halted", "blade1"),
    ]
    assert of(measured([told(tmp_path, events)]), Kind.SERVER_STOP, "blade1") == [(95.0, Cut.AWAY)]


def test_another_life_of_the_service_has_not_seen_what_was_in_between(tmp_path: Path) -> None:
    before = told(tmp_path, [sent(0, "blade1", "shutdown")])
    after = told(tmp_path, [seen(5, "server.halted", "blade1")], life="b", later_s=100)
    assert of(measured([before, after]), Kind.SERVER_STOP, "blade1") == [(105.0, Cut.AWAY)]


def test_a_new_file_of_the_same_life_interrupts_nothing(tmp_path: Path) -> None:
    before = told(tmp_path, [sent(0, CLUSTER, "stop")])
    after = told(tmp_path, [seen(20, "cluster.stopped", CLUSTER)], later_s=100)
    assert of(measured([after, before]), Kind.CLUSTER_STOP, CLUSTER) == [(120.0, None)]


def test_nobody_sees_his_own_end(tmp_path: Path) -> None:
    """What a node says of its own stop, the other has to see; its own limit and force are no evidence."""
    events = [
        sent(0, "control1", "shutdown"),
        seen(1, "server.shutting_down", "control1"),
        seen(120, "step.timed_out", "control1", step="halted", limit_s=120.0),
        sent(121, "control1", "force"),
    ]
    path = told(tmp_path, events)
    assert of(measured([path]), Kind.SERVER_STOP, "control1") == [(1.0, Cut.NOT_SEEN)]
    assert verdicts(limits(path))["servers.control1.shutdown.limit"] == (None, "not measured")


# What is one duration


def test_what_one_node_told_to_stop_and_the_other_saw_stopped_is_one_duration(tmp_path: Path) -> None:
    ours = told(tmp_path, [sent(0, "control1", "shutdown")])
    theirs = told(
        tmp_path,
        [
            seen(1, "server.shutting_down", "control1", "control2"),
            seen(60, "server.halted", "control1", "control2"),
        ],
        by="control2",
    )
    assert of(measured([ours, theirs]), Kind.SERVER_STOP, "control1") == [(60.0, None)]


def test_a_node_that_looks_later_begins_no_second_one(tmp_path: Path) -> None:
    ours = told(tmp_path, [sent(0, "blade1", "shutdown"), seen(90, "server.halted", "blade1")])
    late = [
        seen(92, "server.shutting_down", "blade1", "control2"),
        seen(94, "server.halted", "blade1", "control2"),
    ]
    theirs = told(tmp_path, late, by="control2")
    assert of(measured([ours, theirs]), Kind.SERVER_STOP, "blade1") == [(90.0, None)]


def test_a_copy_of_a_file_counts_once(tmp_path: Path) -> None:
    path = told(tmp_path, [sent(0, CLUSTER, "stop"), seen(80, "cluster.stopped", CLUSTER)])
    copy = tmp_path / "copy.jsonl"
    copy.write_bytes(Path(path).read_bytes())
    assert of(measured([path, str(copy)]), Kind.CLUSTER_STOP, CLUSTER) == [(80.0, None)]


def test_pretend_runs_with_the_same_dates_each_count(tmp_path: Path) -> None:
    paths = [kept(played("site-outage"), tmp_path, f"{n}.jsonl") for n in range(3)]
    assert len(of(measured(paths), Kind.CLUSTER_STOP, CLUSTER)) == 3


def test_a_command_that_was_not_taken_begins_nothing_until_it_is_sent_again(tmp_path: Path) -> None:
    events = [
        sent(0, "blade1", "shutdown"),
        seen(1, "command.failed", "blade1", command="shutdown", reason="refused"),
        sent(60, "blade1", "shutdown"),
        seen(150, "server.halted", "blade1"),
    ]
    assert of(measured([told(tmp_path, events)]), Kind.SERVER_STOP, "blade1") == [(90.0, None)]


def test_a_stop_by_somebody_else_is_measured_from_when_it_was_seen(tmp_path: Path) -> None:
    path = told(tmp_path, [seen(0, "cluster.stopping", CLUSTER), seen(70, "cluster.stopped", CLUSTER)])
    assert [(one.took_s, one.by_command) for one in measured([path])] == [(70.0, False)]
    assert "from when it was seen, not from the command: 1" in teiden("cluster-stop", path).output


# While it happens


def test_live_the_stopwatch_of_a_hand_ends_when_the_cluster_is_seen_stopped(tmp_path: Path) -> None:
    """`--live --now`: what stood in the files before is passed over."""
    file = tmp_path / "events-20261120T050000Z.jsonl"
    file.write_bytes(
        Path(told(tmp_path, [sent(0, CLUSTER, "stop"), seen(9, "cluster.stopped", CLUSTER)])).read_bytes()
    )
    begun_s = 1_763_614_800.0
    clock = [begun_s]
    following = Following(tmp_path, now=lambda: clock[0], pause=lambda s: None)
    following.begin(Kind.CLUSTER_STOP, CLUSTER)
    line = {"t": 50.0, "event": "cluster.stopped", "subject": CLUSTER, "by": "control1", "source": "seen"}
    with file.open("a") as more:
        more.write(json.dumps(line | {"time": "2025-11-20T05:01:50.000+00:00"}) + "\n")
    ended = list(following.until(lambda: bool(following.found), 3600.0))
    assert [(one.took_s, one.cut) for one in ended] == [(110.0, None)]


def test_live_it_gives_up_at_its_time(tmp_path: Path) -> None:
    clock = [0.0]

    def pause(s: float) -> None:
        clock[0] += s

    following = Following(tmp_path, now=lambda: clock[0], pause=pause)
    assert list(following.until(lambda: False, 60.0)) == []
    assert 60.0 <= clock[0] < 61.0


def test_live_nothing_that_ended_is_no_success_and_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = teiden("cluster-stop", "--live", "--events", tmp_path, "--for", "0s")
    assert result.exit_code == 3
    assert "nothing of this kind has happened there" in result.output
    missing = teiden("cluster-stop", "--live", "--events", tmp_path / "gone", "--for", "0s")
    assert missing.exit_code == 3
    assert str(tmp_path / "gone") in missing.output


# The command


def test_the_figures_of_many_outages(tmp_path: Path) -> None:
    paths = [kept(played("site-outage", s), tmp_path, f"{s}.jsonl") for s in (45.0, 240.0, 120.0)]
    result = teiden("cluster-stop", "--json", "--events", *paths)
    assert result.exit_code == 0
    (cluster,) = json.loads(result.output)["durations"]
    figures = [cluster[f"{key}_s"] for key in ("smallest", "median", "largest")]
    assert cluster["n"] == 3
    assert figures == pytest.approx([45.0, 120.0, 240.0], abs=0.1)


def test_the_last_is_the_one_that_began_last(tmp_path: Path) -> None:
    events = [
        event
        for at_s, took_s in ((0.0, 90.0), (5000.0, 70.0), (9000.0, 80.0))
        for event in (sent(at_s, CLUSTER, "stop"), seen(at_s + took_s, "cluster.stopped", CLUSTER))
    ]
    (cluster,) = json.loads(teiden("all", "--json", told(tmp_path, events)).output)["durations"]
    assert [cluster[f"{key}_s"] for key in ("smallest", "median", "largest", "last")] == [70, 80, 90, 80]


def test_a_folder_of_a_service_is_all_its_files(tmp_path: Path) -> None:
    path = told(tmp_path, [sent(0, CLUSTER, "stop"), seen(80, "cluster.stopped", CLUSTER)])
    Path(path).rename(tmp_path / "events-20261120T050000Z.jsonl")
    assert "80.0 s" in teiden("all", tmp_path).output


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["cluster-stop"], 2, "say --events FILE..., or --live"),
        (["stops", "x.jsonl"], 2, "'stops' is not one of"),
        (["all", "a.yaml", "b.yaml", "x.jsonl"], 2, "one site file, not 2"),
        (["all", "x.jsonl", "--margin", "0.5"], 2, "write it like 50%"),
        (["all", "x.jsonl", "--apply"], 2, "need a site file"),
        (["boots", "--live", "--now", "s.yaml"], 2, "--now goes with cluster-stop"),
        (["all", "missing.jsonl"], 2, "missing.jsonl: "),
        (["all", "--live"], 2, "--live needs a site file"),
    ],
)
def test_what_cannot_be_is_said(words: list[str], code: int, says: str) -> None:
    result = teiden(*words)
    assert result.exit_code == code
    assert says in result.output


def test_every_line_that_is_wrong_is_named_in_all_files_at_once(tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        (tmp_path / name).write_text('{"t": 1}\n')
    result = teiden("all", tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert result.exit_code == 2
    assert "a.jsonl:1" in result.output
    assert "b.jsonl:1" in result.output


def test_nothing_of_that_kind_is_no_success(tmp_path: Path) -> None:
    result = teiden("flushes", told(tmp_path, [seen(1, "lease.taken", "control1")]))
    assert result.exit_code == 3
    assert "nothing of this kind has happened there" in result.output


# Limits and the patch


def limits(*words: str | Path) -> dict[str, Any]:
    result = teiden("all", SITE, "--json", *words)
    return {"code": result.exit_code} | json.loads(result.output)


def verdicts(told: dict[str, Any]) -> dict[str, tuple[float | None, str]]:
    return {one["key"]: (one["proposed_s"], one["verdict"]) for one in told["limits"]}


def test_limits_are_the_longest_and_the_margin(tmp_path: Path) -> None:
    path = kept(played("site-outage"), tmp_path)
    found = limits(path)
    assert found["code"] == 0
    assert verdicts(found)["cluster.shutdown_limit"] == (180.0, "fits")
    assert verdicts(found)["servers.blade1.shutdown.limit"] == (140.0, "fits")
    assert verdicts(found)["linkage.flush_limit"] == (300.0, "fits")
    assert found["changes"] == {}
    wide = limits(path, "--margin", "200%")
    assert verdicts(wide)["cluster.shutdown_limit"] == (360.0, "too near")
    assert verdicts(wide)["linkage.flush_limit"] == (580.0, "too near")
    assert wide["code"] == 1, "flushing for so long breaks R6-14"
    assert [one["rule"] for one in wide["broken_then"] if one["severity"] == "error"].count("R6-14") == 1


def test_what_was_cut_off_asks_for_more_than_the_limit_it_broke(tmp_path: Path) -> None:
    found = limits(kept(played("cluster-stop-hangs"), tmp_path))
    assert found["code"] == 1
    assert verdicts(found)["cluster.shutdown_limit"] == (450.0, "too small")


def test_a_limit_is_lowered_only_when_asked_and_after_several_measurements(tmp_path: Path) -> None:
    paths = [kept(played("site-outage", 45.0), tmp_path, f"{n}.jsonl") for n in range(3)]
    assert verdicts(limits(*paths))["cluster.shutdown_limit"] == (70.0, "needlessly large")
    assert "cluster.shutdown_limit" not in limits(*paths)["changes"]
    assert limits("--lower", *paths)["changes"]["cluster.shutdown_limit"] == 70.0
    assert verdicts(limits(paths[0]))["cluster.shutdown_limit"] == (70.0, "fits"), "one proves little"


def test_a_delay_that_must_hold_a_longer_limit_is_rounded_to_what_its_card_keeps(tmp_path: Path) -> None:
    """420 s hold no server that may take 400 and is forced a minute before: 180 becomes 300, not 220."""
    events = [sent(0, "blade1", "shutdown"), seen(266, "server.halted", "blade1")]
    found = limits(told(tmp_path, events))
    assert found["changes"] == {"servers.blade1.shutdown.limit": 400.0, "upses.ups5.shutdown_delay": 300.0}
    assert [(one["key"], one["enough"]) for one in found["delays"]] == [("upses.ups5.shutdown_delay", True)]


def test_a_card_that_has_nothing_longer_is_told_of(tmp_path: Path) -> None:
    events = [sent(0, "control1", "shutdown"), seen(600, "server.halted", "control1", "control2")]
    found = limits(told(tmp_path, events))
    assert ("upses.ups3.shutdown_delay", False) in [(one["key"], one["enough"]) for one in found["delays"]]
    assert found["code"] == 1


def test_the_patch_keeps_comments_and_layout(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_bytes(SITE.read_bytes())
    hangs = kept(played("cluster-stop-hangs"), tmp_path)
    patch = tmp_path / "limits.patch"
    assert teiden("cluster-stop", site, hangs, "--patch", patch).exit_code == 1
    assert site.read_bytes() == SITE.read_bytes()
    lines = patch.read_text("utf-8").splitlines()
    changed = [line for line in lines if line[:1] in "+-" and line[:3] not in ("+++", "---")]
    assert changed == [
        "-  shutdown_limit: 5m               # タイムアウト時間: after it the OS is forced",
        "+  shutdown_limit: 450s             # タイムアウト時間: after it the OS is forced",
    ]
    applied = teiden("cluster-stop", site, hangs, "--apply")
    assert "prove it again" in applied.output
    text, before = site.read_text("utf-8"), SITE.read_text("utf-8")
    assert text == before.replace("shutdown_limit: 5m  ", "shutdown_limit: 450s")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["limits.patch", "run.jsonl", "site.yaml"]


def test_a_change_that_would_break_a_rule_is_not_applied(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_bytes(SITE.read_bytes())
    result = teiden("flushes", site, kept(played("flush-never-ends"), tmp_path), "--margin", "60%", "--apply")
    assert result.exit_code == 3
    assert "R6-14" in result.output
    assert "left as it is" in result.output
    assert site.read_bytes() == SITE.read_bytes()


def test_it_speaks_japanese(tmp_path: Path) -> None:
    result = teiden("cluster-stop", SITE, kept(played("cluster-stop-hangs"), tmp_path), "--lang", "ja")
    assert "クラスタ停止" in result.output
    assert "不足" in result.output
