"""What the store remembers of the same data: declarations that were tried before."""

from dataclasses import dataclass
from typing import Any

from subtyping.tracking.quiet import import_mlflow
from subtyping.tracking.store import Store

__all__ = ["EarlierDeclarations", "earlier_declarations"]

PAGE = 500
DATA, DECLARATION, AXIS = (
    f"subtyping.{name}" for name in ("data_sha256", "declaration_sha256", "axis")
)


@dataclass(frozen=True)
class EarlierDeclarations:
    """Other declarations under which the same data were analysed to the end.

    Attributes
    ----------
    count : int
        Declarations that differ from this one and from each other.
    axes : tuple of str
        Their axes, each once.
    """

    count: int
    axes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """Say it; empty where there are none."""
        if not self.count:
            return ""
        several = self.count > 1
        axes = f" (axis {', '.join(self.axes)})" if self.axes else ""
        return (
            f"Note: these data were analysed before under {self.count} other "
            f"declaration{'s' if several else ''}{axes}. The p-value above is not corrected for "
            f"{'them' if several else 'it'} (Bonferroni: multiply it by {self.count + 1}): what "
            "is declared after a look at the data is exploratory."
        )


def earlier_declarations(
    store: Store, data_sha256: str, declaration_sha256: str
) -> EarlierDeclarations:
    """Look for finished runs on the same data whose declaration is another.

    Parameters
    ----------
    store : Store
    data_sha256 : str
        Digest of the data, as tagged on runs.
    declaration_sha256 : str
        Of the run that asks; runs with this digest do not count.

    Returns
    -------
    EarlierDeclarations
        Runs of the same experiment only; runs that carry no declaration do not count.
    """
    client = import_mlflow().MlflowClient(tracking_uri=store.uri)
    wanted = f"attributes.status = 'FINISHED' and tags.`{DATA}` = '{data_sha256}'"
    axes: dict[str, str] = {}
    token: Any = None
    while True:
        page = client.search_runs(
            [store.experiment_id],
            wanted,
            max_results=PAGE,
            order_by=["attributes.start_time ASC"],
            page_token=token,
        )
        for run in page:
            digest = run.data.tags.get(DECLARATION)
            if digest and digest != declaration_sha256:
                axes.setdefault(digest, run.data.tags.get(AXIS, ""))
        token = page.token
        if not token:
            break
    names = tuple(dict.fromkeys(name for name in axes.values() if name))
    return EarlierDeclarations(len(axes), names)
