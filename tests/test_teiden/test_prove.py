"""What must be shown of a site file before it may command hardware: rules and stories of this very file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from teiden.cli import main
from teiden.files.site_file import load_site
from teiden.proved import path_of, why_not_armed

REFERENCE = Path("scenarios/sites/reference.yaml")
KEYS = "{shutdown: {key: '/keys/{name}', host_key: ssh-ed25519 AAAA}, "
LIVE = "live: {identity: {ca: /t/ca.pem, certificate: '/t/{node}.pem', key: '/t/{node}.key'}}\n"
STORY = """\
schema: teiden/story/1
story: The mains go and come back.
site: site.yaml
{more}events:
  - {{at: 0s, mains: utility, lost_for: 2h}}
until: 4h
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The reference site, and all that it takes to be commanded."""
    text = REFERENCE.read_text(encoding="utf-8").replace("server_defaults: {", f"server_defaults: {KEYS}")
    (tmp_path / "site.yaml").write_text(f"{text}\n{LIVE}", encoding="utf-8")
    (tmp_path / "outage.yaml").write_text(STORY.format(more=""), encoding="utf-8")
    return tmp_path


def prove(folder: Path, *stories: str) -> tuple[int, str]:
    paths = [str(folder / name) for name in stories]
    result = CliRunner().invoke(main, ["prove", str(folder / "site.yaml"), *paths])
    return result.exit_code, result.output


def refusal(folder: Path) -> str:
    site = folder / "site.yaml"
    return why_not_armed(site, load_site(site).hash)


def test_x12_a_site_of_which_nothing_was_proved_may_not_be_armed(folder: Path) -> None:
    assert "nothing was proved" in refusal(folder)


def test_x12_a_site_that_keeps_its_rules_and_whose_stories_hold_may_be_armed(folder: Path) -> None:
    code, told = prove(folder, "outage.yaml")
    assert code == 0, told
    assert "it may be armed" in told
    assert refusal(folder) == ""


def test_x12_one_byte_more_and_it_has_to_be_proved_again(folder: Path) -> None:
    prove(folder, "outage.yaml")
    site = folder / "site.yaml"
    site.write_text(site.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert "has changed since" in refusal(folder)


def test_x12_a_broken_rule_keeps_it_unarmed(folder: Path) -> None:
    site = folder / "site.yaml"
    site.write_text(site.read_text(encoding="utf-8").replace("confirm: 930s", "confirm: 700s"), "utf-8")
    code, told = prove(folder, "outage.yaml")
    assert code == 1
    assert "R6-14" in told
    assert "break" in refusal(folder)


def test_x12_the_rules_of_live_mode_are_held_against_a_file_without_a_live_key_too(folder: Path) -> None:
    site = folder / "site.yaml"
    site.write_text(REFERENCE.read_text(encoding="utf-8"), encoding="utf-8")
    code, told = prove(folder, "outage.yaml")
    assert code == 1
    assert f"{site}:2:1: error LIVE-3: control1, control2 have no certificates for each other" in told
    assert f"{site}:48:89: error SEC-7: no key is stated for blade1, blade2, rack1, rack2" in told
    assert refusal(folder) == (
        f"the settings break LIVE-3, SEC-7, first at {site}:2:1: see `teiden check --live`"
    )


def test_a_record_that_was_made_before_those_were_held_is_none(folder: Path) -> None:
    prove(folder, "outage.yaml")
    path = path_of(folder / "site.yaml")
    told = json.loads(path.read_text(encoding="utf-8"))
    told["errors"] = told.pop("broken")
    path.write_text(json.dumps(told), encoding="utf-8")
    assert "cannot be read" in refusal(folder)


def test_x12_a_story_that_does_not_hold_keeps_it_unarmed(folder: Path) -> None:
    more = "expect: {never: [outage.confirmed]}\n"
    (folder / "wrong.yaml").write_text(STORY.format(more=more), encoding="utf-8")
    code, _ = prove(folder, "outage.yaml", "wrong.yaml")
    assert code == 1
    assert "wrong did not hold" in refusal(folder)


def test_x12_stories_that_change_the_site_alone_prove_another_site(folder: Path) -> None:
    (folder / "outage.yaml").write_text(STORY.format(more="with: {ups_defaults.off: after_halt}\n"), "utf-8")
    code, told = prove(folder, "outage.yaml")
    assert code == 1
    assert "as it stands in its file" in told


def test_stories_about_another_site_prove_nothing(folder: Path) -> None:
    result = CliRunner().invoke(main, ["prove", str(folder / "site.yaml"), "scenarios/short-blip.yaml"])
    assert result.exit_code == 2
    assert "none of these stories" in result.output


@pytest.mark.parametrize("spoilt", ['{"site": 1}', "[]", "null", "{", ""])
def test_a_record_that_somebody_has_spoilt_is_no_record(tmp_path: Path, spoilt: str) -> None:
    site = tmp_path / "site.yaml"
    path_of(site).write_text(spoilt, encoding="utf-8")
    assert "cannot be read" in why_not_armed(site, "")
