"""Which days a schedule means by `mon-fri`, `2026-12-24`, `2026-12-29..2027-01-03` or `holidays`.

Public holidays move and laws change them, so they come from a library that is kept up to date; it is
loaded only where a site speaks of holidays.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from sequencer.schedules import Calendar

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAILY, HOLIDAYS = "daily", "holidays"


class DaysError(ValueError):
    """`message` says what is wrong with the text, `hint` what to write."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(f"{message}; {hint}")
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Days:
    """A set of days, as it was read."""

    weekdays: frozenset[int] = frozenset()
    """0 is Monday."""
    spans: tuple[tuple[date, date], ...] = ()
    """First and last day of each; a single day is both."""
    holidays: bool = False


def falls_on(text: str, day: date, calendar: Calendar) -> bool:
    """Whether this day is one of the days that the text names."""
    days = read_days(text)
    return (
        day.weekday() in days.weekdays
        or any(first <= day <= last for first, last in days.spans)
        or (days.holidays and is_holiday(day, calendar))
    )


def is_holiday(day: date, calendar: Calendar) -> bool:
    """A public holiday of the calendar's country, or one of the site's own closed days."""
    if any(first <= day <= last for first, last in map(read_span, calendar.closed)):
        return True
    return bool(calendar.country) and day in public_holidays(calendar.country, day.year)


@cache
def read_days(text: str) -> Days:
    """The days that a text names, parts separated by commas. Raises DaysError."""
    weekdays: set[int] = set()
    spans: list[tuple[date, date]] = []
    words = [word.strip() for word in text.split(",")]
    if "" in words:
        raise DaysError(f"`{text}` is not a set of days", "a day between any two commas, e.g. mon,wed,fri")
    for word in words:
        if word == DAILY:
            weekdays.update(range(7))
        elif word[:1].isdigit():
            spans.append(read_span(word))
        elif word != HOLIDAYS:
            weekdays.update(_read_weekdays(word))
    return Days(frozenset(weekdays), tuple(spans), HOLIDAYS in words)


def read_span(word: str) -> tuple[date, date]:
    """`2026-12-24`, or `2026-12-29..2027-01-03`: first and last day. Raises DaysError."""
    first, dots, last = word.partition("..")
    span = _read_date(first), _read_date(last if dots else first)
    if span[0] > span[1]:
        raise DaysError(f"`{word}` ends before it begins", f"write {last}..{first}")
    return span


def _read_date(text: str) -> date:
    try:
        if len(text) == len("2026-12-24"):  # fromisoformat also takes 20261224 and 2026-W52-4
            return date.fromisoformat(text)
    except ValueError as error:
        raise DaysError(f"`{text}` is not a date: {error}", "e.g. 2027-01-01") from None
    raise DaysError(f"`{text}` is not a date", "e.g. 2027-01-01, or 2026-12-29..2027-01-03")


def _read_weekdays(word: str) -> set[int]:
    """`sat`, or `fri-mon` over the week's end."""
    first, dash, last = word.partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise DaysError(
            f"`{word}` is not a set of days",
            f"daily, {', '.join(WEEKDAYS)}, a range as mon-fri, a date as 2026-12-24, or holidays",
        )
    start = WEEKDAYS.index(first)
    length = (WEEKDAYS.index(last) - start) % 7 if dash else 0
    return {(start + n) % 7 for n in range(length + 1)}


@cache
def public_holidays(country: str, year: int) -> frozenset[date]:
    """Days off by law in `JP`, or in a part of a country as `DE-BY`; substitute days included."""
    import holidays

    code, _, part = country.partition("-")
    return frozenset(holidays.country_holidays(code, subdiv=part or None, years=year))


@cache
def known_countries() -> dict[str, tuple[str, ...]]:
    """ISO 3166 codes of the countries whose holidays are known, each with those of its parts."""
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    return {code: tuple(parts) for code, parts in sorted(known.items())}
