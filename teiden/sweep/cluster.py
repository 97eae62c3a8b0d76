"""Chunks on other machines: a Dask scheduler and its workers, by the same seam as a pool.

Whoever can reach a Dask port can run code there. So TLS with a CA of one's own is one set of options away,
and plain TCP to another machine is warned of.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import Any

from teiden.language.say import t
from teiden.sweep.engine import Engine, interrupts_held
from teiden.sweep.pace import FAR_CHUNK_S
from teiden.sweep.trouble import CannotGoOn

CONNECT_LIMIT_S = 10.0
"""A scheduler that has not answered by then is not there."""
ALONE_LIMIT_S = 60.0
"""So long a scheduler may be without any worker, or out of reach, before a sweep gives up."""
LOOK_S = 2.0
CLOSE_LIMIT_S = 5.0
ADDRESS = r"(tcp|tls)://([^\s/:]+|\[[0-9a-fA-F:.]+\]):[0-9]{1,5}"
OWN_MACHINE = r"tcp://(localhost|127\.[0-9.]+|\[::1\]):[0-9]+"


@dataclass(frozen=True, slots=True)
class Tls:
    """Files in PEM: the cluster's own CA, and what it has signed for us."""

    ca: str
    cert: str
    key: str


def address_problem(address: str, tls: Tls | None) -> str | None:
    """What is wrong with an address, in words; None: nothing."""
    if not re.fullmatch(ADDRESS, address):
        return t(
            "{address} is no address; e.g. tcp://127.0.0.1:8786 or tls://scheduler:8786", address=address
        )
    if address.startswith("tls:") and tls is None:
        return t("{address} needs --tls-ca, --tls-cert and --tls-key", address=address)
    if address.startswith("tcp:") and tls is not None:
        return t("with TLS the address begins with tls://")
    return None


def open_to_all(address: str) -> bool:
    """Plain TCP that leaves this machine."""
    return address.startswith("tcp:") and not re.fullmatch(OWN_MACHINE, address)


@contextmanager
def cluster(address: str, tls: Tls | None) -> Iterator[Engine]:
    """The workers of a scheduler. Ctrl-C and anything else that goes wrong cancels what is under way."""
    client = _connected(address, tls)
    executor = client.get_executor(pure=False)
    try:
        watch = _Watch(client, address)
        yield Engine(executor, watch.workers, FAR_CHUNK_S, LOOK_S, watch.look)
    except BaseException:
        with interrupts_held():
            _quietly(lambda: executor.shutdown(wait=False))
            _quietly(lambda: client.close(timeout=CLOSE_LIMIT_S))
        raise
    client.close(timeout=CLOSE_LIMIT_S)


def _connected(address: str, tls: Tls | None) -> Any:
    """A `distributed.Client`, which has no types."""
    try:
        import distributed
    except ImportError:
        raise CannotGoOn(t("--scheduler needs the extra teiden[dask]: pip install 'teiden[dask]'")) from None
    for name in ("distributed", "tornado"):  # what matters of it is told in one line, by us
        logging.getLogger(name).setLevel(logging.CRITICAL)
    dask: Any = distributed
    security = None
    if tls is not None:
        security = dask.Security(
            require_encryption=True,
            tls_ca_file=tls.ca,
            tls_client_cert=tls.cert,
            tls_client_key=tls.key,
        )
    # A client that never was connected would wait for its scheduler once more when it is taken away.
    client = type("Client", (dask.Client,), {"__del__": lambda self: None})
    try:
        return client(address, security=security, timeout=CONNECT_LIMIT_S, set_as_default=False)
    except Exception as error:  # refused, timed out, another CA, or something that is no scheduler at all
        limit, reason = f"{CONNECT_LIMIT_S:g}", _innermost(error)
        text = t(
            "{address}: no scheduler answers within {n} s: {reason}", address=address, n=limit, reason=reason
        )
        raise CannotGoOn(text) from None


def _innermost(error: BaseException) -> str:
    """The reason itself, not who passed it on."""
    while error.__cause__ is not None:
        error = error.__cause__
    return str(error) or type(error).__name__


def _quietly(close: Callable[[], object]) -> None:
    """A cluster that has gone cannot be taken leave of."""
    try:
        close()
    except Exception as error:
        logging.getLogger(__name__).debug("closing: %s", error)


class _Watch:
    """How many workers there are, and whether there are any."""

    def __init__(self, client: Any, address: str) -> None:
        self._client = client
        self._address = address
        self._looked_s = self._seen_s = monotonic()
        self._workers = self._ask()
        if not self._workers:
            raise CannotGoOn(t("{address}: the scheduler has no workers", address=address))

    def workers(self) -> int:
        return max(1, self._workers)

    def look(self) -> None:
        now_s = monotonic()
        if now_s - self._looked_s < LOOK_S:
            return
        self._looked_s = now_s
        self._workers = self._ask()
        if self._workers:
            self._seen_s = now_s
        elif now_s - self._seen_s > ALONE_LIMIT_S:
            raise CannotGoOn(
                t("{address}: no workers for {n} s", address=self._address, n=f"{ALONE_LIMIT_S:g}")
            )

    def _ask(self) -> int:
        """One chunk at a time for each process, however many threads it has; 0: nobody, or out of reach."""
        try:
            return len(self._client.nthreads())
        except (OSError, RuntimeError, ValueError):
            return 0
