"""How each device of a site file is reached: what is said, where, and what counts when it is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from realtime.contacts import (
    ArrayContact,
    ClusterContact,
    CommandContact,
    Contacts,
    Live,
    NutContact,
    PeerContact,
    RedfishContact,
    ServerContact,
    SnmpContact,
    SshContact,
    WakeContact,
    places,
)
from teiden.files.document import Document
from teiden.files.site_file import SiteFile, SiteText
from teiden.files.text import read_text
from teiden.requests import DEFAULT_SOCKET

REFERENCE = Path(__file__).parents[2] / "scenarios/sites/reference.yaml"


READ = SiteText(read_text(str(REFERENCE)), "reference.yaml")


def changed(changes: dict[str, object]) -> SiteFile:
    """The reference site with settings laid over it; it is read from its file once."""
    return READ.with_changes(Document.of({"with": changes}, "changes"))


def contacts(**changes: object) -> Contacts:
    """`upses__ups5__nut={...}` says upses.ups5.nut."""
    return changed({key.replace("__", "."): value for key, value in changes.items()}).contacts


@pytest.fixture(scope="module")
def plain() -> Contacts:
    return changed({}).contacts


def test_a_file_that_says_nothing_new_still_tells_every_device_it_names(plain: Contacts) -> None:
    assert plain.upses["ups3"] == SnmpContact("192.0.2.13", user="teiden", secret="env:TEIDEN_SNMP")
    assert plain.servers["blade1"] == ServerContact(
        ssh=SshContact("192.0.2.51"), wake=WakeContact("02:00:5e:00:05:01", "192.0.2.255")
    )
    assert plain.servers["control1"] == ServerContact()
    assert plain.arrays["linkeddisk"] == ArrayContact("192.0.2.32", 6001)
    assert plain.cluster == ClusterContact()
    assert plain.live == Live()


def test_the_socket_is_where_the_commands_ask() -> None:
    assert Live().socket == DEFAULT_SOCKET


def test_the_control_nodes_are_at_their_addresses_unless_the_file_says_otherwise(plain: Contacts) -> None:
    assert plain.peers == {"control1": PeerContact("192.0.2.21"), "control2": PeerContact("192.0.2.22")}
    told = contacts(live={"peers": {"control2": "[2001:db8::22]:7402"}}).peers
    assert told == {"control1": PeerContact("192.0.2.21"), "control2": PeerContact("2001:db8::22", 7402)}
    named = contacts(live={"peers": {"control1": "control1.example.net"}}).peers
    assert named["control1"] == PeerContact("control1.example.net", 7401)


def test_a_card_takes_the_common_settings_and_its_own() -> None:
    common = {"auth": "sha256", "privacy": "aes256", "privacy_secret": "cred:priv"}
    own = {"port": 1161, "secret": "file:/run/s", "outlet_group": 2, "privacy": "aes128"}
    told = contacts(ups_defaults__snmp=common, upses__ups5__snmp=own)
    assert told.upses["ups5"] == SnmpContact(
        "192.0.2.15",
        port=1161,
        user="teiden",
        auth="sha256",
        secret="file:/run/s",
        privacy="aes128",
        privacy_secret="cred:priv",
        outlet_group=2,
    )
    assert told.upses["ups4"].secret == "env:TEIDEN_SNMP"


def test_a_ups_behind_a_nut_server_is_not_asked_by_the_common_snmp() -> None:
    nut = {"host": "192.0.2.40", "ups": "rackups", "user": "teiden-annex", "secret": "cred:nut"}
    told = contacts(upses__ups5__nut=nut)
    assert told.upses["ups5"] == NutContact(
        "192.0.2.40", "rackups", user="teiden-annex", secret="cred:nut", port=3493
    )


def test_a_device_without_an_address_is_left_out() -> None:
    told = contacts(upses__ups5__card=None, arrays__controldisk__address=None)
    assert "ups5" not in told.upses
    assert "controldisk" not in told.arrays


def test_what_all_servers_have_stands_in_the_defaults_with_their_names() -> None:
    defaults = {
        "shutdown": {"user": "power", "key": "/keys/{name}", "port": 2222, "host": "{name}.example.net"},
        "bmc": {"url": "https://{name}-bmc.example.net", "ca": "/ca/{name}.pem", "secret": "file:/s/{name}"},
        "wake": {"port": 7},
        "command": {"job": ["run", "{name}"], "limit": "20s"},
    }
    own = {"shutdown.host": "192.0.2.9", "bmc.system": 2, "wake.broadcast": "192.0.3.255"}
    changes = {f"servers__rack1__{key.replace('.', '__')}": value for key, value in own.items()}
    told = contacts(server_defaults=defaults, servers__rack2__shutdown__host=None, **changes).servers
    assert told["rack2"] == ServerContact(
        bmc=RedfishContact(
            "https://rack2-bmc.example.net", secret="file:/s/rack2", ca="/ca/rack2.pem", system="1"
        ),
        ssh=SshContact("rack2.example.net", 2222, "power", "/keys/rack2"),
        wake=WakeContact("02:00:5e:00:06:02", "192.0.2.255", 7),
        command=CommandContact({"job": ("run", "{name}")}, 20.0),
    )
    rack1 = told["rack1"]
    assert rack1.ssh is not None
    assert rack1.bmc is not None
    assert rack1.wake is not None
    assert (rack1.ssh.host, rack1.bmc.system, rack1.wake.broadcast) == ("192.0.2.9", "2", "192.0.3.255")


def test_the_rules_see_the_host_that_the_name_makes() -> None:
    changes = {"server_defaults.shutdown.host": "{name}.example.net", "servers.rack2.shutdown.host": None}
    assert changed(changes).site.servers["rack2"].shutdown_host == "rack2.example.net"


def test_a_server_is_told_where_it_is_if_nothing_else_is_said() -> None:
    told = contacts(servers__blade1__shutdown__host=None, servers__blade1__address="192.0.2.50").servers
    assert told["blade1"].ssh == SshContact("192.0.2.50")


def test_a_server_that_is_told_another_way_is_not_logged_in_to() -> None:
    told = contacts(
        servers__blade1__shutdown__by="redfish",
        servers__blade1__bmc={"url": "https://192.0.2.151"},
        servers__blade2__shutdown__by="command",
        servers__blade2__command={"shutdown": ["stop", "it"]},
    ).servers
    assert (told["blade1"].ssh, told["blade2"].ssh) == (None, None)
    assert told["blade2"].command == CommandContact({"shutdown": ("stop", "it")})


def test_an_array_is_asked_by_its_program_and_needs_no_address_then() -> None:
    program = {"state": ["tool", "state"], "flush": ["tool", "flush"], "limit": "30s"}
    told = contacts(
        arrays__linkeddisk__address=None,
        arrays__linkeddisk__command=program,
        arrays__controldisk__secret="cred:a",
    ).arrays
    commands = {"state": ("tool", "state"), "flush": ("tool", "flush")}
    assert told["linkeddisk"] == ArrayContact("", 6001, CommandContact(commands, 30.0))
    assert told["controldisk"].secret == "cred:a"


def test_r6_41_another_port_than_6001_is_where_every_array_is_asked() -> None:
    told = contacts(linkage__port=7001).arrays
    assert told == {n: ArrayContact(f"192.0.2.{32 if n == 'linkeddisk' else 31}", 7001) for n in told}
    assert len(told) == 2


def test_what_an_array_holds_on_a_node_is_said_of_each_even_that_it_holds_nothing(plain: Contacts) -> None:
    told = contacts(
        arrays__linkeddisk__mounts=[], arrays__controldisk__mounts=["/srv/cluster", "/dev/mapper/cluster"]
    )
    assert told.mounts == {"linkeddisk": (), "controldisk": ("/srv/cluster", "/dev/mapper/cluster")}
    assert places(told) == ("/srv/cluster", "/dev/mapper/cluster")
    assert plain.mounts == {}


def test_the_cluster_its_nodes_and_who_is_told_of_alarms() -> None:
    rest = {"url": "http://127.0.0.1:29009", "user": "teiden", "secret": "cred:c"}
    mail = {
        "to": ["a@example.net", "b@example.net"],
        "from": "t@example.net",
        "server": "mail.example.net:465",
    }
    told = contacts(
        cluster__manager={"stop": ["halt", "all"], "rest": rest, "limit": "5s", "group": "failover1"},
        live={
            "journal": "D:\\teiden\\journal.db",
            "manager_socket": "/run/other/manager.sock",
            "power": {"reboot": ["shutdown", "-r", "now"], "force": ["poweroff", "-f"]},
            "alarms": {
                "webhook": "https://alarms.example.net/x",
                "mail": mail | {"security": "tls"},
                "ca": "/etc/teiden/alarms.pem",
            },
            "identity": {"ca": "/t/ca", "certificate": "/t/{node}.pem", "key": "/t/{node}.key"},
            "traps": {"port": 1162},
        },
    )
    assert told.cluster == ClusterContact(
        {"stop": ("halt", "all")},
        group="failover1",
        rest_url="http://127.0.0.1:29009",
        rest_user="teiden",
        rest_secret="cred:c",
        limit_s=5.0,
    )
    assert told.power_reboot == ("shutdown", "-r", "now")
    assert told.power_force == ("poweroff", "-f")
    assert told.power_off == Contacts().power_off
    assert told.alarms.ca == "/etc/teiden/alarms.pem"
    assert told.alarms.mail_to == ("a@example.net", "b@example.net")
    assert (told.alarms.mail_server, told.alarms.mail_security) == ("mail.example.net:465", "tls")
    assert told.identity.key == "/t/{node}.key"
    assert told.live == Live(
        journal="D:\\teiden\\journal.db",
        manager_socket="/run/other/manager.sock",
        traps_address="0.0.0.0",
        traps_port=1162,
    )


def test_nothing_of_it_changes_the_site_that_is_rehearsed() -> None:
    changes = {
        "upses.ups5.nut": {"host": "192.0.2.40", "ups": "rackups"},
        "server_defaults.bmc": {"ca": "/ca"},
        "servers.blade1.wake": {"port": 7},
        "servers.blade1.command": {"state": ["x"]},
        "ups_defaults.snmp.port": 1161,
        "arrays.linkeddisk.secret": "cred:a",
        "arrays.linkeddisk.mounts": ["/srv/data"],
        "cluster.manager": {"stop": ["x"]},
        "live": {"stop_file": "/etc/stop"},
    }
    with_ways, without = changed(changes), changed({})
    assert with_ways.site == without.site
    assert with_ways.model == without.model
    assert (with_ways.is_live, without.is_live) == (True, False)
