"""From the options of `teiden web` to a console that runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from realtime.extra import ExtraMissing, needed
from realtime.secret import NoSecret, Secret, secret_at
from teiden import compose
from teiden.commands.console import NotCarriedOut
from teiden.configuration.in_force import in_force
from teiden.files.source import InputError, Place, Problem
from teiden.language.say import t
from teiden.weak_secrets import weakness
from teiden.web import tls
from teiden.web.settings import Settings, is_loopback


def run(
    site: str,
    node: str | None,
    listen: str,
    certificate: str,
    key: str,
    names: tuple[str, ...],
    folder: str,
    book: str | None,
    beside: int | None = None,
    *,
    metrics_token: str = "",
    watch_only: bool = False,
    two_persons: bool = False,
) -> None:
    """Until it is told to stop, or the process `beside` has ended. InputError, NotCarriedOut, OSError."""
    try:
        needed("web", "starlette", "uvicorn", "argon2", "prometheus_client")
    except ExtraMissing as why:
        raise NotCarriedOut(str(why)) from None
    from teiden.web.serve import serve

    found = settings(site, node, listen, certificate, key, names, folder, book, metrics_token)
    serve(replace(found, watch_only=watch_only, two_persons=two_persons), beside)


def settings(
    site: str,
    node: str | None,
    listen: str,
    certificate: str,
    key: str,
    names: tuple[str, ...],
    folder: str,
    book: str | None,
    metrics_token: str = "",
) -> Settings:
    """Raises InputError with everything that is wrong."""
    from teiden.emulator import book as books

    opened = None if book is None else books.read(Path(book))
    found = in_force(site, node, opened)
    site_file = found.site_file
    orders = compose.orders(site_file, node, armed=False, book=opened)
    host, port = _address(listen)
    if not is_loopback(host) and not (certificate and key):
        wrong = t("{listen} is not this machine alone", listen=listen)
        raise InputError(
            [Problem(Place("--listen"), wrong, t("give --certificate and --key, or listen on 127.0.0.1"))]
        )
    if certificate and key:
        tls.context(certificate, key)
    elif certificate or key:
        wrong = t("a certificate needs its key, and a key its certificate")
        raise InputError([Problem(Place("--certificate"), wrong, t("give --certificate and --key"))])
    live = orders.contacts.live
    own = Path(folder) if opened is None else Path(opened.folder) / orders.me / "web"
    return Settings(
        site_file,
        orders.me,
        live.socket,
        Path(live.events),
        own,
        Path(live.stop_file),
        host,
        port,
        certificate,
        key,
        names,
        None if book is None else Path(book),
        _token(metrics_token) if metrics_token else None,
        found.folder,
        site,
    )


def _address(listen: str) -> tuple[str, int]:
    host, _, port = listen.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isascii() or not port.isdigit() or not 0 <= int(port) <= 65535:
        wrong = t("{listen} is no address and port", listen=listen)
        raise InputError([Problem(Place("--listen"), wrong, t("e.g. 127.0.0.1:7480, or [::1]:7480"))])
    return host, int(port)


def _token(path: str) -> Secret:
    try:
        token = secret_at(f"file:{path}")
    except NoSecret as error:
        raise InputError([Problem(Place("--metrics-token"), str(error))]) from None
    if why := weakness(token.reveal()):
        remedy = t("e.g. what `openssl rand -hex 32` prints")
        raise InputError(
            [Problem(Place("--metrics-token"), t("this token is too weak: {why}", why=why), remedy)]
        )
    return token
