"""The arrows of the house: who may import whom, and that the look-outs see an offender."""

from pathlib import Path

import pytest

import house_rules
from house_rules import (
    Rule,
    files_say_what_they_are_and_stay_short,
    imports_follow_the_arrows,
    no_packages_among_the_tests,
    packages_open_without_loading_anything,
    the_sequencer_knows_no_clock_but_its_own,
)

ON_PYTHON: tuple[Rule, ...] = (
    imports_follow_the_arrows,
    the_sequencer_knows_no_clock_but_its_own,
    packages_open_without_loading_anything,
    files_say_what_they_are_and_stay_short,
    no_packages_among_the_tests,
)


@pytest.mark.parametrize("rule", ON_PYTHON, ids=lambda rule: rule.__name__)
def test_this_project_keeps_the_rule(rule: Rule) -> None:
    assert not list(rule(house_rules.ROOT))


@pytest.mark.parametrize(
    ("rule", "file", "source", "offence"),
    [
        (imports_follow_the_arrows, "sequencer/outage.py", "import sim.ups", "sequencer may not import sim"),
        (
            imports_follow_the_arrows,
            "sequencer/outage.py",
            "from realtime import ups",
            "may not import realtime",
        ),
        (imports_follow_the_arrows, "sequencer/outage.py", "import pydantic", "may not import pydantic"),
        (imports_follow_the_arrows, "sequencer/deep/er.py", "import teiden.compose", "may not import teiden"),
        (
            imports_follow_the_arrows,
            "sim/ups.py",
            "def f():\n    import realtime",
            "2: sim may not import realtime",
        ),
        (
            imports_follow_the_arrows,
            "realtime/ups.py",
            "from sim.ups import Ups",
            "realtime may not import sim",
        ),
        (the_sequencer_knows_no_clock_but_its_own, "sequencer/a.py", "import time", "may not import time"),
        (
            the_sequencer_knows_no_clock_but_its_own,
            "sequencer/a.py",
            "from random import random",
            "import random",
        ),
        (
            the_sequencer_knows_no_clock_but_its_own,
            "sequencer/a.py",
            "import asyncio.tasks",
            "import asyncio",
        ),
        (
            the_sequencer_knows_no_clock_but_its_own,
            "sequencer/a.py",
            "import datetime\nt = datetime.datetime.now()",
            "sequencer/a.py:2: .now asks the time",
        ),
        (
            the_sequencer_knows_no_clock_but_its_own,
            "sequencer/a.py",
            "from datetime import date as Day\nt = Day.today()",
            ".today asks the time",
        ),
        (
            packages_open_without_loading_anything,
            "teiden/__init__.py",
            '"""A."""\nimport yaml',
            "import yaml",
        ),
        (
            packages_open_without_loading_anything,
            "sim/x/__init__.py",
            "from sim.ups import Ups",
            "import sim",
        ),
        (files_say_what_they_are_and_stay_short, "sim/ups.py", "ON = 1", "the first line should say"),
        (files_say_what_they_are_and_stay_short, "sim/ups.py", '\n"""Late."""', "the first line should say"),
        (files_say_what_they_are_and_stay_short, "tests/test_a.py", "", "the first line should say"),
        (
            files_say_what_they_are_and_stay_short,
            "sim/ups.py",
            '"""Long."""' + "\n" * 400 + "ON = 1",
            "over 400",
        ),
        (no_packages_among_the_tests, "tests/test_sim/__init__.py", "", "tests/ has no __init__.py"),
    ],
)
def test_an_offender_is_seen(tmp_path: Path, rule: Rule, file: str, source: str, offence: str) -> None:
    write(tmp_path / file, source)

    offences = list(rule(tmp_path))

    assert len(offences) == 1
    assert offence in offences[0]
    assert offences[0].startswith(f"{file}:")


@pytest.mark.parametrize(
    ("rule", "file", "source"),
    [
        (
            imports_follow_the_arrows,
            "sequencer/outage.py",
            "import simpy\nimport math\nfrom sequencer import ports",
        ),
        (
            imports_follow_the_arrows,
            "sim/ups.py",
            "from sequencer.ports import UpsPort\nfrom . import battery",
        ),
        (
            imports_follow_the_arrows,
            "teiden/compose.py",
            "import sim.room\nimport realtime.room\nimport pandas",
        ),
        (
            the_sequencer_knows_no_clock_but_its_own,
            "sequencer/a.py",
            "from datetime import datetime, timedelta",
        ),
        (the_sequencer_knows_no_clock_but_its_own, "sequencer/a.py", "import zoneinfo\nt = run.env.now"),
        (
            the_sequencer_knows_no_clock_but_its_own,
            "sequencer/a.py",
            "t = self._env.now + wall.now() + run.now",
        ),
        (
            packages_open_without_loading_anything,
            "sim/__init__.py",
            "def __getattr__(name):\n    import simpy",
        ),
        (files_say_what_they_are_and_stay_short, "sim/ups.py", '"""A UPS."""\n'),
    ],
)
def test_what_is_allowed_passes(tmp_path: Path, rule: Rule, file: str, source: str) -> None:
    write(tmp_path / file, source)

    assert not list(rule(tmp_path))


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
