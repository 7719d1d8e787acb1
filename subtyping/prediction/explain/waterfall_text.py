"""The explanation of one sample as a table of plain text."""

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from subtyping.prediction.explain.sample import SampleExplanation

__all__ = ["waterfall_text"]


def waterfall_text(explanation: "SampleExplanation", *, n_analytes: int = 10) -> str:
    r"""Return an explanation as a table of plain text, from the background to the sample.

    Parameters
    ----------
    explanation : SampleExplanation
    n_analytes : int, default 10
        Analytes named, largest attribution first.

    Returns
    -------
    str
        Columns analyte, value (z), attribution and the running prediction.

    Examples
    --------
    >>> import pandas as pd
    >>> from subtyping.prediction.explain.sample import explain_sample
    >>> rows = pd.DataFrame({"sample_id": "s1", "analyte": ["CCL17", "IL6"], "value_z": [2.1, 0.4],
    ...                      "attribution": [1.5, -0.5], "base_value": -1.0,
    ...                      "model": "gradient_boosting", "fold": 2})
    >>> print(waterfall_text(explain_sample(rows)))
    analyte      value (z)  attribution  log-odds
    background                              -1.00
    CCL17             2.10        +1.50      0.50
    IL6               0.40        -0.50      0.00
    this sample                              0.00
    """
    table = explanation.table
    shown, rest = table.head(n_analytes), table.iloc[n_analytes:]
    level = explanation.base_value
    lines = [("analyte", "value (z)", "attribution", explanation.scale)]
    lines.append(("background", "", "", _number(level)))
    for line in shown.itertuples():
        level += float(line.attribution)
        name = f"{line.analyte}*" if line.is_label_member else str(line.analyte)
        value = float(line.value_z)
        z = _number(value) if np.isfinite(value) else "not kept"
        lines.append((name, z, f"{line.attribution:+.2f}", _number(level)))
    if len(rest):
        total = float(rest["attribution"].sum())
        name = f"{len(rest):,} {'other' if n_analytes else 'analytes'}"
        lines.append((name, "", f"{total:+.2f}", _number(level + total)))
    lines.append(("this sample", "", "", _number(explanation.predicted)))
    wide = [max(len(line[j]) for line in lines) for j in range(4)]
    said = [
        f"{line[0]:<{wide[0]}}  " + "  ".join(f"{line[j]:>{wide[j]}}" for j in (1, 2, 3))
        for line in lines
    ]
    if shown["is_label_member"].any():
        said.append("* the labels are made of this analyte")
    return "\n".join(said)


def _number(value: float) -> str:
    """Return two digits, without a minus before zero."""
    return f"{round(value, 2) + 0.0:.2f}"
