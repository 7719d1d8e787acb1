"""Values beyond a limit among the candidates, and routine markers that cannot be read."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from subtyping.criteria.candidates import candidate_markers
from subtyping.criteria.people import People
from subtyping.exceptions import InputError
from subtyping.panel.routine import routine_values


def test_above_the_limit_is_beyond_the_scale_with_a_number_or_without(cohort):
    panel, _ = cohort(n_case=20, n_reference=5)
    values, above, below = panel.values.copy(), panel.above_uloq.copy(), panel.below_lod.copy()
    values.iloc[0, 0], values.iloc[1, 0], values.iloc[3, 0] = 300.0, np.nan, np.nan
    above.iloc[:2, 0] = True
    below.iloc[2, 0] = True
    found = candidate_markers(replace(panel, values=values, above_uloq=above, below_lod=below))
    column = found.values[:, found.names.index(str(values.columns[0]))]
    assert column[:3].tolist() == [np.inf, np.inf, -np.inf]
    assert np.isnan(column[3])
    assert column[4:].tolist() == values.iloc[4:, 0].tolist()


def test_panel_and_routine_marker_above_a_limit_are_read_alike(cohort):
    panel, _ = cohort(n_case=4, n_reference=0)
    cells = ["400", ">300", "200", "100"]
    declared = {"ige": {"column": "ige", "unit": "kU/L"}}
    levels = routine_values(pd.DataFrame({"ige": cells}, index=panel.sample_ids), declared)
    above = panel.above_uloq.copy()
    above.iloc[1, 0] = True
    values = panel.values.copy()
    values.iloc[:, 0] = [400.0, 300.0, 200.0, 100.0]
    panel = replace(panel, values=values, above_uloq=above)
    people = People(panel, panel, levels)
    found = candidate_markers(people.cases, people.routine_of_cases)
    at = [found.names.index(name) for name in (str(values.columns[0]), "ige")]
    assert found.values[:, at[0]].tolist() == found.values[:, at[1]].tolist()


def twice(table: pd.DataFrame) -> pd.DataFrame:
    return pd.concat([table, table.iloc[:2]])


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (twice, "2 sample ids stand in the table of routine markers more than once: 's0', 's1'"),
        (lambda table: pd.concat([table, table], axis=1), "2 markers stand .* 'crp', 'eosino"),
        (lambda table: table.assign(crp="Jane Doe"), "'crp' must be numbers; 15 samples hold"),
        (lambda table: table.reset_index(drop=True), "none of the 15 rows is a sample"),
    ],
)
def test_routine_markers_that_cannot_be_read_are_one_sentence(cohort, change, match):
    panel, routine = cohort(n_case=10, n_reference=5)
    with pytest.raises(InputError, match=match) as caught:
        People(panel, panel, change(routine))
    assert "Jane" not in str(caught.value)
    with pytest.raises(InputError, match=match):
        candidate_markers(panel, change(routine))


def test_some_people_without_routine_markers_are_allowed(cohort):
    panel, routine = cohort(n_case=10, n_reference=5)
    people = People(panel, panel, routine.iloc[:9].astype(str))
    assert people.routine_of_cases.columns.tolist() == ["crp", "eosinophils"]
    assert People(panel, panel, routine[[]]).routine_of_cases.empty
