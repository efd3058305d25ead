"""The HTTP door of the site-to-site protocol: /exchange/v1."""
