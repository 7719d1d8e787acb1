"""The example files, how each is read, and how many rows a person counts in it."""

from pathlib import Path

FILES = Path(__file__).parent / "files"
SAME = {"samples": "same", "analytes": "IL-6 (pg/mL)..CCL17", "columns": {"group": "group"}}

# file: options, rows (samples, or wells of a plate), samples kept
EXAMPLES = {
    "wide.csv": ({"format": "wide", "unit": "pg/mL", **SAME}, 6, 6),
    "long.csv": ({"format": "long"}, 4, 4),
    "olink_target96_long.csv": ({"format": "olink_long"}, 5, 5),
    "olink_target96_wide.csv": ({"format": "olink_wide"}, 5, 5),
    "olink_target48_long.csv": ({"format": "olink_long"}, 4, 4),
    "olink_target48_wide.csv": ({"format": "olink_wide", "unit": "pg/mL"}, 4, 4),
    "olink_explore_3072.csv": ({"format": "olink_explore"}, 5, 3),
    "olink_explore_ht.tsv": ({"format": "olink_explore", "duplicates": "first"}, 8, 3),
    "luminex_xponent.csv": ({"format": "luminex"}, 12, 4),
    "luminex_bioplex.csv": ({"format": "luminex"}, 10, 3),
    "luminex_bioplex_table.csv": ({"format": "luminex", "unit": "pg/mL"}, 5, 3),
    "msd_workbench.csv": ({"format": "msd", "unit": "pg/mL"}, 13, 4),
    "msd_means.tsv": ({"format": "msd"}, 6, 3),
}
