"""Studies in this folder run without the picture of the cohort, which takes most of their time."""

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", autouse=True)
def no_picture() -> Iterator[None]:
    """Leave the embedding out; the tiny study of `end_to_end` draws it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("subtyping.study.stages.draw_embedding", lambda *_: None)
        yield
