"""日本語: the console's certificate and key, and what is wrong with them."""

TEXTS = {
    "cannot be read: {why}": "読み込めません: {why}",
    "others than its owner may read this key": "この鍵は所有者以外にも読み取れます",
    "is no certificate in PEM that belongs to {key}, without a pass phrase": (
        "{key} に対応する、パスフレーズなしの PEM 形式の証明書ではありません"
    ),
    "give the certificate, with those that signed it behind it, and its own key": (
        "証明書 (中間証明書を後ろに続けたもの) と、その鍵を指定してください"
    ),
    "a certificate needs its key, and a key its certificate": "証明書には鍵が、鍵には証明書が必要です",
    "give --certificate and --key": "--certificate と --key を指定してください",
}
