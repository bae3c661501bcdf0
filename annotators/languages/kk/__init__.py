"""Kazakh."""

from spacy.language import Language


class Kazakh(Language):
    """The spaCy language ``kk``, which spaCy itself does not ship."""

    lang = "kk"
