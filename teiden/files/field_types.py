"""The kinds of values a site or a story may hold, as pydantic reads them and as editors are told."""

from __future__ import annotations

import ipaddress
import re
import zoneinfo
from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from sequencer import days
from teiden.files import units
from teiden.files.wording import did_you_mean, listed, quoted
from teiden.language.say import t

RESERVED = frozenset(
    {
        "all",
        "array",
        "control",
        "every",
        "feed",
        "linked",
        "lost",
        "node",
        "pool",
        "restored",
        "room",
        "server",
        "ups",
    }
)
"""Words of the expectation language and of `model:`, which no device may be called."""

NAME = r"[A-Za-z][A-Za-z0-9_-]{0,62}"
MAC = r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}"
DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
SPAN = rf"{DATE}(\.\.{DATE})?"
_DAY = r"(mon|tue|wed|thu|fri|sat|sun)"
_DAYS = rf"(daily|holidays|{_DAY}(-{_DAY})?|{SPAN})"
DAYS = rf"{_DAYS}( *, *{_DAYS})*"
COUNTRY = r"[A-Z]{2}(-.+)?"
MAX_LABEL = 120
SSC_VERSION = r"[0-9]{1,3}(\.[0-9]{1,3})?"
SECRET = r"(env:[A-Za-z_][A-Za-z0-9_]*|file:\S+|cred:[A-Za-z0-9][A-Za-z0-9_.-]*)"
HOST = r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?"


class Entry(BaseModel):
    """One mapping of a file: exactly these keys, no value bent into shape."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, protected_namespaces=())


def given(alias: str, description: str, default: object = None) -> Any:
    """An optional key. The default is for the reader: what is not given is left to the dataclasses."""
    shown = str(default).lower() if isinstance(default, bool) else default
    if isinstance(default, list):
        shown = f"[{', '.join(default)}]"
    told = description if default is None else f"{description} Default {shown}."
    return Field(default=default, alias=alias, description=told)


def needed(alias: str, description: str) -> Any:
    """A key without which the entry makes no sense."""
    return Field(alias=alias, description=description)


def wrong(message: str, hint: str) -> PydanticCustomError:
    """An error in our own words; `complaints` shows them as they are."""
    return PydanticCustomError("teiden", "{message}; {hint}", {"message": message, "hint": hint})


def reading(parse: Callable[[Any], Any]) -> PlainValidator:
    """Read by this function; `wrong`, or a unit's error, becomes a problem of the file."""

    def checked(value: Any) -> Any:
        if isinstance(value, list | dict):
            raise wrong("one value is expected here, not a list or a mapping", "write the value itself")
        try:
            return parse(value)
        except units.UnitError as error:
            raise wrong(error.message, error.hint) from None

    return PlainValidator(checked)


def text_schema(pattern: str, example: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{pattern}$", "examples": [example]})


def _positive_s(value: units.Scalar) -> float:
    seconds = units.duration_s(value)
    if seconds <= 0:
        raise units.UnitError(f"`{value}` is no time at all", "it must be longer than 0s")
    return seconds


def _fraction(value: units.Scalar) -> float:
    return units.percent(value) / 100


Duration = Annotated[float, reading(units.duration_s), text_schema(units.DURATION, "930s")]
Positive = Annotated[float, reading(_positive_s), text_schema(units.DURATION, "300s")]
Size = Annotated[float, reading(units.size_bytes), text_schema(units.SIZE, "12GiB")]
Rate = Annotated[float, reading(units.rate_bytes_per_s), text_schema(units.RATE, "64MiB/s")]
Power = Annotated[float, reading(units.power_w), text_schema(units.POWER, "300W")]
Percent = Annotated[float, reading(units.percent), text_schema(units.PERCENT, "15%")]
Fraction = Annotated[float, reading(_fraction), text_schema(units.PERCENT, "80%")]
Temperature = Annotated[float, reading(units.temperature_c), text_schema(units.TEMPERATURE, "25C")]
Clock = Annotated[str, reading(units.clock), text_schema(units.CLOCK, "22:00")]


def matching(pattern: str, what: str, hint: str) -> Callable[[Any], str]:
    def parse(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise wrong(f"{quoted(value)} is not {what}", hint)
        return value

    return parse


def _name(value: Any) -> str:
    matching(
        NAME, "a name", "letters, digits, _ and -, beginning with a letter; put other scripts into `label`"
    )(value)
    if value in RESERVED:
        raise wrong(
            f"{quoted(value)} is a word of the scenario language",
            f"not to be used as a name: {', '.join(sorted(RESERVED))}",
        )
    return str(value)


def _label(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_LABEL or not value.isprintable():
        raise wrong(
            f"{quoted(value)} is not a label", f"one line of text in any script, up to {MAX_LABEL} characters"
        )
    return value


def _snmp_version(value: Any) -> str:
    if isinstance(value, bool) or value not in (1, "2c", 3):
        raise wrong(f"{quoted(value)} is not an SNMP version", "one of: 1, 2c, 3")
    return str(value)


def _ssc_version(value: Any) -> str:
    """2.1 without quotes is a number to YAML; both are welcome."""
    text = str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value
    return matching(SSC_VERSION, "a version of SigmaSystemCenter", 'e.g. "2.1", or "3.10" in quotes')(text)


def _secret(value: Any) -> str:
    """The value itself is not repeated in the message: it may be the pass phrase."""
    if not isinstance(value, str) or not re.fullmatch(SECRET, value):
        raise wrong(
            "a secret does not stand in this file", "say where it is: env:NAME, file:/path or cred:NAME"
        )
    return value


def _address(value: Any) -> str:
    try:
        return str(ipaddress.ip_address(value if isinstance(value, str) else ""))
    except ValueError:
        raise wrong(f"{quoted(value)} is not an IP address", "e.g. 192.0.2.11") from None


def host(value: Any) -> str:
    text = matching(HOST, "a host name or an IP address", "e.g. 192.0.2.51 or blade1.example.net")(value)
    return _address(text) if re.fullmatch(r"[0-9.]+", text) else text


def _mac(value: Any) -> str:
    text = matching(MAC, "a MAC address", 'six pairs, e.g. "02:00:5e:00:05:01"')(value)
    return text.replace("-", ":").lower()


def _time_zone(value: Any) -> str:
    try:
        return zoneinfo.ZoneInfo(str(value)).key
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        known = zoneinfo.available_timezones()
        hint = (
            did_you_mean(str(value), known) + "names as in the IANA list, e.g. Asia/Tokyo, Europe/Berlin, UTC"
        )
        raise wrong(f"{quoted(value)} is not a time zone", hint) from None


def _days(value: Any) -> str:
    text = matching(r"(?s).*", t("a set of days"), t("e.g. daily, mon-fri, mon,wed, 2026-12-24 or holidays"))(
        value
    )
    try:
        days.read_days(text)
    except days.DaysError as error:
        raise wrong(error.message, error.hint) from None
    return text


def _span(value: Any) -> str:
    text = matching(r"(?s).*", t("a date"), t("e.g. 2026-12-29, or 2026-12-29..2027-01-03"))(value)
    try:
        days.read_span(text)
    except days.DaysError as error:
        raise wrong(error.message, error.hint) from None
    return text


def _country(value: Any) -> str:
    """The library that knows them is loaded only for a site that names one."""
    text = matching(r"(?s).*", t("a country"), t("its ISO code, e.g. JP"))(value)
    country, dash, part = text.partition("-")
    known = days.known_countries()
    if country not in known:
        hint = did_you_mean(country.upper(), known) if country.upper() in known else ""
        raise wrong(
            t("the public holidays of {country} are not known", country=quoted(country)),
            hint + t("the ISO code of a country, e.g. JP, or of a part of one, e.g. DE-BY"),
        )
    if dash and part not in known[country]:
        raise wrong(
            t("{country} has no part {part}", country=country, part=quoted(part)),
            did_you_mean(part, known[country]) + t("known: {parts}", parts=listed(known[country])),
        )
    return text


Name = Annotated[str, reading(_name), WithJsonSchema({"type": "string", "pattern": f"^{NAME}$"})]
Reference = Annotated[
    str,
    reading(matching(r".+", "a name", "the name of a device of this file")),
    WithJsonSchema({"type": "string"}),
]
"""A name defined elsewhere in the file; `site_checks` says when it is not."""
Label = Annotated[
    str, reading(_label), WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_LABEL})
]
SnmpVersion = Annotated[str, reading(_snmp_version), WithJsonSchema({"enum": [1, "2c", 3]})]
SscVersion = Annotated[
    str,
    reading(_ssc_version),
    WithJsonSchema({"type": ["string", "number"], "pattern": f"^{SSC_VERSION}$", "examples": ["2.1"]}),
]
Secret = Annotated[str, reading(_secret), text_schema(SECRET, "env:TEIDEN_SNMP")]
Address = Annotated[str, reading(_address), WithJsonSchema({"type": "string", "examples": ["192.0.2.11"]})]
Host = Annotated[str, reading(host), WithJsonSchema({"type": "string", "examples": ["192.0.2.51"]})]
Mac = Annotated[str, reading(_mac), text_schema(MAC, "02:00:5e:00:05:01")]
TimeZone = Annotated[str, reading(_time_zone), WithJsonSchema({"type": "string", "examples": ["Asia/Tokyo"]})]
Days = Annotated[str, reading(_days), text_schema(DAYS, "mon-fri")]
Span = Annotated[str, reading(_span), text_schema(SPAN, "2026-12-29..2027-01-03")]
Country = Annotated[str, reading(_country), text_schema(COUNTRY, "JP")]
Word = Annotated[
    str,
    reading(matching(r"[^\0]+", "text", 'a number stands in quotes, e.g. "3"')),
    WithJsonSchema({"type": "string", "minLength": 1}),
]
"""A program or one of its arguments, as it is given to it."""
Port = Annotated[int, Field(ge=1, le=65535)]
