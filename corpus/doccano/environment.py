"""The software of a local Doccano server: its own virtual environment and an empty, migrated database.

Doccano cannot live beside Minber: it needs Python 3.9 to 3.11 and pandas 1.5. Both parts are made once, in Minber's
cache folder, and are used by every server on this machine.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from schemas.errors import MinberError

VERSION = "1.8.4"
"""The Doccano that is installed: the newest one published as a Python package."""

PINS = (f"doccano=={VERSION}", "marshmallow<4", "numpy<2", "setuptools<81")
"""marshmallow 4 breaks its environs 9, numpy 2 its pandas 1.5; its gunicorn 20 needs pkg_resources."""

POSTGRES_DRIVER = "psycopg2-binary>=2.9,<2.10"
"""What Doccano needs beyond its own dependencies where its database is PostgreSQL."""

Say = Callable[[str], None]


def cache_folder() -> Path:
    """Minber's cache folder: ``MINBER_CACHE``, else ``minber`` in the user's cache folder.

    Returns:
        an absolute path, which may not exist yet.
    """
    if own := os.environ.get("MINBER_CACHE"):
        return Path(own).expanduser().absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "minber"


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a file lock: whoever comes second waits. A process that dies lets go of it.

    Parameters:
        path: the lock file; its folder is made.
    """
    import fcntl  # not on Windows, where push and pull work but no local server does

    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:  # not inherited by child processes, so a server left running does not hold it
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def server_python() -> Path:
    """Find a Python that Doccano runs on: 3.11, 3.10 or 3.9.

    ``MINBER_DOCCANO_PYTHON`` is tried first, then the Python under Minber, the search path, and the folders of pyenv
    and uv. Each is run, since a name on the path may be only a shim.

    Returns:
        path of the interpreter.

    Raises:
        MinberError: MB420 none found.
    """
    home = Path.home()
    names = [os.environ.get("MINBER_DOCCANO_PYTHON") or "", getattr(sys, "_base_executable", sys.executable)]
    for minor in ("3.11", "3.10", "3.9"):
        names.append(f"python{minor}")
        names += [f"{folder}/python{minor}" for folder in ("/usr/bin", "/usr/local/bin", "/opt/homebrew/bin")]
        pyenv = Path(os.environ.get("PYENV_ROOT") or home / ".pyenv") / "versions"
        for folder in (pyenv, home / ".local/share/uv/python"):
            names += sorted((str(path) for path in folder.glob(f"*{minor}*/bin/python{minor}")), reverse=True)
    for name in dict.fromkeys(name for name in [*names, "python3"] if name):
        path = shutil.which(name)
        if path and _python_version(Path(path)) in ((3, 11), (3, 10), (3, 9)):
            return Path(path)
    raise MinberError("MB420")


def _python_version(path: Path) -> tuple[int, int] | None:
    program = "import sys; print(*sys.version_info[:2])"
    try:
        answer = subprocess.run(  # noqa: S603
            [path, "-I", "-c", program], capture_output=True, text=True, timeout=20, check=True
        )
        major, minor = answer.stdout.split()
        return int(major), int(minor)
    except (OSError, subprocess.SubprocessError, ValueError):
        return None


def ensure_environment(say: Say) -> Path:
    """Install Doccano where it is missing (a minute or two, about 700 MB); safe to call from several processes.

    Parameters:
        say: is told when something slow starts.

    Returns:
        the folder of the virtual environment.

    Raises:
        MinberError: MB420 no suitable Python, MB421 the installation failed.
    """
    cache = cache_folder() / "doccano"
    folder = cache / f"venv-{VERSION}"
    complete = folder / ".complete"
    with locked(cache / "venv.lock"):
        if complete.exists() and complete.read_text() == "\n".join(PINS):
            return folder
        python = server_python()
        say(f"installing Doccano {VERSION} with {python} (once, a minute or two, 700 MB in {folder})")
        shutil.rmtree(folder, ignore_errors=True)
        log = cache / "install.log"
        with log.open("w") as output:
            _make_environment(python, folder, output.fileno(), log)
        check = "import pandas, seqeval.metrics, gunicorn.app.base, environs, pkg_resources"
        _run([folder / "bin/python", "-c", check], log)
        complete.write_text("\n".join(PINS))
    return folder


def _make_environment(python: Path, folder: Path, output: int, log: Path) -> None:
    """Make the environment with the pip of that Python, or (Debian without python3-venv) with the one under Minber."""
    environment = clean_environment()

    def call(*command: str | Path) -> bool:
        done = subprocess.run(command, check=False, stdout=output, stderr=output, env=environment)  # noqa: S603
        return done.returncode == 0

    pip: list[str | Path] = [folder / "bin/python", "-m", "pip"]
    if not call(python, "-m", "venv", folder):
        if importlib.util.find_spec("pip") is None or not call(python, "-m", "venv", "--without-pip", folder):
            raise MinberError("MB421", str(log), problem=_tail(log))
        pip = [sys.executable, "-m", "pip", "--python", folder / "bin/python"]
    install = [*pip, "install", "--quiet", "--disable-pip-version-check", "--no-input", *PINS]
    tried = str(files("corpus.doccano") / "data" / "server_py311.txt")
    exact = _python_version(python) == (3, 11) and call(*install, "-c", tried)
    if not exact and not call(*install):
        raise MinberError("MB421", str(log), problem=_tail(log))


def ensure_template(environment: Path, say: Say) -> Path:
    """Make the empty, migrated database that new homes start from (20 s, once).

    Parameters:
        environment: what ``ensure_environment`` returned.
        say: is told when something slow starts.

    Returns:
        path of an SQLite file without any user.

    Raises:
        MinberError: MB421 the server's own set-up failed.
    """
    cache = cache_folder() / "doccano"
    template = cache / f"empty-{VERSION}.sqlite3"
    with locked(cache / "template.lock"):
        if template.exists():
            return template
        say("creating the empty database (once, half a minute)")
        new = template.with_suffix(".new")
        new.unlink(missing_ok=True)
        settings = server_environment(environment, cache, "template")
        settings["DATABASE_URL"] = f"sqlite:///{new}"
        settings["DJANGO_SETTINGS_MODULE"] = "config.settings.production"
        for command in (["migrate", "--verbosity", "0"], ["create_roles"]):
            _run([environment / "bin/python", "-m", "django", *command], cache / "template.log", settings)
        new.replace(template)
    return template


def ensure_postgres(environment: Path, say: Say) -> Path:
    """Install the driver of PostgreSQL where it is missing, beside the environment, which stays as it was tried.

    Parameters:
        environment: what ``ensure_environment`` returned.
        say: is told when something slow starts.

    Returns:
        a folder for the server's search path.

    Raises:
        MinberError: MB421 the installation failed.
    """
    cache = cache_folder() / "doccano"
    folder = cache / f"postgres-{VERSION}"
    with locked(cache / "postgres.lock"):
        if not (folder / ".complete").exists():
            say("installing the driver of PostgreSQL (once, some seconds)")
            shutil.rmtree(folder, ignore_errors=True)
            install: list[str | Path] = [sys.executable, "-m", "pip", "--python", environment / "bin/python", "install"]
            install += ["--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--target", folder]
            _run([*install, POSTGRES_DRIVER], cache / "postgres.log")
            (folder / ".complete").touch()
    return folder


def server_environment(
    environment: Path, home: Path, secret: str, database: str = "", driver: Path | None = None
) -> dict[str, str]:
    """Environment variables that Doccano reads.

    Parameters:
        environment: the virtual environment.
        home: the folder that holds database, queue and uploads of one server.
        secret: signs sessions; own for each home.
        database: URL of a database; default: an SQLite file in the home.
        driver: folder with the driver of that database.

    Returns:
        a full environment for a process.
    """
    backend = next((environment / "lib").glob("python3.*/site-packages/backend"))
    path = [str(home / "settings"), str(backend), *([str(driver)] if driver else [])]
    return clean_environment() | {
        "DOCCANO_HOME": str(home),
        "MEDIA_ROOT": str(home / "media"),
        "DATABASE_URL": database or f"sqlite:///{home / 'db.sqlite3'}",
        "CELERY_BROKER_URL": f"sqla+sqlite:///{home / 'queue.sqlite3'}",
        "DJANGO_SETTINGS_MODULE": "minber_server_settings",
        "PYTHONPATH": os.pathsep.join(path),
        "STANDALONE": "True",
        "DEBUG": "False",
        "SECRET_KEY": secret,
    }


def clean_environment() -> dict[str, str]:
    """The environment of this process without what would leak our Python, our password or another Django into it."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("PYTHON", "DJANGO", "COV_", "MINBER_")) and name not in ("VIRTUAL_ENV", "DATABASE_URL")
    }


def _run(command: list[str | Path], log: Path, environment: dict[str, str] | None = None) -> None:
    with log.open("a") as output:
        done = subprocess.run(  # noqa: S603
            command, check=False, stdout=output, stderr=output, env=environment or clean_environment()
        )
    if done.returncode != 0:
        raise MinberError("MB421", str(log), problem=_tail(log))


def _tail(log: Path) -> str:
    """The last line that says something."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1][:300] if lines else "no message"
