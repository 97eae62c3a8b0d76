"""The record of the outlets: a form, filled in, gone stale, or something else; and what was proved."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from realtime.contacts import Contacts
from teiden import proved
from teiden.doctor import wiring
from teiden.files.source import InputError
from tests.doctored import FAIL, OK, REFERENCE, WARN, look, only, reference, with_site


def form_at(folder: Path) -> Path:
    path = folder / "wiring.yaml"
    wiring.write_form(reference().site, path)
    return path


def filled(path: Path, device: str, ups: str) -> None:
    text = path.read_text(encoding="utf-8")
    before = f'  {device}:\n    {ups}: {{by: "", at: "", how: ""}}'
    assert before in text
    after = f"  {device}:\n    {ups}: {{by: 佐藤, at: 2026-11-20, how: plug pulled}}"
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_without_a_record_there_is_one_row_that_says_how_to_begin() -> None:
    level, words, do = only(look("site.outlets"))
    assert (level, words) == (WARN, "nobody has recorded what hangs on which UPS")
    assert "--write-wiring" in do
    assert look("server.outlets", name="blade1") == []


def test_a_form_is_read_and_nothing_in_it_is_confirmed(tmp_path: Path) -> None:
    path = form_at(tmp_path)
    assert wiring.read(path).keys() == wiring.wired(reference().site).keys()
    level, words, do = only(look("server.outlets", name="blade1", wiring=str(path)))
    assert (level, words) == (WARN, "not confirmed: ups5")
    assert "pull the plug" in do


def test_what_somebody_has_seen_is_well(tmp_path: Path) -> None:
    path = form_at(tmp_path)
    filled(path, "blade1", "ups5")
    filled(path, "linkeddisk", "ups4")
    assert only(look("server.outlets", name="blade1", wiring=str(path)))[:2] == (
        OK,
        "ups5 (佐藤, 2026-11-20)",
    )
    assert only(look("array.outlets", name="linkeddisk", wiring=str(path)))[0] is OK


def test_other_upses_make_what_was_seen_stale(tmp_path: Path) -> None:
    path = form_at(tmp_path)
    filled(path, "blade1", "ups5")
    servers = reference().site.servers
    moved = with_site(servers={**servers, "blade1": replace(servers["blade1"], upses=("ups6",))})
    rows = look("server.outlets", name="blade1", wiring=str(path), site_file=moved)
    assert only(rows)[:2] == (WARN, "confirmed for other UPSes (ups5); the site file says ups6")


def test_a_form_made_anew_keeps_what_still_fits(tmp_path: Path) -> None:
    path = form_at(tmp_path)
    filled(path, "blade1", "ups5")
    filled(path, "blade2", "ups5")
    servers = reference().site.servers
    moved = with_site(servers={**servers, "blade1": replace(servers["blade1"], upses=("ups6",))}).site
    wiring.write_form(moved, path)
    told = wiring.read(path)
    assert told["blade2"]["ups5"] == wiring.Confirmed("佐藤", "2026-11-20", "plug pulled")
    assert told["blade1"] == {"ups6": wiring.Confirmed("", "", "")}


def test_what_is_not_of_the_site_and_its_switches_are_told(tmp_path: Path) -> None:
    path = form_at(tmp_path)
    with path.open("a", encoding="utf-8") as file:
        file.write('  stranger1: {ups1: {by: "", at: "", how: ""}}\n')
    rows = look("site.outlets", name="reference", wiring=str(path))
    assert [row.words for row in rows] == [
        "lan1: not confirmed: ups1, ups2",
        "wiring.yaml names what is not in the site: stranger1",
    ]


def test_it_may_be_json(tmp_path: Path) -> None:
    path = tmp_path / "wiring.json"
    row = {"by": "Sato", "at": "2026-11-20T10:00", "how": "plug pulled"}
    path.write_text(json.dumps({"schema": wiring.SCHEMA, "site": "x", "wiring": {"blade1": {"ups5": row}}}))
    assert wiring.read(path) == {"blade1": {"ups5": wiring.Confirmed("Sato", "2026-11-20", "plug pulled")}}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "the file is empty"),
        ("schema: teiden/site/1\n", "no record of outlet wiring"),
        ("schema: teiden/wiring/1\n", "wiring: keys with values are expected"),
        ("schema: teiden/wiring/1\nwiring: [a]\n", "wiring: keys with values are expected"),
        ("schema: teiden/wiring/1\nwiring: {b1: {ups5: yes}}\n", "b1.ups5: keys with values are expected"),
        ("schema: teiden/wiring/1\nwiring: {b1: {ups5: {who: me}}}\n", "b1.ups5: unknown key who"),
        ("schema: teiden/wiring/1\nwiring: {b1: {ups5: {at: monday}}}\n", "b1.ups5: at: monday is no day"),
        ("schema: teiden/wiring/1\nwiring: {b1: 1, b1: 2}\n", "b1"),
        ("\x00", "wiring.yaml"),
    ],
)
def test_what_is_something_else_is_wrong_input(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "wiring.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=words):
        wiring.read(path)


def test_the_record_that_the_page_shows_is_one(tmp_path: Path) -> None:
    page = (REFERENCE.parents[2] / "docs/howto/doctor.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(schema: teiden/wiring/1\n.*?)```", page, re.DOTALL)
    path = tmp_path / "wiring.yaml"
    path.write_text(example)
    assert wiring.read(path)["blade1"]["ups5"].whole


# What was shown before


def test_a_site_that_was_not_proved_is_to_be_looked_at_and_then_well(tmp_path: Path) -> None:
    site_file = replace(reference(), path=str(tmp_path / "site.yaml"))
    level, words, _ = only(look("site.proved", site_file=site_file))
    assert level is WARN
    assert words.startswith("nothing was proved of")
    from teiden.opening import versions

    record = proved.Record(
        "site.yaml",
        site_file.hash,
        versions()["teiden"],
        "2026-11-20T05:00:00+00:00",
        (),
        (proved.Played("site-outage", holds=True, own=True),),
    )
    proved.write(record, proved.path_of(site_file.path))
    assert only(look("site.proved", site_file=site_file))[:2] == (OK, "proved: it may be armed")


def test_a_rule_that_is_broken_fails_in_one_row() -> None:
    level, words, do = only(look("site.check", Contacts()))
    assert level is FAIL
    assert words.startswith("the settings break ")
    assert "teiden check SITE --live" in do
