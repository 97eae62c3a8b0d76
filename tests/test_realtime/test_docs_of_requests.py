"""The lines that docs/requests.md shows are understood and said as it says."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from realtime.request_lines import request_from
from sequencer.requests import Request
from tests.test_realtime.serving import serving

PAGE = (Path(__file__).parents[2] / "docs" / "requests.md").read_text(encoding="utf-8")
REQUESTS, REPLIES = re.findall(r"^```json\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("line", REQUESTS.splitlines())
def test_every_request_shown_is_one(line: str) -> None:
    assert isinstance(request_from(line.encode(), "uid 0", "fresh"), Request)


@pytest.mark.parametrize("line", REPLIES.splitlines())
def test_every_reply_shown_has_the_keys_that_are_sent(line: str) -> None:
    assert {"id", "accepted"} <= json.loads(line).keys() <= {"id", "accepted", "reason"}


def test_the_perl_client_that_is_shown_works(tmp_path: Path) -> None:
    perl = shutil.which("perl")
    if perl is None:
        pytest.skip("no perl on this machine")
    (program,) = re.findall(r"^```perl\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    with serving(tmp_path / "s") as delivered:
        environment = {**os.environ, "TEIDEN_SOCKET": str(tmp_path / "s")}
        run = subprocess.run(
            [perl, "-e", program], env=environment, capture_output=True, text=True, timeout=10
        )
    assert (run.returncode, run.stdout) == (0, "accepted\n"), run.stderr
    assert [r.of for r in delivered] == [("blade1",)]
