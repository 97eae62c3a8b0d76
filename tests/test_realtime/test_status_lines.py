"""Questions at the request socket that only look: one status, or a stream of them while somebody listens."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from realtime.request_lines import Malformed
from realtime.status_json import NoStatus, from_json, news, to_json
from realtime.status_lines import MOST_WATCHERS, StatusLines, question
from tests.test_realtime.serving import Caller, serving, until
from tests.test_realtime.statuses import bad_night, calm_day

HOLD = {"wish": "hold", "of": ["ups5"]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "requests.sock"


class Service:
    """Says a little of itself; what it says can be changed while it is watched."""

    def __init__(self, **settings: Any) -> None:
        self.told: dict[str, Any] = {"commands": False, "age_s": 0.0}
        self.lines = StatusLines(self.look, **settings)

    def look(self) -> dict[str, Any]:
        self.told["age_s"] += 1.0
        return dict(self.told)


# The status as JSON


@pytest.mark.parametrize("status", [bad_night(), calm_day()], ids=lambda status: status.node)
def test_a_status_comes_back_as_it_was(status: Any) -> None:
    assert from_json(json.loads(json.dumps(to_json(status)))) == status


def test_a_newer_service_says_more_and_an_older_one_less() -> None:
    told = to_json(calm_day())
    told["weather"] = "rain"
    told["upses"][0]["temperature_c"] = 24
    del told["alarms"], told["upses"][0]["load_pct"]
    assert from_json(told) == calm_day()


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"armed": "yes"}, "status.armed is 'yes'"),
        ({"armed": 1}, "status.armed is 1"),
        ({"upses": {}}, "status.upses is no list"),
        ({"upses": ["ups1"]}, r"status.upses\[0\] is no object"),
        ({"upses": [{"name": "ups1", "charge_pct": "full"}]}, r"status.upses\[0\].charge_pct is 'full'"),
        ({"upses": [{"name": "ups1", "charge_pct": True}]}, r"status.upses\[0\].charge_pct is True"),
        ({"upses": [{}]}, r"status.upses\[0\] has no name"),
        ({"incident": None}, "status.incident is no object"),
        ({"site": None}, "status.site is None"),
    ],
)
def test_what_contradicts_the_tree_is_no_status(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(NoStatus, match=words):
        from_json({**to_json(calm_day()), **changed})


def test_a_reading_that_only_grows_older_is_no_news() -> None:
    told = to_json(bad_night())
    older = json.loads(json.dumps(told))
    older["upses"][0]["age_s"] = 9.0
    older["waits"][0]["for_s"] = 50.0
    assert news(older) == news(json.loads(json.dumps(told)))
    older["upses"][0]["fresh"] = False
    assert news(older) != news(told)


# At the socket


def test_the_status_is_one_line_and_the_next_line_is_heard(path: Path) -> None:
    with serving(path, status=Service().lines) as delivered, Caller(path) as caller:
        assert caller.ask(ask="status") == {"commands": False, "age_s": 1.0}
        assert caller.ask(ask="status")["age_s"] == 2.0
        assert caller.ask(**HOLD)["accepted"] is True
    assert len(delivered) == 1


def test_who_watches_hears_what_changes_and_not_what_grows_older(path: Path) -> None:
    service = Service(every_s=0.005, alive_s=60.0)
    with serving(path, status=service.lines), Caller(path) as caller:
        assert caller.ask(ask="watch")["commands"] is False
        until(lambda: service.told["age_s"] > 5)
        service.told["commands"] = True
        changed = caller.hear()
        assert changed["commands"] is True
        assert changed["age_s"] > 5, "nothing was told in between"


def test_who_watches_hears_that_the_service_is_alive(path: Path) -> None:
    service = Service(every_s=0.005, alive_s=0.02)
    with serving(path, status=service.lines), Caller(path) as caller:
        assert caller.ask(ask="watch")["age_s"] < caller.hear()["age_s"] < caller.hear()["age_s"]


def test_news_need_not_wait_for_the_next_look() -> None:
    async def steps() -> None:
        service = Service(every_s=60.0)
        watching = service.lines.watch()
        assert json.loads(await anext(watching))["commands"] is False
        service.told["commands"] = True
        asyncio.get_running_loop().call_soon(service.lines.changed)
        assert json.loads(await anext(watching))["commands"] is True
        await watching.aclose()

    asyncio.run(steps())


def test_a_watcher_who_goes_makes_room_for_another(path: Path) -> None:
    service = Service(every_s=0.005)
    with serving(path, status=service.lines):
        for _ in range(2):
            watchers = [Caller(path) for _ in range(MOST_WATCHERS)]
            for watcher in watchers:
                assert watcher.ask(ask="watch")["commands"] is False
            with Caller(path) as one_more:
                assert f"{MOST_WATCHERS} may watch at once" in one_more.ask(ask="watch")["reason"]
                assert one_more.ask(**HOLD)["accepted"] is True, "who wants something is heard"
            for watcher in watchers:
                watcher.__exit__()
            until(lambda: not service.lines._watchers)


def test_who_watches_is_hung_up_on_when_the_service_stops(path: Path) -> None:
    with serving(path, status=Service(every_s=0.005).lines):
        caller = Caller(path)
        caller.ask(ask="watch")
    with caller:
        assert caller.hung_up()


def test_a_service_that_cannot_look_says_so_and_goes_on(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    def fail() -> dict[str, Any]:
        raise RuntimeError("a fault")

    with serving(path, status=StatusLines(fail)), Caller(path) as caller:
        assert "failed to say" in caller.ask(ask="status")["reason"]
        assert caller.ask(**HOLD)["accepted"] is True
    assert "the status could not be told" in caplog.text


def test_a_service_that_tells_no_status_refuses(path: Path) -> None:
    with serving(path), Caller(path) as caller:
        told = caller.ask(ask="status")
    assert (told["accepted"], told["reason"]) == (False, "this service tells no status")


@pytest.mark.parametrize(
    "line", [b'{"ask": "everything"}', b'{"ask": ["status"]}', b'{"ask": "status", "wish": "power_off"}']
)
def test_other_questions_are_refused_and_wish_nothing(line: bytes) -> None:
    with pytest.raises(Malformed, match="and nothing else"):
        question(line)


@pytest.mark.parametrize("line", [b"", b"no json", b"[]", b'{"wish": "hold"}', b"[" * 50_000, b"\xff"])
def test_what_asks_nothing_is_left_to_who_reads_requests(line: bytes) -> None:
    assert question(line) is None
