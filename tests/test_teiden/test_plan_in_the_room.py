"""The plan against the pretend room: with every duration at its limit, things happen when the plan says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from sequencer.events import Event
from sequencer.site import Array, ArrayRole, FlushOrder, OffMode, Site, Timing
from sim.model import ArrayModel, ClusterModel, Model, ServerModel, UpsModel
from sim.story import MainsChange
from teiden.plan.course import whole_site
from teiden.plan.start import plan_start
from teiden.play import play
from teiden.story import Story

CUT_S = 600.0
LATE_S = 45.0
"""Looks come late by up to 9 s, and a card may have gone off with its UPS (S3)."""


def test_outputs_fall_when_the_plan_says(variant: Site) -> None:
    course = whole_site(variant)
    events = outage(variant, at_its_limits(variant), lost_for_s=3000.0)
    really = {e.subject: e.t - CUT_S for e in events if e.name == "ups.output_off"}
    for name in variant.upses:
        planned = course.off(name)
        if planned is not None:
            assert planned.total - 5 <= really[name] <= planned.total + LATE_S, name


def test_everything_is_up_when_the_plan_says(reference: Site, reference_model: Model) -> None:
    batteries = at_its_limits(reference).upses
    events = outage(reference, replace(reference_model, upses=batteries), lost_for_s=7200.0, until_s=9600.0)
    back_s = CUT_S + 7200.0
    for step in plan_start(reference, reference_model):
        ready = {"server.up", "array.ready", "cluster.running"}
        really = max(
            e.t - back_s for e in events if e.subject in step.who and e.name in ready and e.t > back_s
        )
        held_s = reference.start.ready_hold_s if step.who == ("linkeddisk",) else 0.0
        if not step.who[0].startswith("control1"):  # up once more by the cluster's restart
            assert step.until_s - held_s - 5 <= really <= step.until_s - held_s + LATE_S, step.who


@pytest.fixture(
    params=[
        "reference",
        "own enclosures",
        "serial",
        "parallel",
        "after halt",
        "lcd",
        "redundant",
        "bare",
        "held",
    ]
)
def variant(request: pytest.FixtureRequest, setting, reference: Site) -> Site:
    match request.param:
        case "own enclosures":
            return replace(with_ups7(setting(reference, linkeddisk__enclosures=("ups7",))), groups=())
        case "serial":
            return with_second_array(reference, FlushOrder.SERIAL)
        case "parallel":
            return with_second_array(reference, FlushOrder.PARALLEL)
        case "after halt":
            return setting(reference, ups5__off=OffMode.AFTER_HALT)
        case "lcd":
            return setting(reference, ups6__timing=Timing.LCD, ups6__power_off_delay_s=300.0)
        case "redundant":
            both = {"linkeddisk__controllers": ("ups4", "ups7"), "linkeddisk__enclosures": ("ups4", "ups7")}
            return with_ups7(setting(reference, **both), confirm_s=200.0)
        case "bare":
            servers = {
                n: s if s in reference.control_nodes else replace(s, arrays=())
                for n, s in reference.servers.items()
            }
            return replace(
                reference, arrays={"controldisk": reference.arrays["controldisk"]}, servers=servers
            )
        case "held":
            return setting(reference, linkage__flush_limit_s=900.0, ups4__runtime_s=3000.0)
        case _:
            return reference


def with_ups7(site: Site, confirm_s: float = 30.0) -> Site:
    ups7 = replace(site.upses["ups4"], name="ups7", number=7, card="192.0.2.17", confirm_s=confirm_s)
    return replace(site, upses={**site.upses, "ups7": ups7})


def with_second_array(site: Site, order: FlushOrder) -> Site:
    """The rack servers use an array of their own, on ups7, which confirms after 40 s."""
    site = with_ups7(site, confirm_s=40.0)
    second = Array("seconddisk", ArrayRole.LINKED, ("ups7",), ("ups7",), "192.0.2.33")
    servers = {
        n: replace(s, arrays=("seconddisk",)) if n in ("rack1", "rack2") else s
        for n, s in site.servers.items()
    }
    linkage = replace(site.linkage, flush_order=order)
    return replace(site, arrays={**site.arrays, "seconddisk": second}, servers=servers, linkage=linkage)


def at_its_limits(site: Site) -> Model:
    """Everything takes as long as it may, less a second so that it is not given up."""
    flush = ArrayModel(dirty_bytes=site.linkage.flush_limit_s - 1, flush_rate=1.0)
    return Model(
        upses={u.name: UpsModel(runtime_s=u.runtime_s or 3600.0) for u in site.upses.values()},
        servers={s.name: ServerModel(shutdown_s=s.shutdown_limit_s - 1) for s in site.servers.values()},
        arrays=dict.fromkeys(site.arrays, flush),
        cluster=ClusterModel(stop_s=site.cluster.shutdown_limit_s - 1),
    )


def outage(site: Site, model: Model, *, lost_for_s: float, until_s: float = 3600.0) -> list[Event]:
    """The facts of an outage of every feed."""
    story = Story(
        name="plan",
        sentence="The mains of everything fail.",
        site=site,
        model=model,
        site_file="",
        site_hash="",
        start=datetime(2026, 11, 20, 14, tzinfo=timezone(timedelta(hours=9))),
        until_s=until_s,
        happenings=tuple(
            MainsChange(at_s, feed, lost=lost)
            for feed in site.feeds
            for at_s, lost in ((CUT_S, True), (CUT_S + lost_for_s, False))
            if at_s < until_s
        ),
        expectations=(),
    )
    return play(story).stream.events
