"""A process that forks with a connection open keeps it; its child opens its own."""

import os

import pytest
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_child_leaves_the_connection_of_its_parent() -> None:
    connection.ensure_connection()
    before = connection.connection
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(writing, b"own" if connection.connection is None else b"shared")
        os._exit(0)
    os.waitpid(pid, 0)
    assert os.read(reading, 10) == b"own"
    assert connection.connection is before
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
