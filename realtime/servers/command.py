"""A server reached by the site's own programs: argument lists of the site file, by what they are for.

`state` prints one word and ends with 0; a command ends with 0 when it is accepted and with 1 when it is
refused, the reason first on its output. Anything else, a time-out too, is not known.
"""

from __future__ import annotations

from realtime.commands import ENDED_BY_TIMEOUT, Ended, first_line, run
from realtime.contacts import CommandContact
from realtime.servers.way import NotSent, Told, accepted, refused, unknown
from sequencer.ports import JobResult, Os, Unreachable
from sequencer.site import Job, Server

WORDS = {state.value.replace(" ", "_"): state for state in Os}
"""up, shutting_down, halted, booting."""


class Commands:
    """Each run has the contact's own limit; a job its own."""

    def __init__(self, contact: CommandContact, server: Server) -> None:
        self._contact = contact
        self._names = {"name": server.name, "address": server.address, "mac": server.mac}

    def knows(self, word: str) -> bool:
        return word in self._contact.commands

    async def tell(self, word: str) -> Told:
        ended = await run(self._contact.commands[word], self._contact.limit_s, self._names)
        if not ended.started:
            return NotSent(f"{word} command: {ended.reason}")
        match ended.code:
            case 0:
                return accepted(first_line(ended.output))
            case 1:
                return refused(first_line(ended.output) or ended.words)
            case _:
                return unknown(f"{word} command: {ended.words}")

    async def state(self) -> Os | Unreachable:
        ended = await run(self._contact.commands["state"], self._contact.limit_s, self._names)
        word = ended.output.strip()
        if ended.code == 0 and word in WORDS:
            return WORDS[word]
        return Unreachable(f"state command: {_odd(ended, word)}")

    async def run(self, job: Job) -> JobResult | Unreachable:
        """Killed at the job's limit, unlike one that runs on the server itself."""
        names = {**self._names, "job": job.name, "run": job.run}
        ended = await run(self._contact.commands["job"], job.limit_s, names)
        if not ended.started:
            return Unreachable(f"job command: {ended.reason}")
        if ended.code in (None, ENDED_BY_TIMEOUT):
            return JobResult.TIMED_OUT
        return JobResult.DONE if ended.code == 0 else JobResult.FAILED


def _odd(ended: Ended, word: str) -> str:
    known = ", ".join(WORDS)
    return ended.words if ended.code != 0 else f"it says {word[:40]!r}, which is none of {known}"
