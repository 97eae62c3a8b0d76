"""Troubles of the way to single devices: each is told as what it is, and everything else goes on."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from realtime.contacts import Contacts, RedfishContact, SnmpContact, SshContact
from realtime.status import AUTHENTICATION, LOST_ITS_UPS, OK, UNREACHABLE
from sim.faults.arrays import ARRAY_UNREACHABLE
from sim.story import FaultChange, MainsChange
from teiden.emulator.certificate import Authority
from teiden.emulator.rehearsal import free_port
from tests.living import SITE, Living, living, overheard, small_story

MORE = """\
  ups6: {number: 6, feed: other, confirm: 12s}
  ups7: {number: 7, feed: other, confirm: 12s}
  ups8: {number: 8, feed: other, confirm: 12s}
  ups9: {number: 9, feed: other, confirm: 12s}
linkage"""
SERVERS = """\
  blade2: {role: pool, upses: [ups6], shutdown: {by: ssh, host: b2, limit: 30s}}
  blade3: {role: linked, upses: [ups5], shutdown: {by: ssh, host: b3, limit: 30s}}
cluster:"""
TROUBLED = (
    SITE.replace("feeds: [utility]", "feeds: [utility, other]")
    .replace("linkage", MORE, 1)
    .replace("cluster:", SERVERS, 1)
)
"""The small site with four more UPSes and two more servers, to which the way is troubled."""


def troubled(folder: Path, contacts: Contacts) -> Contacts:
    """What may be wrong in the file, on the way, or at the other end."""
    (folder / "wrong").touch(mode=0o600)
    (folder / "wrong").write_text("not the secret", encoding="utf-8")
    foreign = Authority()
    (folder / "foreign.pem").write_text(foreign.pem, encoding="utf-8")

    def card(name: str, **settings: object) -> SnmpContact:
        contact = contacts.upses[name]
        assert isinstance(contact, SnmpContact)
        return replace(contact, **settings)

    def bmc(name: str, **settings: object) -> RedfishContact:
        contact = contacts.servers[name].bmc
        assert contact is not None
        return replace(contact, **settings)

    def ssh(name: str, **settings: object) -> SshContact:
        contact = contacts.servers[name].ssh
        assert contact is not None
        return replace(contact, **settings)

    wrong = f"file:{folder / 'wrong'}"
    upses = {
        **contacts.upses,
        "ups6": card("ups6", version="2c", user="wrong-community", secret=""),
        "ups7": card("ups7", secret=wrong),
        "ups8": card("ups8", port=free_port()),
    }
    servers = {
        **contacts.servers,
        "blade2": replace(
            contacts.servers["blade2"], bmc=bmc("blade2", ca=str(folder / "foreign.pem")), ssh=None
        ),
        "blade3": replace(
            contacts.servers["blade3"],
            bmc=None,
            ssh=ssh("blade3", host_key=contacts.servers["blade1"].ssh.host_key),
        ),
    }
    return replace(contacts, upses=upses, servers=servers)


@pytest.mark.long
def test_every_trouble_is_told_apart_and_an_outage_elsewhere_is_handled(tmp_path: Path) -> None:
    async def steps(its: Living) -> None:
        its.room.act(lambda: setattr(its.room.agents["ups9"].faults, "no_comm", True))
        await its.until(lambda: its.events("lease.taken"))
        await its.until(lambda: {u.name: u.state for u in its.status().upses} == STATES)
        await its.until(lambda: words_of(its)["blade2"] and not any(map(words_of(its).get, WELL)))
        words = words_of(its)
        assert "no answer" in words["ups6"], "a card does not say that a community is wrong; it is silent"
        assert words["ups7"].startswith("authentication: ")
        assert "no answer" in words["ups8"] or "refused" in words["ups8"]
        assert "lost its UPS" in words["ups9"]
        assert "certificate" in words["blade2"]
        its.happen(MainsChange(0.0, "utility", lost=True), FaultChange(0.0, ARRAY_UNREACHABLE, "linkeddisk"))
        await its.until(lambda: its.room.room.upses["ups5"].falls_at_s is not None)
        failed = its.events("command.failed", "blade3")
        assert "host key" in failed[0].details["reason"].lower()
        await its.until(lambda: not its.room.room.upses["ups4"].output)
        (told,) = [array for array in its.status().arrays if array.name == "linkeddisk"]
        assert told.words
        await its.until(lambda: its.room.room.upses["ups1"].falls_at_s is not None)

    story = small_story(tmp_path, site=TROUBLED)

    async def lived() -> None:
        room = tmp_path / "room"
        contacts = partial(troubled, tmp_path)
        async with living(story, room, contacts=contacts, rate=10.0) as its:  # nobody silent for being slow
            await steps(its)

    with overheard() as heard:
        asyncio.run(lived())
    assert "blade1 shut_down" in heard


def words_of(its: Living) -> dict[str, str]:
    """Of all UPSes and servers, about what is wrong with each."""
    status = its.status()
    return {u.name: u.words for u in status.upses} | {s.name: s.words for s in status.servers}


WELL = ("ups1", "ups3", "ups4", "ups5", "blade1")
STATES = {
    **dict.fromkeys(WELL[:4], OK),
    "ups6": UNREACHABLE,
    "ups7": AUTHENTICATION,
    "ups8": UNREACHABLE,
    "ups9": LOST_ITS_UPS,
}
