"""`config.apc`: read, set, and everything in it that is not ours kept byte for byte (R6-46..R6-48)."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from teiden.apc import of_site, on_disk
from teiden.apc.document import Document
from teiden.apc.storage import Reading, Storage, read, write
from teiden.cli import main
from teiden.files.site_file import load_site, site_from_text
from teiden.files.source import InputError
from tests.examples import few

ROOT = Path(__file__).parents[2]
FIXTURE = ROOT / "tests" / "fixtures" / "config.apc"
VER1 = ROOT / "scenarios" / "sites" / "ver1.yaml"
GOOD = (
    b"[AcStorage]\r\nStorage=1\r\nStorageCount=1\r\nStorage00=172.16.1.210\r\n"
    b"StoragePort=6001\r\nCacheFlashWait=300\r\n"
)
SAID = Storage(True, "172.16.1.210", 6001, 300)
OTHER = Storage(True, "192.0.2.99", 7001, 555)


def reading(content: bytes) -> Reading:
    return read(Document(content, "config.apc"))


def written(content: bytes, wanted: Storage) -> bytes:
    document = Document(content, "config.apc")
    write(document, wanted)
    return bytes(document)


def problems(content: bytes) -> list[str]:
    with pytest.raises(InputError) as wrong:
        reading(content)
    return [f"{p.place.line}:{p.place.col} {p.message}" for p in wrong.value.problems]


def teiden(*args: object) -> Result:
    result = CliRunner().invoke(main, [str(arg) for arg in args])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


# Reading


def test_r6_46_the_documents_own_section_is_read() -> None:
    assert reading(GOOD) == Reading(SAID, ())


def test_r6_48_a_missing_time_is_20_minutes() -> None:
    assert reading(GOOD.replace(b"CacheFlashWait=300\r\n", b"")).storage.flush_limit_s == 1200


def test_r6_41_a_missing_port_is_6001() -> None:
    assert reading(GOOD.replace(b"StoragePort=6001\r\n", b"")).storage.port == 6001


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace(b"\r\n", b"\n"),
        GOOD.replace(b"AcStorage", b"ACSTORAGE").replace(b"StoragePort", b"storageport"),
        GOOD.replace(b"=", b" = "),
        GOOD.replace(b"Storage00=172.16.1.210", b'Storage00="172.16.1.210"'),
        b"; comment\r\n[Other]\r\nStorage=0\r\n" + GOOD,
        GOOD.replace(b"[AcStorage]\r\n", b"[AcStorage]\r\n;Storage=0\r\n\r\nUnknown=1\r\n"),
        "[表示]\r\n名前=ソフト、能力\r\n".encode("cp932") + GOOD,
        b"\xef\xbb\xbf" + "[表示]\n名前=停電\n".encode() + GOOD,
    ],
    ids=repr,
)
def test_r6_46_spelling_newlines_neighbours_and_encoding_do_not_matter(content: bytes) -> None:
    assert reading(content) == Reading(SAID, ())


def test_a_linkage_that_is_off_needs_nothing_more() -> None:
    assert not reading(b"[AcStorage]\nStorage=0\n").storage.linked


@pytest.mark.parametrize("cut", [b"\n", b"\r\n"])
def test_r6_47_a_file_without_a_last_newline_is_read_with_a_warning(cut: bytes) -> None:
    found = reading(GOOD.removesuffix(cut))
    assert found.storage == SAID
    assert [w.message for w in found.warnings] == ["the file does not end with a newline (R6-47)"]


def test_an_address_that_is_not_counted_is_a_warning() -> None:
    (warning,) = reading(GOOD + b"Storage01=192.0.2.2\r\n").warnings
    assert (warning.place.line, warning.place.col) == (7, 11)
    assert "not counted by StorageCount=1" in warning.message


def test_a_byte_order_mark_before_the_section_is_a_warning() -> None:
    assert [w.place.line for w in reading(b"\xef\xbb\xbf" + GOOD).warnings] == [1]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"Storage=1", b"Storage=2", "2:9 Storage takes a whole number from 0 to 1"),
        (b"Storage=1", b"Storage=yes", "2:9 Storage takes a whole number from 0 to 1"),
        (b"Storage=1\r\n", b"", "1:1 [AcStorage] needs the key Storage"),
        (b"StorageCount=1", b"StorageCount=2", "3:14 StorageCount takes a whole number from 0 to 1"),
        (b"StorageCount=1", b"StorageCount=0", "3:14 the linkage is on, and no array is counted"),
        (b"StorageCount=1\r\n", b"", "1:1 [AcStorage] needs the key StorageCount"),
        (b"Storage00=172.16.1.210\r\n", b"", "1:1 [AcStorage] needs the key Storage00"),
        (b"172.16.1.210", b"172.16.1.256", "4:11 Storage00 takes an IPv4 address"),
        (b"172.16.1.210", b"", "4:11 Storage00 takes an IPv4 address"),
        (b"172.16.1.210", b"disk1", "4:11 Storage00 takes an IPv4 address"),
        (b"172.16.1.210", b"2001:db8::1", "4:11 Storage00 takes an IPv4 address"),
        (b"6001", b"0", "5:13 StoragePort takes a whole number from 1 to 65535"),
        (b"6001", b"65536", "5:13 StoragePort takes a whole number from 1 to 65535"),
        (b"6001", b"6001 ; usual", "5:13 StoragePort takes a whole number from 1 to 65535"),
        (b"=300", b"=0", "6:16 CacheFlashWait takes a whole number from 1 to 86400"),
        (b"=300", b"=-300", "6:16 CacheFlashWait takes a whole number from 1 to 86400"),
        (b"=300", b"=5m", "6:16 CacheFlashWait takes a whole number from 1 to 86400"),
        (b"=300", "=３００".encode("cp932"), "6:16 CacheFlashWait takes a whole number from 1 to 86400"),
        (b"=300\r\n", b"=300\r\ncacheflashwait=301\r\n", "7:16 cacheflashwait stands twice"),
        (b"=300\r\n", b"=300\r\n[acstorage]\r\n", "7:1 [AcStorage] stands twice"),
    ],
)
def test_what_is_wrong_is_told_with_line_and_column(old: bytes, new: bytes, told: str) -> None:
    assert problems(GOOD.replace(old, new)) == [told]


def test_r1_07_more_than_one_array_is_refused_with_the_reason() -> None:
    with pytest.raises(InputError, match="links one array"):
        reading(GOOD.replace(b"StorageCount=1", b"StorageCount=10"))


def test_everything_wrong_is_told_at_once() -> None:
    bad = GOOD.replace(b"6001", b"x").replace(b"172.16.1.210", b"y").replace(b"=300", b"=z")
    assert [p.split(" ")[0] for p in problems(bad)] == ["4:11", "5:13", "6:16"]


@pytest.mark.parametrize(
    "content", [b"", b"[Other]\nStorage=1\n", b"Storage=1\n", b"\xff\xff", b"[AcStorage\n[x]\n"[1:]]
)
def test_a_file_without_the_section_says_so(content: bytes) -> None:
    assert problems(content) == ["0:0 there is no section [AcStorage]"]


# Writing


def test_only_the_values_that_differ_are_touched() -> None:
    before = FIXTURE.read_bytes()
    after = written(before, OTHER)
    changed = [(a, b) for a, b in zip(before.split(b"\n"), after.split(b"\n"), strict=True) if a != b]
    assert changed == [
        (b"Storage00=172.16.1.210\r", b"Storage00=192.0.2.99\r"),
        (b"StoragePort=6001\r", b"StoragePort=7001\r"),
        (b"CacheFlashWait=300\r", b"CacheFlashWait=555\r"),
    ]


def test_a_section_that_says_it_already_stays_as_it_is_spelt() -> None:
    spelt = GOOD.replace(b"=6001", b" =  06001  ").replace(
        b"Storage00=172.16.1.210", b"storage00='172.16.1.210'"
    )
    assert written(spelt, SAID) == spelt


def test_r6_46_a_missing_time_is_added_at_the_sections_end() -> None:
    short = GOOD.replace(b"CacheFlashWait=300\r\n", b"") + b"\r\n[Log]\r\nLevel=2\r\n"
    assert written(short, SAID) == GOOD + b"\r\n[Log]\r\nLevel=2\r\n"


def test_r6_48_the_default_time_needs_no_key() -> None:
    short = GOOD.replace(b"CacheFlashWait=300\r\n", b"")
    assert written(short, Storage(True, "172.16.1.210")) == short


def test_a_missing_section_is_added_whole() -> None:
    assert written(b"[Log]\r\nLevel=2", SAID) == b"[Log]\r\nLevel=2\r\n\r\n" + GOOD
    assert written(b"", SAID) == GOOD
    assert written(b"[Log]\nLevel=2\n", SAID).endswith(b"Level=2\n\n" + GOOD.replace(b"\r\n", b"\n"))


@pytest.mark.parametrize("cut", [b"\n", b"\r\n"])
def test_r6_47_a_written_file_ends_with_a_newline(cut: bytes) -> None:
    assert written(GOOD.removesuffix(cut), SAID) == GOOD


def test_values_that_are_no_values_are_set_right() -> None:
    bad = GOOD.replace(b"6001", b"x").replace(b"172.16.1.210", b"").replace(b"=300", b"=z")
    assert written(bad, SAID) == GOOD


@pytest.mark.parametrize("again", [b"storageport=1\r\n", b"[AcStorage]\r\n"])
def test_what_stands_twice_is_not_written_to(again: bytes) -> None:
    with pytest.raises(InputError, match="stands twice"):
        written(GOOD + again, SAID)


# Any file another program may have written

NEWLINES = st.sampled_from([b"\n", b"\r\n"])
SCRIPT = st.text(st.sampled_from("abcソ能表ｱ停電=;[] 0\t"), max_size=12).filter(
    lambda s: "AcStorage" not in s
)
ENCODINGS = st.sampled_from(["cp932", "utf-8", "utf-8-sig"])
STORAGES = st.builds(
    Storage,
    linked=st.booleans(),
    address=st.ip_addresses(v=4).map(str),
    port=st.integers(1, 65535),
    flush_limit_s=st.integers(1, 86400),
)


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Sections, comments and keys in any order and encoding, `[AcStorage]` among them or not."""
    foreign = st.lists(SCRIPT, max_size=5)
    lines = [f"x{line}" if line.lstrip().startswith("[") else line for line in draw(foreign)]
    if draw(st.booleans()):
        keys = draw(st.permutations(["Storage=1", "StorageCount=1", "Storage00=192.0.2.1", "StoragePort=1"]))
        lines += [
            "[AcStorage]",
            *keys,
            *draw(st.lists(st.sampled_from(["; 停電", "", "Other=能", "CacheFlashWait"]))),
        ]
    lines += ["[表]", *draw(foreign)]
    encoding = draw(ENCODINGS)
    parts = [line.encode("utf-8" if encoding == "utf-8-sig" else encoding) + draw(NEWLINES) for line in lines]
    content = (b"\xef\xbb\xbf" if encoding == "utf-8-sig" else b"") + b"".join(parts)
    return content.rstrip(b"\r\n") if draw(st.booleans()) else content


@few(100)
@given(st.binary() | files())
def test_a_file_that_is_only_read_stays_byte_for_byte(content: bytes) -> None:
    assert bytes(Document(content, "config.apc")) == content


@few(100)
@given(files(), STORAGES)
def test_what_is_written_is_read_again_and_nothing_else_is_touched(content: bytes, wanted: Storage) -> None:
    after = written(content, wanted)
    assert reading(after).storage == wanted
    assert written(after, wanted) == after
    assert after.endswith(b"\n")

    def foreign(text: bytes) -> list[bytes]:
        ours = (b"storage", b"cacheflashwait=", b"[acstorage]")
        return [n.rstrip(b"\r") for n in text.split(b"\n") if n.strip() and not n.lower().startswith(ours)]

    assert foreign(after) == foreign(content)


# On disk, and between a site and the file


def test_a_written_file_keeps_its_mode_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "config.apc"
    path.write_bytes(FIXTURE.read_bytes())
    path.chmod(0o640)
    result = teiden("config-apc", "write", VER1, path)
    assert result.exit_code == 0
    assert "+CacheFlashWait=1200" in result.stdout
    assert "R6-44" in result.stdout
    assert reading(path.read_bytes()).storage == Storage(True, "192.0.2.32", 6001, 1200)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["config.apc"]
    again = teiden("config-apc", "write", VER1, path)
    assert (again.exit_code, again.stdout) == (0, f"{path} says what {VER1} says\n")


def test_check_only_compares(tmp_path: Path) -> None:
    path = tmp_path / "config.apc"
    path.write_bytes(GOOD)
    result = teiden("config-apc", "write", VER1, path, "--check")
    assert result.exit_code == 1
    assert "-CacheFlashWait=300" in result.stdout
    assert path.read_bytes() == GOOD


def test_a_file_that_somebody_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "config.apc"
    path.write_bytes(GOOD)
    document = on_disk.load(str(path))
    write(document, OTHER)
    path.write_bytes(GOOD + b"[New]\r\n")
    with pytest.raises(on_disk.ChangedMeanwhile):
        on_disk.save(document, GOOD)
    assert path.read_bytes() == GOOD + b"[New]\r\n"
    assert os.listdir(tmp_path) == ["config.apc"]


def test_what_the_file_says_is_lines_of_a_site_file() -> None:
    result = teiden("config-apc", "read", FIXTURE)
    assert result.exit_code == 0
    text = VER1.read_text(encoding="utf-8")
    lines = result.stdout.replace("your name for it", "")
    before, rest = text.split("linkage:", 1)
    after = rest[rest.index("  controldisk:") :]
    for line in ("product: ver1.02", "  address: 192.0.2.32"):
        assert line in text
    head = before.replace(next(li for li in before.splitlines() if li.startswith("product:")) + "\n", "")
    after = after[: after.index("  linkeddisk:")] + after[after.index("\nserver_defaults") :]
    site = site_from_text(head + lines + after).site
    assert site.linked_arrays[0].address == "172.16.1.210"
    assert (site.linkage.port, site.linkage.flush_limit_s) == (6001, 300)


def test_a_linkage_that_is_off_is_said(tmp_path: Path) -> None:
    path = tmp_path / "config.apc"
    path.write_bytes(b"[AcStorage]\nStorage=0\n")
    assert teiden("config-apc", "read", path).stdout.startswith("# the linkage is switched off")


def test_warnings_of_a_file_go_to_standard_error_with_their_place(tmp_path: Path) -> None:
    path = tmp_path / "config.apc"
    path.write_bytes(GOOD.rstrip())
    result = teiden("config-apc", "read", path)
    assert result.exit_code == 0
    assert f"{path}:6:16: warning: the file does not end with a newline (R6-47)" in result.stderr


SECOND = "disk2: {role: linked, enclosures: {upses: [ups4]}, controllers: {upses: [ups4]}}"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("product: ver1.02 ", "product: ver2.1 ", "product ver2.1 does not read config.apc"),
        ("address: 192.0.2.32", "address: 2001:db8::1", "linkeddisk has no IPv4 address"),
        ("    address: 192.0.2.32\n", "", "linkeddisk has no IPv4 address"),
        ("flush_limit: 1200s", "flush_limit: 1200500ms", "CacheFlashWait takes whole seconds"),
        (
            "server_defaults:",
            f"  {SECOND}\nserver_defaults:",
            "config.apc holds one array, the site links 2 (R1-07)",
        ),
        ("role: linked\n    address", "role: control\n    address", "the site has no linked array"),
    ],
)
def test_a_site_that_the_file_cannot_hold_is_refused(old: str, new: str, told: str) -> None:
    text = VER1.read_text(encoding="utf-8")
    assert old in text
    loaded = site_from_text(text.replace(old, new), "ver1.yaml")
    with pytest.raises(InputError, match=r"^ver1\.yaml:\d+:\d+: error: ") as refused:
        of_site.wanted(loaded.site, loaded.place)
    assert told in str(refused.value)


def test_the_shipped_ver1_site_fits_the_file() -> None:
    loaded = load_site(VER1)
    assert of_site.wanted(loaded.site, loaded.place) == Storage(True, "192.0.2.32", 6001, 1200)


WRONG_FILES = {
    "missing": None,
    "directory": ...,
    "UTF-16": "[AcStorage]".encode("utf-16"),
    "binary": b"\x00\x01",
    "huge": b" " * ((1 << 20) + 1),
}


@pytest.mark.parametrize("what", WRONG_FILES)
@pytest.mark.parametrize("command", [("read",), ("write", str(VER1))])
def test_a_wrong_file_is_named_and_never_a_traceback(
    command: tuple[str, ...], what: str, tmp_path: Path
) -> None:
    path, content = tmp_path / "config.apc", WRONG_FILES[what]
    if content is ...:
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    result = teiden("config-apc", *command, path)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"{path}: error: ")
