"""The page and the JUnit report of a run."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    # Files
    "page": "ページ",
    "pages": "ページ",
    "report": "レポート",
    "{path}: the name of a page ends in {kinds}": "{path}: ページのファイル名の末尾は {kinds} のいずれかです",
    "{path}: the name of a JUnit report ends in {kinds}": (
        "{path}: JUnit レポートのファイル名の末尾は {kinds} です"
    ),
    # Head and foot
    "rehearsal of a power cut": "停電リハーサル",
    "site": "サイト",
    "hash": "ハッシュ",
    "begins": "開始",
    "seed": "シード",
    "story file": "シナリオファイル",
    "versions": "バージョン",
    "covers": "対象要件",
    # What broke
    "What broke": "違反の内容",
    "expected": "期待",
    "happened": "実際",
    "copy": "コピー",
    "copied": "コピーしました",
    # The timeline
    "zoom in": "拡大",
    "zoom out": "縮小",
    "whole run": "全体",
    "previous event": "前の変化",
    "next event": "次の変化",
    "Turn the wheel or pinch to zoom, drag to move, click to hold the cursor.": (
        "ホイールまたはピンチで拡大・縮小、ドラッグで移動、クリックでカーソルを固定します。"
    ),
    "Keys: ← → move the cursor, with Shift to the next event; + − zoom; 0 shows all; Esc lets go.": (
        "キー: ← → でカーソル移動（Shift と併用で次の変化へ）、+ − で拡大・縮小、0 で全体、Esc で解除。"
    ),
    "cursor": "カーソル",
    "at the end": "終了時",
    "At the cursor": "カーソル位置",
    "The table below tells the same in words.": "下の表に同じ内容を文章で示します。",
    "the first of {n}; the last follows within {time}": "{n} 台の最初。最後の 1 台は {time} 以内に続く",
    # The table
    "What happened": "経過の一覧",
    "every row, also those that follow from others": "すべての行（ほかの行から分かるものも表示）",
    # The verdict
    "Expectations": "期待",
    "Invariants": "不変条件",
    "rule": "規則",
    "place": "場所",
    "result": "結果",
    "broken as declared": "宣言どおりの違反",
    "not put to the test": "判定の機会なし",
    "not applicable": "対象外",
    # Numbers
    "Margins": "余裕",
    "margin": "余裕",
    "this run": "今回",
    "plan": "計画",
    "limit": "上限",
    "Lowest charge of each battery": "各バッテリの最低残量",
    # Events
    "Events": "イベント",
    "find in events": "イベントを検索",
    "kind": "種類",
    "device": "装置",
    "all": "すべて",
    "event": "イベント",
    "by": "通知元",
    "details": "詳細",
    "no event is like that": "該当するイベントはありません",
    "Not printed: the stream of events. It is in this page's file.": (
        "イベントの一覧は印刷されません。このページのファイルに含まれています。"
    ),
    "{n} events share {lines} lines here, without readings, steps and rows of the journal. "
    "All of them: teiden run {file} --events FILE": (
        "{n} 件のイベントを {lines} 行にまとめています（測定値、手順、ジャーナルの行は省略）。"
        "すべて見るには: teiden run {file} --events FILE"
    ),
}
