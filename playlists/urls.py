from django.urls import path

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
]
