"""Codes are stable and in order, and every check has a test file of its own."""

from pathlib import Path

from subtyping.checks import CHECKS, run_checks

HERE = Path(__file__).parent


def test_codes_are_in_order_and_unique() -> None:
    codes = [check.code for check in CHECKS]
    assert codes == sorted(set(codes))
    assert all(code.startswith("ST") and len(code) == 5 for code in codes)


def test_every_check_has_one_test_file_with_three_questions() -> None:
    for check in CHECKS:
        (file,) = HERE.glob(f"test_{check.code.lower()}_*.py")
        module = check.judge.__module__.rsplit(".", 1)[-1]
        assert file.stem == f"test_{check.code.lower()}_{module}"
        text = file.read_text(encoding="utf-8")
        assert '"fires"' in text
        assert '"silent"' in text
        assert '"not_applicable"' in text


def test_a_panel_alone_can_be_judged(panel_only) -> None:
    results = run_checks(panel_only)
    assert len(results) == len(CHECKS)
    assert {result.outcome for result in results} <= {"fires", "silent", "not_applicable"}
    assert all(result.sentence.endswith(".") for result in results)
