"""A console before a real request socket: its site is the reference one, its service pretends a calm day."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from teiden.web.app import application
from teiden.web.guard.accounts import Accounts
from teiden.web.guard.roles import Role
from teiden.web.settings import Settings
from tests.pretend_service import PretendService, pretending
from tests.test_web.browsing import BASE, PASSWORD, hash_with_little_work, log_in, site, until


@pytest.fixture(autouse=True)
def little_work(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """A login takes a tenth of a second else; the long tests, which count on that, pay for it."""
    if request.node.get_closest_marker("long") is None:
        hash_with_little_work(monkeypatch)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    """Closed at the end, unless a test has closed it before: then the service is gone."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def service(tmp_path: Path, stack: ExitStack) -> PretendService:
    return stack.enter_context(pretending(tmp_path / "requests.sock"))


@pytest.fixture
def settings(tmp_path: Path, service: PretendService) -> Settings:
    (tmp_path / "events").mkdir()
    return Settings(
        site(), "control1", str(service.socket), tmp_path / "events", tmp_path / "web", tmp_path / "stop"
    )


@pytest.fixture(scope="session")
def two_accounts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with mori, an operator, and sato, a viewer; made once."""
    accounts = Accounts(tmp_path_factory.mktemp("accounts"))
    with pytest.MonkeyPatch.context() as patch:
        hash_with_little_work(patch)
        accounts.add("mori", Role.OPERATOR, PASSWORD)
        accounts.add("sato", Role.VIEWER, PASSWORD)
    return accounts.path


@pytest.fixture
def operator(browser: TestClient, two_accounts: Path, settings: Settings) -> TestClient:
    """The same browser; mori has logged in."""
    settings.folder.mkdir(mode=0o700)
    (settings.folder / two_accounts.name).write_bytes(two_accounts.read_bytes())
    log_in(browser, "mori")
    return browser


@pytest.fixture
def browser(settings: Settings) -> Iterator[TestClient]:
    """Nobody has logged in; the console knows the service's status."""
    app = application(settings)
    with TestClient(app, base_url=BASE) as client:
        until(lambda: app.state.console.watch.status is not None)
        yield client


@pytest.fixture
def app(settings: Settings, two_accounts: Path) -> Starlette:
    """A console with the two accounts."""
    settings.folder.mkdir(mode=0o700)
    shutil.copy(two_accounts, settings.folder)
    return application(settings)


@pytest.fixture
def stranger(app: Starlette) -> Iterator[TestClient]:
    """A browser before it, in which nobody has logged in."""
    with TestClient(app, base_url=BASE, follow_redirects=False) as client:
        until(lambda: app.state.console.watch.status is not None)
        yield client
