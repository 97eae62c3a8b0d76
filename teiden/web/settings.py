"""What a console is started with: whose service it shows, where it listens, where it keeps its things."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from realtime.secret import Secret
from teiden.files.site_file import SiteFile

HOST = "127.0.0.1"
PORT = 7480


@dataclass(frozen=True)
class Settings:
    site_file: SiteFile
    node: str
    """The control node whose service it speaks to, on this machine."""
    socket: str
    """Where that service hears requests and tells its status."""
    events: Path
    """Folder of its event streams."""
    folder: Path
    """The console's own: accounts, sessions, audit log. Nothing of the sequence lies there."""
    stop_file: Path
    """The emergency stop of this node (SEC-30)."""
    host: str = HOST
    port: int = PORT
    certificate: str = ""
    """Path of the certificate it shows; empty: no TLS, and then it listens on this machine only (SEC-10)."""
    key: str = ""
    names: tuple[str, ...] = ()
    """Further names under which browsers reach it, e.g. behind a proxy; others are turned away (SEC-10)."""
    book: Path | None = None
    """The book of an emulated room: this is a training console."""
    metrics_token: Secret | None = None
    """What a program without a session shows to read /metrics; None: none does."""
    site_files: Path | None = None
    """Where the service of this node keeps those that it has gone by, or was sent."""
    site: str = ""
    """The site file as it was named; `site_file` may be one that another node has sent instead."""
    watch_only: bool = False
    """Nothing can be asked for here, whatever the account (SEC-26)."""
    two_persons: bool = False
    """Switching off needs another operator's approval (SEC-12)."""

    @property
    def secure(self) -> bool:
        return bool(self.certificate)

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser may call us, in lower case, without the port."""
        own = {"localhost", "127.0.0.1", "::1"} if is_loopback(self.host) else set()
        return frozenset(name.lower() for name in {self.host, *own, *self.names})


def is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
