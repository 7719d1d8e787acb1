"""What TRIPOD+AI and REMARK ask of a report: filled where the run knows the answer."""

from collections.abc import Mapping

import pandas as pd

from subtyping._validation import nearest
from subtyping.exceptions import InputError

__all__ = ["FACTS", "reporting_items"]

FACTS = {
    "question": "what the study asks",
    "source_of_data": "where the people come from and which groups they form",
    "participants": "how many people, by group, and who was left out",
    "outcome": "the target condition and how it is labelled",
    "predictors": "the markers, their units and detection",
    "sample_size": "the power, or the n that would be needed",
    "missing_data": "how missing and undetected values are treated",
    "analysis": "how labels, markers and thresholds are chosen",
    "fairness": "how rules do in parts of the cohort",
    "model_output": "what the rule returns and its threshold",
    "specification": "the rule in full",
    "performance": "sensitivity, specificity and what follows, with intervals",
    "validation": "resampling, or independent people",
    "limitations": "claim level and caveats",
    "assay": "platform, unit, limits of detection",
    "code": "package, version and how to repeat the run",
    "seed": "root seed and data digest",
    "class_imbalance": "how the smaller class is treated",
    "specimens": "what was drawn and how it was handled",
    "characteristics": "who the groups are and in what they differ",
    "endpoints": "outcomes measured apart from the panel",
    "covariates": "how the group goes along with age, sex, BMI and the like",
}
"""Names of facts a run may give, and what each should say."""

# Guideline, item, topic, and the facts that answer it: the first fills it, further ones add to it.
_ITEMS = (
    ("TRIPOD+AI", "1", "Title", ""),
    ("TRIPOD+AI", "2", "Abstract", ""),
    ("TRIPOD+AI", "3", "Background: context, target population, inequalities", ""),
    ("TRIPOD+AI", "4", "Objectives", "question"),
    ("TRIPOD+AI", "5", "Data: sources, dates", "source_of_data"),
    ("TRIPOD+AI", "6", "Participants: setting, eligibility, treatments", ""),
    ("TRIPOD+AI", "7", "Data preparation", "analysis missing_data"),
    ("TRIPOD+AI", "8", "Outcome: definition, assessment", "outcome"),
    ("TRIPOD+AI", "9", "Predictors: choice, definition, measurement", "predictors"),
    ("TRIPOD+AI", "10", "Sample size", "sample_size"),
    ("TRIPOD+AI", "11", "Missing data", "missing_data"),
    ("TRIPOD+AI", "12", "Analytical methods", "analysis"),
    ("TRIPOD+AI", "13", "Class imbalance", "class_imbalance"),
    ("TRIPOD+AI", "14", "Fairness", "fairness"),
    ("TRIPOD+AI", "15", "Model output", "model_output"),
    ("TRIPOD+AI", "16", "Training versus evaluation", "validation"),
    ("TRIPOD+AI", "17", "Ethical approval", ""),
    ("TRIPOD+AI", "18", "Open science: funding, protocol, registration, data, code", "code seed"),
    ("TRIPOD+AI", "19", "Patient and public involvement", ""),
    ("TRIPOD+AI", "20", "Participants: flow, characteristics", "participants characteristics"),
    ("TRIPOD+AI", "21", "Model development: numbers in each analysis", "participants"),
    ("TRIPOD+AI", "22", "Model specification", "specification"),
    ("TRIPOD+AI", "23", "Model performance", "performance"),
    ("TRIPOD+AI", "24", "Model updating", ""),
    ("TRIPOD+AI", "25", "Interpretation, including fairness", ""),
    ("TRIPOD+AI", "26", "Limitations", "limitations"),
    ("TRIPOD+AI", "27", "Usability of the model in the context of current care", ""),
    ("REMARK", "1", "Marker, objectives, hypotheses", "question"),
    ("REMARK", "2", "Patients: source, inclusion, exclusion", "participants"),
    ("REMARK", "3", "Treatments received", ""),
    ("REMARK", "4", "Specimens: type, handling, storage", "specimens"),
    ("REMARK", "5", "Assay method", "assay"),
    ("REMARK", "6", "Study design, matching, period", ""),
    ("REMARK", "7", "Clinical endpoints", "endpoints"),
    ("REMARK", "8", "Candidate variables", "predictors"),
    ("REMARK", "9", "Sample size rationale", "sample_size"),
    ("REMARK", "10", "Statistical methods, variable selection, missing data", "analysis"),
    ("REMARK", "11", "Handling of marker values, cutpoints", "analysis"),
    ("REMARK", "12", "Flow of patients", "participants"),
    ("REMARK", "13", "Distributions of basic characteristics", "characteristics"),
    ("REMARK", "14", "Relation of the marker to standard variables", "covariates"),
    ("REMARK", "15", "Univariable relation of marker and outcome", ""),
    ("REMARK", "16", "Multivariable estimates with intervals", ""),
    ("REMARK", "17", "Marker and standard variables together", ""),
    ("REMARK", "18", "Further investigations: assumptions, sensitivity, validation", "validation"),
    ("REMARK", "19", "Interpretation, limitations", "limitations"),
    ("REMARK", "20", "Implications for research and clinical value", ""),
)


def reporting_items(facts: Mapping[str, str]) -> pd.DataFrame:
    """Return the items of TRIPOD+AI and REMARK, filled where a run knows the answer.

    Parameters
    ----------
    facts : mapping of str to str
        Names of `FACTS` and what the run says; a blank text counts as not known.

    Returns
    -------
    pandas.DataFrame
        ``guideline, item, topic, status`` (filled or open), ``text`` (blank where open). Filled
        means that the run says something to the item, not that the item is answered to the full.

    Raises
    ------
    InputError
        If a fact has an unknown name.

    References
    ----------
    Collins GS et al. (2024). TRIPOD+AI. doi:10.1136/bmj-2023-078378
    McShane LM et al. (2005). REMARK. doi:10.1093/jnci/dji237

    Examples
    --------
    >>> items = reporting_items({"question": "Is there a Th2-skewed subtype?"})
    >>> items.loc[items["status"] == "filled", ["guideline", "item"]].values.tolist()
    [['TRIPOD+AI', '4'], ['REMARK', '1']]
    >>> items.groupby("guideline", sort=False).size().tolist()
    [27, 20]
    """
    for name in facts:
        if name not in FACTS:
            message = f"A reporting fact must be one of {', '.join(FACTS)}; got {name!r}."
            raise InputError(message + nearest(name, list(FACTS)))
    rows = []
    for guideline, item, topic, names in _ITEMS:
        said = [str(facts.get(name) or "").strip() for name in names.split()]
        text = " ".join(filter(None, said)) if said and said[0] else ""
        rows.append((guideline, item, topic, "filled" if text else "open", text))
    return pd.DataFrame(rows, columns=["guideline", "item", "topic", "status", "text"])
