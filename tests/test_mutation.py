"""The mutation tester itself: what it changes, that the change arrives, and how it counts."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from mutation import report
from mutation.operators import mutants
from mutation.planting import Garden
from mutation.touched import Eye, Touched
from mutation.trials import Fate

ROOT = Path(__file__).resolve().parents[1]


def afters(body: str, operator: str = "") -> list[str]:
    """What the statements of this function become."""
    source = "def f(a, b, run, guards, guard):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    found = mutants(source, "x.py")[1]
    return [mutant.after for mutant in found if operator in ("", mutant.operator)]


@pytest.mark.parametrize(
    ("operator", "body", "after"),
    [
        ("condition", "if a: return 1\nreturn 2", ["if not a:"]),
        ("condition", "return [x for x in a if x]", ["return [x for x in a if not x]"]),
        ("comparison", "return a < b", ["return a <= b", "return a >= b"]),
        ("comparison", "return a is not None", ["return a is None"]),
        ("logic", "return a and b", ["return a or b", "return b", "return a"]),
        ("logic", "return not a", ["return a"]),
        ("constant", "return max(a, 2)", ["return max(a, 3)", "return max(a, 1)"]),
        ("constant", "b(eager=True)", ["b(eager=False)"]),
        ("constant", "return Refusal('S9', a)", ["return Refusal('S0', a)"]),
        ("sum", "return a + b", ["return a - b"]),
        ("sum", "a |= b", ["a &= b"]),
        ("function", "return any(a)", ["return all(a)"]),
        ("function", "return a.issuperset(b)", ["return a.issubset(b)"]),
        ("guard", "return guards.flush_array(a)", ["return None"]),
        ("guard", "return guard()", ["return None"]),
        ("arguments", "b(a, run)", ["b(run, a)"]),
        ("statement", "run.settled.add(a)", [""]),
        ("statement", "a.b = 1", [""]),
        ("statement", "yield from run.wait(a)", ["yield from ()"]),
    ],
)
def test_each_kind_of_mistake_is_made(operator: str, body: str, after: list[str]) -> None:
    assert afters(body, operator) == after


def test_words_and_types_are_left_alone() -> None:
    assert afters("'''Says 1 + 1.'''\nx: int = a\ny = f'{a + 1} of 2'\nreturn 'text'", "sum") == []
    assert afters("g(a, 'text')") == [""], "the call is left out, its words are not changed"
    assert mutants("LIMIT_S = 5.0 + 1\n", "x.py")[1] == []


def test_a_last_return_of_nothing_says_what_happens_anyway() -> None:
    assert afters("return None") == []
    assert afters("if a:\n    return None\nreturn 1", "statement") == ["", ""]


def test_mutants_that_read_alike_have_ids_of_their_own_and_the_same_ones_every_time() -> None:
    source = "def f(a, b):\n    a()\n    b.c = 1\n    a()\n"
    first = [mutant.id for mutant in mutants(source, "x.py")[1]]

    assert len(set(first)) == len(first)
    assert first == [mutant.id for mutant in mutants("\n\n" + source, "x.py")[1]], "wherever it stands"


def test_making_mutants_leaves_the_tree_as_it_was() -> None:
    """Else the functions of the tree are no longer those of the running program."""
    source = (ROOT / "sequencer" / "guards.py").read_text(encoding="utf-8")
    tree, found = mutants(source, "guards.py")

    assert len(found) > 150
    assert compile(tree, "guards.py", "exec") == compile(source, "guards.py", "exec")


# The change arrives

LIVE = """
from functools import lru_cache

class Thing:
    limit = 1
    @property
    def big(self):
        return self.limit > 3

@lru_cache
def cached(a):
    return a + 1

later = [lambda a: not a, lambda a: a == 2]
"""


@pytest.fixture
def live(tmp_path: Path) -> Any:
    """A module that is loaded, and others have taken its functions."""
    file = tmp_path / "live_module.py"
    file.write_text(LIVE, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("live_module", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["live_module"] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules["live_module"]


def planted(module: ModuleType, after: str) -> bool:
    root = Path(str(module.__file__)).parent
    tree, found = mutants(LIVE, "live_module.py")
    mutant = next(m for m in found if after in m.after)
    return Garden(root, ["live_module.py"]).plant(root, tree, mutant)


def test_a_property_of_a_thing_that_exists_is_exchanged(live: Any) -> None:
    thing = live.Thing()

    assert planted(live, "self.limit <= 3")
    assert thing.big


def test_whoever_has_taken_a_function_calls_the_mutant_and_forgets_what_it_knew(live: Any) -> None:
    taken = live.cached
    assert taken(1) == 2

    assert planted(live, "return a - 1")
    assert taken(1) == 0


def test_of_two_lambdas_on_one_line_the_right_one_is_exchanged(live: Any) -> None:
    assert planted(live, "a != 2")
    assert not live.later[1](2)
    assert live.later[0](0)


def test_a_function_that_is_nowhere_is_not_counted_as_changed(live: Any) -> None:
    del live.cached

    assert not planted(live, "return a - 1")


# Which tests


def test_an_eye_sees_the_lines_that_are_run_and_no_others(live: Any) -> None:
    root = Path(live.__file__).parent
    eye = Eye(root, ["live_module.py"])
    with eye.open():
        live.Thing().big  # noqa: B018

    assert eye.seen == {"live_module.py": {6, 8}}


def test_the_tests_over_a_line_come_the_quickest_first(tmp_path: Path) -> None:
    def kept(stamp: str) -> Touched:
        return Touched(tmp_path / "map.json", {"x.py": stamp, "y.py": stamp}, ["x.py"])

    touched = kept("1")
    touched.keep("slow", "a", 2.0, {"x.py": {3, 4}})
    touched.keep("quick", "a", 0.1, {"x.py": {4}})
    touched.keep("elsewhere", "a", 0.1, {"y.py": {4}})
    touched.save()

    assert kept("1").over("x.py", 4, 5) == ["quick", "slow"]
    assert kept("1").over("x.py", 3, 3) == ["slow"]
    assert kept("2").tests == {}, "the file has changed"


# How it counts


def row(fate: Fate, name: str) -> dict[str, Any]:
    return {"id": f"x.py f: {name}", "file": "x.py", "fate": fate.value}


def test_what_is_explained_counts_as_equivalent_only_if_it_survives(tmp_path: Path) -> None:
    page = tmp_path / "proof.md"
    page.write_text("| `x.py f` | `a -> b` | it is the same |\n| `x.py f` | `c \\| d -> e` | so is this |\n")
    why = report.explained(page)
    rows = [row(Fate.SURVIVED, "a -> b"), row(Fate.KILLED, "c | d -> e"), row(Fate.TIMED_OUT, "x -> y")]
    rows.append(row(Fate.UNTOUCHED, "y -> z"))

    count = report.counts(rows, why)["x.py"]

    assert why == {"x.py f: a -> b": "it is the same", "x.py f: c | d -> e": "so is this"}
    assert count == {"equivalent": 1, "killed": 1, "timed out": 1, "untouched": 1}
    assert report.score(count) == pytest.approx(200 / 3)


@pytest.mark.long
def test_every_mistake_in_the_guards_is_noticed_by_their_own_tests(tmp_path: Path) -> None:
    told = tmp_path / "guards.json"
    line = [
        "--target",
        "sequencer/guards.py",
        "--tests",
        "tests/test_sequencer/test_guards.py",
        "tests/test_sequencer/test_readings.py",
        "tests/test_sequencer/test_force_guards.py",
    ]
    more = ["--map", str(tmp_path / "map.json"), "--report", str(told)]
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "mutate.py"), *line, *more],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )

    assert done.returncode == 0, done.stdout
    assert json.loads(told.read_text(encoding="utf-8"))["counts"]["all"]["killed"] > 150
