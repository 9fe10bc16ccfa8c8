"""Claims about errors in numbers and words."""

import pytest

from hwsim.at_reply import AtError, CmeError, CmsError, Verbatim, error_words


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (AtError(), ("ERROR", "ERROR", "ERROR")),
        (
            CmeError(14),
            ("ERROR", "+CME ERROR: 14", "+CME ERROR: SIM busy"),
        ),
        (
            CmsError(500),
            ("+CMS ERROR: 500", "+CMS ERROR: 500", "+CMS ERROR: unknown error"),
        ),
        (CmeError(777), ("ERROR", "+CME ERROR: 777", "+CME ERROR: 777")),
        (Verbatim("NA"), ("NA", "NA", "NA")),
    ],
)
def test_errors_are_said_as_the_level_wants(
    error: AtError, words: tuple[str, str, str]
) -> None:
    assert tuple(error_words(error, level) for level in range(3)) == words
