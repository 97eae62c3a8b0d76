"""What a stream holds and says of whoever wrote it: S34, S36."""

# ruff: noqa: N802 - the ids of the invariants keep their capitals in the names of the tests.

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from sequencer.events import Event, Source
from sequencer.site import Site, Snmp
from teiden.judge.verdict import InvariantResult, Status, judge

CANARY = "correct-horse-battery"


def result(rule: str, site: Site, *events: Event) -> InvariantResult:
    return next(r for r in judge(events, site).invariants if r.id == rule)


def alarm(**details: Any) -> Event:
    return Event(5.0, "alarm.raised", "ups1", "control1", Source.SEEN, details)


@pytest.mark.parametrize(
    "details",
    [
        {"password": "x"},
        {"snmp_secret": "hunter22"},
        {"nested": {"list": [{"auth_key": "hunter22"}]}},
        {"text": "login with password=hunter22 failed"},
        {"text": "GET https://user:hunter22@192.0.2.1/redfish"},
        {"text": "Authorization: Bearer abcdef0123456789"},
        {"text": "the card still has APC SCG auth phrase"},
    ],
)
def test_S34_a_pass_phrase_in_the_stream_is_reported_and_not_repeated(
    site: Site, details: dict[str, Any]
) -> None:
    found = result("S34", site, alarm(**details))

    assert found.status is Status.BROKEN
    assert "holds a secret in" in found.happened
    assert "hunter22" not in found.happened
    assert found.breaches[0].events == ()  # a report would show it


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"secret": "env:TEIDEN_SNMP"},
        {"token": ""},
        {"token": None, "limit_s": 5},
        {"text": "the password of ups1 is refused"},
        {"text": "secret: file:/etc/teiden/snmp is readable by others"},
        {"text": "http://192.0.2.1:8080/status", "limit_s": 5.0},
        {"mib": "apc", "role": "private"},
    ],
)
def test_S34_where_a_secret_stands_and_what_is_called_so_is_none(site: Site, details: dict[str, Any]) -> None:
    held = result("S34", site, alarm(**details))

    assert held.status is Status.HELD
    assert held.put_to_test == 1


def test_S34_the_sites_own_secret_is_found_anywhere(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEIDEN_CARD", CANARY)
    carded = replace(site.upses["ups1"], snmp=Snmp(secret="env:TEIDEN_CARD"))
    armed = replace(site, upses={**site.upses, "ups1": carded})
    told = alarm(text=f"the card answered: {CANARY} is wrong")

    assert result("S34", armed, told).status is Status.BROKEN
    assert result("S34", site, told).status is Status.HELD  # of no secret of this site


def started(node: str, t: float = 0.0, **details: Any) -> Event:
    return Event(t, "run.started", "reference", node, Source.SEEN, details)


def sent(node: str) -> Event:
    return Event(9.0, "command.sent", "blade1", node, Source.SEEN, {"command": "shutdown"})


BUILD = {"teiden": "1.0", "sequencer": "abc"}


def test_S36_a_node_that_only_watches_commands_nobody(site: Site) -> None:
    watching = started("control1", armed=False)

    assert result("S36", site, watching).status is Status.HELD
    broken = result("S36", site, watching, sent("control1"))
    assert broken.happened == "control1 only watches, and sent shutdown to blade1 at 9 s"


def test_S36_a_node_that_is_armed_may(site: Site) -> None:
    assert result("S36", site, started("control1", armed=True, versions=BUILD), sent("control1")).ok
    other = started("control2", armed=False), started("control1", armed=True)
    assert result("S36", site, *other, sent("control1")).ok
    later = started("control1", armed=False), started("control1", 5.0, armed=True)
    assert result("S36", site, *later, sent("control1")).ok


def test_S36_all_who_take_part_run_the_same_build(site: Site) -> None:
    one, other = (
        started("control1", versions=BUILD),
        started("control2", versions={**BUILD, "sequencer": "def"}),
    )

    assert result("S36", site, one, one).status is Status.HELD
    assert result("S36", site, one, other).happened == (
        "control1 runs teiden 1.0 sequencer abc, control2 runs teiden 1.0 sequencer def"
    )


def test_S36_a_stream_that_names_no_build_says_nothing(outage: Any) -> None:
    assert outage.result("S36").status is Status.NOT_APPLICABLE
