"""What belongs to somebody's desk and not to a case: lists they named, and that somebody looks at a case just now."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedList(models.Model):
    """A way of looking at the inbox that somebody named, in one of their posts: the query string of the page."""

    account = models.ForeignKey("people.Account", models.CASCADE, related_name="+", db_index=False)
    post = models.ForeignKey("people.Post", models.CASCADE, related_name="+", db_index=False)
    name = models.CharField(_("名称"), max_length=20)
    query = models.CharField(max_length=400)
    first = models.BooleanField(default=False, db_default=False)
    """Shown when the desk is opened without saying what."""

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "post", "name"], name="saved_list_once")]

    def __str__(self) -> str:
        return self.name


class Claim(models.Model):
    """Somebody in this post looks at the case now: said to the others, never in their way, gone in minutes."""

    case = models.OneToOneField("cases.Case", models.CASCADE, primary_key=True, related_name="claim")
    post = models.ForeignKey("people.Post", models.CASCADE, related_name="+")
    seat = models.CharField(max_length=22)
    """A random word of the session, so that two holders of one post are told apart; it leads to nobody."""
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.case_id} {self.post_id}"
