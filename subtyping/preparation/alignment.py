"""A new panel laid out as the panel a preparation was learnt on."""

from dataclasses import replace
from typing import TYPE_CHECKING

from subtyping.exceptions import ModelError
from subtyping.panel.panel import Panel

if TYPE_CHECKING:
    from subtyping.preparation.preparation import Preparation

__all__ = ["align_panel"]


def align_panel(panel: Panel, fitted: "Preparation") -> Panel:
    """Return a panel with the analytes of the derivation panel, in its order.

    Parameters
    ----------
    panel : Panel
    fitted : Preparation

    Returns
    -------
    Panel
        Analytes that `panel` lacks are missing throughout; those the derivation lacked are gone.

    Raises
    ------
    ModelError
        If unit or platform differ, or no analyte of the matrix is there.
    """
    if panel.unit != fitted.unit_:
        message = (
            f"The model was made on {fitted.unit_}, the panel is in {panel.unit}. Units do not "
            "convert into each other across runs or platforms; bring a panel in "
            f"{fitted.unit_}."
        )
        raise ModelError(message)
    if fitted.platform_ and panel.platform and panel.platform != fitted.platform_:
        message = (
            f"The model was made on {fitted.platform_}, the panel comes from "
            f"{panel.platform}. Values do not carry between platforms."
        )
        raise ModelError(message)
    names = list(fitted.analytes_)
    if list(panel.values.columns) == names:
        return panel
    if not any(name in panel.values.columns for name in fitted.kept_):
        message = (
            f"The panel has none of the model's {len(fitted.kept_)} analytes, such as "
            f"{', '.join(fitted.kept_[:3])}. Check that the right file was given."
        )
        raise ModelError(message)
    return replace(
        panel,
        values=panel.values.reindex(columns=names),
        lod=panel.lod.reindex(columns=names),
        below_lod=panel.below_lod.reindex(columns=names, fill_value=False),
        above_uloq=panel.above_uloq.reindex(columns=names, fill_value=False),
        analytes=panel.analytes.reindex(names),
        extrapolated=None,
        replicate_cv_pct=None,
    )
