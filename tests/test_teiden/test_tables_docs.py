"""docs/howto/tables.md: every example in it runs, and it names the columns that there are."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from teiden import events_file
from teiden.files.story_file import load_stories
from teiden.rehearsal import rehearse
from teiden.tables.schemas import SCHEMAS

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "howto" / "tables.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """What the last line of each example gives, run one after the other as a reader would."""
    folder = tmp_path_factory.mktemp("docs")
    for name, story in (("outage", "site-outage"), ("outage-after", "server-hangs")):
        run = rehearse(load_stories(ROOT / "scenarios" / f"{story}.yaml")[0])
        events_file.write(run.told, run.story.start, str(folder / f"{name}.jsonl"))
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as here:
        here.chdir(folder)
        return [last(example, names) for example in EXAMPLES]


def last(example: str, names: dict[str, Any]) -> Any:
    *lines, expression = example.replace('"scenarios/', f'"{ROOT.as_posix()}/scenarios/').splitlines()
    exec("\n".join(lines), names)
    if re.match(r"\w+ = ", expression):
        exec(expression, names)
        return None
    return eval(expression, names)


def test_every_example_runs_and_gives_what_its_words_say(said: list[Any]) -> None:
    off, lowest, grid, refused, gained, apart, runs = [told for told in said if told is not None]
    assert off.index.tolist() == ["blade1", "blade2", "bladepool", "rack1", "rack2", "rackpool"]
    assert off["blade1"] > 7200
    assert lowest.ups.is_unique
    assert grid.index[:3].tolist() == [0, 60, 120]
    assert list(refused.columns) == ["t", "subject", "command", "rule", "reason"]
    assert gained.gained_s["halted_before_off_s"] < 0  # the blade that hangs takes its time
    assert isinstance(apart, pd.Series)
    assert apart.is_monotonic_increasing
    assert len(runs) > 1


def test_the_page_names_every_table_with_its_columns() -> None:
    for name, schema in SCHEMAS.items():
        rows = [f"| `{c.name}` | {c.type} | {c.meaning} |" for c in schema]
        assert "\n".join((f"### `{name}`", "", "| column | type | |", "|---|---|---|", *rows)) in PAGE
