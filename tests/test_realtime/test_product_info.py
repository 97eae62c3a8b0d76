"""Version files of linked servers, and the return value of ac_pvm.exe (R5-04, R5-07, R5-10)."""

from __future__ import annotations

import pytest

from realtime.product_info import ProductInfo, pack_version, return_value, version_txt

VERSION_TXT = """製  品  情  報
=========================================================
[型   番]    ：UL1282-201
[製品名]    ：SigmaSystemCenter/電源管理基本パック
[バージョン]：2.10
=========================================================
"""
REGINFO = "[Pack]\nPackKind003Name=電源管理基本パック\nPackKind003Ver=2.10\nPackKind004Ver=1.00\n"


@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_r5_04_version_txt_names_model_and_version(encoding: str, newline: str) -> None:
    info = version_txt(VERSION_TXT.replace("\n", newline).encode(encoding))
    assert info == ProductInfo("UL1282-201", "SigmaSystemCenter/電源管理基本パック", "2.10")


@pytest.mark.parametrize(
    "text", ["", "no such thing", "[バージョン]：", "[バージョン]：unknown", "[型番]：UL1282-201"]
)
def test_r5_10_a_file_without_a_version_is_none(text: str) -> None:
    assert version_txt(text) is None


@pytest.mark.parametrize("encoding", ["euc_jp", "utf-8"])
def test_r5_10_reginfo_is_read_in_both_encodings(encoding: str) -> None:
    assert pack_version(REGINFO.encode(encoding)) == "2.10"
    assert pack_version(REGINFO.replace("\n", "\r\n").encode(encoding)) == "2.10"


@pytest.mark.parametrize(
    "content",
    [b"", b"PackKind003Ver=", b"PackKind004Ver=2.10", b";PackKind003Ver=2.10", b"PackKind003Ver=2.10 beta",
     b"PackKind003Ver=2.10\nPackKind003Ver=2.11\n"],
)  # fmt: skip
def test_r5_10_reginfo_without_one_clear_version_is_none(content: bytes) -> None:
    assert pack_version(content) is None


@pytest.mark.parametrize(
    ("output", "value"),
    [
        ("アカウント ac_user でアクセスします\r\nReturn Value : 0\r\n".encode("cp932"), 0),
        ("Return Value：0", 0),
        ("Return Value : 0\nReturn Value : -1\n", -1),
        ("Return Value : 16", 16),
        ("Success", None),
        ("Return Value :", None),
        ("", None),
        (b"\xff\xff\x80", None),
    ],
)
def test_r5_07_only_a_return_value_of_0_is_success(output: bytes | str, value: int | None) -> None:
    assert return_value(output) == value
