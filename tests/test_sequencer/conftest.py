"""What many of these tests begin with: nodes that want to command, a site, parts of a room."""

from __future__ import annotations

from pathlib import Path

import pytest

from sequencer.run import Run
from sequencer.site import Site
from teiden.files.site_file import SiteFile, load_site
from tests.hands import HandRoom, HandUps
from tests.standing import Node


@pytest.fixture
def control1(site: Site) -> Node:
    return Node(site, "control1")


@pytest.fixture
def control2(site: Site) -> Node:
    return Node(site, "control2")


@pytest.fixture(scope="session")
def two_feeds() -> SiteFile:
    """Everything on both of them (X-04)."""
    return load_site(Path(__file__).resolve().parents[2] / "scenarios" / "sites" / "two-feeds.yaml")


@pytest.fixture
def run(room: HandRoom) -> Run:
    """Of the fixture `room` that the file has."""
    return room.run


@pytest.fixture
def ups5(room: HandRoom) -> HandUps:
    """Of the fixture `room` that the file has."""
    return room.upses["ups5"]
