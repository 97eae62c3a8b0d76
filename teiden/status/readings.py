"""The small parts of the picture: a title, a word, a number, how old a reading is."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from teiden.language.retell import retold
from teiden.language.say import t
from teiden.narration.words import duration
from teiden.plan.columns import folded


def title(words: str) -> Text:
    return Text(f"\n{words}", style="bold dim")


def plain(words: str, wide: int, style: str = "") -> Iterator[Text]:
    """A sentence, in as many lines as it takes."""
    for line in folded(words, wide):
        yield Text(line, style=style)


def word(told: str | None, style: str) -> Text:
    """A state in the reader's language."""
    return Text(t("unknown") if told is None else retold(told), style=style)


def number(value: float | None, template: str, style: str = "") -> Text:
    return Text("" if value is None else template.format(n=value), style=style)


def age(age_s: float | None, fresh: bool, older_s: float) -> Text:
    """How old a reading is; red where it is too old to act on."""
    if age_s is None:
        return Text(t("never heard"), style="bold red")
    words = t("{duration} ago", duration=duration(age_s + older_s))
    return Text(words, style="dim" if fresh else "bold red")
