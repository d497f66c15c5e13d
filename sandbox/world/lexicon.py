"""Words that invented companies, people and places are made of."""


def words(text: str) -> list[str]:
    """A list that is easier to read as one text."""
    return text.split()


# 城市 with the six digits its district has in a 统一社会信用代码.
CITIES_CN = words(
    "北京:110108 上海:310115 天津:120116 重庆:500112 深圳:440305 广州:440106 东莞:441900 佛山:440604 "
    "杭州:330106 宁波:330212 温州:330302 苏州:320506 无锡:320211 南京:320105 常州:320412 青岛:370212 "
    "济南:370102 烟台:370602 厦门:350203 福州:350104 泉州:350503 武汉:420106 长沙:430104 成都:510107 "
    "西安:610113 郑州:410105 合肥:340104 大连:210204 沈阳:210106 南昌:360108 昆明:530103 贵阳:520115"
)
PROVINCES_CN = words(
    "北京市 上海市 天津市 重庆市 广东省 广东省 广东省 广东省 浙江省 浙江省 浙江省 江苏省 江苏省 江苏省 "
    "江苏省 山东省 山东省 山东省 福建省 福建省 福建省 湖北省 湖南省 四川省 陕西省 河南省 安徽省 辽宁省 "
    "辽宁省 江西省 云南省 贵州省"
)
BRAND_FIRST = words(
    "华 远 鼎 恒 瑞 金 联 东 新 同 嘉 博 宏 安 中 天 盛 永 兴 泰 德 信 和 广 海 隆 凯 美 正 润 "
    "万 亿 康 科 创 智 云 星 佳 启 昌 利 百 顺 源 丰 诚 大 三 国 龙 宝 友 益 福 立 明 荣 巨 卓"
)
BRAND_SECOND = words(
    "信 航 盛 达 丰 桥 创 方 锐 济 禾 远 图 泰 越 宇 通 茂 旺 辉 邦 腾 飞 源 润 德 晟 和 凯 杰 "
    "力 阳 亚 洋 祥 森 奥 林 特 能 峰 博 翔 捷 诺 雅 胜 益 元 宁 华 基 业 兴 合 创 维 迪 悦 恩"
)
LATIN_BRAND_FIRST = words(
    "Alder Ash Baltic Beacon Birch Blue Bright Cedar Clear Coast Copper Crown Delta Eagle East Elm "
    "Falcon Forge Gold Grand Granite Green Harbour Haven High Iron Jade Kings Lake Liberty Maple "
    "Meridian Mill Nord North Oak Ocean Orchard Park Pine Prime Quarry Red Ridge River Rock Royal "
    "Silver South Spring Star Stone Summit Sun Swift Terra Union Valley Vector West White Wood"
)
LATIN_BRAND_SECOND = words(
    "bridge brook bury castle cliff craft crest dale field fleet ford gate grove hall haven hill "
    "house land leaf line lock mark mere mill mont more path peak point port ridge rise road shire "
    "side spring stead stone stream tech ton tower vale view ville ward water way well wick wind "
    "wood works worth yard"
)
SURNAMES_JP = words(
    "Tanaka Suzuki Sato Yamada Ito Kobayashi Nakamura Watanabe Kato Yoshida Mori Ishii Hayashi "
    "Shimizu Okada Fujita Goto Hasegawa Murakami Kondo"
)

# Industry: letter of GB/T 4754, its name, what it is called in a Chinese and in a Latin name.
INDUSTRIES = [
    line.split("|")
    for line in (
        "C34|通用设备制造业|机电|Machinery",
        "C38|电气机械和器材制造业|电气|Electric",
        "C39|计算机、通信和其他电子设备制造业|电子|Electronics",
        "C33|金属制品业|五金|Metals",
        "C29|橡胶和塑料制品业|塑料|Plastics",
        "C26|化学原料和化学制品制造业|化工|Chemicals",
        "C17|纺织业|纺织|Textiles",
        "C18|纺织服装、服饰业|服饰|Apparel",
        "C21|家具制造业|家具|Furniture",
        "C14|食品制造业|食品|Foods",
        "C27|医药制造业|医药|Pharma",
        "C36|汽车制造业|汽车配件|Automotive",
        "C40|仪器仪表制造业|仪器|Instruments",
        "E47|房屋建筑业|建设|Construction",
        "E50|建筑装饰、装修和其他建筑业|装饰工程|Interiors",
        "F51|批发业|贸易|Trading",
        "F52|零售业|商贸|Retail",
        "G54|道路运输业|物流|Logistics",
        "I65|软件和信息技术服务业|软件|Software",
        "L72|商务服务业|咨询|Consulting",
    )
]
FORMS_CN = words("有限公司 有限责任公司 股份有限公司 （集团）有限公司 科技有限公司 实业有限公司")
FORMS = {
    "CN": FORMS_CN,
    "US": words("Inc. LLC Corp. Co."),
    "GB": words("Ltd Limited PLC LLP"),
    "DE": ["GmbH", "AG", "GmbH & Co. KG", "UG (haftungsbeschränkt)"],
    "FR": words("SARL SAS S.A. EURL"),
    "IT": words("S.r.l. S.p.A. S.n.c."),
    "JP": ["K.K.", "Co., Ltd.", "G.K."],
}
COUNTRIES = ("CN", "US", "GB", "DE", "FR", "IT", "JP")
COUNTRY_CURRENCY = ("CNY", "USD", "GBP", "EUR", "EUR", "EUR", "JPY")
CITIES = {
    "US": ["Cleveland", "Columbus", "Houston", "Denver", "Portland", "Memphis", "Tampa", "Omaha"],
    "GB": ["Leeds", "Bristol", "Manchester", "Cardiff", "Glasgow", "Norwich", "Derby", "Hull"],
    "DE": ["Hamburg", "München", "Köln", "Stuttgart", "Düsseldorf", "Nürnberg", "Bremen", "Kassel"],
    "FR": ["Lyon", "Lille", "Nantes", "Orléans", "Rennes", "Besançon", "Dijon", "Tours"],
    "IT": ["Milano", "Torino", "Bologna", "Verona", "Padova", "Bari", "Genova", "Modena"],
    "JP": ["Osaka", "Nagoya", "Kobe", "Sendai", "Kyoto", "Yokohama", "Fukuoka", "Sapporo"],
}
STREETS_CN = words("人民路 解放路 中山路 建设路 工业大道 科技园路 滨海大道 新华街 和平路 长江路")
STREETS = ["Mill Lane", "Station Road", "High Street", "Park Avenue", "Harbour Way", "Forge Street"]
PEOPLE_CN = [
    family + given
    for family in words("王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗")
    for given in words(
        "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 建国 志强"
    )
]
PEOPLE = [
    f"{given} {family}"
    for given in words("Anna Ben Carla David Emma Frank Grace Henry Ines Jack Karen Leo Mia Noah")
    for family in words("Adams Brown Clark Davies Evans Fischer Garcia Hughes Klein Moreau Rossi")
]
OWNERS_CN = PEOPLE_CN[::37]
OWNERS = PEOPLE[::13]
