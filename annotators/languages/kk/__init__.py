"""Kazakh."""

from spacy.language import BaseDefaults, Language

from annotators.languages import tokens


class KazakhDefaults(BaseDefaults):
    """Tokenizer rules and lexeme attributes of Kazakh."""

    config = tokens.CONFIG
    tokenizer_exceptions = tokens.exceptions("kk")
    prefixes = tokens.prefixes()
    suffixes = tokens.suffixes("kk")
    infixes = tokens.infixes()
    url_match = tokens.url_match()
    lex_attr_getters = {**BaseDefaults.lex_attr_getters, **tokens.lexical_attributes("kk")}  # noqa: RUF012
    stop_words = set(tokens.words(tokens.token_data("kk")["stop_words"]))  # noqa: RUF012
    writing_system = {"direction": "ltr", "has_case": True, "has_letters": True}  # noqa: RUF012


class Kazakh(Language):  # type: ignore[no-untyped-call]
    """The spaCy language ``kk``, which spaCy itself does not ship."""

    lang = "kk"
    Defaults = KazakhDefaults


LANGUAGE = Kazakh
