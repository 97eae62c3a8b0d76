"""`teiden certificates`: a small CA and a certificate for each node, written over by nobody (SEC-19)."""

from __future__ import annotations

import builtins
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from cryptography import x509

from teiden import certificates
from teiden.certificates import NotMade
from teiden.cli import main

SITE = Path(__file__).parents[2] / "scenarios" / "sites" / "reference.yaml"


def teiden(*args: object) -> Result:
    result = CliRunner().invoke(main, ["certificates", str(SITE), *(str(arg) for arg in args)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def read(path: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate(path.read_bytes())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "certificates"


def test_each_node_gets_a_certificate_in_its_name_and_a_key_for_itself(folder: Path) -> None:
    result = teiden("--out", folder)
    assert result.exit_code == 0, result.output
    names = {path.name for path in folder.iterdir()}
    nodes = {f"{node}.{kind}" for node in ("control1", "control2") for kind in ("pem", "key")}
    assert names == {"ca.pem", "ca.key", *nodes}
    assert {stat.S_IMODE((folder / n).stat().st_mode) for n in names if n.endswith(".key")} == {0o600}
    ca, node = read(folder / "ca.pem"), read(folder / "control1.pem")
    node.verify_directly_issued_by(ca)
    san = node.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert san.get_values_for_type(x509.DNSName) == ["control1"]
    assert f"control1  {folder / 'ca.pem'}, {folder / 'control1.pem'}" in result.stdout
    assert f"Keep {folder / 'ca.key'} away from the nodes" in result.stdout


def test_r12_02_a_clock_that_fell_back_to_its_beginning_parts_nobody(folder: Path) -> None:
    """A node whose clock shows 1970 or 2000 after a long night still takes its peer's certificate."""
    certificates.make("reference", ["control1"], folder, days=30)
    for name in ("ca.pem", "control1.pem"):
        assert read(folder / name).not_valid_before_utc == datetime(1970, 1, 1, tzinfo=UTC)
        left = certificates.ends(folder / name) - datetime.now(UTC)
        assert timedelta(days=29) < left <= timedelta(days=30)


def test_nothing_is_written_over(folder: Path) -> None:
    folder.mkdir()
    (folder / "control2.key").write_text("mine")
    result = teiden("--out", folder)
    assert result.exit_code == 3
    assert "control2.key; nothing was written" in result.stderr
    assert [path.name for path in folder.iterdir()] == ["control2.key"]
    assert (folder / "control2.key").read_text() == "mine"


def test_renewed_certificates_are_new_and_from_the_same_ca(folder: Path) -> None:
    assert teiden("--out", folder).exit_code == 0
    ca, old = (folder / "ca.pem").read_bytes(), (folder / "control1.key").read_bytes()
    assert teiden("--out", folder, "--renew", "--days", 100_000).exit_code == 2
    result = teiden("--out", folder, "--renew", "--days", 36500)
    assert result.exit_code == 0, result.output
    assert (folder / "ca.pem").read_bytes() == ca
    assert (folder / "control1.key").read_bytes() != old
    read(folder / "control1.pem").verify_directly_issued_by(read(folder / "ca.pem"))
    assert certificates.ends(folder / "control1.pem") == certificates.ends(folder / "ca.pem"), (
        "no longer than the CA"
    )
    assert stat.S_IMODE((folder / "control1.key").stat().st_mode) == 0o600
    assert not list(folder.glob(".*"))


def test_without_the_ca_there_is_nothing_to_renew_from(folder: Path) -> None:
    result = teiden("--out", folder, "--renew")
    assert result.exit_code == 3
    assert "ca.pem is not there; without --renew a new CA is made" in result.stderr


def test_a_ca_that_is_none_or_another_ones_is_told(folder: Path, tmp_path: Path) -> None:
    certificates.make("reference", ["control1"], folder)
    certificates.make("other", ["control1"], tmp_path / "other")
    (folder / "ca.key").write_bytes((tmp_path / "other" / "ca.key").read_bytes())
    with pytest.raises(NotMade, match="do not belong together"):
        certificates.renew(["control1"], folder)
    (folder / "ca.pem").write_text("no certificate")
    with pytest.raises(NotMade, match="cannot be read"):
        certificates.renew(["control1"], folder)
    with pytest.raises(NotMade, match="no certificate"):
        certificates.ends(folder / "ca.pem")


def test_a_ca_that_has_ended_renews_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificates.make("reference", ["control1"], folder, days=1)

    class Later(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(days=2)

    monkeypatch.setattr(certificates, "datetime", Later)
    with pytest.raises(NotMade, match="the CA has ended"):
        certificates.renew(["control1"], folder)


def test_a_node_that_is_called_like_the_ca_is_refused(folder: Path) -> None:
    with pytest.raises(NotMade, match="a node called ca"):
        certificates.make("reference", ["ca"], folder)


def test_a_folder_that_cannot_be_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = teiden("--out", tmp_path / "file" / "certificates")
    assert result.exit_code == 3
    assert "Not a directory" in result.stderr


def test_without_the_package_it_says_what_to_install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("cryptography"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    result = teiden("--out", folder)
    assert result.exit_code == 3
    assert 'pip install "teiden[live]"' in result.stderr
