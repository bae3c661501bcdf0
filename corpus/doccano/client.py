"""One Doccano server, one signed-in user: every request has a time limit, every answer is checked.

Built on ``doccano-client`` 1.1 (its session, login, CSRF and verbs), which neither raises for errors nor limits time.
Both happen below it, in `corpus.doccano.transport`, so that no way around exists. Facts about the server's answers were
found by running it: unknown paths give 200 and an HTML page, 403 means "not signed in" as well as "not allowed", a
wrong password raises nothing in the client, and the queue waits for ever when the task worker is down.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Literal

from corpus.doccano.transport import HEALTH, Session, html_instead, short
from schemas.errors import MinberError

STALL_SECONDS = 120.0
"""How long an import or export may show no sign of life; the server itself never gives up on a dead worker."""

PAGE = 1000
"""Examples asked for at once; the server's own default of 5 would mean 200 requests for 1,000."""

LabelKind = Literal["category", "span", "relation"]
Json = dict[str, Any]

_PLURAL: dict[LabelKind, str] = {"category": "categories", "span": "spans", "relation": "relations"}
_FINE = ("OK", "working")
_HEALTHY_SECONDS = 2.0


class Client:
    """What Minber needs of a Doccano server.

    Parameters:
        url: base URL, such as ``http://127.0.0.1:8000``.
        username: who signs in.
        password: used once, to sign in; never kept, shown or logged.
        ca: path of a CA certificate, for a server with one of its own.

    Attributes:
        url: base URL without a slash at the end.
        user: what the server says about us: id, username, is_staff, is_superuser.

    Raises:
        MinberError: MB401 no server, MB402 wrong password, MB405 not a Doccano, MB406 redirected, MB408 too slow.
    """

    def __init__(self, url: str, username: str, password: str, ca: str | None = None) -> None:
        self.url = url.rstrip("/")
        self._doccano = Session(self.url, username, password, ca)
        self._healthy = -math.inf
        self._asked: Future[None] | None = None
        self.user: Json = self._get("v1/me")
        if self.user.get("username") != username:
            raise MinberError("MB402", self.url, user=username)

    def __repr__(self) -> str:
        return f"Client({self.url!r}, user={self.user.get('username')!r})"

    def close(self) -> None:
        """Let go of the connections. No logout: that would sign the user out of other programs too."""
        self._doccano.session.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- the server

    def begin_health_check(self) -> None:
        """Ask for the health while other things are done; ``check_health`` then waits for the answer."""
        if self._asked is not None and not self._asked.done():
            return
        self._asked = None  # one that nobody waited for may be of a server that was down, and is up again
        if time.monotonic() - self._healthy >= _HEALTHY_SECONDS:
            pool = ThreadPoolExecutor(1)
            self._asked = pool.submit(self._ask_health)
            pool.shutdown(wait=False)

    def check_health(self) -> None:
        """Ask whether web process, database and task worker all work; ask before each upload and download.

        An answer counts for two seconds: the server itself waits half a second for its workers to report.

        Raises:
            MinberError: MB403 something does not, MB401 or MB408 no answer; within 10 seconds.
        """
        asked, self._asked = self._asked, None
        if asked is not None:
            asked.result()
        if time.monotonic() - self._healthy >= _HEALTHY_SECONDS:
            self._ask_health()

    def _ask_health(self) -> None:
        answer = self._doccano.session.get(f"{self.url}{HEALTH}", params={"format": "json"})
        try:
            parts = answer.json()
        except ValueError:
            raise html_instead(answer) from None
        bad = [f"{name.split('(')[0]} {state}" for name, state in parts.items() if state not in _FINE]
        if bad:
            raise MinberError("MB403", self.url, problem="; ".join(bad))
        self._healthy = time.monotonic()

    def users(self) -> dict[int, str]:
        """User names by id."""
        return {user["id"]: user["username"] for user in self._get("v1/users")}

    def create_user(self, username: str, password: str) -> int:
        """Make a user account (staff only) and return its id."""
        body = {"username": username, "password1": password, "password2": password}
        return int(self._send("POST", "v1/users/create", body)["id"])

    # --- projects

    def projects(self, name: str) -> list[Json]:
        """All projects of exactly this name that we are a member of (the server lets names repeat)."""
        return [project for project in self._pages("v1/projects", q=name) if project["name"] == name]

    def project(self, project_id: int) -> Json | None:
        """One project, None if it does not exist."""
        try:
            return dict(self._get(f"v1/projects/{project_id}"))
        except MinberError as error:
            if error.values.get("status") == 404:
                return None
            raise

    def create_project(self, **fields: object) -> Json:
        """Make a project (staff only); the fields are those of the server, ``resourcetype`` among them."""
        return self._send("POST", "v1/projects", fields)

    def update_project(self, project: Json, **fields: object) -> Json:
        """Change fields of a project."""
        body = {"resourcetype": project["resourcetype"], **fields}
        return self._send("PATCH", f"v1/projects/{project['id']}", body)

    def delete_project(self, project_id: int) -> None:
        """Delete a project with everything in it."""
        self._send("DELETE", f"v1/projects/{project_id}")

    def members(self, project_id: int) -> list[Json]:
        """Members of a project: id, user, username, role, rolename."""
        return list(self._get(f"v1/projects/{project_id}/members"))

    def add_member(self, project_id: int, user_id: int, role: str = "annotator") -> None:
        """Give a user a role in a project: ``annotator``, ``annotation_approver`` or ``project_admin``."""
        roles = {found["name"]: found["id"] for found in self._get("v1/roles")}
        self._send("POST", f"v1/projects/{project_id}/members", {"user": user_id, "role": roles[role]})

    def has_assignments(self, project_id: int) -> bool:
        """Whether the server gives documents to members (from version 1.8.5); older ones answer with a page."""
        try:
            self._get(f"v1/projects/{project_id}/assignments")
        except MinberError as error:
            if error.code == "MB405" or error.values.get("status") in (404, 405):
                return False
            raise
        return True

    def assign_all(self, project_id: int, member_id: int) -> None:
        """Give a member (by the number of the membership) every document of a project that nobody has."""
        body = {"strategy_name": "weighted_sequential", "workloads": [{"member_id": member_id, "weight": 100}]}
        self._send("POST", f"v1/projects/{project_id}/assignments/bulk_assign", body)

    # --- label types

    def label_types(self, project_id: int, kind: LabelKind) -> list[Json]:
        """Label types: id, text, prefix_key, suffix_key, background_color, text_color."""
        return list(self._get(f"v1/projects/{project_id}/{kind}-types"))

    def create_label_types(self, project_id: int, kind: LabelKind, rows: Sequence[Mapping[str, object]]) -> None:
        """Add label types, all or none; the server refuses names and keys that exist, so look first.

        Parameters:
            project_id: where to.
            kind: category, span or relation.
            rows: text, prefix_key, suffix_key, background_color, text_color; keys differ between rows.
        """
        data = json.dumps(list(rows), ensure_ascii=True).encode("ascii")
        path = f"v1/projects/{project_id}/{kind}-type-upload"
        self._doccano.session.post(f"{self.url}/{path}", files={"file": ("labels.json", data, "application/json")})

    def update_label_type(self, project_id: int, kind: LabelKind, type_id: int, **fields: object) -> Json:
        """Change a label type; labels of this type stay."""
        return self._send("PATCH", f"v1/projects/{project_id}/{kind}-types/{type_id}", fields)

    # --- auto-labelling

    def auto_labelling(self, project_id: int) -> list[Json]:
        """Configurations of services that propose labels: id, model_name, model_attrs, template, label_mapping …"""
        return list(self._get(f"v1/projects/{project_id}/auto-labeling/configs"))

    def set_auto_labelling(self, project_id: int, fields: Mapping[str, object], config_id: int | None = None) -> Json:
        """Add a configuration, or write another in its place; the fields are those of the server."""
        path = f"v1/projects/{project_id}/auto-labeling/configs"
        if config_id is None:
            return self._send("POST", path, fields)
        return self._send("PUT", f"{path}/{config_id}", fields)

    def remove_auto_labelling(self, project_id: int, config_id: int) -> None:
        """Delete a configuration; the labels that it brought stay."""
        self._send("DELETE", f"v1/projects/{project_id}/auto-labeling/configs/{config_id}")

    def try_auto_labelling(self, project_id: int, fields: Mapping[str, object], text: str) -> Any:
        """What a service answers when the server asks it for the labels of a text; nothing is stored."""
        body = {"model_name": fields["model_name"], "model_attrs": fields["model_attrs"], "text": text}
        answer = self._doccano.session.post(
            f"{self.url}/v1/projects/{project_id}/auto-labeling/request-testing", json=body
        )
        return answer.json()

    # --- examples

    def count(self, project_id: int, **only: str) -> int:
        """How many examples a project has; ``confirmed="true"`` counts those with a check mark."""
        return int(self._get(f"v1/projects/{project_id}/examples", limit=1, **only)["count"])

    def examples(self, project_id: int) -> list[Json]:
        """List all examples: id, text, meta, is_confirmed …

        The server orders by creation time and pages by position. Where pages overlap or leave a gap (equal times,
        somebody adding meanwhile), everything is asked for in one page.
        """
        path = f"v1/projects/{project_id}/examples"
        rows = list(self._pages(path))
        if len({row["id"] for row in rows}) != len(rows) or len(rows) != self.count(project_id):
            rows = list(self._get(path, limit=len(rows) + 10 * PAGE, offset=0)["results"])
        return rows

    def newest_examples(self, project_id: int, total: int, number: int) -> list[Json]:
        """List the examples that were made last, as ``examples`` does, of a project that has this many."""
        path = f"v1/projects/{project_id}/examples"
        return list(self._get(path, limit=number, offset=max(0, total - number))["results"])

    def labels(self, project_id: int, example_id: int, kind: LabelKind) -> list[Json]:
        """Labels of one example with user and times: id, user, label (type id), start_offset, end_offset …"""
        return list(self._get(f"v1/projects/{project_id}/examples/{example_id}/{_PLURAL[kind]}"))

    def add_label(self, project_id: int, example_id: int, kind: LabelKind, **fields: object) -> Json:
        """Give a label in our own name: ``label`` (type id), ``start_offset``, ``end_offset``, ``prob``."""
        return self._send("POST", f"v1/projects/{project_id}/examples/{example_id}/{_PLURAL[kind]}", fields)

    def delete_label(self, project_id: int, example_id: int, kind: LabelKind, label_id: int) -> None:
        """Take one label away (never without its id: that would take all of the example)."""
        self._send("DELETE", f"v1/projects/{project_id}/examples/{example_id}/{_PLURAL[kind]}/{int(label_id)}")

    def toggle_confirmation(self, project_id: int, example_id: int) -> None:
        """Set the check mark in our own name, or take away whosever is there: the server knows no other way."""
        self._send("POST", f"v1/projects/{project_id}/examples/{example_id}/states", {})

    def confirmations(self, project_id: int, example_id: int) -> list[tuple[int, dt.datetime]]:
        """Whose check mark an example carries, and since when: user ids and times; nobody's, or one in our projects."""
        states = self._get(f"v1/projects/{project_id}/examples/{example_id}/states")
        rows = states["results"] if isinstance(states, dict) else states
        return [(row["confirmed_by"], dt.datetime.fromisoformat(row["confirmed_at"])) for row in rows]

    def comments(self, project_id: int) -> list[Json]:
        """All comments of a project: id, user, username, example, text, created_at; those of removed members too."""
        return list(self._pages(f"v1/projects/{project_id}/comments", ordering="created_at"))

    def upload(self, project_id: int, rows: Sequence[Mapping[str, object]], name: str) -> None:
        """Import rows as one JSONL file and wait for it.

        The file is pure ASCII: the server guesses encodings, and a small UTF-8 file may become garbage without any
        error. At most 1,000 rows: the import has no transaction, and one batch is 1,000.

        Parameters:
            project_id: where to.
            rows: JSON objects in the form of the project's type, checked.
            name: of the file, as the server shows it.

        Raises:
            MinberError: MB413 the import failed or refused rows.
        """
        self.finish_upload(self.start_upload(project_id, rows, name))

    def start_upload(self, project_id: int, rows: Sequence[Mapping[str, object]], name: str) -> str:
        """Hand an import over to the server's queue, see ``upload``; returns the task to wait for."""
        data = "".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows).encode("ascii")
        if any("relations" in row for row in rows):
            answer = self._import_relations(project_id, name, data)
        else:
            answer = self._doccano.post_doc_upload_binary(project_id, [(name, io.BytesIO(data))], encoding="utf_8")
        return str(answer["task_id"])

    def finish_upload(self, task: str) -> None:
        """Wait for an import; raises MB413 where it failed or refused rows."""
        state = self._wait(task, "MB413")
        errors = (state.get("result") or {}).get("error") or []
        if errors:
            raise MinberError("MB413", self.url, problem=short(errors))

    def label_counts(self, project_id: int, kind: LabelKind) -> dict[str, dict[str, int]]:
        """How many labels there are: user name → name of the label type → number. (500 where a member was removed.)"""
        return dict(self._get(f"v1/projects/{project_id}/metrics/{kind}-distribution"))

    def download(self, project_id: int, confirmed_only: bool = False) -> dict[str, list[Json]]:
        """Export all examples with their labels.

        Parameters:
            project_id: from where.
            confirmed_only: only examples with a check mark.

        Returns:
            file name without suffix (``all`` in a collaborative project) → rows.

        Raises:
            MinberError: MB419 the export failed.
        """
        found: dict[str, list[Json]] = {}
        for name, row in self.export(project_id, confirmed_only):
            rows = found.setdefault(name, [])
            if row is not None:
                rows.append(row)
        return found

    def export(self, project_id: int, confirmed_only: bool = False) -> Iterator[tuple[str, Json | None]]:
        """Export as ``download`` does, one row after the other, so that no more than one is held.

        Yields:
            file name without suffix and a row; each file begins with None in the place of a row.
        """
        yield from self.finish_export(project_id, self.start_export(project_id, confirmed_only))

    def start_export(self, project_id: int, confirmed_only: bool = False) -> str:
        """Let the server begin an export, see ``export``; returns the task to wait for."""
        body = {"format": "JSONL", "exportApproved": confirmed_only}
        return str(self._send("POST", f"v1/projects/{project_id}/download", body)["task_id"])

    def finish_export(self, project_id: int, task: str) -> Iterator[tuple[str, Json | None]]:
        """Wait for an export and read it as ``export`` does."""
        self._wait(task, "MB419")
        answer = self._doccano.get_file(f"v1/projects/{project_id}/download", params={"taskId": task})
        try:
            with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
                for entry in archive.namelist():
                    name = entry.removesuffix(".jsonl")
                    yield name, None
                    with archive.open(entry) as file:
                        for line in file:  # bytes end at \n only; U+2028 is no line end here
                            if line.strip():
                                yield name, json.loads(line.decode("utf-8"))
        except (zipfile.BadZipFile, UnicodeDecodeError, ValueError) as error:
            raise MinberError("MB419", self.url, problem=f"unreadable file: {error}") from error

    def _import_relations(self, project_id: int, name: str, data: bytes) -> Json:
        """Begin an import with relations: a task of its own, which the client package would not pass on."""
        sent = self._doccano.session.post(f"{self.url}/v1/fp/process/", files={"filepond": (name, io.BytesIO(data))})
        body = {"uploadIds": [sent.text], "task": "RelationExtraction", "format": "JSONL", "encoding": "utf_8"}
        body |= {"column_data": "text", "column_label": "label", "delimiter": ""}
        return self._send("POST", f"v1/projects/{project_id}/upload", body)

    # --- requests

    def _wait(self, task: str, code: str) -> Json:
        """Wait for a task of the server; its failure, and its silence, are errors."""
        begun = time.monotonic()
        while True:
            state: Json = self._get(f"v1/tasks/status/{task}")
            if state.get("error"):
                raise MinberError(code, self.url, problem=short(state["error"]))
            if state.get("ready"):
                return state
            waited = time.monotonic() - begun
            if waited > STALL_SECONDS:
                raise MinberError(code, self.url, problem=f"the worker said nothing for {STALL_SECONDS:.0f} s")
            time.sleep(min(1.0, max(0.1, waited / 15)))

    def _pages(self, path: str, **params: object) -> Iterator[Json]:
        """Follow a paged list by position: the server's own links go astray behind a proxy that changes the port."""
        offset = 0
        while True:
            page = self._get(path, limit=PAGE, offset=offset, **params)
            yield from page["results"]
            offset += len(page["results"])
            if not page["results"] or offset >= page["count"]:
                return

    def _get(self, path: str, **params: object) -> Any:
        return self._doccano.get(path, params=params)

    def _send(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Json:
        answer = self._doccano.session.request(method, f"{self.url}/{path}", json=body)
        return dict(answer.json()) if answer.content else {}
