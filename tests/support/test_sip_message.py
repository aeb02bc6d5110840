"""SIP text in and out, and the proofs of RFC 7616."""

import pytest

from tests.support.sip_message import Account, Message, parameter, respond, uri_of, user_of

_INVITE = (
    b"INVITE sip:agent@127.0.0.1 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKa;rport\r\n"
    b"Via: SIP/2.0/UDP 10.0.0.2;branch=z9hG4bKb\r\n"
    b'f: "Erika" <sip:+4930111@10.0.0.1>;tag=one\r\n'
    b"To: <sip:agent@127.0.0.1>\r\n"
    b"Call-ID: x\r\nCSeq: 7 INVITE\r\nl: 4\r\n\r\nbody"
)


def test_a_request_is_read_with_short_and_long_names():
    invite = Message.parse(_INVITE)

    assert (invite.method, invite.sequence, invite.status) == ("INVITE", 7, 0)
    assert invite.branch == "z9hG4bKa"
    assert user_of(invite.get("From")) == "+4930111"
    assert invite.body == "body"


def test_a_response_goes_back_the_way_the_request_came_and_tags_its_side():
    answer = Message.parse(respond(Message.parse(_INVITE), 180, "Ringing", "two").encode())

    assert answer.status == 180
    assert answer.method == "INVITE"
    assert [parameter(via, "branch") for via in answer.all("Via")] == ["z9hG4bKa", "z9hG4bKb"]
    assert parameter(answer.get("To"), "tag") == "two"
    assert uri_of(answer.get("To")) == "sip:agent@127.0.0.1"


def test_what_is_not_sip_is_refused():
    with pytest.raises(ValueError, match="not SIP"):
        Message.parse(b"GET / HTTP/1.1\r\n\r\n")


def test_the_proof_of_rfc_2069_is_right():
    """The example of RFC 2069 with its erratum: no qop, MD5."""
    challenge = Message.parse(
        b"SIP/2.0 401 Unauthorized\r\nCSeq: 1 GET\r\n"
        b'WWW-Authenticate: Digest realm="testrealm@host.com", '
        b'nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"'
        b"\r\n\r\n"
    )
    account = Account("Mufasa", "CircleOfLife")
    name, value = account.authorize(challenge, "GET", "/dir/index.html")

    assert name == "Authorization"
    assert 'response="1949323746fe6a43ef61f9606e7febea"' in value
