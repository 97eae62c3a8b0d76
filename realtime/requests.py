"""Where one life of the service hears what was asked at its request socket, and answers (R2-05).

    requests = Requests(clock, lambda request, refusal: socket.reply(request, refusal=refusal))
    socket = RequestSocket(path, requests.deliver)

What comes while nobody listens waits. What the life has not heard when it ends is refused in so many
words: nobody is going to carry it out.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from realtime.clock import WallClock
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
        self._letters: deque[Request] = deque()
        self._waiting: Answer[Request] | None = None
        self._open = True

    def deliver(self, request: Request) -> None:
        """On the loop's thread, at any time: the sequencer hears it at the wall's now."""
        if not self._open:
            self._reply(request, STOPPING)
            return
        self._letters.append(request)
        self._clock.act(self._hand_over)

    def next(self) -> Answer[Request]:
        answer: Answer[Request] = Answer(self._clock, withdraw=lambda: self._forget(answer))
        self._waiting = answer
        self._hand_over()
        return answer

    def reply(self, request: Request, *, refusal: str = "") -> None:
        assert self._open, "a life that has ended answers nobody"
        self._reply(request, refusal)

    def close(self) -> None:
        self._open = False
        self._waiting = None
        while self._letters:
            self._reply(self._letters.popleft(), STOPPING)

    def _forget(self, answer: Answer[Request]) -> None:
        if self._waiting is answer:
            self._waiting = None

    def _hand_over(self) -> None:
        if self._waiting is not None and self._letters:
            waiting, self._waiting = self._waiting, None
            waiting.succeed(self._letters.popleft())
