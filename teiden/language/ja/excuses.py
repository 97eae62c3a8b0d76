"""Why nobody could keep a rule: more of what `faults.py` has, for which that file has no room."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "the nodes go when a battery of theirs ends, and nobody is left to command": (
        "ノードは自分たちのバッテリが尽きるときに停止し、指令する者が残らない"
    ),
    "the last node dies, and nobody is left to tell them to go off": (
        "最後のノードが落ち、オフを指示する者が残らない"
    ),
    "each time it comes back those on it boot and write, and their disks are to be flushed anew": (
        "復帰のたびにその負荷が起動して書き込み、ディスクをあらためてフラッシュしなければならない"
    ),
    "its UPS counts down already, and nobody may force it": (
        "その電源はすでに切断までの時間を数えており、強制停止することも許されない"
    ),
    "it is booted as its power falls; nobody has seen it, or can call the OFF back": (
        "電源が落ちる間際に起動され、誰もそれを見ておらず、オフを取り消すこともできない"
    ),
}
