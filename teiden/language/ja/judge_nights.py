"""The judge: margins of scheduled nights."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "{name} ready -> servers' on": "{name} 使用可能 → 連動端末の投入",
    "{name} flushed -> control side's off": "{name} フラッシュ完了 → 制御端末の切断",
}
