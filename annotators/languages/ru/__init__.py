"""Russian: spaCy's language with hyphenated words whole and marks always apart."""

from spacy.lang.ru import Russian as SpacyRussian
from spacy.lang.ru import RussianDefaults as SpacyDefaults

from annotators.languages import tokens


class RussianDefaults(SpacyDefaults):
    """Tokenizer rules and lexeme attributes of Russian."""

    config = tokens.CONFIG
    tokenizer_exceptions = tokens.exceptions("ru")
    prefixes = tokens.prefixes()
    suffixes = tokens.suffixes("ru")
    infixes = tokens.infixes()
    url_match = tokens.url_match()
    lex_attr_getters = {**SpacyDefaults.lex_attr_getters, **tokens.lexical_attributes("ru")}  # noqa: RUF012


class Russian(SpacyRussian):  # type: ignore[no-untyped-call]
    """Minber's Russian; spaCy's own stays registered under ``ru``."""

    Defaults = RussianDefaults


LANGUAGE = Russian
