"""The recommender as a process: what it answers, what it refuses, what it writes down, how it stops."""

import functools
import itertools
import json
import operator
import socket
import stat
import threading
import time

import jsonschema
import pytest
import requests
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from corpus.doccano.layouts import interface
from corpus.doccano.utf16 import Offsets
from corpus.service.api import BODY_BYTES, TEXT_LETTERS, openapi
from corpus.store import init_corpus
from schemas.codebook import load_codebook
from tests.command import run
from tests.examples import examples
from tests.fixtures_service import TOKEN, running_service

pytestmark = pytest.mark.slow

BOOK = load_codebook("reforms")
SENTENCE = "😀 👩‍👩‍👧 Қоғамдық диалогтың жаңа үлгісі қалыптасты."
QUOTE = "👩‍👩‍👧 Жиын өтті. «Қоғамдық диалогтың жаңа үлгісі қалыптасты», – деді Қасым-Жомарт Тоқаев."


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("service") / "c"
    init_corpus(made, name="Service")
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A corpus whose codebook is read at once, for what a service does whatever its codebook."""
    made = tmp_path_factory.mktemp("service")
    book = made / "book.yaml"
    book.write_text(
        "id: talk\nversion: 1.0.0\nnames: {kk: Сөз}\nthemes:\n"
        "  - id: dialogue\n    names: {kk: Диалог}\n    definition: {en: Dialogue.}\n    color: '#1f77b4'\n"
        "    lexicon: {kk: [диалог]}\n",
        encoding="utf-8",
    )
    init_corpus(made / "c", name="Service", codebook=str(book))
    return made / "c"


@pytest.fixture(scope="module")
def service(folder):
    with running_service(folder) as running:
        yield running


def words(text, span):
    data = text.encode("utf-16-le")
    return data[2 * span["start_offset"] : 2 * span["end_offset"]].decode("utf-16-le")


def test_themes_are_categories_and_their_words_underlined(service):
    answer = service.ask(SENTENCE).json()
    name = BOOK.theme("dialogue").name("kk")
    assert (answer["cats"], answer["lang"], answer["layout"]) == ([{"label": name}], "kk", "themes")
    [span] = answer["spans"]
    assert (span["label"], words(SENTENCE, span)) == (name, "Қоғамдық диалогтың")
    assert SENTENCE[span["start_offset"] : span["end_offset"]] != "Қоғамдық диалогтың", (
        "this text tells code points from UTF-16"
    )


def test_names_follow_the_language_that_is_asked_for(service):
    answer = service.ask(SENTENCE, names="ru").json()
    assert answer["cats"] == [{"label": BOOK.theme("dialogue").name("ru")}]


def test_each_text_tells_its_language(service):
    for lang, text in {
        "ru": "Сегодня правительство приняло решение о проведении выборов в парламент.",
        "en": "The parliament adopted a law on the elections and human rights.",
    }.items():
        answer = service.ask(text).json()
        assert answer["lang"] == lang
        assert answer["cats"], text
    assert service.ask("2025 — 14").json() | {"codebook": ""} == {
        "cats": [],
        "spans": [],
        "lang": None,
        "layout": "themes",
        "codebook": "",
        "before": False,
    }


def test_voices_and_spans(service):
    voices = {(row["layer"], row["label"]): row["names"]["kk"] for row in interface()["voices"]}
    answer = service.ask(QUOTE, layout="voices").json()
    found = {(span["label"], words(QUOTE, span)) for span in answer["spans"]}
    assert answer["cats"] == []
    assert (voices["quote", "direct"], "Қоғамдық диалогтың жаңа үлгісі қалыптасты") in found
    assert (voices["mention", "mention"], "Қасым-Жомарт Тоқаев") in found
    assert (voices["cue", "cue"], "деді") in found
    [span] = service.ask(f"  {SENTENCE}\n", layout="spans").json()["spans"]
    assert words(f"  {SENTENCE}\n", span) == SENTENCE


def test_lanes_hold_all_spans_and_no_overlap(service):
    text = "Парламент сайлауы өтті, адам құқықтары мен сот реформасы талқыланды."
    every = service.ask(text, layout="spans").json()["spans"]
    assert len(every) >= 2, "this text has themes on the same words"
    lanes = [service.ask(text, layout="spans", part="spans", lane=lane).json()["spans"] for lane in (1, 2, 3, 4)]
    assert sorted(map(str, functools.reduce(operator.iadd, lanes, []))) == sorted(map(str, every))
    for lane in lanes:
        assert all(left["end_offset"] <= right["start_offset"] for left, right in itertools.pairwise(lane))


def test_themes_have_no_overlapping_words(service, shared):
    for path in sorted((shared / "data" / "seed_stan_kz").glob("*.txt")):
        for paragraph in path.read_text(encoding="utf-8").split("\n\n"):
            spans = service.ask(paragraph).json()["spans"]
            ends = [(span["start_offset"], span["end_offset"]) for span in spans]
            assert all(left[1] <= right[0] for left, right in itertools.pairwise(ends)), paragraph


@pytest.mark.parametrize("token", [None, "", "wrong-but-long-enough", TOKEN + "x", "құпия-сөз-дұрыс-емес".encode()])
def test_wrong_token(service, token):
    header = (
        {} if token is None else {"Authorization": b"Bearer " + (token if isinstance(token, bytes) else token.encode())}
    )
    answer = requests.post(f"{service.url}/label", json={"text": SENTENCE}, headers=header, timeout=10)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "MB464")
    assert answer.headers["www-authenticate"] == "Bearer"


REFUSED = {
    "not JSON": (b"{", 400, "not JSON"),
    "deep": (b"[" * 100_000, 400, "not JSON"),
    "long number": (b'{"text": ' + b"9" * 5000 + b"}", 400, "not JSON"),
    "a list": (b"[]", 400, "an object"),
    "a number": (b'{"text": 1}', 400, "text: Input should be a valid string"),
    "nothing": (b"{}", 400, "text: Field required"),
    "UTF-16": ('{"text": "a"}'.encode("utf-16"), 400, "not UTF-8"),
    "NUL": (b'{"text": "a\\u0000"}', 400, "NUL"),
    "half a pair": (b'{"text": "\\ud83d"}', 400, "surrogate"),
    "long text": (json.dumps({"text": "a" * (TEXT_LETTERS + 1)}).encode(), 413, "longer than"),
    "large body": (b" " * (BODY_BYTES + 1), 413, "larger than"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_bodies(service, case):
    body, status, problem = REFUSED[case]
    answer = service.post(body)
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["code"] == "MB463"
    assert problem in error["message"]


def test_other_refusals(service):
    assert service.post(b"{}", kind="text/plain").status_code == 415
    for path, status in (("/nowhere", 404), ("/label", 405)):
        answer = requests.get(f"{service.url}{path}", timeout=10)
        assert (answer.status_code, answer.json()["error"]["code"]) == (status, "MB463")
    for question in ({"layout": "x"}, {"lane": 0}, {"other": 1}, {"project": "../x"}, {"part": ["cats", "spans"]}):
        assert service.ask(SENTENCE, **question).status_code == 400, question


anything = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["text", "x"]), inner, max_size=2),
    max_leaves=6,
)


@examples(150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=60) | anything.map(lambda value: json.dumps(value).encode()))
def test_any_body_gets_an_answer_in_json(service, body):
    answer = service.post(body)
    assert answer.status_code in (200, 400)
    assert ("error" in answer.json()) == (answer.status_code != 200)


pieces = st.sampled_from(
    ["диалогтың", "сайлау", "😀", "👩‍👩‍👧", "«", "»", ", – деді", "Тоқаев", " ", "\r\n", ".", "\u2028", "й"]
)


@examples(100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        pieces | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=4), max_size=25
    ),
    st.sampled_from(["themes", "voices", "spans"]),
)
def test_spans_of_any_text_lie_between_its_letters(service, parts, layout):
    text = "".join(parts)
    answer = service.ask(text, layout=layout)
    assert answer.status_code == 200
    offsets = Offsets(text)
    for span in answer.json()["spans"]:
        start, end = (offsets.to_code_point(span[name]) for name in ("start_offset", "end_offset"))
        assert 0 <= start < end <= len(text)


def test_answers_are_as_the_schema_says(service):
    described = requests.get(f"{service.url}/openapi.json", timeout=10).json()
    assert described == openapi()
    for name, body in {
        "LabelAnswer": service.ask(QUOTE, layout="voices"),
        "Refusal": service.ask(QUOTE, token=None),
        "Health": service.health(),
    }.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": described["components"]}
        jsonschema.Draft202012Validator(schema).validate(body.json())


def test_page_of_the_description_is_up_to_date():
    from corpus.service.api import openapi_page
    from tests.conftest import ROOT

    assert (ROOT / "docs" / "recommender.openapi.json").read_text(encoding="utf-8") == openapi_page(), "run: make docs"


def test_a_text_of_a_project_is_answered_once(small):
    project = "7-20250314"
    with running_service(small) as first:
        assert first.ask(SENTENCE, project=project, part="cats").json()["cats"]
        assert first.ask(SENTENCE, project=project, part="spans", lane=1).json()["spans"]
        again = first.ask(SENTENCE, project=project, part="cats").json()
        assert (again["cats"], again["before"]) == ([], True)
        assert first.ask(SENTENCE, project="8-20250314", part="cats").json()["cats"], "another project"
        first.stop(9)
    with running_service(small) as second:
        assert second.ask(SENTENCE, project=project, part="spans", lane=1).json()["before"], "killed, and still known"
    noted = (small / "proposals.jsonl").read_text(encoding="utf-8")
    assert "диалог" not in noted


def test_health_answers_while_a_long_text_is_read(service):
    long = (QUOTE + " ") * (TEXT_LETTERS // (len(QUOTE) + 1))
    answers = []
    reading = threading.Thread(target=lambda: answers.append(service.ask(long)))
    reading.start()
    answered = 0
    while reading.is_alive():
        assert service.health().status_code == 200
        answered += not answers
        time.sleep(0.02)
    reading.join()
    assert answers[0].status_code == 200
    assert answers[0].json()["spans"]
    assert answered, "health answers before the long text does"


def test_log_names_neither_texts_nor_token(small):
    with running_service(small) as running:
        running.ask(SENTENCE)
        running.ask(SENTENCE, token="wrong-and-secret-too")
        running.post(b'{"text": ')
        requests.get(f"{running.url}/%D0%B4%D0%B8%D0%B0%D0%BB%D0%BE%D0%B3%0Ax", timeout=10)
        assert running.stop() == 0
    assert "POST /label 200" in running.log
    assert "POST /label 401" in running.log
    assert "GET (another address) 404" in running.log
    assert "stopped" in running.log
    for secret in (TOKEN, "wrong-and-secret-too", "диалог", "Traceback"):
        assert secret not in running.log


def test_stops_when_told_and_finishes_what_is_under_way(small):
    text = (QUOTE + " ") * 300
    with running_service(small) as running:
        answers = []
        asking = threading.Thread(target=lambda: answers.append(running.ask(text)))
        asking.start()
        time.sleep(0.5)
        assert running.stop() == 0
        asking.join(20)
        assert [answer.status_code for answer in answers] == [200]
        with pytest.raises(requests.ConnectionError):
            running.health()


@pytest.fixture
def refusal(small, tmp_path, monkeypatch):
    """What ``minber serve`` says when it does not start."""
    monkeypatch.setenv("MINBER_CACHE", str(tmp_path))
    monkeypatch.delenv("MINBER_SERVICE_TOKEN", raising=False)

    def serve(*options, token=""):
        with monkeypatch.context() as patch:
            if token:
                patch.setenv("MINBER_SERVICE_TOKEN", token)
            return run("--corpus", small, "serve", *options)

    return serve


def test_only_this_machine_reaches_it_without_a_token_of_the_user(refusal, tmp_path):
    refused = refusal("--host", "0.0.0.0")
    assert refused.code == 2
    assert refused.stderr.startswith("MB460")
    short = refusal(token="too-short")
    assert (short.code, "too-short" in short.stderr) == (2, False)
    assert short.stderr.startswith("MB461 MINBER_SERVICE_TOKEN")
    file = tmp_path / "token"
    file.write_text(TOKEN)
    file.chmod(0o644)
    open_to_all = refusal("--token-file", file)
    assert "others may read this file" in open_to_all.stderr
    with socket.create_server(("127.0.0.1", 0)) as taken:
        busy = refusal("--port", taken.getsockname()[1], token=TOKEN)
    assert busy.code == 2
    assert busy.stderr.startswith("MB462")


def test_makes_a_token_of_its_own_that_others_cannot_read(small, tmp_path, monkeypatch):
    monkeypatch.setenv("MINBER_CACHE", str(tmp_path))
    with running_service(small, token="") as running:
        file = tmp_path / "minber" / "service-token"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert running.ask(SENTENCE, token="").status_code == 401
        answer = running.ask(SENTENCE, token=file.read_text().strip()).json()
    assert (answer["cats"], answer["codebook"]) == ([{"label": "Диалог"}], "talk@1.0.0"), "any codebook will do"


def test_language_fixed_for_all_texts(small, refusal):
    with running_service(small, "--lang", "ru") as running:
        assert running.ask("Диалог").json()["lang"] == "ru"
        assert running.health().json()["languages"] == ["ru"]
    assert "MB002" in refusal("--lang", "xx", token=TOKEN).stderr
