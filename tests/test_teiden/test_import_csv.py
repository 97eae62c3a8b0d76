"""`teiden import`: an inventory in any encoding of a spreadsheet, config.apc beside it, and back again."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from teiden.cli import main
from teiden.files import yaml_marks
from teiden.files.site_file import load_site, site_from_text
from teiden.files.source import InputError
from teiden.importing import inventory, reading, writing
from teiden.importing.cells import rows_of
from teiden.importing.columns import COLUMNS
from teiden.importing.draft import Draft
from teiden.importing.text import Text, lines_of
from teiden.language.say import speaking
from tests.examples import few

ROOT = Path(__file__).parents[2]
INVENTORY = ROOT / "tests" / "fixtures" / "import" / "inventory.csv"
APC = ROOT / "tests" / "fixtures" / "config.apc"
VER1 = ROOT / "scenarios" / "sites" / "ver1.yaml"
HEAD = "kind,name,number,address,upses,role,confirm\n"


def teiden(*args: object) -> Result:
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def of_text(text: str) -> Draft:
    draft = Draft()
    inventory.read(Text("i.csv", tuple(lines_of(text))), draft)
    return draft


def wrong(text: str) -> list[str]:
    return [f"{p.place.line}:{p.place.col} {p.message}" for p in of_text(text).problems]


def said(draft: Draft) -> dict[str, object]:
    return {f"{kind} {name}": device.values for kind in draft.devices for name, device in draft.of(kind)}


# Round trip


def test_r6_46_an_inventory_and_the_config_apc_of_a_site_give_that_site_again(tmp_path: Path) -> None:
    apc, site = tmp_path / "config.apc", tmp_path / "site.yaml"
    apc.write_bytes(APC.read_bytes())
    assert teiden("config-apc", "write", VER1, apc).exit_code == 0
    result = teiden("import", apc, INVENTORY, "-o", site)
    assert result.exit_code == 0, result.output

    was, found = load_site(VER1).site, load_site(site).site
    for part in (
        "upses",
        "arrays",
        "servers",
        "switches",
        "linkage",
        "cluster",
        "feeds",
        "product",
        "time_zone",
    ):
        assert getattr(found, part) == getattr(was, part), part
    assert "not understood: 0" in result.stderr


def test_r6_46_config_apc_alone_gives_its_array_its_port_and_its_limit(tmp_path: Path) -> None:
    apc = tmp_path / "config.apc"
    apc.write_bytes(APC.read_bytes())
    assert teiden("config-apc", "write", VER1, apc).exit_code == 0
    draft = reading.draft_of([reading.Given(str(apc))])
    site = load_site(VER1).site
    (array,) = site.linked_arrays
    assert draft.devices["arrays"]["linkeddisk"].values == {"role": "linked", "address": array.address}
    assert draft.top.values == {"linkage.port": site.linkage.port, "linkage.flush_limit": "1200s"}
    assert {("", "product"), ("linkeddisk", "controllers"), ("linkeddisk", "enclosures")} <= {
        (todo.name, todo.key) for todo in draft.open()
    }


def test_a_product_that_does_not_read_config_apc_is_told_of(tmp_path: Path) -> None:
    newer = tmp_path / "i.csv"
    newer.write_text(INVENTORY.read_text(encoding="utf-8").replace("ver1.02", "ver2.1"), encoding="utf-8")
    result = teiden("import", newer, APC)
    assert (result.exit_code, "ver2.1 does not read config.apc" in result.stderr) == (2, True)


def test_what_two_files_say_differently_is_refused_with_both_places(tmp_path: Path) -> None:
    other = tmp_path / "more.csv"
    other.write_text("kind,name,address\nups,ups1,192.0.2.99\n", encoding="utf-8")
    result = teiden("import", INVENTORY, other)
    assert result.exit_code == 2
    assert "more.csv:2:10: error: ups1: card is said twice" in result.stderr
    assert "inventory.csv:4:18 says 192.0.2.11" in result.stderr


def test_a_wrong_config_apc_is_told_beside_a_wrong_inventory(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text("kind,name\nupps,a\n", encoding="utf-8")
    (tmp_path / "config.apc").write_text("[AcStorage]\nStorage=9\n", encoding="utf-8")
    result = teiden("import", tmp_path / "i.csv", tmp_path / "config.apc")
    assert result.exit_code == 2
    assert "i.csv:2:1: error: `upps` is no kind of device" in result.stderr
    assert "config.apc:2:9: error: Storage takes a whole number" in result.stderr


# What spreadsheets write


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_separators_and_ends_of_lines_do_not_matter(
    tmp_path: Path, encoding: str, separator: str, newline: str
) -> None:
    text = INVENTORY.read_text(encoding="utf-8").replace(",", separator).replace("\n", newline)
    path = tmp_path / "i.csv"
    path.write_bytes(text.encode(encoding))
    draft = reading.draft_of([reading.Given(str(path))])
    assert draft.devices["upses"]["ups5"].values["label"] == "Bladeサーバ"
    plain = reading.draft_of([reading.Given(str(INVENTORY))])
    assert said(draft) == said(plain)


def test_japanese_headings_and_full_width_digits_are_read() -> None:
    draft = of_text("種類,名前,番号,アドレス,電源異常確認時間\n電源装置,ｕｐｓ１,１,１９２.0.2.11,９３０ｓ\n")
    assert draft.devices["upses"]["ups1"].values == {"number": 1, "card": "192.0.2.11", "confirm": "930s"}


def test_quotes_hold_separators_quotes_and_ends_of_lines() -> None:
    rows = rows_of(Text("i", ('a,"b, ""c""', 'd",e', "f")))
    assert [[cell.raw for cell in row] for row in rows] == [["a", 'b, "c"\nd', "e"], ["f"]]
    assert [(cell.place.line, cell.place.col) for cell in rows[0]] == [(1, 1), (1, 3), (2, 4)]


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_template_is_an_inventory_that_becomes_a_site(tmp_path: Path, lang: str) -> None:
    printed = teiden("import", "--lang", lang, "csv", "--template")
    (tmp_path / "t.csv").write_text(printed.stdout, encoding="utf-8")
    draft = reading.draft_of([reading.Given(str(tmp_path / "t.csv"))])
    assert not draft.unread
    assert site_from_text(writing.text_of(draft, ["t.csv"])).site.name == "my-site"


def test_no_column_is_called_like_another() -> None:
    headings = [heading.casefold() for column in COLUMNS for heading in (column.name, column.japanese)]
    assert sorted(heading for heading in headings if headings.count(heading) > 1) == []


# What is wrong


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("upps,a", "2:1 `upps` is no kind of device"),
        (",a", "2:1 the row has no kind"),
        ("ups,", "2:1 the row has no name"),
        ("ups,1st", "2:5 `1st` is not a name"),
        ("ups,all", "2:5 `all` is a word of the scenario language"),
        ("ups,a,one", "2:7 `one` is no whole number"),
        ("ups,a,0", "2:7 `0` is no whole number"),
        ("ups,a,1,192.0.2.300", "2:9 `192.0.2.300` is not an IP address"),
        ("ups,a,1,,,,930", "2:12 `930` has no unit"),
        ("ups,a,1,,,,-1s", "2:12 `-1s` is negative"),
        ("server,a,,,,chief", "2:13 `chief` is not allowed here"),
        ("array,a,,,,pool", "2:12 `pool` is not allowed here"),
        ("server,a,,,1st", "2:12 `1st` is not a name"),
        ("server,a,,\nserver,a", "3:8 a stands twice"),
        ("site,a\nsite,b", "3:6 a second site: a stands already"),
        ('ups,"a', "2:5 this quotation mark is never closed"),
    ],
)
def test_a_wrong_cell_is_told_with_its_place(row: str, told: str) -> None:
    try:
        found = wrong(HEAD + row)
    except InputError as error:
        found = [f"{p.place.line}:{p.place.col} {p.message}" for p in error.problems]
    assert found == [told]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", ["1:1 the file has no rows"]),
        ("# kind,name\n", ["1:1 the file has no rows"]),
        ("colour,size\n", ["1:1 there is no column kind", "1:1 there is no column name"]),
        ("kind,name,kind\n", ["1:11 the column kind stands twice"]),
    ],
)
def test_what_is_no_table_is_told(text: str, told: list[str]) -> None:
    assert wrong(text) == told


def test_every_wrong_cell_is_told_at_once() -> None:
    assert wrong(HEAD + "ups,a,x,y z,,,5\nupps,b\nserver,c,,,,chief\n") == [
        "2:7 `x` is no whole number",
        "2:9 `y z` is not a host name or an IP address",
        "2:15 `5` has no unit",
        "3:1 `upps` is no kind of device",
        "4:13 `chief` is not allowed here",
    ]


def test_a_ups_that_is_not_in_the_inventory_is_told(tmp_path: Path) -> None:
    (tmp_path / "i.csv").write_text(HEAD + "ups,ups1\nserver,a,,,ups1 ups7\n", encoding="utf-8")
    result = teiden("import", tmp_path / "i.csv")
    assert result.exit_code == 2
    assert "i.csv:3:12: error: nothing is called ups7 here" in result.stderr
    assert "known: ups1" in result.stderr


def test_columns_and_cells_that_nobody_understands_are_listed() -> None:
    draft = of_text("kind,name,confirn,confirm\nserver,a,1,30s,more\n")
    assert [f"{one.place.line}:{one.place.col} {one.message}" for one in draft.unread] == [
        "1:11 the column `confirn` is not understood",
        "2:16 this cell has no heading",
        "2:12 a server has no confirm",
    ]
    assert "did you mean `confirm`?" in draft.unread[0].allowed


def test_a_password_in_the_column_of_its_place_is_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "i.csv"
    path.write_text("kind,name,number,secret,word\nups,a,x,hunter2,hunter3\n", encoding="utf-8")
    result = teiden("import", path)
    assert result.exit_code == 2
    assert "a secret does not stand in this file" in result.stderr
    assert "hunter" not in result.output


def test_what_is_wrong_is_told_in_japanese() -> None:
    with speaking("ja"):
        assert wrong(HEAD + "upps,a") == ["2:1 `upps` という種類はありません"]


@pytest.mark.parametrize("line", [("import",), ("import", "csv"), ("import", "nut", "--template")])
def test_a_command_without_a_file_says_what_it_takes(line: tuple[str, ...]) -> None:
    result = teiden(*line)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr


# Any file

LETTERS = st.sampled_from(" \t\",;=#[]\\'\n\r\x0c\x85\u2028a1.@:/-電源ＵＰ%{}&*!|>`")
PIECES = st.sampled_from(
    [
        *(
            "[ups1]\n",
            "driver = snmp-ups\n",
            "port = 192.0.2.1\n",
            'desc = "',
            "community = x\n",
            "mibs = ietf\n",
        ),
        *("MONITOR a@b 1 u p primary\n", "MINSUPPLIES 1\n", "AT ONBATT * START-TIMER t 30\n"),
        *("[u]\ninstcmds = ALL\n", "[AcStorage]\n", "Storage=1\n"),
        *("kind,name,upses\n", "ups,ups1,\n", "server,s,ups1\n"),
    ]
)
ANY_TEXT = st.lists(LETTERS | PIECES, max_size=40).map("".join)


def drafted(path: Path, told: str | None = None) -> Draft | None:
    """The draft, or nothing where the file was refused in order."""
    try:
        return reading.draft_of([reading.Given(str(path))], told)
    except InputError as error:
        return None if error.problems and str(error) else Draft()


@few(60)
@given(
    ANY_TEXT | st.text(max_size=60), st.sampled_from([None, "nut", "csv", "config-apc"]), st.integers(0, 5)
)
def test_any_text_gives_a_draft_that_is_yaml_or_is_refused_with_places(
    tmp_path: Path, text: str, told: str | None, name: int
) -> None:
    names = ("ups.conf", "upsd.conf", "upsd.users", "upsmon.conf", "upssched.conf", "thing")
    path = tmp_path / names[name]
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    draft = drafted(path, told)
    if draft is None:
        return
    (document,) = yaml_marks.parse(writing.text_of(draft, [str(path)]), "draft.yaml")
    assert document.problems == []
    assert document.value["schema"] == "teiden/site/1"
    for section, found in draft.devices.items():
        assert list(document.value.get(section, {})) == list(found)


@few(40)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "thing"
    path.write_bytes(content)
    if draft := drafted(path):
        assert yaml_marks.parse(writing.text_of(draft, ["thing"]), "draft.yaml")


@pytest.mark.parametrize("piece", ['"', '"a"', "a,", '""', "[", "\\", "= ", "a@b:", '"\n', "MONITOR "])
def test_a_long_file_takes_no_longer_than_it_is_long(piece: str, tmp_path: Path) -> None:
    """Megabytes of what a parser might stumble over: each is read in one pass."""
    path = tmp_path / "ups.conf"
    path.write_text("kind,name\n" + piece * (100_000 // len(piece)), encoding="utf-8")
    for told in ("nut", "csv"):
        with pytest.raises(InputError):
            reading.draft_of([reading.Given(str(path)), reading.Given("no-such-file")], told)
