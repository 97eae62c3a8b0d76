"""From the checked entries of a site file to how each of its devices is reached (`realtime.contacts`)."""

from __future__ import annotations

from typing import Any

from realtime.contacts import (
    AlarmContact,
    ArrayContact,
    ClusterContact,
    CommandContact,
    Contacts,
    Live,
    NutContact,
    PeerContact,
    PeerIdentity,
    RedfishContact,
    ServerContact,
    SnmpContact,
    SshContact,
    UpsContact,
    WakeContact,
)
from sequencer.site import Server, Site
from teiden.files.contact_types import NAMED, endpoint
from teiden.files.field_types import Entry
from teiden.files.site_model import SiteEntry

Given = dict[str, Any]
"""What the file gives, by the names of the dataclass's fields; what is absent is the dataclass's default."""

SSH = ("port", "user", "key", "host_key", "system")
WAYS = {"shutdown", "bmc", "wake", "command"}
"""What a server and the defaults of all say about ways; the rest is not looked at."""
PATHS = ("journal", "events", "socket", "manager_socket", "stop_file")


def build_contacts(entry: SiteEntry, site: Site) -> Contacts:
    """Of a UPS or an array without any address nothing is said; a server may lack each of its ways."""
    live = _given(entry, "live")
    power = live.get("power", {})
    alarms = live.get("alarms", {})
    mail = alarms.pop("mail", {})
    if "mail_to" in mail:
        mail["mail_to"] = tuple(mail["mail_to"])
    return Contacts(
        upses=_upses(entry, site),
        servers=_servers(entry, site),
        arrays=_arrays(entry, site),
        mounts={n: tuple(a.mounts) for n, a in entry.arrays.items() if "mounts" in a.model_fields_set},
        cluster=_cluster(_given(entry, "cluster", "manager")),
        peers=_peers(live.get("peers", {}), site),
        identity=PeerIdentity(**live.get("identity", {})),
        **{f"power_{way}": tuple(words) for way, words in power.items()},
        alarms=AlarmContact(**alarms, **mail),
        live=Live(**{key: live[key] for key in PATHS if key in live}, **_traps(live)),
    )


def _given(entry: Entry, *keys: str, only: set[str] | None = None) -> Given:
    """What the file says at this place, and nothing it does not say; empty where it says nothing."""
    for key in keys:
        if key not in entry.model_fields_set:
            return {}
        entry = getattr(entry, key)
    return entry.model_dump(exclude_unset=True, include=only)


def _upses(entry: SiteEntry, site: Site) -> dict[str, UpsContact]:
    common = _given(entry, "ups_defaults", "snmp")
    found: dict[str, UpsContact] = {}
    for name, own in entry.upses.items():
        if "nut" in own.model_fields_set:
            found[name] = NutContact(**_given(own, "nut"))
        elif card := site.upses[name].card:
            found[name] = SnmpContact(card, **common | _given(own, "snmp"))
    return found


def _servers(entry: SiteEntry, site: Site) -> dict[str, ServerContact]:
    defaults = _given(entry, "server_defaults", only=WAYS)
    return {
        name: _server(server, defaults, _given(entry.servers[name], only=WAYS), site.cluster.broadcast)
        for name, server in site.servers.items()
    }


def _server(server: Server, defaults: Given, own: Given, broadcast: str) -> ServerContact:
    def said(key: str) -> Given:
        """In the defaults and, winning, at the server itself; `{name}` is its name."""
        given = defaults.get(key, {}) | own.get(key, {})
        return {k: v.replace(NAMED, server.name) if isinstance(v, str) else v for k, v in given.items()}

    bmc, command = said("bmc"), said("command")
    wake: Given = {"broadcast": broadcast} | said("wake")
    host = server.shutdown_host or server.address
    told = server.shutdown_by == "ssh" and host
    return ServerContact(
        bmc=RedfishContact(**bmc) if "url" in bmc else None,
        ssh=SshContact(host, **{k: v for k, v in said("shutdown").items() if k in SSH}) if told else None,
        wake=WakeContact(server.mac, **wake) if server.mac else None,
        command=_command(command) if command else None,
    )


def _arrays(entry: SiteEntry, site: Site) -> dict[str, ArrayContact]:
    found = {}
    for name, array in site.arrays.items():
        own = entry.arrays[name]
        command = _given(own, "command")
        if array.address or command:
            found[name] = ArrayContact(
                array.address,
                site.linkage.port,
                _command(command) if command else None,
                **{"secret": own.secret} if "secret" in own.model_fields_set else {},
            )
    return found


def _command(given: Given) -> CommandContact:
    limit = {"limit_s": given.pop("limit_s")} if "limit_s" in given else {}
    return CommandContact({word: tuple(words) for word, words in given.items()}, **limit)


def _cluster(given: Given) -> ClusterContact:
    rest = given.pop("rest", {})
    other = {key: given.pop(key) for key in ("group", "limit_s") if key in given}
    return ClusterContact({word: tuple(words) for word, words in given.items()}, **rest, **other)


def _peers(said: dict[str, str], site: Site) -> dict[str, PeerContact]:
    """Each control node where `live.peers` says, else at its own address."""
    found = {}
    for node in site.control_nodes:
        if where := said.get(node.name) or node.address:
            host, port = endpoint(where) if node.name in said else (where, None)
            found[node.name] = PeerContact(host, **{} if port is None else {"port": port})
    return found


def _traps(live: Given) -> Given:
    """Nobody listens unless the file says so, even if it says no more than `traps: {}`."""
    return {"traps_address": "0.0.0.0", **live["traps"]} if "traps" in live else {}
