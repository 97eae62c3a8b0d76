"""`teiden import`: what NUT's files say becomes a draft, the rest is marked, no secret goes along."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from teiden.cli import main
from teiden.files import yaml_marks
from teiden.files.source import InputError
from teiden.importing import reading, writing
from teiden.importing.draft import Draft, name_like
from teiden.language.say import speaking

FOLDER = Path(__file__).parents[1] / "fixtures" / "import"
ALL = ("ups.conf", "upsd.users", "upsmon.conf", "upssched.conf")


def teiden(*args: object) -> Result:
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def of_fixtures(*names: str) -> Draft:
    files = [reading.given(f"web1={FOLDER / n}" if n == "upsmon.conf" else str(FOLDER / n)) for n in names]
    return reading.draft_of(files)


def of_text(folder: Path, **files: str) -> Draft:
    """`ups_conf="..."`: the draft of these files."""
    for name, text in files.items():
        (folder / name.replace("_", ".")).write_text(text, encoding="utf-8")
    return reading.draft_of(reading.Given(str(folder / name.replace("_", "."))) for name in files)


def wrong(folder: Path, **files: str) -> list[str]:
    with pytest.raises(InputError) as error:
        of_text(folder, **files)
    return [
        f"{Path(p.place.file).name}:{p.place.line}:{p.place.col} {p.message}" for p in error.value.problems
    ]


def open_keys(draft: Draft, name: str) -> list[str]:
    return sorted(todo.key for todo in draft.open() if todo.name == name)


def test_a_card_keeps_its_address_its_tables_and_its_version() -> None:
    values = of_fixtures(*ALL).devices["upses"]["rack-left"].values
    assert {
        key: values[key] for key in ("card", "snmp.mib", "snmp.version", "snmp.auth", "snmp.privacy")
    } == {
        "card": "192.0.2.11",
        "snmp.mib": "apc",
        "snmp.version": 3,
        "snmp.auth": "sha1",
        "snmp.privacy": "aes128",
    }
    assert values["label"] == "Rack left"


def test_a_card_that_names_no_version_speaks_1_on_its_own_port() -> None:
    draft = of_fixtures(*ALL)
    values = draft.devices["upses"]["rack-right"].values
    assert (values["card"], values["snmp.port"], values["snmp.version"]) == ("192.0.2.12", 1161, 1)
    assert values["low_battery_runtime"] == "120s"
    assert {"snmp.mib", "snmp.secret", "snmp.allow_insecure"} <= set(open_keys(draft, "rack-right"))


def test_a_ups_on_a_cable_is_reached_through_upsd() -> None:
    values = of_fixtures(*ALL).devices["upses"]["office"].values
    assert values == {
        "number": 3,
        "nut.host": "nas.example.net",
        "nut.ups": "office",
        "nut.user": "admin",
        "nut.secret": "file:/etc/teiden/secrets/office-upsd",
    }


def test_a_server_hangs_on_the_upses_that_it_monitors_with_a_power_value() -> None:
    values = of_fixtures(*ALL).devices["servers"]["web1"].values
    assert values["upses"] == ["rack-left", "rack-right"]
    assert values["minimum_supplies"] == 2


def test_what_no_file_of_nut_knows_is_to_do() -> None:
    draft = of_fixtures(*ALL)
    assert {"confirm", "runtime", "feed", "number"} <= set(open_keys(draft, "office"))
    assert {"role", "arrays", "shutdown.by", "shutdown.limit", "POWERDOWNFLAG"} <= set(
        open_keys(draft, "web1")
    )
    (hint,) = [todo.find for todo in draft.open() if (todo.name, todo.key) == ("rack-left", "confirm")]
    assert "30 s" in hint


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_no_secret_stands_in_the_draft_nor_on_the_terminal(tmp_path: Path, lang: str) -> None:
    typo = tmp_path / "ups.conf"
    text = (FOLDER / "ups.conf").read_text(encoding="utf-8").replace("community =", "comunity =")
    typo.write_text(text, encoding="utf-8")
    others = [FOLDER / name for name in ALL[1:]]
    for first in (FOLDER / "ups.conf", typo):
        result = teiden("import", "--lang", lang, first, *others)
        assert result.exit_code == 0
        assert "rack-left" in result.stdout
        assert not re.search("example-(auth|priv|admin|upsmon|community)", result.output)


def test_no_secret_stands_in_an_error(tmp_path: Path) -> None:
    (tmp_path / "ups.conf").write_text('[a]\ndriver = snmp-ups\ncommunity = "hunter2\n', encoding="utf-8")
    (tmp_path / "upsmon.conf").write_text("MONITOR a@b much upsmon hunter2 primary\n", encoding="utf-8")
    result = teiden("import", tmp_path / "ups.conf", tmp_path / "upsmon.conf")
    assert result.exit_code == 2
    assert "ups.conf:3:13: error: this quotation mark" in result.stderr
    assert "upsmon.conf:1:13: error: MONITOR takes a power value" in result.stderr
    assert "hunter2" not in result.output


def test_what_is_not_understood_is_listed_with_its_place() -> None:
    result = teiden("import", FOLDER / "ups.conf")
    assert "ups.conf:26:5: warning: the setting colour is not understood" in result.stderr
    assert "beige" not in result.output


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    assert wrong(
        tmp_path,
        ups_conf="[a]\nport = 1\n[b]\ndriver = snmp-ups\nport = ?\nsnmp_version = v4\n[b]\ndriver = x\n",
        upsmon_conf="MONITOR\nMONITOR a@h:99999 1 u p primary\nMINSUPPLIES\nMONITOR a@h 1 u p primary\n",
        upssched_conf="AT ONBATT a START-TIMER x soon\n",
    ) == [
        "ups.conf:1:1 a names no driver",
        "ups.conf:5:8 snmp-ups takes the address of its card as port",
        "ups.conf:6:16 v4 is no version of SNMP",
        "ups.conf:7:1 [b] stands twice",
        "upsmon.conf:1:1 MONITOR takes the name of a UPS and of its host",
        "upsmon.conf:2:9 MONITOR takes the name of a UPS and of its host",
        "upsmon.conf:3:1 MINSUPPLIES needs a value",
        "upssched.conf:1:27 START-TIMER takes a name and seconds",
    ]


@pytest.mark.parametrize(
    ("powers", "least", "said"),
    [([1, 1], 1, None), ([1, 1], 2, 2), ([2, 2], 3, 2), ([2, 2], 2, None), ([1, 3], 3, "to do")],
)
def test_minsupplies_counts_supplies_and_a_site_file_counts_upses(
    tmp_path: Path, powers: list[int], least: int, said: object
) -> None:
    lines = [f"MONITOR u{n}@nas {power} u p secondary" for n, power in enumerate(powers)]
    draft = of_text(tmp_path, upsmon_conf="\n".join([*lines, f"MINSUPPLIES {least}"]))
    values = draft.devices["servers"]["server1"].values
    to_do = "minimum_supplies" in open_keys(draft, "server1")
    assert ("to do" if to_do else values.get("minimum_supplies")) == said


@pytest.mark.parametrize("least", ["0", "3", "-1", "many", "9" * 40])
def test_minsupplies_that_can_never_be_met_is_refused(tmp_path: Path, least: str) -> None:
    monitors = "MONITOR a@nas 1 u p primary\nMONITOR b@nas 1 u p primary\n"
    (message,) = wrong(tmp_path, upsmon_conf=f"{monitors}MINSUPPLIES {least}\n")
    assert message.startswith("upsmon.conf:3:13 MINSUPPLIES takes a whole number from 1 to 2")


def test_a_ups_that_only_a_monitor_names_is_known_through_its_upsd(tmp_path: Path) -> None:
    draft = of_text(
        tmp_path, upsmon_conf="MONITOR a@nas1 1 u p primary\nMONITOR a@[2001:db8::1]:4000 1 u p primary\n"
    )
    reached = [(d.values.get("nut.host"), d.values.get("nut.port")) for d in draft.devices["upses"].values()]
    assert reached == [("nas1", None), (None, 4000)]  # a site file takes no IPv6 address here
    assert [one.message for one in draft.unread] == ["2001:db8::1 is no name of a host"]


def test_machines_of_one_name_and_reserved_words_get_names_of_their_own(tmp_path: Path) -> None:
    assert name_like("ups", "ups") == "ups_1"
    assert name_like("3rd floor", "ups") == "ups_3rd_floor"
    draft = of_text(
        tmp_path, ups_conf="[ups]\ndriver=snmp-ups\nport=192.0.2.1\n[ups_1]\ndriver=nutdrv_qx\nport=auto\n"
    )
    assert list(draft.devices["upses"]) == ["ups_1", "ups_1_2"]


def test_the_draft_is_yaml_whose_every_gap_is_named_by_check(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    result = teiden("import", *(FOLDER / name for name in ALL), "-o", site)
    assert result.exit_code == 0, result.output
    checked = teiden("check", site)
    assert checked.exit_code == 2
    errors = [line.partition(" error: ")[2] for line in checked.stderr.splitlines() if " error: " in line]
    upses = [
        f"{ups} has no {key}" for ups in ("rack-left", "rack-right", "office") for key in ("confirm", "feed")
    ]
    assert errors == ["the file needs the key `cluster`", *upses, "servers.server1 needs the key `role`"]


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    site = tmp_path / "site.yaml"
    site.write_text("mine", encoding="utf-8")
    result = teiden("import", FOLDER / "ups.conf", "-o", site)
    assert result.exit_code == 2
    assert "is there already" in result.stderr
    assert site.read_text(encoding="utf-8") == "mine"


def test_a_folder_that_is_not_there_is_said_without_a_traceback(tmp_path: Path) -> None:
    result = teiden("import", FOLDER / "ups.conf", "-o", tmp_path / "no" / "site.yaml")
    assert (result.exit_code, "cannot be written" in result.stderr) == (3, True)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "cannot be told"),
        (b"just words\n", "cannot be told"),
        (b"\x00\x01", "binary"),
        (b"\xff\xfe\x00", "encodings"),
        (b"\x81\xff\n", "encodings"),
    ],
)
def test_what_is_no_file_of_anybody_is_refused(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "thing"
    path.write_bytes(content)
    result = teiden("import", path)
    assert (result.exit_code, told in result.stderr) == (2, True), result.output


def test_files_that_are_missing_are_all_named() -> None:
    result = teiden("import", "nut", "no-such-1", "no-such-2")
    assert result.exit_code == 2
    assert "no-such-1: error: no such file" in result.stderr
    assert "no-such-2: error: no such file" in result.stderr


def test_a_comment_cannot_be_ended_by_what_a_file_says(tmp_path: Path) -> None:
    draft = of_text(tmp_path, ups_conf='[a\u0085\u2028x]\ndriver = "b\u2029: evil"\nport = auto\n')
    text = writing.text_of(draft, ["x\ny: 1"])
    (document,) = yaml_marks.parse(text, "draft")
    assert not document.problems
    assert "evil" not in str(document.value)
    assert "y" not in document.value


def test_a_japanese_draft_is_japanese() -> None:
    with speaking("ja"):
        text = writing.text_of(of_fixtures(*ALL), ["ups.conf"])
    assert "TO DO: rack-left, rack-right, office: runtime: 全負荷でのバッテリ運転時間" in text
