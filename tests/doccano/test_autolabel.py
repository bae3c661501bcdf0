"""Auto-labelling through the real server: set up, a text opened by an annotator, labels on the right words, once."""

import subprocess

import polars as pl
import pytest

from corpus.doccano.autolabel import is_ours
from corpus.doccano.layouts import interface
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from schemas.codebook import load_codebook
from tests.doccano.corpora import EMOJI, add, make_corpus, sentences
from tests.fixtures_service import MINBER, TOKEN, environment, running_service

pytestmark = pytest.mark.server

PASSWORD = "qwe!asd123"
BOOK = load_codebook("reforms")
SENTENCE = "👩‍👩‍👧 Қоғамдық диалогтың жаңа үлгісі қалыптасты."
QUOTE = "👩‍👩‍👧 Жиын өтті. «Қоғамдық диалогтың жаңа үлгісі қалыптасты», – деді Қасым-Жомарт Тоқаев."
MANY = "😀 Парламент сайлауы өтті, адам құқықтары мен сот реформасы талқыланды."


@pytest.fixture
def bare(doccano_server, tmp_path, request):
    """A corpus whose texts nobody has annotated yet."""
    documents = {
        "emoji": (EMOJI, sentences(EMOJI, ["😀 Құрметті отандастар!", SENTENCE])),
        "quote": (QUOTE, sentences(QUOTE, [QUOTE])),
        "many": (MANY, sentences(MANY, [MANY])),
    }
    return make_corpus(tmp_path / "c", doccano_server.url, documents, name=request.node.name[:60])


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    """Any corpus with the same codebook will do where nothing is noted."""
    from corpus.store import init_corpus

    folder = tmp_path_factory.mktemp("service") / "c"
    init_corpus(folder, name="Service")
    with running_service(folder) as running:
        yield running


class Annotator:
    """Somebody who opens texts with auto-labelling switched on, as the page does it."""

    def __init__(self, running, admin, project, name="opener"):
        if name not in admin.users().values():
            admin.create_user(name, PASSWORD)
        by_name = {user: number for number, user in admin.users().items()}
        if by_name[name] not in {row["user"] for row in admin.members(project)}:
            admin.add_member(project, by_name[name])
        self.client, self.project = running.client(name, PASSWORD), project
        self.examples = {row["text"]: row["id"] for row in admin.examples(project)}
        self.names = {
            kind: {row["id"]: row["text"] for row in self.client.label_types(project, kind)}
            for kind in ("category", "span")
        }

    def open(self, text):
        self.client._send("POST", f"v1/projects/{self.project}/auto-labeling?example={self.examples[text]}", {})

    def categories(self, text):
        rows = self.client.labels(self.project, self.examples[text], "category")
        return sorted(self.names["category"][row["label"]] for row in rows)

    def spans(self, text):
        units = text.encode("utf-16-le")
        return sorted(
            (
                self.names["span"][row["label"]],
                units[2 * row["start_offset"] : 2 * row["end_offset"]].decode("utf-16-le"),
            )
            for row in self.client.labels(self.project, self.examples[text], "span")
        )

    def remove(self, text, kind, name):
        [number] = [
            row["id"]
            for row in self.client.labels(self.project, self.examples[text], kind)
            if self.names[kind][row["label"]] == name
        ]
        plural = {"category": "categories", "span": "spans"}[kind]
        path = f"v1/projects/{self.project}/examples/{self.examples[text]}"
        self.client._send("DELETE", f"{path}/{plural}/{number}")

    def confirm(self, text):
        self.client._send("POST", f"v1/projects/{self.project}/examples/{self.examples[text]}/states", {})


def minber(corpus, server, *command, token=TOKEN):
    return subprocess.run(
        [*MINBER, "--corpus", str(corpus.path), *command],
        capture_output=True,
        text=True,
        timeout=120,
        env=environment(MINBER_SERVICE_TOKEN=token, MINBER_DOCCANO_PASSWORD=server.password),
    )


def project_of(report):
    return int(report.url.rsplit("/", 1)[1])


def test_themes_on_the_right_words_once(bare, doccano_server, doccano_client):
    project = project_of(push(bare, doccano_client))
    name = BOOK.theme("dialogue").name("kk")
    with running_service(bare.path) as service:
        done = minber(bare, doccano_server, "doccano", "setup-autolabel", "--url", service.url)
        assert done.returncode == 0, done.stderr
        assert "2 made, 0 changed, 0 removed, 0 as they were" in done.stderr
        again = minber(bare, doccano_server, "doccano", "setup-autolabel", "--url", service.url)
        assert "0 made, 0 changed, 0 removed, 2 as they were" in again.stderr
        person = Annotator(doccano_server, doccano_client, project)
        person.open(SENTENCE)
        assert person.categories(SENTENCE) == [name]
        assert person.spans(SENTENCE) == [(name, "Қоғамдық диалогтың")]
        person.remove(SENTENCE, "category", name)
        person.open(SENTENCE)
        assert person.categories(SENTENCE) == [], "what a person took away does not come back"
        removed = minber(bare, doccano_server, "doccano", "setup-autolabel", "--remove")
        assert "2 removed" in removed.stderr
        assert doccano_client.auto_labelling(project) == []


def test_overlapping_themes_and_no_doubles(bare, doccano_server, doccano_client):
    project = project_of(push(bare, doccano_client, "spans"))
    with running_service(bare.path) as service:
        assert (
            minber(
                bare, doccano_server, "doccano", "setup-autolabel", "--layout", "spans", "--url", service.url
            ).returncode
            == 0
        )
        person = Annotator(doccano_server, doccano_client, project)
        person.open(MANY)
        found = person.spans(MANY)
        assert len(found) >= 2
        assert len({label for label, _ in found}) == len(found), "several themes on the same words"
        for _ in range(2):
            person.open(MANY)
        assert person.spans(MANY) == found


def test_voices(bare, doccano_server, doccano_client):
    project = project_of(push(bare, doccano_client, "voices"))
    names = {row["layer"]: row["names"]["kk"] for row in interface()["voices"] if row["label"] != "partial"}
    with running_service(bare.path) as service:
        setup = ("doccano", "setup-autolabel", "--layout", "voices", "--url", service.url)
        assert minber(bare, doccano_server, *setup).returncode == 0
        person = Annotator(doccano_server, doccano_client, project)
        person.open(QUOTE)
        assert person.spans(QUOTE) == sorted(
            [
                (names["quote"], "Қоғамдық диалогтың жаңа үлгісі қалыптасты"),
                (names["cue"], "деді"),
                (names["mention"], "Қасым-Жомарт Тоқаев"),
            ]
        )


def test_proposals_are_nobodys_until_confirmed(bare, doccano_server, doccano_client):
    project = project_of(push(bare, doccano_client))
    with running_service(bare.path) as service:
        assert minber(bare, doccano_server, "doccano", "setup-autolabel", "--url", service.url).returncode == 0
        person = Annotator(doccano_server, doccano_client, project)
        person.open(SENTENCE)
        person.open(MANY)
    proposed = person.categories(MANY)
    pull(bare, doccano_client)
    assert bare.labels.collect().height == 0, "a label that only the machine gave counts as nobody's"
    person.remove(MANY, "category", proposed[0])
    person.confirm(SENTENCE)
    pull(bare, doccano_client)
    found = {
        (row["label"], row["layer"], row["decision"], row["annotator"])
        for row in bare.labels.filter(pl.col("layer").is_in(["theme", "evidence"])).collect().to_dicts()
    }
    names = {BOOK.theme(theme.id).name("kk"): theme.id for theme in BOOK.themes}
    assert found == {
        ("dialogue", "theme", "confirmed", "opener"),
        ("dialogue", "evidence", "confirmed", "opener"),
        (names[proposed[0]], "theme", "rejected", "opener"),
    }


def test_texts_with_labels_get_no_proposals(bare, doccano_server, doccano_client):
    project = project_of(push(bare, doccano_client, "spans"))
    person = Annotator(doccano_server, doccano_client, project)
    number = {text: key for key, text in person.names["span"].items()}[BOOK.theme("education_science").name("kk")]
    body = {"label": number, "start_offset": 0, "end_offset": 2}
    person.client._send("POST", f"v1/projects/{project}/examples/{person.examples[MANY]}/spans", body)
    later = "Адам құқықтарын қорғау жүйесі жақсарды."
    with running_service(bare.path) as service:
        setup = ("doccano", "setup-autolabel", "--layout", "spans", "--url", service.url)
        assert "1 text(s) have labels already" in minber(bare, doccano_server, *setup).stderr
        person.open(MANY)
        assert len(person.spans(MANY)) == 1
        theme = {"layer": "theme", "label": "human_rights", "start": 0, "end": len(later), "attributes": {}}
        add(bare, {"later": (later, [*sentences(later, [later]), theme])})
        push(bare, doccano_client, "spans")  # with a pre-annotation, after auto-labelling was set up
        person = Annotator(doccano_server, doccano_client, project)
        person.open(later)
        assert person.spans(later) == [(BOOK.theme("human_rights").name("kk"), later)]


def test_renamed_label_types_and_other_services_are_respected(bare, service, doccano_server, doccano_client):
    project = project_of(push(bare, doccano_client))
    other = {
        "model_name": "Custom REST Request",
        "model_attrs": {"url": "http://127.0.0.1:9/x", "method": "POST", "params": {}, "headers": {}, "body": {}},
        "template": "[]",
        "label_mapping": {},
        "task_type": "Category",
    }
    theirs = doccano_client.set_auto_labelling(project, other)["id"]
    name = BOOK.theme("dialogue").name("kk")
    [row] = [row for row in doccano_client.label_types(project, "category") if row["text"] == name]
    doccano_client.update_label_type(project, "category", row["id"], text="Сұхбат")
    setup = ("doccano", "setup-autolabel", "--url", service.url)
    assert minber(bare, doccano_server, *setup).returncode == 0
    ours = [config for config in doccano_client.auto_labelling(project) if is_ours(config)]
    assert {config["label_mapping"][name] for config in ours if config["task_type"] == "Category"} == {"Сұхбат"}
    doccano_client.remove_auto_labelling(project, theirs)  # it would fail at each opening
    person = Annotator(doccano_server, doccano_client, project)
    person.open(SENTENCE)
    assert person.categories(SENTENCE) == ["Сұхбат"]
    theirs = doccano_client.set_auto_labelling(project, other)["id"]
    assert minber(bare, doccano_server, "doccano", "setup-autolabel", "--remove").returncode == 0
    assert [config["id"] for config in doccano_client.auto_labelling(project)] == [theirs]


def test_faults_are_told_and_change_nothing(bare, service, doccano_server, doccano_client):
    setup = ("doccano", "setup-autolabel", "--url", service.url)
    early = minber(bare, doccano_server, *setup)
    assert (early.returncode, early.stderr[:5]) == (1, "MB466")
    project = project_of(push(bare, doccano_client))
    wrong = minber(bare, doccano_server, *setup, token="another-token-of-somebody")
    assert "MB467" in wrong.stderr
    assert "refuses our token" in wrong.stderr
    assert "another-token-of-somebody" not in wrong.stderr
    for url, problem in (
        ("http://127.0.0.1:9", "cannot reach"),
        (doccano_server.url, "asking it failed"),
    ):
        done = minber(bare, doccano_server, "doccano", "setup-autolabel", "--url", url)
        assert (done.returncode, "MB467" in done.stderr, problem in done.stderr) == (1, True, True), done.stderr
    assert doccano_client.auto_labelling(project) == []


def test_setting_up_again_after_the_service_was_killed_says_so(bare, doccano_server, doccano_client):
    project = project_of(push(bare, doccano_client))
    with running_service(bare.path) as service:
        setup = ("doccano", "setup-autolabel", "--url", service.url)
        assert minber(bare, doccano_server, *setup).returncode == 0
        service.stop(9)
        dead = minber(bare, doccano_server, *setup)
    assert f"no labels from the recommender at {service.url}: it cannot reach this address" in dead.stderr
    assert len(doccano_client.auto_labelling(project)) == 2


def test_half_without_the_machine_is_not_spoiled(bare, service, doccano_server, doccano_client):
    push(bare, doccano_client)
    with (bare.path / "minber.toml").open("a", encoding="utf-8") as file:
        file.write('preannotate = "half"\n')
    done = minber(bare, doccano_server, "doccano", "setup-autolabel", "--url", service.url)
    assert (done.returncode, done.stderr[:5]) == (2, "MB468")
