"""The console over TLS: nothing older than 1.2, a cookie for it alone, and files that are looked at first."""

from __future__ import annotations

import asyncio
import ssl
import warnings
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from starlette.testclient import TestClient

from teiden import certificates
from teiden.cli import main
from teiden.files.source import InputError
from teiden.web import tls
from teiden.web.app import application
from teiden.web.settings import Settings
from tests.test_web.browsing import PASSWORD, SITE

HTTPS = "https://127.0.0.1:7480"


@pytest.fixture(scope="session")
def pair(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """Paths of a certificate and its key."""
    (made,) = certificates.make("reference", ["control1"], tmp_path_factory.mktemp("tls"))
    return str(made.certificate), str(made.key)


@pytest.fixture
def secure(settings: Settings, pair: tuple[str, str], two_accounts: Path) -> Settings:
    settings.folder.mkdir(mode=0o700)
    (settings.folder / two_accounts.name).write_bytes(two_accounts.read_bytes())
    return replace(settings, certificate=pair[0], key=pair[1])


def test_sec_10_over_tls_the_cookie_is_for_this_host_and_tls_alone(secure: Settings) -> None:
    with TestClient(application(secure), base_url=HTTPS, follow_redirects=False) as client:
        form = {"name": "mori", "password": PASSWORD}
        answer = client.post("/login", data=form, headers={"origin": HTTPS})
    cookies = answer.headers.get_list("set-cookie")
    (session,) = [one for one in cookies if one.startswith("__Host-session-7480=") and "Max-Age=0" not in one]
    for cookie in cookies:
        said = [word.strip().lower() for word in cookie.split(";")]
        assert cookie.startswith("__Host-")
        assert {"secure", "path=/"} <= set(said)
        assert not [word for word in said if word.startswith("domain=")], "else a browser drops it"
    assert {"httponly", "samesite=strict"} <= {word.strip().lower() for word in session.split(";")}


def test_sec_10_over_tls_a_browser_is_told_to_stay_with_it(secure: Settings, settings: Settings) -> None:
    for of, told in ((secure, True), (settings, False)):
        with TestClient(
            application(of), base_url=HTTPS if told else HTTPS.replace("https", "http")
        ) as client:
            for path in ("/login", "/static/console.css", "/nothing-here"):
                assert ("strict-transport-security" in client.get(path).headers) is told


def test_sec_10_a_page_without_tls_is_another_origin(secure: Settings) -> None:
    with TestClient(application(secure), base_url=HTTPS) as client:
        plain = {"origin": HTTPS.replace("https", "http")}
        assert client.post("/login", data={"name": "mori"}, headers=plain).status_code == 403


# What is spoken


async def served(context: ssl.SSLContext, client: ssl.SSLContext | None) -> str:
    """What the two agree upon; None: somebody who never begins, and '' when he is hung up on."""
    server = await asyncio.get_running_loop().create_server(asyncio.Protocol, "127.0.0.1", 0, ssl=context)
    async with server, asyncio.timeout(10.0):
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client)
        told = writer.get_extra_info("ssl_object")
        version = f"{told.version()} {told.cipher()[0]}" if told else (await reader.read()).decode()
        writer.transport.abort()
        await asyncio.sleep(0.01)  # what was closed has its turn
    return version


def run(context: ssl.SSLContext, client: ssl.SSLContext | None) -> str:
    with asyncio.Runner(loop_factory=tls.Loop) as runner:
        return runner.run(served(context, client))


def client(newest: ssl.TLSVersion, ciphers: str = "ALL:@SECLEVEL=0") -> ssl.SSLContext:
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname, made.verify_mode = False, ssl.CERT_NONE
    made.set_ciphers(ciphers)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that is why we ask
        made.minimum_version, made.maximum_version = ssl.TLSVersion.TLSv1, newest
    return made


def test_sec_10_nothing_older_than_tls_1_2_is_spoken(pair: tuple[str, str]) -> None:
    context = tls.context(*pair)
    assert run(context, client(ssl.TLSVersion.TLSv1_3)).startswith("TLSv1.3")
    assert run(context, client(ssl.TLSVersion.TLSv1_2)).startswith("TLSv1.2 ECDHE-")
    with pytest.raises((ssl.SSLError, OSError)):
        run(context, client(ssl.TLSVersion.TLSv1_1))


def test_sec_10_what_is_recorded_today_is_not_read_with_a_key_stolen_tomorrow(pair: tuple[str, str]) -> None:
    for cipher in tls.context(*pair).get_ciphers():
        assert cipher["aead"], cipher["name"]
        assert cipher["kea"] in ("kx-ecdhe", "kx-any"), cipher["name"]


def test_sec_22_a_handshake_that_is_never_begun_ends(
    pair: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "HANDSHAKE_S", 0.2)
    assert run(tls.context(*pair), None) == ""


# Files and addresses


def typed(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["web", str(SITE), "--node", "control1", *words])
    return done.exit_code, " ".join(done.output.split())


@pytest.mark.parametrize("listen", ["0.0.0.0:7480", "192.0.2.1:7480", "[::]:7480"])
def test_sec_10_without_tls_nobody_else_is_listened_to(listen: str) -> None:
    code, said = typed("--listen", listen)
    assert code == 2
    assert "--listen" in said
    assert "--certificate" in said


def test_what_is_wrong_with_the_two_files_is_said_at_once(tmp_path: Path, pair: tuple[str, str]) -> None:
    certificate, key = pair
    nowhere, open_, other = str(tmp_path / "nowhere.pem"), tmp_path / "open.key", tmp_path / "other.key"
    open_.write_bytes(Path(key).read_bytes())
    open_.chmod(0o644)
    other.write_text("no key")
    other.chmod(0o600)
    for words, told in (
        (("--certificate", nowhere, "--key", str(open_)), ("nowhere.pem", "open.key", "chmod 600")),
        (("--certificate", certificate, "--key", str(other)), ("belongs to",)),
        (("--certificate", certificate), ("a certificate needs its key",)),
    ):
        code, said = typed(*words)
        assert code == 2
        for each in told:
            assert each in said


def test_sec_14_a_key_with_a_pass_phrase_asks_nobody(tmp_path: Path, pair: tuple[str, str]) -> None:
    """A service has no terminal to answer at."""
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(Path(pair[1]).read_bytes(), None)
    locked = tmp_path / "locked.key"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"a pass phrase of its own"),
        )
    )
    locked.chmod(0o600)
    with pytest.raises(InputError):
        tls.context(pair[0], str(locked))
