"""What happened: the service's last events as an operator would tell them, and the alarms among them."""

from __future__ import annotations

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from teiden.narrate import Importance, Row, main_rows, narrate
from teiden.web.console import Console, console_of
from teiden.web.heard import heard
from teiden.web.routes import Way, read
from teiden.web.view import page

MOST_ROWS = 300
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
    head, lines = console.tail.head, list(console.tail.events)
    events, times = heard([*([head] if head is not None else []), *lines])
    rows = narrate(events)
    chosen = rows if show == "all" else main_rows(rows)
    if show == "alarms":
        chosen = [row for row in rows if any(event.name.startswith("alarm.") for event in row.events)]
    return [_row(row, times) for row in reversed(chosen[-MOST_ROWS:])]


def _row(row: Row, times: dict[float, datetime]) -> dict[str, str]:
    return {
        "time": f"{times[row.t]:%Y-%m-%d %H:%M:%S}" if row.t in times else "",
        "what": row.what,
        "because": row.because,
        "tone": TONES[row.importance],
    }


ROUTES: list[Way] = [read("/journal", journal), read("/journal/now", journal_now)]
