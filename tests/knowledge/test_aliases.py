"""The alias table: many spellings of a name, one symbol."""

import pandas as pd
import pytest

from subtyping.knowledge.aliases import alias_table, resolve_analyte


@pytest.mark.parametrize(
    ("spellings", "symbol"),
    [
        (("IL-13", "IL13", "il_13", "Interleukin 13", "interleukin-13", "P35225"), "IL13"),
        (("TARC", "CCL17/TARC", "ccl-17", "Q92583"), "CCL17"),
        (("MDC", "CCL22/MDC"), "CCL22"),
        (("eotaxin-3", "Eotaxin 3"), "CCL26"),
        (("eotaxin", "eotaxin-1", "CCL11"), "CCL11"),
        (("MCP-4", "MCP4"), "CCL13"),
        (("MCP-1", "CCL2"), "CCL2"),
        (("TNF-alpha", "TNF-α", "TNFa", "TNF_alpha", "TNF"), "TNF"),
        (("IFN-gamma", "IFN-γ", "IFNg", "IFN_gamma", "interferon gamma"), "IFNG"),
        (("IL-17A", "IL-17", "IL_17"), "IL17A"),
        (("LAP TGF-beta-1", "TGF-β1"), "TGFB1"),
        (("4E-BP1", "EIF4EBP1"), "EIF4EBP1"),
        (("ST1A1", "SULT1A1"), "SULT1A1"),
        (("IL8", "IL-8", "CXCL8"), "CXCL8"),
        (("ST2", "IL1RL1", "sST2", "IL-33R"), "IL1RL1"),
        (("periostin", "POSTN"), "POSTN"),
        (("Q8NEV9_Q14213", "Q8NEV9,Q14213", "IL-27"), "IL27"),
        (("IL-6 (pg/mL)", "IL6_pg_mL", "IL-6 [NPX]", "IL6 npx"), "IL6"),
        (("IL-12 (p40)", "IL-12/23p40"), "IL12B"),
        (("IL-1 alpha", "IL-1α"), "IL1A"),
    ],
)
def test_every_spelling_means_the_symbol(spellings, symbol):
    assert {name: resolve_analyte(name) for name in spellings} == dict.fromkeys(spellings, symbol)


@pytest.mark.parametrize("name", ["", "marker X", "age", "IL", "TF", "Q00000X", "(pg/mL)"])
def test_what_the_table_does_not_know_is_none(name):
    assert resolve_analyte(name) is None


def test_an_accession_beside_the_name_decides():
    assert resolve_analyte("TF", uniprot="P13726") == "F3"
    assert resolve_analyte("my own label", uniprot="P35225") == "IL13"
    assert resolve_analyte("IL-13", uniprot="not an accession") == "IL13"


def test_two_assays_of_one_accession_keep_their_names():
    assert resolve_analyte("NT-proBNP", uniprot="P16860") == "NTproBNP"
    assert resolve_analyte("BNP", uniprot="P16860") == "NPPB"


def test_symbols_and_aliases_are_unique_and_resolve_to_themselves():
    table = alias_table()
    assert table["analyte"].is_unique
    assert table["source"].str.len().gt(0).all()
    for symbol, aliases in zip(table["analyte"], table["alias"], strict=True):
        for name in (symbol, *filter(None, aliases.split(";"))):
            assert resolve_analyte(name) == symbol, name


def test_symbols_carry_no_hyphen():
    assert not alias_table()["analyte"].str.contains("[-_ ]").any()


@pytest.mark.real_data
def test_every_assay_of_the_inflammation_panel_is_known_by_name_and_by_accession(shared):
    folder = shared / "datasets" / "covid_olink_inflammation_3cohorts"
    assays = pd.read_parquet(
        folder / "inflammation_long.parquet", columns=["Assay", "UniProt"]
    ).drop_duplicates()
    by_name = assays["Assay"].map(resolve_analyte)
    assert len(assays) == 92
    assert by_name.notna().all()
    assert by_name.is_unique
    assert by_name.tolist() == assays["UniProt"].map(resolve_analyte).tolist()


@pytest.mark.real_data
def test_every_gene_of_the_pertussis_map_is_a_symbol(shared):
    genes = pd.read_csv(shared / "datasets" / "cmipb_pertussis_th1_th2" / "uniprot_gene_map.csv")
    assert genes["gene"].map(resolve_analyte).tolist() == genes["gene"].tolist()
    assert genes["uniprot"].map(resolve_analyte).tolist() == genes["gene"].tolist()
