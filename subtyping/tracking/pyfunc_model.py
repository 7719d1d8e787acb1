"""The tracked model: code that loads a JSON card and assigns new patients.

MLflow copies this file into the model and runs it when the model is loaded, so it holds nothing
but the way from a raw panel table to an assignment.
"""

from pathlib import Path
from typing import Any

import pandas as pd

from subtyping.tracking.quiet import import_mlflow

mlflow = import_mlflow()


class SubtypeAssigner(mlflow.pyfunc.PythonModel):  # type: ignore[name-defined]
    """Assign the people of a raw panel table to the subtype of the model card."""

    def load_context(self, context: Any) -> None:
        """Load the assigner from the folder of the card."""
        from subtyping.discovery import load_assigner

        self._assigner = load_assigner(Path(context.artifacts["card"]).parent)

    def predict(
        self,
        context: Any,  # noqa: ARG002  (MLflow hands it over)
        model_input: pd.DataFrame,
        params: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> pd.DataFrame:
        """Return one row for each sample of the table.

        Parameters
        ----------
        context : object
            Not used.
        model_input : pandas.DataFrame
            One row for each sample: the sample id, then analytes in the unit of the card; text
            such as ``<0.5`` is allowed.
        params : dict, optional
            Not used.

        Returns
        -------
        pandas.DataFrame
            ``sample_id, probability, label, reason, probability_ci_low, probability_ci_high,
            value, information_lost_frac``.
        """
        panel = self._assigner.read(model_input)
        return self._assigner.assign(panel).table


mlflow.models.set_model(SubtypeAssigner())
