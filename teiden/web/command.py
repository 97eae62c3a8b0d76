"""From the options of `teiden web` to a console that runs."""

from __future__ import annotations

from dataclasses import dataclass
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


@dataclass(frozen=True, kw_only=True)
class Options:
    """As they were typed; what each means is told with its option in `teiden.commands.web`."""

    site: str
    node: str | None
    listen: str
    book: str | None
    folder: str = ""
    certificate: str = ""
    key: str = ""
    names: tuple[str, ...] = ()
    metrics_token: str = ""
    watch_only: bool = False
    two_persons: bool = False


def run(options: Options, beside: int | None = None) -> None:
    """Until it is told to stop, or the process `beside` has ended. InputError, NotCarriedOut, OSError."""
    try:
        needed("web", "starlette", "uvicorn", "argon2", "prometheus_client")
    except ExtraMissing as why:
        raise NotCarriedOut(str(why)) from None
    from teiden.web.serve import serve

    serve(settings(options), beside)


def settings(options: Options) -> Settings:
    """Raises InputError with everything that is wrong."""
    from teiden.emulator import book as books

    opened = None if options.book is None else books.read(Path(options.book))
    found = in_force(options.site, options.node, opened)
    orders = compose.orders(found.site_file, options.node, armed=False, book=opened)
    host, port = _address(options.listen)
    _check_tls(options, host)
    live = orders.contacts.live
    return Settings(
        site_file=found.site_file,
        node=orders.me,
        socket=live.socket,
        events=Path(live.events),
        folder=Path(options.folder) if opened is None else Path(opened.folder) / orders.me / "web",
        stop_file=Path(live.stop_file),
        host=host,
        port=port,
        certificate=options.certificate,
        key=options.key,
        names=options.names,
        book=None if options.book is None else Path(options.book),
        metrics_token=_token(options.metrics_token) if options.metrics_token else None,
        site_files=found.folder,
        site=options.site,
        watch_only=options.watch_only,
        two_persons=options.two_persons,
    )


def _check_tls(options: Options, host: str) -> None:
    certificate, key = options.certificate, options.key
    if not is_loopback(host) and not (certificate and key):
        wrong = t("{listen} is not this machine alone", listen=options.listen)
        raise InputError(
            [Problem(Place("--listen"), wrong, t("give --certificate and --key, or listen on 127.0.0.1"))]
        )
    if certificate and key:
        tls.context(certificate, key)
    elif certificate or key:
        wrong = t("a certificate needs its key, and a key its certificate")
        raise InputError([Problem(Place("--certificate"), wrong, t("give --certificate and --key"))])


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
