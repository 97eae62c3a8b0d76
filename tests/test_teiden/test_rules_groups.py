"""The cluster's nodes, the power-control groups, and the names that the cluster software accepts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sequencer.site import Group, Site
from teiden.rules.finding import Severity


def regrouped(site: Site, old: str, **slots: object) -> Site:
    """The site with other slots in one of its groups."""

    def walk(group: Group) -> Group:
        new = replace(group, **slots) if group.name == old else group  # type: ignore[arg-type]
        return replace(new, groups=tuple(walk(g) for g in new.groups))

    return replace(site, groups=tuple(walk(g) for g in site.groups))


def test_r6_15_to_r6_18_the_reference_tree_passes(found, reference) -> None:
    assert not [f for id in ("R6-15", "R6-16", "R6-17", "R6-18") for f in found(id, reference)]


def test_r6_15_to_r6_18_a_site_without_groups_passes(found, reference) -> None:
    bare = replace(reference, groups=())
    assert not [f for id in ("R6-15", "R6-16", "R6-17", "R6-18") for f in found(id, bare)]


@pytest.mark.parametrize(
    ("rule", "group", "slots", "ups"),
    [
        ("R6-15", "SSC_SEIGYO_1", {"power": ()}, "ups1"),
        ("R6-15", "SSC_SEIGYO_1", {"servers": ()}, "ups1"),
        ("R6-15", "SSC_SEIGYO_2", {"power": (), "devices": ("ups2",)}, "ups2"),
        ("R6-16", "SSC_Cluster", {"devices": ()}, "ups3"),
        ("R6-17", "共有ディスク_連動用", {"devices": ()}, "ups4"),
        ("R6-18", "100サーバ", {"power": ()}, "ups6"),
        ("R6-18", "100サーバ", {"servers": ("rack1", "rackpool")}, "ups6"),
    ],
)
def test_r6_15_to_r6_18_a_ups_in_the_wrong_place_is_an_error(
    found, reference, rule, group, slots, ups
) -> None:
    (finding,) = found(rule, regrouped(reference, group, **slots))
    assert finding.severity is Severity.ERROR
    assert ups in finding.message


def test_r6_15_swapped_nodes_are_two_errors(found, reference) -> None:
    swapped = regrouped(
        regrouped(reference, "SSC_SEIGYO_1", power=("ups2",)), "SSC_SEIGYO_2", power=("ups1",)
    )
    assert len(found("R6-15", swapped)) == 2


def test_r6_16_the_control_disk_beside_its_nodes_is_an_error(found, reference) -> None:
    moved = regrouped(regrouped(reference, "SSC_Cluster", devices=()), "SSC_SEIGYO_1", devices=("ups3",))
    (finding,) = found("R6-16", moved)
    assert "control2" in finding.message
    assert finding.path == ("groups", "SSC", "groups", "SSC_Cluster", "groups", "SSC_SEIGYO_1", "devices")


def test_r6_30_one_node_is_no_cluster(found, setting, reference) -> None:
    single = setting(reference, cluster__nodes=("control1",))
    assert [f.severity for f in found("R6-30", single)] == [Severity.ERROR] * 2
    assert "control2 is a control node" in found("R6-30", single)[1].message


def test_r6_30_a_node_with_the_floating_address_is_an_error(found, setting, reference) -> None:
    (finding,) = found("R6-30", setting(reference, control2__address="192.0.2.20"))
    assert finding.path == ("servers", "control2", "address")


@pytest.mark.parametrize("name", ["a" * 16, "ssc-cluster", "ssc_cluster", "クラスタ", "ssc cluster", ""])
def test_r12_09_other_cluster_names_than_15_letters_and_digits_are_an_error(
    found, setting, reference, name
) -> None:
    (finding,) = found("R12-09", setting(reference, cluster__name=name))
    assert (finding.severity, finding.path) == (Severity.ERROR, ("cluster", "name"))


@pytest.mark.parametrize("name", ["a", "A" * 15, "ssc2"])
def test_r12_09_up_to_15_letters_and_digits_pass(found, setting, reference, name) -> None:
    assert not found("R12-09", setting(reference, cluster__name=name))


@pytest.mark.parametrize(
    ("name", "severity"),
    [
        ("SSC-CL-SV2", Severity.WARNING),
        ("SSC-CL-SV2-" + "a" * 5, Severity.ERROR),
        ("サーバ1", Severity.ERROR),
        ("web_1", Severity.ERROR),
    ],
)
def test_r12_09_a_hyphen_in_a_servers_name_is_only_a_warning(found, reference, name, severity) -> None:
    servers = {**reference.servers, name: replace(reference.servers["rack2"], name=name)}
    (finding,) = found("R12-09", replace(reference, servers=servers))
    assert (finding.severity, finding.path) == (severity, ("servers", name))


def test_r12_09_groups_may_have_any_script(found, reference) -> None:
    assert any(not g.name.isascii() for g in reference.groups[0].groups)
    assert not found("R12-09", reference)
