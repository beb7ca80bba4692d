"""Querysets compiled once: most of the time of a small read by primary key goes into writing its SQL again."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models.query import get_related_populators

M = TypeVar("M", bound=models.Model)
# Stand for the parameters while the queryset is compiled: within the range of every integer column, and no constant.
_MARKS = (31_991, 31_993, 31_997)
_PLACES = {mark: place for place, number in enumerate(_MARKS) for mark in (number, str(number))}


class Prepared(Generic[M]):
    """A queryset with up to three parameters, run as often as one likes.

    `build` makes the queryset from as many values as `run` will be given, integers or texts as their columns are, each
    used once or more in its filters; its SQL must not depend on them. Related rows named by `select_related` come
    along, as well as annotations. It leans on what Django keeps for itself: tests/lib/test_prepared_reads.py holds
    every prepared read of the product against its queryset, and is the place to look at after an upgrade.
    """

    def __init__(self, build: Callable[..., "models.QuerySet[M]"]) -> None:
        self._build = build

    def run(self, *parameters: int | str) -> list[M]:
        """The rows for these parameters, in the queryset's order."""
        # Kept by the connection, which each thread has of its own, and gone with it.
        kept = vars(connections[DEFAULT_DB_ALIAS]).setdefault("prepared_reads", {})
        read = kept.get(self)
        if read is None:
            read = kept[self] = _Read(self.queryset(*_MARKS[: len(parameters)]))
        rows: list[M] = read.rows(parameters)
        return rows

    def first(self, *parameters: int | str) -> M | None:
        return next(iter(self.run(*parameters)), None)

    def queryset(self, *parameters: int | str) -> "models.QuerySet[M]":
        """The same read as Django makes it."""
        return self._build(*parameters)


class _Read:
    """What Django's own iteration works out again at each run, kept (after `ModelIterable`)."""

    def __init__(self, queryset: "models.QuerySet[Any]") -> None:
        self._compiler = queryset.query.get_compiler(queryset.db)
        self._sql, compiled = self._compiler.as_sql()
        self._places = [_PLACES.get(value) for value in compiled]
        self._constants = compiled
        select, info = self._compiler.select, self._compiler.klass_info
        self._model = info["model"]
        self._start, self._end = info["select_fields"][0], info["select_fields"][-1] + 1
        self._names = [column[0].target.attname for column in select[self._start : self._end]]
        self._related = get_related_populators(info, select, queryset.db)  # type: ignore[call-arg]  # stubs of a later Django
        self._annotations = self._compiler.annotation_col_map or {}
        self._converters = self._compiler.get_converters([column[0] for column in select])
        self._alias = queryset.db

    def rows(self, parameters: tuple[int | str, ...]) -> list[Any]:
        bound = [
            constant if place is None else parameters[place]
            for place, constant in zip(self._places, self._constants, strict=True)
        ]
        with connections[self._alias].cursor() as cursor:
            cursor.execute(self._sql, bound)
            rows = cursor.fetchall()
        return [self._instance(row) for row in self._compiler.apply_converters(rows, self._converters)]

    def _instance(self, row: Any) -> Any:
        instance = self._model.from_db(self._alias, self._names, row[self._start : self._end])
        for populator in self._related:
            populator.populate(row, instance)
        for name, position in self._annotations.items():
            setattr(instance, name, row[position])
        return instance
