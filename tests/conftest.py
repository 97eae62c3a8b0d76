"""Fixtures named after the world they give; the builders are in `worlds.py`, the helpers beside it."""

from __future__ import annotations

import gc
import os
import sys

import pytest

from sequencer.site import Site
from tests.hands import HandRoom
from tests.tale import Tale
from tests.worlds import out, play, reference_site


def pytest_configure(config: pytest.Config) -> None:
    """Let tests, and processes that they start, keep their bytecode where Python is told to write none.

    Else both workers compile everything anew, from the product to five hundred files of tests with their
    asserts rewritten, a thirtieth of the suite; and each of nearly a hundred processes does so from click
    to pandas, which takes longer than what it is started for. It lies in pytest's own cache, not beside the
    sources.

    The garbage collector rests until all is collected: nothing of it is garbage.
    """
    gc.disable()
    cache = getattr(config, "cache", None)  # there is none with `-p no:cacheprovider`
    if sys.dont_write_bytecode and cache is not None:
        bytecode = str(cache.mkdir("bytecode"))
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ.setdefault("PYTHONPYCACHEPREFIX", bytecode)
        sys.dont_write_bytecode, sys.pycache_prefix = False, os.environ["PYTHONPYCACHEPREFIX"]


def pytest_collection_finish() -> None:
    """Keep the garbage collector off the modules and the thousands of items that stay to the end.

    Going through them again and again takes a seventh of the time of a suite that makes events by the
    million. What a test leaves behind is collected as ever, only in larger portions.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(5000, 20, 20)
    gc.enable()


@pytest.fixture
def site() -> Site:
    """The reference site."""
    return reference_site()


@pytest.fixture
def by_hand(site: Site) -> HandRoom:
    """The reference site with every device moved by the test, and a commanding life on control1."""
    return HandRoom(site)


@pytest.fixture(scope="session")
def dark_room() -> Tale:
    """The reference outage: the mains of the whole site away for two hours. Only to be read."""
    return play(out(0, 7200))


@pytest.fixture(scope="session")
def calm_room() -> Tale:
    """A week in which nothing happens. Only to be read."""
    return play(until_s=7 * 86400.0)
