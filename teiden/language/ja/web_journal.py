"""日本語: the console's page of what happened."""

TEXTS = {
    "What is shown": "表示内容",
    "What matters": "主なもの",
    "Alarms": "警報",
    "Everything": "すべて",
    "The event files cannot be read: {why}": "イベントファイルを読めません: {why}",
    "Nothing yet.": "まだありません。",
}
