"""Runs the mutants of every module, or of those that an argument names, and writes docs/performance/mutants.md."""

import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.mutants.targets import EQUIVALENT, TARGETS, Target

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "performance" / "mutants.md"
KEPT = ROOT / "var" / "mutants"
ASKED = 0.95


def run(target: Target) -> dict[str, object]:
    """What `running` answers for one module, in a process that has imported nothing of the product."""
    KEPT.mkdir(parents=True, exist_ok=True)
    out = KEPT / f"{target.module}.json"
    with tempfile.TemporaryFile() as said:
        command = [sys.executable, "-m", "tests.mutants.running", target.module, str(out), target.how, *target.tests]
        # The examples of hypothesis are always the same: a verdict must not depend on a draw.
        ended = subprocess.run(command, cwd=ROOT, env={**os.environ, "CI": "1"}, stdout=said, stderr=said, check=False)
        if ended.returncode:
            said.seek(0)
            raise SystemExit(f"{target.module}\n{said.read().decode()[-4000:]}")
    answer: dict[str, object] = json.loads(out.read_text("utf-8"))
    return answer


def page(answers: dict[str, dict]) -> str:
    """The page: killed and survived by module, then each survivor."""
    lines = [
        "# Mutants",
        "",
        "Small faults put one at a time where a fault costs most (`make mutants`, "
        "[why and how](../decisions/2026-11-30-mutants.md)). A mutant",
        "is killed when a test of its module fails. Equivalent ones change nothing that anybody can see; each has its "
        "reason in",
        "`tests/mutants/targets.py` and is not counted.",
        "",
        "| what is decided | module | mutants | killed | survived | % | tests |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    survivors, totals = [], Counter[str]()
    for target in TARGETS:
        answer = answers.get(target.module)
        if answer is None:
            continue
        judged = [one for one in answer["mutants"] if (target.module, one["told"]) not in EQUIVALENT]
        killed = sum(one["killed"] for one in judged)
        totals.update(mutants=len(judged), killed=killed)
        lines.append(
            f"| {target.theme} | `{target.module}` | {len(judged)} | {killed} | {len(judged) - killed} "
            f"| {100 * killed / len(judged):.1f} | {answer['tests']} |"
        )
        survivors += [
            f"- `{target.module}`, line {one['line']}: `{one['told']}`" for one in judged if not one["killed"]
        ]
    share = 100 * totals["killed"] / totals["mutants"]
    lines += [
        f"| | **all** | **{totals['mutants']}** | **{totals['killed']}** "
        f"| **{totals['mutants'] - totals['killed']}** | **{share:.1f}** | |",
        "",
    ]
    if waiting := [f"`{target.module}`" for target in TARGETS if target.module not in answers]:
        lines += ["Not run yet: " + ", ".join(waiting) + ".", ""]
    if survivors:
        lines += ["## Survivors", "", *survivors, ""]
    return "\n".join(lines)


def main(names: list[str]) -> None:
    chosen = [target for target in TARGETS if not names or any(name in target.module for name in names)]
    for target in chosen:
        answer = run(target)
        mutants = answer["mutants"]
        gone = {told for module, told in EQUIVALENT if module == target.module} - {one["told"] for one in mutants}
        if gone:
            raise SystemExit(f"{target.module}: said to change nothing, and no longer in the code: {gone}")
        killed = sum(one["killed"] for one in mutants)
        print(f"{target.theme:9} {target.module:45} {killed}/{len(mutants)}", flush=True)
        for one in mutants:
            if not one["killed"]:
                reason = EQUIVALENT.get((target.module, one["told"]), "SURVIVED")
                print(f"    line {one['line']}: {one['told']} ({reason})")
    answers = {
        target.module: json.loads((KEPT / f"{target.module}.json").read_text("utf-8"))
        for target in TARGETS
        if (KEPT / f"{target.module}.json").exists()
    }
    PAGE.write_text(page(answers), encoding="utf-8")
    judged = [one["killed"] for m, a in answers.items() for one in a["mutants"] if (m, one["told"]) not in EQUIVALENT]
    if sum(judged) < ASKED * len(judged):
        raise SystemExit(f"under {ASKED:.0%} killed")


if __name__ == "__main__":
    main(sys.argv[1:])
