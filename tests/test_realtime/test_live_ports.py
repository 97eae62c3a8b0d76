"""Commands on the wall clock: one request at a time to a card, and none of a life that has ended."""

from __future__ import annotations

import asyncio
from math import inf

import pytest

from sequencer.ports import Accepted, Off, Receipt
from tests.test_realtime.driven import LATE_S, Desk, at_desk


def test_s33_a_command_and_a_poll_of_the_same_card_are_never_on_their_way_together() -> None:
    async def play(desk: Desk) -> None:
        desk.driver.takes_s = 0.5
        desk.port.seen()
        await desk.wait(3.0)
        for _ in range(5):
            desk.env.act(desk.port.look)
            off = desk.env.act(lambda: desk.port.switch_off(Off.NOW))
            on = desk.env.act(desk.port.switch_on)
            await desk.env.live(off & on)
        assert len(desk.driver.commands) == 10
        assert desk.driver.most_at_once == 1

    at_desk(play)


def test_a_command_without_an_answer_leaves_it_open_and_is_sent_once() -> None:
    async def play(desk: Desk) -> None:
        desk.driver.takes_s = inf
        asked_s = desk.env.wall_now
        receipt = desk.env.act(desk.port.switch_on)
        await desk.env.live(receipt)
        assert receipt.value == Receipt(Accepted.UNKNOWN, "no answer in 1 s")
        assert 1.0 - 0.01 <= desk.env.now - asked_s <= 1.0 + LATE_S
        assert desk.driver.commands == ["on"]

    at_desk(play)


def test_a_command_waits_for_no_place_among_the_looks() -> None:
    """However many devices are silent: it waits for what is on its way to its own card at most."""

    async def play(desk: Desk) -> None:
        desk.driver.takes_s = inf
        ports = [desk.new_port() for _ in range(100)]
        desk.env.act(lambda: [port.look() for port in ports])
        await desk.wait(0.2)
        asked_s = desk.env.wall_now
        desk.driver.command_takes_s = 0.0
        receipt = desk.env.act(ports[-1].switch_on)
        await desk.env.live(receipt)
        assert receipt.value == Receipt(Accepted.YES)
        assert desk.env.now - asked_s <= 0.5 + LATE_S, "and not for six rounds of time-outs"

    at_desk(play)


def test_a_port_may_have_a_limit_of_its_own() -> None:
    async def play(desk: Desk) -> None:
        desk.driver.takes_s = 3.0
        receipt = desk.env.act(desk.new_port(limit_s=20.0).switch_on)
        await desk.env.live(receipt)
        assert receipt.value == Receipt(Accepted.YES)

    at_desk(play)


def test_s14_a_command_whose_life_ends_before_its_turn_is_not_sent() -> None:
    async def play(desk: Desk) -> None:
        desk.driver.takes_s = 0.8
        desk.env.act(desk.port.look)
        await desk.wait(0.2)  # the card is busy with the look
        receipt = desk.env.act(lambda: desk.port.switch_off(Off.NOW))
        await desk.wait(0.2)
        desk.link.close()
        await desk.wait(5.0)
        assert desk.driver.commands == []
        assert not receipt.triggered

    at_desk(play)


def test_a_command_that_was_sent_when_its_life_ended_is_done_and_nobody_hears_of_it() -> None:
    async def play(desk: Desk) -> None:
        desk.driver.takes_s = 0.5
        receipt = desk.env.act(desk.port.switch_on)
        await desk.wait(0.2)
        desk.link.close()
        await desk.wait(3.0)
        assert desk.driver.commands == ["on"]
        assert not receipt.triggered

    at_desk(play)


def test_a_life_that_ended_polls_no_more_and_looks_at_nothing_new() -> None:
    async def play(desk: Desk) -> None:
        desk.port.seen()
        await desk.wait(6.0)
        desk.link.close()
        asked = len(desk.driver.left_s)
        await desk.wait(20.0)
        assert len(desk.driver.left_s) == asked
        assert not desk.driver.at_once
        with pytest.raises(AssertionError, match="ended"):
            desk.new_port().seen()

    at_desk(play)


def test_closing_twice_is_closing_once() -> None:
    async def play(desk: Desk) -> None:
        desk.port.seen()
        await asyncio.sleep(0)
        desk.link.close()
        desk.link.close()

    at_desk(play)
