"""Random histories against the real server: whatever happens, every label of a person is in the corpus.

A hypothesis state machine edits texts and annotations on our side, lets two people work over REST on the other,
renames, deletes, pushes and pulls, and kills Minber, the worker and the web process at random moments. A model beside
it remembers what people did. ``MINBER_SYNC_STEPS=600`` makes it longer and truly random; by default the same 120 steps
run.
"""

import json
import os
import random
import subprocess
import sys
import time
import uuid
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from corpus.doccano import server
from corpus.doccano.given import GivenLabels
from corpus.doccano.label_types import match_types, recorded_types
from corpus.doccano.layouts import LAYOUTS, Label, unit_of
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from corpus.doccano.utf16 import Offsets
from schemas.errors import MinberError
from schemas.tables import ANNOTATIONS
from tests.doccano.corpora import NOW, add, annotation, make_corpus, sentences
from tests.fixtures_doccano import RunningServer

pytestmark = [pytest.mark.server, pytest.mark.slow]

STEPS = int(os.environ.get("MINBER_SYNC_STEPS", "120"))
PASSWORD = "qwe!asd123"
LINES = [
    "Қоғамдық диалогтың жаңа үлгісі қалыптасты.",
    "Парламенттің құзыры кеңейді 😀 сайлау өтті деп хабарланды.",
    "Адам құқықтарын қорғау жүйесі айтарлықтай жақсарды.",
    "Жергілікті билік 👩‍👩‍👧 түбегейлі жаңғыртылды деді президент.",
    "Сот жүйесінде үлкен өзгерістер болды бүгін.",
]
THEMES = ["dialogue", "parliament", "human_rights", "decentralisation"]
numbers = st.integers(0, 10**6)
COUNTS: Counter[str] = Counter()


class Corpora(RuleBasedStateMachine):
    """One corpus, one project, two people."""

    running: RunningServer
    folder: Path

    @initialize(seed=numbers)
    def begin(self, seed):
        self.chance = random.Random(seed)
        self.admin = self.running.client()
        self.corpus = make_corpus(
            self.folder / uuid.uuid4().hex, self.running.url, {}, name=f"machine {uuid.uuid4().hex}"
        )
        self.project = None
        self.given: dict[tuple[str, Label], set[str]] = {}  # what people gave and did not take away
        self.removed: set[tuple[str, Label]] = set()  # labels of the machine that people took away
        self.gone: set[str] = set()  # units that people deleted
        self.safe: set[tuple[str, Label]] = set()  # labels of people that a pull has seen
        self.documents = 0
        self.people = {}
        for name in ("aigul", "berik"):
            if name not in self.admin.users().values():
                self.admin.create_user(name, PASSWORD)
            self.people[name] = self.running.client(name, PASSWORD)
        self.add_document(seed)
        self.push()

    # --- our side

    def text_with_themes(self, seed):
        chance = random.Random(seed)
        lines = chance.sample(LINES, chance.randint(1, 4))
        if chance.random() < 0.4:
            place = chance.randrange(len(lines))
            words = lines[place].split(" ")
            words.insert(chance.randrange(1, len(words)), chance.choice(["өте", "тағы", "әрине"]))
            lines[place] = " ".join(words)
        text = " ".join(lines)
        return text, sentences(text, lines) + self.themes(text, lines, chance)

    def themes(self, text, lines, chance):
        rows = []
        for line in lines:
            words = line.split(" ")
            start = text.index(line)
            for theme in chance.sample(THEMES, chance.randint(0, 2)):
                word = chance.choice(words)
                left = start + line.index(word)
                evidence = [[left, left + len(word)]] if chance.random() < 0.7 else []
                rows.append(annotation(text, "theme", theme, line, evidence=evidence))
        return rows

    @rule(seed=numbers)
    def add_document(self, seed):
        if self.documents < 4:
            add(self.corpus, {f"d{self.documents}": self.text_with_themes(seed)})
            self.documents += 1

    @rule(seed=numbers)
    def revise_a_text(self, seed):
        COUNTS["texts revised"] += 1
        add(self.corpus, {f"d{seed % self.documents}": self.text_with_themes(seed)})

    @rule(seed=numbers)
    def annotate_otherwise(self, seed):
        doc_id = f"d{seed % self.documents}"
        document = self.corpus.document(doc_id)
        rows = self.corpus.annotations.filter((pl.col("doc_id") == doc_id) & (pl.col("layer") == "sentence")).collect()
        lines = [document.text[start:end] for start, end in rows.select("start", "end").sort("start").iter_rows()]
        shared = {"doc_id": doc_id, "revision": document.revision, "annotator": "hand@2", "origin": "machine"}
        fresh = [
            {**row, **shared, "attributes": json.dumps(row["attributes"]), "score": 1.0, "created": NOW, "run": "other"}
            for row in self.themes(document.text, list(dict.fromkeys(lines)), random.Random(seed))
        ]
        frame = pl.DataFrame(fresh, schema=ANNOTATIONS)
        self.corpus.replace("annotations", frame, f"layer = 'theme' AND doc_id = '{doc_id}'")

    # --- the server's side

    def examples(self):
        return {unit_of(row["meta"]): row for row in self.admin.examples(self.project)}

    def reader(self):
        recorded = recorded_types(self.corpus.runs, self.name, self.project)
        types = match_types(self.admin, self.project, LAYOUTS["themes"], self.corpus.codebook, "kk", recorded)
        return GivenLabels(self.admin, self.project, LAYOUTS["themes"], types.meanings), types

    def choose_unit(self, seed):
        there = self.examples()
        unit = sorted(there)[seed % len(there)]
        return unit, there[unit]["id"], there[unit]["text"]

    @precondition(lambda self: self.project)
    @rule(seed=numbers, who=st.sampled_from(["aigul", "berik"]), span=st.booleans())
    def a_person_gives_two_labels(self, seed, who, span):
        self.a_person_gives_a_label(seed, who, span)
        self.a_person_gives_a_label(seed + 7, who, not span)

    def a_person_gives_a_label(self, seed, who, span):
        if not (there := self.examples()):
            return
        unit, _, text = self.choose_unit(seed)
        theme = THEMES[seed % len(THEMES)]
        _, types = self.reader()
        kind, layer = ("span", "evidence") if span else ("category", "theme")
        number = next((n for (k, n), meant in types.ids.items() if k == kind and meant == (layer, theme)), None)
        assert number is not None, "a label type keeps its meaning whatever it is called"
        label, place = Label(layer, theme, 0, len(text)), {}
        if span:
            words = text.split(" ")
            word = words[seed % len(words)]
            start = text.index(word)
            label = Label(layer, theme, start, start + len(word))
            offsets = Offsets(text)
            place = {"start_offset": offsets.to_utf16(start), "end_offset": offsets.to_utf16(start + len(word))}
        try:
            self.people[who].add_label(self.project, there[unit]["id"], kind, label=number, **place)
        except MinberError as error:
            if error.values.get("status") not in (400, 500):  # no room, or given already
                raise
            COUNTS["refused by the server"] += 1
            return
        COUNTS["given"] += 1
        self.given.setdefault((unit, label), set()).add(who)
        self.safe.discard((unit, label))

    @precondition(lambda self: self.project)
    @rule(seed=numbers, who=st.sampled_from(["aigul", "berik"]))
    def a_person_takes_a_label_away(self, seed, who):
        if not self.examples():
            return
        unit, example, text = self.choose_unit(seed)
        rows = self.reader()[0].of(example, text)
        if rows:
            row = rows[seed % len(rows)]
            COUNTS["taken away"] += 1
            self.people[who].delete_label(self.project, example, row.kind, row.id)
            self.forget(unit, row)

    def forget(self, unit, row):
        name = self.admin.users()[row.user]
        if name in self.people:
            self.given.get((unit, row.label), set()).discard(name)
        elif (unit, row.label) in self.carried():
            pass  # what was carried over is a person's: taking it away rejects nothing of the machine's
        elif row.edited and "edited" in self.given.get((unit, row.label), set()):
            self.given[unit, row.label].discard("edited")
        else:
            self.removed.add((unit, row.label))

    @precondition(lambda self: self.project)
    @rule(seed=numbers, who=st.sampled_from(["aigul", "berik"]))
    def a_person_changes_a_label(self, seed, who):
        if not self.examples():
            return
        unit, example, text = self.choose_unit(seed)
        reader, types = self.reader()
        rows = reader.of(example, text)
        if not rows:
            return
        row = rows[seed % len(rows)]
        theme = THEMES[seed % len(THEMES)]
        label = Label(row.label.layer, theme, row.label.start, row.label.end)
        if any(other.label == label for other in rows):
            return
        number = next(n for (k, n), meant in types.ids.items() if k == row.kind and meant == (label.layer, theme))
        time.sleep(0.15)  # nobody is faster
        path = (
            f"v1/projects/{self.project}/examples/{example}/{'spans' if row.kind == 'span' else 'categories'}/{row.id}"
        )
        COUNTS["changed"] += 1
        self.people[who]._send("PATCH", path, {"label": number})
        self.forget(unit, row)
        owner = self.admin.users()[row.user]  # the server goes on naming who gave it first
        self.given.setdefault((unit, label), set()).add(owner if owner in self.people else "edited")
        self.safe.discard((unit, label))

    @precondition(lambda self: self.project)
    @rule(seed=numbers, who=st.sampled_from(["aigul", "berik"]))
    def a_person_toggles_the_check_mark(self, seed, who):
        if self.examples():
            _, example, _ = self.choose_unit(seed)
            COUNTS["check marks"] += 1
            self.people[who].toggle_confirmation(self.project, example)

    @precondition(lambda self: self.project)
    @rule(seed=numbers)
    def a_person_deletes_an_example(self, seed):
        if self.examples() and seed % 5 == 0:
            unit, example, _ = self.choose_unit(seed)
            self.admin._send("DELETE", f"v1/projects/{self.project}/examples/{example}")
            self.gone.add(unit)
            COUNTS["examples deleted"] += 1

    @precondition(lambda self: self.project)
    @rule(seed=numbers, kind=st.sampled_from(["category", "span"]))
    def a_label_type_is_renamed(self, seed, kind):
        rows = self.admin.label_types(self.project, kind)
        row = rows[seed % len(rows)]
        self.admin.update_label_type(self.project, kind, row["id"], text=f"Атау {uuid.uuid4().hex[:8]}")

    # --- push, pull, and their sudden ends

    @rule()
    def push(self):
        report = push(self.corpus, self.admin)
        self.notice(report)
        COUNTS["pushes"] += 1
        COUNTS["units updated"] += len(report.updated)
        COUNTS["units carried over"] += len(report.carried)
        COUNTS["questions"] += len(report.questions)
        local = {unit.unit_id: set(unit.labels) for unit in self.local_units()}
        touched = {unit for unit, _ in [*self.given, *self.removed]} | self.carried_units()
        for unit, (labels, confirmed) in self.remote().items():
            if unit in local and unit not in touched and not confirmed:
                assert Counter(labels) == Counter(local[unit]), "what nobody touched is up to date"

    def local_units(self):
        from corpus.doccano.units import collect_units

        return collect_units(self.corpus, LAYOUTS["themes"], "sentence", "kk").units

    def notice(self, report):
        self.name = report.project
        project = int(report.url.rsplit("/", 1)[1])
        if self.project is None:
            self.project = project
            by_name = {user: number for number, user in self.admin.users().items()}
            for name in self.people:
                self.admin.add_member(project, by_name[name])
        assert self.project == project

    @precondition(lambda self: self.project)
    @rule()
    def pull(self):
        COUNTS["pulls checked"] += 1
        pull(self.corpus, self.admin)
        self.check()

    @rule(seed=numbers, what=st.sampled_from(["push", "pull", "push"]))
    def a_command_is_killed(self, seed, what):
        if self.project is None:
            return
        process = self.spawn(what)
        try:
            process.wait(random.Random(seed).uniform(0.8, 5.0))
        except subprocess.TimeoutExpired:
            process.kill()
            COUNTS[f"killed {what}"] += 1
        process.wait()

    @rule(seed=numbers, part=st.sampled_from(["worker", "web"]))
    def a_process_of_the_server_is_killed(self, seed, part):
        if self.project is None or seed % 4:
            return
        process = self.spawn("push" if seed % 3 else "pull")
        time.sleep(random.Random(seed).uniform(1.0, 4.0))
        pid = int((self.running.home / f"{part}.pid").read_text())
        for child in [pid, *children(pid)]:
            server._signal(child, server.signal.SIGKILL)
        COUNTS[f"killed {part}"] += 1
        time.sleep(0.5)
        process.kill()
        process.wait()
        for _ in range(3):
            try:
                server.up(self.running.home)
                break
            except MinberError:
                time.sleep(2)
        self.admin.check_health()

    def spawn(self, what):
        program = Path(sys.executable).with_name("minber")
        environment = os.environ | {"MINBER_DOCCANO_PASSWORD": self.running.password}
        command = [program, "--corpus", self.corpus.path, what, "--quiet"]
        return subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    # --- what must hold

    def remote(self):
        """Unit → its labels, each as often as it is there, and whether it is confirmed."""
        reader, _ = self.reader()
        found = {}
        for row in self.admin.examples(self.project):
            unit = unit_of(row["meta"])
            assert unit not in found, "a unit is on the server once"
            labels = [given.label for given in reader.of(row["id"], row["text"])]
            found[unit] = labels, bool(self.admin.confirmations(self.project, row["id"]))
        return found

    def rows(self):
        return [row for row in self.corpus.labels.collect().to_dicts() if row["project"] == self.name]

    def carried(self):
        return {self.place(row) for row in self.rows() if "carried" in (row["attributes"] or "")}

    def carried_units(self):
        return {unit for unit, _ in self.carried()}

    @staticmethod
    def place(row):
        start = int(row["unit_id"].rsplit(":", 1)[1].split("-")[0])
        return row["unit_id"], Label(row["layer"], row["label"], row["start"] - start, row["end"] - start)

    def check(self):
        there, rows = self.remote(), self.rows()
        present: dict[tuple[str, Label], set[str]] = {}
        for row in rows:
            assert row["origin"] == "human"
            assert self.place(row) not in present, "one decision a label"
            present.setdefault(self.place(row), set()).add(row["decision"])
        carried = self.carried()
        for (unit, label), people in self.given.items():
            if people and unit not in self.gone and (unit, label) not in self.removed:
                assert present.get((unit, label), set()) & {"added", "confirmed"}, ("given", unit, label, people)
                self.safe.add((unit, label))
        for unit, label in self.safe:
            if unit in self.gone and self.given[unit, label]:
                assert (unit, label) in present, ("given before the unit was deleted", unit, label)
        for unit, label in self.removed:
            if unit in there and not self.given.get((unit, label)):
                assert label not in there[unit][0], ("came back", unit, label)
                assert "rejected" in present.get((unit, label), set()), ("rejected", unit, label)
        for (unit, label), decisions in present.items():
            if unit in self.gone or unit not in there:
                continue
            labels, confirmed = there[unit]
            if "added" in decisions:
                assert self.given.get((unit, label)) or (unit, label) in carried, ("machine as human", unit, label)
                assert label in labels
            if "rejected" in decisions:
                assert (unit, label) in self.removed or (unit, label) in carried, ("nobody rejected", unit, label)
                assert label not in labels
            if "confirmed" in decisions:
                assert confirmed, ("kept by nobody", unit, label)
        for unit, (labels, confirmed) in there.items():
            if confirmed:
                kept = {label for (name, label), found in present.items() if name == unit and found != {"rejected"}}
                assert kept == set(labels), ("a confirmed unit is a person's", unit)
            for label, count in Counter(labels).items():
                assert count <= 1 + len(self.given.get((unit, label), ())), ("doubled", unit, label)

    def teardown(self):
        if getattr(self, "project", None):
            push(self.corpus, self.admin)
            pull(self.corpus, self.admin)
            self.check()
            self.admin.delete_project(self.project)
            self.admin.close()
            for client in self.people.values():
                client.close()


def children(pid):
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            found.append(int(path.parent.name))
    return found


@pytest.mark.timeout(3600)
def test_whatever_happens_every_label_of_a_person_is_in_the_corpus(doccano_server, tmp_path, record_property):
    class Machine(Corpora):
        running, folder = doccano_server, tmp_path

    each = 30
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=1 + STEPS // each,  # the first is the simplest one: nothing but pulls
            stateful_step_count=each,
            deadline=None,
            derandomize="MINBER_SYNC_STEPS" not in os.environ,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            print_blob=True,
            database=None,
        ),
    )
    for name, count in COUNTS.items():
        record_property(name, count)
    print(dict(COUNTS))
