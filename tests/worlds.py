"""The reference site in Python, and ways to play what happens to it: shared by the tests of both rooms.

Number for number `scenarios/sites/reference.yaml`; a test compares them. Times of happenings are
seconds after the mains are lost; the run itself begins `CALM_S` before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sequencer.site import (
    AcLink,
    Array,
    ArrayRole,
    Cluster,
    Server,
    ServerRole,
    Site,
    Switch,
    Ups,
)
from sim.faults import catalogue
from sim.faults.scene import Scene, prepared
from sim.model import ArrayModel, ClusterModel, Model, NetworkModel, ServerModel, UpsModel
from sim.room import START, Room
from sim.story import FaultChange, Happening, MainsChange
from tests.tale import Tale

CALM_S = 600.0
HOUR_S = 3600.0
MOST_STEPS = 40_000
"""A story of a few hours has about a thousand events; one of four and a half whose network loses 30 % of all
answers has 28,000: more than this is a loop that never ends."""

RUNTIMES_S = {"ups1": 3600.0, "ups2": 3600.0, "ups3": 2700.0, "ups4": 1500.0, "ups5": 1200.0, "ups6": 1200.0}
CONFIRMS_S = {"ups1": 930.0, "ups2": 930.0, "ups3": 900.0, "ups4": 30.0, "ups5": 60.0, "ups6": 60.0}
LINKED = ("blade1", "blade2", "rack1", "rack2")
NODES = ("control1", "control2")


def reference_site(**settings: Any) -> Site:
    """The document's own example; settings as in `with_settings`."""
    upses = [
        Ups(
            name,
            number,
            "utility",
            CONFIRMS_S[name],
            return_delay_s=60.0,
            min_return_charge_pct=15.0,
            runtime_s=RUNTIMES_S[name],
            warm_up_time_s=720.0 if name in ("ups3", "ups4") else 0.0,
        )
        for number, name in enumerate(RUNTIMES_S, 1)
    ]
    servers = [
        *(
            Server(node, ServerRole.CONTROL, (ups,), arrays=("controldisk",), shutdown_limit_s=120.0)
            for node, ups in zip(NODES, ("ups1", "ups2"), strict=True)
        ),
        *(
            Server(name, ServerRole.LINKED, ("ups5" if "blade" in name else "ups6",), arrays=("linkeddisk",))
            for name in LINKED
        ),
        Server("bladepool", ServerRole.POOL, ("ups5",), ac_link=AcLink.STAY_OFF),
        Server("rackpool", ServerRole.POOL, ("ups6",), ac_link=AcLink.STAY_OFF),
    ]
    site = Site(
        name="reference",
        feeds=("utility",),
        upses={u.name: u for u in upses},
        arrays={
            "controldisk": Array("controldisk", ArrayRole.CONTROL, ("ups3",), ("ups3",)),
            "linkeddisk": Array("linkeddisk", ArrayRole.LINKED, ("ups4",), ("ups4",)),
        },
        servers={s.name: s for s in servers},
        cluster=Cluster("ssccluster", NODES, 300.0),
        switches={"lan1": Switch("lan1", ("ups1", "ups2"))},
    )
    return with_settings(site, **settings)


def with_settings(site: Site, **settings: Any) -> Site:
    """Some values set: `ups3__confirm_s=700`, `linkage__flush_limit_s=1200`, `control_stop=...`."""
    for where, value in settings.items():
        name, _, field = where.partition("__")
        if not field:
            site = replace(site, **{name: value})
        elif name in ("linkage", "cluster", "start", "polling"):
            site = replace(site, **{name: replace(getattr(site, name), **{field: value})})
        else:
            section = next(s for s in ("upses", "arrays", "servers", "switches") if name in getattr(site, s))
            devices = getattr(site, section)
            site = replace(site, **{section: {**devices, name: replace(devices[name], **{field: value})}})
    return site


def with_more(site: Site, *devices: Ups | Array | Server) -> Site:
    """The site with these devices added, or in the place of those of the same name."""
    for device in devices:
        section = {Ups: "upses", Array: "arrays", Server: "servers"}[type(device)]
        site = replace(site, **{section: {**getattr(site, section), device.name: device}})
    return site


def reference_model(**settings: Any) -> Model:
    """Typical values of the reference site's devices: `ups4__health=0.5`, `network__loss=0.02`."""
    node, other = ServerModel(boot_s=240.0, shutdown_s=60.0), ServerModel(boot_s=180.0, shutdown_s=90.0)
    model = Model(
        upses={name: UpsModel(runtime_s=s) for name, s in RUNTIMES_S.items()},
        servers={**dict.fromkeys(NODES, node), **dict.fromkeys((*LINKED, "bladepool", "rackpool"), other)},
        arrays={"controldisk": ArrayModel(), "linkeddisk": ArrayModel()},
        cluster=ClusterModel(),
        network=NetworkModel(),
    )
    for where, value in settings.items():
        name, _, field = where.partition("__")
        if name in ("cluster", "network"):
            model = replace(model, **{name: replace(getattr(model, name), **{field: value})})
            continue
        section, default = next(
            (s, d)
            for s, d in (("upses", UpsModel()), ("servers", ServerModel()), ("arrays", ArrayModel()))
            if name in getattr(model, s) or name.startswith({"upses": "ups", "arrays": "disk"}.get(s, "?"))
        )
        devices = getattr(model, section)
        device = replace(devices.get(name, default), **{field: value})
        model = replace(model, **{section: {**devices, name: device}})
    return model


# What happens


def lost(at_s: float = 0.0, of: str = "utility") -> MainsChange:
    return MainsChange(at_s, of, lost=True)


def back(at_s: float, of: str = "utility") -> MainsChange:
    return MainsChange(at_s, of, lost=False)


def out(from_s: float, to_s: float, *of: str) -> list[Happening]:
    """The mains of a feed or of single UPSes away from then to then."""
    return [h for name in of or ("utility",) for h in (lost(from_s, name), back(to_s, name))]


def fault(
    what: str, subject: str, from_s: float = -1.0, to_s: float | None = None, amount: float | None = None
) -> list[Happening]:
    """A fault present from then on, or for a while; as much of it as it has by itself."""
    kind = catalogue.named(what)
    much = catalogue.default_amount(kind) if amount is None else amount
    begin, end = (
        FaultChange(at_s or 0.0, kind, subject, on, much) for at_s, on in ((from_s, True), (to_s, False))
    )
    return [begin] if to_s is None else [begin, end]


def play(
    *happenings: Happening | Iterable[Happening],
    until_s: float = 4 * HOUR_S,
    site: Site | None = None,
    model: Model | None = None,
    seed: int = 0,
    start: datetime = START,
) -> Tale:
    """Play this in the pretend room; all times count from the zero, `CALM_S` after the start."""
    flat: list[Happening] = []
    for h in happenings:
        flat.extend([h] if isinstance(h, Happening) else h)
    end_s = CALM_S + until_s
    flat = [replace(h, at_s=CALM_S + h.at_s) for h in flat]
    scene = prepared(Scene(site or reference_site(), model or reference_model(), start), flat)
    room = Room(scene.site, scene.model, seed=seed, horizon_s=end_s, start=scene.start)
    room.happen(flat)
    room.begin()
    steps = 0
    while room.env.peek() < end_s:
        room.env.step()
        steps += 1
        assert steps < MOST_STEPS, f"no end of events at {room.env.now - CALM_S:.3f} s\n{Tale(room, CALM_S)}"
    return Tale(room, CALM_S, steps, tuple(flat))
