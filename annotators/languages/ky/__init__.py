"""Kyrgyz: a language made of the data in this folder; what it lacks is learnt dictionary forms."""

from spacy.lang.ky import Kyrgyz as SpacyKyrgyz
from spacy.lang.ky import KyrgyzDefaults as SpacyDefaults

from annotators.languages import tokens


class KyrgyzDefaults(SpacyDefaults):
    """Tokenizer rules and lexeme attributes of Kyrgyz."""

    config = tokens.CONFIG
    tokenizer_exceptions = tokens.exceptions("ky")
    prefixes = tokens.prefixes()
    suffixes = tokens.suffixes("ky")
    infixes = tokens.infixes()
    url_match = tokens.url_match()
    lex_attr_getters = {**SpacyDefaults.lex_attr_getters, **tokens.lexical_attributes("ky")}  # noqa: RUF012


class Kyrgyz(SpacyKyrgyz):  # type: ignore[no-untyped-call]
    """Minber's Kyrgyz; spaCy's own stays registered under ``ky``."""

    Defaults = KyrgyzDefaults


LANGUAGE = Kyrgyz
