"""Where this Teiden came from, as a line of `requirements.txt`, so that CI installs the same one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import distribution
from typing import Any

PACKAGE = "teiden[pytest]"


def requirement(source: str | None = None) -> str:
    """`teiden[pytest] @ SOURCE`; the default is where this one came from, if others can reach that."""
    found = distribution("teiden")
    source = source or reachable(json.loads(found.read_text("direct_url.json") or "{}"))
    return f"{PACKAGE} @ {source}" if source else f"{PACKAGE}=={found.version}"


def reachable(origin: Mapping[str, Any]) -> str:
    """The source that pip has noted (PEP 610); nothing for what only this machine has."""
    url: str = origin.get("url", "")
    if url.startswith("file:"):
        return ""
    if vcs := origin.get("vcs_info"):
        return f"{vcs['vcs']}+{url}@{vcs['commit_id']}"
    return url
