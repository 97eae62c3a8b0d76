"""What many of these tests begin with: two nodes that want to command, and parts of the room of a file."""

from __future__ import annotations

import pytest

from sequencer.run import Run
from sequencer.site import Site
from tests.hands import HandRoom, HandUps
from tests.standing import Node


@pytest.fixture
def control1(site: Site) -> Node:
    return Node(site, "control1")


@pytest.fixture
def control2(site: Site) -> Node:
    return Node(site, "control2")


@pytest.fixture
def run(room: HandRoom) -> Run:
    """Of the fixture `room` that the file has."""
    return room.run


@pytest.fixture
def ups5(room: HandRoom) -> HandUps:
    """Of the fixture `room` that the file has."""
    return room.upses["ups5"]
