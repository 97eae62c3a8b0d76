"""Notebooks: a stale page is seen, and a cell that fails. The pages themselves: `./run check`."""

import subprocess
import sys
from pathlib import Path

import pytest

import notebooks


def test_there_are_notebooks_to_check() -> None:
    assert len(notebooks.sources(notebooks.ROOT)) >= 3


def test_a_page_that_is_out_of_date_is_seen(tmp_path: Path) -> None:
    source = tmp_path / "notebooks" / "one.py"
    made = notebooks.Page("# One\n\n```text\n42\n```\n", {"one-1.png": b"png"})

    assert len(list(notebooks.differences(tmp_path, source, made))) == 2
    notebooks.write(tmp_path, source, made)
    assert list(notebooks.differences(tmp_path, source, made)) == []
    (offence,) = notebooks.differences(tmp_path, source, made._replace(text="# One\n\n```text\n43\n```\n"))
    assert offence.startswith("docs/notebooks/one.md:4: ")


@pytest.mark.long
def test_a_cell_that_fails_fails_the_notebook_and_is_shown(tmp_path: Path) -> None:
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "failing.py").write_text("# %%\nassert 1 + 1 == 3, 'arithmetic'\n")
    line = f"import sys, notebooks as n; sys.exit(n.main(['--check'], n.Path({str(tmp_path)!r})))"

    done = subprocess.run(
        [sys.executable, "-c", line],
        cwd=notebooks.ROOT / ".ci",
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )

    assert done.returncode == 1
    assert "AssertionError: arithmetic" in done.stderr
    assert "notebooks/failing.py: " in done.stderr
