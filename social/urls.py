from django.urls import path

from social.views import announcements, news, people

urlpatterns = [
    path("people/", people.people, name="people"),
    path("people/<str:username>/", people.person, name="person"),
    path("people/<str:username>/change/", people.change, name="change_person"),
    path("artists/<int:pk>/follow/", news.follow_artist, name="follow_artist"),
    path("following/", news.feed, name="following"),
    path("notifications/", news.notifications, name="notifications"),
    path("notifications/read/", news.read, name="read_notifications"),
    path("announcements/<int:pk>/dismiss/", announcements.dismiss, name="dismiss_announcement"),
]
