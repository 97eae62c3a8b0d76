"""How Teiden reaches a UPS that NUT knows: by its SNMP card as snmp-ups does, or through NUT's own upsd."""

from __future__ import annotations

from teiden.files.source import Place
from teiden.importing.checks import complaint
from teiden.importing.draft import Draft
from teiden.importing.nut_files import Monitor, Nut, NutUps
from teiden.language.say import t

FOLDER = "/etc/teiden/secrets"
MIBS = {"apcc": "apc", "apc": "apc", "ietf": "rfc1628"}
VERSIONS = {"": "1", "v1": "1", "v2c": "2c", "v3": "3"}
"""snmp-ups speaks version 1 unless it is told otherwise."""
AUTH = {"": "", "sha": "sha1", "sha1": "sha1", "sha256": "sha256", "sha384": "sha384", "sha512": "sha512"}
PRIVACY = {"": "", "aes": "aes128", "aes128": "aes128", "aes256": "aes256"}


def settle(ups: NutUps, name: str, nut: Nut, host: str, draft: Draft) -> None:
    """One section of ups.conf as an entry of `upses`."""
    device = draft.device("upses", name)
    driver = ups.get("driver")
    if not driver:
        draft.wrong(
            ups.place,
            t("{ups} names no driver", ups=ups.name),
            t("e.g. {example}", example="driver = snmp-ups"),
        )
        return
    if "desc" in ups.says and (label := ups.get("desc").strip()):
        _label(name, label, ups.says["desc"].place, draft)
    if driver == "snmp-ups":
        _card(ups, name, draft)
    else:
        remark = t(
            "{place}: {driver}, a cable to the machine where upsd runs", place=ups.place, driver=driver
        )
        device.remarks.append(remark)
        _through_upsd(name, ups.name, host, None, ups.place, nut, draft)
    for key in ("override.battery.runtime.low", "default.battery.runtime.low"):
        if key in ups.says:
            _runtime_low(name, ups, key, draft)
    for key in ("offdelay", "ondelay"):
        if key in ups.says:
            said = ups.says[key]
            device.remarks.append(f"{said.place}: {key} {said.value[:12]}")


def settle_remote(monitor: Monitor, name: str, nut: Nut, draft: Draft) -> None:
    """A UPS that only a line MONITOR names."""
    host = "" if monitor.host in ("localhost", "127.0.0.1", "::1") else monitor.host
    _through_upsd(name, monitor.ups, host, monitor.port, monitor.place, nut, draft)


def _card(ups: NutUps, name: str, draft: Draft) -> None:
    said = ups.says.get("port")
    host, _, port = (said.value if said else "").partition(":")
    if said is None or not host or complaint("host", host):
        place = said.place if said else ups.place
        draft.wrong(
            place,
            t("snmp-ups takes the address of its card as port"),
            t("e.g. {example}", example="port = 192.0.2.11"),
        )
    else:
        draft.put("upses", name, "card", host, said.place)
        if port and port != "161":
            _port(name, port, said.place, draft)
    _mib(ups, name, draft)
    _version(ups, name, draft)


def _port(name: str, port: str, place: Place, draft: Draft) -> None:
    if complaint("port", port):
        draft.wrong(place, t("{value} is no port", value=port[:20]), t("a port is a number from 1 to 65535"))
    else:
        draft.put("upses", name, "snmp.port", int(port), place)


def _mib(ups: NutUps, name: str, draft: Draft) -> None:
    said = ups.says.get("mibs")
    if said and said.value in MIBS:
        draft.put("upses", name, "snmp.mib", MIBS[said.value], said.place)
        return
    was = (
        t("{place} says {value}", place=said.place, value=said.value[:40])
        if said
        else t("snmp-ups finds it by trying")
    )
    find = t(
        "apc or rfc1628: which tables its card answers, `teiden probe {ups}` shows it; {was}",
        ups=name,
        was=was,
    )
    draft.to_do("upses", name, "snmp.mib", find)


def _version(ups: NutUps, name: str, draft: Draft) -> None:
    said = ups.says.get("snmp_version")
    version = VERSIONS.get(said.value.lower() if said else "")
    if version is None:
        assert said is not None
        draft.wrong(said.place, t("{value} is no version of SNMP", value=said.value[:20]), "v1, v2c, v3")
        return
    draft.put(
        "upses",
        name,
        "snmp.version",
        int(version) if version.isdigit() else version,
        said.place if said else ups.place,
    )
    draft.put("upses", name, "snmp.secret", f"file:{FOLDER}/{name}-snmp", ups.place)
    if version == "3":
        _version_3(ups, name, draft)
        return
    where = ups.says["community"].place if "community" in ups.says else ups.place
    find = t(
        "put the community of {place} into {file}, mode 0600, owner teiden",
        place=where,
        file=f"{FOLDER}/{name}-snmp",
    )
    draft.to_do("upses", name, "snmp.secret", find, although_given=True)
    find = t(
        "this version sends commands in plain text and is only read; set the card to version 3, or allow it"
    )
    draft.to_do("upses", name, "snmp.allow_insecure", find)


def _version_3(ups: NutUps, name: str, draft: Draft) -> None:
    where = ups.says["secname"].place if "secname" in ups.says else ups.place
    draft.to_do("upses", name, "snmp.user", t("the name that stands as secName at {place}", place=where))
    for key, theirs, ours in (
        ("authpassword", "authPassword", "secret"),
        ("privpassword", "privPassword", "privacy_secret"),
    ):
        if ours == "privacy_secret" and key not in ups.says:
            continue
        file = f"{FOLDER}/{name}-snmp" + ("-privacy" if ours == "privacy_secret" else "")
        where = ups.says[key].place if key in ups.says else ups.place
        draft.put("upses", name, f"snmp.{ours}", f"file:{file}", where)
        find = t(
            "put the {what} of {place} into {file}, mode 0600, owner teiden",
            what=theirs,
            place=where,
            file=file,
        )
        draft.to_do("upses", name, f"snmp.{ours}", find, although_given=True)
    for key, known, ours in (("authprotocol", AUTH, "auth"), ("privprotocol", PRIVACY, "privacy")):
        said = ups.says.get(key)
        found = known.get(said.value.lower() if said else "")
        if found:
            draft.put("upses", name, f"snmp.{ours}", found, said.place if said else ups.place)
        else:
            was = (
                t("{place} says {value}", place=said.place, value=said.value[:20])
                if said
                else t("no file says it")
            )
            find = t(
                "{allowed}; {was}", allowed=", ".join(dict.fromkeys(filter(None, known.values()))), was=was
            )
            draft.to_do("upses", name, f"snmp.{ours}", find)


def _through_upsd(
    name: str, ups: str, host: str, port: int | None, place: Place, nut: Nut, draft: Draft
) -> None:
    if host and complaint("host", host):
        draft.strange(place, t("{value} is no name of a host", value=host[:60]))
        host = ""
    if host:
        draft.put("upses", name, "nut.host", host, place)
    else:
        draft.to_do(
            "upses",
            name,
            "nut.host",
            t("the address of the machine whose upsd knows it, as control nodes reach it"),
        )
    draft.put("upses", name, "nut.ups", ups, place)
    if port and port != 3493:
        draft.put("upses", name, "nut.port", port, place)
    may = [user for user, said in nut.users.items() if "instcmds=" in said.value]
    if len(may) == 1 and not complaint("label", may[0]):
        file = f"{FOLDER}/{name}-upsd"
        where = nut.users[may[0]].place
        draft.put("upses", name, "nut.user", may[0], where)
        draft.put("upses", name, "nut.secret", f"file:{file}", where)
        find = t(
            "put the {what} of {place} into {file}, mode 0600, owner teiden",
            what="password",
            place=where,
            file=file,
        )
        draft.to_do("upses", name, "nut.secret", find, although_given=True)
        return
    known = ", ".join(nut.users) or t("no upsd.users was read")
    draft.to_do(
        "upses", name, "nut.user", t("who may give commands (instcmds) to upsd: {users}", users=known[:200])
    )


def _label(name: str, label: str, place: Place, draft: Draft) -> None:
    if problem := complaint("label", label):
        draft.wrong(place, *problem)
    else:
        draft.put("upses", name, "label", label, place)


def _runtime_low(name: str, ups: NutUps, key: str, draft: Draft) -> None:
    said = ups.says[key]
    if said.value.isascii() and said.value.isdigit() and len(said.value) < 7:
        draft.put("upses", name, "low_battery_runtime", f"{int(said.value)}s", said.place)
    else:
        draft.wrong(
            said.place, t("{key} takes seconds", key=key), t("it is `{value}`", value=said.value[:20])
        )
