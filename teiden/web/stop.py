"""The emergency stop of this node as the console sees it: is it pulled, and can we move it?"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from teiden.language.say import t


class NotMoved(Exception):
    """Why the file could not be made or removed, in words."""


@dataclass(frozen=True, slots=True)
class Stop:
    path: str
    pulled: bool
    why_not: str
    """Why this console can neither pull nor release it; '' if it can."""


def look(path: Path) -> Stop:
    """As the service looks at it: what cannot be looked at counts as pulled."""
    try:
        os.lstat(path)
        pulled = True
    except (FileNotFoundError, NotADirectoryError):
        pulled = False
    except OSError:
        pulled = True
    return Stop(str(path), pulled, _why_not(path))


def _why_not(path: Path) -> str:
    folder = path.absolute().parent
    if not folder.is_dir():
        return t("there is no folder {folder}", folder=folder)
    if not os.access(folder, os.W_OK | os.X_OK):
        return t("the user of this console may not write into {folder}", folder=folder)
    return ""


def pull(path: Path) -> None:
    """The file is there when this returns. Raises NotMoved."""
    try:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644))
    except OSError as error:
        if not look(path).pulled:
            raise NotMoved(f"{path}: {error.strerror}") from None


def release(path: Path) -> None:
    """The file is gone when this returns. Raises NotMoved."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        pass
    except OSError as error:
        raise NotMoved(f"{path}: {error.strerror}") from None
