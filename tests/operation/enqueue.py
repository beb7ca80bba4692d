"""Hands `tasks.work` to the workers, from a process of its own."""

import sys

import django

from tests.operation.tasks import work

if __name__ == "__main__":
    django.setup()
    work.enqueue(sys.argv[1], float(sys.argv[2]))
