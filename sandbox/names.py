"""Names nobody bears, for the customers of the sample ledger."""


def words(text: str, sign: str | None = None) -> list[str]:
    """A list that is easier to read as one text."""
    return text.split(sign)


CITIES = words("上海 深圳 宁波 苏州 青岛 广州 东莞 杭州 厦门 天津 成都 佛山 武汉 无锡 大连")
TRAITS = words("华信 远航 鼎盛 恒达 瑞丰 金桥 联创 东方 新锐 同济 嘉禾 博远 宏图 安泰 中越")
TRADES = words("机电 进出口 五金 电子 贸易 纺织 化工 仪器 照明 建材")
LATIN = words(
    "Baltic Tools OÜ|EE;Müller & Söhne GmbH|DE;Établissements Fournier|FR;Łódź Pompy Sp. z o.o.|PL;"
    "Acme Industrial Supply Inc.|US;Northwind Traders LLC|US;Riverbend Hardware Co.|US;Kowalski Hurt|PL;"
    "O'Brien Fixings Ltd|IE;São Bento Ferragens Lda|PT;Nordlys Elektro AS|NO;Harbour & Hill Pty Ltd|AU;"
    "Gulf Star Trading FZE|AE;Tan Brothers Pte Ltd|SG;Andes Maquinaria S.A.|CL;Jansen Bouw B.V.|NL;"
    "Maple Leaf Fasteners|CA;Delta Pumps S.r.l.|IT;Iberia Suministros S.L.|ES;Kyoto Seiki K.K.|JP",
    ";",
)
