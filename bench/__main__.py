"""`python -m bench [NAME…]`: each module of measures in turn, in a process of its own; all of them without a name."""

import subprocess
import sys

MODULES = (
    "entry",
    "keyboard",
    "control",
    "faults",
    "localisation",
    "publications",
    "observatory",
    "worlds",
    "campaigns",
    "silence",
    "public",
)


def main(names: list[str]) -> int:
    for name in names or MODULES:
        sys.stderr.write(f"bench.{name}\n")
        done = subprocess.run([sys.executable, "-m", f"bench.{name}"], check=False)  # noqa: S603
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
