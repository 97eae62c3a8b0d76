"""The LAN between the nodes and the devices: latency, loss, and a switch that dies; then lossy nights."""

from __future__ import annotations

from typing import Any

import pytest
import simpy

from sequencer.ports import Accepted, Receipt
from sim.model import NetworkModel
from sim.network import Lan, Path, request
from tests.safety import well
from tests.thinned import thinned
from tests.worlds import out, play, reference_model

YES = Receipt(Accepted.YES)


def path(loss: float = 0.0) -> Path:
    return Path(NetworkModel(latency_s=0.02, loss=loss), 1, "control1/1>ups5")


def sent(lossy: float = 0.0, act: Any = lambda: YES, *, up: bool = True) -> tuple[Receipt, float]:
    env = simpy.Environment()
    answer = request(env, path(lossy), lambda: up, act, 1.0)
    return env.run(until=answer), float(env.now)


def test_latency_is_half_to_one_and_a_half_times_the_typical() -> None:
    drawn = [path().latency_s(n / 7) for n in range(2000)]
    assert min(drawn) >= 0.01
    assert max(drawn) <= 0.03 == path().longest_latency_s
    assert sum(drawn) / len(drawn) == pytest.approx(0.02, rel=0.05)


def test_as_many_are_lost_as_the_model_says() -> None:
    assert sum(path(0.2).lost(n * 0.5) for n in range(10_000)) == pytest.approx(2000, rel=0.1)
    assert not any(path(0.0).lost(n) for n in range(100))


def test_a_draw_does_not_depend_on_who_asked_before() -> None:
    one, other = path(0.2), path(0.2)
    [other.lost(n) for n in range(50)]
    assert one.lost(17.0) == other.lost(17.0)


def test_a_command_is_answered_after_the_latency() -> None:
    receipt, at_s = sent()
    assert receipt.ok
    assert 0.01 <= at_s <= 0.03


def test_u6_a_reply_that_is_lost_leaves_the_command_done_and_its_sender_ignorant() -> None:
    done: list[str] = []
    receipt, at_s = sent(1.0, lambda: done.append("done") or YES)
    assert receipt.accepted is Accepted.UNKNOWN
    assert at_s == pytest.approx(1.0)
    assert done == ["done"]


def test_without_the_lan_a_command_is_not_done() -> None:
    done: list[str] = []
    receipt, _ = sent(act=lambda: done.append("done") or YES, up=False)
    assert receipt.accepted is Accepted.UNKNOWN
    assert done == []


def test_r1_11_the_lan_works_while_any_of_its_switches_does() -> None:
    lan, heard = Lan(), []
    lan.switch_power("lan1", True)
    lan.switch_power("lan2", True)
    lan.listen(lambda: heard.append(lan.up))
    lan.switch_power("lan1", False)
    assert lan.up
    lan.switch_power("lan2", False)
    assert not lan.up
    lan.switch_power("lan1", True)
    assert lan.up
    assert heard == [False, True]


# A network that loses packets: safe, and nobody stranded (N3)


@pytest.mark.parametrize("case", thinned([(0.02, 1), (0.02, 2), (0.05, 3), (0.1, 4), (0.2, 5)]), ids=str)
def test_n3_an_outage_over_a_lossy_network_is_ridden_out(case: tuple[float, int]) -> None:
    loss, seed = case
    print(f"seed {seed}, loss {loss}")
    well(play(out(0, 7200), model=reference_model(network__loss=loss), seed=seed, until_s=3 * 3600))


@pytest.mark.parametrize("back_s", thinned([100, 460, 650, 1000, 1200]))
def test_n3_whenever_the_mains_return(back_s: int) -> None:
    print(f"seed {back_s}, loss 0.1")
    well(play(out(0, back_s), model=reference_model(network__loss=0.1), seed=back_s, until_s=3 * 3600))


@pytest.mark.long
@pytest.mark.parametrize("loss", [0.02, 0.05, 0.1, 0.2])
def test_n3_with_many_seeds(loss: float) -> None:
    for seed in range(40):
        print(f"seed {seed}, loss {loss}")
        well(play(out(0, 7200), model=reference_model(network__loss=loss), seed=seed, until_s=4 * 3600))


def test_n3_a_lossy_quiet_day_stops_nobody() -> None:
    tale = play(model=reference_model(network__loss=0.1), seed=9, until_s=6 * 3600)
    tale.never("command.sent *", "outage.suspected *", "incident.opened *")
