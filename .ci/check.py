"""Every check that is not a test: all of them run, so that one call shows everything there is to mend."""

import subprocess
import sys

CHECKS = {
    "format": ("-m", "ruff", "format", "--check"),
    "lint": ("-m", "ruff", "check"),
    "types": ("-m", "mypy"),
    "house rules": (".ci/house_rules.py",),
    "requirements": (".ci/requirements_matrix.py", "--check"),
    "reference": (".ci/reference.py", "--check"),
    "notebooks": (".ci/notebooks.py", "--check"),
}


def main(arguments: list[str]) -> int:
    if arguments:
        print("run: check takes no arguments", file=sys.stderr)
        return 2
    failed = []
    for name, line in CHECKS.items():
        print(f"check: {name}", flush=True)
        if subprocess.run([sys.executable, *line]).returncode:
            failed.append(name)
    print(f"check: {'failed: ' + ', '.join(failed) if failed else 'all hold'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
