"""`/live`: server-sent events for the screens that are open now. See docs/api.md."""

from zhili.portal.live.serving import Live, live

__all__ = ["Live", "live"]
