"""Certificates for the link between the control nodes: a small CA of the site's own, and one for each node.

They are valid from 1970 on: after a long night a node's clock may have fallen back to the beginning of its
time, and that must not part it from its peer (R12-02). They end, and are renewed with the same CA, one
node after the other, while both services run.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from teiden.language.say import t

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

DAYS = 3650
BEGIN = datetime(1970, 1, 1, tzinfo=UTC)
CA, CA_KEY = "ca.pem", "ca.key"
KEY_MODE = 0o600


class NotMade(Exception):
    """Why no certificate was made; nothing has been written over."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a node gets beside the CA."""

    node: str
    certificate: Path
    key: Path
    ends: datetime


def make(site: str, nodes: Iterable[str], folder: Path, *, days: int = DAYS) -> list[Made]:
    """A new CA and a certificate for each node, or NotMade. OSError: the folder cannot be written."""
    nodes = list(nodes)
    if "ca" in nodes:
        raise NotMade(t("a node called ca would get the files of the CA"))
    _refuse_what_is_there(folder, [CA, CA_KEY, *(name for node in nodes for name in _names(node))])
    folder.mkdir(parents=True, exist_ok=True)
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    key = _new_key()
    ca = _signed_ca(site, key, ends)
    _write(folder / CA_KEY, _key_text(key), KEY_MODE)
    _write(folder / CA, _text(ca), 0o644)
    return [_make_node(folder, node, ca, key, ends) for node in nodes]


def renew(nodes: Iterable[str], folder: Path, *, days: int = DAYS) -> list[Made]:
    """New certificates and keys from the CA in the folder, or NotMade; each replaces the old one at once."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        ca = x509.load_pem_x509_certificate((folder / CA).read_bytes())
        key = load_pem_private_key((folder / CA_KEY).read_bytes(), password=None)
    except FileNotFoundError as error:
        raise NotMade(
            t("{path} is not there; without --renew a new CA is made", path=error.filename)
        ) from None
    except (ValueError, TypeError):
        raise NotMade(t("{folder}: the CA in it cannot be read", folder=folder)) from None
    if not isinstance(key, EllipticCurvePrivateKey) or key.public_key() != ca.public_key():
        raise NotMade(t("{folder}: its CA and the CA's key do not belong together", folder=folder))
    ends = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    if ends_of(ca) < datetime.now(UTC):
        raise NotMade(t("the CA has ended; make a new one in another folder, without --renew"))
    return [_make_node(folder, node, ca, key, min(ends, ends_of(ca))) for node in nodes]


def ends(path: Path) -> datetime:
    """When the certificate in a file ends. NotMade: there is none that can be read."""
    from cryptography import x509

    try:
        return ends_of(x509.load_pem_x509_certificate(path.read_bytes()))
    except OSError as error:
        raise NotMade(f"{path}: {error.strerror}") from None
    except ValueError:
        raise NotMade(t("{path}: no certificate", path=path)) from None


def ends_of(certificate: x509.Certificate) -> datetime:
    return certificate.not_valid_after_utc


def _names(node: str) -> tuple[str, str]:
    return f"{node}.pem", f"{node}.key"


def _make_node(
    folder: Path, node: str, ca: x509.Certificate, ca_key: EllipticCurvePrivateKey, ends: datetime
) -> Made:
    certificate, key = (folder / name for name in _names(node))
    made = _new_key()
    _write(key, _key_text(made), KEY_MODE)
    _write(certificate, _text(_signed_node(node, made, ca, ca_key, ends)), 0o644)
    return Made(node, certificate, key, ends)


def _new_key() -> EllipticCurvePrivateKey:
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def _signed_ca(site: str, key: EllipticCurvePrivateKey, ends: datetime) -> x509.Certificate:
    """It may certify nodes, and no further CA."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256

    name = _name(f"Teiden {site}")
    usage = _usage(signs_certificates=True)
    return (
        _builder(name, name, ends)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, SHA256())
    )


def _signed_node(
    node: str,
    key: EllipticCurvePrivateKey,
    ca: x509.Certificate,
    ca_key: EllipticCurvePrivateKey,
    ends: datetime,
) -> x509.Certificate:
    """Its name stands in the SAN; it both listens and calls."""
    from cryptography import x509
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.x509.oid import ExtendedKeyUsageOID as Use

    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_key.public_key())
    return (
        _builder(_name(node), ca.subject, ends)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([Use.SERVER_AUTH, Use.CLIENT_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(node)]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer, critical=False)
        .sign(ca_key, SHA256())
    )


def _builder(subject: x509.Name, issuer: x509.Name, ends: datetime) -> x509.CertificateBuilder:
    from cryptography import x509

    builder = x509.CertificateBuilder(issuer, subject, serial_number=x509.random_serial_number())
    return builder.not_valid_before(BEGIN).not_valid_after(ends)


def _name(words: str) -> x509.Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, words[:64])])


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    from cryptography import x509

    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _text(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _key_text(key: EllipticCurvePrivateKey) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes, mode: int) -> None:
    """Whole or not at all, and never readable for others in between."""
    new = path.with_name(f".{path.name}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _refuse_what_is_there(folder: Path, names: Iterable[str]) -> None:
    there = [str(folder / name) for name in names if os.path.lexists(folder / name)]
    if there:
        paths = ", ".join(there)
        raise NotMade(t("already there: {paths}; nothing was written", paths=paths))
