from django.urls import path

from discovery.views import home

urlpatterns = [
    path("", home.home, name="home"),
]
