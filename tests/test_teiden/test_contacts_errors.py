"""What is wrong with the ways to devices in a site file, each at its place; a pass phrase is never shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from teiden.cli import main
from teiden.files.document import Document
from teiden.files.site_file import SiteText, site_from_text
from teiden.files.source import InputError, Problem
from teiden.files.text import FileText

REFERENCE = Path(__file__).parents[2] / "scenarios/sites/reference.yaml"
TEXT = REFERENCE.read_text(encoding="utf-8")
PHRASE = "hunter2-hunter2"
READ = SiteText(FileText(TEXT, "of the reference site"), "site.yaml")
BLADE1 = "servers.blade1"


def problems(key: str, value: object) -> list[Problem]:
    with pytest.raises(InputError) as refused:
        READ.with_changes(Document.of({"with": {key: value}}, "changes"))
    return refused.value.problems


@pytest.mark.parametrize(
    ("key", "value", "message", "hint"),
    [
        (
            "ups_defaults.snmp.auth",
            "md5",
            "ups_defaults.snmp.auth: `md5` is not allowed",
            "one of: sha1, sha256",
        ),
        ("ups_defaults.snmp.privacy", "des", "`des` is not allowed", "aes128, aes256"),
        ("ups_defaults.snmp.port", 0, "greater than or equal to 1", "0"),
        ("ups_defaults.snmp.outlet_group", "one", "takes a whole number", "e.g. 3"),
        ("ups_defaults.snmp", {"version": "2c", "auth": "sha1"}, "SNMP version 2c has no auth", "version: 3"),
        ("upses.ups5.nut", {"host": "192.0.2.40"}, "upses.ups5.nut needs the key `ups`", "upsd"),
        (f"{BLADE1}.shutdown.by", "telnet", "`telnet` is not allowed", "ssh, redfish, command, cluster"),
        (f"{BLADE1}.shutdown.by", "redfish", "blade1 is shut down by redfish and has no bmc", "give bmc"),
        (
            f"{BLADE1}.shutdown.by",
            "command",
            "blade1 is shut down by command and has no such",
            "give command",
        ),
        (f"{BLADE1}.shutdown.host_key", "AAAA", "`AAAA` is not a host key", "ssh-keyscan"),
        (f"{BLADE1}.shutdown.key", "keys/id", "`keys/id` is not a whole path", "from the root"),
        (f"{BLADE1}.shutdown.system", "vms", "`vms` is not allowed", "linux, windows"),
        (f"{BLADE1}.shutdown.host", "{nam}.example", "`{nam}.example` is not a host name", "e.g. 192.0.2.51"),
        (f"{BLADE1}.bmc", {"user": "power"}, "the bmc of blade1 has no url", "https://"),
        (f"{BLADE1}.bmc", {"url": "192.0.2.151"}, "`192.0.2.151` is not a URL", "https://192.0.2.151"),
        (f"{BLADE1}.bmc.system", "a/b", "`a/b` is not the id of a system", "Systems"),
        ("servers.rackpool.wake", {"port": 7}, "rackpool is to be woken and has no mac", "give mac"),
        (f"{BLADE1}.command", {"state": "/bin/state"}, "command.state takes a list", "e.g. ["),
        (f"{BLADE1}.command", {"state": []}, "command.state is empty", "at least one"),
        (f"{BLADE1}.command", {"status": ["x"]}, "unknown key `status`", "allowed here: state"),
        ("arrays.controldisk.command", {"flush": ["x"]}, "controldisk is a control array", "delete flush"),
        ("arrays.linkeddisk.mounts", ["data"], "`data` is not a whole path", "from the root"),
        ("arrays.linkeddisk.mounts", "/srv/data", "arrays.linkeddisk.mounts takes a list", "e.g. ["),
        (
            "cluster.manager",
            {"group": ["a"]},
            "cluster.manager.group: one value is expected",
            "the value itself",
        ),
        ("cluster.manager", {"rest": {"user": "x"}}, "cluster.manager.rest needs the key `url`", "29009"),
        (
            "live.peers",
            {"control3": "192.0.2.23"},
            "`control3` is not a node of the cluster",
            "control1, control2",
        ),
        ("live.peers", {"control1": "192.0.2.21:99999"}, "has no such port", "65535"),
        ("live.peers", {"control1": "192.0.2.999"}, "is not an IP address", "192.0.2.11"),
        ("live.identity", {"ca": "/ca", "key": "/key"}, "needs the key `certificate`", "This node's"),
        ("live.journal", "journal.db", "`journal.db` is not a whole path", "no folder of its own"),
        ("live.alarms", {"mail": {"to": []}}, "live.alarms.mail.to is empty", "at least one"),
        ("live.alarms", {"ca": "ca.pem", "webhook": "https://a.example"}, "`ca.pem` is not a whole path", ""),
        ("live.alarms", {"ca": "/etc/ca.pem"}, "neither a webhook nor a mail server", "or delete ca"),
        ("live.power", {"force": "off"}, "live.power.force takes a list", "e.g. ["),
        ("live.traps", {"address": "all"}, "`all` is not an IP address", "192.0.2.11"),
        ("live.jurnal", "/x", "unknown key `jurnal` in live", "did you mean `journal`?"),
    ],
)
def test_a_wrong_way_is_told_with_what_is_right(key: str, value: object, message: str, hint: str) -> None:
    found = problems(key, value)
    assert any(message in p.message and hint in p.allowed for p in found), [
        (p.message, p.allowed) for p in found
    ]


def test_a_mail_server_is_not_told_half_of_who_logs_in() -> None:
    mail = {"to": ["a@example.net"], "from": "t@example.net", "server": "mail.example.net", "user": "t"}
    (problem,) = problems("live.alarms", {"mail": mail})
    assert problem.message == "the mail server is told a user and no password"


def test_a_ups_has_one_way_only() -> None:
    nut = "snmp: {port: 1161}, nut: {host: 192.0.2.40, ups: rackups}"
    with pytest.raises(InputError) as refused:
        site_from_text(TEXT.replace("{number: 5,", f"{{number: 5, {nut},"))
    (problem,) = refused.value.problems
    assert (str(problem.place), problem.message) == ("site.yaml:24:41", "ups5 has snmp and nut")


def test_two_servers_do_not_share_a_controller() -> None:
    bmc = "bmc: {url: https://192.0.2.151}"
    text = TEXT.replace("mac:", f"{bmc}, mac:", 1).replace("arrays: [linkeddisk], mac:", f"{bmc}, mac:", 1)
    with pytest.raises(InputError, match="has the management controller of blade1"):
        site_from_text(text)
    apart = text.replace("192.0.2.151}", "192.0.2.151, system: 2}", 1)
    assert site_from_text(apart).contacts.servers["blade1"].bmc is not None


def shown(old: str, new: str) -> str:
    assert old in TEXT
    with pytest.raises(InputError) as refused:
        site_from_text(TEXT.replace(old, new, 1))
    return str(refused.value)


SECRET = "secret: env:TEIDEN_SNMP"


@pytest.mark.parametrize(
    "written",
    [
        f"secret: {PHRASE}",
        f'secret: "{PHRASE}"',
        f"secret: [{PHRASE}]",
        f"secret: {{phrase: {PHRASE}}}",
        f"privacy_secret: {PHRASE}",
        f"password: {PHRASE}",
        f"auth_password: {PHRASE}",
        f"secret: {PHRASE}, mib: apcc",
    ],
)
def test_a_pass_phrase_in_the_file_is_refused_and_never_shown(written: str) -> None:
    told = shown(SECRET, written)
    assert PHRASE not in told
    assert "*" * len(PHRASE) in told
    assert "site.yaml:17:" in told


def test_a_number_is_no_secret_either_and_is_not_shown() -> None:
    assert "31415926" not in shown(SECRET, "secret: 31415926")


@pytest.mark.parametrize(
    "written", [f'secret: "a" {PHRASE}', f"secret: @{PHRASE}", f"password : '{PHRASE}' x"]
)
def test_a_pass_phrase_is_not_shown_of_a_file_that_is_no_yaml_either(written: str) -> None:
    told = shown(SECRET, written)
    assert PHRASE not in told
    assert "*" * len(PHRASE) in told


def test_where_a_secret_stands_is_shown_when_something_else_is_wrong() -> None:
    assert SECRET in shown("mib: apc", "mib: apcc")


def test_a_pass_phrase_in_a_url_is_refused_and_never_shown() -> None:
    told = shown("servers:\n", f"servers:\n  x: {{bmc: {{url: https://root:{PHRASE}@192.0.2.151}}}}\n")
    assert PHRASE not in told
    assert "servers.x.bmc.url: a user or a pass phrase does not stand in an address" in told


def test_check_tells_it_all_at_once_in_japanese_too(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    text = TEXT.replace(SECRET, f"secret: {PHRASE}, auth: md5")
    site.write_text(text.replace("by: ssh, host: 192.0.2.51", "by: redfish, key: id"), encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(site), "--lang", "ja"])
    assert done.exit_code == 2
    assert PHRASE not in done.output
    for place in (":17:", ":48:"):
        assert place in done.output
    assert "blade1 は by: redfish ですが bmc がありません" in done.output
    assert "`id` は絶対パスではありません" in done.output
