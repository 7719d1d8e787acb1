"""Reliability of a mean of samples, and of a person measured by a noisy assay."""

from subtyping.exceptions import InputError

__all__ = ["averaged_reliability", "combined_icc"]


def averaged_reliability(icc: float, n_samples: int = 1) -> float:
    r"""Return the reliability of the mean of several samples (Spearman-Brown).

    :math:`n \rho / (1 + (n - 1) \rho)` for a repeatability :math:`\rho` of one sample.

    Parameters
    ----------
    icc : float
        Repeatability of one sample, 0 to 1.
    n_samples : int, default 1
        Samples averaged.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If the ICC lies outside 0 to 1 or the number of samples is below 1.

    References
    ----------
    Spearman C (1910). doi:10.1111/j.2044-8295.1910.tb00206.x.
    Brown W (1910). doi:10.1111/j.2044-8295.1910.tb00207.x.

    Examples
    --------
    >>> round(averaged_reliability(0.55, 2), 4)  # 1.10 / 1.55
    0.7097
    """
    if not 0 <= icc <= 1:
        message = f"A repeatability (ICC) must lie between 0 and 1; got {icc}."
        raise InputError(message)
    if n_samples < 1:
        message = f"At least 1 sample is needed; got {n_samples}."
        raise InputError(message)
    return n_samples * icc / (1 + (n_samples - 1) * icc)


def combined_icc(icc: float, total_sd: float, assay_sd: float) -> float:
    r"""Return the ICC of a measurement from an ICC of the person alone and the assay's own noise.

    :math:`\rho\,(s^2 - a^2)/s^2` where *s* is the standard deviation of single measurements of
    different people and *a* that of the assay, both on one scale. Only for an ICC from which assay
    noise was taken out: one estimated from repeated visits holds it already.

    Parameters
    ----------
    icc : float
        Share of the true variance that lies between people.
    total_sd, assay_sd : float
        On the scale of the values (log2: coefficient of variation / 100 / ln 2).

    Returns
    -------
    float
        0 where the assay varies as much as the measurements do.

    Raises
    ------
    InputError
        If a standard deviation or the ICC is out of range.

    Examples
    --------
    >>> round(combined_icc(0.7, 1.0, 0.13), 3)
    0.688
    """
    averaged_reliability(icc)
    if not (total_sd > 0 and assay_sd >= 0):
        message = f"Standard deviations must be positive; got {total_sd} and {assay_sd}."
        raise InputError(message)
    return icc * max(0.0, 1 - (assay_sd / total_sd) ** 2)
