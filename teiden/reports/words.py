"""The words of a page that belong to no run: headings, captions, buttons, what its script says."""

from __future__ import annotations

from teiden.language.say import later, said

WORDS = {
    # Head
    "holds": later("HOLDS"),
    "broken": later("BROKEN"),
    "rehearsal": later("rehearsal of a power cut"),
    # What broke
    "what_broke": later("What broke"),
    "expected": later("expected"),
    "happened": later("happened"),
    "cause": later("cause"),
    "replay": later("replay"),
    "copy": later("copy"),
    "copied": later("copied"),
    # The timeline
    "timeline": later("Timeline"),
    "zoom_in": later("zoom in"),
    "zoom_out": later("zoom out"),
    "whole": later("whole run"),
    "earlier": later("previous event"),
    "later": later("next event"),
    "use": later("Turn the wheel or pinch to zoom, drag to move, click to hold the cursor."),
    "use_keys": later(
        "Keys: ← → move the cursor, with Shift to the next event; + − zoom; 0 shows all; Esc lets go."
    ),
    "cursor": later("cursor"),
    "at_end": later("at the end"),
    "at_cursor": later("At the cursor"),
    "battery": later("Battery charge %"),
    "described": later("The table below tells the same in words."),
    # The table
    "told": later("What happened"),
    "after": later("after"),
    "clock": later("clock"),
    "what": later("what"),
    "because": later("because"),
    "details": later("every row, also those that follow from others"),
    "nothing": later("nothing happened"),
    # The verdict
    "expectations": later("Expectations"),
    "invariants": later("Invariants"),
    "rule": later("rule"),
    "place": later("place"),
    "result": later("result"),
    # Numbers
    "margins": later("Margins"),
    "margin": later("margin"),
    "value": later("this run"),
    "plan": later("plan"),
    "limit": later("limit"),
    "lowest": later("Lowest charge of each battery"),
    # Events
    "events": later("Events"),
    "find": later("find in events"),
    "kind": later("kind"),
    "device": later("device"),
    "all": later("all"),
    "event": later("event"),
    "by": later("by"),
    "told_details": later("details"),
    "none_found": later("no event is like that"),
    "not_printed": later("Not printed: the stream of events. It is in this page's file."),
    # Foot
    "site": later("site"),
    "hash": later("hash"),
    "start": later("begins"),
    "seed": later("seed"),
    "story_file": later("story file"),
    "versions": later("versions"),
    "covers": later("covers"),
}


def words() -> dict[str, str]:
    """All of them in the language of this run."""
    return {name: said(text) for name, text in WORDS.items()}
