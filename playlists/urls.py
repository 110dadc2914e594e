from django.urls import path

from playlists.files import views as files
from playlists.smart import views as smart
from playlists.stars import views as stars
from playlists.views import adding, items, owning, pages, queue

urlpatterns = [
    path("queue/", queue.play_queue, name="play_queue"),
    path("playlists/", pages.playlists, name="playlists"),
    path("playlists/new/", owning.new_playlist, name="new_playlist"),
    path("playlists/add/", adding.add_to_playlist, name="add_to_playlist"),
    path("playlists/folders/", owning.new_folder, name="new_folder"),
    path("playlists/folders/<int:pk>/rename/", owning.rename_folder, name="rename_folder"),
    path("playlists/folders/<int:pk>/remove/", owning.remove_folder, name="remove_folder"),
    path("playlists/shared/<str:secret>/", pages.playlist_by_link, name="playlist_by_link"),
    path("playlists/shared/<str:secret>/more/", pages.more_by_link, name="more_by_link"),
    path("playlists/<int:pk>/", pages.playlist, name="playlist"),
    path("playlists/<int:pk>/more/", pages.more_of_playlist, name="more_of_playlist"),
    path("playlists/<int:pk>/keep/", pages.keep_playlist, name="keep_playlist"),
    path("playlists/<int:pk>/edit/", owning.edit_playlist, name="edit_playlist"),
    path("playlists/<int:pk>/new-link/", owning.new_link, name="new_playlist_link"),
    path("playlists/<int:pk>/delete/", owning.delete_playlist, name="delete_playlist"),
    path("playlists/<int:pk>/undelete/", owning.undelete_playlist, name="undelete_playlist"),
    path("playlists/<int:pk>/items/", items.change_items, name="change_items"),
    path("playlists/<int:pk>/items/move/", items.move_in_playlist, name="move_in_playlist"),
    path("playlists/<int:pk>/items/put-back/", items.put_back_items, name="put_back_items"),
    path("playlists/<int:pk>/sort/", items.sort_playlist, name="sort_playlist"),
    path("playlists/<int:pk>/editors/", owning.invite_editor, name="invite_editor"),
    path("playlists/<int:pk>/editors/<int:editor_id>/revoke/", owning.revoke_editor, name="revoke_editor"),
    path("playlists/<int:pk>/accept/", owning.accept_invitation, name="accept_invitation"),
    path("playlists/<int:pk>/leave/", owning.leave_playlist, name="leave_playlist"),
    path("stars/", stars.stars, name="stars"),
    path("ratings/", stars.ratings, name="ratings"),
    path("playlists/starred/", stars.starred, name="starred"),
    path("playlists/starred/<str:shelf>/", stars.starred, name="starred_shelf"),
    path("playlists/import/", files.import_playlist, name="import_playlist"),
    path("playlists/<int:pk>/missing/", files.missing_tracks, name="missing_tracks"),
    path("playlists/<int:pk>/export.<str:kind>", files.export_playlist, name="export_playlist"),
    path("playlists/smart/", smart.smart_playlists, name="smart_playlists"),
    path("playlists/smart/new/", smart.new_smart, name="new_smart"),
    path("playlists/smart/import/", smart.import_smart, name="import_smart"),
    path("playlists/smart/preview/", smart.preview_smart, name="preview_smart"),
    path("playlists/smart/<int:pk>/", smart.smart_playlist, name="smart_playlist"),
    path("playlists/smart/<int:pk>/more/", smart.more_of_smart, name="more_of_smart"),
    path("playlists/smart/<int:pk>/edit/", smart.edit_smart, name="edit_smart"),
    path("playlists/smart/<int:pk>/delete/", smart.delete_smart, name="delete_smart"),
    path("playlists/smart/<int:pk>/export.json", smart.export_smart, name="export_smart"),
]
