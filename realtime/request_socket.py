"""The socket at which a node's service hears what applications and operators want (R2-05).

A Unix-domain socket, mode 0600: only the service's own user and root get as far as asking. One JSON
object a line, one answer for each. Nothing that comes in here can end the service: malformed lines are
answered, too long ones and idle callers are cut off, the number of callers is bounded.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import stat
import struct
import uuid
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import TracebackType

from realtime.breaking_off import break_off
from realtime.reload_line import Reload, tell_of_reload
from realtime.request_lines import CLIENTS, MAX_LINE, Hearing, Malformed, reply_line, request_from
from realtime.status_lines import StatusLines, tell_status
from sequencer.requests import Request

MODE = 0o600
HANG_UP_S = 1.0
BEGIN_S = 0.01
"""A caller let in just now is not served yet; it gets this long, to be hung up on in good order."""
REMEMBERED = 1000
"""Answers kept, so that a request sent again gets its answer and is not carried out again."""
Verdict = tuple[bool | None, str]
"""Accepted, and why not; None: not known."""


class CannotServe(Exception):
    """The socket cannot be opened, and why."""


class RequestSocket:
    """`deliver` gets each request once, on the loop's thread; `reply` may be called from any thread.

    These are the two halves of a `RequestPort`: what is delivered is what `next()` answers.
    """

    def __init__(
        self,
        path: str,
        deliver: Callable[[Request], None],
        *,
        hearing: Hearing = CLIENTS,
        answer_limit_s: float = 20.0,
        idle_limit_s: float = 300.0,
        most_callers: int = 32,
        status: StatusLines | None = None,
        reload: Reload | None = None,
    ) -> None:
        """`hearing`: what may be said. `answer_limit_s`: then the caller is told that nothing is known.

        `status`: told to who asks. `reload`: begins another life by the site file as it lies there, or says
        why not; None: nobody can.
        """
        self.path = path
        self._deliver = deliver
        self._hearing = hearing
        self._answer_limit_s = answer_limit_s
        self._idle_limit_s = idle_limit_s
        self._most_callers = most_callers
        self._status = status
        self._reload = reload
        self._loop: asyncio.AbstractEventLoop | None = None
        self._server: asyncio.Server | None = None
        self._closing = False
        self._callers: set[asyncio.Task[None]] = set()
        self._answering: set[asyncio.Task[None]] = set()
        self._open: dict[str, tuple[Request, asyncio.Future[Verdict]]] = {}
        self._answered: OrderedDict[str, tuple[Request, Verdict]] = OrderedDict()

    async def __aenter__(self) -> RequestSocket:
        self._loop = asyncio.get_running_loop()
        listener = _bound(self.path)
        self._server = await asyncio.start_unix_server(self._serve, sock=listener, limit=MAX_LINE)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Callers still waiting are told that nothing is known."""
        assert self._server is not None
        self._closing = True
        with suppress(FileNotFoundError):
            os.unlink(self.path)  # nobody new; whoever has just been let in is still heard out
        await asyncio.sleep(BEGIN_S)
        self._server.close()
        for request, _ in list(self._open.values()):
            self._settle(request, (None, "the service is stopping"))
        if answering := list(self._answering):
            await asyncio.wait(answering, timeout=HANG_UP_S)
        callers = list(self._callers)
        for caller in callers:
            caller.cancel()
        await asyncio.gather(*callers, return_exceptions=True)

    def reply(self, request: Request, *, refusal: str = "") -> None:
        """Tell whoever asked: accepted, or why not. From any thread; only the first answer counts."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._settle, request, (not refusal, refusal))

    def _settle(self, request: Request, verdict: Verdict) -> None:
        if request.id not in self._open:
            return  # answered before
        _, answer = self._open.pop(request.id)
        if not answer.done():
            answer.set_result(verdict)
        if verdict[0] is None:
            return  # asked again, it is delivered again; the sequencer hears an id once
        self._answered[request.id] = request, verdict
        while len(self._answered) > REMEMBERED:
            self._answered.popitem(last=False)

    # One caller

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        caller = asyncio.current_task()
        assert caller is not None
        self._callers.add(caller)
        try:
            if refusal := self._unwelcome(writer):
                await self._say(writer, reply_line("", False, refusal))
            else:
                await self._converse(reader, writer, caller)
        except (ConnectionError, TimeoutError, asyncio.CancelledError):
            pass  # it has gone, or says nothing and reads nothing, or the service is stopping
        finally:
            self._callers.discard(caller)
            self._answering.discard(caller)
            await _hang_up(writer)

    def _unwelcome(self, writer: asyncio.StreamWriter) -> str:
        """The file's mode keeps others out; this is the second lock, should somebody change the mode."""
        credentials = _credentials(writer)
        if credentials is not None and credentials[1] not in (0, os.geteuid()):
            return f"uid {credentials[1]} may not ask anything here"
        if len(self._callers) > self._most_callers:
            return f"{self._most_callers} callers at once are enough; try again"
        return ""

    async def _converse(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, caller: asyncio.Task[None]
    ) -> None:
        peer = _peer(writer)
        while not self._closing:
            self._answering.discard(caller)
            try:
                async with asyncio.timeout(self._idle_limit_s):
                    line = await reader.readuntil(b"\n")
            except asyncio.IncompleteReadError as end:
                if end.partial.strip():  # cut off half-way: never carried out
                    await self._say(writer, reply_line("", False, "the line does not end with a newline"))
                return
            except asyncio.LimitOverrunError:
                reason = f"a line has {MAX_LINE} bytes at most"
                await self._say(writer, reply_line("", False, reason))
                return
            if await tell_of_reload(self._reload, line, partial(self._say, writer)):
                continue
            if await tell_status(self._status, line, reader, partial(self._say, writer)):
                continue
            self._answering.add(caller)
            if line.strip():
                await self._say(writer, await self._answer(line, peer))

    async def _say(self, writer: asyncio.StreamWriter, line: bytes) -> None:
        writer.write(line)
        async with asyncio.timeout(self._idle_limit_s):
            await writer.drain()

    async def _answer(self, line: bytes, peer: str) -> bytes:
        try:
            request = request_from(line, peer, uuid.uuid4().hex, self._hearing)
        except Malformed as error:
            return reply_line(error.id, False, str(error))
        known = self._open.get(request.id) or self._answered.get(request.id)
        if known is not None and (known[0].wish, known[0].of) != (request.wish, request.of):
            return reply_line(request.id, False, "this id was given to another request")
        if request.id in self._answered:
            return reply_line(request.id, *self._answered[request.id][1])
        if known is None and len(self._open) >= REMEMBERED:
            return reply_line(request.id, False, "too many requests wait for an answer")
        return reply_line(request.id, *await self._verdict(request))

    async def _verdict(self, request: Request) -> Verdict:
        if request.id in self._open:
            answer = self._open[request.id][1]
        else:
            answer = asyncio.get_running_loop().create_future()
            self._open[request.id] = request, answer
            self._hand_over(request)
        try:
            async with asyncio.timeout(self._answer_limit_s):
                return await asyncio.shield(answer)
        except TimeoutError:
            return None, f"no answer in {self._answer_limit_s:g} s; it may still be carried out"

    def _hand_over(self, request: Request) -> None:
        try:
            self._deliver(request)
        except Exception as error:  # a fault of ours must not leave the caller waiting, nor end the service
            self._settle(request, (None, "the service failed to take it; see its log"))
            told = {"message": f"request {request.id} could not be delivered", "exception": error}
            asyncio.get_running_loop().call_exception_handler(told)


# The socket and who is at its other end


def _bound(path: str) -> socket.socket:
    """Bound, and not yet listening: nobody gets in before the mode is right."""
    _make_room(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)
        os.chmod(path, MODE)
    except OSError as error:
        listener.close()
        raise CannotServe(f"{path}: {error.strerror or error}") from None
    return listener


def _make_room(path: str) -> None:
    """Remove what a killed service left behind; never a live socket, nor anything that is no socket."""
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            raise CannotServe(f"{path}: something that is not a socket stands there")
    except FileNotFoundError:
        return
    except OSError as error:
        raise CannotServe(f"{path}: {error.strerror}") from None
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        found = probe.connect_ex(path)
    if found != errno.ECONNREFUSED:
        raise CannotServe(f"{path}: another service answers there")
    with suppress(FileNotFoundError):
        os.unlink(path)


async def _hang_up(writer: asyncio.StreamWriter) -> None:
    """What was said last still goes out, unless nobody reads it."""
    writer.close()
    try:
        async with asyncio.timeout(HANG_UP_S):
            await writer.wait_closed()
    except (ConnectionError, TimeoutError):
        break_off(writer)


def _credentials(writer: asyncio.StreamWriter) -> tuple[int, int, int] | None:
    """Process, user and group at the other end, as the kernel says; None where it does not."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return None
    size = struct.calcsize("3i")
    told = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, option, size)
    pid, uid, gid = struct.unpack("3i", told)
    return pid, uid, gid


def _peer(writer: asyncio.StreamWriter) -> str:
    """By number: looking up a name may ask a directory server that has no power any more (N4)."""
    credentials = _credentials(writer)
    return "a local process" if credentials is None else f"uid {credentials[1]}, process {credentials[0]}"
