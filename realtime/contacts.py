"""How every device of a site is reached: addresses, ways and where their secrets stand, never the secrets.

Read from the site file beside the site itself (`teiden.files`), or from the book that an emulated room
hands out, which names other addresses for the same devices. Plain frozen values; nothing here connects.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, slots=True)
class SnmpContact:
    """One SNMP card. A `secret` is where a pass phrase stands: `env:NAME`, `file:PATH` or `cred:NAME`."""

    host: str
    port: int = 161
    mib: str = "apc"
    """Which tables it answers: `apc` or `rfc1628`."""
    version: str = "3"
    """`1`, `2c` or `3`. Commands go out over 3 only, unless `allow_insecure` (SEC-1)."""
    user: str = ""
    """Of version 3; the community of the others stands in `secret`, or here if it is no secret."""
    auth: str = ""
    """`sha1`, `sha256`, `sha384`, `sha512`; empty: what the MIB's makers offer (APC: sha1, else sha256)."""
    secret: str = ""
    """Where the authentication pass phrase stands, or the community."""
    privacy: str = ""
    """`aes128`, `aes256`; empty: aes128."""
    privacy_secret: str = ""
    """Where the privacy pass phrase stands; empty: the same as `secret`."""
    allow_insecure: bool = False
    """Commands may go out unencrypted. Shown in red wherever the site is shown."""
    outlet_group: int | None = None
    """The outlet group that feeds the loads; None: the whole UPS is switched."""


@dataclass(frozen=True, slots=True)
class NutContact:
    """A NUT server (upsd) that knows this UPS. It tells; it commands only where it has instant commands."""

    host: str
    ups: str
    """What upsd calls it."""
    port: int = 3493
    user: str = ""
    secret: str = ""


@dataclass(frozen=True, slots=True)
class CommandContact:
    """Any program, as argument lists without a shell, by what it is for; `{name}` stands for the device.

    What each word must print and end with stands in docs/howto/drivers.md.
    """

    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    limit_s: float = 10.0


@dataclass(frozen=True, slots=True)
class SshContact:
    host: str
    port: int = 22
    user: str = "teiden"
    key: str = ""
    """Path of the private key. The other side forces it to one command that knows our few verbs."""
    host_key: str = ""
    """The pinned host key, one line as in known_hosts without the host: `ssh-ed25519 AAAA...`."""
    system: str = "linux"
    """`linux` or `windows` (its OpenSSH server)."""


@dataclass(frozen=True, slots=True)
class RedfishContact:
    url: str
    """`https://192.0.2.151`."""
    system: str = "1"
    """Its id below /redfish/v1/Systems."""
    user: str = ""
    secret: str = ""
    ca: str = ""
    """Path of the CA, or of the controller's own certificate, that is trusted; nothing else is (SEC-8)."""


@dataclass(frozen=True, slots=True)
class WakeContact:
    """Wake-on-LAN: a receipt for it does not exist; that it boots is seen by looking (SEC-20)."""

    mac: str
    broadcast: str = "255.255.255.255"
    port: int = 9


@dataclass(frozen=True, slots=True)
class ServerContact:
    """A server has a controller that sees it, a way to be told, a way to be woken; each may be missing."""

    bmc: RedfishContact | None = None
    ssh: SshContact | None = None
    wake: WakeContact | None = None
    command: CommandContact | None = None
    """Words `state`, `shutdown`, `reboot`, `force`, `wake`, `job`: each wins over the other ways."""


@dataclass(frozen=True, slots=True)
class ArrayContact:
    host: str = ""
    port: int = 6001
    command: CommandContact | None = None
    """Words `state` and `flush`. Without it: our line protocol (docs/array-protocol.md)."""
    secret: str = ""
    """Shared word of the line protocol, if the service asks for one."""


@dataclass(frozen=True, slots=True)
class ClusterContact:
    """The cluster's manager on this node."""

    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Words `state`, `stop`, `start`, `restart`, `force`; those that are missing are CLUSTERPRO's."""
    group: str = ""
    """The failover group whose node commands; empty: all of them count, and must be on one node."""
    rest_url: str = ""
    """`http://127.0.0.1:29009`: its status by REST; empty: by the `state` command."""
    rest_user: str = ""
    rest_secret: str = ""
    limit_s: float = 10.0


@dataclass(frozen=True, slots=True)
class PeerContact:
    """The service on another control node: mutual TLS, both sides certified by the same small CA (SEC-19)."""

    host: str
    port: int = 7401


@dataclass(frozen=True, slots=True)
class PeerIdentity:
    """Paths of what this node shows its peers, and of the CA that theirs must come from.

    `{node}` in a path stands for the node's own name.
    """

    ca: str = ""
    certificate: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class AlarmContact:
    webhook: str = ""
    webhook_secret: str = ""
    """Where the bearer token stands."""
    mail_to: tuple[str, ...] = ()
    mail_from: str = ""
    mail_server: str = ""
    """`host` or `host:port`."""
    mail_user: str = ""
    mail_secret: str = ""
    mail_security: str = "starttls"
    """`starttls`, `tls`, or `none` for a server on this machine."""
    ca: str = ""
    """Path of the CA that webhook and mail server are verified with; empty: those of the system."""


@dataclass(frozen=True, slots=True)
class Live:
    """Where the service keeps its things on each control node, and where it is spoken to.

    Paths are the node's own; never on an array that is switched off with it (S30).
    """

    journal: str = "/var/lib/teiden/journal.db"
    events: str = "/var/lib/teiden/events"
    """Folder of the event streams, one file for each life of the service."""
    socket: str = "/run/teiden/requests.sock"
    """Where `teiden off`, `on`, `hold` and `status` ask."""
    manager_socket: str = "/run/teiden/manager.sock"
    """Where the cluster's manager tells what it does itself (R2-08)."""
    stop_file: str = "/etc/teiden/stop"
    """While this file is there, nothing is commanded any more (SEC-30)."""
    traps_address: str = ""
    """Where traps of the cards are heard; empty: nowhere. They only hasten a poll (SEC-4)."""
    traps_port: int = 162


UpsContact = SnmpContact | NutContact


@dataclass(frozen=True)
class Contacts:
    """Every device by its name; one that is missing here cannot be reached, which `doctor` tells."""

    upses: dict[str, UpsContact] = field(default_factory=dict)
    servers: dict[str, ServerContact] = field(default_factory=dict)
    arrays: dict[str, ArrayContact] = field(default_factory=dict)
    mounts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Mount points and block devices of a control node that are an array's, by the array's name.

    One that is missing here: nobody has said what it holds. Nothing of ours lies there (S30, A10).
    """
    cluster: ClusterContact = ClusterContact()
    peers: dict[str, PeerContact] = field(default_factory=dict)
    """The control nodes by name, this one too: where each of them listens."""
    identity: PeerIdentity = PeerIdentity()
    power_off: tuple[str, ...] = ("systemctl", "poweroff")
    """How a control node shuts its own system down, and reboots it."""
    power_reboot: tuple[str, ...] = ("systemctl", "reboot")
    power_force: tuple[str, ...] = ("systemctl", "start", "teiden-force-off.service")
    """Off without waiting for services; a unit of its own, since only root may (docs/howto/service.md)."""
    own_job: tuple[str, ...] = ()
    """Runs a job of this node, `{job}` for its name. Of a rehearsal; else the job's own arguments are run."""
    alarms: AlarmContact = AlarmContact()
    live: Live = Live()


def places(contacts: Contacts) -> tuple[str, ...]:
    """Mount points and block devices of every array, which we ourselves switch off."""
    return tuple(place for found in contacts.mounts.values() for place in found)


def at_node(contacts: Contacts, node: str) -> Contacts:
    """As this node sees them: `{node}` in its own paths and programs is its name."""

    def named(words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(word.replace("{node}", node) for word in words)

    live = contacts.live
    paths = {
        key: getattr(live, key).replace("{node}", node)
        for key in ("journal", "events", "socket", "manager_socket", "stop_file")
    }
    return replace(
        contacts,
        live=replace(live, **paths),
        power_off=named(contacts.power_off),
        power_reboot=named(contacts.power_reboot),
        power_force=named(contacts.power_force),
        own_job=named(contacts.own_job),
    )
