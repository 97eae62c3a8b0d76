"""The two nodes of the reference site, each wanting to command, their ports moved by hand."""

from __future__ import annotations

import pytest

from sequencer.site import Site
from tests.standing import Node


@pytest.fixture
def control1(site: Site) -> Node:
    return Node(site, "control1")


@pytest.fixture
def control2(site: Site) -> Node:
    return Node(site, "control2")
