"""What the site file holds without anybody's doing: the example, roles, defaults, no scripts."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sequencer.site import ArrayRole, ServerRole, Site
from teiden.files.site_file import load_site, site_from_text
from teiden.files.source import InputError
from teiden.files.story_file import load_stories
from teiden.judge.verdict import judge
from teiden.play import play
from teiden.rules.finding import Severity
from teiden.rules.registry import all_rules, called
from tests.safety import well
from tests.worlds import out, reference_model, reference_site
from tests.worlds import play as play_here

SCENARIOS = Path(__file__).parents[2] / "scenarios"
REFERENCE = SCENARIOS / "sites" / "reference.yaml"
TEXT = REFERENCE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def example() -> Site:
    return load_site(REFERENCE).site


def fed_by(site: Site, ups: str) -> set[str]:
    devices = [*site.servers.values(), *site.arrays.values(), *site.switches.values()]
    return {device.name for device in devices if ups in device.upses}


def test_r1_10_the_example_is_wired_as_the_document_draws_it(example: Site) -> None:
    assert {ups: fed_by(example, ups) for ups in example.upses} == {
        "ups1": {"control1", "lan1"},
        "ups2": {"control2", "lan1"},
        "ups3": {"controldisk"},
        "ups4": {"linkeddisk"},
        "ups5": {"blade1", "blade2", "bladepool"},
        "ups6": {"rack1", "rack2", "rackpool"},
    }
    assert {a.name: a.role for a in example.arrays.values()} == {
        "controldisk": ArrayRole.CONTROL,
        "linkeddisk": ArrayRole.LINKED,
    }
    assert all("linkeddisk" in s.arrays for s in example.linked_servers)


def test_r6_13_the_examples_values_break_no_rule(example: Site) -> None:
    assert [ups.confirm_s for ups in example.upses.values()] == [930, 930, 900, 30, 60, 60]
    model = load_site(REFERENCE).model
    found = [f for rule in all_rules() for f in rule.check(example, model)]
    assert [f.message for f in found if f.severity is not Severity.NOTE] == []


@pytest.mark.parametrize(
    ("server", "role"),
    [
        ("control1", ServerRole.CONTROL),
        ("control2", ServerRole.CONTROL),
        ("blade1", ServerRole.LINKED),
        ("rack2", ServerRole.LINKED),
        ("bladepool", ServerRole.POOL),
    ],
)
def test_r5_01_each_server_has_its_role(example: Site, server: str, role: ServerRole) -> None:
    assert example.servers[server].role is role
    assert (example.servers[server] in example.control_nodes) is (role is ServerRole.CONTROL)
    assert (example.servers[server] in example.linked_servers) is (role is ServerRole.LINKED)


@pytest.mark.parametrize("wrong", ["managed", "Control", "controll", "[control, linked]"])
def test_r5_01_another_role_is_refused_with_those_there_are(wrong: str) -> None:
    with pytest.raises(InputError) as refused:
        site_from_text(TEXT.replace("blade1: {role: linked", f"blade1: {{role: {wrong}", 1))
    problem = next(p for p in refused.value.problems if "servers.blade1.role" in p.message)
    assert all(role in problem.allowed for role in ("control", "linked", "pool"))


def test_r8_06_a_cluster_of_which_only_the_nodes_are_said_has_the_documents_values() -> None:
    start, end = TEXT.index("  floating_ip:"), TEXT.index("switches:")
    bare = TEXT[:start] + "  shutdown_limit: 5m\n\n" + TEXT[end:]
    cluster = site_from_text(bare).site.cluster
    assert (cluster.linked, cluster.stop_at_outage, cluster.ac_mode) == (True, True, True)
    assert (cluster.broadcast, cluster.port, cluster.management_port) == ("255.255.255.255", 4000, 26102)


def test_r11_01_the_example_names_no_program_and_rides_out_its_outage(example: Site) -> None:
    assert not [s.name for s in example.servers.values() if s.start_jobs or s.stop_jobs]
    assert not [key for key in ("run:", "exec:", "command:", ".sh", ".bat") if key in TEXT]
    (story,) = load_stories(SCENARIOS / "site-outage.yaml")
    room = play(story)
    assert judge(room.stream.events, story.site, story.expectations, story.breaks).failures() == []


def test_r12_07_a_linked_disk_on_several_upses_breaks_no_rule_and_rides_it_out() -> None:
    site = reference_site()
    more = replace(site.upses["ups4"], name="ups7", number=7)
    disk = replace(site.arrays["linkeddisk"], enclosures=("ups7",))
    split = replace(site, upses={**site.upses, "ups7": more}, arrays={**site.arrays, "linkeddisk": disk})
    assert not [f for rule in called("R12-07") for f in rule.check(split)]
    well(play_here(out(0, 7200), site=split, model=reference_model(ups7__runtime_s=1500.0)))
