"""Why a case is here that began in another city, in words. Known as reasons so that they are said in English too."""

from zhili.core.cases.reasons import Reason

HANDED_OVER = Reason("%(site)s依《%(agreement)s》第%(version)s版移交")
HANDED_PERSONAL = Reason("依《%(agreement)s》同时提供的个人信息：%(fields)s")
