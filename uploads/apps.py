from django.apps import AppConfig


class UploadsConfig(AppConfig):
    name = "uploads"

    def ready(self) -> None:
        from music.files import HOLDERS_OF_COVERS
        from uploads.models import Sidecar

        HOLDERS_OF_COVERS.append(Sidecar)
