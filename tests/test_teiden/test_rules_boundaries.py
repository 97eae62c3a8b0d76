"""For every rule a smallest site that breaks it and one that just keeps it, to the second where it counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from sequencer.schedules import Cause, LanWatch, Schedule
from sequencer.site import AcLink, Array, ArrayRole, ControlStop, Group, Job, Site
from sim.model import ArrayModel, ClusterModel, Model, ServerModel
from teiden.rules.finding import Severity
from teiden.rules.registry import Rule, called, rules_for

ERROR, WARNING, NOTE = Severity

Settings = dict[str, Any]
LINKED = ("blade1", "blade2", "rack1", "rack2")
NODES = ("control1", "control2")


@dataclass(frozen=True)
class Case:
    rule: str
    broken: Settings
    kept: Settings = field(default_factory=dict)
    """What is not set here is as in the reference site."""
    base: Callable[[Site], Site] = lambda site: site
    """What both have in common."""
    severity: Severity = ERROR
    short: float | None = None
    """By how much the broken one misses its margin; the kept one has exactly enough."""
    model: Callable[[float], Model] | None = None
    """With `typical` in both settings: what typically happens."""


# Parts of sites


def with_ups7(site: Site, **settings: Any) -> Site:
    """One more UPS, like that of the linked disk."""
    ups = replace(site.upses["ups4"], name="ups7", number=7, card="192.0.2.17", **settings)
    return replace(site, upses={**site.upses, "ups7": ups})


def with_own_enclosures(site: Site) -> Site:
    disk = replace(site.arrays["linkeddisk"], enclosures=("ups7",))
    return with_ups7(replace(site, arrays={**site.arrays, "linkeddisk": disk}))


def with_split_control_disk(site: Site) -> Site:
    disk = replace(site.arrays["controldisk"], enclosures=("ups7",))
    return with_ups7(replace(site, arrays={**site.arrays, "controldisk": disk}), confirm_s=900.0)


def with_lan_on_ups7(site: Site) -> Site:
    lan = replace(site.switches["lan1"], upses=("ups7",))
    return replace(with_ups7(site), switches={"lan1": lan})


def with_two_feeds(site: Site) -> Site:
    ups1 = replace(site.upses["ups1"], feed="generator")
    rack1 = replace(site.servers["rack1"], upses=("ups5", "ups6"))
    return replace(site, upses={**site.upses, "ups1": ups1}, servers={**site.servers, "rack1": rack1})


def with_stop_job(site: Site) -> Site:
    job = Job("backup", ("/opt/backup",), 100.0)
    return replace(site, servers={**site.servers, "rack1": replace(site.servers["rack1"], stop_jobs=(job,))})


def with_control_night(site: Site) -> Site:
    """Linked servers off from 22:00 to 07:00, control nodes from 22:22 to 06:00, every day."""
    return replace(
        site,
        schedules={
            "nightly": Schedule("nightly", LINKED, off="22:00", on="07:00"),
            "control": Schedule("control", NODES, off="22:22", on="06:00"),
        },
    )


def with_weekend(site: Site) -> Site:
    weekend = Schedule("weekend", LINKED, "sat", "20:00", "07:00")
    return replace(site, schedules={**site.schedules, "weekend": weekend})


def arrays(count: int) -> dict[str, Array]:
    more = {
        f"disk{n}": Array(f"disk{n}", ArrayRole.LINKED, ("ups4",), ("ups4",), f"192.0.2.{100 + n}")
        for n in range(1, count + 1)
    }
    return {"controldisk": Array("controldisk", ArrayRole.CONTROL, ("ups3",), ("ups3",)), **more}


def with_second_array(site: Site) -> Site:
    return replace(site, arrays={**site.arrays, "disk1": arrays(1)["disk1"]})


def grouped(site: Site, **slots: dict[str, tuple[str, ...]]) -> Settings:
    """The groups of a site with other slots in some of them."""

    def walk(group: Group) -> Group:
        return replace(group, **slots.get(group.name, {}), groups=tuple(walk(g) for g in group.groups))

    return {"groups": tuple(walk(g) for g in site.groups)}


def late_flush(seconds: float) -> Model:
    return Model(arrays={"linkeddisk": ArrayModel(dirty_bytes=seconds * 1000, flush_rate=1000)})


BERLIN = {"time_zone": "Europe/Berlin", "nightly__days": "daily", "nightly__on": "05:00"}

CASES = [
    Case("R6-11", {"ups2__confirm_s": 931.0}, {"ups2__confirm_s": 930.0}),
    Case("R6-12", {"ups4__confirm_s": 60.0}, {"ups4__confirm_s": 59.0}),
    Case("R6-12", {"ups3__confirm_s": 930.0}, {"ups3__confirm_s": 929.0}),
    Case("R6-12", {"ups6__confirm_s": 900.0}, {"ups6__confirm_s": 899.0}),
    Case("X-08", {"ups5__confirm_s": 5.0}, {"ups5__confirm_s": 6.0}, severity=WARNING),
    Case("R6-14", {"ups3__confirm_s": 749.0}, {"ups3__confirm_s": 750.0}, short=1),
    Case("R6-14", {"ups3__confirm_s": 758.0}, {"ups3__confirm_s": 759.0}, severity=WARNING, short=1),
    Case("R6-14", {"linkage__flush_limit_s": 451.0}, {"linkage__flush_limit_s": 450.0}, short=1),
    Case("R9-07", {"ups1__runtime_s": 1649.0}, {"ups1__runtime_s": 1650.0}, short=1),
    Case("R9-07", {"ups3__runtime_s": 1379.0}, {"ups3__runtime_s": 1380.0}, short=1),
    Case("R9-07", {"ups4__runtime_s": 749.0}, {"ups4__runtime_s": 750.0}, short=1),
    Case("R9-07", {"ups6__runtime_s": None}, {"ups6__runtime_s": 480.0}, severity=WARNING),
    Case("R10-09", {"blade1__shutdown_limit_s": 421.0}, {"blade1__shutdown_limit_s": 420.0}, short=1),
    Case("R10-09", {"control2__shutdown_limit_s": 181.0}, {"control2__shutdown_limit_s": 180.0}, short=1),
    Case(
        "R10-09",
        {"rack1__shutdown_limit_s": 321.0},
        {"rack1__shutdown_limit_s": 320.0},
        with_stop_job,
        short=1,
    ),
    Case("S1", {"rack2__shutdown_limit_s": 361.0}, {"rack2__shutdown_limit_s": 360.0}, severity=WARNING),
    Case(
        "S1", {"rack1__shutdown_limit_s": 261.0}, {"rack1__shutdown_limit_s": 260.0}, with_stop_job, WARNING
    ),
    Case("S1", {"force_before_s": 420.0}, {"force_before_s": 419.0}),
    Case("R12-05", {"rack1__upses": ("ups1",)}, {"rack1__upses": ("ups5",)}),
    Case("R6-05", {}, {"lan1__upses": ("ups1", "ups7")}, with_ups7, NOTE),
    Case("P11", {}, {"ups6__feed": "generator"}, with_two_feeds, NOTE),
    Case("R1-11", {"lan1__upses": ()}, {"lan1__upses": ("ups1",)}),
    Case("N1", {"ups7__runtime_s": 1649.0}, {"ups7__runtime_s": 1650.0}, with_lan_on_ups7, short=1),
    Case("R1-08", {"ups6__card": "192.0.2.15"}),
    Case("R1-08", {"ups6__card": ""}, severity=WARNING),
    Case("R6-24", {}, {f"ups{n}__low_battery_runtime_s": 300.0 for n in range(1, 7)}, severity=NOTE),
    Case("R6-23", {"ups5__shutdown_delay_s": 181.0}, {"ups5__shutdown_delay_s": 180.0}, severity=WARNING),
    Case("N4", {"ups5__card": "card5.example"}, {"ups5__card": "2001:db8::5"}, severity=WARNING),
    Case("N4", {"rack1__shutdown_host": "rack1"}, {"rack1__shutdown_host": ""}, severity=WARNING),
    Case("S33", {"polling__timeout_s": 3.0}, {"polling__timeout_s": 2.0}, severity=WARNING, short=1),
    Case("R6-25", {"rack1__arrays": ("controldisk",)}, {"rack1__arrays": ("linkeddisk",)}),
    Case("R6-25", {"control1__arrays": ("linkeddisk",)}, {"control1__arrays": ("controldisk",)}),
    Case("R1-07", {"arrays": arrays(11)}, {"arrays": arrays(10)}, short=1),
    Case(
        "R1-07",
        {"arrays": arrays(2)},
        {"arrays": arrays(1)},
        lambda s: replace(s, product="ver1.02"),
        short=1,
    ),
    Case("R6-40", {"linkeddisk__address": "192.0.2.31"}),
    Case("R6-40", {"linkeddisk__address": ""}, {"controldisk__address": ""}, severity=WARNING),
    Case("R6-20", {"ups7__reboot_on_restore": False}, {}, with_own_enclosures),
    Case("R6-22", {"ups3__warm_up_time_s": 719.0}, {"ups3__warm_up_time_s": 720.0}),
    Case("R10-28", {"ups4__warm_up_rank": 1}, {"ups4__warm_up_rank": 2}, with_own_enclosures),
    Case("R10-21", {"linkage__flush_limit_s": 299.0}, {"linkage__flush_limit_s": 300.0}, severity=NOTE),
    Case("S5", {"control_stop": ControlStop.DOCUMENT}, {"control_stop": ControlStop.HOLD}, severity=NOTE),
    Case("R6-03", {}, {"rack2__arrays": ("linkeddisk", "disk1")}, with_second_array, WARNING),
    Case("R7-01", {"cluster__linked": False}, {"cluster__linked": True}),
    Case("R7-02", {"cluster__stop_at_outage": False}, {"cluster__stop_at_outage": True}),
    Case("R7-08", {"cluster__ac_mode": False}, {"cluster__ac_mode": True}),
    Case("R7-04", {"cluster__broadcast": "192.0.2.15"}, {"cluster__broadcast": "192.0.2.31"}),
    Case("R7-04", {"cluster__broadcast": "192.0.2.254"}, {"cluster__broadcast": "255.255.255.255"}),
    Case("R7-04", {"cluster__broadcast": "198.51.100.255"}, {"cluster__broadcast": "192.0.3.255"}),
    Case("R7-05", {"cluster__port": 4001}, {"cluster__port": 4000}, severity=NOTE),
    Case("R5-06", {"cluster__floating_ip": "127.0.0.1"}, {"cluster__floating_ip": "192.0.2.20"}),
    Case("R6-30", {"cluster__nodes": ("control1",)}, {"cluster__nodes": NODES}),
    Case("R6-30", {"control2__address": ""}, {"control2__address": "192.0.2.22"}, severity=WARNING),
    Case("R12-09", {"cluster__name": "a" * 16}, {"cluster__name": "a" * 15}),
    Case("R4-01", {"control1__ac_link": AcLink.STAY_OFF}, {"control1__ac_link": AcLink.BOOT}),
    Case("R4-01", {"rack1__mac": ""}, {"rackpool__mac": ""}, severity=WARNING),
    Case("H11", {"rackpool__ac_link": AcLink.BOOT}, {"rackpool__ac_link": AcLink.STAY_OFF}, severity=WARNING),
    Case(
        "R6-19",
        {"ups5__reboot_on_restore": False},
        {"ups5__reboot_on_restore": False, "start__auto": False},
        severity=WARNING,
    ),
    Case(
        "P4",
        {"ups1__min_return_charge_pct": 11.0},
        {"ups1__min_return_charge_pct": 12.0},
        severity=WARNING,
        short=1,
    ),
    Case(
        "P4",
        {"ups3__min_return_charge_pct": 91.0},
        {"ups3__min_return_charge_pct": 90.0},
        severity=WARNING,
    ),
    Case("S17", {"ups5__runtime_s": 533.0}, {"ups5__runtime_s": 534.0}, severity=NOTE),
    Case("H10", {"rack1__arrays": ()}, {"rack1__arrays": ("linkeddisk",)}, severity=WARNING),
    Case("P3", {"start__mains_stable_s": 59.0}, {"start__mains_stable_s": 60.0}, severity=WARNING, short=1),
    Case("A7", {"start__ready_hold_s": 9.0}, {"start__ready_hold_s": 10.0}, severity=WARNING, short=1),
    Case("P14", {"start__gap_s": 4.0}, {"start__gap_s": 5.0}, severity=WARNING, short=1),
    Case(
        "R9-31",
        {"linkage__seen_off_limit_s": 31.0},
        {"linkage__seen_off_limit_s": 32.0},
        severity=WARNING,
        short=1,
    ),
    Case("R10-46", {"nightly__on": "22:39:59"}, {"nightly__on": "22:40"}, severity=WARNING, short=1),
    Case("R10-50", {"nightly__on": "22:47:59"}, {"nightly__on": "22:48"}, severity=WARNING, short=1),
    Case("R10-44", {"nightly__servers": LINKED[:3]}, {"nightly__servers": LINKED}, severity=NOTE),
    Case("R2-01", {"control__servers": NODES[:1]}, {"control__servers": NODES}, with_control_night),
    Case("R10-54", {"control__servers": (*NODES, "rack1")}, {}, with_control_night),
    Case("R8-02", {"nightly__on_by": (Cause.RESTORE,)}, severity=NOTE),
    Case("R8-02", {"nightly__off": ""}, severity=NOTE),
    Case("R8-03", {"nightly__on": ""}, severity=WARNING),
    Case("R8-04", {"nightly__off_by": (Cause.LAN,)}, {"nightly__off_by": (Cause.SCHEDULE,)}),
    Case(
        "R8-04",
        {"nightly__off_by": (Cause.LAN,), "lan_watch": LanWatch(("192.0.2.31",))},
        {"nightly__off_by": (Cause.LAN,), "lan_watch": LanWatch(("192.0.2.99",))},
        severity=WARNING,
    ),
    Case("R2-03", {"weekend__days": "fri"}, {"weekend__days": "sat"}, with_weekend, WARNING),
    Case(
        "R2-03",
        {"weekend__days": "fri", "weekend__on": "22:49"},
        {"weekend__days": "fri", "weekend__on": "22:48"},
        with_weekend,
        WARNING,
    ),
    Case("S21", {"nightly__on": "22:06:59"}, {"nightly__on": "22:07"}, severity=WARNING, short=1),
    Case("S21", {"nightly__on": "22:01"}, severity=NOTE),
    Case("L6", {"nightly__catch_up_s": 2881.0}, {"nightly__catch_up_s": 2880.0}, severity=WARNING, short=1),
    Case("R12-03", BERLIN | {"nightly__off": "02:30"}, BERLIN | {"nightly__off": "03:30"}, severity=NOTE),
    Case("R10-17", {"nightly__days": "mon-fri"}, {"nightly__days": "daily"}, with_control_night),
    Case("R10-45", {"control__off": "22:21:59"}, {"control__off": "22:22"}, with_control_night, short=1),
    Case("R10-14", {"nightly__on": "05:59:59"}, {"nightly__on": "06:00"}, with_control_night),
    Case(
        "R10-52",
        {"nightly__on": "06:37:59"},
        {"nightly__on": "06:38"},
        with_control_night,
        severity=WARNING,
        short=1,
    ),
    Case(
        "R10-51",
        {"control__on": "22:51:59"},
        {"control__on": "22:52"},
        with_control_night,
        severity=WARNING,
        short=1,
    ),
    Case("R1-05", {"ssc": "2.1", "product": "ver1.02"}, {"ssc": "2.1", "product": "ver2.1"}),
    Case("R5-03", {"ssc": "3.0"}, {"ssc": "2.1"}, severity=NOTE),
    Case(
        "R9-06",
        {"typical": 301.0},
        {"typical": 300.0},
        model=lambda s: Model(cluster=ClusterModel(stop_s=s)),
        short=1,
    ),
    Case(
        "R3-02",
        {"typical": 1201.0},
        {"typical": 1200.0},
        model=lambda s: Model(cluster=ClusterModel(start_s=s)),
        severity=WARNING,
        short=1,
    ),
    Case(
        "H1",
        {"typical": 181.0},
        {"typical": 180.0},
        model=lambda s: Model(servers={"rack1": ServerModel(shutdown_s=s)}),
        severity=WARNING,
        short=1,
    ),
    Case(
        "H9",
        {"typical": 901.0},
        {"typical": 900.0},
        model=lambda s: Model(servers={"rack1": ServerModel(boot_s=s)}),
        severity=WARNING,
        short=1,
    ),
    Case("A1", {"typical": 301.0}, {"typical": 300.0}, model=late_flush, severity=WARNING, short=1),
    Case(
        "A8",
        {"typical": 1801.0},
        {"typical": 1800.0},
        model=lambda s: Model(arrays={"linkeddisk": ArrayModel(start_s=s)}),
        severity=WARNING,
        short=1,
    ),
]

SLOTS = [
    ("R6-15", {"SSC_SEIGYO_1": {"power": ()}}, {}),
    ("R6-18", {"100サーバ": {"power": ()}}, {}),
    ("R6-16", {"SSC_Cluster": {"devices": ()}}, {}),
    ("R6-17", {"共有ディスク_連動用": {"devices": ()}}, {}),
    ("R12-06", {"SSC": {"devices": ("ups7",)}}, {"SSC_Cluster": {"devices": ("ups3", "ups7")}}),
]
"""Rules of the slots: broken, kept."""


def named(case: Case) -> str:
    return f"{case.rule} {' '.join(case.broken)}".strip()


def built(case: Case, settings: Settings, reference: Site, setting: Callable[..., Site]) -> Site:
    return setting(case.base(reference), **{k: v for k, v in settings.items() if k != "typical"})


@pytest.mark.parametrize("case", CASES, ids=named)
def test_a_rule_is_broken_and_kept_on_the_two_sides_of_its_boundary(case, reference, setting) -> None:
    rule = only(case.rule)
    typical = case.model or (lambda _: None)
    bad = rule.check(built(case, case.broken, reference, setting), typical(case.broken.get("typical", 0.0)))
    good = rule.check(built(case, case.kept, reference, setting), typical(case.kept.get("typical", 0.0)))
    assert case.severity in [f.severity for f in bad]
    assert not [f for f in good if f.severity.rank <= case.severity.rank]
    if case.short is not None:
        worst = next(f for f in bad if f.severity is case.severity)
        assert worst.margin is not None
        assert worst.margin.short == case.short


@pytest.mark.parametrize(("id", "bad", "good"), SLOTS, ids=lambda v: v if isinstance(v, str) else "")
def test_a_ups_in_the_wrong_slot_breaks_its_rule_and_in_the_right_one_keeps_it(
    id, bad, good, reference, setting
) -> None:
    site = with_split_control_disk(reference) if id == "R12-06" else reference
    assert [f.severity for f in only(id).check(setting(site, **grouped(site, **bad)))] == [ERROR]
    assert not only(id).check(setting(site, **grouped(site, **good)))


def test_every_rule_stands_in_the_table() -> None:
    told = {case.rule for case in CASES} | {id for id, _, _ in SLOTS}
    assert {rule.id for rule in rules_for(live=False)} == told


def test_no_case_is_there_twice() -> None:
    keys = [named(case) + repr(sorted(case.broken.items())) + repr(case.base) for case in CASES]
    assert len(set(keys)) == len(keys)


def only(id: str) -> Rule:
    return next(rule for rule in called(id) if rule.id == id)
