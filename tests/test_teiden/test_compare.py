"""A story in both rooms: what is held against what, and one short story really played over sockets."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from sequencer.events import Event, Source
from teiden.cli import main
from teiden.compose import unfit_for
from teiden.emulator.both_rooms import bound_of, bound_s, lenient
from teiden.emulator.comparison import Bound, Comparison, compare, quiet_after_s
from teiden.files.story_file import load_stories
from teiden.judge.expectations import At, Before, Within

BLINK = """\
schema: teiden/story/1
story: The mains blink; nobody does anything.
site: {site}
events:
  - {{at: 6s, mains: utility, lost_for: 8s}}
expect:
  never: [outage.confirmed, command.sent, server.shutting_down]
until: 30s
"""


def fact(t: float, name: str, subject: str, **details: object) -> Event:
    return Event(t, name, subject, "room", Source.FACT, details)


def sent(t: float, subject: str, command: str) -> Event:
    return Event(t, "command.sent", subject, "control1", Source.SEEN, {"command": command})


PRETEND = [
    fact(0, "run.started", "site"),
    fact(10, "mains.lost", "utility"),
    sent(40, "blade1", "shutdown"),
    fact(40, "server.shutting_down", "blade1"),
    fact(130, "server.halted", "blade1"),
    sent(135, "ups5", "off"),
    fact(300, "ups.charge", "ups5"),
]


NEAR = Bound(10.0)


def against(*others: Event, bound: Bound = NEAR, until_s: float = 1000.0) -> Comparison:
    return compare("story", PRETEND, others, bound=bound, until_s=until_s)


def test_the_same_a_little_later_is_the_same() -> None:
    later = [Event(e.t + 4, e.name, e.subject, e.by, e.source, e.details) for e in PRETEND]
    found = against(*later)
    assert found.holds
    assert found.furthest is not None
    assert found.furthest.by_s == 4


def test_what_happens_in_one_room_only_is_named() -> None:
    found = against(*PRETEND[:-2], sent(136, "ups6", "off"))
    assert [str(key) for key in found.missing] == ["ups5 command.sent off"]
    assert [str(key) for key in found.more] == ["ups6 command.sent off"]
    assert not found.holds


def test_a_second_time_is_another_event() -> None:
    found = against(*PRETEND, sent(200, "ups5", "off"))
    assert [str(key) for key in found.more] == ["ups5 command.sent off (time 2)"]


def test_events_near_to_each_other_may_change_places_and_others_not() -> None:
    swapped = [*PRETEND[:-3], sent(129, "ups5", "off"), fact(131, "server.halted", "blade1")]
    assert against(*swapped).holds, "they are 5 s apart, and looking may take 10 s"
    found = against(*swapped, bound=Bound(4.0))
    assert [(str(a), str(b)) for a, b in found.swapped] == [("blade1 server.halted", "ups5 command.sent off")]


def test_what_lies_too_far_apart_is_told() -> None:
    found = against(*PRETEND[:-2], sent(160, "ups5", "off"))
    assert [str(apart.key) for apart in found.late] == ["ups5 command.sent off"]


def test_what_comes_after_the_end_is_nobodys_fault() -> None:
    assert against(*PRETEND[:-2], until_s=140.0).holds


def test_a_command_repeated_into_silence_counts_once() -> None:
    failed = Event(136, "command.failed", "ups5", "control1", Source.SEEN, {"command": "off"})
    assert against(*PRETEND, failed, sent(138, "ups5", "off")).holds


def test_after_a_wait_for_charge_events_may_lie_further_apart_and_before_it_not() -> None:
    wide = Bound(10.0, wide_s=30.0, charging_s=132.0)
    assert against(*PRETEND[:-2], sent(160, "ups5", "off"), bound=wide).holds
    halted = fact(155, "server.halted", "blade1")
    assert not against(*PRETEND[:-3], halted, *PRETEND[-2:], bound=wide).holds


def test_the_bound_is_wider_by_how_much_longer_the_battery_charges_than_it_lasts() -> None:
    (story,) = load_stories("scenarios/cluster-stop-hangs.yaml")
    wait = Event(9000, "step.waiting", "ups3", "control1", Source.SEEN, {"rule": "S17"})
    bound = bound_of(story, [*PRETEND, wait], rate=10.0)
    model = story.model.upses["ups3"]
    slower = model.recharge_s / (0.8 * model.runtime_s)
    assert bound.at(8999) == bound_s(10.0)
    assert bound.at(9000) == pytest.approx(slower * bound_s(10.0))
    assert bound_of(story, PRETEND, rate=10.0).at(9000) == bound_s(10.0)


@pytest.mark.parametrize(("held_pct", "wide"), [(51.5, True), (60.0, False)])
def test_the_bound_is_wider_too_where_a_start_had_only_just_enough_charge(
    held_pct: float, wide: bool
) -> None:
    """The other room may be some seconds longer on battery, and then has to wait (ups3 needs 51 %)."""
    (story,) = load_stories("scenarios/cluster-stop-hangs.yaml")
    model = story.model.upses["ups3"]
    assert 100 * bound_s(10.0) / model.runtime_s == pytest.approx(0.67, abs=0.01), "the charge of 18 s"
    charge = [
        Event(t, "ups.charge", "ups3", "room", Source.FACT, {"charge_pct": held_pct})
        for t in (8999.0, 9001.0)
    ]
    bound = bound_of(story, [*PRETEND, charge[0], sent(9000, "ups3", "on"), charge[1]], rate=10.0)
    assert (bound.at(9000) > bound_s(10.0)) is wide
    assert bound.at(8999) == bound_s(10.0)


def test_what_a_story_expects_may_be_off_by_what_the_rooms_may_be_apart() -> None:
    (story,) = load_stories("scenarios/site-outage.yaml")
    for strict, mild in zip(story.expectations, lenient(story, 20.0).expectations, strict=True):
        match strict, mild:
            case At(), At():
                assert mild.tolerance_s == strict.tolerance_s + 20
            case Before(), Before():
                assert mild.gap_s == strict.gap_s - 20
            case Within(), Within():
                assert mild.limit_s == strict.limit_s + 20
            case _:
                assert strict == mild


def test_charge_that_drifts_is_no_event_to_wait_for() -> None:
    assert quiet_after_s(PRETEND) == 135


def test_stories_that_need_what_a_loopback_has_not_say_so() -> None:
    (story,) = load_stories("scenarios/clock-step.yaml")[:1]
    assert "clock" in unfit_for(story, "snmp")
    assert unfit_for(story, "sim") == ""
    result = CliRunner().invoke(main, ["run", "--room", "snmp", "scenarios/clock-step.yaml"])
    assert result.exit_code == 3
    assert "clock-step" in result.output


@pytest.fixture
def blink(tmp_path: Path) -> Path:
    path = tmp_path / "blink.yaml"
    site = Path("scenarios/sites/reference.yaml").resolve()
    path.write_text(BLINK.format(site=site), encoding="utf-8")
    return path


def test_a_short_story_is_the_same_in_both_rooms(blink: Path, tmp_path: Path) -> None:
    """Two real services, six cards, eight controllers, all on sockets."""
    report = tmp_path / "report.md"
    result = CliRunner().invoke(main, ["compare", str(blink), "--rate", "10", "--report", str(report)])
    assert result.exit_code == 0, result.output
    assert result.output.startswith("SAME"), result.output
    assert "1 of 1 stories" in report.read_text(encoding="utf-8")
