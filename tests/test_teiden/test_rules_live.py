"""The rules of live mode: each broken and kept, told only where a site is commanded, silent on a good one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

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
)
from sequencer.site import Site
from teiden.cli import main
from teiden.rules.finding import Finding, Severity
from teiden.rules.registry import all_rules, called, rules_for
from teiden.weak_secrets import KNOWN, USERS, weakness

REFERENCE = Path(__file__).parents[2] / "scenarios/sites/reference.yaml"
ERROR, WARNING, NOTE = Severity
HOST_KEY = "ssh-ed25519 AAAA"


def card(**settings: object) -> SnmpContact:
    return replace(SnmpContact("192.0.2.15", user="power", secret="cred:snmp"), **settings)  # type: ignore[arg-type]


def bmc(**settings: object) -> RedfishContact:
    good = RedfishContact("https://192.0.2.151", user="power", secret="cred:bmc", ca="/etc/ca.pem")
    return replace(good, **settings)  # type: ignore[arg-type]


def told(name: str, **settings: object) -> SshContact:
    return replace(SshContact("192.0.2.51", key=f"/keys/{name}", host_key=HOST_KEY), **settings)  # type: ignore[arg-type]


def good(site: Site) -> Contacts:
    """Nothing is missing and nothing is open."""
    return Contacts(
        upses={name: card() for name in site.upses},
        servers={name: ServerContact(bmc(), told(name)) for name in site.servers},
        arrays={name: ArrayContact("192.0.2.32") for name in site.arrays},
        peers={name: PeerContact(f"192.0.2.{n}") for n, name in enumerate(site.cluster.nodes, 21)},
        identity=PeerIdentity("/ca.pem", "/{node}.pem", "/{node}.key"),
    )


def with_ups(contact: UpsContact) -> dict[str, object]:
    return {"upses": {"ups5": contact}}


def with_server(name: str, contact: ServerContact) -> dict[str, object]:
    return {"servers": {name: contact}}


def program(*words: str) -> ServerContact:
    return ServerContact(bmc(), told("rack1"), command=CommandContact({"state": words}))


def on_array(*mounts: str, **paths: str) -> dict[str, object]:
    """What the linked disk holds on a node, and where the service keeps its things."""
    return {"mounts": {"linkeddisk": mounts}, "live": replace(Live(), **paths)}


CASES: list[tuple[str, dict[str, object], list[Severity]]] = [
    ("SEC-1", with_ups(card(version="2c")), [ERROR]),
    ("SEC-1", with_ups(card(version="1", allow_insecure=True)), [WARNING]),
    ("SEC-1", with_ups(card(secret="")), [ERROR]),
    ("SEC-1", with_ups(card(user="", allow_insecure=True)), [WARNING]),
    ("SEC-1", with_ups(card(allow_insecure=True)), []),
    ("SEC-1", with_ups(NutContact("192.0.2.40", "rackups")), []),
    ("SEC-3", with_ups(card(version="2c", user="public", secret="")), [WARNING]),
    ("SEC-3", with_ups(card(version="2c", user="Private", secret="", allow_insecure=True)), [ERROR]),
    ("SEC-3", with_ups(card(version="2c", user="short", secret="")), [WARNING]),
    ("SEC-3", with_ups(card(version="2c", user="long-enough-x", secret="", allow_insecure=True)), [ERROR]),
    ("SEC-3", with_ups(card(version="2c", user="long-enough-x", secret="")), []),
    ("SEC-3", with_ups(card(version="2c", user="", allow_insecure=True)), []),
    ("SEC-3", with_ups(card(user="APC")), [WARNING]),
    ("SEC-3", with_ups(NutContact("192.0.2.40", "rackups", user="upsmon")), [WARNING]),
    ("SEC-3", with_server("rack1", ServerContact(bmc(user="ADMIN"), told("rack1"))), [WARNING]),
    ("SEC-3", {"cluster": ClusterContact(rest_user="admin")}, [WARNING]),
    ("SEC-3", {"cluster": ClusterContact({"stop": ("ac_pvm.exe", "-p", "ac_user", "ac_passwd")})}, [ERROR]),
    ("SEC-3", with_server("rack1", program("ask", "calvin")), [ERROR]),
    ("SEC-3", with_server("rack1", program("ask", "default", "admin")), []),
    ("SEC-14", with_server("rack1", program("ask", "--password", "x")), [WARNING]),
    ("SEC-14", with_server("rack1", program("ask", "password=x")), [WARNING]),
    ("SEC-14", with_server("rack1", program("ssh", "-p", "22", "--password-file", "/run/x")), []),
    ("SEC-14", with_ups(card(secret="env:SNMP")), [NOTE]),
    ("SEC-14", with_ups(card(secret="file:/run/snmp")), []),
    ("SEC-14", {"arrays": {"linkeddisk": ArrayContact("192.0.2.32", secret="env:A")}}, [NOTE]),
    ("SEC-14", {"alarms": AlarmContact(mail_secret="env:MAIL")}, [NOTE]),
    ("SEC-7", with_server("rack1", ServerContact(ssh=told("rack1", key=""))), [ERROR]),
    ("SEC-7", with_server("rack1", ServerContact(ssh=told("rack1", host_key=""))), [ERROR]),
    ("SEC-7", with_server("rack1", ServerContact(ssh=told("rack2"))), [NOTE]),
    (
        "SEC-7",
        with_server(
            "rack1", ServerContact(None, told("", key=""), None, CommandContact({"shutdown": ("x",)}))
        ),
        [],
    ),
    ("SEC-8", with_server("rack1", ServerContact(bmc(url="http://192.0.2.151"))), [ERROR]),
    ("SEC-8", with_server("rack1", ServerContact(bmc(ca=""))), [ERROR]),
    ("SEC-8", {"cluster": ClusterContact(rest_url="http://192.0.2.20:29009")}, [WARNING]),
    ("SEC-8", {"cluster": ClusterContact(rest_url="http://127.0.0.1:29009")}, []),
    ("SEC-8", {"cluster": ClusterContact(rest_url="http://[::1]:29009")}, []),
    ("SEC-8", {"alarms": AlarmContact("http://alarms.example.net")}, [WARNING]),
    ("SEC-8", {"alarms": AlarmContact(mail_server="mail.example.net", mail_security="none")}, [WARNING]),
    ("SEC-8", {"alarms": AlarmContact(mail_server="localhost:25", mail_security="none")}, []),
    ("LIVE-1", with_server("rack1", ServerContact(ssh=told("rack1"))), [WARNING]),
    ("LIVE-1", with_server("control2", ServerContact()), [WARNING]),
    ("LIVE-1", with_server("rackpool", ServerContact()), []),
    ("LIVE-1", with_server("rack1", ServerContact(command=CommandContact({"state": ("ask",)}))), []),
    ("LIVE-1", with_server("rack1", ServerContact(command=CommandContact({"force": ("kill",)}))), [WARNING]),
    ("LIVE-2", on_array("/srv/data", journal="/srv/data/teiden/journal.db"), [ERROR]),
    ("LIVE-2", on_array("/srv/data/", journal="/srv/./data/../data/journal.db"), [ERROR]),
    ("LIVE-2", on_array("/srv/data", journal="/srv/database/journal.db"), []),
    ("LIVE-2", on_array("/srv/data", "/var/lib"), [ERROR]),
    ("LIVE-2", on_array("/", "/srv/data"), [ERROR]),
    ("LIVE-2", on_array("/dev/mapper/data"), []),
    ("LIVE-2", on_array("D:\\Data", journal="d:/data/journal.db"), [ERROR]),
    ("LIVE-2", on_array("D:\\", journal="C:\\teiden\\journal.db"), []),
    ("LIVE-2", on_array("/srv/data", stop_file="/srv/data/stop"), [ERROR]),
    ("LIVE-2", on_array("/srv/data", "/keys"), [ERROR]),
    ("LIVE-2", on_array("/etc/ca.pem"), [ERROR]),
    ("LIVE-2", on_array("/control1.key", "/{node}.key"), [ERROR]),
    ("LIVE-2", on_array(), []),
    ("LIVE-2", with_ups(card(secret="file:/srv/snmp")) | on_array("/srv"), [ERROR]),
    ("LIVE-2", with_ups(card(secret="cred:srv")) | on_array("/srv"), []),
    ("LIVE-2", {"alarms": AlarmContact(ca="/srv/ca.pem")} | on_array("/srv"), [ERROR]),
    ("LIVE-2", {"mounts": {"controldisk": ("/var",), "linkeddisk": ("/var/lib",)}}, [ERROR, ERROR]),
    ("LIVE-3", {"identity": PeerIdentity()}, [ERROR]),
    ("LIVE-3", {"peers": {"control1": PeerContact("192.0.2.21")}}, [ERROR]),
    ("LIVE-3", {"peers": {f"control{n}": PeerContact("192.0.2.21") for n in (1, 2)}}, [ERROR]),
    ("LIVE-3", {"peers": {f"control{n}": PeerContact("192.0.2.21", 7400 + n) for n in (1, 2)}}, []),
    ("LIVE-4", with_server("rack1", ServerContact(bmc())), [ERROR]),
    ("LIVE-4", with_server("rack1", ServerContact(command=CommandContact({"shutdown": ("x",)}))), []),
    ("LIVE-4", with_server("control1", ServerContact()), []),
]


def found(id: str, site: Site, contacts: Contacts) -> list[Finding]:
    return [f for rule in called(id) for f in rule.check(site, None, contacts)]


def built(site: Site, changes: dict[str, object]) -> Contacts:
    """Good contacts with others in the place of some: a mapping only changes what it names."""
    contacts = good(site)
    whole = {
        key: getattr(contacts, key) | value if isinstance(value, dict) and key != "peers" else value
        for key, value in changes.items()
    }
    return replace(contacts, **whole)  # type: ignore[arg-type]


@pytest.mark.parametrize(("id", "changes", "severities"), CASES)
def test_a_rule_of_live_mode_is_broken_and_kept(id, changes, severities, reference) -> None:
    findings = found(id, reference, built(reference, changes))
    assert [f.severity for f in findings] == severities, [f.message for f in findings]


@pytest.mark.parametrize("rule", [rule for rule in all_rules() if rule.live], ids=lambda rule: rule.id)
def test_a_site_that_is_reached_well_breaks_none_of_them(rule, reference) -> None:
    assert rule.check(reference, None, good(reference)) == []
    assert rule.check(reference) == []


def test_every_rule_of_live_mode_is_broken_here() -> None:
    broken = {id for id, _, severities in CASES if severities}
    assert {rule.id for rule in all_rules() if rule.live} == broken
    assert not [rule for rule in rules_for(live=False) if rule.live]


def test_what_is_broken_alike_is_told_once(reference) -> None:
    contacts = replace(good(reference), upses={name: card(version="2c") for name in reference.upses})
    (finding,) = found("SEC-1", reference, contacts)
    assert finding.message.startswith("ups1 .. ups6: SNMP version 2c is only read")
    assert finding.path == ("upses", "ups1", "snmp", "version")


def test_the_pass_phrase_that_ssc_1_3_demands_is_only_warned_of(reference) -> None:
    cluster = ClusterContact({"state": ("ac_pvm.exe", "-p", "ac_user", "ac_passwd")})
    contacts = replace(good(reference), cluster=cluster)
    old = replace(reference, ssc="1.3", product="ver1.02")
    (finding,) = found("SEC-3", old, contacts)
    assert finding.severity is WARNING
    assert "keep that console off" in finding.remedies[0].remark


def test_what_lies_on_an_array_is_told_where_it_is_said_or_else_at_the_array(reference) -> None:
    said = on_array("/srv", journal="/srv/journal.db", events="/srv/events")
    (finding,) = found("LIVE-2", reference, built(reference, said))
    assert finding.message == "/srv/journal.db and 1 more lie on linkeddisk, which is switched off (/srv)"
    assert finding.path == ("live", "journal")
    (finding,) = found("LIVE-2", reference, built(reference, on_array("/run")))
    assert finding.message.startswith("/run/teiden/requests.sock and 1 more lie on linkeddisk")
    assert finding.path == ("arrays", "linkeddisk", "mounts")


def test_a_place_on_an_array_is_an_error_of_check_at_its_line(tmp_path: Path) -> None:
    text = REFERENCE.read_text(encoding="utf-8")
    for array, mount in (("32", "/srv/data"), ("31", "/srv/cluster")):
        text = text.replace(
            f"address: 192.0.2.{array}\n", f"address: 192.0.2.{array}\n    mounts: [{mount}]\n"
        )
    site = tmp_path / "site.yaml"
    site.write_text(f"{text}\nlive:\n  journal: /srv/cluster/journal.db\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(site)])
    assert done.exit_code == 1
    (line,) = [line for line in done.output.splitlines() if "LIVE-2" in line and "error" in line]
    assert line.startswith(
        f"{site}:{len(text.splitlines()) + 3}:12: error LIVE-2: /srv/cluster/journal.db lies"
    )
    assert "on controldisk" in line


def test_one_control_node_alone_needs_no_link(reference) -> None:
    alone = replace(reference, cluster=replace(reference.cluster, nodes=("control1",)))
    assert found("LIVE-3", alone, Contacts()) == []


def test_a_server_told_by_its_controller_needs_one(reference, setting) -> None:
    site = setting(reference, rack1__shutdown_by="redfish")
    contacts = built(reference, with_server("rack1", ServerContact(ssh=told("rack1"))))
    assert [f.severity for f in found("LIVE-4", site, contacts)] == [ERROR]
    assert found("LIVE-4", site, built(reference, with_server("rack1", ServerContact(bmc())))) == []


def test_a_ups_behind_a_nut_server_needs_no_card_and_its_server_an_address(reference, setting) -> None:
    site = setting(reference, ups5__card="")
    (own_card,) = [rule for rule in all_rules() if rule.title == "every UPS has a card of its own"]
    assert len(own_card.check(site)) == 1
    behind = Contacts(upses={"ups5": NutContact("192.0.2.40", "rackups")})
    assert own_card.check(site, None, behind) == []
    assert found("N4", site, behind) == []
    named = Contacts(upses={"ups5": NutContact("nut.example.net", "rackups")})
    assert [f.path for f in found("N4", site, named)] == [("upses", "ups5", "nut", "host")]


def test_an_array_with_a_program_of_its_own_needs_no_address(reference, setting) -> None:
    site = setting(reference, linkeddisk__address="")
    (own_address,) = [rule for rule in all_rules() if rule.title == "every array has an address of its own"]
    assert len(own_address.check(site)) == 1
    asked = Contacts(arrays={"linkeddisk": ArrayContact(command=CommandContact({"flush": ("x",)}))})
    assert own_address.check(site, None, asked) == []


@pytest.mark.parametrize(
    "secret", ["public", "PRIVATE", "apc", "APC SCG auth phrase", "ac_passwd", "x" * 11, ""]
)
def test_a_weak_secret_is_known_and_not_repeated(secret: str) -> None:
    assert weakness(secret)
    assert secret == "" or secret not in weakness(secret)


def test_a_strong_secret_is_left_alone() -> None:
    assert weakness("x" * 12) == ""
    assert all(word == word.lower() for word in KNOWN | USERS)


def test_check_tells_them_when_asked_and_when_the_file_is_live(tmp_path: Path) -> None:
    live = tmp_path / "live.yaml"
    live.write_text(
        REFERENCE.read_text(encoding="utf-8") + "\nlive: {stop_file: /etc/stop}\n", encoding="utf-8"
    )

    def check(*arguments: str) -> tuple[int, str]:
        done = CliRunner().invoke(main, ["check", *arguments])
        return done.exit_code, done.output

    assert check(str(REFERENCE))[0] == 0
    for arguments, where in (([str(REFERENCE), "--live"], REFERENCE), ([str(live)], live)):
        code, output = check(*arguments)
        assert code == 1
        assert f"{where}:48:89: error SEC-7: no key is stated for blade1, blade2, rack1, rack2" in output
        assert f"in {len(all_rules())} rules" in output
