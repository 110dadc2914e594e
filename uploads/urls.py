from django.urls import path

from uploads.views import page, review, tus

urlpatterns = [
    path("upload/", page.upload, name="upload"),
    path("upload/states/", page.states, name="upload_states"),
    path("upload/clear/", page.clear_settled, name="upload_clear"),
    path("upload/<uuid:pk>/remove/", page.remove, name="upload_remove"),
    path("upload/review/", review.review, name="review"),
    path("upload/review/<uuid:pk>/", review.save_draft, name="save_draft"),
    path("upload/tus/", tus.tus_uploads, name="tus_uploads"),
    path("upload/tus/<uuid:upload_id>/", tus.tus_upload, name="tus_upload"),
]
