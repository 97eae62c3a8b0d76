"""Attacks on a console of this machine, as a process: `python -m tests.attacks NAME PORT COOKIE`.

What came of each is counted, and printed as JSON.
"""

from __future__ import annotations

import json
import socket
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from teiden.web.timely import BODY_S, HEAD_S
from tests.consoled import Client

GUESSES, SLOW, STREAMS = 1_000, 200, 300
FORM = "content-type: application/x-www-form-urlencoded\r\norigin: http://127.0.0.1:{port}\r\n"


def forged(port: int) -> Counter[str]:
    found: Counter[str] = Counter()
    client = Client(port)
    form = {"wish": "power_off", "everything": "1", "typed": "everything"}
    for _ in range(20):
        for host in ("elsewhere.example", "127.0.0.1.elsewhere.example", f"[::2]:{port}", ""):
            found[f"host {client.ask('GET', '/', host=host).status}"] += 1
        for origin in ("http://elsewhere.example", "null", f"https://127.0.0.1:{port}", None):
            found[f"origin {client.ask('POST', '/ask', form, origin=origin).status}"] += 1
    return found


def guesses(port: int) -> Counter[str]:
    names = ("mori", "sato", "admin", "root", "guest")

    def guess(n: int) -> str:
        return str(Client(port, limit_s=60.0).log_in(names[n % len(names)], f"guess number {n}"))

    with ThreadPoolExecutor(20) as many:
        return Counter(many.map(guess, range(GUESSES)))


def slow_heads(port: int) -> Counter[str]:
    return slow(port, "GET / HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n", HEAD_S, "x-more: 1\r\n")


def slow_bodies(port: int) -> Counter[str]:
    head = "POST /login HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncontent-length: 1000\r\n" + FORM + "\r\n"
    return slow(port, head, BODY_S, "a")


def slow(port: int, head: str, limit_s: float, more: str) -> Counter[str]:
    """Many that trickle, each of which comes back when it is hung up on; how long the longest lasted."""
    found: Counter[str] = Counter()
    open_: dict[socket.socket, float] = {}
    ends_s = time.monotonic() + limit_s + 5.0
    longest_s = 0.0
    while time.monotonic() < ends_s:
        while len(open_) < SLOW:
            one = socket.create_connection(("127.0.0.1", port), timeout=10.0)
            one.sendall(head.format(port=port).encode())
            one.setblocking(False)
            open_[one] = time.monotonic()
            found["opened"] += 1
        for one, since_s in list(open_.items()):
            if gone(one, more.encode()):
                longest_s = max(longest_s, time.monotonic() - since_s)
                found["hung up on"] += 1
                del open_[one]
                one.close()
        time.sleep(0.25)
    longest_s = max([longest_s, *(time.monotonic() - since_s for since_s in open_.values())])
    for one in open_:
        one.close()
    found["longest, s"] = round(longest_s)
    return found


def gone(one: socket.socket, more: bytes) -> bool:
    try:
        one.send(more)
        while one.recv(4096):
            pass
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def large_bodies(port: int) -> Counter[str]:
    head = "POST /login HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\n" + FORM
    found: Counter[str] = Counter()

    def send(n: int) -> str:
        length = "content-length: 10000000\r\n\r\n" if n % 2 else "transfer-encoding: chunked\r\n\r\n"
        with socket.create_connection(("127.0.0.1", port), timeout=30.0) as one:
            one.sendall((head + length).format(port=port).encode())
            part = b"a" * 10_000 if n % 2 else b"2710\r\n" + b"a" * 10_000 + b"\r\n"
            try:
                for _ in range(1_000):
                    one.sendall(part)
                return "all of it was taken"
            except OSError:
                return "cut off"

    with ThreadPoolExecutor(10) as many:
        found.update(many.map(send, range(40)))
    return found


def streams(port: int, cookie: str) -> Counter[str]:
    """As a viewer, who has every right to one."""
    head = f"GET /news HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\ncookie: {cookie}\r\n\r\n"
    open_ = []
    for _ in range(STREAMS):
        one = socket.create_connection(("127.0.0.1", port), timeout=10.0)
        one.sendall(head.encode())
        open_.append(one)
    found = Counter(one.recv(64).split(b" ")[1].decode() for one in open_)
    time.sleep(4.0)  # they stay open while the operator asks
    for one in open_:
        one.close()
    return found


ATTACKS = {
    "forged": forged,
    "guesses": guesses,
    "slow_heads": slow_heads,
    "slow_bodies": slow_bodies,
    "large_bodies": large_bodies,
}


if __name__ == "__main__":
    name, port, cookie = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    print(json.dumps(streams(port, cookie) if name == "streams" else ATTACKS[name](port)))
