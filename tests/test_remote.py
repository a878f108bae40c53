"""Addresses on the web: what is read, in which one way, and which hosts a pattern means."""

from __future__ import annotations

import pytest

from service.remote import LONGEST, Address, BadAddress, host_pattern

READ = [
    ("https://example.com", "https://example.com/"),
    ("https://example.com/a.png", "https://example.com/a.png"),
    ("HTTPS://EXAMPLE.COM/A.png", "https://example.com/A.png"),
    ("http://example.com/a.png", "http://example.com/a.png"),
    ("https://example.com./a.png", "https://example.com/a.png"),
    ("https://example.com:443/a.png", "https://example.com/a.png"),
    ("http://example.com:80/a.png", "http://example.com/a.png"),
    ("https://example.com?w=1", "https://example.com/?w=1"),
    (
        "https://example.com/a.png?x=[1]&y=%2F+'z'#part",
        "https://example.com/a.png?x=[1]&y=%2F+'z'",
    ),
    ("https://example.com/a/../b.png", "https://example.com/a/../b.png"),
    ("https://example.com/ä.png", "https://example.com/%C3%A4.png"),
    ("https://example.com/%zz", "https://example.com/%zz"),
    ("https://example.com/@a:b", "https://example.com/@a:b"),
    ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ("https://BÜCHER.example/", "https://xn--bcher-kva.example/"),
    ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
    ("https://a_b.s3.example.com/", "https://a_b.s3.example.com/"),
    ("https://93.184.216.34/a.png", "https://93.184.216.34/a.png"),
    ("https://[2606:4700::1111]/a.png", "https://[2606:4700::1111]/a.png"),
    ("https://[2606:4700:0:0::1111]:443/", "https://[2606:4700::1111]/"),
    ("https://[::ffff:7f00:1]/", "https://[::ffff:7f00:1]/"),
]

NOT_READ = [
    "",
    "example.com/a.png",
    "//example.com/a.png",
    "https:example.com",
    "https:/example.com",
    "https:///example.com/a.png",
    "https://",
    "https://?a",
    "ftp://example.com/",
    "file:///etc/passwd",
    "FILE:///etc/passwd",
    "data:image/png;base64,AAAA",
    "blob:https://example.com/x",
    "javascript:alert(1)",
    "view-source:https://example.com/",
    "gopher://example.com/",
    "httpſ://example.com/",
    "https//example.com",
    # Somebody before the host
    "https://user@example.com/",
    "https://user:secret@example.com/",
    "https://@example.com/",
    "https://example.com@evil.example/",
    "https://example.com:443@evil.example/",
    "https://example.com%40evil.example/",
    "https://example.com\\@evil.example/",
    "https://example.com\\evil",
    "https:\\\\example.com\\a",
    # Ports
    "https://example.com:80/",
    "https://example.com:8443/",
    "https://example.com:22/",
    "https://example.com:0/",
    "https://example.com:99999/",
    "https://example.com:/",
    "https://example.com:443:443/",
    "https://example.com:+443/",
    "https://example.com:٤٤٣/",
    "http://example.com:443/",
    # Names
    "https://localhost/",
    "https://intranet/a.png",
    "https://.example.com/",
    "https://example..com/",
    "https://example.com../",
    "https://-example.com/",
    "https://example-.com/",
    "https://exa mple.com/",
    "https://example.com%00.evil.example/",
    "https://ex%61mple.com/",
    "https://example.com,evil.example/",
    "https://exam<ple.com/",
    "https://*.example.com/",
    f"https://{'a' * 64}.example/",
    f"https://{'a.' * 127}example/",
    "https://faß.example/",
    "https://a\u200db.example/",
    "https://\u00ad.example/",
    "https://xn--\u00fc.example/",
    # Numbers in other spellings than everybody's
    "https://2130706433/",
    "https://127.1/",
    "https://127.0.1/",
    "https://0x7f.0.0.1/",
    "https://0x7f000001/",
    "https://0177.0.0.1/",
    "https://017700000001/",
    "https://127.0.0.01/",
    "https://127.0.0.1./",
    "https://127.0.0.0x1/",
    "https://1.2.3.4.5/",
    "https://256.1.1.1/",
    "https://1.1.1/",
    "https://example.1/",
    "https://example.0x/",
    "https://①②⑦.⓪.⓪.①/",
    "https://１２７.０.０.１/",
    "https://127。0。0。1/",
    "https://127．0．0．1/",
    # Literals of version 6
    "https://::1/",
    "https://[::1/",
    "https://::1]/",
    "https://[]/",
    "https://[::1]x/",
    "https://[fe80::1%25eth0]/",
    "https://[fe80::1%eth0]/",
    "https://[127.0.0.1]/",
    "https://[v1.x]/",
    # What is written as %20 and the like
    "https://example.com/a b.png",
    "https://example.com/a\tb",
    "https://example.com/a\nb",
    "https://example.com/\r\nHost: evil.example",
    "https://example.com/\x00",
    "https://example.com/\x7f",
    "https://example.com/\u00a0",
    "https://example.com/\u2028",
    "https://example.com/\ud800",
    "https://example.com/{{logo}}",
    'https://example.com/"',
    "https://example.com/<script>",
    " https://example.com/",
    "https://example.com/\n",
    f"https://example.com/{'a' * LONGEST}",
]


@pytest.mark.parametrize(("written", "read"), READ)
def test_an_address_is_read_in_one_way(written: str, read: str) -> None:
    assert str(Address.read(written)) == read


@pytest.mark.parametrize(("written", "read"), READ)
def test_what_was_read_is_read_as_itself(written: str, read: str) -> None:
    assert str(Address.read(read)) == read


@pytest.mark.parametrize("written", NOT_READ)
def test_what_could_be_read_otherwise_is_not_read(written: str) -> None:
    with pytest.raises(BadAddress):
        Address.read(written)


@pytest.mark.parametrize(
    "written",
    [
        "https://canary/",
        "canary",
        "https://canary@x.example/",
        "https://canary.1/",
        "https://[canary]/",
    ],
)
def test_a_refusal_does_not_repeat_the_address(written: str) -> None:
    with pytest.raises(BadAddress) as refusal:
        Address.read(written)

    assert "canary" not in str(refusal.value)


@pytest.mark.parametrize(
    ("location", "led"),
    [
        ("/b.png", "https://example.com/b.png"),
        ("b.png", "https://example.com/a/b.png"),
        ("../b.png", "https://example.com/b.png"),
        ("?v=2", "https://example.com/a/x.png?v=2"),
        ("//cdn.example.org/b.png", "https://cdn.example.org/b.png"),
        ("https://cdn.example.org/b.png", "https://cdn.example.org/b.png"),
        (" https://cdn.example.org/b.png ", "https://cdn.example.org/b.png"),
        ("https://CDN.example.org:443/b.png#x", "https://cdn.example.org/b.png"),
        ("/ä.png", "https://example.com/%C3%A4.png"),
    ],
)
def test_a_redirect_is_followed_from_where_it_came(location: str, led: str) -> None:
    assert str(Address.read("https://example.com/a/x.png").follow(location)) == led


@pytest.mark.parametrize(
    "location",
    [
        "http://example.com/b.png",
        "HTTP://example.com/b.png",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "ftp://example.com/b.png",
        "https://user@example.com/b.png",
        "https://example.com:8443/b.png",
        "https://localhost/b.png",
        "https://2130706433/",
        "//[::1",
        "//[",
        "https://exa\\mple.com/",
        "/a b",
        "/a\x00",
        "/\udc80",
    ],
)
def test_a_redirect_to_elsewhere_is_not_followed(location: str) -> None:
    with pytest.raises(BadAddress):
        Address.read("https://example.com/a/x.png").follow(location)


def test_a_redirect_may_lead_from_http_to_https_and_not_back() -> None:
    address = Address.read("http://example.com/a.png")

    assert str(address.follow("https://example.com/a.png")) == "https://example.com/a.png"
    assert str(address.follow("/b.png")) == "http://example.com/b.png"


@pytest.mark.parametrize(
    ("host", "patterns", "fits"),
    [
        ("cdn.example.com", ["cdn.example.com"], True),
        ("cdn.example.com", ["CDN.Example.com."], True),
        ("cdn.example.com", ["*.example.com"], True),
        ("a.b.example.com", ["*.example.com"], True),
        ("cdn.example.com", ["*"], True),
        ("cdn.example.com", ["other.example", "*.example.com"], True),
        ("xn--bcher-kva.example", ["bücher.example"], True),
        ("cdn.xn--bcher-kva.example", ["*.bücher.example"], True),
        ("93.184.216.34", ["93.184.216.34"], True),
        ("93.184.216.34", ["*"], True),
        ("cdn.example.com", [], False),
        ("example.com", ["*.example.com"], False),
        ("evilexample.com", ["*.example.com"], False),
        ("evilexample.com", ["example.com"], False),
        ("example.com.evil.example", ["example.com", "*.example.com"], False),
        ("sub.cdn.example.com", ["cdn.example.com"], False),
        ("cdn.example.org", ["cdn.example.com", "*.example.com"], False),
    ],
)
def test_a_pattern_means_its_host_and_no_other(host: str, patterns: list[str], fits: bool) -> None:
    address = Address.read(f"https://{host}/a.png")

    assert address.fits([host_pattern(pattern) for pattern in patterns]) is fits


@pytest.mark.parametrize(
    "pattern",
    [
        *("", "*.", "**", "*.*", "*example.com", "a.*.example.com", "cdn.*", "*.1.1.1", "*.com.1"),
        *(
            "https://example.com",
            "example.com/",
            "example.com:443",
            "localhost",
            "user@example.com",
        ),
        *("exa mple.com", "*.[::1]", "2130706433", "-.example"),
    ],
)
def test_what_is_no_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(BadAddress):
        host_pattern(pattern)
