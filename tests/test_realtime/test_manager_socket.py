"""News of the cluster's manager: from `teiden told` through a socket of its own (R2-08, R2-09, R7-08)."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from realtime.clusters.manager_socket import OURS, manager_socket
from realtime.request_lines import Malformed, manager_of, request_from
from sequencer.requests import MANAGERS, Request, Wish
from teiden import requests
from teiden.cli import main
from tests.test_realtime.serving import Caller, serving

NODES = ("control1", "control2")


def heard(**told: object) -> Request:
    return request_from(json.dumps(told).encode(), "uid 0", "fresh", manager_of(NODES))


@pytest.mark.parametrize(
    ("words", "wish", "of"),
    [
        (("shutdown",), Wish.CLUSTER_SHUTDOWN, ()),
        (("reboot",), Wish.CLUSTER_REBOOT, ()),
        (("shutdown", "control2"), Wish.SERVER_SHUTDOWN, ("control2",)),
        (("reboot", "control2"), Wish.SERVER_REBOOT, ("control2",)),
    ],
)
def test_r2_08_what_the_manager_tells_is_delivered(
    tmp_path: Path, words: tuple[str, ...], wish: Wish, of: tuple[str, ...]
) -> None:
    with serving(tmp_path / "s", hearing=manager_of(NODES)) as delivered:
        told = CliRunner().invoke(
            main, ["told", *words, "--socket", str(tmp_path / "s"), "--by", "stop script"]
        )
    assert told.exit_code == 0, told.output
    (request,) = delivered
    assert (request.wish, request.of) == (wish, of)
    assert request.by.startswith("stop script (")


def test_whatever_a_manager_may_tell_has_its_word() -> None:
    assert set(manager_of(NODES).wishes.values()) == MANAGERS


@pytest.mark.parametrize("wish", ["cluster_shutdown", "cluster_reboot"])
@pytest.mark.parametrize("of", [["control1"], [], None, "all"])
def test_a_cluster_goes_as_a_whole(wish: str, of: object) -> None:
    with pytest.raises(Malformed, match='of is "everything"'):
        heard(wish=wish, of=of)


@pytest.mark.parametrize("wish", ["server_shutdown", "server_reboot"])
@pytest.mark.parametrize("of", ["everything", [], None])
def test_news_of_servers_that_names_none_never_means_everything(wish: str, of: object) -> None:
    with pytest.raises(Malformed, match="of is a list of names"):
        heard(wish=wish, of=of)


def test_only_nodes_of_the_cluster_are_the_managers_to_stop() -> None:
    with pytest.raises(Malformed, match='no node of the cluster is called "blade1"'):
        heard(wish="server_shutdown", of=["control1", "blade1"])


def test_neither_socket_hears_what_is_meant_for_the_other(tmp_path: Path) -> None:
    with serving(tmp_path / "s") as delivered, Caller(tmp_path / "s") as caller:
        assert caller.ask(wish="cluster_shutdown", of="everything")["accepted"] is False
        assert not delivered
    with serving(tmp_path / "m", hearing=manager_of(NODES)) as delivered, Caller(tmp_path / "m") as caller:
        refused = caller.ask(wish="power_off", of="everything")
        assert refused["accepted"] is False
        assert "it is one of cluster_reboot, cluster_shutdown, server_reboot" in refused["reason"]
        assert not delivered


def test_what_we_asked_of_the_cluster_ourselves_is_no_news(tmp_path: Path) -> None:
    class Stopping:
        stops_for_us = True

    cluster, delivered = Stopping(), list[Request]()
    path = str(tmp_path / "m")

    async def run() -> list[requests.Reply]:
        def deliver(request: Request) -> None:
            delivered.append(request)
            socket.reply(request)

        socket = manager_socket(path, deliver, cluster, NODES)
        async with socket:
            during = await asyncio.to_thread(requests.tell, "shutdown", socket=path, timeout_s=5)
            cluster.stops_for_us = False
            return [during, await asyncio.to_thread(requests.tell, "shutdown", socket=path, timeout_s=5)]

    during, after = asyncio.run(run())
    assert (during.accepted, during.reason) == (False, OURS)
    assert after.accepted
    assert [r.wish for r in delivered] == [Wish.CLUSTER_SHUTDOWN]


def test_a_script_is_told_when_nobody_is_there(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["told", "reboot", "--socket", str(tmp_path / "none")])
    assert told.exit_code == 3
    assert "no service runs on this machine" in told.output


def test_other_news_is_wrong_input() -> None:
    assert CliRunner().invoke(main, ["told", "explosion"]).exit_code == 2
    with pytest.raises(ValueError, match="shutdown or reboot"):
        requests.tell("explosion", socket="nowhere")
