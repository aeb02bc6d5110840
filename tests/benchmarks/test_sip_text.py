"""The words of SIP that the load is made of."""

from callcenter.benchmarks.sip_text import build, parse, respond

INVITE = build(
    "INVITE sip:ag7@127.0.0.1:5070 SIP/2.0",
    {
        "Via": "SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1",
        "From": '"Ada" <sip:+12125550100@127.0.0.1>;tag=1',
        "To": "<sip:ag7@127.0.0.1:5070>",
        "Call-ID": "a@b",
        "CSeq": "5 INVITE",
        "Contact": "<sip:asterisk@127.0.0.1:5060>",
    },
    b"v=0\r\n",
)


def test_a_request_tells_who_calls_whom():
    message = parse(INVITE)
    assert (message.method, message.status, message.call_id) == (b"INVITE", 0, b"a@b")
    assert message.target_user == "ag7"
    assert message.user_of(b"from") == "+12125550100"
    assert message.uri_of(b"contact") == b"sip:asterisk@127.0.0.1:5060"


def test_a_response_repeats_what_the_request_says_and_adds_a_tag():
    answer = parse(respond(parse(INVITE), "200 OK", "t1", "sip:ag7@127.0.0.1:5070", b"v=0\r\n"))
    assert (answer.status, answer.method, answer.call_id) == (200, b"INVITE", b"a@b")
    assert answer.vias == [b"SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1"]
    assert answer.headers[b"to"].endswith(b";tag=t1")
    assert answer.headers[b"content-length"] == b"5"


def test_a_tag_that_is_there_is_kept():
    again = parse(INVITE.replace(b"To: <sip:ag7@127.0.0.1:5070>", b"To: <sip:ag7@x>;tag=old"))
    answer = parse(respond(again, "200 OK", "new", "sip:ag7@127.0.0.1"))
    assert answer.headers[b"to"] == b"<sip:ag7@x>;tag=old"
