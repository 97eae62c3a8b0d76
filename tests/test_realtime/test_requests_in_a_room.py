"""From command line and application, through a real socket, to the sequencer of a pretend room (R2-05)."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from realtime.request_socket import RequestSocket
from sequencer.requests import Request
from sim.room import Room
from teiden import requests
from teiden.cli import main
from tests.tale import Tale
from tests.test_realtime.serving import serving
from tests.worlds import LINKED, reference_model, reference_site

CALM_S = 600.0
HOUR_S = 3600.0


class Site:
    """A pretend room in a thread of its own, behind a real socket; its time passes when it is asked to."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.room = Room(reference_site(), reference_model(), horizon_s=CALM_S + 12 * HOUR_S)
        self.room.begin()
        self.room.env.run(until=CALM_S)
        self._heard: queue.SimpleQueue[tuple[RequestSocket, Request] | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work)

    def deliver(self, service: RequestSocket, request: Request) -> None:
        """On the socket's thread."""
        self._heard.put((service, request))

    def _work(self) -> None:
        while (heard := self._heard.get()) is not None:
            service, request = heard
            self.room.nodes["control1"].hear(request)
            before = len(self.room.replies)
            while len(self.room.replies) == before:
                self.room.env.step()
            service.reply(request, refusal=self.room.replies[-1].refusal)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._heard.put(None)
        self._thread.join(10)
        assert not self._thread.is_alive()

    def later(self, seconds: float) -> Tale:
        """What has happened when so much time has passed; nobody may ask any more."""
        self.end()
        self.room.env.run(until=self.room.env.now + seconds)
        return Tale(self.room, CALM_S)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "requests.sock")
    site.begin()
    with serving(site.path, site.deliver):
        yield site
        site.end()


def teiden(site: Site, *args: str, typed: str = "") -> Result:
    result = CliRunner().invoke(main, [*args, "--socket", str(site.path)], input=typed)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_r2_05_the_command_line_switches_two_servers_and_nobody_else_off(site: Site) -> None:
    result = teiden(site, "off", "blade1", "blade2", "--by", "operator")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("accepted (request ")
    tale = site.later(HOUR_S)
    tale.before("server.halted blade1", "ups.output_off ups5")
    tale.before("server.halted blade2", "ups.output_off ups5")
    assert not tale.all("server.shutting_down rack1")
    assert not tale.all("array.flushing linkeddisk")
    assert not tale.all("server.crashed *")


def test_r2_05_the_command_line_switches_the_whole_site_off_in_order(site: Site) -> None:
    assert teiden(site, "off", "--yes").exit_code == 0
    tale = site.later(2 * HOUR_S)
    for server in LINKED:
        tale.before(f"server.halted {server}", "array.flushing linkeddisk")
    tale.before("array.flushed linkeddisk", "ups.output_off ups4", "cluster.stopping ssccluster")
    tale.before("server.halted control1", "ups.output_off ups3")
    assert not tale.all("server.crashed *")
    assert not tale.all("array.lost_data *")


def test_r2_05_an_application_is_told_that_it_was_accepted_and_is_in_the_journal(site: Site) -> None:
    reply = requests.power_off("rack1", "rack2", socket=str(site.path), by="backup job", id="a1")
    assert (reply.id, reply.accepted) == ("a1", True)
    (accepted,) = site.later(1.0).all("request.accepted *")
    assert str(accepted.details["asked_by"]).startswith("backup job (uid ")


def test_the_sequencers_refusal_reaches_the_command_line(site: Site) -> None:
    result = teiden(site, "off", "nosuchserver")
    assert result.exit_code == 1
    assert "refused: no server that can be switched is called nosuchserver" in result.stderr


def test_s27_a_hold_is_set_and_released(site: Site) -> None:
    assert teiden(site, "hold", "ups5").exit_code == 0
    assert teiden(site, "release", "ups5").exit_code == 0
    tale = site.later(1.0)
    tale.before("hold.set ups5", "hold.released ups5")


def test_what_was_switched_off_is_switched_on_again(site: Site) -> None:
    assert teiden(site, "off", "blade1", "blade2").exit_code == 0
    site.room.env.run(until=site.room.env.now + HOUR_S)  # the site's own thread sleeps meanwhile
    assert not site.room.upses["ups5"].output
    assert teiden(site, "on", "blade1", "blade2").exit_code == 0
    tale = site.later(HOUR_S)
    tale.before("ups.output_on ups5", "server.up blade1")
    assert tale.all("server.up blade2")
