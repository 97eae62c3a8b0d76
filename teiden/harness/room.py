"""A pretend room to tell a story in, from Python: what happens when, and then `play`.

    room = Room()
    room.site("sites/reference.yaml", {"upses.ups3.confirm": "700s"})
    room.at("0s").fault("flush_never_ends", "linkeddisk")
    room.at("10m").lose("utility", for_="2h")
    run = room.play(until="4h")

It makes the very document that a scenario file holds and has it read by the same reader. What is wrong with
an event is told at the line of Python that said it.
"""

from __future__ import annotations

import linecache
import os
import sys
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from teiden.harness.options import shown
from teiden.harness.played import FilePath, Played, plain, stories_of

if TYPE_CHECKING:
    from types import FrameType

    from teiden.files.source import Path, Place

Names = str | Iterable[str]


class Room:
    """One story after another at one site. What has happened stays in the story until `clear`."""

    def __init__(self, beside: FilePath = "room.py", *, name: str = "", seed: int | None = None) -> None:
        """`beside`: the file from whose folder paths count, as `__file__`; else from the current one.

        `seed`: of all chance, where `play` is given none.
        """
        self.runs: list[Played] = []
        """Everything played here, the last one last."""
        self._beside = shown(beside)
        self._name = name
        self._seed = seed
        self._values: dict[str, Any] = {}
        self._events: list[dict[str, Any]] = []
        self._places: dict[Path, Place] = {}

    def __repr__(self) -> str:
        """Short: pytest shows it above each test that fails in it."""
        return f"<a room, {len(self._events)} events told, {len(self.runs)} runs>"

    def site(self, path: FilePath, changes: Mapping[str, Any] | None = None) -> Room:
        """Where it happens; `changes` of its settings, nested or as dotted keys, None takes one out."""
        here = _caller()
        self._values["site"] = os.fspath(path)
        self._values["with"] = plain(changes or {})
        self._places[("site",)] = here
        self._places |= {("with", key): here for key in self._values["with"]}
        return self

    def story(self, sentence: str) -> Room:
        """The story in one sentence, for reports."""
        self._values["story"] = sentence
        return self

    def at(self, time: str) -> Moment:
        """A moment, from the start of the run: `room.at("10m").lose("utility")`."""
        return Moment(self, time)

    def clear(self) -> Room:
        """Forget what has happened; the site stays."""
        self._events.clear()
        return self

    def play(
        self, *, until: str, start: str | None = None, breaks: Iterable[str] = (), seed: int | None = None
    ) -> Played:
        """Play what was told, up to `until`, and judge it.

        `start`: date and time in the site's time zone, "2026-11-20 14:00". `breaks`: invariants that this
        story must break, exactly these. Raises InputError with all that is wrong, each at its line.
        """
        __tracebackhide__ = True
        from teiden.files.document import Document
        from teiden.files.story_model import SCHEMA
        from teiden.rehearsal import rehearse

        value: dict[str, Any] = {
            "schema": SCHEMA,
            "story": self._name.replace("_", " ") or "A story in Python.",
        }
        value |= {"name": self._name} if self._name else {}
        value |= {**self._values, "until": until, "events": self._events, "breaks": list(breaks)}
        value |= {"start": start} if start is not None else {}
        document = Document.of(value, self._beside)
        document.start = _caller()
        document.keys, document.values = dict(self._places), dict(self._places)
        (story,) = stories_of([document], self._beside)
        run = Played(rehearse(story, seed=seed if seed is not None else self._seed), replayable=False)
        self.runs.append(run)
        return run

    def _happens(self, entry: Mapping[str, Any], caller: Place) -> None:
        self._places["events", len(self._events)] = caller
        self._events.append({key: plain(value) for key, value in entry.items() if value is not None})


class Moment:
    """What happens at one time; each deed answers the moment itself, so that another may follow."""

    def __init__(self, room: Room, at: str) -> None:
        self._room = room
        self._at = at

    def lose(self, of: str, *, for_: str | None = None) -> Moment:
        """The mains of a feed, or of the input of one UPS, go; for a time, or until `restore`."""
        if for_ is None:
            return self._happens(mains="lost", of=of)
        return self._happens(mains=of, lost_for=for_)

    def restore(self, of: str) -> Moment:
        """The mains come back."""
        return self._happens(mains="restored", of=of)

    def fault(self, fault: str, subject: str, *, until: str | None = None) -> Moment:
        """Something is wrong with a device: `flush_never_ends`, `card_silent`, `node_crashes` ..."""
        return self._happens(fault=fault, subject=subject, until=until)

    def set_clock(self, server: str, *, by: str) -> Moment:
        """Somebody sets a server's clock: "300s" forward, "-300s" back."""
        return self._happens(clock=server, step=by)

    def ask(
        self, request: str, of: Names | None = None, *, by: str | None = None, to: str | None = None
    ) -> Moment:
        """Somebody asks the sequencer: `power_off`, `power_on`, `hold`, `release`; `to`: one control node."""
        return self._happens(
            request=request, of=of if of is None or isinstance(of, str) else list(of), by=by, to=to
        )

    def manage(self, deed: str, of: str) -> Moment:
        """The cluster's own manager does it: `shutdown`, `reboot` or `start`, the cluster or one node."""
        return self._happens(manager=deed, of=of)

    def press(self, ups: str) -> Moment:
        """The operator presses the button of a UPS."""
        return self._happens(press=ups)

    def boot(self, server: str) -> Moment:
        """The operator presses the button of a server."""
        return self._happens(boot=server)

    def host(self, address: str, *, goes: str) -> Moment:
        """A watched host of the LAN goes `off` or `on`."""
        return self._happens(host=address, goes=goes)

    def _happens(self, **entry: Any) -> Moment:
        self._room._happens({"at": self._at, **entry}, _caller())
        return self


def _caller() -> Place:
    """The line of Python that called us: the first that is not in this file."""
    from teiden.files.source import Place

    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename == __file__:
        frame = frame.f_back
    if frame is None:
        return Place("room")
    file, line = frame.f_code.co_filename, frame.f_lineno
    text = linecache.getline(file, line).rstrip("\n")
    indent = len(text) - len(text.lstrip())
    return Place(shown(file), line, indent + 1, text, max(1, len(text.strip())))
