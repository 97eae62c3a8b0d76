"""What is wrong with a device that has a fault, and how much of it; the English stands in `sim/faults/`."""

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
    "its service is killed, and its system begins it anew a while later": (
        "サービスが強制終了し、しばらくして OS が再開する"
    ),
    "its service and those of the other nodes do not hear each other": "サービス同士が互いに通信できない",
    "the cluster's service on it goes on saying what it said last": (
        "そのノードのクラスタサービスが古い状態を伝え続ける"
    ),
    "its service does nothing for a while, and goes on where it was": (
        "サービスがしばらく止まり、続きから動き出す"
    ),
    "its service begins anew with a later version than its peers', who cannot read its rows": (
        "サービスが相手より新しい版で再開し、相手はその記録を読めない"
    ),
    "its service begins anew with another site file, whose confirm times are others": (
        "確認時間の異なる別のサイトファイルでサービスが再開する"
    ),
    "the journals of all control nodes lie on it, and are not kept while it has no power": (
        "全制御ノードの記録がこの上にあり、電源がない間は残らない"
    ),
    "the disk of its journal is full: what is written then is not kept": (
        "ジャーナルのディスクが満杯で、以後の書き込みは残らない"
    ),
    "the disk of its journal fails: nothing is kept, and at a boot nothing can be read": (
        "ジャーナルのディスクが故障し、何も残らず、起動時に何も読めない"
    ),
    "at its next beginning the last rows of its journal are not there": (
        "次の開始時にジャーナルの最後の行が失われている"
    ),
    "its journal has an outage of long ago that nobody has closed; its service begins anew with it": (
        "昔の停電が閉じられないままジャーナルに残り、サービスがそれを読んで再開する"
    ),
    "its group moves to another node, though nothing is wrong with the one that holds it": (
        "保持ノードに異常がないのにグループが別のノードへ移る"
    ),
    "another manager, which knows nothing of us, tells it to go off": "別の管理ソフトが勝手に OFF を指示する",
    "another manager, which knows nothing of us, shuts it down": "別の管理ソフトが勝手にシャットダウンする",
    "somebody sets its clock forward": "時計が進められる",
    "somebody sets its clock back": "時計が戻される",
    "its servers are to go off at a time of day that is not there: the clocks are put forward": (
        "夏時間の開始で存在しない時刻にサーバの OFF が予定されている"
    ),
    "its servers are to go off at a time of day that is there twice: the clocks are put back": (
        "夏時間の終了で二度ある時刻にサーバの OFF が予定されている"
    ),
    "its clock has been ahead of the true time from the start": "最初から時計が進んでいる",
    "at its next boot its clock shows 1970, until a time service has set it": (
        "次の起動時に時計が 1970 年を示し、時刻サービスが直すまで続く"
    ),
    "a schedule has its servers off then, and on a minute later": (
        "その時刻にサーバを OFF、1 分後に ON とする予定がある"
    ),
    "a schedule has its servers off then, and on just before it could have been switched off": (
        "OFF から ON までがアレイを切るにはわずかに短い予定がある"
    ),
    "a schedule has its servers off then, just long enough for it to be switched off": (
        "OFF から ON までがアレイを切るのにちょうど足りる予定がある"
    ),
    "a schedule has its servers off then, whatever the mains do": (
        "商用電源にかかわらず、その時刻にサーバを OFF とする予定がある"
    ),
    "the operator presses its button: it goes on, if it is off and has mains": (
        "オペレータがボタンを押す。電源があり OFF なら ON になる"
    ),
    "the operator presses its button: it goes down if it is up, and boots if it is halted": (
        "オペレータがボタンを押す。稼働中なら停止し、停止中なら起動する"
    ),
    "somebody works on it, and has asked that it is left alone": "作業中で、操作しないよう依頼されている",
    "something that nobody manages draws power from it, too": "管理されていない機器もそこから給電されている",
    # How much, how long
    "until it is begun anew": "再開までの時間",
    "how long": "時間",
    "its confirm times, as a part of the true ones": "正しい値に対する確認時間の割合",
    "which write is the first that fails": "最初に失敗する書き込みの番号",
    "how many rows": "行数",
    "by how much": "ずれの大きさ",
    "until they are to be on again": "再び ON になるまでの時間",
    "until it is set": "直されるまでの時間",
    "what lacks to a night that is long enough": "必要な長さに対する不足",
    "how much longer than needed": "必要な長さに対する余裕",
    "watts": "ワット数",
}
