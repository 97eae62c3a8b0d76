"""Looks a site file over before anything goes by it: in a process of its own, so that no sequence waits.

    python -m teiden.configuration.examine       reads one question as JSON, writes the answer

Reading a hall's file takes a second of computing; in the service's own process everything else would be
slower by so much.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from typing import Any

LIMIT_S = 60.0
NICE = 10
MAX_CHANGES = 100
"""Told by name; of more only the count is."""
MAX_WRONG = 5
MODULE = "teiden.configuration.examine"


class NotExamined(Exception):
    """The process did not do its work, and why."""


@dataclass(frozen=True, slots=True)
class Change:
    key: str
    need: str
    of: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Examined:
    """What is to be known of a file that may be gone by next."""

    wrong: str = ""
    """Why it is no site file, or not one of this node and this site; then the rest is not known."""
    not_armed: str = ""
    """Why a service that goes by it could not be armed."""
    changes: tuple[Change, ...] = ()
    changed: int = 0
    need: str = ""


def examine(active: str, candidate: str, proof: str | None, path: str, me: str) -> Examined:
    """`active`: the text gone by now. `candidate`: the other one's, `path` its name, `proof` its record."""
    from teiden.configuration.changes import changed_keys, dotted
    from teiden.configuration.needs import WEIGHT, need_of, weightiest, whose
    from teiden.files.site_file import site_from_text
    from teiden.files.source import InputError

    ours = site_from_text(active, path)
    try:
        theirs = site_from_text(candidate, path)
    except InputError as error:
        return Examined(wrong=_wrong(error))
    if why := _another(ours.site.name, theirs.site.name, theirs.site.cluster.nodes, me):
        return Examined(wrong=why)
    found = [
        Change(dotted(key), need.value, whose(need, theirs.site))
        for key in changed_keys(ours.document, theirs.document)
        for need in (need_of(key),)
    ]
    heaviest = weightiest([need for need in WEIGHT if any(one.need == need for one in found)])
    found.sort(key=lambda one: -_weight(one.need))
    not_armed = _not_armed(proof, path, hashlib.sha256(candidate.encode()).hexdigest())
    return Examined("", not_armed, tuple(found[:MAX_CHANGES]), len(found), heaviest.value)


def _weight(need: str) -> int:
    from teiden.configuration.needs import WEIGHT, Need

    return WEIGHT[Need(need)]


def _another(ours: str, theirs: str, nodes: Iterable[str], me: str) -> str:
    if ours != theirs:
        return f"it is the file of another site: {theirs}, not {ours}"
    return "" if me in nodes else f"{me} is no control node in it"


def _wrong(error: Any) -> str:
    problems = [f"{one.place}: {one.message}" for one in error.problems[:MAX_WRONG]]
    more = len(error.problems) - len(problems)
    return "; ".join([*problems, *([f"and {more} more"] if more else [])])


def _not_armed(proof: str | None, path: str, digest: str) -> str:
    from teiden.proved import why_not_by

    if proof is None:
        return "nothing was proved of it"
    return why_not_by(proof, path, digest)


# In a process of its own


async def examined(active: str, candidate: str, proof: str | None, path: str, me: str) -> Examined:
    """The same, there. Raises NotExamined."""
    question = json.dumps([active, candidate, proof, path, me]).encode("ascii")
    try:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            MODULE,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            close_fds=True,
        )
    except OSError as error:
        raise NotExamined(f"the file could not be looked over: {error.strerror}") from None
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, process.pid, NICE)
    try:
        async with asyncio.timeout(LIMIT_S):
            told, _ = await process.communicate(question)
        return examined_from(json.loads(told))
    except TimeoutError:
        raise NotExamined(f"the file was not looked over within {LIMIT_S:g} s") from None
    except (ValueError, TypeError, KeyError, OSError):
        raise NotExamined("the file could not be looked over; is there memory left?") from None
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def examined_from(told: dict[str, Any]) -> Examined:
    changes = tuple(Change(one["key"], one["need"], tuple(one["of"])) for one in told.pop("changes"))
    return Examined(**told, changes=changes)


if __name__ == "__main__":
    print(json.dumps(asdict(examine(*json.load(sys.stdin)))))
