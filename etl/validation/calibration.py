"""Do as many turn out bad as the policy says (C13)?"""


def binomial_p(bads: int, customers: int, default_rate: float) -> float | None:
    """How likely `bads` or more of `customers` are, if the rate holds; None: nobody."""
    from scipy.stats import binom

    return float(binom.sf(bads - 1, customers, default_rate)) if customers else None


def upper_rate(bads: int, customers: int, confidence: float) -> float | None:
    """The highest rate under which so few bads are not yet unlikely: Pluto and Tasche's bound for
    independent customers of one grade; None: nobody."""
    from scipy.stats import beta

    if not customers:
        return None
    return 1.0 if bads >= customers else float(beta.ppf(confidence, bads + 1, customers - bads))


def rule_of_three(bads: int, customers: int) -> float | None:
    """3 / n bounds a rate nobody has gone bad under, at about 95 %; None: somebody has, or nobody is there."""
    return min(3 / customers, 1.0) if customers and not bads else None
