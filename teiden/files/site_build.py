"""From the checked entries of a site file to the frozen values that everything else uses."""

from __future__ import annotations

from math import inf
from typing import Any

from sequencer.schedules import Calendar, Cause, Combine, LanWatch, Schedule
from sequencer.site import (
    AcLink,
    Array,
    ArrayRole,
    Cluster,
    ControlStop,
    FlushOrder,
    Group,
    Job,
    Linkage,
    OffMode,
    Polling,
    Server,
    ServerRole,
    Site,
    Snmp,
    Start,
    Switch,
    Timing,
    Ups,
)
from sim.model import ArrayModel, ClusterModel, JobModel, Model, NetworkModel, ServerModel, UpsModel
from teiden.files.contact_types import NAMED
from teiden.files.device_model import ArrayEntry, ServerEntry, UpsEntry
from teiden.files.field_types import Entry
from teiden.files.room_model import RoomEntry, RoomServer
from teiden.files.schedule_model import ScheduleEntry
from teiden.files.site_model import GroupEntry, SiteEntry
from teiden.products import PRODUCTS

SNMP = ("mib", "version", "user", "secret")
SHUTDOWN = ("shutdown_by", "shutdown_host", "shutdown_limit_s")
"""What rules and the sequencer know of these keys; all of them are for `contacts_build`."""
REACHED = ("nut", "command", "secret", "mounts", "bmc", "wake", "manager")
"""Keys that only say how a device is reached."""

Given = dict[str, Any]
"""What the file gives, by the names of the dataclass's fields; what is absent is the dataclass's default."""


def build_site(entry: SiteEntry) -> Site:
    top = _given(entry)
    linkage = _given(entry.linkage) if "linkage" in top else {}
    linkage.setdefault("flush_limit_s", PRODUCTS[entry.product].flush_limit_s)
    if "flush_order" in linkage:
        linkage["flush_order"] = FlushOrder(linkage["flush_order"])
    ups_defaults = top.get("ups_defaults", {})
    server_defaults = top.get("server_defaults", {})
    cluster = _device(entry.cluster)
    return Site(
        name=entry.name,
        feeds=tuple(entry.feeds),
        upses={name: _ups(name, ups, ups_defaults) for name, ups in entry.upses.items()},
        arrays={name: _array(name, array) for name, array in _entries(entry, "arrays").items()},
        servers={name: _server(name, server, server_defaults) for name, server in entry.servers.items()},
        cluster=Cluster(**cluster | {"nodes": tuple(entry.cluster.nodes)}),
        polling=Polling(**top.get("polling", {})),
        linkage=Linkage(**linkage),
        switches={n: Switch(n, **_tuples(_given(s))) for n, s in _entries(entry, "switches").items()},
        control_stop=ControlStop(entry.control_stop),
        start=Start(**top.get("start", {})),
        groups=_groups(_entries(entry, "groups")),
        schedules={n: _schedule(n, s) for n, s in _entries(entry, "schedules").items()},
        calendar=Calendar(**_tuples(top.get("calendar", {}))),
        lan_watch=LanWatch(**_tuples(top.get("lan_watch", {}))),
        **{key: top[key] for key in ("product", "ssc", "time_zone", "force_before_s") if key in top},
    )


def room_of(entry: SiteEntry) -> RoomEntry:
    """The site's `model:`, or an empty one."""
    return entry.room if "room" in entry.model_fields_set else RoomEntry()


def build_model(room: RoomEntry, site: Site) -> Model:
    """Every device of the site, also those that `model:` does not mention."""
    upses, servers, arrays = (_entries(room, kind) for kind in ("upses", "servers", "arrays"))
    return Model(
        upses={name: _ups_model(ups, upses.get(name)) for name, ups in site.upses.items()},
        servers={name: _server_model(server, servers) for name, server in site.servers.items()},
        arrays={name: ArrayModel(**_given(arrays.get(name))) for name in site.arrays},
        cluster=ClusterModel(**_given(room).get("cluster", {})),
        network=NetworkModel(**_given(room).get("network", {})),
        **{key: value for key, value in _given(room).items() if key == "switch_load_w"},
    )


def _given(entry: Entry | None) -> Given:
    """What the file says, and nothing it does not say."""
    return entry.model_dump(exclude_unset=True) if entry is not None else {}


def _device(entry: Entry) -> Given:
    """The same, without how it is reached."""
    return {key: value for key, value in _given(entry).items() if key not in REACHED}


def _entries(entry: Entry, field: str) -> dict[str, Any]:
    """A mapping of entries that the file may leave out."""
    return getattr(entry, field) if field in entry.model_fields_set else {}


def _only(keys: tuple[str, ...], given: Given) -> Given:
    return {key: given[key] for key in keys if key in given}


def _tuples(given: Given) -> Given:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}


def _ups(name: str, entry: UpsEntry, defaults: Given) -> Ups:
    given = defaults | _device(entry)
    warm_up = defaults.get("warm_up", {}) | given.pop("warm_up", {})
    snmp = defaults.get("snmp", {}) | given.pop("snmp", {})
    if "timing" in given:
        given["timing"] = Timing(given["timing"])
    if "off" in given:
        given["off"] = OffMode(given["off"])
    return Ups(name, **given, **warm_up, snmp=Snmp(**_only(SNMP, snmp)))


def _array(name: str, entry: ArrayEntry) -> Array:
    given = _device(entry) | {
        "role": ArrayRole(entry.role),
        "controllers": tuple(entry.controllers.upses),
        "enclosures": tuple(entry.enclosures.upses),
    }
    return Array(name, **given)


def _server(name: str, entry: ServerEntry, defaults: Given) -> Server:
    given = {key: value for key, value in (defaults | _given(entry)).items() if key not in REACHED}
    shutdown = _only(SHUTDOWN, defaults.get("shutdown", {}) | given.pop("shutdown", {}))
    if "shutdown_host" in shutdown:
        shutdown["shutdown_host"] = shutdown["shutdown_host"].replace(NAMED, name)
    given["role"] = ServerRole(entry.role)
    if "ac_link" in given:
        given["ac_link"] = AcLink(given["ac_link"])
    jobs = defaults.get("jobs", {}) | given.pop("jobs", {})
    given |= {f"{when}_jobs": tuple(Job(**_tuples(job)) for job in jobs[when]) for when in jobs}
    return Server(name, **_tuples(given), **shutdown)


def _schedule(name: str, entry: ScheduleEntry) -> Schedule:
    given = _tuples(_given(entry))
    for causes in ("off_by", "on_by"):
        if causes in given:
            given[causes] = tuple(Cause(cause) for cause in given[causes])
    if "off_when" in given:
        given["off_when"] = Combine(given["off_when"])
    return Schedule(name, **given)


def _groups(entries: dict[str, GroupEntry]) -> tuple[Group, ...]:
    return tuple(_group(name, entry) for name, entry in entries.items())


def _group(name: str, entry: GroupEntry) -> Group:
    slots = {
        key: tuple(getattr(entry, key))
        for key in ("devices", "power", "servers")
        if key in entry.model_fields_set
    }
    return Group(name, **slots, groups=_groups(entry.__pydantic_extra__ | _entries(entry, "groups")))


def _ups_model(ups: Ups, entry: Entry | None) -> UpsModel:
    """The pretend battery lasts what the site counts on, unless `model:` says otherwise."""
    given = _given(entry)
    if ups.runtime_s is not None:
        given.setdefault("runtime_s", ups.runtime_s)
    if "curve" in given:
        given["curve"] = tuple((point["load"], point["runtime_s"]) for point in given["curve"])
    return UpsModel(**given)


def _server_model(server: Server, entries: dict[str, RoomServer]) -> ServerModel:
    of_role, own = _given(entries.get(server.role.value)), _given(entries.get(server.name))
    jobs = of_role.get("jobs", {}) | own.get("jobs", {})
    given = of_role | own | {"jobs": {name: _job_model(**job) for name, job in jobs.items()}}
    return ServerModel(**given)


def _job_model(takes_s: float = JobModel().takes_s, result: str = "done") -> JobModel:
    return JobModel(inf if result == "hangs" else takes_s, fails=result == "failed")
