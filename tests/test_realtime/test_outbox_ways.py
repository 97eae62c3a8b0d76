"""Webhook and mail against real servers: what arrives, and what is said when nothing does."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
import time
from pathlib import Path

import pytest

from realtime.contacts import AlarmContact
from realtime.outbox.delivery import NotDelivered
from realtime.outbox.letter import Letter, NotALetter, letter_from
from realtime.outbox.mail import Mail, message_of
from realtime.outbox.webhook import Webhook
from tests.test_realtime.post_offices import Hook, PostOffice, certified, listening

LETTER = Letter(
    id="c0ffee",
    site="reference 停電",
    node="control1",
    time="2026-11-20T14:10:00.000+09:00",
    event="alarm.raised",
    subject="ups4",
    text="ups4 did not take its OFF",
    rule="X-09",
    incident=7,
    mode="armed",
)


@pytest.fixture
def token(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("HOOK_TOKEN", "canary-7f3a")
    return "env:HOOK_TOKEN"


@pytest.fixture
def closed_port() -> int:
    with socket.socket() as its:
        its.bind(("127.0.0.1", 0))
        return int(its.getsockname()[1])


# Webhook


def test_a_webhook_gets_every_field_as_json(token: str) -> None:
    hook = Hook(204)
    with listening(hook) as port:
        Webhook(f"http://127.0.0.1:{port}/alarms?team=power", token, limit_s=20).deliver(LETTER)
    ((first, headers, body),) = hook.heard
    assert first == "POST /alarms?team=power HTTP/1.1"
    assert headers["authorization"] == "bearer canary-7f3a"
    assert headers["content-type"] == "application/json; charset=utf-8"
    assert body == {
        "format": 1,
        "id": "c0ffee",
        "site": "reference 停電",
        "node": "control1",
        "time": "2026-11-20T14:10:00.000+09:00",
        "event": "alarm.raised",
        "subject": "ups4",
        "text": "ups4 did not take its OFF",
        "rule": "X-09",
        "incident": 7,
        "mode": "armed",
    }


def test_what_was_written_down_is_the_same_letter() -> None:
    assert letter_from(LETTER.json()) == LETTER
    for bad in ("", "[]", "{}", '{"id": 1}', "null"):
        with pytest.raises(NotALetter):
            letter_from(bad)


@pytest.mark.parametrize(
    ("answer", "reason", "hopeless"),
    [
        (500, "answered 500", False),
        (302, "answered 302", False),  # followed, it would take the token elsewhere
        (401, "answered 401", False),
        (429, "answered 429", False),
        (413, "answered 413", True),
        ("hang up", "Remote end closed connection without response", False),
        ("no status", "no status", False),
    ],
)
def test_a_webhook_that_does_not_take_it_says_why(answer: int | str, reason: str, hopeless: bool) -> None:
    hook = Hook(answer)
    with listening(hook) as port, pytest.raises(NotDelivered, match=reason) as why:
        Webhook(f"http://127.0.0.1:{port}/", limit_s=20).deliver(LETTER)
    assert why.value.hopeless == hopeless
    assert len(hook.heard) == 1


@pytest.mark.parametrize("answer", ["deaf", "slow"])
def test_a_webhook_that_takes_its_time_is_left_at_the_limit(answer: str) -> None:
    """One that says a byte a moment is never silent, and never done."""
    begun_s = time.monotonic()
    with listening(Hook(answer)) as port, pytest.raises(NotDelivered, match=r"within 0\.1 s|timed out"):
        Webhook(f"http://127.0.0.1:{port}/", limit_s=0.1).deliver(LETTER)
    assert time.monotonic() - begun_s < 10.0


def test_a_webhook_that_is_not_there_is_refused(closed_port: int) -> None:
    with pytest.raises(NotDelivered, match="refused"):
        Webhook(f"http://127.0.0.1:{closed_port}/", limit_s=1).deliver(LETTER)


def test_over_tls_only_the_pinned_ca_is_trusted(tmp_path: Path, token: str) -> None:
    ca, context = certified(tmp_path)
    hook = Hook(204)
    with listening(hook, context) as port:
        url = f"https://127.0.0.1:{port}/"
        with pytest.raises(NotDelivered, match="certificate verify failed"):
            Webhook(url, token, limit_s=20).deliver(LETTER)
        assert hook.heard == []
        Webhook(url, token, ca=ca, limit_s=20).deliver(LETTER)
    assert hook.texts == [LETTER.text]


def test_a_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    ca, context = certified(tmp_path, "192.0.2.7")
    with listening(Hook(), context) as port, pytest.raises(NotDelivered, match="IP address mismatch"):
        Webhook(f"https://127.0.0.1:{port}/", ca=ca, limit_s=20).deliver(LETTER)


@pytest.mark.parametrize(
    ("url", "secret", "reason"),
    [
        ("http://192.0.2.1/x", "env:HOOK_TOKEN", "a token goes out over https only"),
        ("ftp://127.0.0.1/x", "", "neither https:// nor http://"),
        ("https://", "", "neither https:// nor http://"),
        ("https://127.0.0.1:port/", "", "Port could not be cast"),
        ("http://127.0.0.1:1/", "env:NOT_THERE", "the environment has no NOT_THERE"),
    ],
)
def test_a_webhook_that_cannot_be_called_says_why_without_the_token(
    token: str, url: str, secret: str, reason: str
) -> None:
    with pytest.raises(NotDelivered, match=reason) as why:
        Webhook(url, secret, limit_s=1).deliver(LETTER)
    assert "canary" not in str(why.value)


def test_its_name_hides_what_stands_behind_the_host() -> None:
    assert Webhook("https://user:canary@hooks.example/services/canary").name == "webhook hooks.example"


# Mail


def contact(port: int, security: str = "none", host: str = "127.0.0.1", **more: str) -> AlarmContact:
    return AlarmContact(
        mail_to=("night@example.org", "day@example.org"),
        mail_from="teiden@example.org",
        mail_server=f"{host}:{port}",
        mail_security=security,
        **more,
    )


def test_a_mail_has_every_field_and_both_readers() -> None:
    office = PostOffice()
    with listening(office) as port:
        Mail(contact(port), limit_s=20).deliver(LETTER)
    mail = email.message_from_string(office.mails[0], policy=email.policy.default)
    assert mail["Subject"] == "[reference 停電] ups4 did not take its OFF"
    assert mail["To"] == "night@example.org, day@example.org"
    assert mail["Date"] == "Fri, 20 Nov 2026 14:10:00 +0900"
    assert mail["Message-ID"] == "<c0ffee@example.org>"
    text = mail.get_content()
    for told in ("ups4 did not take its OFF", "control1 (armed)", "2026-11-20T14:10", "X-09", "incident  7"):
        assert told in text
    assert [line.lower() for line in office.said if line.lower().startswith("rcpt")] == [
        "rcpt to:<night@example.org>",
        "rcpt to:<day@example.org>",
    ]


def test_a_text_of_a_device_cannot_write_headers() -> None:
    letter = letter_from(LETTER.json().replace("its OFF", "its OFF\\r\\nBcc: everybody@example.org\\r\\n"))
    mail = message_of(letter, contact(25))
    assert mail["Subject"] == "[reference 停電] ups4 did not take its OFF Bcc: everybody@example.org"
    assert mail["Bcc"] is None


@pytest.mark.parametrize(
    ("refuse", "reason", "hopeless"),
    [
        ({"RCPT": "550 nobody here"}, "night@example.org: 550 nobody here", False),
        ({"MAIL": "451 later"}, "451 later", False),
        ({".": "554 we take it for spam"}, "554 we take it for spam", True),
        ({".": "452 no room"}, "452 no room", False),
        ({"EHLO": "421 busy", "HELO": "421 busy"}, "421 busy", False),
    ],
)
def test_a_mail_server_that_does_not_take_it_says_why(
    refuse: dict[str, str], reason: str, hopeless: bool
) -> None:
    with listening(PostOffice(refuse)) as port, pytest.raises(NotDelivered, match=reason) as why:
        Mail(contact(port), limit_s=20).deliver(LETTER)
    assert why.value.hopeless == hopeless


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_mail_is_encrypted_and_the_server_verified(
    tmp_path: Path, security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "canary-7f3a")
    ca, context = certified(tmp_path)
    office = PostOffice(tls=context)
    with listening(office, context if security == "tls" else None) as port:
        its = contact(port, security, mail_user="teiden", mail_secret="env:MAIL_PASSWORD")
        with pytest.raises(NotDelivered, match="certificate verify failed"):
            Mail(its, limit_s=20).deliver(LETTER)
        assert not [line for line in office.said if line.startswith("AUTH")]
        Mail(its, ca=ca, limit_s=20).deliver(LETTER)
    assert len(office.mails) == 1


def test_a_server_without_starttls_gets_neither_password_nor_mail() -> None:
    office = PostOffice({"STARTTLS": "502 no"})
    its = ("starttls", "127.0.0.1")
    with listening(office) as port, pytest.raises(NotDelivered):
        Mail(contact(port, *its, mail_user="u", mail_secret="env:HOME"), limit_s=20).deliver(LETTER)
    assert not [line for line in office.said if line.upper().startswith(("AUTH", "MAIL"))]


def test_a_refused_password_is_not_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "canary-7f3a")
    office = PostOffice({"AUTH": "535 canary-7f3a is wrong"})
    with listening(office) as port, pytest.raises(NotDelivered) as why:
        Mail(contact(port, mail_user="u", mail_secret="env:MAIL_PASSWORD"), limit_s=20).deliver(LETTER)
    assert str(why.value) == "the password was refused: 535"


def test_mail_goes_out_unencrypted_on_this_machine_only() -> None:
    with pytest.raises(NotDelivered, match="this machine only"):
        Mail(contact(25, host="192.0.2.25"), limit_s=1).deliver(LETTER)
    with pytest.raises(NotDelivered, match="say starttls, tls or none"):
        Mail(contact(25, "ssl"), limit_s=1).deliver(LETTER)


async def _mute(reader: object, writer: object) -> None:
    await asyncio.sleep(30)


def test_a_mail_server_that_says_nothing_is_left_at_the_limit() -> None:
    with listening(_mute) as port, pytest.raises(NotDelivered, match=r"within 0\.1 s|timed out"):
        Mail(contact(port), limit_s=0.1).deliver(LETTER)


@pytest.mark.parametrize(
    ("server", "name", "port"),
    [
        ("mail.example", "mail.example", 587),
        ("mail.example:2525", "mail.example", 2525),
        ("[2001:db8::1]:25", "2001:db8::1", 25),
        ("2001:db8::1", "2001:db8::1", 587),
    ],
)
def test_a_server_is_named_with_or_without_its_port(server: str, name: str, port: int) -> None:
    its = Mail(AlarmContact(mail_to=("a@b",), mail_server=server))
    assert (its._host, its._port) == (name, port)
