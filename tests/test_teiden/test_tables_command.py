"""`teiden table`: into a file or a pipe, with what does not go together refused."""

from __future__ import annotations

import csv
import io
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from teiden import tables
from teiden.cli import main
from tests.streams import OUTAGE

SITE = str(Path(__file__).resolve().parents[2] / "scenarios" / "sites" / "reference.yaml")


def table(*args: str, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["table", *args], input=stdin)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_without_a_file_the_table_is_on_the_standard_output() -> None:
    result = table(str(OUTAGE), "--kind", "states")
    assert result.exit_code == 0
    assert result.stderr == ""
    found = rows(result.stdout)
    assert len(found) == len(tables.states(OUTAGE))
    assert found[0] == {
        "t0": "0", "t1": "600", "subject": "utility", "group": "FEEDS", "aspect": "mains", "state": "present"
    }  # fmt: skip


def test_a_file_is_named_with_its_rows(tmp_path: Path) -> None:
    result = table(str(OUTAGE), "-o", str(tmp_path / "e.csv"))
    assert result.output == f"{tmp_path}/e.csv: 275 rows\n"
    result = table(str(OUTAGE), "-o", str(tmp_path / "e.parquet"), "--lang", "ja")
    assert result.output == f"{tmp_path}/e.parquet: 275 行\n"
    assert len(pd.read_parquet(tmp_path / "e.parquet")) == 275


def test_a_dash_is_the_standard_input_and_an_unfinished_line_is_told() -> None:
    result = table("-", "--kind", "charges", "--every", "1h", stdin=OUTAGE.read_bytes() + b'{"t": 1')
    assert result.exit_code == 0
    assert "the last line is not finished" in result.stderr
    assert {row["t"] for row in rows(result.stdout)} == {"0", "3600", "7200", "10800"}


def test_details_become_columns() -> None:
    result = table(str(OUTAGE), "--details", "command", "--details", "charge_pct")
    sent = [row for row in rows(result.stdout) if row["event"] == "command.sent"]
    assert {row["command"] for row in sent} >= {"shutdown", "off"}


@pytest.mark.parametrize("kind", ["margins", "lowest-charge", "invariants"])
def test_what_is_judged_is_judged_by_the_site(kind: str) -> None:
    result = table(str(OUTAGE), "--kind", kind, "--site", SITE)
    assert result.exit_code == 0
    frame = getattr(tables, kind.replace("-", "_"))(OUTAGE, site=SITE)
    assert [next(iter(row.values())) for row in rows(result.stdout)] == frame.iloc[:, 0].tolist()
    assert "is not, or no longer, what this run was played with" in result.stderr  # a recording by hand


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["--kind", "margins"], "give --site"),
        (["--kind", "states", "--details", "command"], "--details goes with --kind events"),
        (["--every", "60s"], "--every goes with --kind charges"),
        (["--kind", "charges", "--every", "60"], "60s"),
        (["--kind", "charges", "--every", "0s"], "0s is no distance in time"),
        (["-o", "e.xlsx"], "ends in .csv, .parquet"),
        (["--kind", "graphs"], "'graphs' is not one of"),
        (["--kind", "margins", "--site", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_wrong_input_is_refused(args: list[str], complaint: str) -> None:
    result = table(str(OUTAGE), *args)
    assert result.exit_code == 2
    assert complaint in result.stderr


def test_a_file_that_cannot_be_written_is_exit_code_3(tmp_path: Path) -> None:
    result = table(str(OUTAGE), "-o", str(tmp_path / "nowhere" / "e.csv"))
    assert result.exit_code == 3
    assert "cannot be written" in result.stderr


def test_the_package_alone_loads_no_pandas() -> None:
    code = (
        "import sys; from teiden import tables; assert not {'pandas', 'numpy', 'simpy'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
