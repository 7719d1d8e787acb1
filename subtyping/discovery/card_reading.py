"""The JSON file of a model card: found, read, and an object."""

import json
from pathlib import Path
from typing import Any

from subtyping.exceptions import ModelError

__all__ = ["read_card"]

LARGEST_FILE = 200_000_000  # bytes; the card of a whole proteome is a tenth of it


def read_card(model: str | Path) -> dict[str, Any]:
    """Return what the card of a run says, unchecked but for being a JSON object.

    Parameters
    ----------
    model : str or Path
        A run folder, its ``model`` folder or a ``card.json``.

    Returns
    -------
    dict

    Raises
    ------
    ModelError
        If no card is there, or it cannot be read.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> _ = (Path(folder.name) / "card.json").write_text('{"unit": "NPX"}')
    >>> read_card(folder.name)
    {'unit': 'NPX'}
    >>> folder.cleanup()
    """
    path = Path(model)
    tried = [path, path / "card.json", path / "model" / "card.json"]
    found = next((item for item in tried if item.is_file()), None)
    if found is None:
        message = (
            f"No model card in {path}: expected a run folder, its model folder or a card.json."
        )
        raise ModelError(message)
    if found.stat().st_size > LARGEST_FILE:
        message = f"{found} is no model card: it is larger than {LARGEST_FILE // 10**6} MB."
        raise ModelError(message)
    try:
        card = json.loads(found.read_text(encoding="utf-8-sig"))
        json.dumps(card, ensure_ascii=False).encode()  # half a character cannot be written again
    except (ValueError, RecursionError) as error:
        first = (str(error) or type(error).__name__).splitlines()[0]
        message = (
            f"{found} is not a readable model card (JSON): {first}. Take the card of the run "
            "folder as it was written, or run the study again."
        )
        raise ModelError(message) from None
    if not isinstance(card, dict):
        message = (
            f"{found} is not a model card: expected a JSON object; got {type(card).__name__}. Give "
            "the run folder that `subtyping run` wrote."
        )
        raise ModelError(message)
    return card
