"""Alarms by mail: plain text, with the same fields as a webhook's JSON below it."""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from realtime.contacts import AlarmContact
from realtime.outbox.delivery import NotDelivered, is_here, trusting, within
from realtime.outbox.letter import Letter
from realtime.secret import NoSecret, secret_at

PORTS = {"starttls": 587, "tls": 465, "none": 25}
LONGEST_SUBJECT = 120


class Server(smtplib.SMTP):
    """It gives its own name as the system has it: asking a name server may take minutes, or for ever (N4)."""

    def __init__(self, calls: list[smtplib.SMTP], host: str, port: int, limit_s: float) -> None:
        calls.append(self)
        super().__init__(host, port, local_hostname=socket.gethostname(), timeout=limit_s)


class TlsServer(smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""

    def __init__(
        self, calls: list[smtplib.SMTP], host: str, port: int, limit_s: float, context: ssl.SSLContext
    ) -> None:
        calls.append(self)
        super().__init__(host, port, local_hostname=socket.gethostname(), timeout=limit_s, context=context)


class Mail:
    """By the mail server of an `AlarmContact`; its password is read anew for each letter."""

    def __init__(self, contact: AlarmContact, *, ca: str = "", limit_s: float = 20.0) -> None:
        self._contact = contact
        self._ca = ca
        self._limit_s = limit_s
        self._host, self._port = _address(contact.mail_server, PORTS.get(contact.mail_security, 0))

    @property
    def name(self) -> str:
        return f"mail by {self._host}"

    def deliver(self, letter: Letter) -> None:
        """It has arrived when the server has taken it; what becomes of it there nobody tells us."""
        calls: list[smtplib.SMTP] = []
        try:
            with within(self._limit_s, lambda: calls[0].sock if calls else None):
                self._talk(self._call(calls), message_of(letter, self._contact))
        except smtplib.SMTPDataError as error:
            hopeless = 500 <= error.smtp_code < 600
            raise NotDelivered(_reason(error), hopeless=hopeless) from None
        except smtplib.SMTPAuthenticationError as error:  # some servers quote what they were told
            raise NotDelivered(f"the password was refused: {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotDelivered(_reason(error)) from None
        finally:
            for call in calls:
                _hang_up(call)

    def _call(self, calls: list[smtplib.SMTP]) -> smtplib.SMTP:
        """Connected, and greeted. It stands in `calls` from the beginning, so that it can be cut off."""
        match self._contact.mail_security:
            case "tls":
                return TlsServer(calls, self._host, self._port, self._limit_s, trusting(self._ca))
            case "starttls":
                return Server(calls, self._host, self._port, self._limit_s)
            case "none" if is_here(self._host):
                return Server(calls, self._host, self._port, self._limit_s)
            case "none":
                raise NotDelivered("mail goes out unencrypted to a server on this machine only")
            case other:
                raise NotDelivered(f"mail_security is {other!r}; say starttls, tls or none")

    def _talk(self, server: smtplib.SMTP, message: EmailMessage) -> None:
        if self._contact.mail_security == "starttls":
            server.starttls(context=trusting(self._ca))
        if self._contact.mail_user:
            server.login(self._contact.mail_user, self._password())
        server.send_message(message)

    def _password(self) -> str:
        try:
            return secret_at(self._contact.mail_secret).reveal()
        except NoSecret as why:
            raise NotDelivered(str(why)) from None


def message_of(letter: Letter, contact: AlarmContact) -> EmailMessage:
    """No text of a device gets into the headers but as one line: a newline in it would write headers."""
    message = EmailMessage()
    message["From"] = contact.mail_from
    message["To"] = ", ".join(contact.mail_to)
    message["Subject"] = _one_line(f"[{letter.site}] {letter.text}")
    message["Date"] = format_datetime(datetime.fromisoformat(letter.time))
    domain = parseaddr(contact.mail_from)[1].rpartition("@")[2] or "localhost"
    message["Message-ID"] = f"<{letter.id}@{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    rows = [
        ("site", letter.site),
        ("told by", f"{letter.node} ({letter.mode})"),
        ("time", letter.time),
        ("device", letter.subject),
        ("event", letter.event),
        ("rule", letter.rule or "-"),
        ("incident", str(letter.incident or "-")),
    ]
    table = "\n".join(f"{name:<9} {value}" for name, value in rows)
    message.set_content(f"{letter.text}\n\n{table}\n")
    return message


def _hang_up(server: smtplib.SMTP) -> None:
    """What it says to that changes nothing: a letter that it has taken would else be sent twice."""
    with suppress(OSError, smtplib.SMTPException):
        server.putcmd("quit")
    server.close()


def _one_line(text: str) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= LONGEST_SUBJECT else line[: LONGEST_SUBJECT - 1] + "…"


def _address(server: str, port: int) -> tuple[str, int]:
    """`host`, `host:port`, `[2001:db8::1]:port`."""
    host, colon, number = server.rpartition(":")
    if colon and number.isdigit() and (":" not in host or host.startswith("[")):
        return host.strip("[]"), int(number)
    return server.strip("[]"), port


def _words(text: bytes | str) -> str:
    told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return _one_line(told)


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        each = [f"{who}: {code} {_words(told)}" for who, (code, told) in error.recipients.items()]
        return "refused: " + "; ".join(each)
    if isinstance(error, smtplib.SMTPResponseException):
        return f"answered {error.smtp_code} {_words(error.smtp_error)}"
    return str(error) or type(error).__name__
