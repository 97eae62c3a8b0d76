"""The first page: who commands, what it waits for, the groups with every device, the last alarms."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from realtime.status import Status, Wait
from teiden.language.retell import retold
from teiden.language.say import t
from teiden.status.picture import at, incident, may, so_long, who, why_it_waits
from teiden.web.console import console_of
from teiden.web.devices import tree
from teiden.web.routes import Way, read
from teiden.web.view import page

MOST_ALARMS = 5


async def overview(request: Request) -> Response:
    return page(request, "overview.html", _now(request))


async def overview_now(request: Request) -> Response:
    """The part that lives."""
    return page(request, "overview_now.html", _now(request))


def _now(request: Request) -> dict[str, object]:
    console = console_of(request)
    status, older_s = console.watch.status, console.watch.age_s
    if status is None:
        return {}
    return {
        "head": _head(status),
        "waits": waits(status, older_s),
        "groups": tree(console.settings.site_file.site, status, older_s),
        "alarms": [
            {"time": at(a.time), "subject": a.subject, "text": retold(a.text), "rule": a.rule}
            for a in reversed(status.alarms[-MOST_ALARMS:])
        ],
        "cluster": status.cluster,
        "cluster_state": retold(status.cluster.state) if status.cluster.state else t("unknown"),
        "peers": status.peers,
    }


def _head(status: Status) -> dict[str, str]:
    if status.stopped or (not status.commands and status.commander is None):
        tone = "bad"
    elif status.incident.open:
        tone = "odd"
    else:
        tone = "good" if status.armed else "odd"
    return {"who": who(status), "may": may(status)[0], "incident": incident(status), "tone": tone}


def waits(status: Status, older_s: float) -> list[dict[str, str]]:
    """What the runbook waits for now, a row each."""
    return [_wait(wait, older_s) for wait in status.waits]


def _wait(wait: Wait, older_s: float) -> dict[str, str]:
    return {
        "subject": wait.subject,
        "step": retold(wait.step),
        "so_long": so_long(wait, older_s),
        "why": why_it_waits(wait),
        "tone": "bad" if wait.rule else "odd",
    }


ROUTES: list[Way] = [read("/", overview), read("/overview/now", overview_now)]
