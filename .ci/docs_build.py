"""Builds the documents as a site: every warning is an error, every link inside is followed.

    ./run docs               # into build/docs; prints where to begin
    ./run docs --write       # first write anew what is generated: the reference and the requirements

Links to other hosts are not fetched. What is built loads nothing from them either.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "build" / "docs"
GENERATORS = (".ci/reference.py", ".ci/requirements_matrix.py")
SPHINX = ("-m", "sphinx", "-b", "html", "-j", "auto", "-E", "-n", "-q", "-W", "--keep-going")

LOADS = re.compile(
    r"""<(?:script|img|iframe|source|video|link)\b[^>]*?\b(?:src|href)=["'](?:https?:)?//[^"']*|"""
    r"""url\(\s*["']?(?:https?:)?//[^)"']*|@import\s+["'](?:https?:)?//[^"']*""",
    re.IGNORECASE,
)


def build(out: Path = OUT) -> int:
    """Exit code of the build; what it complains about is on the error output.

    Always from nothing: a page that is not read again would not complain again.
    """
    shutil.rmtree(out, ignore_errors=True)
    line = [sys.executable, *SPHINX, str(ROOT / "docs"), str(out)]
    return subprocess.run(line, cwd=ROOT).returncode


def loaded_from_elsewhere(out: Path) -> Iterator[str]:
    """Every script, picture, style and font that a page would fetch from another host."""
    for path in sorted(out.rglob("*")):
        if path.suffix in (".html", ".css"):
            for found in LOADS.finditer(path.read_text(encoding="utf-8")):
                yield f"{path.relative_to(out)}: {found[0]}"


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--write"]):
        print("usage: ./run docs [--write]", file=sys.stderr)
        return 2
    for generator in GENERATORS if arguments else ():
        if code := subprocess.run([sys.executable, generator], cwd=ROOT).returncode:
            return code
    if code := build():
        return code
    foreign = list(loaded_from_elsewhere(OUT))
    print("\n".join(foreign) if foreign else (OUT / "index.html").as_uri())
    return 1 if foreign else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
