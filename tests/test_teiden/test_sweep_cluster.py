"""Sweeps on a Dask cluster, on the loopback only: the same bytes as at home, with TLS, and when it dies."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from teiden.sweep.chunk import Chunk, seal
from teiden.sweep.cluster import Tls, address_problem, open_to_all
from teiden.sweep.dispatch import played
from teiden.sweep.engine import Engine
from teiden.sweep.pace import FAR_CHUNK_S, Pace
from teiden.sweep.subject import Varied
from teiden.sweep.template import Template
from teiden.sweep.trouble import CannotGoOn, told
from teiden.sweep.where import Where
from tests.sweep_works import ROOT, WEAK, Numbers

RUNS = 40
LIMIT_S = 120.0
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT)}


def test_addresses_are_checked_before_anybody_is_called() -> None:
    tls = Tls("ca.pem", "cert.pem", "key.pem")
    assert address_problem("tcp://127.0.0.1:8786", None) is None
    assert address_problem("tls://[2001:db8::1]:8786", tls) is None
    for wrong in ("tcp://host", "http://host:80", "tcp://host:port", "tcp://:8786", "tls://a b:1"):
        assert address_problem(wrong, tls) is not None


def test_plain_tcp_is_fine_on_this_machine_only() -> None:
    assert not any(
        map(open_to_all, ("tcp://127.0.0.1:1", "tcp://localhost:1", "tcp://[::1]:1", "tls://far:1"))
    )
    assert open_to_all("tcp://scheduler:8786")
    assert open_to_all("tcp://localhost.example.org:8786")


# Real clusters


@pytest.fixture(scope="module")
def weak(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stories") / "weak.yaml"
    path.write_text(WEAK, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def subject(weak: Path) -> Varied:
    return Varied(Template.load(weak), str(weak), seed=7, runs=RUNS)


@pytest.fixture(scope="module")
def at_home(subject: Varied) -> bytes:
    return lines(Where(workers=1).plays(subject.work, range(RUNS)))


def lines(chunks: Iterator[Chunk]) -> bytes:
    return b"".join(chunk.lines for chunk in chunks)


def until(true: Callable[[], bool]) -> None:
    """Real processes take real time."""
    end_s = time.monotonic() + LIMIT_S
    while not true():
        assert time.monotonic() < end_s
        time.sleep(0.05)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def dask(kind: str, *args: object) -> Iterator[subprocess.Popen[bytes]]:
    """`dask scheduler` or `dask worker`, without its dashboard, quiet, gone at the end."""
    command = [sys.executable, "-m", "distributed.cli.dask_" + kind, *map(str, args), "--no-dashboard"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=ENVIRONMENT, cwd=ROOT, **quiet) as process:  # type: ignore[call-overload]
        try:
            yield process
        finally:
            process.terminate()
            process.wait(timeout=LIMIT_S)


@contextmanager
def cluster_of(
    *options: object, scheme: str = "tcp", workers: int = 2
) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    port = free_port()
    address = f"{scheme}://127.0.0.1:{port}"
    near = ("--host", f"{scheme}://127.0.0.1", *options)
    with dask("scheduler", *near, "--port", port) as scheduler:
        until(lambda: answers(port))
        with dask("worker", address, *near, "--nworkers", workers, "--nthreads", 1):
            yield address, scheduler


def swept(weak: Path, out: Path, address: str, *options: object) -> subprocess.CompletedProcess[str]:
    """The command itself; it is told again while no worker has come yet."""
    base = [sys.executable, "-m", "teiden", "sweep", weak, "-o", out, "--runs", RUNS, "--seed", 7]
    command = [*map(str, base), "--scheduler", address, *map(str, options), "--json"]
    while True:
        done = subprocess.run(
            command, env=ENVIRONMENT, cwd=ROOT, capture_output=True, text=True, timeout=LIMIT_S
        )
        if "has no workers" not in done.stderr:
            return done


@pytest.mark.long
def test_a_local_cluster_gives_the_same_bytes(subject: Varied, at_home: bytes) -> None:
    distributed = pytest.importorskip("distributed")
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=2,
            host="127.0.0.1",
            dashboard_address="127.0.0.1:0",
            silence_logs=50,
        ) as local,
        distributed.Client(local, set_as_default=False) as client,
    ):
        engine = Engine(client.get_executor(pure=False), lambda: 2, FAR_CHUNK_S)
        assert lines(played(engine, seal(subject.work), range(RUNS), Pace(FAR_CHUNK_S))) == at_home


@pytest.mark.long
def test_a_scheduler_and_workers_of_their_own_give_the_same_bytes(
    weak: Path, at_home: bytes, tmp_path: Path
) -> None:
    pytest.importorskip("distributed")
    with cluster_of() as (address, _):
        done = swept(weak, tmp_path / "out", address)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert (tmp_path / "out" / "runs.jsonl").read_bytes() == at_home
    assert json.loads(done.stdout)["runs"]["n"] == RUNS


@pytest.mark.long
def test_a_scheduler_that_dies_ends_the_sweep_in_words(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with cluster_of() as (address, scheduler):
        chunks = _begun(Where(scheduler=address))
        scheduler.kill()
        with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is, it is told in words
            list(chunks)
    assert told(raised.value) is not None


def _begun(where: Where) -> Iterator[Chunk]:
    """Far more runs than will be played; the first of the cluster's own are back."""
    while True:
        chunks = where.plays(Numbers(), range(100_000_000))
        with suppress(CannotGoOn):  # there are no workers yet
            for _ in range(5):
                next(chunks)
            return chunks


# TLS


def openssl(*args: object) -> None:
    subprocess.run(["openssl", *map(str, args)], check=True, capture_output=True, timeout=LIMIT_S)


def signed(folder: Path, name: str) -> tuple[Path, Path]:
    """A key and a certificate by the CA in this folder, as `docs/howto/sweeps.md` makes them."""
    key, request, cert = (folder / f"{name}.{kind}" for kind in ("key", "csr", "crt"))
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", request, "-subj", f"/CN={name}")
    ca = "-CA", folder / "ca.crt", "-CAkey", folder / "ca.key", "-CAcreateserial"
    openssl("x509", "-req", "-in", request, *ca, "-days", 30, "-out", cert)
    return key, cert


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Two CAs that know nothing of each other, each with a node and a client."""
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl here")
    found = {}
    for ca in ("ours", "theirs"):
        folder = found[ca] = tmp_path_factory.mktemp(ca)
        made = "-keyout", folder / "ca.key", "-out", folder / "ca.crt"
        openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", *made, "-days", 30, "-subj", f"/CN={ca}")
        for name in ("node", "me"):
            signed(folder, name)
    return found


def options(folder: Path, name: str, ca: str, cert: str, key: str) -> tuple[object, ...]:
    return ca, folder / "ca.crt", cert, folder / f"{name}.crt", key, folder / f"{name}.key"


@pytest.mark.long
def test_with_tls_only_who_has_a_certificate_of_the_ca_is_served(
    weak: Path, at_home: bytes, authorities: dict[str, Path], tmp_path: Path
) -> None:
    pytest.importorskip("distributed")
    ours, theirs = authorities["ours"], authorities["theirs"]
    nodes = options(ours, "node", "--tls-ca-file", "--tls-cert", "--tls-key")
    with cluster_of(*nodes, scheme="tls", workers=1) as (address, _):
        mine = options(ours, "me", "--tls-ca", "--tls-cert", "--tls-key")
        done = swept(weak, tmp_path / "out", address, *mine)
        assert (done.returncode, "warning" in done.stderr) == (1, False)
        assert (tmp_path / "out" / "runs.jsonl").read_bytes() == at_home
        strange = options(theirs, "me", "--tls-ca", "--tls-cert", "--tls-key")
        refused = swept(weak, tmp_path / "refused", address, *strange)
        plain = swept(weak, tmp_path / "plain", address.replace("tls:", "tcp:"))
    for done in (refused, plain):
        assert done.returncode == 3
        assert "no scheduler answers within 10 s" in done.stderr
        assert "Traceback" not in done.stderr
        assert not (tmp_path / "plain" / "runs.jsonl").exists() or not _size(tmp_path / "plain")


def _size(out: Path) -> int:
    return (out / "runs.jsonl").stat().st_size
