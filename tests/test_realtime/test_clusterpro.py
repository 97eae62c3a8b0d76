"""clpstat's screen: what is taken for a state of the cluster, and what leaves it unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from realtime.clusters.clusterpro import Unclear, is_report, report_of
from realtime.clusters.report import Report, group, status_of
from realtime.clusters.words import status_from
from sequencer.ports import ClusterState, ClusterStatus, Unreachable

NODES = ("control1", "control2")


def screen(
    first: str = "Online",
    second: str = "Online",
    *groups: tuple[str, str, str],
) -> str:
    """As the manager prints it, with the comments and blanks that it puts at line ends."""
    lines = [
        " ========================  CLUSTER STATUS  ===========================",
        "  Cluster : ssccluster",
        "  <server>",
        f"   *control1 ........: {first}           ",
        "      lankhb1        : Normal           Kernel Mode LAN Heartbeat",
        "      diskhb1        : Normal           DISK Heartbeat",
        f"    control2 ........: {second}",
        "      lankhb1        : Caution          Kernel Mode LAN Heartbeat",
        "  <group>",
    ]
    for name, status, current in groups or (("failover1", "Online", "control1"),):
        lines += [f"    {name} .......: {status}           ", f"      current        : {current}"]
        lines += ["      fip1           : Online           ", "      control2       : Offline"]
    lines += ["  <monitor>", "    userw            : Normal", " " + "=" * 69, ""]
    return "\n".join(lines)


def status(output: str | bytes, named: str = "") -> ClusterStatus | Unreachable:
    """Without its members, which have tests of their own."""
    return without_members(status_of(report_of(output), NODES, named))


def without_members(told: ClusterStatus | Unreachable) -> ClusterStatus | Unreachable:
    return replace(told, members=None) if isinstance(told, ClusterStatus) else told


def members(output: str) -> frozenset[str] | None:
    told = status_of(report_of(output), NODES)
    assert isinstance(told, ClusterStatus)
    return told.members


@pytest.mark.parametrize(
    ("first", "second", "who"),
    [
        ("Online", "Online", {"control1", "control2"}),
        ("Online", "Caution", {"control1", "control2"}),
        ("Online", "Offline", {"control1"}),
        ("Offline", "Online", {"control2"}),
        ("Online", "Unknown", None),
        ("Online", "Online Pending", None),
        ("Online", "Offline Pending", None),
        ("Offline", "Offline", None),
        ("Online Pending", "Offline", None),
    ],
)
def test_who_takes_part_is_known_only_where_every_word_is_plain(
    first: str, second: str, who: set[str] | None
) -> None:
    assert members(screen(first, second)) == who
    assert members(screen(first, second).replace("control", "CONTROL")) == who


def test_of_a_cluster_that_does_not_run_nobody_takes_part() -> None:
    assert members(screen("Online", "Offline", ("failover1", "Offline", "None"))) is None


def test_a_running_cluster_and_who_holds_it() -> None:
    assert status(screen()) == ClusterStatus(ClusterState.RUNNING, "control1")
    moved = screen("Offline", "Online", ("failover1", "Online", "control2"))
    assert status(moved) == ClusterStatus(ClusterState.RUNNING, "control2")


@pytest.mark.parametrize(
    ("first", "second", "group", "state"),
    [
        ("Online", "Online", "Online", ClusterState.RUNNING),
        ("Caution", "Offline", "Online", ClusterState.RUNNING),
        ("Online", "Unknown", "Online", ClusterState.RUNNING),
        ("Online", "Offline Pending", "Online", ClusterState.RUNNING),
        ("Online", "Online", "Offline Pending", ClusterState.RUNNING),
        ("Online", "Online", "Online Pending", ClusterState.STARTING),
        ("Online Pending", "Offline", "Offline", ClusterState.STARTING),
        ("Offline Pending", "Offline Pending", "Offline Pending", ClusterState.STOPPING),
        ("Offline Pending", "Offline", "Offline", ClusterState.STOPPING),
        ("Offline Pending", "Online Pending", "Offline", ClusterState.STOPPING),
        ("Offline", "Offline", "Offline", ClusterState.STOPPED),
        ("Online", "Online", "Online Failure", ClusterState.WAITING_FOR_DISK),
        ("Online", "Offline", "Offline", ClusterState.WAITING_FOR_DISK),
    ],
)
def test_every_state_has_its_words(first: str, second: str, group: str, state: ClusterState) -> None:
    seen = status(screen(first, second, ("failover1", group, "None")))
    assert seen == ClusterStatus(state, None)


# R7-11: a disturbed cluster shows nothing that could be acted upon
@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (screen("Unknown", "Offline"), "control1 is 'unknown'"),
        (screen("Offline", "Suspend"), "control2 is 'suspend'"),
        (screen("停止済", "停止済"), "control1 is '停止済', control2 is '停止済'"),
        (screen("Online", "Online", ("failover1", "Strange", "None")), "group failover1 is 'strange'"),
        (screen().replace("control2 ....", "control3 ...."), "no server called control2"),
    ],
)
def test_words_that_nobody_knows_are_no_state(output: str, reason: str) -> None:
    seen = status(output)
    assert isinstance(seen, Unreachable)
    assert reason in seen.reason


# R7-12: soon after a restart there may be nothing to see; nothing is unknown, and is looked at again
@pytest.mark.parametrize(
    "output",
    [
        "",
        "Command failed.\n",
        "\x00" * 5000,
        " ====  CLUSTER STATUS  ====\n  Cluster : ssccluster\n",
        "  <server>\n  <group>\n    failover1 : Online\n",
        "  <server>\n   *control1 ...: Online\n   *control1 ...: Offline\n",
        screen().split("<server>")[0] + "<server>",
    ],
)
def test_what_names_no_servers_is_no_report(output: str) -> None:
    with pytest.raises(Unclear):
        report_of(output)


def test_a_report_that_is_cut_off_tells_of_too_few_servers() -> None:
    seen = status(screen().split("    control2 ....")[0])
    assert seen == Unreachable("the cluster has no server called control2")


def test_with_the_long_option_and_on_windows_it_says_the_same() -> None:
    wide = screen().replace(" ........:", " ........................:").replace("\n", "\r\n")
    assert status(wide.encode("cp932")) == ClusterStatus(ClusterState.RUNNING, "control1")


def test_names_that_fill_their_column_have_no_dots() -> None:
    full = screen("Online", "Online", ("x", "Online", "control1")).replace("x .......:", "container-recove :")
    assert report_of(full).groups[0] == group("container-recove", "Online", "control1")


def test_several_groups_on_one_node_are_held_by_it_and_on_two_by_nobody() -> None:
    together = screen("Online", "Online", ("web", "Online", "control2"), ("sql", "Online", "control2"))
    assert status(together) == ClusterStatus(ClusterState.RUNNING, "control2")
    apart = screen("Online", "Online", ("web", "Online", "control1"), ("sql", "Online", "control2"))
    assert status(apart) == ClusterStatus(ClusterState.RUNNING, None)
    assert status(apart, "SQL") == ClusterStatus(ClusterState.RUNNING, "control2")
    assert status(apart, "mail") == Unreachable("the cluster has no group called mail")


def test_the_managers_own_address_does_not_count() -> None:
    managed = screen(
        "Online", "Online", ("ManagementGroup", "Online", "control2"), ("web", "Online", "control1")
    )
    assert status(managed) == ClusterStatus(ClusterState.RUNNING, "control1")


def test_names_are_the_same_in_any_case_and_come_back_as_we_write_them() -> None:
    assert status(screen().replace("control", "CONTROL")) == ClusterStatus(ClusterState.RUNNING, "control1")


def test_a_cluster_without_groups_runs_and_is_held_by_nobody() -> None:
    alone = Report({"control1": "online", "control2": "online"}, ())
    assert without_members(status_of(alone, NODES)) == ClusterStatus(ClusterState.RUNNING, None)


@pytest.mark.parametrize(
    ("said", "state", "holder"),
    [
        ("running control2", ClusterState.RUNNING, "control2"),
        ("waiting_for_disk -", ClusterState.WAITING_FOR_DISK, None),
        ("stopped -", ClusterState.STOPPED, None),
    ],
)
def test_another_program_says_it_in_two_words(said: str, state: ClusterState, holder: str | None) -> None:
    assert not is_report(said)
    assert status_from(said, NODES) == ClusterStatus(state, holder)


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ("running control1", None),
        ("running control1 control1", {"control1"}),
        ("running - control1,control2", {"control1", "control2"}),
        ("running control1 -", None),
        ("stopped - control1", None),
    ],
)
def test_a_third_word_names_who_takes_part_while_it_runs(said: str, who: set[str] | None) -> None:
    told = status_from(said, NODES)
    assert isinstance(told, ClusterStatus)
    assert told.members == who


@pytest.mark.parametrize(
    "said",
    [
        "",
        "running",
        "running control9",
        "Running -",
        "stopped - now",
        "up control1",
        "running control1 control1,control9",
        "running control1 control1, control2",
        "running control1 ,",
    ],
)
def test_two_other_words_are_no_state(said: str) -> None:
    assert isinstance(status_from(said, NODES), Unreachable)
