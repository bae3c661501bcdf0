"""English: spaCy's language with quotation marks always apart."""

from spacy.lang.en import English as SpacyEnglish
from spacy.lang.en import EnglishDefaults as SpacyDefaults

from annotators.languages import tokens


class EnglishDefaults(SpacyDefaults):
    """Tokenizer rules of English: spaCy's, and ours for marks glued to words."""

    config = tokens.CONFIG
    tokenizer_exceptions = tokens.exceptions("en", SpacyDefaults.tokenizer_exceptions)
    infixes = [*(SpacyDefaults.infixes or []), *tokens.glued()]  # noqa: RUF012
    url_match = tokens.url_match()


class English(SpacyEnglish):  # type: ignore[no-untyped-call]
    """Minber's English; spaCy's own stays registered under ``en``."""

    Defaults = EnglishDefaults


LANGUAGE = English
