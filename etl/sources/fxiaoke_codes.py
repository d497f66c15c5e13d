"""What Fxiaoke's answers mean: its errorCode, which comes with HTTP 200 whatever happens.

The table is the one under start/guide/codes.html [H]. Real answers differ from it in places: a wrong
secret is 10006, missing credentials are 20017 [H, probed]; 10013 also stands for an offset beyond
10,000. A code that is not listed here is final: asking again would bring it again.
"""

from etl.sources.answers import by_status, code_text
from etl.sources.connector import PAGE, Meaning, Reply, Verdict

TEMPORARY = {-1: "is busy", -2: "has a system error", 50009: "timed out inside"}
TOO_FAST = (14001, 30004)
TOKEN_GONE = (20005, 20016)
USED_UP = {
    30002: "today's calls are used up, they start again at midnight",
    30003: "the tenant has bought no OpenAPI calls; its administrator orders them from 纷享销客",
}
CREDENTIALS = "check login, password and permanent_code of the connection"
RIGHTS = "its administrator has to authorise or enable the app in 纷享销客"
USER = "check user_id in the connection's extra; a CRM administrator sees everything"
REFUSALS = {
    10006: f"a parameter is missing or illegal, or the secret is wrong; {CREDENTIALS}",
    10012: f"permanentCode is missing; {CREDENTIALS}",
    10013: "corpAccessToken is missing, or an offset is out of range",
    10014: "corpId is missing",
    11001: f"appId is not valid; {CREDENTIALS}",
    11002: f"appSecret is not valid; {CREDENTIALS}",
    11008: f"the user is not valid; {USER}",
    11013: f"permanentCode is not valid; {CREDENTIALS}",
    11014: "corpAccessToken is not valid",
    11015: "corpId is not valid",
    12004: "the request is empty",
    15002: "a parameter is not valid; check resource and fields of the mapping",
    15003: f"the app may not do this; {RIGHTS}",
    20006: f"appId or appSecret is wrong; {CREDENTIALS}",
    20012: f"the user is not known; {USER}",
    20014: f"the app may not see this user's data; {USER}",
    20015: f"the permanent code is wrong; {CREDENTIALS}",
    20017: "corpId or the token is missing; check token_form in the connection's extra",
    20020: f"the app may not see this tenant's data; {RIGHTS}",
    20021: f"the app is switched off for this tenant; {RIGHTS}",
    20022: f"the tenant has not authorised the app; {RIGHTS}",
    20023: f"the app may not see the department; {RIGHTS}",
    32000: "a parameter is wrong; check resource and fields of the mapping",
}


def meaning_of(reply: Reply) -> Verdict:
    """The verdict on any answer of the OpenAPI."""
    verdict = by_status(reply, "Fxiaoke")
    if verdict:
        return verdict
    answer = reply.json_or_none
    if reply.status != 200 or not isinstance(answer, dict):
        says = f"the host answers HTTP {reply.status} without JSON; is it Fxiaoke's OpenAPI?"
        return Verdict(Meaning.RETRY if reply.status == 200 else Meaning.REFUSED, says)
    code = answer.get("errorCode", 0)
    if code == 0:
        return PAGE
    trace = code_text(answer.get("traceId", ""))
    says = f"Fxiaoke says {code_text(code)}" + (f" (trace {trace})" if trace else "")
    if code in TEMPORARY:
        return Verdict(Meaning.RETRY, f"{says}: it {TEMPORARY[code]}")
    if code in TOO_FAST:
        return Verdict(Meaning.SLOW, f"{says}: too many calls at a time")
    if code in TOKEN_GONE:
        return Verdict(Meaning.LOGIN, f"{says}: the token has expired")
    if code in USED_UP:
        return Verdict(Meaning.STOP, f"{says}: {USED_UP[code]}")
    return Verdict(Meaning.REFUSED, f"{says}: {REFUSALS.get(code, 'see its list of codes')}")
