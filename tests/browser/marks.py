"""What every module here is marked with."""

import pytest

BROWSER = [
    pytest.mark.slow,
    pytest.mark.timeout(120),
    pytest.mark.asyncio(loop_scope="module"),
]
