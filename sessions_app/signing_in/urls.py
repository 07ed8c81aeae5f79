"""The addresses of signing in, and of one's own account."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from sessions_app.signing_in import account_views, oidc_views, second_step_views, views

urlpatterns = [
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-in/second-step/", views.second_step, name="second-step"),
    path("sign-in/passkey/", views.sign_in_by_passkey, name="sign-in-by-passkey"),
    path("sign-in/passkey/ask/", views.ask_for_passkey, name="ask-for-passkey"),
    path("sign-in/provider/", oidc_views.leave, name="sign-in-at-provider"),
    path("sign-in/provider/back/", oidc_views.back, name="back-from-provider"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("account/", account_views.account, name="account"),
    path("account/password/", account_views.password, name="password"),
    path("account/other-browsers/", account_views.end_others, name="end-others"),
    path("account/second-step/", second_step_views.two_factor, name="two-factor"),
    path("account/second-step/app/", second_step_views.set_up_app, name="set-up-app"),
    path("account/second-step/app/remove/", second_step_views.remove_app, name="remove-app"),
    path("account/second-step/passkeys/ask/", second_step_views.ask_for_new_passkey, name="ask-for-new-passkey"),
    path("account/second-step/passkeys/", second_step_views.add_passkey, name="add-passkey"),
    path("account/second-step/passkeys/<int:pk>/remove/", second_step_views.remove_passkey, name="remove-passkey"),
    path("account/second-step/recovery-codes/", second_step_views.recovery_codes, name="recovery-codes"),
]
