"""日本語: the console's pages of sequence, plan, schedules, what if, emergency stop, approval and room."""

TEXTS = {
    # Frame
    "Sequence": "シーケンス",
    "Plan": "計画",
    "Schedules": "運転スケジュール",
    "What if": "もしも",
    "Emergency stop": "緊急停止",
    "Room": "模擬機械室",
    "only shows": "表示専用",
    "this console only shows: --watch-only": "このコンソールは表示専用です: --watch-only",
    # Sequence
    "No mains were lost in it: there is no planned course to lay beside it.": (
        "停電を伴わないため、比べる計画がありません。"
    ),
    "under way": "実行中",
    "LIMIT PASSED": "上限超過",
    "Planned against actual": "計画と実績",
    (
        "Planned: the same mains lost, played on this site in virtual time with its typical durations. "
        "Times count from the loss of mains."
    ): "計画: 同じ停電を、このサイトの標準所要時間で仮想時間内に再生したもの。時間は停電からの経過です。",
    "It is played and drawn; a hall takes a while.": (
        "再生して作図しています。大規模なサイトでは時間がかかります。"
    ),
    "There has been no incident as far back as the event files reach.": (
        "イベントファイルに残る期間に、停電対応はありません。"
    ),
    "It waits for nothing.": "待っているものはありません。",
    "Steps of the last incident": "前回の停電対応のステップ",
    "Steps": "ステップ",
    "It began at {time}; {duration} until the last word of it, as this node saw it.": (
        "{time} に開始。最後の記録まで {duration}（このノードから見た経過）。"
    ),
    "step": "ステップ",
    "took": "所要時間",
    # Plan
    "Reckoned from {file}, as this console read it when it was started.": (
        "このコンソールの起動時に読んだ {file} から計算しています。"
    ),
    "Rules that its settings break": "設定が違反している規則",
    "of {n} rules": "{n} 規則中",
    "line {n}": "{n} 行目",
    "or": "または",
    "and {n} more; see `teiden check`": "ほか {n} 件。`teiden check` を参照",
    # Schedules
    "Mon": "月",
    "Tue": "火",
    "Wed": "水",
    "Thu": "木",
    "Fri": "金",
    "Sat": "土",
    "Sun": "日",
    "not there that day: the clocks are put forward, and it happens at the first instant after": (
        "この日には存在しない時刻です。時計が進められるため、その直後に実行します"
    ),
    "there twice that day: the clocks are put back, and it happens the first time only": (
        "この日に二度ある時刻です。時計が戻されるため、最初の一度だけ実行します"
    ),
    "by the clock": "時刻",
    "once the LAN is silent": "LAN 無応答",
    "after an outage": "復電後",
    "the clocks are put back {hours} h": "時計を {hours} 時間戻す",
    "the clocks are put forward {hours} h": "時計を {hours} 時間進める",
    "This site has no schedules: nothing goes off or on by the clock.": (
        "このサイトに運転スケジュールはありません。時刻による切/入は行いません。"
    ),
    "Months": "月の移動",
    "this month": "今月",
    "All times are those of {zone}; it is {now} there.": "時刻はすべて {zone} のもの。現地は {now} です。",
    "holiday": "休日",
    "not on {days}": "除外日: {days}",
    "off: {causes}": "切: {causes}",
    "on: {causes}": "入: {causes}",
    "Next": "今後の予定",
    "Nothing within the next 400 days.": "今後 400 日以内に予定はありません。",
    "What a night does": "一晩の動作",
    "Clocks and holidays": "時計の変更と休日",
    (
        "A time of day that is not there happens at the first instant after the gap; one that is there twice "
        "happens the first time only."
    ): "存在しない時刻の予定は飛ばされた時間の直後に、二度ある時刻の予定は最初の一度だけ実行します。",
    "{zone} does not change its clocks in the next 400 days.": (
        "{zone} では今後 400 日間、時計の変更がありません。"
    ),
    "Public holidays of {country} count as holidays.": "{country} の祝日を休日とします。",
    "No public holidays count: the site names no country.": (
        "祝日は休日としません: サイトファイルに国の指定がありません。"
    ),
    "Closed: {days}": "休業日: {days}",
    # What if
    "Played on this site in virtual time, by the same sequencer, and judged by the same rules. "
    "Nothing in the real room is touched.": (
        "このサイトで、同じシーケンサにより仮想時間内に再生し、同じ規則で判定します。実際の機械室には触れません。"
    ),
    "What is to be played": "再生する内容",
    "Mains lost, or a fault": "停電または故障",
    "Mains of": "停電させる入力",
    "feeds": "給電系統",
    "nothing is lost": "停電なし",
    "one UPS alone": "UPS 1 台のみ",
    "for so long, minutes": "停電の長さ（分）",
    "for good": "復電しない",
    "and a fault": "加える故障",
    "of": "対象",
    "so many minutes after the mains went": "停電から故障までの時間（分）",
    "Play it": "再生する",
    "A story beside the site": "サイトと同じ場所にあるシナリオ",
    "Story": "シナリオ",
    "It has several stories:": "複数のシナリオがあります:",
    "No scenario file beside the site is about it.": "このサイトのシナリオファイルは見つかりません。",
    "It is being played. A small site takes a second, a hall half a minute.": (
        "再生しています。小さなサイトで 1 秒、大規模なサイトで 30 秒ほどかかります。"
    ),
    (
        "The site file has changed since this console was started; "
        "the story was played on the file as it is now."
    ): ("コンソールの起動後にサイトファイルが変更されました。現在のファイルで再生しました。"),
    "nothing is chosen": "何も選ばれていません",
    "others wait for their stories to be played; try again in a minute": (
        "ほかの再生が待っています。1 分後に再試行してください"
    ),
    "Not now": "いまは表示できません",
    "What would happen is being played: load this page again for it.": (
        "何が起こるかを再生しています。結果を見るには、このページを再読み込みしてください。"
    ),
    "choose the device that has the fault": "故障させる装置を選んでください",
    "minutes: a number up to {most}": "分: {most} までの数",
    "UPSes": "UPS",
    "others": "その他",
    "{story} goes on for more than 8 days; play it with `teiden run`": (
        "{story} は 8 日より長いため、`teiden run` で再生してください"
    ),
    "there is no such story beside the site": "そのようなシナリオはありません",
    "what if": "もしも",
    "there is no such fault": "そのような故障はありません",
    "{fault} can strike: {devices}": "{fault} の対象になる装置: {devices}",
    # Emergency stop
    "PULLED: {node} sends nothing to any device": "作動中: {node} はどの装置にも指令しません",
    "Not pulled on {node}": "{node} では作動していません",
    (
        "While the file {path} is there, this node sends no command to anything. It goes on watching. What a "
        "device has accepted already goes on: a UPS that counts down goes off."
    ): (
        "ファイル {path} がある間、このノードは何も指令しません。監視は続けます。"
        "装置が既に受け付けた動作は続き、切断待ちの UPS は切れます。"
    ),
    "On this node": "このノード",
    "This console cannot do it: {why}. Type on {node}:": (
        "このコンソールからは操作できません: {why}。{node} で入力してください:"
    ),
    "Only an operator may pull or release it here. Anybody with a shell on {node} may type:": (
        "ここで操作できるのは操作者だけです。{node} のシェルでは次を入力します:"
    ),
    "Once it is released the runbook goes on where things then stand.": (
        "解除すると、その時点の状態から手順を続けます。"
    ),
    "Release it": "解除する",
    "Pull the emergency stop": "緊急停止を作動させる",
    "On the other nodes": "ほかのノード",
    (
        "Each node has its own. With one pulled, another node may take the command and act: "
        "do it on every node."
    ): ("緊急停止はノードごとです。一つだけでは別のノードが指令を引き継ぎます。全ノードで行ってください。"),
    "There is no other control node.": "ほかの制御ノードはありません。",
    "it was pulled, and not noted: the audit log cannot be written ({why})": (
        "作動させましたが、記録していません: 監査ログに書き込めません ({why})"
    ),
    "it could NOT be pulled: {why}": "作動させることができません: {why}",
    "it could NOT be released: {why}": "解除できません: {why}",
    "there is no folder {folder}": "フォルダ {folder} がありません",
    "the user of this console may not write into {folder}": (
        "このコンソールのユーザは {folder} に書き込めません"
    ),
    # Two persons
    "Waits for a second person": "別の操作者の承認待ち",
    "Nothing waits.": "承認待ちはありません。",
    "{name} has asked for it; it is forgotten in {left}.": "{name} の要求。{left} 後に取り消されます。",
    "Another operator has to approve.": "別の操作者の承認が必要です。",
    "Approve: it is asked for now": "承認する: 直ちに要求する",
    "Withdraw it": "取り下げる",
    "{n} waits for a second person": "承認待ち: {n} 件",
    "it has been decided meanwhile, or its ten minutes are over": "既に処理されたか、10 分が過ぎました",
    "{name} has asked for it; another operator has to approve": (
        "{name} 自身の要求です。別の操作者が承認してください"
    ),
    "too many wait for approval": "承認待ちが多すぎます",
    # Room
    "The pretend room as it really is. What is done here, nobody has told the sequence: it has to see it.": (
        "模擬機械室の実際の状態です。ここでの操作はシーケンスに知らされません。シーケンス自身が検知します。"
    ),
    "It has happened: {line}": "実行しました: {line}",
    "Make something happen": "出来事を起こす",
    "Take away": "停電させる",
    "Give back": "復電させる",
    "Fault": "故障",
    "Throw it": "起こす",
    "End it": "終わらせる",
    "Card of": "カードの UPS",
    "what it does": "動作",
    "Start the card anew": "カードを再起動",
    "A finger on the button of": "ボタンを押す UPS",
    "Press": "押す",
    "Boot by hand": "手動起動",
    "Boot": "起動する",
    "The cluster's own manager": "クラスタ自身の管理機能",
    "the cluster": "クラスタ",
    "Let it": "実行する",
    "As it really is": "実際の状態",
    "the room does not answer: {why}": "模擬機械室が応答しません: {why}",
    "the console: http://{address}, of {node}": "コンソール: http://{address}（{node}）",
    "whoever is to do something there needs an account: {line}": "操作にはアカウントが必要です: {line}",
}
