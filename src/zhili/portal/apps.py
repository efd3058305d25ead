from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "zhili.portal"
    label = "portal"

    def ready(self) -> None:
        from zhili.core.params import declare
        from zhili.portal.api.limits import PARAM
        from zhili.portal.open311.asking import PARAMS

        declare(PARAM, *PARAMS)
