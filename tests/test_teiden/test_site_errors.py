"""What is wrong with a site file: every problem at once, each with its place and what to do."""

from pathlib import Path

import pytest

from teiden.files.site_file import load_site, site_from_text
from teiden.files.source import InputError, Problem

REFERENCE = Path(__file__).parents[2] / "scenarios/sites/reference.yaml"
TEXT = REFERENCE.read_text(encoding="utf-8")


def problems(*changes: tuple[str, str], text: str = TEXT) -> list[Problem]:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(InputError) as refused:
        site_from_text(text)
    return refused.value.problems


def told(*changes: tuple[str, str]) -> list[tuple[str, str]]:
    return [(str(p.place), p.message) for p in problems(*changes)]


def only(*changes: tuple[str, str]) -> tuple[str, str, str]:
    (problem,) = problems(*changes)
    return str(problem.place), problem.message, problem.allowed


def test_a_wrong_key_is_told_with_the_right_one() -> None:
    place, message, hint = only(("confirm: 900s", "confrim: 900s"))
    assert (place, message) == ("site.yaml:22:39", "unknown key `confrim` in upses.ups3")
    assert hint.startswith("did you mean `confirm`? allowed here: feed, confirm,")


def test_a_wrong_unit_is_told_with_the_right_one() -> None:
    place, message, hint = only(("confirm: 930s", "confirm: 930sec"))
    assert (place, message) == ("site.yaml:20:48", "upses.ups1.confirm: `930sec`: unknown unit `sec`")
    assert hint.startswith("write 930s;")


def test_a_bare_number_is_no_duration() -> None:
    assert only(("confirm: 930s", "confirm: 930")) == (
        "site.yaml:20:48",
        "upses.ups1.confirm: `930` has no unit",
        "give a unit, e.g. 930s",
    )


def test_the_whole_message_shows_the_line_and_a_caret() -> None:
    (problem,) = problems(("runtime: 25m", "runtime: 25"))
    line = TEXT.splitlines()[22].replace("25m", "25")
    assert str(problem).splitlines() == [
        "site.yaml:23:62: error: upses.ups4.runtime: `25` has no unit",
        f"   23 | {line}",
        "      | " + " " * 61 + "^^",
        "   give a unit, e.g. 25s",
    ]


def test_an_unknown_ups_is_told_with_the_known_ones() -> None:
    assert only(("upses: [ups5], arrays", "upses: [ups9], arrays")) == (
        "site.yaml:48:34",
        "no UPS is named `ups9`",
        "known: ups1, ups2, ups3, ups4, ups5, ups6",
    )


def test_a_name_of_another_kind_is_told_as_such() -> None:
    assert (
        only(("upses: [ups5], arrays", "upses: [control1], arrays"))[1] == "`control1` is a server, not a UPS"
    )


def test_a_duplicate_key_is_told_with_the_line_of_the_first() -> None:
    assert only(("  port: 6001", "  port: 6001\n  port: 6002")) == (
        "site.yaml:29:3",
        "key `port` stands twice",
        "the first stands on line 28; keep one",
    )


def test_cyclic_power_is_drawn() -> None:
    changes = ("{number: 1,", "{number: 1, feed: ups2,"), ("{number: 2,", "{number: 2, feed: ups1,")
    assert only(*changes) == (
        "site.yaml:20:27",
        "cyclic power: ups1 -> ups2 -> ups1",
        "one of them needs a feed: utility",
    )


def test_a_circle_is_told_once_however_one_comes_into_it() -> None:
    changes = (
        ("{number: 1,", "{number: 1, feed: ups3,"),
        ("{number: 2,", "{number: 2, feed: ups3,"),
        ("{number: 3,", "{number: 3, feed: ups2,"),
    )
    assert told(*changes) == [("site.yaml:21:27", "cyclic power: ups2 -> ups3 -> ups2")]


def test_a_ups_does_not_feed_itself() -> None:
    assert only(("{number: 1,", "{number: 1, feed: ups1,"))[1] == "cyclic power: ups1 -> ups1"


def test_a_ups_behind_another_ups_is_not_supported_yet() -> None:
    message = only(("{number: 1,", "{number: 1, feed: ups2,"))[1]
    assert message == "ups1 is fed by ups2; a UPS fed by another UPS is not supported yet"


def test_tab_indentation_is_told() -> None:
    assert only(("  port: 6001", "\tport: 6001")) == (
        "site.yaml:28:1",
        "a tab in the indentation",
        "YAML is indented with spaces only; use two per level",
    )


@pytest.mark.parametrize(
    ("old", "new", "message", "hint"),
    [
        ("upses: [ups5], arrays", "upses: [], arrays", "blade1 is fed by nothing", "ups1, ups2"),
        ("upses: [ups5], arrays", "upses: [ups5, ups5], arrays", "blade1 names `ups5` twice", "once"),
        ("{upses: [ups3]}", "{upses: []}", "controldisk (enclosures) is fed by nothing", "ups1, ups2"),
        (
            "{upses: [ups1, ups2]}",
            "{upses: [ups1], minimum_supplies: 2}",
            "minimum_supplies is 2, but lan1 has 1",
            "most 1",
        ),
        ("number: 2", "number: 1", "ups2 has the number of ups1: 1", "line 20"),
        ("192.0.2.12", "192.0.2.11", "ups2 has the address of ups1: 192.0.2.11", "line 20"),
        ("host: 192.0.2.52", "host: 192.0.2.51", "blade2 has the address of blade1: 192.0.2.51", "line 48"),
        ("05:02", "05:01", "blade2 has the MAC address of blade1: 02:00:5e:00:05:01", "line 48"),
        ("05:02", "05:0", "servers.blade2.mac: `02:00:5e:00:05:0` is not a MAC address", "six pairs"),
        (
            "192.0.2.31",
            "192.0.2.256",
            "arrays.controldisk.address: `192.0.2.256` is not an IP address",
            "192.0.2.11",
        ),
        (
            "Asia/Tokyo",
            "Asia/Tokio",
            "time_zone: `Asia/Tokio` is not a time zone",
            "did you mean `Asia/Tokyo`?",
        ),
        ("[control1, control2]", "[control1, blade1]", "`blade1` is not a control server", "role is linked"),
        ("[control1, control2]", "[control1, control1]", "`control1` is listed twice", "once"),
        ("power: [ups5]", "power: [blade1]", "`blade1` is a server, not a UPS", "known: ups1"),
        ("servers: [rack1, rack2,", "servers: [rack1, blade1,", "blade1 is in two groups", "`Bladeサーバ`"),
        (
            "devices: [ups4]",
            "device: [ups4]",
            "unknown key `device` in groups.SSC.共有ディスク_連動用",
            "`devices`",
        ),
        (
            "product: ver2.1",
            "product: ver3",
            "product: `ver3` is not allowed",
            "one of: ver1.0, ver1.02, ver2.1",
        ),
        (
            "reboot_on_restore: true",
            "reboot_on_restore: off",
            "ups_defaults.reboot_on_restore takes true or false, not `off`",
            "quotes",
        ),
        ("port: 6001", "port: 66001", "linkage.port: input should be less than or equal to 65535", "66001"),
        (
            "secret: env:TEIDEN_SNMP",
            "secret: hunter2",
            "ups_defaults.snmp.secret: a secret does not stand in this file",
            "env:NAME",
        ),
        ("label: 制御端末1", "label: ", "upses.ups1.label has no value", "any script"),
        ("  flush_limit: 300s", "  flush_limit:", "linkage.flush_limit has no value", "930s"),
        (
            "polling: {on_line: 5s, on_battery: 2s}",
            "polling: 5s",
            "polling takes keys with values, not `5s`",
            "indented",
        ),
        ("feeds: [utility]", "feeds: utility", "feeds takes a list, not `utility`", "[ups1, ups2]"),
        ("feeds: [utility]", "feeds: []", "feeds is empty", "at least one"),
        ("  ups1: {", "  停電: {", "`停電` is not a name", "put other scripts into `label`"),
        ("  blade1: {", "  linked: {", "`linked` is a word of the scenario language", "not to be used"),
        ("  lan1: {", "  ups1: {", "the name `ups1` is used twice", "upses has it on line 20"),
        ("on: 22:48", "on: 25:00", "schedules.nightly.on: `25:00` is not a time of day", "22:00"),
        (
            "days: mon-fri",
            "days: weekdays",
            "schedules.nightly.days: `weekdays` is not a set of days",
            "mon-fri",
        ),
        (
            "[2027-01-01]",
            "[2027-02-30]",
            "schedules.nightly.except[1]: `2027-02-30` is not a date",
            "2027-01-01",
        ),
        (
            "controldisk: {start: 180s}",
            "oldisk: {start: 180s}",
            "no array is named `oldisk`",
            "known: controldisk",
        ),
    ],
)
def test_each_slip_has_its_own_words(old: str, new: str, message: str, hint: str) -> None:
    found = problems((old, new))
    (problem,) = [p for p in found if p.message.startswith(message)]
    assert hint in problem.allowed
    assert problem.place.line > 0
    assert problem.place.col > 0


def test_what_a_ups_needs_is_told_at_the_ups() -> None:
    found = problems(("number: 1, ", ""), ("confirm: 930s, ", ""), ("  feed: utility\n", "  #\n"))
    assert [(str(p.place), p.message) for p in found][:3] == [
        ("site.yaml:20:3", "ups1 has no confirm"),
        ("site.yaml:20:3", "ups1 has no feed"),
        ("site.yaml:20:3", "upses.ups1 needs the key `number`"),
    ]
    assert "known feeds: utility" in found[1].allowed


def test_one_default_that_is_too_high_is_one_problem() -> None:
    place, message, _ = only(("minimum_supplies: 1", "minimum_supplies: 2"))
    assert place == "site.yaml:44:37"
    assert message.startswith("minimum_supplies is 2, but control1, control2, blade1")


def test_all_problems_come_at_once_and_in_file_order() -> None:
    found = told(
        ("time_zone: Asia/Tokyo", "time_zone: Mars"),
        ("confirm: 930s", "confirm: 930"),
        ("confirm: 900s", "confrim: 900s"),
        ("  port: 6001", "  port: 6001\n  port: 6001"),
        ("upses: [ups5], arrays", "upses: [ups9], arrays"),
        ("nodes: [control1, control2]", "nodes: [control1, rack1]"),
    )
    assert [place for place, _ in found] == [
        "site.yaml:5:12",
        "site.yaml:20:48",
        "site.yaml:22:39",
        "site.yaml:29:3",
        "site.yaml:49:34",
        "site.yaml:58:21",
    ]


def test_a_linked_server_without_an_array_is_fine() -> None:
    site = site_from_text(TEXT.replace("upses: [ups5], arrays: [linkeddisk],", "upses: [ups5],")).site
    assert site.servers["blade1"].arrays == ()


def test_a_file_of_another_kind_is_told_as_such() -> None:
    (problem,) = problems(("teiden/site/1", "teiden/story/1"))
    assert problem.message == "this is a story file, not a site file"
    (problem,) = problems(("schema: teiden/site/1\n", ""))
    assert problem.allowed == "the file begins with schema: teiden/site/1"
    (problem,) = problems(("teiden/site/1", "teiden/site/9"))
    assert problem.allowed == "this version reads schema: teiden/site/1"
    (problem,) = problems(text="- a\n- b\n")
    assert problem.message == "the file holds no keys with values"


def test_a_second_document_in_a_site_file_is_told() -> None:
    assert [p.message for p in problems(text=TEXT + "---\na: 1\n")] == ["a second document begins here"]


def test_a_missing_site_is_told_without_a_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        load_site(tmp_path / "site.yaml")
    assert str(refused.value).startswith(f"{tmp_path}/site.yaml: error: no such file")
