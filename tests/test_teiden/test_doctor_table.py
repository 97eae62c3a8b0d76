"""What doctor shows: each check's reason, a table of eighty columns in both languages, JSON, exit codes."""

from __future__ import annotations

import asyncio
import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from realtime.contacts import ArrayContact, Contacts
from teiden.cli import main
from teiden.doctor import show
from teiden.doctor.amounts import few, seconds
from teiden.doctor.examine import Examined, examine
from teiden.doctor.finding import Level, Row
from teiden.doctor.opening import opened
from teiden.doctor.registry import THEMES, all_checks
from teiden.doctor.steps import STEPS
from teiden.language.say import japanese, speaking
from teiden.plan.columns import width
from tests.doctored import FAIL, ME, OK, REFERENCE, WARN, reference
from tests.test_realtime.hostile import array_service

LONG = "a message of a card that goes on and on, " * 5
ROWS = (
    Row("site.check", "its rules", "site", "reference", OK, "every rule of live mode holds", ""),
    Row("node.time", "time", "node", "control1", WARN, LONG, "see by hand that its clock is kept"),
    Row("ups.settings", "settings", "ups", "ups1", FAIL, "shutdown delay: 20 s", LONG),
    Row("server.state", "state", "server", "control1", OK, "this node", ""),
)


def test_every_check_has_an_id_a_short_title_and_a_reason() -> None:
    checks = all_checks()
    assert len({check.id for check in checks}) == len(checks) >= 40
    for check in checks:
        assert check.id.count(".") == 1
        assert 0 < len(check.title) <= 14, check.id
        assert len(check.why) > 40, check.id
        assert check.title in japanese(), check.id


def test_checks_stand_in_the_order_of_their_files() -> None:
    places = [THEMES.index(check.look.__module__.rpartition(".")[2]) for check in all_checks()]
    assert places == sorted(places)


def test_the_page_on_doctor_names_every_check_and_none_that_is_gone() -> None:
    page = (REFERENCE.parents[2] / "docs/howto/doctor.md").read_text(encoding="utf-8")
    kinds = "|".join({check.id.partition(".")[0] for check in all_checks()})
    assert set(re.findall(rf"`((?:{kinds})\.[a-z_]+)`", page)) == {check.id for check in all_checks()}


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_the_table_fits_eighty_columns(lang: str) -> None:
    with speaking(lang):
        lines = [line for _, line in show.table(Examined(ROWS, 4))]
    assert max(map(width, lines)) <= 80
    assert lines[-1] == (
        "1 failed, 1 to look at, 2 well" if lang == "en" else "異常 1 件、要確認 1 件、正常 2 件"
    )


def test_the_table_groups_by_device_and_ends_with_what_failed() -> None:
    lines = [line for _, line in show.table(Examined(ROWS, 4))]
    heads = [line for line in lines if line and not line.startswith(" ")]
    assert heads == [
        *("reference, the site", "control1, this node", "ups1", "control1"),
        "FAIL  ups1: settings",
        "1 failed, 1 to look at, 2 well",
    ]
    assert "  ok    its rules  every rule of live mode holds" in lines
    assert "  FAIL  settings   shutdown delay: 20 s" in lines
    assert any(line.strip().startswith("> see by hand") for line in lines)


def test_of_a_hall_whose_network_is_down_not_everything_is_said_twice() -> None:
    rows = tuple(Row("ups.reached", "answers", "ups", f"ups{n}", FAIL, "silent", "") for n in range(200))
    lines = [line for _, line in show.table(Examined(rows, 200))]
    assert lines[-3:] == ["FAIL  ups19: answers", "and 180 more", "200 failed, 0 to look at, 0 well"]
    assert few([f"ups{n}" for n in range(200)]).endswith("ups7 and 192 more")
    assert few(["ups1", "ups2"]) == "ups1, ups2"


def steps_of(*rows: Row) -> list[str]:
    return [line for _, line in show.by_steps(Examined(rows, len(rows)))]


def test_every_check_belongs_to_one_step_and_the_page_has_them_so() -> None:
    """R3-01."""
    assert sorted(id for step in STEPS for id in step.checks) == sorted(check.id for check in all_checks())
    page = (REFERENCE.parents[2] / "docs/howto/doctor.md").read_text(encoding="utf-8")
    for number, step in enumerate(STEPS, 1):
        checks = ", ".join(f"`{id}`" for id in step.checks)
        assert f"\n| {number} {step.title} | {checks} |\n" in page
        assert step.title in japanese()


def test_the_first_step_that_is_not_done_comes_next() -> None:
    """R3-01: a step that is missing is told, however many behind it are done."""
    lines = steps_of(*ROWS)
    assert lines[0] == " 1  -     hardware: UPSes, cards, outlets, AC-Link"
    assert lines[3] == " 4  warn  this service on every control node"
    assert lines[4].startswith("          control1, this node: time: a message of a card")
    assert " 6  ok    servers and arrays" in lines
    assert " 8  FAIL  settings of the UPSes, AC mode of the cluster" in lines
    assert "          ups1: settings: shutdown delay: 20 s" in lines
    assert lines[-2:] == [
        "next: step 4, this service on every control node",
        "1 failed, 1 to look at, 2 well",
    ]
    assert max(map(width, lines)) <= 80


def test_when_all_is_well_no_step_is_missing() -> None:
    lines = steps_of(*(row for row in ROWS if row.level is OK))
    assert lines[-2:] == ["every step is done", "0 failed, 0 to look at, 2 well"]


def test_of_a_step_that_fails_everywhere_not_everything_is_said() -> None:
    rows = (Row("ups.reached", "answers", "ups", f"ups{n}", FAIL, "silent", "") for n in range(200))
    assert "          and 180 more" in steps_of(*rows)


def test_json_tells_every_row_and_every_reason() -> None:
    told = json.loads(show.as_json(Examined(ROWS, 4), site="reference", site_hash="5f1c", node=ME))
    assert (told["holds"], told["node"], len(told["rows"])) == (False, ME, 4)
    assert told["rows"][2]["level"] == "fail"
    assert told["why"].keys() == {check.id for check in all_checks()}
    assert [step["level"] for step in told["steps"]] == [
        *(None, None, None, "warn", None, "ok", None, "fail", None, "ok")
    ]


def test_only_what_fails_makes_the_exit_code_1() -> None:
    assert Examined(ROWS, 4).exit_code == 1
    assert Examined(tuple(row for row in ROWS if row.level is not Level.FAIL), 4).exit_code == 0


def test_what_is_not_finished_in_time_is_a_row_and_holds_nothing_up() -> None:
    async def run() -> Examined:
        async with array_service() as service:
            service.silent = True
            contacts = Contacts(arrays={"linkeddisk": ArrayContact("127.0.0.1", service.port)})
            async with opened(reference(), contacts, ME, look_limit_s=60) as ctx:
                return await examine(ctx, only=["linkeddisk", "controldisk"], limit_s=0.1)

    rows = asyncio.run(run()).rows
    assert [(row.subject, row.level, row.words) for row in rows] == [
        ("controldisk", FAIL, "the site file does not say how it is reached"),
        ("linkeddisk", FAIL, "not finished within 0.1 s"),
    ]
    assert rows[1].do == "look at this one alone: --only linkeddisk"


def test_how_far_it_is_is_told() -> None:
    told: list[tuple[int, int]] = []

    async def run() -> None:
        async with opened(reference(), Contacts(), ME) as ctx:
            await examine(ctx, only=["ups1"], told=lambda done, all_: told.append((done, all_)))

    asyncio.run(run())
    assert [done for done, _ in told] == list(range(1, len(told) + 1))
    assert told[-1][0] == told[-1][1]


@pytest.mark.parametrize(
    ("amount_s", "words"),
    [
        (0.5, "0.5 s"),
        (930.0, "930 s"),
        (1199.0, "1199 s"),
        (2700.0, "45 min"),
        (86400.0, "24 h"),
        (1e6, "12 days"),
    ],
)
def test_times_are_told_in_a_unit_one_can_read(amount_s: float, words: str) -> None:
    assert seconds(amount_s) == words


# The command


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", str(REFERENCE), "--node", ME, *arguments])


def test_a_device_that_is_not_reached_is_a_row_and_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEIDEN_SNMP", raising=False)
    result = doctor("--only", "ups1")
    assert result.exit_code == 1
    assert "  FAIL  answers  the environment has no TEIDEN_SNMP" in result.stdout
    assert "1 failed, 0 to look at, 0 well" in result.stdout


def test_json_is_english_whatever_the_reader_speaks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEIDEN_SNMP", raising=False)
    result = doctor("--only", "ups1", "--json", "--lang", "ja")
    assert result.exit_code == 1
    (row,) = json.loads(result.stdout)["rows"]
    assert (row["title"], row["do"]) == ("answers", "mend what it says, then look again")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--only", "ups99"), "ups99 is no device of this site; known: reference, ssccluster, ups1"),
        (("--node", "control9"), "control9 is no control node of this site"),
        (("--wiring", str(REFERENCE)), "this is no record of outlet wiring"),
        (("--wiring", "/no/such/file"), "/no/such/file"),
        (("--book", str(REFERENCE)), "is no book of an emulated room"),
    ],
)
def test_wrong_input_ends_with_2_before_anything_is_looked_at(arguments: tuple[str, ...], words: str) -> None:
    result = doctor(*arguments)
    assert result.exit_code == 2
    assert words in result.stderr


def test_by_steps_it_says_which_comes_next() -> None:
    result = doctor("--only", "ups1", "--steps", "--lang", "ja")
    assert result.exit_code == 1
    assert result.stdout.splitlines()[0] == " 1  FAIL  ハードウェア: UPS、カード、コンセント、AC-Link"
    assert "次の手順: 1. ハードウェア" in result.stdout


def test_a_form_for_the_outlets_is_written_and_nothing_else_happens(tmp_path: Path) -> None:
    path = tmp_path / "wiring.yaml"
    result = doctor("--write-wiring", str(path))
    assert result.exit_code == 0
    assert result.stdout == f"{path}: fill it in, then: teiden doctor SITE --wiring {path}\n"
    assert "blade1:" in path.read_text(encoding="utf-8")
    assert doctor("--write-wiring", str(tmp_path / "no" / "folder.yaml")).exit_code == 3
