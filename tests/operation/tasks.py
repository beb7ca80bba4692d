"""A task that says in a file when it begins and ends: what the tests of the worker's death watch."""

import os
import time
from pathlib import Path

from django_tasks import task


@task()
def work(journal: str, seconds: float) -> None:
    with Path(journal).open("a", encoding="utf-8") as file:
        file.write(f"begin {os.getpid()}\n")
    time.sleep(seconds)
    with Path(journal).open("a", encoding="utf-8") as file:
        file.write("end\n")
