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
    "its service begins anew with a later version than its peers'; they exchange no rows": (
        "サービスが相手より新しい版で再開し、記録を交換しない"
    ),
    "its service begins anew with another site file, whose confirm times are others": (
        "確認時間の異なる別のサイトファイルでサービスが再開する"
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
    "how long that takes": "所要時間",
    "its confirm times, as a part of the true ones": "正しい値に対する確認時間の割合",
    "which write is the first that fails": "最初に失敗する書き込みの番号",
    "how many rows": "行数",
    "by how much": "ずれの大きさ",
    "until they are to be on again": "再び ON になるまでの時間",
    "until it is set": "直されるまでの時間",
    "what lacks to a night that is long enough": "必要な長さに対する不足",
    "how much longer than needed": "必要な長さに対する余裕",
    "watts": "ワット数",
    # Why a rule is excused
    "while no cluster runs each of two that do not hear each other may switch on without proof": (
        "クラスタが動いていない間、通信できない二つのノードはどちらも証拠なしに ON にしてよい"
    ),
    "of the cluster a node knows only what the cluster's service on it says": (
        "ノードはクラスタについて自分のクラスタサービスが言うことしか知らない"
    ),
    "it keeps the limits of the file that it has": "手元のファイルの制限値を守っている",
    "without a journal nothing is started until somebody has seen to its disk (S30)": (
        "ジャーナルがなければ、ディスクが直されるまで何も起動しない (S30)"
    ),
    "an outage that is written down counts, and no row says how long ago that was": (
        "記録された停電は有効で、いつのものかはどの行にも書かれていない"
    ),
    "it is another's command, and a countdown cannot be stopped": (
        "他者の指示であり、カウントダウンは止められない"
    ),
    "whoever has told it to stay off has to switch it on again": (
        "OFF のままにした者が再び ON にしなければならない"
    ),
    "whoever has shut it down has to start it again": "シャットダウンした者が再び起動しなければならない",
    "it is the operator's own hand, and is not fought (O1)": "オペレータ自身の操作であり、逆らわない (O1)",
    "what somebody holds is waited for, as long as the batteries last (O2)": (
        "保留中の機器は、バッテリが続く限り待つ (O2)"
    ),
    "who boots it onto power that counts down takes that risk": (
        "切れる直前の電源で起動する者がその危険を負う"
    ),
}
