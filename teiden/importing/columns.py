"""The columns of an inventory: what each is called, for which rows it counts, where it goes in a site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from teiden.language.say import later

ROWS = {
    "ups": "upses",
    "array": "arrays",
    "server": "servers",
    "switch": "switches",
    "cluster": "cluster",
    "site": "",
}
"""What a row is, and the section of the site file that it fills."""
ROWS_JA = {
    "無停電電源装置": "ups",
    "電源装置": "ups",
    "アレイ": "array",
    "ディスクアレイ": "array",
    "サーバ": "server",
    "サーバー": "server",
    "スイッチ": "switch",
    "クラスタ": "cluster",
    "クラスター": "cluster",
    "サイト": "site",
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column."""

    name: str
    japanese: str
    """The heading that means the same."""
    meaning: str
    kind: str = "label"
    """What its values are: a kind of `checks`, `names`, `on/off`, or words with a bar between them."""
    goes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """For each row that it counts for the keys of the site file; a key of the cluster or site is whole."""


COLUMNS = (
    Column("kind", "種類", later("ups, array, server, switch, cluster or site")),
    Column("name", "名前", later("letters, digits, _ and -"), "name"),
    Column(
        "label",
        "表示名",
        later("what people call it, in any script"),
        "label",
        dict.fromkeys(("ups", "array", "server"), ("label",)),
    ),
    Column("number", "番号", later("a UPS's number in drawings"), "count", {"ups": ("number",)}),
    Column(
        "address",
        "アドレス",
        later("of a UPS its card; of a cluster the floating address"),
        "host",
        {
            "ups": ("card",),
            "array": ("address",),
            "server": ("address",),
            "cluster": ("cluster.floating_ip",),
        },
    ),
    Column("feed", "給電系統", later("which mains supply a UPS hangs on"), "name", {"ups": ("feed",)}),
    Column(
        "upses",
        "UPS",
        later("the UPSes that feed it, with spaces between"),
        "names",
        {"server": ("upses",), "switch": ("upses",), "array": ("controllers.upses", "enclosures.upses")},
    ),
    Column(
        "controllers",
        "コントローラのUPS",
        later("of an array whose controllers hang on others than its enclosures"),
        "names",
        {"array": ("controllers.upses",)},
    ),
    Column(
        "enclosures",
        "エンクロージャのUPS",
        later("the UPSes of its disk enclosures"),
        "names",
        {"array": ("enclosures.upses",)},
    ),
    Column("arrays", "使用アレイ", later("the arrays that a server uses"), "names", {"server": ("arrays",)}),
    Column(
        "role",
        "役割",
        later("server: control, linked or pool; array: control or linked"),
        "control|linked|pool",
        {"server": ("role",), "array": ("role",)},
    ),
    Column("mac", "MACアドレス", later("a server is woken by it"), "mac", {"server": ("mac",)}),
    Column("confirm", "電源異常確認時間", later("e.g. 930s"), "duration", {"ups": ("confirm",)}),
    Column("runtime", "バッテリ運転時間", later("at full load, e.g. 25m"), "positive", {"ups": ("runtime",)}),
    Column(
        "shutdown_delay", "電源切断猶予時間", later("e.g. 180s"), "duration", {"ups": ("shutdown_delay",)}
    ),
    Column(
        "low_battery_runtime",
        "LowBattery検出後の動作可能時間",
        later("e.g. 120s"),
        "duration",
        {"ups": ("low_battery_runtime",)},
    ),
    Column(
        "reboot_on_restore",
        "電源異常回復時にリブートする",
        later("yes or no"),
        "on/off",
        {"ups": ("reboot_on_restore",)},
    ),
    Column("return_delay", "復電後の投入遅延", later("e.g. 60s"), "duration", {"ups": ("return_delay",)}),
    Column(
        "min_return_charge",
        "投入時の最低充電量",
        later("e.g. 15%"),
        "percent",
        {"ups": ("min_return_charge",)},
    ),
    Column("warm_up_rank", "Warm-UP順位", later("low numbers first"), "count", {"ups": ("warm_up.rank",)}),
    Column("warm_up_time", "Warm-UP時間", later("e.g. 720s"), "duration", {"ups": ("warm_up.time",)}),
    Column("snmp_version", "SNMPバージョン", later("1, 2c or 3"), "1|2c|3", {"ups": ("snmp.version",)}),
    Column("snmp_mib", "MIB", later("apc or rfc1628"), "apc|rfc1628", {"ups": ("snmp.mib",)}),
    Column("snmp_user", "SNMPユーザー", later("of version 3"), "label", {"ups": ("snmp.user",)}),
    Column(
        "secret",
        "パスワードの場所",
        later("where it stands, never itself: env:NAME, file:PATH or cred:NAME"),
        "secret",
        {"ups": ("snmp.secret",)},
    ),
    Column(
        "minimum_supplies",
        "必要電源数",
        later("it runs while this many of its UPSes give power"),
        "count",
        {"server": ("minimum_supplies",), "switch": ("minimum_supplies",)},
    ),
    Column(
        "ac_link",
        "AC-LINK",
        later("boot, stay_off or last_state (BIOS)"),
        "boot|stay_off|last_state",
        {"server": ("ac_link",)},
    ),
    Column(
        "shutdown_by",
        "シャットダウン方法",
        later("ssh, redfish, command or cluster"),
        "ssh|redfish|command|cluster",
        {"server": ("shutdown.by",)},
    ),
    Column(
        "shutdown_host",
        "シャットダウン先",
        later("if it is not its address"),
        "host",
        {"server": ("shutdown.host",)},
    ),
    Column(
        "limit",
        "シャットダウン時間の上限",
        later("a server's, or the cluster's, e.g. 180s"),
        "positive",
        {"server": ("shutdown.limit",), "cluster": ("cluster.shutdown_limit",)},
    ),
    Column(
        "broadcast",
        "ブロードキャスト",
        later("of the cluster"),
        "address",
        {"cluster": ("cluster.broadcast",)},
    ),
    Column("port", "ポート", later("of the cluster's calls"), "port", {"cluster": ("cluster.port",)}),
    Column(
        "product", "製品", later("ver1.0, ver1.02 or ver2.1"), "ver1.0|ver1.02|ver2.1", {"site": ("product",)}
    ),
    Column("time_zone", "タイムゾーン", later("e.g. Asia/Tokyo"), "time zone", {"site": ("time_zone",)}),
    Column(
        "flush_limit",
        "キャッシュフラッシュのタイムアウト",
        later("e.g. 300s"),
        "positive",
        {"site": ("linkage.flush_limit",)},
    ),
)
BY_HEADING = {heading.casefold(): column for column in COLUMNS for heading in (column.name, column.japanese)}
EXAMPLE = (
    {
        "kind": "site",
        "name": "my-site",
        "product": "ver2.1",
        "time_zone": "Asia/Tokyo",
        "flush_limit": "300s",
    },
    {
        "kind": "cluster",
        "name": "mycluster",
        "address": "192.0.2.20",
        "limit": "5m",
        "broadcast": "192.0.2.255",
    },
    {"kind": "ups", "name": "ups1", "number": "1", "address": "192.0.2.11", "feed": "utility"}
    | {"confirm": "930s", "runtime": "60m", "snmp_version": "3", "snmp_mib": "apc", "snmp_user": "teiden"}
    | {"secret": "file:/etc/teiden/secrets/snmp"},
    {"kind": "ups", "name": "ups4", "number": "4", "address": "192.0.2.14", "feed": "utility"}
    | {"confirm": "30s", "runtime": "25m", "snmp_version": "3", "snmp_mib": "apc", "snmp_user": "teiden"}
    | {"secret": "file:/etc/teiden/secrets/snmp"},
    {"kind": "array", "name": "linkeddisk", "role": "linked", "address": "192.0.2.32", "upses": "ups4"},
    {"kind": "server", "name": "control1", "role": "control", "address": "192.0.2.21", "upses": "ups1"}
    | {"shutdown_by": "cluster", "limit": "120s"},
    {"kind": "server", "name": "blade1", "role": "linked", "upses": "ups4", "arrays": "linkeddisk"}
    | {"mac": "02:00:5e:00:05:01", "shutdown_by": "ssh", "shutdown_host": "192.0.2.51", "limit": "180s"},
    {"kind": "switch", "name": "lan1", "upses": "ups1 ups4"},
)
"""Rows of the template: to be written over."""
