"""Attributes of spans: two labels on the same words keep apart what each was given for."""

import spacy
from spacy.tokens import DocBin, Span

from annotators import context  # noqa: F401 -- declares the attributes


def test_two_themes_of_one_sentence_have_their_own_evidence():
    doc = spacy.blank("kk")("Парламенттің құзыры кеңейді, үкіметтің жауапкершілігі артты.")
    doc.spans["themes"] = [
        Span(doc, 0, len(doc), label="parliament"),
        Span(doc, 0, len(doc), label="government_accountability"),
    ]
    doc.spans["themes"][0]._.evidence = (doc[0:2],)
    doc.spans["themes"][0]._.score = 0.5
    doc.spans["themes"][1]._.evidence = (doc[4:6],)
    first, second = doc.spans["themes"]
    assert [word.text for word in first._.evidence] == ["Парламенттің құзыры"]
    assert [word.text for word in second._.evidence] == ["үкіметтің жауапкершілігі"]
    assert (first._.score, second._.score) == (0.5, 1.0)


def test_attributes_survive_serialisation():
    doc = spacy.blank("kk")("«Сөз», – деді Тоқаев.")
    quote = Span(doc, 1, 2, label="direct")
    doc.spans["quotes"] = [quote]
    quote._.speaker = "Тоқаев"
    quote._.mention = doc[-2:-1]
    again = next(DocBin(store_user_data=True, docs=[doc]).get_docs(doc.vocab))
    copy = again.spans["quotes"][0]
    assert (copy._.speaker, copy._.mention.text, copy._.cue) == ("Тоқаев", "Тоқаев", None)
