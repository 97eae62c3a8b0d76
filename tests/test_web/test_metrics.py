"""Metrics: what the service tells, nothing that nobody knows, and nobody reads them who may not."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from prometheus_client.parser import text_string_to_metric_families
from starlette.testclient import TestClient

from realtime.secret import Secret
from realtime.status import AlarmView, Incident, PeerView, Wait
from teiden.cli import main
from teiden.web.app import application
from teiden.web.metrics import metrics
from teiden.web.settings import Settings
from tests.pretend_service import PretendService, ordinary_day
from tests.test_web.browsing import BASE, PASSWORD, until

TOKEN = "4f1b0a5c2d9e8f7a6b5c4d3e2f1a0b9c"
DASHBOARD = Path("packaging/grafana.json")


def told(text: str) -> dict[tuple[str, ...], float]:
    """By the metric's name and the values of its labels."""
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


# What they say


def test_everything_of_an_ordinary_day_has_a_number() -> None:
    found = told(metrics(ordinary_day(), 2.0).decode())
    assert found["teiden_service_reached",] == 1
    assert found["teiden_ups_charge_percent", "ups5"] == 100
    assert found["teiden_ups_load_percent", "ups5"] == 40
    assert found["teiden_ups_on_battery", "ups5"] == 0
    assert found["teiden_ups_output_on", "ups5"] == 1
    assert found["teiden_ups_fresh", "ups5"] == 1
    assert found["teiden_server_up", "blade1"] == 1
    assert found["teiden_array_ready", "linkeddisk"] == 1
    assert found["teiden_cluster_running", "ssccluster"] == 1
    assert (found["teiden_armed",], found["teiden_commands",], found["teiden_incident_open",]) == (1, 1, 0)


def test_a_bad_day_shows() -> None:
    day = replace(
        ordinary_day(),
        incident=Incident(True, 7, "down"),
        waits=(Wait("ups4", "cut", 30.0, 60.0, "S1", "up"), Wait("blade1", "shut down", 90.0)),
        alarms=(
            AlarmView("2026-11-26T09:00:00+09:00", "ups4", "words"),
            AlarmView("garbage", "ups4", "words"),
        ),
        peers=(PeerView("control2", False),),
    )
    found = told(metrics(day, 0.0).decode())
    assert (found["teiden_incident_open",], found["teiden_incident_epoch",]) == (1, 7)
    assert (found["teiden_waits",], found["teiden_waits_forbidden",]) == (2, 1)
    assert found["teiden_wait_longest_seconds",] == 90
    assert (found["teiden_alarms",], found["teiden_alarm_last_timestamp_seconds",]) == (2, 1795651200)
    assert found["teiden_peer_reachable", "control2"] == 0


def test_s11_what_nobody_knows_or_is_too_old_has_no_number_and_its_age_has() -> None:
    day = ordinary_day()
    first, second, *others = day.upses
    upses = (replace(first, fresh=False, age_s=900.0), replace(second, charge_pct=None, age_s=1.0), *others)
    servers = tuple(replace(server, fresh=False) for server in day.servers)
    found = told(metrics(replace(day, upses=upses, servers=servers), 3.0).decode())
    of_first = {name for name, *labels in found if labels == [first.name]}
    assert of_first == {"teiden_ups_fresh", "teiden_ups_age_seconds"}
    assert found["teiden_ups_age_seconds", first.name] == 903
    assert found["teiden_ups_fresh", first.name] == 0
    assert ("teiden_ups_charge_percent", second.name) not in found
    assert ("teiden_server_up", "blade1") not in found


def test_a_service_that_is_not_reached_is_the_only_thing_told(browser: TestClient, stack: ExitStack) -> None:
    assert told(browser.get("/metrics").text)["teiden_service_reached",] == 1
    stack.close()
    until(lambda: told(browser.get("/metrics").text) == {("teiden_service_reached",): 0.0})


def test_a_label_of_any_text_is_escaped() -> None:
    day = replace(ordinary_day(), site='an "odd"\nname\\')
    (about,) = (key for key in told(metrics(day, 0.0).decode()) if key[0] == "teiden_service_info")
    assert day.site in about


# The dashboard


def test_the_dashboard_asks_for_nothing_that_is_not_told() -> None:
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    names = set(re.findall(r"teiden_\w+", " ".join(asked) + json.dumps(dashboard["templating"])))
    day = replace(ordinary_day(), peers=(PeerView("control2", True),))
    lines = metrics(day, 0.0).decode().splitlines()
    families = {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert len(asked) > 15
    assert names <= families, names - families
    labels = set(re.findall(r"{{(\w+)}}", json.dumps(dashboard)))
    assert labels <= {"instance", "ups", "server", "array", "cluster", "peer"}


def test_the_dashboards_panels_lie_beside_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not cells & taken, panel["title"]
        assert at["x"] + at["w"] <= 24
        taken |= cells


# Who reads them


@pytest.fixture
def guarded(settings: Settings, two_accounts: Path) -> Iterator[TestClient]:
    """A console with accounts and a token; nobody has logged in."""
    settings.folder.mkdir(mode=0o700)
    shutil.copy(two_accounts, settings.folder)
    app = application(replace(settings, metrics_token=Secret(TOKEN)))
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        until(lambda: app.state.console.watch.status is not None)
        yield client


def test_sec_11_the_token_reads_metrics_and_nothing_else(guarded: TestClient) -> None:
    assert guarded.get("/metrics", headers=bearer(TOKEN)).status_code == 200
    for path in ("/", "/stats", "/ups/ups5", "/journal", "/news"):
        assert guarded.get(path, headers=bearer(TOKEN)).status_code == 303, path
    answer = guarded.post("/ask", headers={**bearer(TOKEN), "origin": BASE}, data={"wish": "hold"})
    assert answer.status_code == 403


def test_a_session_reads_metrics_too(guarded: TestClient) -> None:
    assert guarded.get("/metrics").status_code == 303
    guarded.post("/login", data={"name": "sato", "password": PASSWORD}, headers={"origin": BASE})
    assert guarded.get("/metrics").status_code == 200


@pytest.mark.parametrize(
    "brought", ["Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN, f"bearer {TOKEN}x", "Bearer é"]
)
def test_sec_11_another_token_opens_nothing(guarded: TestClient, brought: str) -> None:
    answer = guarded.get("/metrics", headers={"authorization": brought.encode()})
    assert answer.status_code == 403
    assert "teiden_" not in answer.text


def test_sec_13_guesses_are_throttled(guarded: TestClient) -> None:
    for n in range(10):
        assert guarded.get("/metrics", headers=bearer(f"guess {n}")).status_code == 403
    assert guarded.get("/metrics", headers=bearer(TOKEN)).status_code == 403, "whoever guesses waits"


def test_without_a_token_no_token_opens_anything(settings: Settings, two_accounts: Path) -> None:
    settings.folder.mkdir(mode=0o700)
    shutil.copy(two_accounts, settings.folder)
    with TestClient(application(settings), base_url=BASE, follow_redirects=False) as client:
        for brought in (TOKEN, "", "None"):
            assert client.get("/metrics", headers=bearer(brought)).status_code == 403


# The file of the token


@pytest.mark.parametrize(
    ("text", "mode", "words"),
    [
        ("short", 0o600, "fewer than 12 characters"),
        ("administrator", 0o600, "makers ship"),
        ("", 0o600, "is empty"),
        (TOKEN, 0o644, "others may read it"),
        (None, 0o600, "No such file or directory"),
    ],
)
def test_a_token_that_is_weak_or_open_to_others_is_refused(
    tmp_path: Path, text: str | None, mode: int, words: str
) -> None:
    path = tmp_path / "token"
    if text is not None:
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
    argv = ["web", "scenarios/sites/reference.yaml", "--node", "control1", "--metrics-token", str(path)]
    result = CliRunner().invoke(main, [*argv, "--folder", str(tmp_path)])
    assert result.exit_code == 2, result.output
    assert words in result.output
    assert "--metrics-token" in result.output
    assert TOKEN not in result.output


def test_the_token_is_not_in_what_settings_say_of_themselves(settings: Settings) -> None:
    assert TOKEN not in repr(replace(settings, metrics_token=Secret(TOKEN)))


def test_the_service_is_asked_nothing_for_them(browser: TestClient, service: PretendService) -> None:
    browser.get("/metrics")
    assert service.asked == []
