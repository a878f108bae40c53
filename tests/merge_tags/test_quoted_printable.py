import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.merge_tags.quoted_printable import is_quoted_printable, unquoted


@pytest.mark.parametrize(
    "raw",
    [
        b"first_name=3DAda&_end=3D1",
        b"first_name=3DAda&amp;_end=3d1",
        b"_end=3D1&_kx=3Dabc",
        b"a=3D1&_=end=3D1",
        b"a=3D1&_en=d=3D1",
        b"a=3D1&_end==3D1",
        b"a=3D1&_end=3D=1",
    ],
)
def test_our_sentinel_proves_it_wherever_a_line_was_broken(raw: bytes) -> None:
    assert is_quoted_printable(raw)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"first_name=3DAda",
        b"a=3DAda&_end=1",
        b"a=3D&_end=3D2",
        b"a=b&x_end=3D1",
        b"_end=3D11",
    ],
)
def test_nothing_else_proves_it(raw: bytes) -> None:
    assert not is_quoted_printable(raw)


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        (b"first_name=3DAda&_end=3D1", b"first_name=Ada&_end=1"),
        (b"a=3DLove=lace", b"a=Lovelace"),
        (b"a=3DLove=%0D%0Alace", b"a=Lovelace"),
        (b"a=3DLove=\r\nlace", b"a=Lovelace"),
        (b"first_=name=3DAda", b"first_name=Ada"),
        (b"a=3DZo%=C3%AB", b"a=Zo%C3%AB"),
        (b"a=3DZo%C=3%AB", b"a=Zo%C3%AB"),
        (b"a=3DZo=C3=AB", b"a=Zo%C3%AB"),
        (b"a=3D=E5=8C=97=E4=BA=AC", b"a=%E5%8C%97%E4%BA%AC"),
        (b"a=3DLove=FACE", b"a=LoveFACE"),
        (b"a=3D1=3D2", b"a=1=2"),
        (b"a=3D3D", b"a=3D"),
    ],
)
def test_what_the_mail_added_goes(raw: bytes, plain: bytes) -> None:
    assert unquoted(raw) == plain


@given(st.binary(max_size=100))
def test_no_bytes_make_an_exception(raw: bytes) -> None:
    is_quoted_printable(raw)
    unquoted(raw)
