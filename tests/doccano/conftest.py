"""A small corpus for every test of the sync."""

import pytest

from tests.doccano.corpora import emoji_document, make_corpus, speech_document
from tests.doccano.team import accounts, command, made  # noqa: F401 -- fixtures of the tests of teams


@pytest.fixture
def speeches(doccano_server, tmp_path, request):
    documents = {"emoji": emoji_document(), "speech": speech_document()}
    return make_corpus(tmp_path / "c", doccano_server.url, documents, name=request.node.name[:60])
