"""Several that wait for one thing: who is closed meanwhile sleeps on, and who hears, hears once."""

from __future__ import annotations

from typing import Any

import simpy

from sequencer.events import Event, Stream
from sequencer.letters import Letters
from sequencer.ports import Steps
from sequencer.requests import Request, Wish
from sequencer.task import Family, Task


def test_a_task_that_is_closed_by_another_that_woke_for_the_same_thing_does_not_run() -> None:
    """The mains return; the outage's page is closed for the way up before it can send what it had in hand."""
    env = simpy.Environment()
    family, mains = Family(), env.event()
    ran: list[str] = []
    pages: dict[str, Task] = {}

    def page(name: str, other: str) -> Steps[None]:
        yield mains
        ran.append(name)
        pages[other].close()
        yield env.timeout(1)
        ran.append(f"{name}, later")

    for name, other in (("up", "down"), ("down", "up")):
        pages[name] = Task(env, page(name, other), family)
    for task in pages.values():
        task.start()
    mains.succeed()
    env.run()
    assert ran == ["up", "up, later"]


def test_only_who_asked_last_gets_the_next_letter_although_another_stops_waiting() -> None:
    env = simpy.Environment()
    letters = Letters(env)
    first, second = letters.next(), letters.next()
    first.withdraw()
    request = Request("r1", Wish.POWER_ON)
    letters.put(request)
    assert not first.triggered
    assert second.triggered
    assert second.value == request
    assert letters.close() == (), "it was read"


def test_a_listener_hears_every_event_from_then_on_and_none_before() -> None:
    stream, heard = Stream(), list[Event]()
    stream.fact(1.0, "mains.lost", "utility")
    stream.listen(heard.append)
    stream.seen(2.0, "outage.suspected", "ups1", "control1", confirm_s=60.0)
    assert [event.name for event in heard] == ["outage.suspected"]
    assert [event.name for event in stream] == ["mains.lost", "outage.suspected"]
    assert len(stream) == 2


def test_a_task_may_be_closed_while_nothing_holds_it_up() -> None:
    env = simpy.Environment()
    gone: list[Any] = []

    def page() -> Steps[None]:
        yield env.timeout(1)
        task.close()
        gone.append("its own end")
        yield env.timeout(1)
        gone.append("never")

    task = Task(env, page(), Family())
    task.start()
    env.run()
    assert gone == ["its own end"]
