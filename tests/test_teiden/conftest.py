"""The reference site, built in Python, for tests that break one of its settings at a time."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from realtime.contacts import Contacts
from sequencer.site import (
    AcLink,
    Array,
    ArrayRole,
    Cluster,
    Group,
    Schedule,
    Server,
    ServerRole,
    Site,
    Switch,
    Ups,
)
from sim.model import ArrayModel, Model, ServerModel
from teiden.files.source import Place
from teiden.rules.finding import Finding
from teiden.rules.registry import called

CONTROL, LINKED, POOL = ServerRole.CONTROL, ServerRole.LINKED, ServerRole.POOL


@dataclass(frozen=True)
class WithoutFile:
    """Stands for a loaded site file where a site was built in Python."""

    site: Site
    model: Model
    contacts: Contacts = field(default_factory=Contacts)
    is_live: bool = False

    def place(self, key_path: tuple[str | int, ...]) -> Place:
        return Place(f"{self.site.name}: {'.'.join(str(k) for k in key_path)}")


@pytest.fixture(scope="module")
def left_before_is_frozen() -> None:
    """For what plays chunks by the hundred, each with looks for waste: they are not to go through what all
    the tests before have left in this process for good."""
    gc.collect()
    gc.freeze()


@pytest.fixture
def reference() -> Site:
    return reference_site()


@pytest.fixture
def reference_model() -> Model:
    site = reference_site()
    slow = {CONTROL: (240.0, 60.0), LINKED: (180.0, 90.0), POOL: (180.0, 90.0)}
    return Model(
        servers={s.name: ServerModel(*slow[s.role]) for s in site.servers.values()},
        arrays={name: ArrayModel(start_s=180) for name in site.arrays},
    )


@pytest.fixture
def as_file(reference_model: Model) -> Callable[[Site], WithoutFile]:
    return lambda site: WithoutFile(site, reference_model)


@pytest.fixture
def found() -> Callable[..., list[Finding]]:
    """What one rule finds on a site: `found("R6-12", site)`."""

    def found(rule_id: str, site: Site, model: Model | None = None) -> list[Finding]:
        return [f for rule in called(rule_id) for f in rule.check(site, model)]

    return found


@pytest.fixture
def setting() -> Callable[..., Site]:
    return with_settings


def with_settings(site: Site, **settings: Any) -> Site:
    """The site with some values set: `ups3__confirm_s=700`, `linkage__flush_limit_s=1200`, `product=...`."""
    for where, value in settings.items():
        name, _, field = where.partition("__")
        if not field:
            site = replace(site, **{name: value})
        elif name in ("linkage", "cluster", "start", "polling"):
            site = replace(site, **{name: replace(getattr(site, name), **{field: value})})
        else:
            section = next(
                s for s in ("upses", "arrays", "servers", "switches", "schedules") if name in getattr(site, s)
            )
            devices = getattr(site, section)
            site = replace(site, **{section: {**devices, name: replace(devices[name], **{field: value})}})
    return site


def reference_site() -> Site:
    """`scenarios/sites/reference.yaml`, number for number."""
    upses = [
        _ups(1, 930, 3600),
        _ups(2, 930, 3600),
        _ups(3, 900, 2700, warm_up_time_s=720.0),
        _ups(4, 30, 1500, warm_up_time_s=720.0),
        _ups(5, 60, 1200),
        _ups(6, 60, 1200),
    ]
    servers = [
        _node(1),
        _node(2),
        *(_server(name, "ups5", n) for n, name in enumerate(("blade1", "blade2"), 51)),
        *(_server(name, "ups6", n) for n, name in enumerate(("rack1", "rack2"), 61)),
        Server("bladepool", POOL, ("ups5",), ac_link=AcLink.STAY_OFF),
        Server("rackpool", POOL, ("ups6",), ac_link=AcLink.STAY_OFF),
    ]
    nodes = tuple(Group(f"SSC_SEIGYO_{n}", power=(f"ups{n}",), servers=(f"control{n}",)) for n in (1, 2))
    linked = (
        Group("Bladeサーバ", power=("ups5",), servers=("blade1", "blade2", "bladepool")),
        Group("100サーバ", power=("ups6",), servers=("rack1", "rack2", "rackpool")),
    )
    return Site(
        name="reference",
        feeds=("utility",),
        upses={u.name: u for u in upses},
        arrays={
            "controldisk": Array("controldisk", ArrayRole.CONTROL, ("ups3",), ("ups3",), "192.0.2.31"),
            "linkeddisk": Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups4",), "192.0.2.32"),
        },
        servers={s.name: s for s in servers},
        cluster=Cluster("ssccluster", ("control1", "control2"), 300.0, "192.0.2.20", "192.0.2.255"),
        time_zone="Asia/Tokyo",
        switches={"lan1": Switch("lan1", ("ups1", "ups2"))},
        groups=(
            Group(
                "SSC",
                groups=(
                    Group("SSC_Cluster", devices=("ups3",), groups=nodes),
                    Group("共有ディスク_連動用", devices=("ups4",), groups=linked),
                ),
            ),
        ),
        schedules={
            "nightly": Schedule(
                "nightly", ("blade1", "blade2", "rack1", "rack2"), "mon-fri", "22:00", "22:48"
            )
        },
    )


def _ups(number: int, confirm_s: float, runtime_s: float, **further: Any) -> Ups:
    return Ups(
        f"ups{number}",
        number,
        "utility",
        confirm_s,
        return_delay_s=60.0,
        min_return_charge_pct=15.0,
        runtime_s=runtime_s,
        card=f"192.0.2.1{number}",
        **further,
    )


def _node(number: int) -> Server:
    return Server(
        f"control{number}",
        CONTROL,
        (f"ups{number}",),
        arrays=("controldisk",),
        address=f"192.0.2.2{number}",
        shutdown_by="cluster",
        shutdown_limit_s=120.0,
    )


def _server(name: str, ups: str, host: int) -> Server:
    return Server(
        name,
        LINKED,
        (ups,),
        arrays=("linkeddisk",),
        mac=f"02:00:5e:00:00:{host}",
        shutdown_host=f"192.0.2.{host}",
        shutdown_limit_s=180.0,
    )
