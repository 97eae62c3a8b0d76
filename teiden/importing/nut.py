"""From what NUT's files say to a draft: UPSes and who is fed by them. What they cannot know is to do."""

from __future__ import annotations

from teiden.importing import nut_cards
from teiden.importing.draft import Draft, name_like
from teiden.importing.nut_files import Machine, Monitor, Nut, NutUps, Timer
from teiden.language.say import t

HERE = ("localhost", "127.0.0.1", "::1", "ip6-localhost")
LISTED = 8


def settle(nut: Nut, draft: Draft) -> None:
    """Everything into the draft, once all files are read."""
    names = _names(nut, draft)
    for ups in nut.upses:
        name = names[ups.name, ups.machine]
        nut_cards.settle(ups, name, nut, _host_of(ups, nut), draft)
        if name != ups.name:
            remark = t("{place} calls it {name}", place=ups.place, name=ups.name)
            draft.device("upses", name).remarks.append(remark)
    for number, machine in enumerate(nut.machines, 1):
        _server(machine, number, nut, names, draft)
    for timer in nut.timers:
        _timer(timer, names, draft)


def _names(nut: Nut, draft: Draft) -> dict[tuple[str, str], str]:
    """What each UPS of NUT is called in the draft, by its name there and its machine or upsd's host."""
    names: dict[tuple[str, str], str] = {}
    before, taken = frozenset(draft.devices["upses"]), set(draft.devices["upses"])
    for ups in nut.upses:
        if (ups.name, ups.machine) not in names:
            names[ups.name, ups.machine] = _free(ups.name, ups.machine, before, taken)
    for monitor in (monitor for machine in nut.machines for monitor in machine.monitors):
        if _known(monitor, nut) is None and (monitor.ups, monitor.host) not in names:
            name = _free(monitor.ups, monitor.host, before, taken)
            names[monitor.ups, monitor.host] = name
            nut_cards.settle_remote(monitor, name, nut, draft)
    return names


def _free(name: str, where: str, before: frozenset[str], taken: set[str]) -> str:
    """A name that no other UPS has; one that an inventory named before is the same UPS."""
    wanted = name_like(name, "ups")
    if wanted in before and wanted == name:
        return wanted
    tries = [wanted, name_like(f"{where}_{name}", "ups"), *(f"{wanted[:58]}_{n}" for n in range(2, 9999))]
    found = next(one for one in tries if one not in taken)
    taken.add(found)
    return found


def _known(monitor: Monitor, nut: Nut) -> NutUps | None:
    """The section of ups.conf that a MONITOR means: on that machine, or the only one of that name."""
    same = [ups for ups in nut.upses if ups.name == monitor.ups]
    there = [ups for ups in same if ups.machine == monitor.host]
    if there or not same:
        return there[0] if there else None
    return same[0] if len(same) == 1 else None


def _host_of(ups: NutUps, nut: Nut) -> str:
    """Where others reach the upsd that knows this UPS; empty: no file says it."""
    monitors = [monitor for machine in nut.machines for monitor in machine.monitors]
    hosts = [one.host for one in monitors if one.ups == ups.name and one.host not in HERE]
    hosts += [said.value for said in nut.listens if said.value not in (*HERE, "0.0.0.0", "::", "*")]
    return ups.machine or (hosts[0] if len(set(hosts)) == 1 else "")


def _server(machine: Machine, number: int, nut: Nut, names: dict[tuple[str, str], str], draft: Draft) -> None:
    name = name_like(machine.name, "server") if machine.name else f"server{number}"
    device = draft.device("servers", name)
    if not machine.name:
        find = t("which machine {file} is of: give it a name, NAME={file}", file=machine.place.file)
        draft.to_do("servers", name, t("its name"), find)
    feeding = {}
    for monitor in machine.monitors:
        known = _known(monitor, nut)
        key = (known.name, known.machine) if known else (monitor.ups, monitor.host)
        if key not in names:
            continue
        if monitor.power:
            feeding[names[key]] = monitor
        else:
            remark = t(
                "{place}: it only watches {ups}, which feeds it nothing", place=monitor.place, ups=names[key]
            )
            device.remarks.append(remark)
    if feeding:
        first = next(iter(feeding.values()))
        draft.put("servers", name, "upses", list(feeding), first.place)
    _supplies(machine, name, [monitor.power for monitor in feeding.values()], draft)
    _habits(machine, name, draft)


def _supplies(machine: Machine, name: str, powers: list[int], draft: Draft) -> None:
    """MINSUPPLIES counts power supplies; `minimum_supplies` counts UPSes that must give power."""
    said = machine.says.get("MINSUPPLIES")
    if said is None or not powers:
        return
    if not said.value.isascii() or not said.value.isdigit() or not 1 <= int(said.value[:9]) <= sum(powers):
        most = sum(powers)
        message = t(
            "MINSUPPLIES takes a whole number from 1 to {most}, the sum of its power values", most=most
        )
        draft.wrong(said.place, message, t("it is `{value}`", value=said.value[:60]))
        return
    least = int(said.value)
    fewest, most = _upses_needed(sorted(powers, reverse=True), least), _upses_needed(sorted(powers), least)
    if fewest == most:
        if fewest > 1:
            draft.put("servers", name, "minimum_supplies", fewest, said.place)
        return
    find = t(
        "{place} wants {least} supplies, and its UPSes feed unlike numbers of them",
        place=said.place,
        least=least,
    )
    draft.to_do("servers", name, "minimum_supplies", find)


def _upses_needed(powers: list[int], least: int) -> int:
    total = 0
    for count, power in enumerate(powers, 1):
        total += power
        if total >= least:
            return count
    return len(powers)


def _habits(machine: Machine, name: str, draft: Draft) -> None:
    """What upsmon does at a power cut: Teiden does it from outside, so it has to end there."""
    device = draft.device("servers", name)
    says = machine.says
    if command := says.get("SHUTDOWNCMD"):
        find = t("ssh, redfish or command; until now it runs what stands at {place}", place=command.place)
        draft.to_do("servers", name, "shutdown.by", find)
    waits = [f"{key} {says[key].value[:12]}" for key in ("HOSTSYNC", "FINALDELAY") if key in says]
    if waits:
        device.remarks.append(t("upsmon waits before it shuts down: {waits} seconds", waits=", ".join(waits)))
    if flag := says.get("POWERDOWNFLAG"):
        find = t(
            "{place}: here the UPS is cut by a script of this machine; end that when Teiden cuts it",
            place=flag.place,
        )
        draft.to_do("servers", name, "POWERDOWNFLAG", find)


def _timer(timer: Timer, names: dict[tuple[str, str], str], draft: Draft) -> None:
    """How long somebody waited before an outage counted: a hint, for a script decides what it starts."""
    meant = [name for (ups, _), name in names.items() if timer.ups in (ups, "*")]
    for name in meant:
        find = t(
            "how long mains must be away; {place} starts a timer of {seconds} s",
            place=timer.place,
            seconds=timer.seconds,
        )
        draft.to_do("upses", name, "confirm", find)
    if not meant:
        draft.strange(timer.place, t("no UPS is called {name}", name=timer.ups))
