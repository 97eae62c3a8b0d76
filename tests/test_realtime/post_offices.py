"""A webhook and a mail server that really listen on 127.0.0.1, and behave as a test tells them to."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@contextmanager
def listening(serve: Serve, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve on a loop in a thread of its own until the block ends; gives the port."""
    ready, ports, stop = threading.Event(), list[int](), list[Callable[[], None]]()

    async def handled(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await serve(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
            pass
        finally:
            writer.transport.abort()

    async def run() -> None:
        done = asyncio.Event()
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda loop, told: None)  # handshakes that fail are what is tested
        server = await asyncio.start_server(handled, "127.0.0.1", 0, ssl=tls)
        ports.append(server.sockets[0].getsockname()[1])
        stop.append(lambda: loop.call_soon_threadsafe(done.set))
        ready.set()
        await done.wait()
        server.close()
        others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert ready.wait(5)
    try:
        yield ports[0]
    finally:
        stop[0]()
        thread.join(5)
        assert not thread.is_alive()


class Hook:
    """Answers with the next of `answers`, the last one for ever.

    `slow` says a byte a moment, `deaf` nothing, `hang up` closes.
    """

    def __init__(self, *answers: int | str) -> None:
        self.answers = list(answers) or [204]
        self.heard: list[tuple[str, dict[str, str], dict[str, Any]]] = []

    @property
    def texts(self) -> list[str]:
        return [body["text"] for _, _, body in self.heard]

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("ascii").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines if line)
        body = await reader.readexactly(int(headers["content-length"]))
        self.heard.append((first, headers, json.loads(body)))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if answer == "hang up":
            return
        if answer == "deaf":
            await asyncio.sleep(30)
        if answer == "slow":
            for letter in b"HTTP/1.1 204 No Content\r\nX: " + b"x" * 1000:
                writer.write(bytes([letter]))
                await writer.drain()
                await asyncio.sleep(0.02)
        writer.write(f"HTTP/1.1 {answer} So\r\nContent-Length: 0\r\nLocation: /else\r\n\r\n".encode())
        await writer.drain()


class PostOffice:
    """As much of SMTP as smtplib speaks. `refuse`: verb to answer; `tls`: what STARTTLS begins."""

    def __init__(self, refuse: dict[str, str] | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.refuse = refuse or {}
        self.tls = tls
        self.mails: list[str] = []
        self.said: list[str] = []

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self._say(writer, "220 here")
        while line := (await reader.readline()).decode("ascii").strip():
            self.said.append(line)
            verb = line.split(" ")[0].upper()
            if verb in self.refuse:
                await self._say(writer, self.refuse[verb])
            elif verb == "STARTTLS" and self.tls is not None:
                await self._say(writer, "220 go on")
                await writer.start_tls(self.tls)
            elif verb == "DATA":
                await self._say(writer, "354 go on")
                self.mails.append((await reader.readuntil(b"\r\n.\r\n")).decode("utf-8")[:-5])
                await self._say(writer, self.refuse.get(".", "250 taken"))
            else:
                extra = "250-here\r\n250-AUTH PLAIN\r\n250-STARTTLS\r\n" if verb == "EHLO" else ""
                await self._say(writer, extra + ("235 welcome" if verb == "AUTH" else "250 fine"))

    async def _say(self, writer: asyncio.StreamWriter, line: str) -> None:
        writer.write(f"{line}\r\n".encode("ascii"))
        await writer.drain()


def certified(folder: Path, name: str = "127.0.0.1") -> tuple[str, ssl.SSLContext]:
    """Path of a certificate for this address that signs itself, and a server's context that shows it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(name))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path, key_path = folder / f"{name}.crt", folder / f"{name}.key"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path, key_path)
    return str(path), context
