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
    "its mains are away once, for less than anybody's confirm time": "確認時間より短い停電が一度起こる",
    "its mains go, and are back in the middle of the shutdown": "停電し、シャットダウンの途中で復電する",
    "its mains go and come back again and again, until it ends": "終わるまで停電と復電を繰り返す",
    "its mains are away twice, the second time while batteries are still charging": (
        "停電が二度起こり、二度目はバッテリの充電中である"
    ),
    "its battery holds only a part of what it held when it was new": "バッテリの容量が新品時の一部しかない",
    "it feeds more than it was planned for": "計画より大きな負荷に給電している",
    "it never says that its battery is low": "バッテリ低下を知らせない",
    "it says that its battery is low and lasts for 0 s, whatever that holds": (
        "残量にかかわらずバッテリ低下、残り 0 秒と知らせる"
    ),
    "it is in bypass: its loads hang on the mains themselves, without a battery": (
        "バイパス運転で、負荷はバッテリなしに商用電源へ直結している"
    ),
    "its mains sag, and it makes up for that without its battery": (
        "電圧が下がり、バッテリを使わずに補っている"
    ),
    "it alone has no mains; the other of its pair has them": "これだけが停電し、対の相手は給電されている",
    "it tests its battery, and tells that as if its mains were away": (
        "バッテリの自己診断を停電のように知らせる"
    ),
    "its output is off at once, and nothing switches it on": "出力が突然止まり、何をしても ON にならない",
    "it trips when more of its loads than it bears start within 10 s": (
        "10 秒以内に起動する負荷が多すぎると出力が落ちる"
    ),
    "its card reboots: for a while it answers nobody, and its uptime begins anew": (
        "カードが再起動し、しばらく応答せず、稼働時間が最初から数え直される"
    ),
    "its traps are lost; the pretend room only polls, so that nothing changes in it": (
        "トラップが失われる。仮想の機械室はポーリングだけなので何も変わらない"
    ),
    "it sends old traps again, each of which only wakes an early poll": (
        "古いトラップを再送する。どれもポーリングを早めるだけである"
    ),
    "it does what it is told, and its answer to that is lost": "命令を実行するが、その応答が失われる",
    "it acknowledges an OFF and forgets it if it has mains then, or when its delay is over": (
        "OFF を受け付けるが、その時または猶予の終わりに商用電源があれば忘れる"
    ),
    "its card makes the same of every delay that it is set to": "どの猶予時間を設定しても同じ値になる",
    "its card has the settings again that it was made with": "カードの設定が工場出荷時に戻る",
    "its card tells the runtime in another unit": "残り時間を別の単位で知らせる",
    "its counter of seconds on battery is not set back; no sequencer reads that": (
        "バッテリ運転の秒数が戻らない。シーケンサは読まない"
    ),
    "an OFF that counts down cannot be called back": "猶予中の OFF を取り消せない",
    "an OFF sent again changes nothing, where others begin to count anew": (
        "OFF を再送しても何も変わらない（他の機種では数え直す）"
    ),
    "an ON without mains starts it from its battery, where others refuse": (
        "商用電源なしの ON でバッテリから起動する（他の機種では拒む）"
    ),
    "it comes back with its mains although it was told to stay off": "停止のままと命じても復電で ON になる",
    "its card is silent exactly while it runs from its battery": "バッテリ運転の間だけカードが応答しない",
    "its card takes every message for an old one, until both sides agree on the time again": (
        "双方の時刻が再び合うまで、カードがすべての要求を古いものとして拒む"
    ),
    "its card no longer knows charge and runtime": "カードが充電量と残り時間を知らせなくなる",
    "its loads hang on the next UPS of the site, and that one's on it": (
        "負荷がサイトの次の UPS につながり、その UPS の負荷がこれにつながっている"
    ),
    "every answer of its card takes longer": "カードの応答がすべて遅くなる",
    # How long, how much
    "how long it is silent": "応答しない時間",
    "over how long they come": "再送が続く時間",
    "what it makes of it": "設定される値",
    "by how much it is too long": "長すぎる倍率",
    "how long that takes": "かかる時間",
    "how much longer": "遅れる時間",
    "how long they are away": "停電の長さ",
    "the longest that they are away, or there": "停電または復電の最長の長さ",
    "how long they are away, there between, and away again": "停電、その間の復電、再停電のそれぞれの長さ",
    "what it still holds": "残っている容量",
    "its load, by what was planned": "計画に対する負荷の倍率",
    "how long the test takes": "診断にかかる時間",
    "how many may start together": "同時に起動できる数",
    # What it excuses, and why
    "its battery lasts for less than was planned with": "バッテリが計画より短くしかもたない",
    "no warning comes before its output is gone": "出力が失われる前に警告がない",
    "its loads boot when its output is back, whatever their arrays do": (
        "出力が戻ると、アレイの状態にかかわらず負荷が起動する"
    ),
    "nothing switches it on": "ON にする方法がない",
    "it says that its battery cannot wait, and nothing tells otherwise": (
        "バッテリが待てないと知らせ、それを否定するものがない"
    ),
    "a test longer than the confirm time cannot be told from an outage": (
        "確認時間より長い自己診断は停電と区別できない"
    ),
    "what it tells of its mains is wrong": "商用電源について知らせる内容が誤っている",
    "nobody can switch it off": "OFF にする方法がない",
    "its OFF would come while its loads still run, and is not sent": (
        "OFF が負荷の動作中に来るため送られない"
    ),
    "what it is told hits the loads of another": "命令が別の UPS の負荷に及ぶ",
    "its loads boot when it comes back, whatever their arrays do": (
        "ON に戻ると、アレイの状態にかかわらず負荷が起動する"
    ),
    "it tells far too little, and nothing tells otherwise": "短すぎる値を知らせ、それを否定するものがない",
    "it tells far too much, and nothing tells otherwise": "長すぎる値を知らせ、それを否定するものがない",
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
