"""Japanese of what is wrong with a story's events, clocks and jobs of the pretend room."""

TEXTS: dict[str, str] = {
    "an event is one thing: mains, a fault, or what somebody does": (
        "イベントは一つにつき一つのこと（電源、障害、または操作）です"
    ),
    "{mains} or {fault}; or one of {names}": "{mains} または {fault}、または {names} のいずれか",
    "`{key}` does not go with {what}": "`{key}` は {what} と一緒には使えません",
    "keys: {names}": "使えるキー: {names}",
    "known: {names}": "使える名前: {names}",
    "one of: {names}": "次のいずれか: {names}",
    "the site has no {kind}": "このサイトに {kind} はありません",
    "no {kind} is named {name}": "{name} という {kind} はありません",
    "one at a time": "一つのイベントには一つだけ指定します",
    "an event for each": "それぞれを別のイベントにします",
    "the clock is set by how much?": "時計をどれだけ動かしますか",
    "step: -300s sets it back by 5 min": "step: -300s で 5 分戻します",
    "manager {deed}: of what?": "manager {deed}: 対象は何ですか",
    "does the host go off or on?": "ホストは停止しますか、応答を再開しますか",
    "goes: off, or goes: on": "goes: off または goes: on",
    "{wish}: of which device?": "{wish}: どの装置ですか",
    "of: NAME, or a list of names": "of: 名前、または名前の並び",
    "e.g. manager: shutdown, of: NAME; it tells the nodes itself": (
        "例: manager: shutdown, of: 名前。制御端末への通知は自動です"
    ),
    "{value} is told by the cluster's manager": "{value} はクラスタの管理機能が通知するものです",
    "nobody can ask for {value}": "{value} という要求はありません",
    "{value} is not allowed here": "{value} はここでは使えません",
    "nobody is named": "名前が一つもありません",
    "leave `of` out where everything is meant": "全体を指すときは `of` を書きません",
    "{value} is not a name": "{value} は名前ではありません",
    "e.g. ups1, or [blade1, blade2]": "例: ups1 または [blade1, blade2]",
    "one value is expected here, not a list or a mapping": (
        "ここには値を一つだけ書きます（並びや対応表ではありません）"
    ),
    "e.g. 90s, or -5m for a clock that is behind": "例: 90s（進み）、-5m（遅れ）",
    "{value} is no step": "{value} では時計は動きません",
    "e.g. 300s forward, -300s back": "例: 300s（進める）、-300s（戻す）",
    "no job is named {name}": "{name} というジョブはありません",
    "{server} has no jobs; give it some under `jobs`": "{server} にはジョブがありません。`jobs` に定義します",
}
