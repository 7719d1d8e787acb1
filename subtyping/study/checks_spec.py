"""The part of a specification that says which checks are muted, and why."""

from pydantic import Field, field_validator

from subtyping.checks import CHECKS, checked_mutes
from subtyping.exceptions import InputError
from subtyping.study.cohort_sections import Section

__all__ = ["ChecksSpec"]


class ChecksSpec(Section):
    """Checks that someone has looked at and does not want counted.

    A muted check still runs. Its outcome, its sentence and the reason stand in ``checks.csv`` and
    in the brief; it does not count for ``--strict``. No verdict looks at checks: muting ST001 does
    not unblock anything.

    Attributes
    ----------
    mute : dict of str to str
        Reason by code, such as ``{ST008: "spun within 30 min, log kept"}``.
    """

    mute: dict[str, str] = Field(default_factory=dict)

    @field_validator("mute")
    @classmethod
    def _known_with_a_reason(cls, value: dict[str, str]) -> dict[str, str]:
        try:
            return checked_mutes(value, [check.code for check in CHECKS])
        except InputError as error:
            raise ValueError(str(error)) from None
