"""One piece of work in a process of its own: ``python run.py MODULE FOLDER [JOB]``.

Prints seconds of user and of system CPU and of the clock, of the work alone, and the greatest memory of the process in
MB. Without JOB it prints the names of the work; ``prepare`` prepares.
"""

from __future__ import annotations

import importlib
import resource
import sys
import time
from pathlib import Path


def main() -> None:
    """Run what the command line names."""
    # next to this file lie modules called like the packages that they try
    sys.path[0] = str(Path(__file__).resolve().parents[1])
    module = importlib.import_module(f"measures.{sys.argv[1]}")
    folder = Path(sys.argv[2])
    wanted = sys.argv[3] if len(sys.argv) > 3 else ""
    if wanted == "prepare":
        if hasattr(module, "prepare"):
            module.prepare(folder)
        return
    jobs = module.jobs(folder)
    if not wanted:
        print("\n".join(jobs))
        return
    before, clock = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    result = jobs[wanted]()
    clock = time.perf_counter() - clock
    after = resource.getrusage(resource.RUSAGE_SELF)
    assert result is not None
    print(after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime, clock, after.ru_maxrss // 1024)


if __name__ == "__main__":
    main()
