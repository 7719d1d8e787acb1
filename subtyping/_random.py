"""One root seed, named child streams."""

import hashlib

import numpy as np

__all__ = ["child_seed", "stream"]


def _entropy(names: tuple[str | int, ...]) -> list[int]:
    words: list[int] = []
    for name in names:
        digest = hashlib.sha256(f"{type(name).__name__}:{name}".encode()).digest()
        words.extend(int.from_bytes(digest[i : i + 4], "little") for i in range(0, 16, 4))
    return words


def stream(seed: int, *names: str | int) -> np.random.Generator:
    """Return the generator of one named purpose.

    The stream depends on the root seed and on the names alone: not on the order in which
    streams are made, nor on which worker makes them.

    Parameters
    ----------
    seed : int
        Root seed of the run.
    *names : str or int
        Path of the purpose, for example ``stream(1, "bootstrap", 17)``.

    Returns
    -------
    numpy.random.Generator

    Examples
    --------
    >>> a, b = stream(1, "plates"), stream(1, "plates")
    >>> bool(a.normal() == b.normal())
    True
    >>> bool(stream(1, "plates").normal() == stream(1, "age").normal())
    False
    """
    return np.random.default_rng(np.random.SeedSequence([int(seed), *_entropy(names)]))


def child_seed(seed: int, *names: str | int) -> int:
    """Return a 31-bit integer seed of a named purpose, for libraries that take only integers."""
    return int(stream(seed, *names).integers(0, 2**31 - 1))
