"""A server behind HTTPS: the certificate is always checked, and ``[doccano] ca`` says whose to trust."""

import shutil
import subprocess

import pytest

from corpus.doccano import transport
from corpus.doccano.client import Client
from corpus.doccano.pull import pull
from corpus.doccano.push import push
from schemas.errors import MinberError
from tests.doccano.front import Front

pytestmark = pytest.mark.server


def certificate(folder, name, subject="IP:127.0.0.1", clock=()):
    """A certificate that signs itself and is good for two days; paths of it and of its key."""
    paths = str(folder / f"{name}.pem"), str(folder / f"{name}.key")
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}", "-days", "2"]
    command += ["-addext", f"subjectAltName={subject}", "-out", paths[0], "-keyout", paths[1]]
    subprocess.run([*clock, *command], check=True, capture_output=True)
    return paths


@pytest.fixture
def behind(doccano_server):
    """Puts HTTPS with a certificate before the real server; gives the URL."""
    fronts = []

    def start(paths):
        fronts.append(Front(doccano_server.url, certificate=paths))
        return fronts[-1].url

    yield start
    for front in fronts:
        front.close()


def test_the_right_certificate_lets_everything_through(behind, speeches, doccano_server, tmp_path):
    paths = certificate(tmp_path, "ours")
    with Client(behind(paths), "admin", doccano_server.password, paths[0]) as client:
        assert push(speeches, client).sent == 5
        assert pull(speeches, client).units == 5


def test_a_certificate_that_nobody_vouches_for_is_refused(behind, doccano_server, tmp_path, monkeypatch):
    ours, other = certificate(tmp_path, "ours"), certificate(tmp_path, "other")
    url = behind(ours)
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(variable, "")  # means "do not check" to nobody here
    for ca in (None, other[0]):
        with pytest.raises(MinberError, match=r"MB401.*certificate") as caught:
            Client(url, "admin", doccano_server.password, ca)
        assert doccano_server.password not in str(caught.value)


def test_a_certificate_of_another_machine_is_refused(behind, doccano_server, tmp_path):
    paths = certificate(tmp_path, "ours", subject="DNS:doccano.example.org")
    with pytest.raises(MinberError, match=r"MB401.*certificate"):
        Client(behind(paths), "admin", doccano_server.password, paths[0])


def test_a_certificate_that_has_expired_is_refused(behind, doccano_server, tmp_path):
    if shutil.which("faketime") is None:
        pytest.skip("needs faketime, to make a certificate some days ago")
    paths = certificate(tmp_path, "ours", clock=("faketime", "-f", "-9d"))
    with pytest.raises(MinberError, match=r"MB401.*certificate"):
        Client(behind(paths), "admin", doccano_server.password, paths[0])


@pytest.mark.parametrize("content", [None, "no certificate at all\n", ""])
def test_a_file_that_is_no_certificate_is_said(behind, doccano_server, tmp_path, content):
    wrong = tmp_path / "wrong.pem"
    if content is not None:
        wrong.write_text(content)
    with pytest.raises(MinberError, match="MB446") as caught:
        Client(behind(certificate(tmp_path, "ours")), "admin", doccano_server.password, str(wrong))
    assert caught.value.exit_code == 2


def test_the_wrong_kind_of_address_is_said(behind, doccano_server, tmp_path, monkeypatch):
    paths = certificate(tmp_path, "ours")
    with pytest.raises(MinberError, match="MB401"):
        Client(behind(paths).replace("https:", "http:"), "admin", doccano_server.password, paths[0])
    monkeypatch.setattr(transport, "READ_SECONDS", 2.0)  # that server waits for the end of a line that never ends
    with pytest.raises(MinberError, match=r"MB40[18]"):
        Client(doccano_server.url.replace("http:", "https:"), "admin", doccano_server.password, paths[0])
