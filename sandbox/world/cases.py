"""What a court case is, and the words courts use."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from sandbox.world.columns import Ints

COURTS = [
    ("上海市浦东新区人民法院", "shpd"), ("深圳市南山区人民法院", "sznns"), ("杭州市西湖区人民法院", "hzxh"),
    ("宁波市鄞州区人民法院", "nbyz"), ("苏州工业园区人民法院", "szgy"), ("广州市天河区人民法院", "gzth"),
    ("District Court, S.D. New York", "nysd"), ("District Court, N.D. Illinois", "ilnd"),
    ("District Court, C.D. California", "cacd"), ("Bankruptcy Court, D. Delaware", "deb"),
    ("High Court of Justice", "ewhc"), ("Landgericht Hamburg", "lghh"),
    ("Tribunal de commerce de Lyon", "tclyon"), ("Tribunale di Milano", "tmilano"),
    ("Osaka District Court", "osaka"),
]  # fmt: skip
ROLES = ["plaintiff", "defendant", "third", "debtor", "petitioner"]
ROLE_WORDS_CN = ["原告", "被告", "第三人", "被申请人", "申请人"]
PLAINTIFF, DEFENDANT, THIRD, DEBTOR, PETITIONER = range(5)
RESULTS = ["won", "lost", "partly"]
CIVIL, BANKRUPTCY = 0, 1
OUTSIDERS = [
    "甬江精密设备有限公司",
    "蓝海进出口有限公司",
    "Cascade Freight LLC",
    "Harper & Sons Ltd",
]


@dataclass(frozen=True)
class Cases:
    """One row a case; `party` is the company it is mainly about and `role` that company's."""

    party: Ints
    key: Ints
    filed: Ints
    role: Ints
    is_lost: np.ndarray
    amount: Ints
    kind: Ints
    judged: Ints
    closed: Ints


def joined(*parts: object) -> pa.Array:
    """Texts put together, row by row."""
    return pc.binary_join_element_wise(*parts, "")
