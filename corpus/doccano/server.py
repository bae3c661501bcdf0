"""A local Doccano on 127.0.0.1 for people who have none: start, stop, look.

A *home* is a folder with one server's database, uploads, queue, secret, password and logs. It is readable by its owner
only. Starting twice is harmless, also at the same time: a file lock lets one work and the other find it done.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from corpus.doccano.environment import (
    cache_folder,
    ensure_environment,
    ensure_postgres,
    ensure_template,
    locked,
    server_environment,
)
from schemas.errors import MinberError

ADMIN = "admin"
DEFAULT_PORT = 8000
_WAIT = 90.0  # seconds until healthy; 7 are usual
_STOP = 10.0  # seconds between asking a process to end and ending it
_SETTINGS = "settings/minber_server_settings.py"


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """What is known of the server of a home.

    Attributes:
        home: its folder.
        url: base URL, None if it was never started.
        web: whether the web process runs.
        worker: whether the task worker runs (imports and exports need it).
    """

    home: Path
    url: str | None
    web: bool
    worker: bool


def default_home() -> Path:
    """The folder of the server that ``minber doccano up`` starts.

    Labels are people's work, and a cache may be emptied: so not the cache folder but the user's data folder, unless
    ``MINBER_CACHE`` puts everything into one place.

    Returns:
        an absolute path.
    """
    if os.environ.get("MINBER_CACHE"):
        return cache_folder() / "doccano" / "home"
    data = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share"
    return Path(data).absolute() / "minber" / "doccano"


def up(
    home: Path | None = None,
    port: int | None = None,
    worker: bool = True,
    say: Callable[[str], None] = lambda _: None,
    database: str | None = None,
) -> str:
    """Start the server of a home, or find it running; returns when its health page says that all is well.

    Parameters:
        home: its folder; default: ``default_home()``.
        port: 0 for any free one; default: the port of last time, else 8000.
        worker: False leaves the task worker out (then nothing can be uploaded or downloaded).
        say: is told what takes time.
        database: URL of an empty PostgreSQL database (``postgres://USER@HOST:PORT/NAME?sslmode=disable``) for a home
            that is new; kept there for later starts. Default: a file in the home.

    Returns:
        the base URL, ``http://127.0.0.1:PORT``.

    Raises:
        MinberError: MB420, MB421 no environment; MB422 port taken; MB423 not healthy in time; MB425 the home already
            runs on another port.
    """
    home = (home or default_home()).absolute()
    environment = ensure_environment(say)
    template = ensure_template(environment, say)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with locked(home / ".lock"):
        if database:
            _keep(home / "database", database)
        driver = ensure_postgres(environment, say) if _read(home / "database") else None
        if _running(home, "web"):
            known = _read(home / "port")
            if port not in (None, 0) and str(port) != known:
                raise MinberError("MB425", str(home), port=known)
            port = int(known)
            started = False
        else:
            port = _choose_port(home, port)
            started = True
        start_worker = worker and not _running(home, "worker")
        try:
            if started or start_worker:
                variables = _prepare(home, environment, template, driver)
            if started:
                _start_web(home, environment, variables, port)
            if start_worker:
                _start_worker(home, environment, variables, port)
            url = f"http://127.0.0.1:{port}"
            _wait_until_healthy(home, url, worker)
        except BaseException:
            if started:
                _stop(home)
            raise
    return url


def down(home: Path | None = None, purge: bool = False) -> bool:
    """Stop the server of a home; stopping what does not run is no error.

    Parameters:
        home: its folder; default: ``default_home()``.
        purge: delete the folder too: database, labels, uploads, password.

    Returns:
        whether something ran.

    Raises:
        MinberError: MB424 ``purge`` on a folder that is no home of a server.
    """
    home = (home or default_home()).absolute()
    if not home.exists():
        return False
    if purge and not (home / _SETTINGS).exists():
        raise MinberError("MB424", str(home))
    with locked(home / ".lock"):
        ran = _stop(home)
        if purge:
            shutil.rmtree(home)
    return ran


def status(home: Path | None = None) -> ServerStatus:
    """Look at the server of a home without starting or asking it.

    Parameters:
        home: its folder; default: ``default_home()``.

    Returns:
        what runs, and where.
    """
    home = (home or default_home()).absolute()
    port = _read(home / "port")
    url = f"http://127.0.0.1:{port}" if port else None
    return ServerStatus(home, url, bool(_running(home, "web")), bool(_running(home, "worker")))


def password_file(home: Path | None = None) -> Path:
    """The file that holds the administrator's password of a home; readable by its owner only."""
    return (home or default_home()).absolute() / "password"


def local_password(url: str, username: str, home: Path | None = None) -> str | None:
    """The password for a URL, where it is our own running server's.

    Parameters:
        url: base URL from the settings.
        username: from the settings; only the administrator's password is known.
        home: its folder; default: ``default_home()``.

    Returns:
        the password, or None where this is another server or another user.
    """
    found = status(home)
    if username != ADMIN or not found.web or found.url != url.rstrip("/").replace("//localhost:", "//127.0.0.1:"):
        return None
    return _read(password_file(home)) or None


def _prepare(home: Path, environment: Path, template: Path, driver: Path | None) -> dict[str, str]:
    """Files, secret, password, database, administrator and queue of a home, made where missing."""
    for folder in ("settings", "media", "upload-tmp"):
        (home / folder).mkdir(exist_ok=True)
    data = files("corpus.doccano") / "data"
    (home / _SETTINGS).write_text((data / "server_settings.txt").read_text(encoding="utf-8"), encoding="utf-8")
    secret = _secret(home / "secret_key", 48)
    password = _secret(password_file(home), 15)
    database = _read(home / "database")
    variables = server_environment(environment, home, secret, database, driver)
    if database:
        _migrate(home, environment, variables)
    elif not (home / "db.sqlite3").exists():
        new = home / "db.new"
        shutil.copy(template, new)
        new.replace(home / "db.sqlite3")
    with (home / "prepare.log").open("w") as log:
        done = subprocess.run(  # noqa: S603 -- the password goes in by standard input: argv is public
            [
                environment / "bin/python",
                "-c",
                (data / "prepare_home.txt").read_text(encoding="utf-8"),
                ADMIN,
                "admin@example.org",
            ],
            check=False,
            input=password + "\n",
            text=True,
            stdout=log,
            stderr=log,
            env=variables,
        )
    if done.returncode != 0:
        raise MinberError("MB423", str(home), seconds=0, problem=f"preparing failed, see {home / 'prepare.log'}")
    return variables


def _migrate(home: Path, environment: Path, variables: dict[str, str]) -> None:
    """Make the tables of a database that is not a file; those that are there stay as they are."""
    for command in (["migrate", "--verbosity", "0"], ["create_roles"]):
        with (home / "prepare.log").open("a") as log:
            arguments: list[str | Path] = [environment / "bin/python", "-m", "django", *command]
            done = subprocess.run(arguments, check=False, stdout=log, stderr=log, env=variables)  # noqa: S603
        if done.returncode != 0:
            raise MinberError("MB423", str(home), seconds=0, problem=f"preparing failed, see {home / 'prepare.log'}")


def _secret(path: Path, size: int) -> str:
    """Read a secret, made on first use in a file that only its owner may read."""
    if not path.exists():
        _keep(path, secrets.token_urlsafe(size))
    return _read(path)


def _keep(path: Path, text: str) -> None:
    """Write a line into a file that only its owner may read."""
    handle = os.open(path.with_suffix(".new"), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w") as file:
        file.write(text + "\n")
    path.with_suffix(".new").replace(path)


def _start_web(home: Path, environment: Path, variables: dict[str, str], port: int) -> None:
    backend = variables["PYTHONPATH"].split(os.pathsep)[1]
    (home / "web.pid").unlink(missing_ok=True)
    (home / "port").write_text(f"{port}\n")
    command: list[str | Path] = [
        environment / "bin/gunicorn",
        "--chdir",
        backend,
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "2",
    ]
    command += ["--timeout", "300", "--pid", home / "web.pid", "--access-logfile", home / "access.log"]
    _spawn([*command, "config.wsgi:application"], home / "web.log", variables)


def _start_worker(home: Path, environment: Path, variables: dict[str, str], port: int) -> None:
    backend = variables["PYTHONPATH"].split(os.pathsep)[1]
    (home / "worker.pid").unlink(missing_ok=True)
    command: list[str | Path] = [
        environment / "bin/celery",
        "--app=config",
        f"--workdir={backend}",
        "worker",
        "--loglevel=info",
    ]
    command += ["--pool=solo", "--without-mingle", f"--pidfile={home / 'worker.pid'}", f"--hostname=minber-{port}@%h"]
    _spawn(command, home / "worker.log", variables)


def _spawn(command: list[str | Path], log: Path, variables: dict[str, str]) -> None:
    """Start a process that outlives us, in a session of its own."""
    with log.open("a") as output:
        subprocess.Popen(  # noqa: S603
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=variables, start_new_session=True
        )


def _choose_port(home: Path, port: int | None) -> int:
    if port is None:
        port = int(_read(home / "port") or DEFAULT_PORT)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise MinberError("MB422", str(home), port=port) from error
        return int(probe.getsockname()[1])


def _wait_until_healthy(home: Path, url: str, worker: bool) -> None:
    """Ask until everything answers; without a worker, the health page would wait for it, so another page is asked."""
    import requests

    end, last = time.monotonic() + _WAIT, "no answer"
    page = f"{url}/v1/health/?format=json" if worker else f"{url}/v1/projects"
    with requests.Session() as session:
        session.trust_env = False  # a proxy has no business on loopback
        while time.monotonic() < end:
            try:
                answer = session.get(page, timeout=15)
                if answer.status_code == 200 or (not worker and answer.status_code in (401, 403)):
                    return
                last = f"{answer.status_code} {answer.text[:200]}"
            except requests.RequestException as error:
                last = type(error).__name__
            time.sleep(0.2)
    raise MinberError("MB423", str(home), seconds=int(_WAIT), problem=last)


def _stop(home: Path) -> bool:
    """End worker and web process by their pid files: politely, then not."""
    ran = False
    for name in ("worker", "web"):
        pid = _running(home, name)
        if pid:
            ran = True
            _signal(pid, signal.SIGTERM)
            end = time.monotonic() + _STOP
            while _running(home, name) and time.monotonic() < end:
                time.sleep(0.05)
            if _running(home, name):
                _signal(-pid, signal.SIGKILL)  # the whole group: gunicorn has children
        (home / f"{name}.pid").unlink(missing_ok=True)
    return ran


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _running(home: Path, name: str) -> int:
    """The id of a process of this home, 0 if it does not run: its command line must name our pid file.

    A pid file alone proves nothing: after a restart of the machine the number may be anybody's.
    """
    path = home / f"{name}.pid"
    number = _read(path)
    if not number.isdigit():
        return 0
    try:
        if Path("/proc/self/cmdline").exists():
            command = Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        else:  # no /proc on macOS
            command = subprocess.run(  # noqa: S603
                ["/bin/ps", "-ww", "-o", "command=", "-p", number], check=False, capture_output=True, text=True
            ).stdout
    except OSError:
        return 0
    return int(number) if str(path) in command else 0


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except FileNotFoundError:
        return ""
