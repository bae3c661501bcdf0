"""People who label on the real server over REST, as its page would let them, and how to find what they did."""

import subprocess
import time

from corpus.doccano.client import Client
from corpus.doccano.layouts import unit_of
from schemas.codebook import load_codebook

PASSWORD = "qwe!asd123"
BOOK = load_codebook("reforms")


def kk(theme: str) -> str:
    """What people see for a theme in Kazakh."""
    return BOOK.theme(theme).name("kk")


NAME = kk("dialogue")


class Person:
    """A second user who labels over REST what the page would let them."""

    def __init__(self, running, admin: Client, project_id: int, name: str) -> None:
        if name not in admin.users().values():
            admin.create_user(name, PASSWORD)
        by_name = {user: number for number, user in admin.users().items()}
        if name not in {row["username"] for row in admin.members(project_id)}:  # a push makes members of those it knows
            admin.add_member(project_id, by_name[name])
        self.client, self.project = running.client(name, PASSWORD), project_id
        self.types = {
            kind: {row["text"]: row["id"] for row in admin.label_types(project_id, kind)}
            for kind in ("category", "span")
        }
        self.examples = {unit_of(row["meta"]): row["id"] for row in admin.examples(project_id)}

    def add(self, unit, kind, name, start=0, end=0):
        body = {"label": self.types[kind][name], "start_offset": start, "end_offset": end}
        path = f"v1/projects/{self.project}/examples/{self.examples[unit]}"
        self.client._send("POST", f"{path}/{'spans' if kind == 'span' else 'categories'}", body)

    def remove(self, unit, kind, name):
        rows = self.client.labels(self.project, self.examples[unit], kind)
        [label] = [row["id"] for row in rows if row["label"] == self.types[kind][name]]
        path = f"v1/projects/{self.project}/examples/{self.examples[unit]}"
        self.client._send("DELETE", f"{path}/{'spans' if kind == 'span' else 'categories'}/{label}")

    def confirm(self, unit):
        self.client._send("POST", f"v1/projects/{self.project}/examples/{self.examples[unit]}/states", {})


class Administrator(Person):
    """The administrator who labels with their own account."""

    def __init__(self, admin: Client, project_id: int) -> None:
        self.client, self.project = admin, project_id
        self.types = {
            kind: {row["text"]: row["id"] for row in admin.label_types(project_id, kind)}
            for kind in ("category", "span")
        }
        self.examples = {unit_of(row["meta"]): row["id"] for row in admin.examples(project_id)}


def project_of(report):
    return int(report.url.rsplit("/", 1)[1])


def arrived(client, name):
    """How many units the projects of this name hold on the server by now."""
    return sum(client.count(project["id"]) for project in client.projects(name))


def runs_until_more_arrives(process, client, name):
    """Wait until a push has brought units there, at whatever pace this machine has; false if it ends without."""
    before = arrived(client, name)
    while process.poll() is None:
        if arrived(client, name) > before:
            return True
        time.sleep(0.01)
    return False


def ends_within(process: subprocess.Popen[bytes], seconds):
    """Whether a command comes to its end by itself in this time."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def unit_with(corpus, words):
    """The pushed unit that holds these words."""
    texts = dict(corpus.documents.select("id", "text").collect().iter_rows())
    [found] = [
        row["unit_id"]
        for row in corpus.units.collect().to_dicts()
        if words in texts[row["doc_id"]][row["start"] : row["end"]]
    ]
    return found


def decisions(corpus):
    texts = dict(corpus.documents.select("id", "text").collect().iter_rows())
    return {
        (row["decision"], row["layer"], row["label"], texts[row["doc_id"]][row["start"] : row["end"]], row["annotator"])
        for row in corpus.labels.collect().to_dicts()
    }


class Crash(Exception):
    pass
