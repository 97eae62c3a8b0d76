"""Mutation testing: `python .ci/mutate.py --target sequencer/guards.py --workers 2 --report guards.json`.

Each mutant runs the tests that go over its line, quickest first, and must make one of them fail. What has
been tried is kept beside the report, line by line, so a run that was ended goes on where it stopped;
`--again` tries those that survived once more. `--sample N --seed S` tries only some. Survivors that
docs/proof.md explains count as equivalent.
"""

import argparse
import hashlib
import json
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

import pytest
from mutation import report
from mutation.operators import Mutant, mutants
from mutation.planting import Garden
from mutation.touched import Eye, Looking, Touched
from mutation.trials import UNNOTICED, Failures, Fate, Trial, tried

ROOT = Path(__file__).resolve().parent.parent
EXPLAINED = ROOT / "docs" / "proof.md"
WATCHED = ("sequencer/*.py", "teiden/judge/**/*.py")
TESTS = ("tests/test_sequencer", "tests/test_judge", "scenarios")


def main(arguments: list[str]) -> int:
    options = parsed(arguments)
    os.chdir(ROOT)
    mine = tempfile.mkdtemp(prefix="mutants-")
    os.environ["PYTEST_DEBUG_TEMPROOT"] = mine
    trying = Trying(options)
    line = ["-q", "-s", "-p", "no:cacheprovider", "--no-header", "--hypothesis-profile=mutants"]
    try:
        pytest.main([*line, *options.tests], plugins=[trying])
    finally:
        shutil.rmtree(mine, ignore_errors=True)
    return trying.code


def parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--target", nargs="+", required=True, help="files whose functions are mutated")
    parser.add_argument("--tests", nargs="+", default=list(TESTS), help="where the tests are looked for")
    parser.add_argument("--report", type=Path, required=True, help="JSON; what was tried stands beside it")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--sample", type=int, help="try only so many, chosen by --seed")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--again", action="store_true", help="try once more what survived")
    parser.add_argument(
        "--map", type=Path, default=ROOT / ".pytest_cache" / "touched.json", help="kept lines"
    )
    return parser.parse_args(arguments)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


class Trying:
    """A pytest plugin that tries mutants where the tests would run."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._options = options
        self.code = 2
        self._left_out: list[str] = []
        self._failures = Failures()
        watched = sorted(str(p.relative_to(ROOT)) for pattern in WATCHED for p in ROOT.glob(pattern))
        self._paths = list(dict.fromkeys([*watched, *options.target]))

    @pytest.hookimpl(tryfirst=True)
    def pytest_configure(self) -> None:
        """The same examples for every mutant, and no limit of time: a busy machine must kill nothing."""
        from hypothesis import settings

        settings.register_profile("mutants", deadline=None, derandomize=True, database=None)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        session.config.pluginmanager.register(self._failures)
        items = {item.nodeid: item for item in session.items}
        self._look(session, items)
        self.code = self._try(items)
        return True

    def _touched(self) -> Touched:
        stamps = {path: stamp([path]) for path in self._paths}
        return Touched(self._options.map, stamps, self._options.target)

    def _look(self, session: pytest.Session, items: dict[str, pytest.Item]) -> None:
        """Run what has changed once; what fails without any mutant is left out, and said."""
        touched = self.touched = self._touched()
        of_file = {str(item.path): stamp([str(item.path)]) for item in session.items}
        new = [item for item in session.items if not touched.knows(item.nodeid, of_file[str(item.path)])]
        # In a child, so that no test of ours has run yet where the mutants are tried.
        if new and os.fork() == 0:
            self._look_at(session, new, of_file)
            os._exit(0)
        if new:
            os.wait()
            touched = self.touched = self._touched()
        touched.tests = {name: told for name, told in touched.tests.items() if name in items}
        self._left_out = sorted(items.keys() - touched.tests.keys())

    def _look_at(self, session: pytest.Session, new: list[pytest.Item], of_file: dict[str, str]) -> None:
        looking = Looking(Eye(ROOT, self._paths))
        session.config.pluginmanager.register(looking)
        for n, item in enumerate(new):
            following = new[n + 1] if n + 1 < len(new) else None
            seconds, lines = looking.run(item, following)
            if self._failures.failed:
                say(f"mutate: {item.nodeid} fails without any mutant, and is left out")
                self._failures.failed = False
            else:
                self.touched.keep(item.nodeid, of_file[str(item.path)], seconds, lines)
            if n % 100 == 99:
                say(f"mutate: {n + 1} of {len(new)} tests looked at")
                self.touched.save()
        self.touched.save()

    def _try(self, items: dict[str, pytest.Item]) -> int:
        options = self._options
        kept = Kept(options.report, options.again)
        trials = [trial for trial in self._trials() if not kept.knows(trial.mutant)]
        chosen = trials
        if options.sample is not None and options.sample < len(trials):
            places = sorted(random.Random(options.seed).sample(range(len(trials)), options.sample))
            chosen = [trials[place] for place in places]
        garden = Garden(ROOT, options.target)
        for n, ended in enumerate(tried(chosen, items, self._failures, garden, ROOT, options.workers), 1):
            kept.keep(report.row_of(ended))
            mark = f": {ended.trial.mutant.id}" if ended.fate in UNNOTICED else ""
            say(f"mutate: {n}/{len(chosen)} {ended.fate.value}, {ended.cpu_s:g} s{mark}")
        rows, why = kept.in_order([trial.mutant for trial in self._trials()]), report.explained(EXPLAINED)
        sample = None if chosen == trials else {"n": len(chosen), "of": len(trials), "seed": options.seed}
        report.save(rows, why, options.report, sample=sample, tests=len(items), left_out=self._left_out)
        print(report.survivors(rows, why))
        print(report.summary(rows, why))
        if sample:
            print(f"a sample: {len(rows)} of {len(self._trials())} mutants")
        return 1 if report.survivors(rows, why) else 0

    def _trials(self) -> list[Trial]:
        trials = []
        for path in self._options.target:
            tree, found = mutants((ROOT / path).read_text(encoding="utf-8"), path)
            for mutant in found:
                tests = self.touched.over(path, mutant.line, mutant.end_line)
                trials.append(Trial(mutant, tree, tuple((t, self.touched.seconds(t)) for t in tests)))
        return trials


class Kept:
    """What was tried, one JSON line a mutant; void when its file has changed."""

    def __init__(self, report_file: Path, again: bool) -> None:
        self._file = report_file.with_suffix(".jsonl")
        self._rows: dict[str, report.Row] = {}
        lines = self._file.read_text(encoding="utf-8").splitlines() if self._file.exists() else []
        for row in map(json.loads, lines):
            self._rows[row["id"]] = row
        left = {name for name, row in self._rows.items() if Fate(row["fate"]) in UNNOTICED}
        self._again = left if again else set()

    def knows(self, mutant: Mutant) -> bool:
        return mutant.id in self._rows and mutant.id not in self._again

    def keep(self, row: report.Row) -> None:
        self._rows[row["id"]] = row
        with self._file.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row) + "\n")

    def in_order(self, all_mutants: list[Mutant]) -> list[report.Row]:
        found = [(m, self._rows[m.id]) for m in all_mutants if m.id in self._rows]
        return [{**row, "line": mutant.line} for mutant, row in found]


def stamp(paths: Iterable[str]) -> str:
    told = hashlib.sha256()
    for path in sorted(paths):
        told.update((ROOT / path).read_bytes())
    return told.hexdigest()[:16]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
