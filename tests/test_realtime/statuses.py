"""A bad night and a calm day, as a service would tell them."""

from __future__ import annotations

from realtime.status import (
    AUTHENTICATION,
    LOST_ITS_UPS,
    OK,
    UNREACHABLE,
    AlarmView,
    ArrayView,
    ClusterView,
    Incident,
    JournalView,
    LatenessView,
    PeerView,
    ServerView,
    Status,
    UpsView,
    Wait,
)

SILENCE = "no answer in 1 s"
BORN = "2026-11-25T14:00:00+09:00"


def ups(name: str, **told: object) -> UpsView:
    seen: dict[str, object] = {
        "mains": True,
        "output_on": True,
        "on_battery": False,
        "low_battery": False,
        "off_armed": False,
        "charge_pct": 100.0,
        "runtime_s": 2700.0,
        "age_s": 2.0,
        "fresh": True,
    }
    return UpsView(name, **{**seen, **told})  # type: ignore[arg-type]


def bad_night() -> Status:
    dark: dict[str, object] = {"mains": False, "on_battery": True, "age_s": 1.0}
    return Status(
        "reference",
        "control1",
        "5f1c9a",
        "control1/4",
        BORN,
        armed=True,
        commander="control1",
        commands=True,
        incident=Incident(True, 3, "down", "2026-11-25T14:10:02+09:00", "ups4"),
        waits=(
            Wait("ups5", "output off", 35.0, 210.0),
            Wait("ssccluster", "cluster stop", 700.0, None, "S5", "the linked side is not settled"),
        ),
        upses=(
            ups("ups1", load_pct=40.0),
            ups("ups2", **dark, charge_pct=86.0, runtime_s=740.0),
            ups("ups3", state=UNREACHABLE, words=SILENCE, age_s=240.0, fresh=False),
            ups("ups4", **dark, low_battery=True, off_armed=True, charge_pct=22.0, runtime_s=95.0),
            UpsView("ups5", state=LOST_ITS_UPS, words="the card does not reach its UPS"),
            UpsView("ups6", state=AUTHENTICATION, words="it does not take our pass phrase"),
            ups("ups7", output_on=False, charge_pct=None, runtime_s=None),
        ),
        servers=(
            ServerView("blade1", "halted", 3.0, True),
            ServerView("blade2", "shutting down", 3.0, True),
            ServerView("rack1", None, None, False, "connection refused"),
        ),
        arrays=(ArrayView("linkeddisk", "ready", "under way", 2.0, True),),
        cluster=ClusterView("ssccluster", "running", "control1", 2.0, True),
        peers=(PeerView("control2", True, False, False), PeerView("control3", False, words=SILENCE)),
        journal=JournalView(False, "the disk is full; safe mode: nothing is started"),
        alarms=(AlarmView("2026-11-25T14:12:02+09:00", "ups5", "nobody knows about ups5", "S11"),),
        lateness=LatenessView(3.25, 1),
    )


def calm_day() -> Status:
    return Status(
        "reference",
        "control2",
        "5f1c9a",
        "control2/1",
        BORN,
        armed=False,
        why_not="the site does not pass its check",
        commander="control1",
        upses=(ups("ups1"), ups("ups2", state=OK)),
        servers=(ServerView("blade1", "up", 3.0, True),),
        arrays=(ArrayView("linkeddisk", "ready", "not asked", 1.0, True),),
        cluster=ClusterView("ssccluster", "running", "control1", 2.0, True),
        peers=(PeerView("control1", True, True, True),),
    )
