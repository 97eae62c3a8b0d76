"""What is wrong with a device that has a fault, what that excuses; the English stands in `sim/faults/`."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # What is wrong
    "its battery has hardly any charge left, at once": "バッテリの残量が突然ほとんどなくなる",
    "its SNMP card answers nobody": "SNMP カードが誰にも応答しない",
    "it acknowledges an OFF and does not carry it out": "OFF を受け付けるが実行しない",
    "it carries nothing, whatever its power does": "電源があっても何も中継しない",
    "its shutdown never ends": "シャットダウンが終わらない",
    "whoever asks it to shut down is not let in": "シャットダウンを求めても拒まれる",
    "it never gets through its boot": "起動が完了しない",
    "a flush never ends": "フラッシュが終わらない",
    "it answers nobody on the network, and works": "動作しているがネットワークに応答しない",
    "it was not set up to let us flush it": "フラッシュが許可されていない",
    "a stop of it never ends": "停止が終わらない",
    "its system dies, and its power stays": "電源は残ったまま OS が落ちる",
    "its system is there and does nothing": "OS はあるが何もしない",
    # Whom an excuse covers
    "the device itself": "その機器",
    "the device and all that draws its power or uses its disks": "その機器と、それに給電やディスクを頼るもの",
    "everybody": "すべて",
    # What has it
    "feed or UPS": "給電系統または UPS",
    "LAN switch": "LAN スイッチ",
    "server": "サーバ",
    "control node": "制御ノード",
    "array": "アレイ",
    "cluster": "クラスタ",
}
