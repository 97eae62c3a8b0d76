"""S34, S36: what a stream must never hold, and what it must say of whoever wrote it."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sequencer.events import NAMES, Event
from sequencer.site import Site
from teiden.judge.invariants.invariant import Invariant, Look
from teiden.judge.ledger.room import Room
from teiden.language.retell import retold
from teiden.language.say import later, t
from teiden.weak_secrets import PHRASES

CALLED_SO = re.compile(
    r"(.*_)?(secret|pass(word|wd|phrase)|community|token|(auth|priv|privacy)_?key)", re.IGNORECASE
)
"""Details whose value would be a pass phrase."""
PLACE = re.compile(r"(env|file|cred):\S+")
"""Where one stands is no secret."""
GIVEN_AWAY = (
    r"\b(?:secret|pass(?:word|wd|phrase)|community|token)\s*[=:]\s*(?!(?:env|file|cred):)[^\s,;]+"
    r"|://[^\s/@:]+:[^\s/@]+@|\bBearer\s+\S{8,}"
)
"""A pass phrase in the middle of a text: after its name, in an address, in a header."""
KNOWN = tuple(rf"\b{re.escape(phrase)}\b" for phrase in sorted(PHRASES))
SHORTEST = 4
"""Characters; what is shorter stands in every text by chance."""


class S34(Invariant):
    """No pass phrase stands in the stream.

    `[] secret not in details(event)`. Every detail of every word of a node, and of the head of the stream, is
    looked through: for the site's own secrets, where they stand in the environment of whoever judges
    (`env:NAME`); for phrases that makers ship; for details and words in a text that are called a secret, a
    password, a community or a token and hold one; for addresses with one in them. What was found is not
    repeated.
    """

    id = "S34"
    sentence = later("no secret stands in the stream")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        own = [re.escape(secret) for secret in sorted(secrets_of(room.site))]
        self._given_away = re.compile("|".join((*own, GIVEN_AWAY, *KNOWN)), re.IGNORECASE)
        self._called_so: dict[str, bool] = {}

    def hears(self) -> Mapping[str, Look]:
        return dict.fromkeys(NAMES, self._look)

    def _look(self, event: Event) -> None:
        self.put_to_test += 1
        for key, value in event.details.items():
            if isinstance(value, str):
                if self._is_open(key, value):
                    self._found(event, key)
                    return
            elif not isinstance(value, int | float):
                inside = next((k for k, text in texts(value, key) if self._is_open(k, text)), None)
                if inside is not None:
                    self._found(event, inside)
                    return

    def _is_open(self, key: str, text: str) -> bool:
        called_so = self._called_so.get(key)
        if called_so is None:
            called_so = self._called_so[key] = CALLED_SO.fullmatch(key) is not None
        if called_so:
            return bool(text) and not PLACE.fullmatch(text)
        return gives_away(self._given_away, text)

    def _found(self, event: Event, key: str) -> None:
        text = t(
            "{event} of {name} at {time} holds a secret in {detail}",
            event=event.name,
            name=event.subject,
            time=self.at(event.t),
            detail=key,
        )
        self.broken(event.t, event.subject, text)  # the event itself would show it


@lru_cache(maxsize=65536)
def gives_away(phrases: re.Pattern[str], text: str) -> bool:
    """Remembered: the few words of a room come thousands of times, in run after run."""
    return phrases.search(text) is not None


def texts(details: object, key: str) -> list[tuple[str, str]]:
    """Every text in there, however deep, and what it is called."""
    found, left = list[tuple[str, str]](), [(key, details)]
    while left:
        key, value = left.pop()
        if isinstance(value, str):
            found.append((key, value))
        elif isinstance(value, Mapping):
            left += reversed([(str(name), inside) for name, inside in value.items()])
        elif isinstance(value, list | tuple):
            left += [(key, inside) for inside in reversed(value)]
    return found


def secrets_of(site: Site) -> set[str]:
    """Those that stand in this environment; a file of secrets is opened for no judgement."""
    places = {ups.snmp.secret for ups in site.upses.values()}
    names = [place.removeprefix("env:") for place in places if place.startswith("env:")]
    return {secret for name in names if len(secret := os.environ.get(name, "")) >= SHORTEST}


class S36(Invariant):
    """Who only watches writes nothing, and all who take part run the same sequencer.

    `dry(k) -> [] not writes(k)`: after a `run.started` with `armed: false` that node sends no command and
    starts no job, itself included. And every `run.started` of a stream names the same build (`versions`: the
    package, and the hash of the sequencer's own source), of those who rehearse and of those who run live.
    """

    id = "S36"
    sentence = later("who only watches writes nothing, and all run the same sequencer")

    def __init__(self, room: Room) -> None:
        super().__init__(room)
        self._watching: dict[str, Event] = {}
        self._first: Event | None = None

    def hears(self) -> Mapping[str, Look]:
        return {"run.started": self._started, "command.sent": self._sent, "job.started": self._sent}

    def _started(self, event: Event) -> None:
        if event.details.get("armed") is False:
            self.put_to_test += 1
            self._watching[event.by] = event
        else:
            self._watching.pop(event.by, None)
        build = _build(event)
        if not build:
            return
        self.put_to_test += 1
        first = self._first = self._first or event
        if build != _build(first):
            text = t(
                "{one} runs {build}, {other} runs {other_build}",
                one=first.by,
                build=_in_words(_build(first)),
                other=event.by,
                other_build=_in_words(build),
            )
            self.broken(event.t, event.subject, text, event)

    def _sent(self, event: Event) -> None:
        if event.by in self._watching:
            text = t(
                "{node} only watches, and sent {command} to {name} at {time}",
                node=event.by,
                command=retold(str(event.details.get("command") or event.details.get("job", ""))),
                name=event.subject,
                time=self.at(event.t),
            )
            self.broken(event.t, event.subject, text, event)

    def end(self, t_s: float) -> None:
        if not self.put_to_test:
            self.not_applicable = t("the stream does not tell by which build it was made")


def _build(event: Event) -> dict[str, Any]:
    versions = event.details.get("versions")
    told = versions if isinstance(versions, Mapping) else {}
    return {name: told[name] for name in ("teiden", "sequencer") if name in told}


def _in_words(build: dict[str, Any]) -> str:
    return " ".join(f"{name} {version}" for name, version in build.items())
