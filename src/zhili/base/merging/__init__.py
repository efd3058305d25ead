"""One visit, all checks: due checks on the same object, near in time and by compatible bodies, become one visit.

``merge(checks, terms)`` is the stated method (综合查一次). It takes no account of who somebody is and draws no lots;
the same checks and terms always give the same plan.

1. **Together.** The checks of an object in the order their windows end. The first one not yet covered leads: whatever
   has begun by the last day of its window, and whose body is compatible with every body already there, goes with it.
   When all bodies are compatible no other way needs fewer visits (stabbing intervals by points, greedily).
2. **The cap.** A business whose visits would be more than it may still have this year keeps those that take the most
   checks, chosen one after the other; checks the law puts beyond the cap are visited all the same and not counted.
3. **The day.** Visits with the fewest possible days first, larger ones before smaller. Of the days within everybody's
   window on which every body still has the minutes (and the specialists), the one on which the busiest of them is
   least taken; of equal days the first.
4. **Apart where it must be.** When no day has room for all, the day with room for most is taken; the others join
   another visit to the same object, else become a visit of their own if the cap allows it.
5. **Dissolving.** A visit whose checks all find room in other visits to the same object is dropped.

Over New Year each year is merged by itself, since each has its own cap (``years.merge_years``).

What cannot be placed says why. ``bound.lower_bound`` says how few visits the placed checks need in any plan at all.
"""

from zhili.base.merging.asked import Checks, MergeError, Terms
from zhili.base.merging.bound import lower_bound
from zhili.base.merging.merged import Merged, Visit, Why
from zhili.base.merging.method import merge
from zhili.base.merging.years import merge_years

__all__ = ["Checks", "MergeError", "Merged", "Terms", "Visit", "Why", "lower_bound", "merge", "merge_years"]
