"""`/api/v1/wages`: what a firm's own program for attendance and payroll needs, and a worker's own phone.

The same functions stand behind it as behind the pages, and the same people may: an account by its seats, a worker by
account or by their link (header `X-Grant`), an office to look.
"""

from zhili.scenarios.wages.api import days, mine, money, shapes
from zhili.scenarios.wages.api.router import router

__all__ = ["days", "mine", "money", "router"]

bodies = {
    "write_wages_day": shapes.DayIn,
    "confirm_wages_day": shapes.WordsIn,
    "confirm_own_days": shapes.OwnWordsIn,
    "say_of_own_wage": shapes.SignIn,
    "draft_wage_sheets": shapes.DraftIn,
    "check_wage_sheet": shapes.SeenIn,
    "return_wage_sheet": shapes.ReasonIn,
    "adjust_wage": shapes.AdjustIn,
    "make_bank_file": shapes.PayIn,
    "take_bank_answer": shapes.BankIn,
    "tell_wages_fact": shapes.FactIn,
}
