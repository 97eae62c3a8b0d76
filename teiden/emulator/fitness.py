"""Which stories can be played over sockets, and why the others cannot."""

from __future__ import annotations

from sim.story import ClockStep, FaultChange
from teiden.language.say import t
from teiden.story import Story


class Unfit(Exception):
    """Why a story can only be played in virtual time."""


def unfit(story: Story) -> str:
    """In words; '' if it can be played over sockets."""
    if any(isinstance(happening, ClockStep) for happening in story.happenings) or any(
        server.clock_skew_s for server in story.model.servers.values()
    ):
        return t("all processes of this machine share one clock, which nobody sets")
    for happening in story.happenings:
        if isinstance(happening, FaultChange) and happening.fault.pretend:
            return t("{fault} strikes what only a pretend room has", fault=happening.fault.name)
    if story.model.network.loss > 0:
        return t("a loopback loses no packets")
    if story.site.lan_watch.hosts:
        return t("its watched hosts stand on no loopback")
    return ""
