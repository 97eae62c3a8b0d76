"""An array that any program on this node sees and flushes (docs/array-protocol.md)."""

from __future__ import annotations

from realtime.arrays.words import status_from
from realtime.commands import Ended, first_line, run
from realtime.contacts import CommandContact
from realtime.receipts import receipt_of
from sequencer.ports import ArrayStatus, Receipt, Unreachable


class CommandArray:
    """An ArrayDriver. The limit of a request stands with the programs: `CommandContact.limit_s`."""

    def __init__(self, contact: CommandContact, name: str) -> None:
        self._contact = contact
        self._names = {"name": name}

    async def read(self) -> ArrayStatus | Unreachable:
        ended = await self._run("state")
        if ended.code != 0:
            return Unreachable(ended.words)
        said = first_line(ended.output)
        return status_from(said) or Unreachable(f"it said {said[:60]!r}, which is no state")

    async def flush(self) -> Receipt:
        return receipt_of(await self._run("flush"))

    async def close(self) -> None:
        pass

    async def _run(self, word: str) -> Ended:
        return await run(self._contact.commands.get(word, ()), self._contact.limit_s, self._names)
