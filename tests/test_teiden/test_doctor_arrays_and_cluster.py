"""Doctor at an array and at the cluster: well, and each trouble with what to do."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from realtime.commands import Ended
from realtime.contacts import ArrayContact, ClusterContact, Contacts
from realtime.secret import Secret
from teiden.doctor.context import Machine
from teiden.doctor.finding import Found, Level
from teiden.emulator.array_service import ArrayService
from tests.doctored import FAIL, OK, WARN, found, look, only, reference, with_site
from tests.test_realtime.hostile import array_service

CLPSTAT = """\
  Cluster : ssccluster
  <server>
   *control1 ........: Online
    control2 ........: Online
  <group>
    failover1 .......: Online
      current        : {holder}
"""


def at_the_array(
    trouble: Callable[[ArrayService], Any] = lambda service: None, name: str = "linkeddisk", **settings: Any
) -> tuple[Any, str, str]:
    limit_s = settings.pop("look_limit_s", 20.0)

    async def run() -> list[Found]:
        async with array_service(**settings) as service:
            trouble(service)
            contacts = Contacts(arrays={name: ArrayContact("127.0.0.1", service.port)})
            return await found("array.service", contacts, name, look_limit_s=limit_s)

    return only(asyncio.run(run()))


def test_an_array_that_is_well_tells_its_state_protocol_and_name() -> None:
    assert at_the_array()[:2] == (OK, "ready not_asked (array protocol 1, as linkeddisk)")


def test_a_service_of_another_version_is_told() -> None:
    level, words, do = at_the_array(lambda service: setattr(service, "version", 2))
    assert (level, words) == (FAIL, "it speaks version 2 of the array protocol, this side version 1")
    assert "install the service of this version" in do


def test_a_service_for_another_array_has_the_wrong_address() -> None:
    level, words, do = at_the_array(name="controldisk")
    assert level is FAIL
    assert words.startswith("it speaks for 'linkeddisk', not for 'controldisk'")
    assert do == "correct the address of controldisk in the site file"


def test_a_shared_word_that_is_missing_is_told() -> None:
    level, words, do = at_the_array(word=Secret("a word of our own"))
    assert level is FAIL
    assert "shared word" in words
    assert "(secret)" in do


def test_silence_and_nobody_there_are_told_with_the_port() -> None:
    level, words, do = at_the_array(lambda service: setattr(service, "silent", True), look_limit_s=0.05)
    assert (level, words) == (FAIL, "no answer in 0.05 s")
    assert "does the firewall let tcp" in do


def test_an_array_that_flushes_is_under_way_already() -> None:
    assert at_the_array(lambda service: service._array.flush())[:2] == (
        WARN,
        "ready under_way (array protocol 1, as linkeddisk)",
    )


def test_an_array_nobody_has_written_down_is_a_row() -> None:
    level, words, _ = only(look("array.service", name="linkeddisk"))
    assert (level, words) == (FAIL, "the site file does not say how it is reached")


# The cluster


@pytest.fixture
def programs(tmp_path: Path) -> Callable[..., ClusterContact]:
    """CLUSTERPRO's commands that print what the test says."""

    def write(clpstat: str, clpacmode: str = "current acmode: enabled", rest: str = "") -> ClusterContact:
        for name, text in (("clpstat", clpstat), ("clpacmode", clpacmode)):
            (tmp_path / name).write_text(f"#!/bin/sh\ncat <<'END'\n{text}\nEND\n")
            (tmp_path / name).chmod(0o755)
        return ClusterContact({"state": (str(tmp_path / "clpstat"),)}, rest_url=rest)

    return write


def at_the_cluster(id: str, contact: ClusterContact, **settings: Any) -> list[Found]:
    return look(id, Contacts(cluster=contact), "ssccluster", **settings)


def test_a_cluster_that_runs_tells_who_holds_it(programs: Callable[..., ClusterContact]) -> None:
    contact = programs(CLPSTAT.format(holder="control1"))
    assert only(at_the_cluster("cluster.state", contact))[:2] == (
        OK,
        "running, held by control1; nodes control1, control2",
    )
    assert only(at_the_cluster("cluster.ac_mode", contact))[:2] == (OK, "enabled")


def test_other_names_of_nodes_fail(programs: Callable[..., ClusterContact]) -> None:
    contact = programs(CLPSTAT.format(holder="control1").replace("control2", "kanri2"))
    level, words, do = only(at_the_cluster("cluster.state", contact))
    assert (level, words) == (FAIL, "the cluster has no server called control2")
    assert "cluster.nodes" in do


def test_a_cluster_that_nobody_holds_is_to_be_looked_at(programs: Callable[..., ClusterContact]) -> None:
    level, words, _ = only(at_the_cluster("cluster.state", programs(CLPSTAT.format(holder="-"))))
    assert (level, words) == (WARN, "running; no single node holds its groups")


def test_a_manager_that_cannot_be_read_fails_with_how_to_try_it() -> None:
    contact = ClusterContact({"state": ("/no/such/program",)})
    level, words, do = only(at_the_cluster("cluster.state", contact))
    assert level is FAIL
    assert words.startswith("not started: /no/such/program")
    assert "by hand" in do


def test_its_rest_service_is_tried_where_the_site_names_it(programs: Callable[..., ClusterContact]) -> None:
    level, _, do = only(at_the_cluster("cluster.state", programs("", rest="http://127.0.0.1:9")))
    assert level is FAIL
    assert "http://127.0.0.1:9" in do


def test_ac_mode_disabled_fails_and_what_it_does_not_say_is_unknown(
    programs: Callable[..., ClusterContact],
) -> None:
    """R7-08; R7-09: it counts after the cluster was stopped and started, which is said with it."""
    level, words, do = only(at_the_cluster("cluster.ac_mode", programs("", "current acmode: disabled")))
    assert (level, words) == (FAIL, "disabled; the site file says ac_mode: true")
    assert do == "`clpacmode enable` on every node, then stop and start the cluster"
    level, words, _ = only(at_the_cluster("cluster.ac_mode", programs("", "Command failed.")))
    assert level is WARN
    assert words.startswith("clpacmode does not tell")


def test_another_cluster_than_clusterpro_has_no_ac_mode() -> None:
    assert at_the_cluster("cluster.ac_mode", ClusterContact({"state": ("/opt/site/cluster", "state")})) == []


def test_the_floating_ip_must_be_where_the_manager_says(programs: Callable[..., ClusterContact]) -> None:
    here = with_site(cluster=replace(reference().site.cluster, floating_ip="127.0.0.1"))
    away = with_site(cluster=replace(reference().site.cluster, floating_ip="192.0.2.77"))
    ours, theirs = (programs(CLPSTAT.format(holder=holder)) for holder in ("control1", "control1"))
    assert only(at_the_cluster("cluster.address", ours, site_file=here))[:2] == (OK, "127.0.0.1 is here")
    level, words, _ = only(at_the_cluster("cluster.address", ours, site_file=away))
    assert (level, words) == (FAIL, "192.0.2.77 is not here, and this node holds the cluster")
    rows = at_the_cluster("cluster.address", theirs, site_file=here, me="control2")
    assert only(rows)[:2] == (FAIL, "127.0.0.1 is here, and control1 holds the cluster")


def test_sigmasystemcenter_is_tried_at_the_floating_ip() -> None:
    """R5-06: tcp 26102, here a port where nobody listens."""
    cluster = replace(reference().site.cluster, floating_ip="127.0.0.1", management_port=9)
    level, words, do = only(look("cluster.management", site_file=with_site(cluster=cluster, ssc="2.1")))
    assert (level, words) == (WARN, "127.0.0.1:9: nothing listens there")
    assert "tcp 9" in do


@pytest.mark.parametrize(("version", "level"), [("9.01", FAIL), ("9.02", OK), ("10.0", OK)])
def test_an_old_clusterpro_fails_with_an_old_product(version: str, level: Level) -> None:
    """R13-01."""

    async def told(words: Sequence[str], limit_s: float) -> Ended:
        return Ended(0, version) if words[0] == "rpm" else Ended(1)

    old = with_site(product="ver1.0")
    (row,) = look("cluster.version", site_file=old, machine=Machine(run=told))
    assert (row.level, row.words) == (level, f"CLUSTERPRO {version}")
