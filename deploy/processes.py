"""Several processes as one: honcho's manager, taught to stop calmly and to say why it stopped."""

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from honcho.manager import Manager
from honcho.printer import Printer
from honcho.process import Popen, Process

from deploy.ties import tie_to_parent


class TiedProcess(Process):
    """A process that does not outlive the launcher, and that is started without a shell between."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._child_ctor = partial(Popen, shell=False, preexec_fn=tie_to_parent)

    def run(self, *args: Any, **kwargs: Any) -> None:
        tie_to_parent(9)  # this one only passes output on, and ignores gentler signals
        super().run(*args, **kwargs)


class Processes(Manager):
    """All of them run until one stops or somebody asks (SIGINT, SIGTERM, `fail`); then all are stopped."""

    def __init__(self, commands: Mapping[str, Sequence[str]]) -> None:
        super().__init__(Printer(sys.stdout))
        self._process_ctor = TiedProcess
        self._asked_to_stop = False
        self._at_start: Callable[[], None] = lambda: None
        self._failure = ""
        for name, command in commands.items():
            self.add_process(name, command)

    def on_start(self, act: Callable[[], None]) -> None:
        """`act` is called once, when all of them were forked: only then is it safe to start a thread."""
        self._at_start = act

    def run(self) -> None:
        """Blocks until all have stopped. Leaves none behind, even if following them breaks (a closed terminal)."""
        try:
            self.loop()
        finally:
            for entry in self._processes.values():
                if "process" in entry:
                    entry["process"].kill()  # harmless when it has stopped; what it had started is tied to it

    def fail(self, why: str) -> None:
        """Stops everything because of something that the manager cannot see. May be called from any thread."""
        self._failure = self._failure or why
        self.terminate()

    @property
    def stopping(self) -> bool:
        return self._asked_to_stop

    def pids(self) -> dict[str, int]:
        return {name: entry["pid"] for name, entry in self._processes.items() if "pid" in entry}

    def verdict(self) -> int:
        """The exit code, after saying why everything stopped."""
        if self._failure:
            print(f"Parley is stopped, because {self._failure}", file=sys.stderr)
            return 1
        print("Parley is stopped.")
        return 0

    def terminate(self) -> None:
        if not self._asked_to_stop:
            self._asked_to_stop = True
            self._note_who_stopped()
            print("Parley is stopping ...", flush=True)
        if super()._all_started():
            super().terminate()

    def _note_who_stopped(self) -> None:
        codes = {name: entry.get("returncode") for name, entry in self._processes.items()}
        for name, code in codes.items():
            if code is not None:
                self._failure = (
                    self._failure or f"{name} stopped by itself (exit code {code}); its lines above say why."
                )

    def _all_started(self) -> bool:
        """Asked in every turn of the loop: a wish to stop that came before all had started is granted here."""
        started = bool(super()._all_started())
        if started and self._asked_to_stop:
            super().terminate()
        return started

    def _start(self) -> None:
        super()._start()
        self._at_start()

    def _system_print(self, data: str) -> None:
        """What honcho says about itself is left out; `terminate` and `verdict` say what people need."""
