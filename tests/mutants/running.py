"""One module's mutants against its tests, in one process: `python -m tests.mutants.running MODULE OUT HOW TEST…`.

The tests run once, and each tells which functions of the module it calls. Then each mutant is a fork of this process
in which one function has other code, and the tests that call it run until one fails. What stands outside functions
(tables, constants, defaults) is read at import: such a mutant has a fork of its own that imports it before all else.
So have all those of a module whose tests start threads (Polars), which a fork does not have.
"""

import ast
import functools
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import select
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, FunctionType, ModuleType

import pytest
from _pytest.runner import runtestprotocol

from tests.mutants.operators import Mutant, mutants_of

_UNUSED = ("cacheprovider", "xdist", "schemathesis", "playwright", "anyio")
_OPTIONS = ["-q", "-x", "--no-migrations", "-m", "not browser and not slow"]
_OPTIONS += [option for plugin in _UNUSED for option in ("-p", f"no:{plugin}")]
_SURVIVED, _KILLED, _BROKEN = 0, 1, 3
# A mutant that never ends is one that the tests notice; a busy machine is slow too.
_LEAST_PATIENCE = 60.0
_PATIENCE = 20

Verdicts = dict[int, bool]


class ForkedMutants:
    """The plugin that stands in for the loop of tests: once as it is, then once a mutant, in a fork."""

    def __init__(self, path: Path, mutants: Sequence[Mutant]) -> None:
        self.path = str(path)
        self.mutants = mutants
        self.killed: Verdicts = {}
        self.seconds = 0.0
        self.tests = 0

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        if session.testsfailed:
            raise session.Failed("the tests cannot be collected")
        started = time.monotonic()
        called = {item.nodeid: self._calls_of(item, session) for item in session.items}
        self.seconds, self.tests = time.monotonic() - started, len(session.items)
        # A fork in which nothing changed must pass, or verdicts would be those of the fork (threads do not survive it).
        if self.mutants and _in_fork(lambda: self._is_noticed(None, session.items, session), self._patience):
            print("these tests do not run in a fork", file=sys.__stderr__)
            raise session.Failed("these tests do not run in a fork")
        for index, mutant in enumerate(self.mutants):
            if not mutant.scope:
                continue
            concerned = [item for item in session.items if mutant.scope in called[item.nodeid]]
            self.killed[index] = bool(concerned) and _in_fork(
                functools.partial(self._is_noticed, mutant, concerned, session), self._patience
            )
        return True

    @property
    def _patience(self) -> float:
        return max(_LEAST_PATIENCE, _PATIENCE * self.seconds)

    def _calls_of(self, item: pytest.Item, session: pytest.Session) -> set[str]:
        """The functions of the module that the test calls, its fixtures included; the test must pass."""
        called: set[str] = set()

        def notice(frame: FrameType, event: str, _: object) -> None:
            if event == "call" and frame.f_code.co_filename == self.path:
                called.add(frame.f_code.co_qualname.partition(".<locals>")[0])

        sys.setprofile(notice)
        try:
            reports = runtestprotocol(item, nextitem=session, log=False)  # type: ignore[arg-type]
        finally:
            sys.setprofile(None)
        for report in reports:
            if report.failed:
                raise session.Failed(f"{item.nodeid} fails without any mutant:\n{report.longreprtext}")
        return called

    def _is_noticed(self, mutant: Mutant | None, items: Sequence[pytest.Item], session: pytest.Session) -> bool:
        if mutant:
            _give_other_code(self.path, mutant)
        for i, item in enumerate(items):
            following = items[i + 1] if i + 1 < len(items) else session
            reports = runtestprotocol(item, nextitem=following, log=False)  # type: ignore[arg-type]
            if any(report.failed for report in reports):
                return True
        return False


def _give_other_code(path: str, mutant: Mutant) -> None:
    """Every living function of that name in the module gets the mutant's code; what was kept of it is forgotten."""
    name, mutated = mutant.scope, _codes(compile(mutant.tree, path, "exec"))
    other = {code.co_firstlineno: code for code in mutated if code.co_qualname == name}
    changed = 0
    gc.unfreeze()  # conftest hides what is imported from the collector, which is what finds functions here
    for thing in gc.get_objects():
        # `isinstance` would wake what is lazy.
        if type(thing) is FunctionType and thing.__code__.co_filename == path:
            code = thing.__code__
            if code.co_qualname == name and code.co_firstlineno in other:
                thing.__code__ = other[code.co_firstlineno]
                changed += 1
    if not changed:
        raise LookupError(f"{name} is not found in memory")
    for thing in gc.get_objects():
        if type(thing) is functools._lru_cache_wrapper and thing.__module__.startswith("senacs"):
            thing.cache_clear()


def _codes(code: CodeType) -> Iterator[CodeType]:
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


class _MutatedLoader(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports one module from a mutant's tree."""

    def __init__(self, name: str, path: Path, tree: ast.Module) -> None:
        self.name, self.path, self.tree = name, path, tree

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(fullname, self.path, loader=self)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.tree, str(self.path), "exec"), module.__dict__)  # noqa: S102 - our own code, one fault in it


def _is_noticed_at_import(name: str, path: Path, mutant: Mutant, tests: Sequence[str]) -> bool:
    sys.meta_path.insert(0, _MutatedLoader(name, path, mutant.tree))
    try:
        return pytest.main([*_OPTIONS, *tests]) != pytest.ExitCode.OK
    except Exception:  # noqa: BLE001 (whatever an import may raise; without any mutant there was none, see `run`)
        return True


def _in_fork(act: Callable[[], bool], patience: float) -> bool:
    """What `act` gives in a child of this process; True for one that dies or does not end; ours are raised."""
    sys.stdout.flush()
    sys.stderr.flush()
    child = os.fork()
    if not child:
        code = _BROKEN
        try:
            silence = os.open(os.devnull, os.O_WRONLY)
            os.dup2(silence, 1)
            os.dup2(silence, 2)
            code = _KILLED if act() else _SURVIVED
        finally:
            os._exit(code)
    handle = os.pidfd_open(child)
    try:
        if not select.select([handle], [], [], patience)[0]:
            os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    finally:
        os.close(handle)
    code = os.waitstatus_to_exitcode(status)
    if code == _BROKEN:
        raise RuntimeError("the child of a mutant failed outside any test")
    return code != _SURVIVED


def run(name: str, tests: Sequence[str], *, starts_threads: bool) -> dict[str, object]:
    """The verdict on each mutant of the module `name`, and what its tests cost."""
    path = Path(*name.split(".")).with_suffix(".py").absolute()
    mutants = list(mutants_of(path.read_text("utf-8")))
    # First those of the import: this process has imported nothing of the product yet, only what it stands on.
    for stands_on in ("django.test", "polars", "narwhals"):
        importlib.import_module(stands_on)
    patience = _LEAST_PATIENCE * 5
    unchanged = Mutant("", 0, "", "", ast.parse(path.read_text("utf-8")))
    if _in_fork(functools.partial(_is_noticed_at_import, name, path, unchanged, tests), patience):
        raise SystemExit("these tests fail without any mutant")
    at_import = {index: mutant for index, mutant in enumerate(mutants) if starts_threads or not mutant.scope}
    killed = {
        index: _in_fork(functools.partial(_is_noticed_at_import, name, path, mutant, tests), patience)
        for index, mutant in at_import.items()
    }
    plugin = ForkedMutants(path, [] if starts_threads else mutants)
    code = pytest.main([*_OPTIONS, *tests], plugins=[plugin])
    if code != pytest.ExitCode.OK:
        raise SystemExit(int(code))
    killed |= plugin.killed
    return {
        "tests": plugin.tests,
        "seconds": round(plugin.seconds, 1),
        "mutants": [
            {"scope": mutant.scope, "line": mutant.line, "told": mutant.told, "killed": killed[index]}
            for index, mutant in enumerate(mutants)
        ],
    }


if __name__ == "__main__":
    _module, _out, _how, *_tests = sys.argv[1:]
    answer = run(_module, _tests, starts_threads=_how == "import")
    Path(_out).write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
