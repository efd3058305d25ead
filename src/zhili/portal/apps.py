from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "zhili.portal"
    label = "portal"
