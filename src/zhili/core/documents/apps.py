from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "zhili.core.documents"
    label = "documents"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from zhili.base.procedure import Role
        from zhili.base.standing import Standing, every
        from zhili.core.cases import registry
        from zhili.core.documents import forms
        from zhili.core.documents.procedures import scenario
        from zhili.core.documents.rendering import Documents
        from zhili.core.streams import register

        registry.register(scenario)
        registry.add_standing(
            Standing(
                "draft_document",
                "拟文",
                stages=every,
                by=Role("handler", "leader"),
                form=forms.begin_for,
                refers="documents.outgoing",
                public=False,
                hidden=True,
                hint="起草一份编号、盖章的正式文书",
            )
        )
        register(Documents())
