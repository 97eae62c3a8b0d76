"""`check` of a big site: no rule looks at pairs of servers, and remedies are proved within a budget."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from sequencer.site import Group, Server, ServerRole, Site
from sim.model import Model, ServerModel
from teiden.files.site_file import load_site
from teiden.rules.finding import Severity
from teiden.rules.registry import Rule, all_rules
from teiden.rules.remedies import DEVICES_CHECKED, FEWEST_CHECKS
from teiden.rules.report import check
from teiden.rules.text import report_text

HALL = Path(__file__).parents[2] / "scenarios" / "sites" / "hall.yaml"


def crowded(site: Site, servers: int) -> Site:
    """So many more linked servers, all of them in the groups, in the schedule and on the linked disk."""
    more = {
        f"node{n}": Server(
            f"node{n}",
            ServerRole.LINKED,
            ("ups6",),
            arrays=("linkeddisk",),
            mac=f"02:00:00:00:{n >> 8:02x}:{n & 255:02x}",
            shutdown_host=f"198.18.{n >> 8}.{n & 255}",
        )
        for n in range(servers)
    }

    def grown(group: Group) -> Group:
        extra = tuple(more) if group.name == "100サーバ" else ()
        return replace(group, servers=group.servers + extra, groups=tuple(map(grown, group.groups)))

    night = site.schedules["nightly"]
    return replace(
        site,
        servers={**site.servers, **more},
        groups=tuple(map(grown, site.groups)),
        schedules={"nightly": replace(night, servers=(*night.servers, *more))},
    )


def calls(look: Callable[[], Any]) -> int:
    """How many calls of Python functions this takes."""
    count = 0

    def counting(frame: FrameType, event: str, argument: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counting)
    try:
        look()
    finally:
        sys.setprofile(None)
    return count


def test_four_times_the_servers_cost_at_most_five_times_the_work(reference) -> None:
    small, large = ({rule.id: work(rule, site) for rule in all_rules()} for site in crowds(reference))
    assert {id: (small[id], n) for id, n in large.items() if n > 5 * small[id] + 200} == {}


def crowds(reference: Site) -> Iterator[Site]:
    return (crowded(reference, servers) for servers in (100, 400))


def work(rule: Rule, site: Site) -> int:
    model = Model(servers={name: ServerModel() for name in site.servers})
    rule.found(site, model)  # what is worked out once for a site is there
    fresh = replace(site)
    return calls(lambda: rule.found(fresh, model))


def worst_hall() -> tuple[Any, Site]:
    file = load_site(HALL)
    bad = {
        name: replace(ups, confirm_s=60.0, runtime_s=100.0, shutdown_delay_s=10.0)
        for name, ups in file.site.upses.items()
    }
    return file, replace(file.site, upses=bad)


class AsChanged:
    def __init__(self, file: Any, site: Site) -> None:
        self.site, self.model, self.place = site, file.model, file.place
        self.contacts, self.is_live = file.contacts, file.is_live


@pytest.mark.long
def test_remedies_of_a_big_site_are_proved_within_the_budget_and_the_rest_is_still_told() -> None:
    file, site = worst_hall()
    checks = 0

    def counted(frame: FrameType, event: str, argument: object) -> None:
        nonlocal checks
        checks += event == "call" and frame.f_code.co_name == "cluster_is_linked"

    sys.setprofile(counted)
    try:
        report = check(AsChanged(file, site))
    finally:
        sys.setprofile(None)
    devices = len(site.upses) + len(site.servers) + len(site.arrays)
    assert checks <= 1 + max(FEWEST_CHECKS, DEVICES_CHECKED // devices)
    errors = [f for f in report.findings if f.severity is Severity.ERROR]
    assert len(errors) > report.mended
    text = report_text(report)
    assert f"Values to set are worked out for the first {report.mended} findings" in text
    assert all(f.message in text for f in errors)


def test_the_hall_breaks_only_the_number_of_arrays_a_product_can_link() -> None:
    counted = [f.rule for f in check(load_site(HALL)).findings if f.counts]
    assert counted == ["R1-07"]
