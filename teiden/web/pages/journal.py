"""What happened: the service's last events as an operator would tell them, and the alarms among them."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from sequencer.events import NAMES, Event, Source
from teiden.narrate import Importance, Row, main_rows, narrate
from teiden.web.console import Console, console_of
from teiden.web.routes import Way, read
from teiden.web.tail import Told
from teiden.web.view import page

MOST_ROWS = 300
FIXED = frozenset(("t", "time", "event", "subject", "by", "source"))
TONES = {Importance.TROUBLE: "bad", Importance.MAIN: "", Importance.DETAIL: "off"}


async def journal(request: Request) -> Response:
    return page(request, "journal.html", await _now(request))


async def journal_now(request: Request) -> Response:
    """The part that lives."""
    return page(request, "journal_now.html", await _now(request))


async def _now(request: Request) -> dict[str, object]:
    console = console_of(request)
    show = request.query_params.get("show", "main")
    show = show if show in ("main", "all", "alarms") else "main"
    return {"show": show, "rows": await console.told(show, _rows), "unread": console.tail.why_not}


def _rows(console: Console, show: str) -> list[dict[str, str]]:
    """The newest first."""
    events, times = _events(console.tail.head, list(console.tail.events))
    rows = narrate(events)
    chosen = rows if show == "all" else main_rows(rows)
    if show == "alarms":
        chosen = [row for row in rows if any(event.name.startswith("alarm.") for event in row.events)]
    return [_row(row, times) for row in reversed(chosen[-MOST_ROWS:])]


def _row(row: Row, times: dict[float, str]) -> dict[str, str]:
    return {
        "time": times.get(row.t, ""),
        "what": row.what,
        "because": row.because,
        "tone": TONES[row.importance],
    }


def _events(head: Told | None, lines: list[Told]) -> tuple[list[Event], dict[float, str]]:
    """As values, with the clock of each instant."""
    events: list[Event] = []
    times: dict[float, str] = {}
    for told in [*([head] if head is not None else []), *lines]:
        try:
            if told["event"] not in NAMES:
                continue  # of a later version
            details = {key: value for key, value in told.items() if key not in FIXED}
            t, source = float(told["t"]), Source(told["source"])
            events.append(Event(t, told["event"], str(told["subject"]), str(told["by"]), source, details))
            times.setdefault(t, datetime.fromisoformat(told["time"]).strftime("%Y-%m-%d %H:%M:%S"))
        except (KeyError, ValueError, TypeError):
            continue  # a line that is none of ours
    return events, times


ROUTES: list[Way] = [read("/journal", journal), read("/journal/now", journal_now)]
