from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "zhili.portal"
    label = "portal"

    def ready(self) -> None:
        from zhili.core.params import declare
        from zhili.portal.api.limits import PARAM

        declare(PARAM)
