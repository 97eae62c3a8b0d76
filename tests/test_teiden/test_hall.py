"""The generated hall: the same bytes each time, safe but for the product's limit, and played as one story."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from sequencer.site import ServerRole
from teiden.files.site_file import SiteFile, load_site, site_from_text
from teiden.rules import report
from teiden.rules.finding import Severity

SITES = Path(__file__).resolve().parents[2] / "scenarios" / "sites"


@pytest.fixture(scope="module")
def generator() -> Iterator[ModuleType]:
    """`scenarios/sites/hall.py`, which belongs to no package."""
    spec = importlib.util.spec_from_file_location("hall", SITES / "hall.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "hall", module)
        spec.loader.exec_module(module)
        yield module


@pytest.fixture(scope="module")
def hall() -> SiteFile:
    return load_site(SITES / "hall.yaml")


def made(generator: ModuleType, **size: int) -> SiteFile:
    return site_from_text(generator.text(generator.Hall(**size)))


def errors_and_warnings(file: SiteFile) -> list[str]:
    return [f.rule for f in report.check(file).findings if f.severity is not Severity.NOTE]


def ran(*args: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([sys.executable, str(SITES / "hall.py"), *args], capture_output=True, timeout=60)


def test_the_file_is_what_the_generator_writes() -> None:
    assert ran().stdout == (SITES / "hall.yaml").read_bytes()


def test_it_has_500_linked_servers_40_arrays_and_120_upses(hall: SiteFile) -> None:
    site = hall.site
    assert (len(site.linked_servers), len(site.arrays), len(site.upses)) == (500, 40, 120)
    assert (len(site.control_nodes), len(site.linked_arrays), len(site.feeds)) == (4, 38, 2)


def test_every_ups_feeds_something_and_some_servers_and_arrays_have_two(hall: SiteFile) -> None:
    site = hall.site
    assert all(site.servers_on(u) or site.arrays_on(u) or site.switches_on(u) for u in site.upses)
    assert any(len(s.upses) == 2 for s in site.servers.values() if s.role is ServerRole.LINKED)
    assert any(len(a.upses) == 2 for a in site.linked_arrays)


def test_a_server_with_two_supplies_has_them_from_both_feeds(hall: SiteFile) -> None:
    site = hall.site
    for server in site.linked_servers:
        if len(server.upses) == 2:
            assert {site.upses[u].feed for u in server.upses} == set(site.feeds)


def test_r1_07_the_only_thing_wrong_with_it_is_that_the_product_links_ten_arrays(hall: SiteFile) -> None:
    assert errors_and_warnings(hall) == ["R1-07"]


@pytest.mark.parametrize("apart", [0, 4])
def test_r1_07_with_ten_linked_arrays_it_is_safe(generator: ModuleType, apart: int) -> None:
    assert errors_and_warnings(made(generator, arrays=12, apart=apart)) == []


def test_r10_28_an_array_that_is_kept_apart_starts_with_its_enclosures(generator: ModuleType) -> None:
    site = made(generator, apart=5).site
    apart = [a for a in site.linked_arrays if a.controllers != a.enclosures]
    assert len(apart) == 5
    for array in apart:
        (enclosure,), (controller,) = array.enclosures, array.controllers
        assert site.upses[enclosure].warm_up_rank < site.upses[controller].warm_up_rank


@pytest.mark.parametrize(
    "size",
    [
        {"servers": 1, "arrays": 2, "upses": 5, "nodes": 2, "control_arrays": 1, "pool": 0},
        {"servers": 30, "arrays": 4, "upses": 11, "nodes": 2, "feeds": 3},
        pytest.param({"servers": 2000, "arrays": 160, "upses": 480}, marks=pytest.mark.long),
    ],
    ids=["smallest", "small", "large"],
)
def test_a_hall_of_any_size_is_a_site_of_that_size(generator: ModuleType, size: dict[str, int]) -> None:
    file = made(generator, **size)
    site = file.site
    assert (len(site.linked_servers), len(site.arrays), len(site.upses)) == tuple(
        size[key] for key in ("servers", "arrays", "upses")
    )
    assert set(errors_and_warnings(file)) <= {"R1-07"}


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--upses", "40"), "82"),
        (("--servers", "56"), "57 UPSes of the rows would feed nothing"),
        (("--arrays", "2"), "none is left to link"),
        (("--nodes", "1"), "two control nodes"),
        (("--feeds", "0"), "a feed"),
        (("--servers", "many"), "invalid int value"),
    ],
)
def test_a_size_that_makes_no_hall_is_refused_with_its_reason(args: tuple[str, ...], says: str) -> None:
    done = ran(*args)
    assert done.returncode == 2
    assert says in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert not done.stdout


def test_an_unknown_name_among_thousands_of_references_is_still_found(generator: ModuleType) -> None:
    from teiden.files.source import InputError

    text = generator.text(generator.Hall(arrays=12)).replace(
        "arrays: [disk07], mac", "arrays: [disk77], mac", 1
    )
    with pytest.raises(InputError, match="disk77"):
        site_from_text(text)
