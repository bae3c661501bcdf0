"""The ``minber stats`` commands as a user runs them: output, messages, exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command import minber

TEXT = """Мемлекет басшысы реформалар туралы айтты

Президент Қасым-Жомарт Тоқаев ауқымды реформалар жүргізілетінін мәлімдеді.

«Біз саяси реформаны бастадық. Мәслихаттардың рөлі артты. Қоғамдық диалогтың жаңа үлгісі қалыптасты», – деді Тоқаев.

Жиынға әкімдер қатысты.
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("stats")
    (root / "news.txt").write_text(TEXT, encoding="utf-8")
    minber(root, "init", "speeches", "--country", "KZ")
    minber(root / "speeches", "ingest", str(root / "news.txt"), "--lang", "kk", "--date", "2024-03-15")
    minber(root / "speeches", "annotate")
    return root / "speeches"


def test_overview(folder: Path) -> None:
    done = minber(folder, "stats", "overview", "--format", "json", "--by", "lang,year")
    (row,) = json.loads(done.stdout)
    assert (row["lang"], row["year"], row["documents"]) == ("kk", 2024, 1)
    assert row["tokens"] > row["words"] > 20
    assert 0.2 < row["quoted"] < 0.8
    assert "1 document(s)" in done.stderr
    assert not minber(folder, "stats", "overview", "--quiet").stderr


def test_freq_of_a_voice(folder: Path) -> None:
    rows = json.loads(minber(folder, "stats", "freq", "--format", "json", "--voice", "quoted").stdout)
    features = {row["feature"] for row in rows}
    assert {"реформаны", "диалогтың"} <= features
    assert not features & {"әкімдер", "деді", ",", "."}
    with_marks = json.loads(minber(folder, "stats", "freq", "--format", "json", "--punct").stdout)
    assert {",", "."} <= {row["feature"] for row in with_marks}


def test_a_table_shows_the_top_and_says_of_how_many(folder: Path) -> None:
    done = minber(folder, "stats", "freq", "--top", "3")
    assert len(done.stdout.splitlines()) == 4
    assert "3 of " in done.stderr


def test_csv_files_open_in_spreadsheets(folder: Path, tmp_path: Path) -> None:
    minber(folder, "stats", "freq", "--out", str(tmp_path / "words.csv"))
    data = (tmp_path / "words.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbffeature,frequency,rank,docfreq,group")
    assert "қалыптасты" in data.decode("utf-8")


def test_kwic(folder: Path) -> None:
    rows = json.loads(minber(folder, "stats", "kwic", "реформа*", "--window", "2", "--format", "json").stdout)
    assert [row["keyword"] for row in rows] == ["реформалар", "реформалар", "реформаны"]
    assert rows[2]["pre"].split() == ["Біз", "саяси"]
    quoted = json.loads(
        minber(
            folder, "stats", "kwic", "саяси реформа*", "--voice", "quoted", "--format", "json", "--by", "speaker"
        ).stdout
    )
    assert [row["keyword"] for row in quoted] == ["саяси реформаны"]
    assert "Тоқаев" in quoted[0]["speaker"]
    assert "0 lines" in minber(folder, "stats", "kwic", "жоқсөз").stderr


def test_kwic_of_a_theme(folder: Path) -> None:
    rows = json.loads(minber(folder, "stats", "kwic", "--theme", "dialogue", "--format", "json").stdout)
    assert any("диалогтың" in row["keyword"] for row in rows)


def test_kwic_by_lemma_quotation_and_sentence(folder: Path) -> None:
    def lines(*arguments: str) -> list[dict[str, str]]:
        found: list[dict[str, str]] = json.loads(minber(folder, "stats", "kwic", *arguments, "--format", "json").stdout)
        return found

    assert [row["keyword"] for row in lines("реформа", "--lemma")] == ["реформалар", "реформалар", "реформаны"]
    (quoted,) = lines("--quotation")
    assert quoted["keyword"].startswith("Біз саяси реформаны бастадық")
    assert quoted["keyword"].endswith("қалыптасты")
    assert "Тоқаев" in quoted["speaker"]
    assert quoted["pattern"] == "direct"
    assert lines("реформа*", "диалог*", "--quotation")[0] == quoted | {"pattern": "диалог*, реформа*"}
    assert lines("--theme", "dialogue", "--quotation")[0]["keyword"] == quoted["keyword"]
    assert lines("әкімдер", "--quotation") == []
    (line,) = lines("рөлі", "--context", "sentence")
    assert (line["pre"], line["post"]) == ("Мәслихаттардың", "артты .")
    (line,) = lines("рөлі", "--context", "voice")
    assert line["pre"].split()[0] == "Біз"
    assert line["post"].split()[-1] == "қалыптасты"


def test_colours_are_for_terminals_only(folder: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NO_COLOR", raising=False)
        patch.setenv("TERM", "xterm")
        assert "\x1b" not in minber(folder, "stats", "kwic", "реформа*").stdout
        patch.setattr("corpus.stats.output._on_terminal", lambda: True)
        assert "\x1b[1;31mреформаны" in minber(folder, "stats", "kwic", "реформа*").stdout
        for name, value in (("NO_COLOR", "1"), ("TERM", "dumb")):
            with pytest.MonkeyPatch.context() as inner:
                inner.setenv(name, value)
                assert "\x1b" not in minber(folder, "stats", "kwic", "реформа*").stdout


@pytest.mark.slow
def test_themes_with_a_picture(folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "themes.svg"
    done = minber(folder, "stats", "themes", "--format", "json", "--plot", str(picture), "--names", "kk")
    rows = {row["theme"]: row for row in json.loads(done.stdout)}
    assert rows["dialogue"]["count"] >= 1
    assert rows["dialogue"]["low"] < rows["dialogue"]["share"] < rows["dialogue"]["high"]
    assert len(rows) == 21
    assert "Қоғамдық диалог" in picture.read_text(encoding="utf-8")
    documents = json.loads(minber(folder, "stats", "themes", "--unit", "document", "--format", "json").stdout)
    assert {row["n"] for row in documents} == {1}


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["freq", "--where", 'lang == "ru"'], 1, "MB504 --where 'lang == \"ru\"' leaves nothing of 1 documents"),
        (["freq", "--where", "lang = 'ru'"], 2, "MB502"),
        (["freq", "--by", "party"], 2, "MB501 unknown field party in --by. Cure: use one of: id, lang"),
        (["freq", "--voice", "nobody"], 2, "MB505"),
        (["freq", "--format", "xlsx"], 2, "table, csv, json, parquet"),
        (["freq", "--out", "words.docx"], 2, "MB507"),
        (["themes", "--plot", "themes.gif"], 2, ".svg .png .html"),
        (["themes", "--source", "human"], 1, "minber pull"),
        (["kwic"], 2, "either a pattern or --theme"),
        (["kwic", "x", "--context", "page"], 2, "words, sentence, voice"),
        (["kwic", "x", "--context", "sentence", "--tokenizer", "whitespace"], 2, "knows no sentences"),
        (["kwic", "--theme", "nothing"], 2, "there is no theme nothing"),
        (["kwic", "(", "--regex"], 2, "MB508"),
    ],
)
def test_mistakes_get_a_coded_line(folder: Path, arguments: list[str], code: int, said: str) -> None:
    done = minber(folder, "stats", *arguments, code=code)
    assert said in done.stderr
    assert not done.stdout


def test_every_command_shows_an_example(folder: Path) -> None:
    shown = minber(folder, "stats", "--help").stdout
    commands = [
        line.split()[0] for line in shown.split("Commands:")[1].splitlines() if line.startswith("  ") and line[2] != " "
    ]
    assert {"overview", "freq", "kwic", "themes"} <= set(commands)
    for command in commands:
        assert f"Example: minber stats {command}" in minber(folder, "stats", command, "--help").stdout


@pytest.mark.parametrize(
    ("arguments", "columns"),
    [
        (["keyness", "--target", 'voice == "quoted"', "--min-count", "1"], "feature,G2,p,n_target,n_reference,"),
        (
            ["keyness", "--target", 'voice == "quoted"', "--measure", "chi2", "--min-count", "1"],
            "feature,chi2,p,n_target,n_reference,",
        ),
        (["collocations", "--min-count", "1"], "collocation,count,count_nested,length,lambda,z"),
        (["collocations", "--node", "Реформалар", "--min-count", "1"], "feature,count,expected,frequency,G2,"),
        (["dispersion", "--parts", "voice", "--min-count", "1"], "feature,frequency,range,D,"),
        (["dispersion", "--parts", "4", "--min-count", "1"], "feature,frequency,range,D,"),
        (["diversity", "--measures", "all", "--by", "voice"], "document,tokens,types,TTR,"),
        (["similarity", "--by", "voice"], "document1,document2,cosine"),
        (["tfidf", "--by", "voice", "--tf", "prop"], "feature,tfidf,frequency,docfreq,group"),
        (["entropy"], "document,entropy"),
        (["entropy", "--by", "voice", "--margin", "features"], "feature,entropy"),
        (["cooccurrence", "--min-count", "1"], "a,b,n"),
        (["cooccurrence", "--unit", "sentence", "--node", "Реформалар", "--min-count", "1"], "a,b,n"),
        (["freq", "--ngrams", "1,2", "--skip", "0,1", "--by", "voice"], "feature,frequency,rank,docfreq,group"),
        (["readability", "--measures", "all"], "document,lang,ARI,"),
        (["readability", "--measures", "counts", "--by", "voice"], "document,lang,W,V,St,C,"),
    ],
)
def test_measures(folder: Path, arguments: list[str], columns: str) -> None:
    done = minber(folder, "stats", *arguments, "--format", "csv")
    header, *rows = done.stdout.splitlines()
    assert header.startswith(columns)
    assert rows


def test_keyness_of_a_voice_begins_with_its_words(folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "keyness.png"
    options = ["--target", 'voice == "quoted"', "--min-count", "1", "--measure", "log_ratio", "--plot", str(picture)]
    rows = json.loads(minber(folder, "stats", "keyness", *options, "--format", "json").stdout)
    assert rows[0]["n_reference"] == 0 < rows[0]["n_target"]
    assert rows[-1]["n_target"] == 0 < rows[-1]["n_reference"]
    assert picture.read_bytes().startswith(b"\x89PNG")
    turned = json.loads(minber(folder, "stats", "keyness", *options[:6], "--negative", "--format", "json").stdout)
    assert turned == rows[::-1]


def test_ngrams_and_skip_grams(folder: Path) -> None:
    def features(*arguments: str) -> set[str]:
        rows = json.loads(minber(folder, "stats", "freq", *arguments, "--format", "json").stdout)
        return {row["feature"] for row in rows}

    pairs = features("--ngrams", "2")
    assert {"саяси_реформаны", "мәслихаттардың_рөлі"} <= pairs
    assert "бастадық_мәслихаттардың" not in pairs  # a full stop parts them
    collocated = json.loads(minber(folder, "stats", "collocations", "--min-count", "1", "--format", "json").stdout)
    assert {row["collocation"].replace(" ", "_") for row in collocated} == pairs
    apart = features("--ngrams", "2", "--skip", "1", "--joiner", "+")
    assert "біз+реформаны" in apart
    assert "біз+саяси" not in apart
    assert "--ngrams two" in minber(folder, "stats", "freq", "--ngrams", "two", code=2).stderr
    assert "--skip -1" in minber(folder, "stats", "freq", "--ngrams", "2", "--skip=-1", code=2).stderr


def test_keyness_by_bootstrap(folder: Path) -> None:
    options = ["--target", 'voice == "quoted"', "--min-count", "1", "--bootstrap", "50", "--seed", "3"]
    done = minber(folder, "stats", "keyness", *options, "--format", "csv")
    assert done.stdout.splitlines()[0].endswith("log_ratio_high,p_bootstrap")
    assert "only 1 document(s) on one side" in done.stderr
    header = minber(
        folder, "stats", "keyness", *options, "--measure", "odds_ratio", "--format", "csv"
    ).stdout.splitlines()[0]
    assert header.endswith("odds_ratio_low,odds_ratio_high,p_bootstrap")


def test_measures_name_their_sources(folder: Path) -> None:
    commands = (
        "keyness",
        "collocations",
        "dispersion",
        "diversity",
        "similarity",
        "readability",
        "tfidf",
        "entropy",
        "versions",
    )
    for command in commands:
        assert "(19" in minber(folder, "stats", command, "--cite").stdout


def test_dictionary(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "power.yml").write_text(
        "power:\n  local: [мәслихат*, әкім*]\n  reform: [саяси реформа*]\n", encoding="utf-8"
    )
    options = ["stats", "dictionary", str(tmp_path / "power.yml"), "--format", "json"]
    rows = json.loads(minber(folder, *options, "--by", "voice").stdout)
    counts = {(row["group"], row["key"]): row["count"] for row in rows}
    assert counts["narrator", "power.local"] == counts["quoted", "power.local"] == counts["quoted", "power.reform"] == 1
    assert counts["narrator", "power.reform"] == 0
    (row,) = json.loads(minber(folder, *options, "--levels", "1").stdout)
    assert (row["key"], row["count"]) == ("power", 3)
    assert "мәслихаттардың" in row["matches"]
    matches = json.loads(minber(folder, *options, "--matches").stdout)
    assert [row["match"] for row in matches] == ["саяси реформаны", "мәслихаттардың", "әкімдер"]
    (tmp_path / "broken.yml").write_text("- a")
    assert "MB510" in minber(folder, "stats", "dictionary", str(tmp_path / "broken.yml"), code=1).stderr


def test_timelines_of_themes_and_words(folder: Path, tmp_path: Path) -> None:
    picture = tmp_path / "lines.svg"
    options = ["--every", "month", "--format", "json"]
    rows = json.loads(
        minber(folder, "stats", "timeline", "--theme", "dialogue", *options, "--plot", str(picture)).stdout
    )
    (row,) = rows
    assert (row["series"], row["period"], row["name"]) == ("dialogue", "2024-03-01", "Қоғамдық диалог")
    assert 0 < row["low"] < row["share"] < row["high"]
    assert "Қоғамдық диалог" in picture.read_text(encoding="utf-8")
    words = json.loads(minber(folder, "stats", "timeline", "реформа*", "жоқсөз", *options).stdout)
    assert {row["series"]: row["count"] for row in words} == {"реформа*": 3, "жоқсөз": 0}
    assert "either" in minber(folder, "stats", "timeline", "x", "--theme", "dialogue", code=2).stderr
    assert "fortnight" in minber(folder, "stats", "timeline", "--every", "fortnight", code=2).stderr


@pytest.mark.slow
def test_versions_of_a_speech(tmp_path: Path) -> None:
    texts = {"kk": "Қоғамдық диалог маңызды. Экономика өседі.", "ru": "Экономика растёт. Экономика важна. Люди живут."}
    minber(tmp_path, "init", "pair", "--country", "KZ")
    pair = tmp_path / "pair"
    (tmp_path / "kk.txt").write_text("Сөз\n\n" + texts["kk"], encoding="utf-8")
    (tmp_path / "ru.txt").write_text("Речь\n\n" + texts["ru"], encoding="utf-8")
    minber(pair, "ingest", str(tmp_path / "kk.txt"), "--lang", "kk", "--kind", "transcript", "--speaker", "А")
    (row,) = json.loads(minber(pair, "stats", "overview", "--by", "id", "--format", "json").stdout)
    minber(pair, "annotate")
    assert "minber versions pair" in minber(pair, "stats", "versions", code=1).stderr
    known = ["--kind", "transcript", "--speaker", "А", "--version-of", row["group"]]
    minber(pair, "ingest", str(tmp_path / "ru.txt"), "--lang", "ru", *known)
    minber(pair, "annotate")
    picture = tmp_path / "versions.svg"
    rows = json.loads(minber(pair, "stats", "versions", "--format", "json", "--plot", str(picture)).stdout)
    themes = {row["theme"]: row for row in rows}
    assert themes["dialogue"]["difference"] > 0 > themes["economy"]["difference"]
    assert themes["dialogue"]["p"] is None
    assert "Экономика" in picture.read_text(encoding="utf-8")


def test_an_empty_corpus_and_one_not_annotated(tmp_path: Path) -> None:
    minber(tmp_path, "init", "new", "--quiet")
    for command in (["overview"], ["freq"], ["kwic", "x"], ["themes"], ["timeline"], ["versions"]):
        assert "MB511" in minber(tmp_path / "new", "stats", *command, code=1).stderr
    (tmp_path / "news.txt").write_text(TEXT, encoding="utf-8")
    minber(tmp_path / "new", "ingest", str(tmp_path / "news.txt"), "--lang", "kk", "--quiet")
    done = minber(tmp_path / "new", "stats", "overview", "--by", "voice", "--format", "json")
    assert [row["group"] for row in json.loads(done.stdout)] == ["narrator"]
    assert "1 of them not annotated" in done.stderr
    assert "minber annotate" in minber(tmp_path / "new", "stats", "themes", code=1).stderr


@pytest.mark.slow
def test_a_manifest_makes_the_same_again(tmp_path: Path) -> None:
    minber(tmp_path, "init", "c", "--country", "KZ")
    folder = tmp_path / "c"
    (tmp_path / "news.txt").write_text(TEXT, encoding="utf-8")
    minber(folder, "ingest", str(tmp_path / "news.txt"), "--lang", "kk")
    minber(folder, "annotate")
    jobs = {
        "words.csv": ["freq", "--voice", "quoted"],
        "lines.json": ["kwic", "реформа*"],
        "themes.parquet": ["themes", "--by", "voice"],
    }
    for name, job in jobs.items():
        options = ["--out", str(tmp_path / name), "--manifest", str(tmp_path / f"{name}.manifest")]
        minber(folder, "stats", *job, *options)
    table = minber(folder, "stats", "overview", "--manifest", str(tmp_path / "table.manifest")).stdout
    # the corpus goes on
    (tmp_path / "more.txt").write_text(TEXT.replace("Тоқаев", "Абай"), encoding="utf-8")
    minber(folder, "ingest", str(tmp_path / "more.txt"), "--lang", "kk")
    minber(folder, "annotate")
    assert "2 document(s)" in minber(folder, "stats", "overview").stderr
    for name in jobs:
        done = minber(folder, "rerun", str(tmp_path / f"{name}.manifest"), "--out", str(tmp_path / f"again-{name}"))
        assert "the same as then" in done.stderr
        assert (tmp_path / f"again-{name}").read_bytes() == (tmp_path / name).read_bytes()
    assert minber(folder, "rerun", str(tmp_path / "table.manifest")).stdout == table
    told = json.loads((tmp_path / "words.csv.manifest").read_text(encoding="utf-8"))
    assert told["selection"] == "--voice quoted"
    assert set(told["tables"]) >= {"documents", "annotations", "tokens"}
    (tmp_path / "words.csv.manifest").write_text(json.dumps(told | {"sha256": "0" * 64}), encoding="utf-8")
    wrong = minber(folder, "rerun", str(tmp_path / "words.csv.manifest"), "--out", str(tmp_path / "x.csv"), code=1)
    assert "MB513" in wrong.stderr
    (tmp_path / "broken").write_text("{}")
    assert "MB512" in minber(folder, "rerun", str(tmp_path / "broken"), code=1).stderr


@pytest.mark.parametrize(
    "command",
    [["entropy"], ["diversity", "--measures", "all"], ["dispersion", "--min-count", "1"]],
)
def test_sums_of_fractions_end_on_the_same_digits(folder: Path, command: list[str]) -> None:
    outputs = {minber(folder, "stats", *command, "--format", "csv").data for _ in range(6)}
    assert len(outputs) == 1
