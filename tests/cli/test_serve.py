import pytest

from service.cli import main
from service.cli.serve import refuse_exposed
from service.errors import ConfigError


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
def test_development_is_for_this_machine(host: str) -> None:
    refuse_exposed(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "img.example.com", ""])
def test_development_is_refused_where_others_can_reach_it(host: str) -> None:
    with pytest.raises(ConfigError, match="MERGESHOT_HOST"):
        refuse_exposed(host)


def test_the_refusal_is_exit_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MERGESHOT_HOST", "0.0.0.0")

    assert main(["serve", "--dev"]) == 2
    assert "MERGESHOT_HOST" in capsys.readouterr().err
