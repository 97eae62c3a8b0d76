"""Where one life of the service hears what was asked at its request socket, and answers (R2-05).

    requests = Requests(clock, lambda request, refusal: socket.reply(request, refusal=refusal))
    socket = RequestSocket(path, requests.deliver)

What comes while nobody listens waits. What the life has not heard when it ends is refused in so many
words: nobody is going to carry it out.
"""

from __future__ import annotations

from collections.abc import Callable

from realtime.clock import WallClock
from sequencer.letters import Letters
from sequencer.ports import Answer
from sequencer.requests import Request

Reply = Callable[[Request, str], None]
"""Tell whoever asked; the words are a refusal, none is a yes."""
STOPPING = "the service is stopping; nothing was done"


class Requests:
    """A `RequestPort`, as `sim.mailbox.Mailbox` is one."""

    def __init__(self, clock: WallClock, reply: Reply) -> None:
        self._clock = clock
        self._reply = reply
        self._letters = Letters(clock)
        self._open = True

    def deliver(self, request: Request) -> None:
        """On the loop's thread, at any time: the sequencer hears it at the wall's now."""
        if self._open:
            self._clock.act(lambda: self._letters.put(request))
        else:
            self._reply(request, STOPPING)

    def next(self) -> Answer[Request]:
        return self._letters.next()

    def reply(self, request: Request, *, refusal: str = "") -> None:
        assert self._open, "a life that has ended answers nobody"
        self._reply(request, refusal)

    def close(self) -> None:
        self._open = False
        for request in self._letters.close():
            self._reply(request, STOPPING)
