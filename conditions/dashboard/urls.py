"""Where the public pages are."""

from __future__ import annotations

from django.urls import path

from conditions.dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.programs, name="programs"),
    path("healthz", views.healthz, name="healthz"),
    path("programs/<slug:slug>/", views.program, name="program"),
    path("programs/<slug:slug>/conditions/<str:code>/", views.condition, name="condition"),
    path("programs/<slug:slug>/cycles/<int:number>/", views.cycle, name="cycle"),
    path("programs/<slug:slug>/compare/", views.compare, name="compare"),
    path("programs/<slug:slug>/divergence/", views.divergence, name="divergence"),
    path("programs/<slug:slug>/calendar.ics", views.calendar, name="calendar"),
]
