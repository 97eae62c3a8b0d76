"""What every test of the console needs: its site, its address, patience, and events that a service tells."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from httpx2 import Response
from starlette.testclient import TestClient

from teiden.files.site_file import SiteFile, load_site
from teiden.web.guard import passwords

SITE = Path(__file__).parents[2] / "scenarios" / "sites" / "reference.yaml"
PASSWORD = "correct horse battery"
"""Of every account of these tests."""
BASE = "http://127.0.0.1:7480"


LITTLE_WORK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def hash_with_little_work(patch: pytest.MonkeyPatch) -> None:
    """Passwords and guesses are held against real hashes; what each costs is `test_passwords.py`'s matter."""
    patch.setattr(passwords, "_HASHER", LITTLE_WORK)
    patch.setattr(passwords, "NOBODYS", LITTLE_WORK.hash(""))


@cache
def site() -> SiteFile:
    """The reference site, read once."""
    return load_site(SITE)


def until(holds: Callable[[], bool], limit_s: float = 10.0) -> None:
    end_s = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < end_s, "it has not come about"
        time.sleep(0.01)


def event(folder: Path, name: str, subject: str, t: float = 0.0, **details: object) -> None:
    """One more line of the service's event file."""
    told = {"t": t, "time": "2026-11-26T09:00:00+09:00", "event": name, "subject": subject, "by": "control1"}
    with (folder / "events-20261126T000000Z.jsonl").open("a") as file:
        file.write(json.dumps(told | {"source": "seen"} | details) + "\n")


def log_in(client: TestClient, name: str) -> None:
    client.post("/login", data={"name": name, "password": PASSWORD}, headers={"origin": BASE})


def post(client: TestClient, path: str, **form: str) -> Response:
    """As the page's own form would, with its session's token; what it answers is not followed."""
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found, "nobody has logged in"
    data = {"token": found[1]} | form
    return client.post(path, data=data, headers={"origin": BASE}, follow_redirects=False)
