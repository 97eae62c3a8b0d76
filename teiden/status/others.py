"""Servers, arrays, the cluster and the peers of a status, a line each."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from realtime.status import ArrayView, PeerView, ServerView, Status
from teiden.language.say import t
from teiden.status.lines import Row, laid_out
from teiden.status.readings import age, title, word

STYLES = {
    "up": "green",
    "ready": "green",
    "running": "green",
    "halted": "dim",
    "stopped": "dim",
    "fault": "bold red",
}
"""Of the words a device says; whatever is on its way is yellow."""


def servers(views: tuple[ServerView, ...], wide: int, older_s: float) -> Iterator[Text]:
    if not views:
        return
    yield title(t("SERVERS"))
    rows = [
        Row(
            (Text(v.name, style="bold"), _state(v.os, v.fresh), age(v.age_s, v.fresh, older_s)),
            v.words,
            _why_style(v.fresh),
        )
        for v in views
    ]
    yield from laid_out(rows, "<<<", wide)


def arrays(views: tuple[ArrayView, ...], wide: int, older_s: float) -> Iterator[Text]:
    if not views:
        return
    yield title(t("ARRAYS"))
    rows = [
        Row(
            (
                Text(v.name, style="bold"),
                _state(v.service, v.fresh),
                _flush(v),
                age(v.age_s, v.fresh, older_s),
            ),
            v.words,
            _why_style(v.fresh),
        )
        for v in views
    ]
    yield from laid_out(rows, "<<<<", wide)


def _flush(view: ArrayView) -> Text:
    if not view.fresh or view.flush in (None, "not asked"):
        return Text("")
    return (
        Text(t("flushed"), style="cyan") if view.flush == "done" else Text(t("flushing"), style="bold yellow")
    )


def cluster(status: Status, wide: int, older_s: float) -> Iterator[Text]:
    view = status.cluster
    if not view.name:
        return
    yield title(t("CLUSTER"))
    holder = t("held by {node}", node=view.holder) if view.holder else t("held by nobody")
    cells = (
        Text(view.name, style="bold"),
        _state(view.state, view.fresh),
        Text(holder if view.fresh else ""),
        age(view.age_s, view.fresh, older_s),
    )
    yield from laid_out([Row(cells, view.words, _why_style(view.fresh))], "<<<<", wide)


def peers(views: tuple[PeerView, ...], wide: int, ours: str = "") -> Iterator[Text]:
    """`ours`: the hash of our own site file; it is named where another node's differs."""
    if not views:
        return
    yield title(t("OTHER NODES"))
    yield from laid_out([_peer(view, ours) for view in views], "<<", wide)


def _peer(view: PeerView, ours: str) -> Row:
    name = Text(view.name, style="bold")
    if not view.reachable:
        return Row((name, Text(t("SILENT"), style="bold red")), view.words, "bold red")
    stands = t("commands") if view.commands else t("stands by")
    if view.alike is False:
        differs = t("ITS SITE FILE DIFFERS: it may not command")
        if view.site_hash:
            differs += t(" ({theirs}, here {ours})", theirs=view.site_hash[:12], ours=ours[:12])
        return Row(
            (name, Text(stands, style="yellow")), "; ".join(filter(None, (differs, view.words))), "bold red"
        )
    return Row((name, Text(stands, style="green")), view.words)


def _state(told: str | None, fresh: bool) -> Text:
    if not fresh:
        return Text(t("NOT HEARD"), style="bold red")
    return word(told, STYLES.get(told or "", "yellow"))


def _why_style(fresh: bool) -> str:
    return "yellow" if fresh else "bold red"
