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
    "it and the other control nodes hear nothing of each other": "他の制御ノードと互いに何も通じない",
    "much of what is asked gets no answer": "要求の多くに応答がない",
    "everything takes longer, and what takes too long comes too late": (
        "すべてが遅くなり、遅すぎる応答は間に合わない"
    ),
    "no name is resolved any more; nothing in this room is reached by a name": (
        "名前解決ができなくなる。この室では名前を使うものはない"
    ),
    "cards, arrays and management controllers are cut off, systems are not": (
        "カード、アレイ、管理コントローラが切り離され、OS は切り離されない"
    ),
    "systems and the other control nodes are cut off, cards and controllers are not": (
        "OS と他の制御ノードが切り離され、カードと管理コントローラは切り離されない"
    ),
    "the SNMP cards go dark one by one, and come back one by one in another order": (
        "SNMP カードが一つずつ応答しなくなり、別の順序で一つずつ戻る"
    ),
    "no magic packet arrives anywhere": "マジックパケットがどこにも届かない",
    "it says that it is halted while its system is still on its way down": (
        "OS がまだ停止処理中なのに停止済みと答える"
    ),
    "its management controller answers only while its system is on": (
        "OS の動作中にしか管理コントローラが応答しない"
    ),
    "whatever keeps its work running boots it again whenever it has halted": (
        "停止するたびに、業務を継続させる仕組みが再び起動する"
    ),
    "somebody boots it if it is halted": "停止していれば誰かが起動する",
    "it stays halted when its power comes back": "電源が戻っても停止したままになる",
    "it boots with its power only if it lost it running": "動作中に電源を失った場合だけ、復電で起動する",
    "it uses every linked array that the site file does not give it": (
        "構成ファイルで割り当てられていない連動アレイをすべて使う"
    ),
    "it is booted, and runs until somebody stops it": "起動され、誰かが止めるまで動く",
    "a flush takes longer": "フラッシュに時間がかかる",
    "somebody writes to it once more after every flush": "フラッシュのたびに、その後もう一度誰かが書き込む",
    "one of its two controllers is dead; the other writes both caches to disk": (
        "二つのコントローラの一方が故障し、他方が両方のキャッシュを書き出す"
    ),
    "a hand switches off the UPSes of its enclosures, controllers or not": (
        "コントローラに構わず、エンクロージャの UPS が手で切られる"
    ),
    "it says that it is ready as soon as it starts, and takes it back": (
        "起動し始めるとすぐ準備完了と答え、後で取り消す"
    ),
    "its cache batteries charge before it is ready": "準備完了の前にキャッシュ用バッテリを充電する",
    "the last of its UPSes has no mains of its own": "最後の UPS だけに入力電源がない",
    # How much of it
    "of all requests": "全要求のうち",
    "to a device and back, typically": "機器との往復、通常の値",
    "between two cards": "カードとカードの間隔",
    "after the shutdown began": "シャットダウン開始から",
    "after it has halted": "停止してから",
    "as long as usual": "通常に対する倍率",
    "after the flush was answered": "フラッシュの完了から",
    "until it takes that back": "取り消すまで",
    "from power to ready": "電源投入から準備完了まで",
    # Why nobody could keep a rule
    "whoever may be asked says that it is halted": "誰に尋ねても停止済みと答える",
    "each boot by another hand is a cycle that is not ours": (
        "他の手による起動はこちらの停止・起動の回数ではない"
    ),
    "no node is left to stop it but itself, and its power counts down already": (
        "止めるノードは自分しか残っておらず、電源の秒読みは始まっている"
    ),
    "no node is left to stop it, and the OFF of its disk counts down already": (
        "止めるノードが残っておらず、ディスクの OFF の秒読みは始まっている"
    ),
    "nobody can make it boot": "誰も起動させられない",
    "unknown is not ready, and who needs it waits (S11)": (
        "不明は準備完了ではなく、必要とするものは待つ (S11)"
    ),
    "what is written when the OFF has been sent cannot be flushed any more": (
        "OFF を送った後に書かれたものはもうフラッシュできない"
    ),
    "it takes longer than the site file says": "構成ファイルの値より長くかかる",
    "a UPS that nobody could tell to stay off comes back with the mains, and its servers with it": (
        "切ったままにと指示できなかった UPS は復電で戻り、サーバも起動する"
    ),
    "nobody can tell a UPS to go off before its battery ends": (
        "バッテリが尽きる前に UPS の OFF を誰も指示できない"
    ),
    "nobody can tell a UPS or a server to go on": "UPS やサーバの ON を誰も指示できない",
    "what is halted with its power on can only be woken": (
        "電源があるまま停止したものは起動パケットでしか起動できない"
    ),
    # Whom an excuse covers
    "the device itself": "その機器",
    "the device and all that draws its power or uses its disks": "その機器と、それに給電やディスクを頼るもの",
    "everybody": "すべて",
    # What has it
    "feed or UPS": "給電系統または UPS",
    "LAN switch": "LAN スイッチ",
    "network": "ネットワーク",
    "linked server": "連動サーバ",
    "pool server": "プールサーバ",
    "server": "サーバ",
    "control node": "制御ノード",
    "array": "アレイ",
    "cluster": "クラスタ",
}
