"""What a probe found, as a small table for a person or as JSON for a script."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from teiden.language.say import t

if TYPE_CHECKING:
    from realtime.snmp.answers import Failure
    from realtime.snmp.probe import Probed


def as_data(found: Probed) -> dict[str, Any]:
    """null is unknown, never "fine"."""
    told = asdict(found.reading)
    return {"profile": found.profile, "description": found.description, **told, "odd": list(told["odd"])}


def table(found: Probed) -> Iterator[str]:
    rows = list(_rows(found))
    wide = max(_columns(name) for name, _ in rows)
    for name, value in rows:
        yield f"{name}{' ' * (wide - _columns(name))}  {value}"


def _columns(text: str) -> int:
    """Of a terminal: Japanese takes two for each sign."""
    return sum(1 if sign.isascii() else 2 for sign in text)


def _rows(found: Probed) -> Iterator[tuple[str, str]]:
    reading, settings = found.reading, found.reading.settings
    yield t("table"), found.profile
    yield t("card"), found.description or t("unknown")
    yield t("model"), reading.model or t("unknown")
    yield t("firmware"), reading.firmware or t("unknown")
    yield t("hears its UPS"), _yes(reading.comm_ok)
    yield t("mains"), _yes(reading.mains) + _figure(reading.input_v, ", {n:g} V")
    yield t("output is on"), _yes(reading.output_on)
    yield t("on battery"), _yes(reading.on_battery)
    yield t("low battery"), _yes(reading.low_battery)
    yield t("OFF counts down"), _yes(reading.off_armed) + _figure(reading.falls_in_s, ", {n:g} s")
    yield t("charge"), _figure(reading.charge_pct, "{n:g} %") or t("unknown")
    yield t("runtime"), _figure(reading.runtime_s, "{n:g} s") or t("unknown")
    yield t("load"), _figure(reading.load_pct, "{n:g} %") or t("unknown")
    yield t("card up for"), _figure(reading.uptime_s, "{n:.0f} s") or t("unknown")
    for name, value, unit in (
        (t("shutdown delay"), settings.shutdown_delay_s, "{n:g} s"),
        (t("power-off delay"), settings.power_off_delay_s, "{n:g} s"),
        (t("low-battery runtime"), settings.low_battery_runtime_s, "{n:g} s"),
        (t("return delay"), settings.return_delay_s, "{n:g} s"),
        (t("least charge to return"), settings.min_return_charge_pct, "{n:g} %"),
    ):
        if value is not None:
            yield name, _figure(value, unit)
    if reading.odd:
        yield t("odd"), "; ".join(reading.odd)


def _yes(value: bool | None) -> str:
    if value is None:
        return t("unknown")
    return t("yes") if value else t("no")


def _figure(value: float | None, template: str) -> str:
    return "" if value is None else template.format(n=value)


def trouble(where: str, failure: Failure, *, version: str) -> str:
    """One line. Silence has several reasons, and one of them is a wrong community."""
    from realtime.snmp.answers import Trouble

    match failure.trouble:
        case Trouble.AUTH:
            return t("{where}: authentication: {words}", where=where, words=failure.words)
        case Trouble.TIMEOUT if version == "3":
            return t(
                "{where}: {words}."
                " Is it on, is this its address, is SNMPv3 enabled, may this machine ask it?",
                where=where,
                words=failure.words,
            )
        case Trouble.TIMEOUT:
            return t(
                "{where}: {words}. A wrong community is answered by silence too;"
                " or it is off, elsewhere, or SNMPv{version} is disabled",
                where=where,
                words=failure.words,
                version=version,
            )
    return t("{where}: {words}", where=where, words=failure.words)
