"""What keeps a sweep from going on, told to its reader: a dead worker, a cluster that is not there."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool

from teiden.language.say import t
from teiden.sweep.chunk import OtherVersion


class CannotGoOn(Exception):
    """The input is right, but the machines do not let us. What is done is kept."""


def told(error: BaseException) -> CannotGoOn | None:
    """What a chunk's exception means; None: it is a mistake of ours, and stays what it is."""
    if isinstance(error, CannotGoOn):
        return error
    if isinstance(error, BrokenProcessPool):
        return CannotGoOn(t("a worker died: killed, or out of memory; fewer --workers need less of it"))
    if isinstance(error, OtherVersion):
        return CannotGoOn(
            t("the workers have Teiden {theirs}, this is {ours}", theirs=error.args[0], ours=error.args[1])
        )
    if isinstance(error, ImportError):
        return CannotGoOn(
            t("the workers cannot load Teiden ({error}); install the same one there", error=error)
        )
    if type(error).__module__.partition(".")[0] == "distributed" or isinstance(error, ConnectionError):
        return CannotGoOn(t("the cluster gave up: {error}", error=str(error) or type(error).__name__))
    return None
