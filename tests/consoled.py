"""A pretend room, the service over it and its console, each a process of its own; and who asks it."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from realtime.status import Status
from realtime.status_json import from_json
from teiden.emulator.rehearsal import free_port
from teiden.web.guard.accounts import Accounts
from teiden.web.guard.roles import Role
from tests.living import SITE

LIMIT_S = 90.0
PASSWORD = "correct horse battery"
PROGRAM = [sys.executable, "-m", "teiden"]
TWO_BLADES = SITE.replace(
    "cluster: {name: cluster",
    "  blade2: {role: linked, upses: [ups5], arrays: [linkeddisk],"
    " shutdown: {by: ssh, host: b2, limit: 30s}}\ncluster: {name: cluster",
)
"""Neither blade can be switched off alone: they share ups5."""


def until(holds: Callable[[], Any], limit_s: float = LIMIT_S, why: Callable[[], str] = str) -> Any:
    """What it answers at last. Another process is waited for, which may be slow on a loaded machine."""
    end_s = time.monotonic() + limit_s
    while not (found := holds()):
        assert time.monotonic() < end_s, why()
        time.sleep(0.02)
    return found


@dataclass
class Answer:
    status: int
    text: str
    headers: dict[str, str]


@dataclass
class Client:
    """One browser without a screen: it keeps its cookies, and says where it comes from."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    limit_s: float = 15.0

    def ask(
        self, method: str, path: str, form: dict[str, str] | None = None, **headers: str | None
    ) -> Answer:
        """`headers`: further ones, `_` for `-`; None leaves out what would be sent."""
        own: dict[str, str | None] = {"origin": f"http://127.0.0.1:{self.port}"} if method == "POST" else {}
        if self.cookies:
            own["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None if form is None else urlencode(form)
        if form is not None:
            own["content-type"] = "application/x-www-form-urlencoded"
        own |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.limit_s)
        try:
            connection.request(method, path, body, {k: v for k, v in own.items() if v is not None})
            response = connection.getresponse()
            text = response.read().decode()
            for cookie in response.headers.get_all("set-cookie", []):
                name, _, rest = cookie.partition("=")
                self.cookies[name] = rest.partition(";")[0]
            return Answer(response.status, text, {k.lower(): v for k, v in response.headers.items()})
        finally:
            connection.close()

    def log_in(self, name: str = "mori", password: str = PASSWORD) -> int:
        return self.ask("POST", "/login", {"name": name, "password": password, "to": "/"}).status

    @property
    def token(self) -> str:
        found = re.search(r'name="token" value="([^"]+)"', self.ask("GET", "/").text)
        assert found
        return found[1]


def status_at(path: Path) -> Status:
    """As `teiden status` sees it. OSError: nobody answers."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(10.0)
        line.connect(str(path))
        line.sendall(b'{"ask": "status"}\n')
        with line.makefile("rb") as answer:
            return from_json(json.loads(answer.readline()))


@dataclass
class Consoled:
    folder: Path
    site: Path
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def own(self) -> Path:
        """What the node's service keeps; the console's things are in `web` there."""
        return self.folder / "control1"

    def start(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder.parent / f"{name}.out").open("ab") as out:
            process = subprocess.Popen(
                [*PROGRAM, *words], stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        self.processes.append(process)
        return process

    def said(self, name: str) -> str:
        return (self.folder.parent / f"{name}.out").read_text(encoding="utf-8", errors="replace")

    def tell(self, words: str) -> str:
        argv = [*PROGRAM, "emulate", "--tell", str(self.folder), *words.split()]
        return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=LIMIT_S).stdout

    def state(self, device: str) -> str:
        """What it really is."""
        (line,) = (line for line in self.tell("state").splitlines() if line.split()[:1] == [device])
        return line

    def status(self) -> Status:
        return status_at(self.own / "requests.sock")

    def events(self, name: str) -> list[dict[str, Any]]:
        """What the service told of it."""
        found = []
        for path in sorted((self.own / "events").glob("*.jsonl")):
            for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
                if line.endswith("\n") and f'"{name}"' in line:
                    found.append(json.loads(line))
        return [one for one in found if one["event"] == name]

    @property
    def web(self) -> Path:
        return self.own / "web"

    def happened(self, device: str, event: str) -> re.Match[str] | None:
        """The line in which the room says so."""
        return re.search(rf"^ *([0-9.]+) s  {device} +{re.escape(event)}", self.said("room"), re.MULTILINE)

    def at(self, device: str, event: str) -> float:
        """When it really happened, seconds of the room; the first time."""
        found = self.happened(device, event)
        assert found, self.said("room")
        return float(found[1])

    def alive(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return Client(self.port).ask("GET", "/alive").status == 200
        return False

    def web_pid(self) -> int:
        """The console that runs now, as the kernel knows it; 0: none."""
        port = str(self.port).encode()
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            with suppress(OSError):
                words = path.read_bytes().split(b"\0")
                if b"web" in words and b"--beside" in words and b"127.0.0.1:" + port in words:
                    return int(path.parent.name)
        return 0


def accounts_in(folder: Path) -> None:
    """mori, an operator, and sato, a viewer."""
    accounts = Accounts(folder)
    accounts.add("mori", Role.OPERATOR, PASSWORD)
    accounts.add("sato", Role.VIEWER, PASSWORD)


@contextmanager
def consoled(
    folder: Path, *, site: str = TWO_BLADES, rate: float = 8.0, web: bool = True
) -> Iterator[Consoled]:
    """Armed, on an ordinary day; `rate`: seconds that pass in the room in one of ours."""
    (folder / "site.yaml").write_text(site, encoding="utf-8")
    this = Consoled(folder / "room", folder / "site.yaml", free_port())
    try:
        this.start("room", "emulate", str(this.site), "--folder", str(this.folder), "--rate", f"{rate:g}")
        until(lambda: "`help` says" in this.said("room"), why=lambda: this.said("room"))
        accounts_in(this.web)
        words = ["live", str(this.site), "--node", "control1", "--book", str(this.folder / "book.json")]
        words += ["--arm", "--log", str(folder / "service.log")]
        this.start("service", *words, *(["--web", f"127.0.0.1:{this.port}"] if web else []))
        until(lambda: (this.own / "requests.sock").exists(), why=lambda: this.said("service"))
        if web:
            until(this.alive, why=lambda: this.said("service"))
        until(lambda: calm(this.status()), why=lambda: str(this.status()))
        yield this
    finally:
        for process in reversed(this.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def calm(status: Status) -> bool:
    """It commands, and knows every device."""
    return bool(status.commands) and all(
        one.fresh for one in (*status.upses, *status.servers, *status.arrays)
    )
