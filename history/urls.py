from django.urls import path

from history.views import control, data, history, imports, listens, numbers

urlpatterns = [
    path("history/", history.history, name="history"),
    path("history/delete/", history.delete, name="delete_listens"),
    path("history/delete/<int:pk>/undo/", history.undo_delete, name="undo_delete_listens"),
    path("history/leave-out/", history.leave_out_listen, name="leave_out_listen"),
    path("tracks/<int:pk>/leave-out/", control.leave_out_track, name="leave_out_track"),
    path("albums/<int:pk>/leave-out/", control.leave_out_album, name="leave_out_album"),
    path("settings/data/", data.data, name="your_data"),
    path("settings/data/listens.jsonl", data.listens_json, name="listens_json"),
    path("settings/data/listens.csv", data.listens_csv, name="listens_csv"),
    path("settings/data/export/", data.order_export, name="order_export"),
    path("settings/data/export/<uuid:pk>/", data.download_export, name="download_export"),
    path("settings/listening/", control.settings, name="listening_settings"),
    path("settings/listening/private/", control.private_session, name="private_session"),
    path("history/import/", imports.import_page, name="import_listens"),
    path("history/import/states/", imports.import_states, name="import_states"),
    path("history/import/<uuid:pk>/start/", imports.import_start, name="import_start"),
    path("history/import/<uuid:pk>/undo/", imports.import_undo, name="import_undo"),
    path("history/import/<uuid:pk>/remove/", imports.import_remove, name="import_remove"),
    path("numbers/", numbers.numbers, name="numbers"),
    path("numbers/<str:what>.csv", numbers.table, name="numbers_table"),
    path("numbers/<str:what>/", numbers.top, name="numbers_top"),
    path("listeners/<str:username>/", numbers.listener, name="listener"),
    path("listens/start/", listens.start, name="listen_start"),
    path("listens/<uuid:event_id>/progress/", listens.progress, name="listen_progress"),
    path("listens/<uuid:event_id>/complete/", listens.complete, name="listen_complete"),
]
