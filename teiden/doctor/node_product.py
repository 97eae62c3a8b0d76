"""Checks of the reference product, if it stands beside us: its version, where it asks (R5-04 to R5-10)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from realtime.product_info import pack_version, version_txt
from realtime.program_output import text_of
from teiden.doctor.context import Context
from teiden.doctor.finding import Found, Rows, fail, ok, warn
from teiden.doctor.registry import Kind, check
from teiden.language.say import t
from teiden.products import PRODUCTS

MODEL, VERSION = "UL1282-201", "2.10"
"""What `Version.txt` of Ver.2.1 says (R5-04)."""
CONFIG = "ac_pvm.exe.config"
LINUX = Path("/usr/local/AUTORC")
MOST_BYTES = 1024 * 1024


def folder_of(ctx: Context) -> Path | None:
    """Where it is installed, or None: nothing of it is here (R5-09)."""
    told = ctx.machine.product or LINUX
    if os.name == "nt":
        told = ctx.machine.product or Path(os.path.expandvars(PRODUCTS[ctx.site.product].folder))
    return told if told.is_dir() else None


@check(
    "node.product",
    Kind.NODE,
    "its version",
    why="""
    Where the reference product stands beside this service, every control node must have its version with
    all updates: UL1282-201, 2.10 (R5-02, R5-04, R5-10).
    """,
)
async def product(ctx: Context, name: str) -> Rows:
    folder = folder_of(ctx)
    if folder is None or ctx.site.product != "ver2.1":
        return
    told = list(_versions(folder))
    for found in told:
        yield found
    if not told:
        yield warn(
            t("{folder} is there, and no Version.txt or .reginfo in it", folder=folder),
            t("install the product anew with its updates, or remove what is left of it"),
        )


def _versions(folder: Path) -> Iterator[Found]:
    for path in sorted([*folder.glob("**/Version.txt"), *folder.glob("**/.reginfo_*.ini")]):
        content = _read(path)
        info = version_txt(content) if path.name == "Version.txt" else None
        model, version = (info.model, info.version) if info else (MODEL, pack_version(content))
        if (model, version) == (MODEL, VERSION):
            yield ok(t("{path}: {model} {version}", path=path.name, model=model, version=version))
        else:
            yield fail(
                t(
                    "{path}: {model} {version}",
                    path=path.name,
                    model=model,
                    version=version or t("no version"),
                ),
                t(
                    "install {model} {version} with its updates on every control node",
                    model=MODEL,
                    version=VERSION,
                ),
            )


@check(
    "node.product_asks",
    Kind.NODE,
    "asks SSC at",
    why="""
    The product's program asks SigmaSystemCenter where its configuration says. With localhost there it
    works on one node, until the first failover: on all nodes it must say the floating IP (R5-06).
    """,
)
async def asks(ctx: Context, name: str) -> Rows:
    folder, where = folder_of(ctx), ctx.site.cluster.floating_ip
    for path in sorted(folder.glob(f"**/{CONFIG}")) if folder is not None else ():
        text = text_of(_read(path)).lower()
        if "localhost" in text or "127.0.0.1" in text:
            yield fail(
                t("{path} says localhost", path=path),
                t("write the floating IP in its place, on every control node: {ip}", ip=where or "..."),
            )
        elif where and where not in text:
            yield warn(
                t("{path} does not name {ip}", path=path, ip=where), t("look where it asks SigmaSystemCenter")
            )
        else:
            yield ok(where)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES)
    except OSError:
        return b""
