"""A study specification: everything a run depends on but the data, checked before it starts."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, PrivateAttr, ValidationError, field_validator, model_validator

from subtyping.exceptions import SpecError
from subtyping.study.analysis_spec import (
    CriteriaSpec,
    DiscoverySpec,
    PredictionSpec,
    PreparationSpec,
)
from subtyping.study.checks_spec import ChecksSpec
from subtyping.study.cohort_sections import Section
from subtyping.study.cohort_spec import CohortSpec
from subtyping.study.documents import apply_overrides, read_document
from subtyping.study.signature_spec import SignatureSpec
from subtyping.study.spec_errors import sentence_of
from subtyping.study.specifications_spec import SpecificationsSpec

__all__ = ["StudySpec", "load_spec", "spec_from"]


class StudySpec(Section):
    """One scientific question and how it is answered.

    Attributes
    ----------
    question : str
        The question in words, as the brief will print it.
    seed : int
        Root seed of every random stream of the run.
    cohort : CohortSpec
        The panel file or the simulated design, its columns and its groups.
    preparation, signature, discovery, prediction, criteria
        One section per room; an absent section has its defaults.
    checks
        Which checks are muted, each with a reason.
    specifications
        Which other defensible analyses ``subtyping specifications`` tries.
    axes : dict of str to list of str
        Immune axes of the user's own, by name, beside the known ones.
    """

    question: str = ""
    seed: int = Field(ge=0)
    cohort: CohortSpec
    preparation: PreparationSpec = PreparationSpec()
    axes: dict[str, list[str]] = Field(default_factory=dict)
    signature: SignatureSpec = SignatureSpec()
    discovery: DiscoverySpec
    prediction: PredictionSpec = PredictionSpec()
    criteria: CriteriaSpec = CriteriaSpec()
    checks: ChecksSpec = ChecksSpec()
    specifications: SpecificationsSpec = SpecificationsSpec()
    _folder: Path = PrivateAttr(default_factory=Path)

    @field_validator(
        "preparation", "axes", "signature", "prediction", "criteria", "checks",
        "specifications",
        mode="before",
    )  # fmt: skip
    @classmethod
    def _empty_section(cls, value: Any) -> Any:
        return {} if value is None else value

    @field_validator("axes")
    @classmethod
    def _named_axes(cls, value: dict[str, list[str]]) -> dict[str, list[str]]:
        if any(not name.strip() for name in value):
            message = "an axis needs a name; write {<name>: [<analyte>, ...]}."
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _replicable(self) -> "StudySpec":
        simulated = self.cohort.simulate
        if self.signature.replications and (simulated is None or simulated.design == "csds"):
            message = (
                "signature.replications repeats a simulated cohort of people, whose truth is "
                "known; write cohort.simulate, or leave it out."
            )
            raise ValueError(message)
        return self

    @property
    def folder(self) -> Path:
        """Folder of the file the specification was read from: where its data lie by default."""
        return self._folder

    def to_dict(self) -> dict[str, Any]:
        """Return the specification with every default written out, as plain JSON values."""
        return self.model_dump(mode="json")


def spec_from(document: Mapping[str, Any], source: str = "the study specification") -> StudySpec:
    """Return the specification a mapping holds.

    Parameters
    ----------
    document : mapping
        Keys of a study specification.
    source : str
        What to call it in an error.

    Raises
    ------
    SpecError
        One sentence with the full path of the key, what was expected and what came.

    Examples
    --------
    >>> spec = spec_from({
    ...     "seed": 1,
    ...     "cohort": {"simulate": {"design": "null", "n_case": 50}},
    ...     "discovery": {"axis": "Th2"},
    ... })
    >>> spec.discovery.axis.name, spec.prediction.folds, spec.cohort.simulate.settings
    ('Th2', 3, {'n_case': 50})
    """
    try:
        return StudySpec.model_validate(dict(document))
    except ValidationError as error:
        problems: Any = error.errors(include_url=False)
        raise SpecError(sentence_of(problems, StudySpec, source)) from None


def load_spec(path: str | Path, overrides: Iterable[str] = ()) -> StudySpec:
    r"""Read a study specification from YAML.

    Parameters
    ----------
    path : str or Path
        The YAML file.
    overrides : iterable of str
        ``key.path=value`` settings that beat the file, the value read as YAML.

    Returns
    -------
    StudySpec

    Raises
    ------
    SpecError
        If the file is absent, is not YAML, or a key is unknown, missing or of the wrong kind.

    Examples
    --------
    >>> import tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> path = Path(folder.name) / "a.yaml"
    >>> _ = path.write_text(
    ...     "seed: 1\ncohort: {simulate: {design: 'null'}}\ndiscovery: {axis: Th2}\n"
    ... )
    >>> load_spec(path, ["cohort.simulate.n_case=80", "seed=2"]).seed
    2
    >>> folder.cleanup()
    """
    file = Path(path)
    spec = spec_from(apply_overrides(read_document(file), overrides), file.name)
    spec._folder = file.parent  # noqa: SLF001 - where the file lay is no key of the file
    return spec
