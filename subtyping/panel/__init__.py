"""What was measured: the panel, its readers, units and detection limits."""

from subtyping.panel.frames import panel_from_frame
from subtyping.panel.panel import ROLES, UNITS, Panel, ReadingReport
from subtyping.panel.read import read_panel

__all__ = ["ROLES", "UNITS", "Panel", "ReadingReport", "panel_from_frame", "read_panel"]
