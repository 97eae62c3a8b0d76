"""Which tests go over which lines: each is run once with an eye on the files that are to be mutated.

A line that is run while a fixture of a module or of the session is set up counts for every test that
uses the fixture. A line is told once for each test; after that its function runs at full speed.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest


class Eye:
    """A trace function that sees the lines of some files."""

    def __init__(self, root: Path, paths: list[str]) -> None:
        self._names = {str(root / path): path for path in paths}
        self._left: dict[CodeType, set[int]] = {}
        self.seen: defaultdict[str, set[int]] = defaultdict(set)

    @contextmanager
    def open(self) -> Iterator[None]:
        self._left, self.seen = {}, defaultdict(set)
        sys.settrace(self._calls)
        try:
            yield
        finally:
            sys.settrace(None)

    def _calls(self, frame: FrameType, event: str, argument: Any) -> Any:
        code = frame.f_code
        if code.co_filename not in self._names:
            return None
        left = self._left.get(code)
        if left is None:
            left = self._left[code] = {line for _, _, line in code.co_lines() if line is not None}
            left.discard(code.co_firstlineno)
            self.seen[self._names[code.co_filename]].add(code.co_firstlineno)
        return self._lines if left else None

    def _lines(self, frame: FrameType, event: str, argument: Any) -> Any:
        if event == "line":
            code = frame.f_code
            left = self._left.setdefault(code, set())
            left.discard(frame.f_lineno)
            self.seen[self._names[code.co_filename]].add(frame.f_lineno)
            if not left:
                frame.f_trace_lines = False
        return self._lines


class Touched:
    """Lines and CPU seconds by test; kept in a file, so that only what has changed is run again."""

    def __init__(self, file: Path, stamps: dict[str, str], targets: list[str]) -> None:
        """`stamps`: of the files that are watched; a target that has another one makes all void."""
        self._file = file
        self._stamps = stamps
        self.tests: dict[str, dict[str, Any]] = {}
        if file.exists():
            kept = json.loads(file.read_text(encoding="utf-8"))
            if all(kept["stamps"].get(path) == stamps[path] for path in targets):
                self.tests, self._stamps = kept["tests"], kept["stamps"]

    def knows(self, test: str, stamp: str) -> bool:
        return self.tests.get(test, {}).get("stamp") == stamp

    def keep(self, test: str, stamp: str, seconds: float, lines: dict[str, set[int]]) -> None:
        told = {path: sorted(numbers) for path, numbers in sorted(lines.items())}
        self.tests[test] = {"stamp": stamp, "s": round(seconds, 3), "lines": told}

    def save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        kept = {"stamps": self._stamps, "tests": self.tests}
        self._file.write_text(json.dumps(kept), encoding="utf-8")

    def seconds(self, test: str) -> float:
        return float(self.tests[test]["s"])

    def over(self, path: str, line: int, end_line: int) -> list[str]:
        """The tests that go over any of these lines, the quickest first."""
        lines = set(range(line, end_line + 1))
        found = [
            name for name, told in self.tests.items() if not lines.isdisjoint(told["lines"].get(path, ()))
        ]
        return sorted(found, key=lambda name: (self.tests[name]["s"], name))


class Looking:
    """A pytest plugin: keeps apart what each test runs, and what its wider fixtures ran."""

    def __init__(self, eye: Eye) -> None:
        self._eye = eye
        self._of_fixture: dict[str, dict[str, set[int]]] = {}

    @pytest.hookimpl(hookwrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        if fixturedef.scope == "function":
            yield
            return
        before = {path: set(lines) for path, lines in self._eye.seen.items()}
        self._eye.seen.clear()
        self._eye._left.clear()
        yield
        self._of_fixture[fixturedef.argname] = {path: set(lines) for path, lines in self._eye.seen.items()}
        for path, lines in before.items():
            self._eye.seen[path] |= lines
        self._eye._left.clear()

    def run(self, item: pytest.Item, following: pytest.Item | None) -> tuple[float, dict[str, set[int]]]:
        began = time.process_time()
        with self._eye.open():
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        lines = {path: set(seen) for path, seen in self._eye.seen.items()}
        for name in getattr(item, "fixturenames", ()):
            for path, seen in self._of_fixture.get(name, {}).items():
                lines.setdefault(path, set()).update(seen)
        return time.process_time() - began, lines
