"""How devices are reached in live mode, as pydantic reads it from a site file.

Attributes are called like those of `realtime.contacts`, keys (their aliases) as the operator writes them.
The pretend room reads none of this.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from realtime import contacts as inside
from teiden.files.contact_types import AnyPath, Endpoint, MailAddress, SystemId, Url, Words
from teiden.files.field_types import Address, Entry, Host, Label, Name, Port, Positive, Secret, given, needed
from teiden.files.units import written_s

_LIVE = inside.Live()
_COMMAND_LIMIT = written_s(inside.CommandContact().limit_s)
WHERE = "env:NAME, file:PATH or cred:NAME (a systemd credential)"
"""Where a secret may stand."""


class NutEntry(Entry):
    """A NUT server (upsd) that knows this UPS, instead of its SNMP card."""

    host: Host = needed("host", "Where upsd listens.")
    ups: Label = needed("ups", "What upsd calls this UPS.")
    port: Port = given("port", "TCP port of upsd.", 3493)
    user: Label = given("user", "Its user in upsd.users; without one it is only read.")
    secret: Secret = given("secret", f"Where its password stands: {WHERE}.")


class BmcEntry(Entry):
    """The server's management controller, by Redfish: it sees whether the server is halted, and forces it."""

    url: Url = given("url", "Its address; `{name}` stands for the server's name.")
    system: SystemId = given("system", "Its id below /redfish/v1/Systems.", "1")
    user: Label = given("user", "A user with power rights only.")
    secret: Secret = given("secret", f"Where the password stands: {WHERE}.")
    ca: AnyPath = given(
        "ca", "The CA, or the controller's own certificate, that is trusted; nothing else is (SEC-8)."
    )


class WakeEntry(Entry):
    """Wake-on-LAN, to `mac`."""

    broadcast: Address = given("broadcast", "Where the packet is sent; else the cluster's `broadcast`.")
    port: Port = given("port", "UDP port.", 9)


class ServerCommandEntry(Entry):
    """Programs instead of a driver, each as a list without a shell; `{name}` stands for the server."""

    state: Words = given("state", "Says whether it is halted, booting or up.")
    shutdown: Words = given("shutdown", "Asks its system to shut down.")
    reboot: Words = given("reboot", "Asks its system to reboot.")
    force: Words = given("force", "Switches it off without asking.")
    wake: Words = given("wake", "Switches it on.")
    job: Words = given("job", "Runs one of its `jobs`.")
    limit_s: Positive = given("limit", "Each of them is given up after this.", _COMMAND_LIMIT)


class ArrayCommandEntry(Entry):
    """Programs that ask the array, each as a list without a shell; `{name}` stands for the array."""

    state: Words = given("state", "Says whether it is starting, ready, flushing or flushed.")
    flush: Words = given("flush", "Begins the flush; never of a control array (S32).")
    limit_s: Positive = given("limit", "Each of them is given up after this.", _COMMAND_LIMIT)


class RestEntry(Entry):
    rest_url: Url = needed("url", "Of the manager's REST service, e.g. http://127.0.0.1:29009.")
    rest_user: Label = given("user", "Its user.")
    rest_secret: Secret = given("secret", f"Where the password stands: {WHERE}.")


class ManagerEntry(Entry):
    """The cluster's manager on each node. What is left out is done with CLUSTERPRO's own commands."""

    state: Words = given("state", "Says whether the cluster runs.")
    stop: Words = given("stop", "Stops the cluster and the systems of its nodes.")
    start: Words = given("start", "Starts the cluster on this node.")
    restart: Words = given("restart", "Restarts the cluster and its nodes.")
    force: Words = given("force", "Ends this node's system when the cluster does not.")
    group: Label = given(
        "group",
        "The failover group whose node commands. Without it all of them count, and must be on one node.",
    )
    rest: RestEntry = given("rest", "Its state by REST instead of by the `state` command.")
    limit_s: Positive = given(
        "limit", "Each of them is given up after this.", written_s(inside.ClusterContact().limit_s)
    )


class IdentityEntry(Entry):
    """What each node shows the others, and which CA theirs must come from; `{node}` is the node's name."""

    ca: AnyPath = needed("ca", "The CA of the nodes, for nothing else.")
    certificate: AnyPath = needed("certificate", "This node's certificate.")
    key: AnyPath = needed("key", "Its private key.")


class PowerEntry(Entry):
    """How a control node ends its own system."""

    off: Words = given("off", "Shuts it down.", list(inside.Contacts().power_off))
    reboot: Words = given("reboot", "Reboots it.", list(inside.Contacts().power_reboot))
    force: Words = given(
        "force", "Off without waiting for its services.", list(inside.Contacts().power_force)
    )


class MailEntry(Entry):
    mail_to: Annotated[list[MailAddress], Field(min_length=1)] = needed("to", "Who is written to.")
    mail_from: MailAddress = needed("from", "Who writes.")
    mail_server: Endpoint = needed("server", "Which server takes it: host, or host:port.")
    mail_user: Label = given("user", "Who logs in there.")
    mail_secret: Secret = given("secret", f"Where the password stands: {WHERE}.")
    mail_security: Literal["starttls", "tls", "none"] = given(
        "security", "none only for a server on this machine.", "starttls"
    )


class AlarmsEntry(Entry):
    """Who is told of alarms, besides the log."""

    webhook: Url = given("webhook", "Every alarm is posted here, as JSON.")
    webhook_secret: Secret = given("webhook_secret", f"Where the bearer token stands: {WHERE}.")
    mail: MailEntry = given("mail", "Every alarm is mailed.")
    ca: AnyPath = given(
        "ca", "The CA that webhook and mail server are verified with; without it those of the system."
    )


class TrapsEntry(Entry):
    """Traps and informs of the cards: they only hasten a look (SEC-4)."""

    traps_address: Address = given("address", "Where they are heard.", "0.0.0.0")
    traps_port: Port = given("port", "UDP port; below 1024 needs the right to it.", _LIVE.traps_port)


class LiveEntry(Entry):
    """What only the service needs that really switches; with it `teiden check` holds the live rules too."""

    journal: AnyPath = given("journal", "Its journal, on the node's own disk.", _LIVE.journal)
    socket: AnyPath = given("socket", "Where `teiden off`, `on` and `hold` ask it.", _LIVE.socket)
    manager_socket: AnyPath = given(
        "manager_socket",
        "Where the cluster's manager tells what it does itself (R2-08).",
        _LIVE.manager_socket,
    )
    stop_file: AnyPath = given(
        "stop_file", "While this file is there, nothing is commanded (SEC-30).", _LIVE.stop_file
    )
    events: AnyPath = given("events", "Folder of the event streams.", _LIVE.events)
    peers: dict[Name, Endpoint] = given(
        "peers",
        "Where the service on each control node listens for the others: host, or host:port. "
        f"Else the node's `address`, port {inside.PeerContact('').port}.",
    )
    identity: IdentityEntry = given(
        "identity", "Certificates of the link between the control nodes (SEC-19)."
    )
    power: PowerEntry = given("power", "How a control node ends its own system.")
    alarms: AlarmsEntry = given("alarms", "Who is told of alarms.")
    traps: TrapsEntry = given("traps", "Listen for the cards' traps. Without this key nobody does.")
