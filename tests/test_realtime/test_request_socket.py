"""The request socket as callers meet it: answers, bad callers, and who may call at all (R2-05)."""

from __future__ import annotations

import os
import socket
import stat
import threading
from pathlib import Path

import pytest

from realtime.request_lines import MAX_LINE
from realtime.request_socket import CannotServe, RequestSocket
from sequencer.requests import Request, Wish
from tests.test_realtime.serving import Caller, serving, until

HOLD = {"wish": "hold", "of": ["ups5"]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "requests.sock"


def refuse(service: RequestSocket, request: Request) -> None:
    service.reply(request, refusal="ups5 is held")


def say_nothing(service: RequestSocket, request: Request) -> None:
    pass


def answer_from_another_thread(service: RequestSocket, request: Request) -> None:
    threading.Thread(target=service.reply, args=(request,)).start()


# Answers


def test_r2_05_a_request_is_delivered_and_its_acceptance_comes_back(path: Path) -> None:
    with serving(path) as delivered, Caller(path) as caller:
        told = caller.ask(id="a1", by="backup job", **HOLD)
    assert told == {"id": "a1", "accepted": True}
    (request,) = delivered
    assert (request.id, request.wish, request.of) == ("a1", Wish.HOLD, ("ups5",))


def test_the_kernel_says_who_asks(path: Path) -> None:
    with serving(path) as delivered, Caller(path) as caller:
        caller.ask(by="somebody else", **HOLD)
    assert delivered[0].by == f"somebody else (uid {os.getuid()}, process {os.getpid()})"


def test_a_refusal_comes_back_with_its_reason(path: Path) -> None:
    with serving(path, refuse), Caller(path) as caller:
        assert caller.ask(id="a1", **HOLD) == {"id": "a1", "accepted": False, "reason": "ups5 is held"}


def test_an_answer_may_come_from_another_thread(path: Path) -> None:
    with serving(path, answer_from_another_thread), Caller(path) as caller:
        assert caller.ask(**HOLD)["accepted"] is True


def test_when_nobody_answers_the_caller_is_told_that_nothing_is_known(path: Path) -> None:
    with serving(path, say_nothing, answer_limit_s=0.05), Caller(path) as caller:
        told = caller.ask(id="a1", **HOLD)
    assert told["accepted"] is None
    assert "no answer in 0.05 s; it may still be carried out" in told["reason"]


def test_one_caller_may_ask_many_things_one_after_the_other(path: Path) -> None:
    with serving(path) as delivered, Caller(path) as caller:
        ids = [caller.ask(id=f"a{n}", **HOLD)["id"] for n in range(20)]
    assert ids == [r.id for r in delivered] == [f"a{n}" for n in range(20)]


def test_a_request_sent_again_is_answered_again_and_not_done_twice(path: Path) -> None:
    with serving(path, refuse) as delivered:
        for _ in range(3):
            with Caller(path) as caller:
                assert caller.ask(id="a1", **HOLD)["reason"] == "ups5 is held"
    assert len(delivered) == 1


def test_a_request_sent_again_while_the_first_waits_shares_its_answer(path: Path) -> None:
    waiting: list[tuple[RequestSocket, Request]] = []
    with (
        serving(path, lambda *told: waiting.append(told)) as delivered,
        Caller(path) as one,
        Caller(path) as two,
    ):
        one.send(b'{"id": "a1", "wish": "hold", "of": ["ups5"]}\n')
        two.send(b'{"id": "a1", "wish": "hold", "of": ["ups5"]}\n')
        until(lambda: waiting)
        service, request = waiting[0]
        service.reply(request)
        service.reply(request, refusal="a second answer counts for nothing")
        assert one.hear() == two.hear() == {"id": "a1", "accepted": True}
    assert len(delivered) == 1


def test_an_id_of_another_request_is_refused(path: Path) -> None:
    with serving(path) as delivered, Caller(path) as caller:
        caller.ask(id="a1", **HOLD)
        told = caller.ask(id="a1", wish="power_off", of=["blade1"])
    assert (told["accepted"], told["reason"]) == (False, "this id was given to another request")
    assert len(delivered) == 1


# Bad callers


def test_a_malformed_line_is_answered_and_the_next_one_heard(path: Path) -> None:
    with serving(path) as delivered, Caller(path) as caller:
        caller.send(b"\n\r\nswitch it off\n")
        assert caller.hear()["accepted"] is False
        assert caller.ask(**HOLD)["accepted"] is True
    assert len(delivered) == 1


def test_a_line_that_is_cut_off_is_not_carried_out(path: Path) -> None:
    with serving(path) as delivered, Caller(path) as caller:
        caller.send(b'{"wish": "power_off", "of": "everything"}')
        caller.socket.shutdown(socket.SHUT_WR)
        assert caller.hear()["reason"] == "the line does not end with a newline"
        assert caller.hung_up()
    assert not delivered


def test_a_line_without_end_is_cut_short(path: Path) -> None:
    with serving(path) as delivered:
        with Caller(path) as caller:
            caller.send(b" " * (MAX_LINE + 1))
            assert caller.hear()["reason"] == f"a line has {MAX_LINE} bytes at most"
            assert caller.hung_up()
        with Caller(path) as caller:
            assert caller.ask(**HOLD)["accepted"] is True
    assert len(delivered) == 1


def test_a_caller_who_goes_away_without_waiting_harms_nobody(path: Path) -> None:
    with serving(path, answer_from_another_thread) as delivered:
        with Caller(path) as caller:
            caller.send(b'{"wish": "hold", "of": ["ups5"]}\n')
        with Caller(path) as caller:
            assert caller.ask(**HOLD)["accepted"] is True
    assert len(delivered) == 2


def test_who_says_nothing_is_sent_away(path: Path) -> None:
    with serving(path, idle_limit_s=0.05), Caller(path) as caller:
        assert caller.hung_up()


def test_only_so_many_callers_at_once(path: Path) -> None:
    with serving(path, most_callers=2):
        with Caller(path) as one, Caller(path) as two:
            assert one.ask(**HOLD)["accepted"]
            assert two.ask(**HOLD)["accepted"]
            with Caller(path) as three:
                assert "2 callers at once are enough" in three.hear()["reason"]
        with Caller(path) as again:
            assert again.ask(**HOLD)["accepted"]


def test_a_fault_of_the_service_is_not_known_and_does_not_end_it(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def fail_once(service: RequestSocket, request: Request) -> None:
        if request.id == "a1":
            raise RuntimeError("a fault")
        service.reply(request)

    with serving(path, fail_once), Caller(path) as caller:
        assert caller.ask(id="a1", **HOLD)["accepted"] is None
        assert caller.ask(id="a2", **HOLD)["accepted"] is True
    assert "request a1 could not be delivered" in caplog.text


def test_who_still_waits_is_told_when_the_service_stops(path: Path) -> None:
    with serving(path, say_nothing) as delivered:
        caller = Caller(path)
        caller.send(b'{"wish": "hold", "of": ["ups5"]}\n')
        until(lambda: delivered)
    with caller:
        assert caller.hear()["reason"] == "the service is stopping"


def test_who_has_only_just_called_is_hung_up_on_when_the_service_stops(path: Path) -> None:
    with serving(path):
        caller = Caller(path)
    with caller:
        assert caller.hung_up()


# The socket itself


def test_sec_18_only_its_own_user_gets_in(path: Path) -> None:
    with serving(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert not path.exists()


def test_what_a_killed_service_left_behind_is_replaced(path: Path) -> None:
    left = socket.socket(socket.AF_UNIX)
    left.bind(str(path))
    left.close()
    with serving(path), Caller(path) as caller:
        assert caller.ask(**HOLD)["accepted"] is True


def test_a_second_service_does_not_take_the_socket_away(path: Path) -> None:
    with serving(path):
        with pytest.raises(CannotServe, match="another service answers there"), serving(path):
            pass
        with Caller(path) as caller:
            assert caller.ask(**HOLD)["accepted"] is True


def test_a_file_of_that_name_is_left_alone(path: Path) -> None:
    path.write_text("mine")
    with pytest.raises(CannotServe, match="something that is not a socket"), serving(path):
        pass
    assert path.read_text() == "mine"


@pytest.mark.parametrize("name", ["missing/requests.sock", "x" * 120])
def test_a_path_where_no_socket_can_be_is_refused_in_words(tmp_path: Path, name: str) -> None:
    with pytest.raises(CannotServe, match=name[:7]), serving(tmp_path / name):
        pass
