from django.urls import path

from uploads.views import mine, page, review, tus

urlpatterns = [
    path("upload/", page.upload, name="upload"),
    path("upload/states/", page.states, name="upload_states"),
    path("upload/clear/", page.clear_settled, name="upload_clear"),
    path("upload/<uuid:pk>/remove/", page.remove, name="upload_remove"),
    path("upload/review/", review.review, name="review"),
    path("upload/review/<uuid:pk>/", review.save_draft, name="save_draft"),
    path("uploads/", mine.my_uploads, name="my_uploads"),
    path("uploads/change/", mine.change_uploads, name="change_uploads"),
    path("uploads/trash/", mine.trash, name="trash"),
    path("uploads/trash/change/", mine.change_trash, name="change_trash"),
    path("uploads/trash/delete/", mine.delete, name="delete_uploads"),
    path("upload/tus/", tus.tus_uploads, name="tus_uploads"),
    path("upload/tus/<uuid:upload_id>/", tus.tus_upload, name="tus_upload"),
]
