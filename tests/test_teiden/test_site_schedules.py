"""Scheduled running in a site file: schedules, calendar, LAN watch, jobs, and what is wrong with them."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sequencer.calendar import instants
from sequencer.days import DaysError, read_days
from sequencer.schedules import Calendar, Cause, Combine, LanWatch, Schedule
from sequencer.site import Cluster, Job, Site
from teiden.files.site_file import SiteFile, site_from_text
from teiden.files.source import InputError
from teiden.files.units import clock
from teiden.language.say import speaking
from tests.examples import few, many

ROOT = Path(__file__).parents[2]
REFERENCE = (ROOT / "scenarios/sites/reference.yaml").read_text(encoding="utf-8")
HEAD, _, REST = REFERENCE.partition("schedules:")
TAIL = REST.partition("model:")[2]
FIRST = HEAD.count("\n") + 1
"""The line on which the part under test begins."""


def loaded(part: str) -> SiteFile:
    return site_from_text(f"{HEAD}{part}\nmodel:{TAIL}")


def site(part: str) -> Site:
    return loaded(part).site


def schedule(entry: str, more: str = "") -> Schedule:
    return site(f"schedules:\n  x: {{{entry}}}\n{more}").schedules["x"]


def told(part: str) -> list[tuple[str, str, str]]:
    """line:col from the part on, message, hint of everything that is wrong."""
    with pytest.raises(InputError) as refused:
        loaded(part)
    return [
        (f"{p.place.line - FIRST + 1}:{p.place.col}", p.message, p.allowed) for p in refused.value.problems
    ]


def only(part: str) -> tuple[str, str, str]:
    (problem,) = told(part)
    return problem


# What the keys become


def test_r8_02_r8_03_every_key_of_a_schedule_reaches_the_sequencer() -> None:
    part = """calendar: {country: JP, closed: [2026-12-24, 2026-12-29..2027-01-03]}
lan_watch: {hosts: [192.0.2.101, 192.0.2.102], silent_for: 7m}
schedules:
  x:
    servers: [blade1, rack1]
    days: mon-fri, 2026-12-28
    off: 22:39:59
    on: 6:00
    on_days: mon-sat
    except: [2027-01-01, holidays]
    off_by: [schedule, lan]
    off_when: all
    on_by: [schedule]
    catch_up: 20m
"""
    found = site(part)
    assert found.schedules["x"] == Schedule(
        "x",
        ("blade1", "rack1"),
        "mon-fri, 2026-12-28",
        "22:39:59",
        "06:00",
        "mon-sat",
        ("2027-01-01", "holidays"),
        (Cause.SCHEDULE, Cause.LAN),
        Combine.ALL,
        (Cause.SCHEDULE,),
        1200.0,
    )
    assert found.calendar == Calendar("JP", ("2026-12-24", "2026-12-29..2027-01-03"))
    assert found.lan_watch == LanWatch(("192.0.2.101", "192.0.2.102"), 420.0)


def test_what_is_not_said_is_as_the_sequencer_has_it() -> None:
    assert schedule("servers: [blade1], off: 22:00") == Schedule("x", ("blade1",), off="22:00")
    assert site("").calendar == Calendar()
    assert site("").lan_watch == LanWatch()


@pytest.mark.parametrize(
    "entry",
    [
        "servers: [blade1], on: 6:00",
        "servers: [blade1], off: 22:00",
        "servers: [blade1], off: 22:00, on: 22:00",
        "servers: [blade1], off: 22:00, off_by: []",
        "servers: [control2, control1], off: 22:00",
        "servers: [blade1], off_by: [lan], off_when: all",
    ],
)
def test_a_schedule_may_do_one_thing_only(entry: str) -> None:
    schedule(entry, "lan_watch: {hosts: [192.0.2.101]}")


def test_r2_06_r2_07_jobs_of_a_server_go_before_those_of_all_list_by_list() -> None:
    text = REFERENCE.replace(
        "server_defaults: {",
        "server_defaults: {jobs: {start: [{name: hi, run: [/bin/hi]}], stop: [{name: bye, run: [bye]}]}, ",
    ).replace(
        "  blade1: {",
        '  blade1: {jobs: {stop: [{name: save, run: [/opt/save, --to, "3"], limit: 2m}]}, ',
    )
    servers = site_from_text(text).site.servers
    assert servers["blade1"].start_jobs == (Job("hi", ("/bin/hi",)),)
    assert servers["blade1"].stop_jobs == (Job("save", ("/opt/save", "--to", "3"), 120.0),)
    assert servers["blade2"].stop_jobs == (Job("bye", ("bye",), 60.0),)
    assert servers["blade1"].stop_limit_s == 120 + 180


def test_r7_01_r7_02_r7_08_r12_02_what_the_cluster_and_the_clocks_are_set_to_can_be_said() -> None:
    text = REFERENCE.replace(
        "  name: ssccluster\n",
        "  name: ssccluster\n  linked: false\n  stop_at_outage: false\n  ac_mode: false\n",
    ).replace("  mains_stable: 60s", "  skew_limit: 90s\n  mains_stable: 60s")
    found = site_from_text(text).site
    assert (found.cluster.linked, found.cluster.stop_at_outage, found.cluster.ac_mode) == (False,) * 3
    assert found.start.skew_limit_s == 90
    usual = site_from_text(REFERENCE).site
    assert (usual.cluster.linked, usual.cluster.stop_at_outage, usual.cluster.ac_mode) == (True,) * 3
    assert usual.start.skew_limit_s == 30


def test_a_setting_of_a_schedule_knows_its_line() -> None:
    file = loaded("schedules:\n  x: {servers: [blade1], off: 22:00, on: 22:30}\n")
    assert file.place(("schedules", "x", "on")).line == FIRST + 1


# What is wrong with it


@pytest.mark.parametrize(
    ("entry", "wrong", "message", "hint"),
    [
        ("off: 25:00", "25:00", "schedules.x.off: `25:00` is not a time of day", "22:39:59"),
        ("off: 22:00:60", "22:00:60", "schedules.x.off: `22:00:60` is not a time of day", "23:59:59"),
        ("off: 2200", "2200", "schedules.x.off: `2200` is not a time of day", "22:00"),
        ("off: [22:00]", "off", "schedules.x.off: one value is expected here", "the value itself"),
        ("off: 22:00, days: monday", "monday", "schedules.x.days: `monday` is not a set of days", "mon-fri"),
        (
            "off: 22:00, days: 'mon,,fri'",
            "'mon,,fri'",
            "schedules.x.days: `mon,,fri` is not",
            "between any two",
        ),
        ("on: 6:00, days: 2027-02-30", "2027-02-30", "schedules.x.days: `2027-02-30` is not a date", "e.g."),
        ("on: 6:00, days: 20270101", "20270101", "schedules.x.days: `20270101` is not", "2026-12-24"),
        (
            "off: 22:00, except: [2027-01-03..2027-01-01]",
            "2027-01-03..2027-01-01",
            "schedules.x.except[1]: `2027-01-03..2027-01-01` ends before it begins",
            "write 2027-01-01..2027-01-03",
        ),
        ("off: 22:00, except: holidays", "holidays", "schedules.x.except takes a list", "e.g. [ups1"),
        ("off: 22:00, off_by: [lam]", "lam", "schedules.x.off_by[1]: `lam` is not allowed", "schedule, lan"),
        ("on: 6:00, on_by: [lan]", "lan", "schedules.x.on_by[1]: `lan` is not allowed", "schedule, restore"),
        ("on: 6:00, off_when: both", "both", "schedules.x.off_when: `both` is not allowed", "any, all"),
        ("off: 22:00, catch_up: 5", "5", "schedules.x.catch_up: `5` has no unit", "5s"),
        ("off: 22:00, onn: 6:00", "onn", "unknown key `onn` in schedules.x", "allowed here: servers, off,"),
    ],
)
def test_each_slip_in_a_schedule_is_underlined_and_has_its_own_words(
    entry: str, wrong: str, message: str, hint: str
) -> None:
    with pytest.raises(InputError) as refused:
        loaded(f"schedules:\n  x: {{servers: [rack1], {entry}}}\n")
    (problem,) = refused.value.problems
    place = problem.place
    assert place.line == FIRST + 1
    assert place.text[place.col - 1 :][: place.width] == wrong
    assert problem.message.startswith(message)
    assert hint in problem.allowed


def test_a_schedule_that_switches_nothing_is_refused() -> None:
    assert only("schedules:\n  x: {servers: [blade1]}\n") == (
        "2:3",
        "x switches nothing",
        "give off: 22:00, on: 6:00, or off_by: [lan]",
    )
    assert only("schedules:\n  x: {servers: [blade1], off_by: [schedule]}\n")[1] == "x switches nothing"


def test_days_of_an_on_without_an_on_are_refused() -> None:
    part = "schedules:\n  x: {servers: [blade1], off: 22:00, on_days: mon}\n"
    assert only(part)[:2] == ("2:38", "x has days of an on, but no `on`")


def test_all_causes_without_an_hour_never_come_together() -> None:
    part = "lan_watch: {hosts: [192.0.2.101]}\nschedules:\n"
    part += "  x: {servers: [blade1], off_by: [schedule, lan], off_when: all, on: 6:00}\n"
    assert only(part)[:2] == ("3:61", "x waits for all causes, but has no `off`")


def test_r8_04_the_cause_lan_needs_hosts_to_listen_for() -> None:
    part = "schedules:\n  x: {servers: [blade1], off_by: [schedule, lan], off: 22:00}\n"
    assert only(part) == (
        "2:45",
        "nobody is named whose silence `lan` waits for",
        "name the hosts to listen for under `lan_watch` (R8-04)",
    )


@pytest.mark.parametrize(
    ("watch", "message"),
    [
        ("{silent_for: 5m}", "lan_watch needs the key `hosts`"),
        ("{hosts: []}", "lan_watch.hosts is empty"),
        ("{hosts: [office]}", "lan_watch.hosts[1]: `office` is not an IP address"),
        ("{hosts: [192.0.2.101, 192.0.2.101]}", "`192.0.2.101` is listed twice"),
        ("{hosts: [192.0.2.101], silent_for: 300}", "lan_watch.silent_for: `300` has no unit"),
        ("{hosts: [192.0.2.101], silent_for: 0s}", "lan_watch.silent_for: `0s` is no time at all"),
    ],
)
def test_r8_04_whom_to_listen_for_is_said_in_addresses_and_seconds(watch: str, message: str) -> None:
    part = f"lan_watch: {watch}\nschedules:\n  x: {{servers: [blade1], off_by: [lan]}}\n"
    assert only(part)[1] == message


@pytest.mark.parametrize(
    ("calendar", "message", "hint"),
    [
        ("{country: XX}", "calendar.country: the public holidays of `XX` are not known", "e.g. JP"),
        ("{country: jp}", "calendar.country: the public holidays of `jp` are not known", "did you mean `JP`"),
        ("{country: DE-XX}", "calendar.country: DE has no part `XX`", "known: BB, BE"),
        ("{country: 81}", "calendar.country: `81` is not a country", "ISO code"),
        ("{closed: [mon]}", "calendar.closed[1]: `mon` is not a date", "2026-12-29..2027-01-03"),
        ("{closed: 2026-12-29}", "calendar.closed takes a list, not `2026-12-29`", "e.g. ["),
        ("{closed: [2026-12-32]}", "calendar.closed[1]: `2026-12-32` is not a date", "2027-01-01"),
    ],
)
def test_a_calendar_names_a_known_country_and_real_days(calendar: str, message: str, hint: str) -> None:
    found = only(f"calendar: {calendar}\n")
    assert found[1].startswith(message)
    assert hint in found[2]


@pytest.mark.parametrize("key", ["days: holidays", 'days: "sat,holidays"', "on_days: holidays, on: 6:00"])
def test_holidays_are_nobodys_without_a_calendar(key: str) -> None:
    part = f"schedules:\n  x: {{servers: [blade1], off: 22:00, {key}}}\n"
    assert only(part)[1] == "which days are holidays here is not said"
    assert schedule(f"servers: [blade1], off: 22:00, {key}", "calendar: {country: JP}")
    assert schedule(f"servers: [blade1], off: 22:00, {key}", "calendar: {closed: [2026-12-29]}")


@pytest.mark.parametrize(
    ("servers", "message"),
    [
        ("[blade1, control1, control2]", "x mixes control nodes and linked servers"),
        ("[control1]", "x names a part of the control nodes: control2 would stay alone"),
        ("[blade1, bladepool]", "`bladepool` is a pool server, which no schedule switches"),
        ("[blade1, blade1]", "`blade1` is listed twice"),
        ("[blade9]", "no server is named `blade9`"),
        ("[ups1]", "`ups1` is a UPS, not a server"),
        ("[]", "schedules.x.servers is empty"),
    ],
)
def test_r10_54_a_schedule_is_one_of_all_control_nodes_or_of_linked_servers(
    servers: str, message: str
) -> None:
    assert only(f"schedules:\n  x: {{servers: {servers}, off: 22:00}}\n")[1] == message


@pytest.mark.parametrize(
    ("jobs", "message"),
    [
        ("{stop: [{name: a, run: [x]}, {name: a, run: [y]}]}", "two jobs are named `a`"),
        ("{stop: [{name: a, run: []}]}", "servers.blade1.jobs.stop[1].run is empty"),
        ("{stop: [{name: a, run: [sleep, 5]}]}", "servers.blade1.jobs.stop[1].run[2]: `5` is not text"),
        ("{stop: [{name: a}]}", "servers.blade1.jobs.stop[1] needs the key `run`"),
        ("{stop: [{name: a, run: [x], limit: 60}]}", "servers.blade1.jobs.stop[1].limit: `60` has no unit"),
        ("{stop: [{name: a b, run: [x]}]}", "servers.blade1.jobs.stop[1].name: `a b` is not a name"),
        ("{stpo: []}", "unknown key `stpo` in servers.blade1.jobs"),
        ("[a]", "servers.blade1.jobs takes keys with values, not a list"),
    ],
)
def test_a_job_has_a_name_a_program_and_a_limit(jobs: str, message: str) -> None:
    with pytest.raises(InputError) as refused:
        site_from_text(REFERENCE.replace("  blade1: {", f"  blade1: {{jobs: {jobs}, "))
    (problem,) = refused.value.problems
    assert problem.message == message
    assert problem.place.line == 48


def test_everything_that_is_wrong_is_told_at_once_and_in_japanese_too() -> None:
    part = """calendar: {country: XX}
schedules:
  a: {servers: [blade1, control1], off: 25:00}
  b: {servers: [blade1], off_by: [lan]}
  c: {servers: [blade1]}
"""
    assert [at for at, _, _ in told(part)] == ["1:21", "3:7", "3:41", "4:35", "5:3"]
    with speaking("ja"):
        said = [message for _, message, _ in told(part)]
    assert "calendar.country: `XX` の祝日は登録されていません" in said
    assert "スケジュール a に制御端末と連動端末が混在しています" in said
    assert "切断要因 `lan` の監視対象が指定されていません" in said


# Days and times of day, whatever is written


@few(100)
@given(st.text(alphabet="0123456789:", max_size=9))
def test_a_time_of_day_is_refused_or_can_be_scheduled(text: str) -> None:
    try:
        at = clock(text)
    except ValueError:
        return
    hours, minutes, *seconds = map(int, at.split(":"))
    assert hours < 24
    assert minutes < 60
    assert all(second < 60 for second in seconds)


DAYS = st.one_of(st.text(max_size=30), st.from_regex(r"[a-z0-9,. -]{0,30}", fullmatch=True))


@few(40)
@given(DAYS)
def test_days_are_refused_or_can_be_scheduled(text: str) -> None:
    refused_or_scheduled(text)


@pytest.mark.long
@many(2000)
@given(DAYS)
def test_many_days_are_refused_or_can_be_scheduled(text: str) -> None:
    refused_or_scheduled(text)


def refused_or_scheduled(text: str) -> None:
    try:
        read_days(text)
    except DaysError:
        return
    start = datetime(2026, 11, 20, tzinfo=UTC)
    anywhere = Site("site", (), {}, {}, {}, Cluster("cluster", (), 300.0))
    instants(anywhere, Schedule("x", (), text, "22:00"), start, start + timedelta(days=30))


# What it costs


def imported(*codes: str) -> list[set[str]]:
    """Top-level packages that a fresh Python has loaded after each of these."""
    tells = "print(*{m.partition('.')[0] for m in sys.modules})"
    run = [sys.executable, "-c", "\n".join(["import sys", *(f"{code}; {tells}" for code in codes)])]
    done = subprocess.run(run, capture_output=True, text=True, check=True, cwd=ROOT)
    return [set(line.split()) for line in done.stdout.splitlines()]


def test_the_library_of_holidays_is_loaded_only_for_a_site_that_names_a_country() -> None:
    load = "from teiden.files.site_file import load_site; load_site('scenarios/sites/reference.yaml'"
    without, with_one = imported(f"import teiden.cli; {load})", load + ", {'calendar': {'country': 'JP'}})")
    assert "teiden" in without
    assert "holidays" not in without
    assert "holidays" in with_one
