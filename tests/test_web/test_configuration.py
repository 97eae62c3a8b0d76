"""The page of the site file: what is in force, what waits, and who may reload or send it (R6-34, R6-45)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from realtime.status import ChangeView, ConfigurationView, PeerView
from teiden.configuration.lying import note_gone_by
from teiden.configuration.sending import Sent, There
from teiden.web.app import application
from teiden.web.guard.audit import Audit
from teiden.web.pages import sending
from teiden.web.settings import Settings
from tests.pretend_service import PretendService
from tests.site_files import POLLED, digest
from tests.test_web.browsing import BASE, PASSWORD, until
from tests.two_nodes import TWO

OURS = {"origin": BASE}
WAITING = ConfigurationView(
    "/etc/teiden/site.yaml",
    digest(POLLED),
    "/etc/teiden/site.yaml",
    changes=(
        ChangeView("cluster.port", "servers", ("control1", "blade1")),
        ChangeView("polling.on_line", "reload", ("control1", "control2")),
    ),
    changed=9,
    need="servers",
)


@pytest.fixture
def browser(settings: Settings, tmp_path: Path) -> Iterator[TestClient]:
    """A console that knows where its node keeps site files."""
    app = application(replace(settings, site_files=tmp_path / "site"))
    with TestClient(app, base_url=BASE) as client:
        until(lambda: app.state.console.watch.status is not None)
        yield client


def tell(client: TestClient, service: PretendService, **changes: object) -> None:
    service.tell(**changes)
    until(lambda: client.app.state.console.watch.status == service.status)  # type: ignore[attr-defined]


def logged_in(client: TestClient, accounts: Path, settings: Settings, name: str) -> TestClient:
    settings.folder.mkdir(mode=0o700)
    (settings.folder / accounts.name).write_bytes(accounts.read_bytes())
    client.post("/login", data={"name": name, "password": PASSWORD}, headers=OURS)
    return client


@pytest.fixture
def operator(browser: TestClient, two_accounts: Path, settings: Settings) -> TestClient:
    return logged_in(browser, two_accounts, settings, "mori")


def post(client: TestClient, to: str, **form: str | list[str]) -> tuple[int, str]:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found
    data = {"token": found[1], "password": PASSWORD} | form
    answer = client.post(to, data=data, headers=OURS, follow_redirects=False)
    return answer.status_code, answer.text


def noted(settings: Settings) -> list[str]:
    return [line["what"] for line in reversed(Audit(settings.folder).last()) if line["what"] != "login"]


def test_r6_45_the_page_says_that_nothing_waits(browser: TestClient, service: PretendService) -> None:
    tell(browser, service, configuration=ConfigurationView("/etc/teiden/site.yaml"))
    text = browser.get("/configuration").text
    assert "The file on the disk is the same." in text
    assert service.status.site_hash[:6] in text
    assert "Your password" not in text, "nobody has logged in"


def test_r6_45_the_page_shows_what_waits_what_it_needs_and_of_whom(
    browser: TestClient, service: PretendService
) -> None:
    tell(browser, service, configuration=WAITING)
    text = browser.get("/configuration/now").text
    assert digest(POLLED)[:12] in text
    assert "cluster.port" in text
    assert "a reboot of all servers" in text
    assert "control1, blade1" in text
    assert "... and 7 more" in text


def test_the_page_shows_the_difference_without_a_secret(
    browser: TestClient, service: PretendService, tmp_path: Path
) -> None:
    note_gone_by(tmp_path / "site", TWO.encode())
    text = POLLED + "# <script>\npassword: hunter2hunter2\n"
    (tmp_path / "site.yaml").write_text(text, encoding="utf-8")
    view = replace(WAITING, pending=digest(text), pending_path=str(tmp_path / "site.yaml"))
    tell(browser, service, configuration=view, site_hash=digest(TWO))
    text = browser.get("/configuration").text
    assert "<ins>+polling: {on_line: 9s" in text
    assert "hunter2" not in text
    assert "<script>" not in text.partition("The difference")[2]


def test_r6_44_each_node_stands_there_with_its_hash(browser: TestClient, service: PretendService) -> None:
    peers = (
        PeerView("control2", True, False, False, site_hash=digest("another")),
        PeerView("control3", True, False, True, site_hash=service.status.site_hash),
        PeerView("control4", False),
    )
    tell(browser, service, peers=peers)
    text = browser.get("/configuration").text
    assert digest("another")[:12] in text
    assert [text.count(words) for words in ("ANOTHER FILE", "the same file", "not heard")] == [1, 1, 1]


def test_a_viewer_and_anybody_ask_for_nothing(
    browser: TestClient, two_accounts: Path, settings: Settings
) -> None:
    data = {"token": "x", "password": PASSWORD}
    for path in ("/configuration/reload", "/configuration/send"):
        assert browser.post(path, data=data, headers=OURS).status_code == 403
    viewer = logged_in(browser, two_accounts, settings, "sato")
    assert viewer.get("/configuration/send").status_code == 403
    for path in ("/configuration/reload", "/configuration/send"):
        assert post(viewer, path)[0] == 403
    assert noted(settings) == []


def test_r6_34_sec_12_the_password_is_asked_for_once_more(operator: TestClient, settings: Settings) -> None:
    status, text = post(operator, "/configuration/reload", password="another one here")
    assert (status, "this is not your password" in text) == (403, True)
    assert post(operator, "/configuration/send", password="another one here")[0] in (403, 409)
    assert noted(settings) == []


def test_r6_45_a_reload_is_noted_and_its_refusal_shown(operator: TestClient, settings: Settings) -> None:
    """The pretended service reloads nothing."""
    status, text = post(operator, "/configuration/reload")
    assert (status, "nobody here can reload" in text) == (409, True)
    assert noted(settings) == ["reload", "reload refused"]


# Sending, with the other node pretended

CONFLICT = There("control2", "", digest("theirs"), TWO.encode(), conflict=True)
PLAIN = There("control3", "", digest(TWO), TWO.encode())
AWAY = There("control4", "it is not reached: no answer in 5 s")


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Who was sent to."""
    from types import SimpleNamespace

    from teiden.configuration.lying import Lying

    done: list[str] = []
    file = Lying(Path("/etc/teiden/site.yaml"), POLLED.encode())
    who = SimpleNamespace(me="control1", others=("control2", "control3", "control4"))
    ready = SimpleNamespace(sender=who, file=file, proof=b"{}")

    async def look(*told: object) -> list[There]:
        return [CONFLICT, PLAIN, AWAY]

    async def send(sender: object, file: object, proof: object, there: There) -> Sent:
        done.append(f"{there.node} over {there.next[:6]}")
        return Sent(there.node, "incident 3 is open" if len(done) > 1 else "")

    monkeypatch.setattr(sending, "ready", lambda *told: ready)
    monkeypatch.setattr(sending, "look", look)
    monkeypatch.setattr(sending, "send", send)
    return done


def test_r6_34_the_difference_is_shown_before_anything_is_sent(
    operator: TestClient, sent: list[str], settings: Settings
) -> None:
    text = operator.get("/configuration/send").text
    assert "--- control3" in text
    assert "Conflict: somebody has changed the file there." in text
    assert "it is not reached" in text
    assert f"control3={digest(TWO)}" in text
    assert (sent, noted(settings)) == ([], [])


def test_r6_34_it_is_sent_where_it_was_shown_and_noted_first(
    operator: TestClient, sent: list[str], settings: Settings
) -> None:
    over = [f"control2={digest('theirs')}", f"control3={digest(TWO)}"]
    status, text = post(operator, "/configuration/send", over=over)
    assert (status, "control3: taken" in text) == (200, True)
    assert sent == [f"control3 over {digest(TWO)[:6]}"], "a conflict was not ticked"
    assert noted(settings) == ["send site file", "send site file accepted"]


def test_r6_04_a_conflict_is_overwritten_where_it_was_ticked(
    operator: TestClient, sent: list[str], settings: Settings
) -> None:
    over = [f"control2={digest('theirs')}", f"control3={digest(TWO)}"]
    status, text = post(operator, "/configuration/send", over=over, overwrite="control2")
    assert (status, "incident 3 is open" in text, len(sent)) == (409, True, 2)
    assert noted(settings)[-1] == "send site file refused"


@pytest.mark.parametrize("over", [[], ["control3=5f1c"], ["control9=x", "", "="]])
def test_what_was_not_shown_is_not_sent_over(operator: TestClient, sent: list[str], over: list[str]) -> None:
    status, text = post(operator, "/configuration/send", over=over)
    assert (status, "look at the difference again" in text) == (409, True)
    assert sent == []


def test_what_cannot_be_noted_is_not_sent(operator: TestClient, sent: list[str], settings: Settings) -> None:
    (settings.folder / "audit.jsonl").unlink(missing_ok=True)
    (settings.folder / "audit.jsonl").mkdir()
    over = [f"control3={digest(TWO)}"]
    assert post(operator, "/configuration/send", over=over)[0] == 503
    assert post(operator, "/configuration/reload")[0] == 503
    assert sent == []


def test_a_file_that_may_not_be_sent_says_why(operator: TestClient) -> None:
    """The reference site was never proved."""
    answer = operator.get("/configuration/send")
    assert answer.status_code == 409
    assert "nothing was proved of" in answer.text
