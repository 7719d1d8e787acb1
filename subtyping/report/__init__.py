"""A study on disk: tables, figures, one JSON document, and a brief for trial planners."""

from subtyping.report.brief import brief_html
from subtyping.report.checks_text import (
    checks_in_reading_order,
    checks_text,
    counts_sentence,
)
from subtyping.report.document import criteria_dict, plain, report_dict, write_json
from subtyping.report.pictures import Picture, pictures
from subtyping.report.results import StudyResult
from subtyping.report.tables import checks_table, report_tables, write_csv
from subtyping.report.write import is_done, mark_done, write_report

__all__ = [
    "Picture",
    "StudyResult",
    "brief_html",
    "checks_in_reading_order",
    "checks_table",
    "checks_text",
    "counts_sentence",
    "criteria_dict",
    "is_done",
    "mark_done",
    "pictures",
    "plain",
    "report_dict",
    "report_tables",
    "write_csv",
    "write_json",
    "write_report",
]
