"""What `teiden version` says."""

from __future__ import annotations

TEXTS: dict[str, str] = {
    "not installed": "インストールされていません",
}
