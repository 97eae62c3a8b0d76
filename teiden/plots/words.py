"""What the rows and their groups are called in a picture; code compares the English words."""

from __future__ import annotations

from teiden.language.say import later, said

WORDS = frozenset(
    (
        *(later("UPS"), later("ARRAYS"), later("SERVERS"), later("CONTROL"), later("LAN")),
        *(later("on mains"), later("on battery"), later("low battery"), later("running")),
        *(later("shutting down"), later("flushing"), later("flushed"), later("starting"), later("off")),
        *(
            later("crashed"),
            later("lost data"),
            later("forced"),
            later("exhausted"),
            later("flush timed out"),
        ),
        *(later("answering"), later("silent"), later("waits for its disk"), later("waits")),
        *(later("card silent"), later("on hold"), later("job")),
        *(later("gone wrong"), later("time to spare"), later("stop command"), later("start command")),
    )
)
"""Groups, states, what went wrong, and the rest of the legend."""


def word(english: str) -> str:
    """In the language of the picture; a name of the site's own stays."""
    return said(english) if english in WORDS else english
