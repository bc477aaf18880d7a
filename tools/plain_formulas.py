"""Formulas as a line of plain text, where they are short: for a list of search results."""

from __future__ import annotations

import html
import re
from xml.etree import ElementTree

SET = re.compile(
    r"<mjx-container.*?<mjx-assistive-mml[^>]*>(.*?)</mjx-assistive-mml></mjx-container>", re.DOTALL
)
LEFT_OUT = "…"
LONGEST = 24  # characters; what is longer is no reading matter in one line
LOW = str.maketrans("0123456789+-=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
HIGH = str.maketrans("0123456789+-=()iknTt⊤", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱᵏⁿᵀᵗᵀ")
JOINED = {"math", "mrow", "mstyle", "mpadded", "mi", "mn", "mo", "mtext", "mspace"}


def plain_formula(mathml: str) -> str:
    """Return a formula, given in MathML, as plain text, or "…" where it is long or too rich."""
    root = ElementTree.fromstring(mathml.replace("&nbsp;", " "))
    text = " ".join(re.sub(r"[\u2061-\u2064]", " ", told(root)).split())
    return LEFT_OUT if LEFT_OUT in text or len(text) > LONGEST else text


def told(node: ElementTree.Element) -> str:
    """Return the text of a node of MathML."""
    kind = node.tag.rpartition("}")[2]
    parts = [told(child) for child in node]
    match kind, parts:
        case ("msub", [base, low]):
            return base + moved(low, LOW, "_")
        case ("msup", [base, high]):
            return base + moved(high, HIGH, "^")
        case ("msubsup", [base, low, high]):
            return base + moved(low, LOW, "_") + moved(high, HIGH, "^")
        case ("mfrac", [above, below]):
            return f"{above}/{below}"
        case ("msqrt", _):
            return f"√{''.join(parts)}"
        case ("mover", [base, "¯" | "―"]):
            return f"{base}\u0304"
        case (_, _) if kind in JOINED:
            text = (node.text or "").replace("−", "-") if kind in ("mo", "mtext") else node.text
            return spaced(text or "") if kind == "mo" else (text or "") + "".join(parts)
        case _:
            return LEFT_OUT


def spaced(sign: str) -> str:
    """Return a sign, with room around it if it compares."""
    return f" {sign} " if sign in set("=≈≤≥<>∈→") else sign


def moved(text: str, letters: dict[int, int], mark: str) -> str:
    """Return an index or a power in small letters if there are such for all, else after a mark."""
    text = text.replace(" ", "")
    small = text.translate(letters)
    return small if all(ord(sign) in letters for sign in text) else f"{mark}{text}"


def with_plain_formulas(page: str) -> str:
    """Return a page of HTML whose set formulas have become plain text."""
    return SET.sub(lambda found: html.escape(plain_formula(found[1]), quote=False), page)
