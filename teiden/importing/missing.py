"""What a site file needs and no source has said, with where to find it. Nothing is made up."""

from __future__ import annotations

from teiden.importing.draft import Device, Draft
from teiden.language.say import t

FEED = "utility"


def complete(draft: Draft) -> None:
    """Note everything that is missing. The number of a UPS is counted on, and says so."""
    _site(draft)
    for name, device in draft.of("upses"):
        _ups(name, device, draft)
    _numbers(draft)
    for name, device in draft.of("arrays"):
        _array(name, device, draft)
    for name, device in draft.of("servers"):
        _server(name, device, draft)
    for name, device in draft.of("switches"):
        _ask(draft, "switches", name, device, "upses", t("the UPSes of its power supplies"))
    _cluster(draft)
    _links(draft)


def _ask(draft: Draft, section: str, name: str, device: Device, key: str, find: str) -> None:
    if not device.has(key) and not draft.pending(section, name, key):
        draft.to_do(section, name, key, find)


def _site(draft: Draft) -> None:
    top = draft.top
    _ask(draft, "", "", top, "site", t("what this site is called"))
    _ask(
        draft,
        "",
        "",
        top,
        "product",
        t("ver1.0, ver1.02 or ver2.1: the generation of the power-control product"),
    )
    _ask(draft, "", "", top, "time_zone", t("e.g. Asia/Tokyo; without it schedules and logs use UTC"))
    linked = any(device.values.get("role") == "linked" for _, device in draft.of("arrays"))
    if linked:
        find = t("キャッシュフラッシュのタイムアウト of the product's console; without it the product's own")
        _ask(draft, "", "", top, "linkage.flush_limit", find)
    for section, find in (
        ("upses", t("every UPS: its number, the address of its card, its feed, confirm and runtime")),
        ("servers", t("every server: its role, its UPSes, its arrays, how it is shut down")),
        ("arrays", t("every disk array: its role, its address, what feeds its controllers and enclosures")),
        ("switches", t("every LAN and FC switch with the UPSes that feed it: without it no card answers")),
    ):
        if not draft.devices[section]:
            draft.to_do(section, "", "", find)


def _ups(name: str, device: Device, draft: Draft) -> None:
    if not device.has("card") and not device.has("nut"):
        _ask(draft, "upses", name, device, "card", t("the address of its SNMP card"))
    if device.has("card"):
        _ask(draft, "upses", name, device, "snmp", t("how its card is reached: mib, version, user, secret"))
    _ask(
        draft,
        "upses",
        name,
        device,
        "feed",
        t("the mains supply that it hangs on, one name for each independent one"),
    )
    find = t("how long mains must be away before it counts as an outage; the product's 電源異常確認時間")
    _ask(draft, "upses", name, device, "confirm", find)
    find = t("what its battery lasts at full load; its data sheet, or better a measured discharge")
    _ask(draft, "upses", name, device, "runtime", find)
    find = t("its 電源切断猶予時間, as its card or the product's console shows it; without it 180s counts")
    _ask(draft, "upses", name, device, "shutdown_delay", find)
    find = t("its LowBattery検出後の動作可能時間, from the same place; without it 120s counts")
    _ask(draft, "upses", name, device, "low_battery_runtime", find)


def _numbers(draft: Draft) -> None:
    """A site file numbers its UPSes; where nobody has, they are counted in the order of the files."""
    taken = {device.values["number"] for _, device in draft.of("upses") if "number" in device.values}
    free = (number for number in range(1, 1_000_000) if number not in taken)
    for name, device in draft.of("upses"):
        if "number" not in device.values:
            device.values["number"] = next(free)
            find = t("its number in your drawings; it was counted in the order of the file")
            draft.to_do("upses", name, "number", find, although_given=True)


def _array(name: str, device: Device, draft: Draft) -> None:
    _ask(
        draft,
        "arrays",
        name,
        device,
        "role",
        t("control: the cluster's own, never flushed; linked: flushed, then cut"),
    )
    _ask(draft, "arrays", name, device, "controllers", t("the UPSes that feed its controllers, below upses"))
    _ask(
        draft,
        "arrays",
        name,
        device,
        "enclosures",
        t("the UPSes that feed its disk enclosures, below upses"),
    )
    if device.values.get("role") == "linked":
        _ask(draft, "arrays", name, device, "address", t("where it is asked to flush"))


def _server(name: str, device: Device, draft: Draft) -> None:
    find = t("control: a node of the cluster; linked: stopped and started by it; pool: never started")
    _ask(draft, "servers", name, device, "role", find)
    _ask(draft, "servers", name, device, "upses", t("the UPSes of its power supplies"))
    role = device.values.get("role")
    if role == "pool":
        return
    if role != "control":
        _ask(draft, "servers", name, device, "arrays", t("the arrays that it uses; [] for none"))
    if not device.has("shutdown.by"):
        find = t("cluster for a node; ssh, redfish or command: how its system is shut down")
        _ask(draft, "servers", name, device, "shutdown.by", find)
    find = t("how long its shutdown takes at most; measured, with a margin")
    _ask(draft, "servers", name, device, "shutdown.limit", find)
    if role != "control":
        _ask(draft, "servers", name, device, "mac", t("its MAC address, if it is woken over the LAN"))


def _cluster(draft: Draft) -> None:
    top = draft.top
    nodes = [name for name, device in draft.of("servers") if device.values.get("role") == "control"]
    if nodes:
        top.values["cluster.nodes"] = nodes
    else:
        draft.to_do(
            "cluster", "", "nodes", t("the control servers; the first commands while no cluster runs")
        )
    for key, find in (
        ("name", t("the cluster's name, up to 15 letters and digits")),
        ("shutdown_limit", t("the cluster's タイムアウト時間: after it the nodes' systems are forced")),
        ("floating_ip", t("the address that moves with the commander")),
        ("broadcast", t("where the nodes call each other; without it 255.255.255.255")),
    ):
        if f"cluster.{key}" not in top.values:
            draft.to_do("cluster", "", key, find)


def _links(draft: Draft) -> None:
    """Names of UPSes and arrays that stand nowhere: each where it is said."""
    for section, key, among in (
        ("servers", "upses", "upses"),
        ("servers", "arrays", "arrays"),
        ("switches", "upses", "upses"),
        ("arrays", "controllers.upses", "upses"),
        ("arrays", "enclosures.upses", "upses"),
    ):
        known = draft.devices[among]
        for _, device in draft.of(section):
            value = device.values.get(key, [])
            names = value if isinstance(value, list) else []
            for one in (one for one in names if one not in known):
                message = t("nothing is called {name} here", name=one)
                listed = ", ".join(list(known)[:12]) or t("none")
                draft.wrong(device.places[key], message, t("known: {names}", names=listed))
