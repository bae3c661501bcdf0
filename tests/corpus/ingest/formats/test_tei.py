"""TEI: speeches with their speakers, notes that are nobody's words, corpora of several files."""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from corpus.ingest import Outcome
from corpus.ingest.choices import Choices
from corpus.ingest.formats.tei import read
from corpus.ingest.reading import Raw
from corpus.store import Corpus

Take = Callable[..., list[Outcome]]
PEOPLE = """<particDesc><listOrg><org xml:id="party.A" role="politicalParty">
<orgName full="yes">Аманат партиясы</orgName><orgName full="abb">Аманат</orgName></org></listOrg><listPerson>
<person xml:id="p1"><persName><surname>Әлиев</surname><forename>Үміт</forename></persName><sex value="M"/>
<affiliation role="member" ref="#party.B" to="2020-01-01"/><affiliation role="member" ref="#party.A" from="2020-01-02"/>
</person></listPerson></particDesc>"""
SESSION = """<?xml version="1.0" encoding="UTF-8"?>
<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:id="Мәжіліс-2025-03-14" xml:lang="kk"><teiHeader><fileDesc><titleStmt>
<title type="main" xml:lang="en">A corpus of sessions</title><title type="sub" xml:lang="en">Session 7</title>
<title type="sub" xml:lang="kk">Жетінші отырыс</title><meeting n="7" xml:lang="kk">7-отырыс</meeting></titleStmt>
<publicationStmt><publisher>Университет</publisher></publicationStmt><sourceDesc><bibl><publisher>Мәжіліс</publisher>
<date when="2025-03-14"/></bibl></sourceDesc></fileDesc><profileDesc><settingDesc><setting>
<name type="city">Астана</name><date when="2025-03-14">14.03.2025</date></setting></settingDesc>{people}</profileDesc>
</teiHeader><text><body><div><note type="time">Отырыс сағат 10-да басталды.</note><head>Бюджет туралы</head>
<note type="speaker">ТӨРАҒА:</note>
<u who="#p1" ana="#chair" xml:id="u1"><seg>Құрметті депутаттар! <note type="comment">(Шу.)</note> Отырысты ашамын.</seg>
<kinesic type="applause"><desc xml:lang="en">Applause.</desc><desc xml:lang="kk">Қол шапалақтау.</desc></kinesic>
<seg>Сөз Қайрат Нұрғалиге беріледі.</seg></u>
<note type="speaker">ҚАЙРАТ НҰРҒАЛИ:</note>
<u who="#ҚайратНұрғали" ana="#regular" xml:id="u2" xml:lang="ru"><seg>Уважаемые коллеги, прошу принять закон.</seg></u>
<vocal><desc>Дұрыс!</desc></vocal><u who="#p1"><incident><desc>Қоңырау.</desc></incident></u>
</div></body></text></TEI>"""


def documents(corpus: Corpus) -> list[dict[str, object]]:
    return corpus.documents.sort("uri").collect().to_dicts()


def marked(corpus: Corpus, doc_id: object, layer: str = "chrome") -> list[tuple[str, str]]:
    text = corpus.document(str(doc_id)).text
    rows = corpus.annotations.filter((pl.col("doc_id") == doc_id) & (pl.col("layer") == layer)).sort("start").collect()
    return [(row["label"], text[row["start"] : row["end"]]) for row in rows.to_dicts()]


def test_each_speech_is_a_document_with_its_speaker(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    (tmp_path / "s.xml").write_text(SESSION.format(people=PEOPLE), encoding="utf-8")
    outcomes = take(tmp_path / "s.xml")
    assert [outcome.status for outcome in outcomes] == ["added", "added"]  # the bell is no speech
    first, second = (speeches.document(str(outcome.id)) for outcome in outcomes)
    assert first.text == (
        "Отырыс сағат 10-да басталды.\nҚұрметті депутаттар! (Шу.) Отырысты ашамын.\n"
        "Қол шапалақтау.\nСөз Қайрат Нұрғалиге беріледі."
    )
    assert marked(speeches, first.id) == [
        ("time", "Отырыс сағат 10-да басталды."),
        ("comment", "(Шу.)"),
        ("kinesic", "Қол шапалақтау."),
    ]
    assert (first.speaker, first.kind, first.date, first.lang) == (
        "Үміт Әлиев",
        "transcript",
        dt.date(2025, 3, 14),
        "kk",
    )
    assert (first.title, first.occasion, first.place) == ("Жетінші отырыс", "7-отырыс", "Астана")
    assert first.source.publisher == "Мәжіліс"
    assert first.docvars == {
        "party": "Аманат",
        "role": "chair",
        "section": "Бюджет туралы",
        "session": "Мәжіліс-2025-03-14",
        "sex": "M",
        "speaker_id": "p1",
        "speaker_label": "ТӨРАҒА:",
    }
    assert first.source.uri.endswith("s.xml#u1")
    assert (second.speaker, second.lang, second.origins["speaker"]) == ("Қайрат Нұрғали", "ru", "TEI note")
    assert marked(speeches, second.id) == [("vocal", "Дұрыс!")]
    version = speeches.version("annotations")
    assert {outcome.status for outcome in take(tmp_path / "s.xml")} == {"unchanged"}
    assert speeches.version("annotations") == version


def test_a_list_of_persons_that_cannot_be_read_is_told_once(take: Take, tmp_path: Path) -> None:
    folder = tmp_path / "c" / "2025"
    folder.mkdir(parents=True)
    for name in ("a", "b"):
        text = SESSION.format(people="").replace("ашамын", f"ашамын {name}")
        (folder / f"{name}.xml").write_text(text, encoding="utf-8")
    people = folder.parent / "listPerson.xml"
    people.write_text(f'<listPerson xmlns="http://www.tei-c.org/ns/1.0">{PEOPLE[:200]}', encoding="utf-8")
    outcomes = take(folder)
    assert [outcome.status for outcome in outcomes] == ["failed", "added", "added", "added", "added"]
    assert (outcomes[0].uri, outcomes[0].error and outcomes[0].error.code) == (people.as_uri(), "MB131")
    (people.parent / "listPerson.xml").rename(folder / "z-listPerson.xml")  # now it is among the sources itself
    outcomes = take(folder)
    assert [outcome.uri for outcome in outcomes if outcome.status == "failed"] == [
        (folder / "z-listPerson.xml").as_uri()
    ]


def test_a_list_of_persons_that_is_too_large_is_told(
    take: Take, speeches: Corpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.xml").write_text(SESSION.format(people=""), encoding="utf-8")
    people = tmp_path / "listPerson.xml"
    header = f"<teiHeader><profileDesc>{PEOPLE}</profileDesc></teiHeader>"
    people.write_text(f'<TEI xmlns="http://www.tei-c.org/ns/1.0">{header}{" " * 60_000}</TEI>', encoding="utf-8")
    monkeypatch.setattr("corpus.ingest.formats.tei._LARGEST_LIST", 10_000)
    first, *rest = take(tmp_path / "a.xml", max_size=20_000)
    assert (first.status, first.uri, first.error and first.error.code) == ("failed", people.as_uri(), "MB112")
    assert speeches.document(str(rest[0].id)).origins["speaker"] == "TEI note"


def test_notes_are_counted_as_nobodys_words(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    from corpus.stats.selection import Selected, Selection

    (tmp_path / "s.xml").write_text(SESSION.format(people=PEOPLE), encoding="utf-8")
    take(tmp_path / "s.xml")
    cut = Selected(speeches, Selection()).segments.filter("kept")
    assert set(cut["speaker"]) == {"Үміт Әлиев", "Қайрат Нұрғали"}
    texts = {row["id"]: row["text"] for row in documents(speeches)}
    counted = " ".join(str(texts[row["doc_id"]])[row["start"] : row["end"]] for row in cut.to_dicts())
    assert "Отырысты ашамын" in counted
    assert not re.search(r"Шу|шапалақтау|басталды|Дұрыс", counted)


def test_the_whole_session_as_one_document(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    (tmp_path / "s.xml").write_text(SESSION.format(people=PEOPLE), encoding="utf-8")
    [outcome] = take(tmp_path / "s.xml", choices=Choices(tei_unit="session"))
    document = speeches.document(str(outcome.id))
    assert (document.kind, document.speaker) == ("report", None)
    assert ("heading", "Бюджет туралы") in marked(speeches, document.id)
    assert ("speaker", "ТӨРАҒА:") in marked(speeches, document.id)
    quotes = speeches.annotations.filter(pl.col("layer") == "quote").sort("start").collect()
    assert '"speaker": "Үміт Әлиев"' in quotes["attributes"][0]
    assert document.text[quotes["start"][0] : quotes["end"][0]].startswith("Құрметті депутаттар!")
    assert [outcome.status for outcome in take(tmp_path / "s.xml", choices=Choices(tei_unit="session"))] == [
        "unchanged"
    ]
    assert [outcome.status for outcome in take(tmp_path / "s.xml")] == ["added", "added"]


def test_a_corpus_of_several_files(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    folder = tmp_path / "corpus-kk"
    (folder / "2025").mkdir(parents=True)
    (folder / "2025" / "s.xml").write_text(SESSION.format(people=""), encoding="utf-8")
    (tmp_path / "outside.xml").write_text(SESSION.format(people=""), encoding="utf-8")
    (folder / "Corpus.xml").write_text(
        '<teiCorpus xmlns="http://www.tei-c.org/ns/1.0" xmlns:xi="http://www.w3.org/2001/XInclude"><teiHeader><profileDesc>'
        f'{PEOPLE}</profileDesc></teiHeader><xi:include href="2025/s.xml"/><xi:include href="2025/gone.xml"/>'
        '<xi:include href="../outside.xml"/><xi:include href="file:///etc/passwd"/></teiCorpus>',
        encoding="utf-8",
    )
    outcomes = take(folder / "Corpus.xml")
    assert [outcome.error.code if outcome.error else outcome.status for outcome in outcomes] == [
        "added",
        "added",
        "MB101",
        "MB143",
        "MB143",
    ]
    assert speeches.document(str(outcomes[0].id)).speaker == "Үміт Әлиев"
    assert outcomes[0].uri == f"{(folder / '2025' / 's.xml').as_uri()}#u1"
    assert {outcome.status for outcome in take(folder / "2025")} == {"unchanged"}  # the speakers are found above


def test_entities_are_refused(take: Take, tmp_path: Path) -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "ha"}">' for n in range(9))
    for name, declared, used in (
        ("bomb.xml", laughs, "&l8;"),
        ("file.xml", '<!ENTITY x SYSTEM "file:///etc/passwd">', "&x;"),
        ("net.xml", '<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;', ""),
    ):
        text = SESSION.format(people="").replace("<TEI", f"<!DOCTYPE TEI [{declared}]><TEI").replace("(Шу.)", used)
        (tmp_path / name).write_text(text, encoding="utf-8")
        outcomes = take(tmp_path / name)
        assert [outcome.error and outcome.error.code for outcome in outcomes] == ["MB135"], name


def test_plain_texts_and_annotated_words(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    body = (
        '<div><head>Бірінші тарау</head><p>Әр сөздің <hi>өз</hi> орны<note place="foot">Ескерту.</note> бар.</p>'
        '<p><s><w>Сөз</w><pc join="right">«</pc><w join="right">бар</w><pc>»</pc><name><w>Абай</w>\n'
        '<w join="right">айтты</w></name><pc>.</pc></s> <s><w>Иә</w></s></p></div>'
    )
    text = (
        '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><fileDesc><titleStmt><title>Кітап</title></titleStmt>'
        f"</fileDesc></teiHeader><text><front><p>Алғы сөз</p></front><body>{body}</body></text></TEI>"
    )
    (tmp_path / "a.xml").write_text(text, encoding="utf-8")
    [outcome] = take(tmp_path / "a.xml")
    document = speeches.document(str(outcome.id))
    assert document.text == "Бірінші тарау\nӘр сөздің өз орны Ескерту. бар.\nСөз «бар» Абай айтты. Иә"
    assert marked(speeches, document.id) == [("heading", "Бірінші тарау"), ("note", "Ескерту.")]
    assert (document.title, document.kind) == ("Кітап", "report")


def test_records_of_other_xml(take: Take, speeches: Corpus, tmp_path: Path) -> None:
    text = (
        "<docs><doc lang='kk'><text>Бірінші  сөз.\nЕкінші жол.</text><year>2025</year></doc><doc><text/></doc></docs>"
    )
    (tmp_path / "a.xml").write_text(text, encoding="utf-8")
    outcomes = take(tmp_path / "a.xml")
    assert [outcome.status for outcome in outcomes] == ["added", "skipped"]
    document = speeches.document(str(outcomes[0].id))
    assert (document.text, document.docvars, document.source.reader) == (
        "Бірінші  сөз.\nЕкінші жол.",
        {"year": "2025"},
        "xml@1",
    )
    (tmp_path / "b.xml").write_text("<note><to>a</to><from>b</from></note>", encoding="utf-8")
    [outcome] = take(tmp_path / "b.xml")
    assert outcome.error is not None
    assert outcome.error.code == "MB145"


def test_the_slovene_session_is_that_of_its_other_formats(take: Take, speeches: Corpus, shared: Path) -> None:
    """The same session lies there as plain text and, with speakers and parties, as a table: both are the gold."""
    folder = shared / "data" / "parla_clarin_tei"
    with (folder / "SDT2-speeches.tsv").open(encoding="utf-8") as file:
        gold = {row["Speech-ID"]: row for row in csv.DictReader(file, delimiter="\t")}
    paths = sorted(folder.glob("*-Redna-*.xml"))
    outcomes = take(*paths)
    assert {outcome.status for outcome in outcomes} == {"added"}
    assert len(outcomes) == len(gold) == 27
    for row in documents(speeches):
        document = speeches.document(str(row["id"]))
        expected = gold[document.source.uri.rpartition("#")[2]]
        surname, _, forename = expected["Speaker-Name"].partition(", ")
        if forename:
            assert document.speaker == f"{forename} {surname}"
            assert document.docvars.get("party", "-") == expected["Party-Init"]
        assert document.docvars["role"] == {"Chairperson": "chair", "Regular speaker": "regular"}[expected["Type-eng"]]
    name = "KPZONOJFSPD-Redna-021-1998-11-25-ana"
    raw = Raw("file:///a.xml", "a.xml", (folder / f"{name}.xml").read_bytes(), dt.datetime.now(dt.UTC))
    found = []
    for reading in read(raw):
        hidden = [(mark.start, mark.end) for mark in reading.marks]
        found.append("".join(c for i, c in enumerate(reading.text) if not any(a <= i < b for a, b in hidden)))
    plain = (folder / f"{name}.txt").read_text(encoding="utf-8").replace("⋯", "")
    assert " ".join("\n".join(found).split()) == " ".join(plain.split())


def test_parlamint(take: Take, speeches: Corpus, shared: Path) -> None:
    outcomes = take(shared / "data" / "parlamint_at_de" / "*.xml")
    assert {outcome.status for outcome in outcomes} == {"added", "skipped"}
    rows = documents(speeches)
    assert len(rows) == 46
    assert all(row["speaker"] and row["date"] and row["lang"] == "de" for row in rows)
    kickl = next(row for row in rows if row["speaker"] == "Herbert Kickl")
    assert '"party": "FPÖ"' in str(kickl["docvars"])
    labels = {label for row in rows for label, _ in marked(speeches, row["id"])}
    assert {"kinesic", "vocal", "unauthorized_interruption"} <= labels
    outcomes = take(shared / "data" / "parlamint_tr" / "ParlaMint-TR.xml")
    assert [outcome.error.code for outcome in outcomes if outcome.error] == ["MB101", "MB101"]
    turkish = [row for row in documents(speeches) if row["lang"] == "tr"]
    assert {"Levent Gök", "Durmuş Yılmaz"} <= {row["speaker"] for row in turkish}
    assert {row["publisher"] for row in turkish} == {"The Turkish Parliament"}
